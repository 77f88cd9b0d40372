import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Member, type Platform, startPlatform } from '../support/platform.ts'

let platform: Platform
let acme: Member
let globex: Member
beforeAll(async () => {
  platform = await startPlatform()
  ;({ acme, globex } = platform)
  // 250 clients in groups of 25 with one name and one instant each, so that only the id orders them.
  await platform.sql(
    `insert into clients (tenant_id, id, name, email, created_at, updated_at)
     select 'acme', gen_random_uuid(), 'Client ' || i % 10, 'c' || i || '@clients.example', t, t
     from generate_series(0, 249) i, lateral (select timestamptz '2026-01-01Z' + i % 10 * interval '1 ms' as t) at`,
    [],
    'acme',
  )
})
afterAll(() => platform.stop())

interface Item {
  id: string
  name: string
  created_at: string
}

/** Walks through a list page by page. */
async function walk(query: string, betweenPages: (page: number) => Promise<unknown> = async () => undefined) {
  const seen: Item[] = []
  let cursor: string | null = ''
  for (let page = 1; cursor !== null; page++) {
    const { status, body } = await acme.get(`/v1/clients?${query}${cursor ? `&cursor=${cursor}` : ''}`)
    expect(status).toBe(200)
    seen.push(...body.data)
    cursor = body.next_cursor
    if (cursor !== null) await betweenPages(page)
  }
  return seen
}

const expectRefused = async (query: string, path: string) => {
  const { status, body } = await acme.get(`/v1/clients?${query}`)
  expect([status, body.code], query).toEqual([400, 'invalid_request'])
  expect(body.errors[0].path).toBe(path)
}

test.each(['created_at', '-created_at', 'name', '-name'])(
  'sorted by %s, every client comes exactly once, in order, while others are being made',
  async (sort) => {
    const before = new Set(
      (await platform.sql(`select id from clients where tenant_id = 'acme'`, [], 'acme')).map(({ id }) => id),
    )
    const seen = await walk(`sort=${sort}&limit=17`, (page) =>
      acme.post('/v1/clients', { name: `Client ${page % 10}` }),
    )
    const ids = seen.map(({ id }) => id)
    expect(new Set(ids).size, 'no row twice').toBe(ids.length)
    for (const id of ids) before.delete(id)
    expect(before.size, 'no row missing').toBe(0)

    const field = sort.replace('-', '') as 'name' | 'created_at'
    const keys = seen.map((item) => `${item[field]} ${item.id}`)
    const ordered = [...keys].sort()
    expect(keys).toEqual(sort.startsWith('-') ? ordered.reverse() : ordered)
  },
)

test('the newest come first, twenty of them, unless asked otherwise', async () => {
  const { body } = await acme.get('/v1/clients')
  expect(body.data).toHaveLength(20)
  expect(body.next_cursor).toEqual(expect.any(String))
  const all = (await walk('limit=100')).map(({ id }) => id)
  expect(body.data.map(({ id }: Item) => id)).toEqual(all.slice(0, 20))
})

test('the last page says so, also when it is full', async () => {
  await globex.post('/v1/clients', { name: 'One' })
  await globex.post('/v1/clients', { name: 'Two' })
  expect((await globex.get('/v1/clients?limit=2')).body).toMatchObject({ data: [{}, {}], next_cursor: null })
  expect((await globex.get('/v1/clients?limit=1')).body.next_cursor).not.toBeNull()
  expect((await globex.get('/v1/clients?name=None')).body).toEqual({ data: [], next_cursor: null })
})

test('limit goes from 1 to 100', async () => {
  expect((await acme.get('/v1/clients?limit=1')).body.data).toHaveLength(1)
  expect((await acme.get('/v1/clients?limit=100')).body.data).toHaveLength(100)
  for (const limit of ['0', '101', '-1', '1.5', 'ten', '', '1e400'])
    await expectRefused(`limit=${limit}`, 'query.limit')
})

describe('a cursor', () => {
  const encode = (value: unknown) =>
    Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
  const id = '01890000-0000-7000-8000-000000000000'

  test.each<[what: string, cursor: string]>([
    ['nonsense', '!!!'],
    ['no JSON', encode('x')],
    ['no list', encode({})],
    ['too short', encode(['-created_at'])],
    ['no instant', encode(['-created_at', 'yesterday', id])],
    ['an instant that PostgreSQL reads differently', encode(['-created_at', 'infinity', id])],
    ['an instant beyond PostgreSQL', encode(['-created_at', '+275760-09-13T00:00:00.000Z', id])],
    ['an instant before Christ', encode(['-created_at', '-000001-01-01T00:00:00.000Z', id])],
    ['no id', encode(['-created_at', '2026-01-01T00:00:00.000Z', 'x'])],
    ['SQL', encode(['-created_at', `2026-01-01' or true --`, id])],
    ['a NUL', encode(['-created_at', '\0', id])],
    ['a number', encode(['-created_at', 7, id])],
  ])('that is %s is refused', async (_what, cursor) => {
    const { status, body } = await acme.get(`/v1/clients?cursor=${cursor}`)
    expect([status, body.code]).toEqual([400, 'invalid_request'])
  })

  test('of another sort is refused', async () => {
    const { next_cursor } = (await acme.get('/v1/clients?sort=name')).body
    for (const sort of ['-name', 'created_at', '-created_at']) {
      await expectRefused(`sort=${sort}&cursor=${next_cursor}`, 'query.cursor')
    }
  })

  test('of another tenant opens nothing of it', async () => {
    const { next_cursor } = (await acme.get('/v1/clients?sort=name')).body
    const { status, body } = await globex.get(`/v1/clients?sort=name&cursor=${next_cursor}`)
    expect(status).toBe(200)
    expect(body.data.every(({ name }: Item) => ['One', 'Two'].includes(name))).toBe(true)
  })
})

describe('filters', () => {
  const odd = [
    '100% wool',
    '100 wool',
    'under_score',
    'underXscore',
    'back\\slash',
    'É clair',
    `quote ' quote`,
  ]
  const namesFor = async (query: string) =>
    (await globex.get(`/v1/clients?limit=100&sort=name&${query}`)).body.data.map(({ name }: Item) => name)
  const q = (text: string) => namesFor(`q=${encodeURIComponent(text)}`)

  beforeAll(async () => {
    for (const name of odd) await globex.post('/v1/clients', { name, email: 'Sales@Odd.example' })
  })

  test('q finds a part of a name in any case, and %, _ and \\ are letters', async () => {
    expect(await q('WOOL')).toEqual(['100 wool', '100% wool'])
    expect(await q('0% w')).toEqual(['100% wool'])
    expect(await q('r_s')).toEqual(['under_score'])
    expect(await q('k\\s')).toEqual(['back\\slash'])
    expect(await q('\\')).toEqual(['back\\slash'])
    expect(await q('%')).toEqual(['100% wool'])
    expect(await q(`' `)).toEqual([`quote ' quote`])
    expect(await q(`' or true --`)).toEqual([])
  })

  test('q finds a part of an e-mail address', async () => {
    expect(await q('@odd.EXAMPLE')).toHaveLength(odd.length)
  })

  test('name and email are equal or not', async () => {
    expect(await namesFor('name=100 wool')).toEqual(['100 wool'])
    expect(await namesFor('name=wool')).toEqual([])
    expect(await namesFor('email=SALES@odd.example')).toHaveLength(odd.length)
    expect(await namesFor('email=SALES@odd.example&q=score')).toEqual(['underXscore', 'under_score'])
  })

  test('unknown filters and sorts are refused', async () => {
    await expectRefused('colour=red', 'query')
    await expectRefused('tenant_id=globex', 'query')
    await expectRefused('sort=email', 'query.sort')
    await expectRefused('q=', 'query.q')
    await expectRefused(`q=${'x'.repeat(201)}`, 'query.q')
  })

  test('pages of a filtered list follow each other as those of the whole', async () => {
    const all = await walk('q=clients.example&limit=100&sort=name')
    const paged = await walk('q=clients.example&limit=7&sort=name')
    expect(paged.map(({ id }) => id)).toEqual(all.map(({ id }) => id))
    expect(all).toHaveLength(250)
  })
})
