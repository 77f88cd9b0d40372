import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addPerson } from '../support/members.ts'
import { signInOperator } from '../support/operators.ts'
import { type Answer, type Platform, startPlatform } from '../support/platform.ts'
import { setStatus } from '../support/sessions.ts'

let platform: Platform
let operator: Awaited<ReturnType<typeof signInOperator>>

// Beside Acme and Globex, one a day: what they are called, their plan and region, and what operators keep of them.
const companies: [id: string, name: string, plan: string, region: string, metadata: object][] = [
  ['epicerie', 'L’Épicerie du Coin', 'STARTER', 'FR', { sector: 'food', seats: 12, vip: true }],
  ['zurich', 'Zürich Metall', 'BUSINESS', 'CH', { sector: 'metal', seats: 12.5, vip: false }],
  ['alger', 'Alger Écoles', 'ENTERPRISE', 'DZ', { sector: 'school', seats: '12', tags: ['vip'] }],
  ['namur', '100 % Namur_Bois', 'FREE', 'BE', { sector: 'wood', vip: null, owner: { sector: 'food' } }],
]
const start = Date.parse('2026-03-03T10:00:00Z')

beforeAll(async () => {
  platform = await startPlatform()
  operator = await signInOperator(platform)
  for (const [index, company] of companies.entries()) await addTenant(...company, start + index * 86_400_000)
  await addPerson(platform, 'acme', 'member')
  const gone = await addPerson(platform, 'acme', 'member')
  await platform.sql(`update memberships set status = 'disabled' where id = $1`, [gone.membershipId], 'acme')
})
afterAll(() => platform.stop())

function addTenant(id: string, name: string, plan: string, region: string, metadata: object, at: number) {
  return platform.sql(
    `insert into tenants (tenant_id, name, company_email, admin_email, plan, region, metadata, status, status_set_by,
      status_changed_at, created_at, updated_at) values ($1, $2, 'hello@' || $1 || '.example', 'ada@' || $1 || '.test',
      $3, $4, $5, 'ACTIVE', 'operator', $6, $6, $6)`,
    [id, name, plan, region, JSON.stringify(metadata), new Date(at).toISOString()],
    id,
  )
}

const list = (query = '') => operator.get(`/v1/admin/tenants${query}`)
const idsOf = ({ body }: Answer) => body.tenants.map((tenant: { tenant_id: string }) => tenant.tenant_id)
const found = async (query: string) => idsOf(await list(query))
const everybody = ['namur', 'alger', 'zurich', 'epicerie', 'globex', 'acme']

test('operators see every tenant, the newest first, but not the one for rows from before tenants', async () => {
  const { status, body } = await list()
  expect(status).toBe(200)
  expect(body.tenants.map((tenant: { tenant_id: string }) => tenant.tenant_id)).toEqual(everybody)
  expect(body.tenants.at(-1)).toEqual({
    tenant_id: 'acme',
    name: 'Acme',
    status: 'TRIAL',
    plan: 'PROFESSIONAL',
    region: 'FR',
    users: 2,
    created_at: '2026-03-02T10:00:00.000Z',
    trial_ends_at: '2026-03-16T10:00:00.000Z',
  })
  expect(body.stats).toEqual({ total: 6, pending: 0, active: 4, trial: 2, suspended: 0, cancelled: 0 })
  expect(body.next_cursor).toBeNull()
})

test('nobody but operators is told', async () => {
  expect((await platform.acme.get('/v1/admin/tenants')).status).toBe(401)
  expect((await platform.get('/v1/admin/tenants')).status).toBe(401)
})

test.each([
  ['sort=created_at', everybody.toReversed()],
  ['sort=name', ['namur', 'acme', 'alger', 'globex', 'epicerie', 'zurich']],
  ['sort=-name', ['zurich', 'epicerie', 'globex', 'alger', 'acme', 'namur']],
  ['status=trial', ['globex', 'acme']],
  ['status=ACTIVE&plan=starter', ['epicerie']],
  ['status=suspended', []],
  ['plan=Pro', ['globex', 'acme']],
  ['plan=enterprise&region=fr', []],
  ['region=be', ['namur']],
  ['q=epicerie', ['epicerie']],
  ['q=ÉPICERIE', ['epicerie']],
  ['q=zuri', ['zurich']],
  ['q=ecoles', ['alger']],
  ['q=hello@namur', ['namur']],
  ['q=owner@acme.example', ['acme']],
  ['q=100 %25', ['namur']],
  ['q=r_b', ['namur']],
  ['q=%25', ['namur']],
  ['q=nobody', []],
  ['metadata.sector=food', ['epicerie']],
  ['metadata.sector=Food', []],
  ['metadata.seats=12', ['alger', 'epicerie']],
  ['metadata.seats=12.0', []],
  ['metadata.seats=12.5', ['zurich']],
  ['metadata.vip=true', ['epicerie']],
  ['metadata.vip=false&metadata.sector=metal', ['zurich']],
  ['metadata.vip=null', []],
  ['metadata.tags=vip', []],
  ['metadata.nothing=', []],
])('%s finds %j', async (query, expected) => {
  expect(await found(`?${query}`)).toEqual(expected)
})

test.each([
  [
    'status=gone',
    'query.status',
    'should be one of PENDING, TRIAL, ACTIVE, SUSPENDED, CANCELLED, DELETING, DELETED',
  ],
  ['plan=gold', 'query.plan', 'should be one of FREE, STARTER, PROFESSIONAL, BUSINESS, ENTERPRISE'],
  ['region=US', 'query.region', 'should be one of DZ, CH, FR, BE, CA'],
  ['nonsense=1', 'query', 'Unrecognized key: "nonsense"'],
  ['constructor=1', 'query', 'Unrecognized key: "constructor"'],
  ['toString=1', 'query', 'Unrecognized key: "toString"'],
  ['hasOwnProperty=1', 'query', 'Unrecognized key: "hasOwnProperty"'],
  ['__proto__=1', 'query.__proto__', 'is a name that cannot be used'],
  ['metadata=1', 'query', 'Unrecognized key: "metadata"'],
  ['metadata.=1', 'query', 'Unrecognized key: "metadata."'],
  ['metadata.__proto__=1', 'query', 'Unrecognized key: "metadata.__proto__"'],
  ['metadata.a b=1', 'query', 'Unrecognized key: "metadata.a b"'],
  ['metadata.a=1&metadata.a=2', 'query.metadata.a', 'Invalid input: expected string, received array'],
  ['q=', 'query.q', expect.anything()],
  ['limit=101', 'query.limit', expect.anything()],
  ['limit=0', 'query.limit', expect.anything()],
  ['sort=plan', 'query.sort', expect.anything()],
  ['cursor=abc', 'query.cursor', 'is not a cursor of this list and sort'],
])('%s is refused', async (query, path, message) => {
  const { status, body } = await list(`?${query}`)
  expect([status, body.errors]).toEqual([400, [{ path, message }]])
})

test('of a tenant that was deleted only who asks for those is told, and no number counts it', async () => {
  await setStatus(platform, 'namur', 'DELETED', 'operator')
  await setStatus(platform, 'alger', 'DELETING', 'operator')
  await setStatus(platform, 'zurich', 'CANCELLED', 'operator')
  const { body } = await list('?limit=1')
  expect(body.stats).toEqual({ total: 5, pending: 0, active: 1, trial: 2, suspended: 0, cancelled: 1 })
  expect(await found('')).toEqual(everybody.filter((id) => id !== 'namur'))
  expect(await found('?status=deleted')).toEqual(['namur'])
  expect(await found('?status=deleting')).toEqual(['alger'])
  for (const id of ['namur', 'alger', 'zurich']) await setStatus(platform, id, 'ACTIVE', 'operator')
})

/** Walks the list from page to page, and does something between two of them. */
async function walk(query: string, between: (page: number) => Promise<unknown> = async () => undefined) {
  const seen: string[] = []
  let cursor: string | null = ''
  for (let page = 0; cursor !== null; page++) {
    const answer: Answer = await list(`?${query}${cursor && `&cursor=${cursor}`}`)
    expect(answer.status).toBe(200)
    seen.push(...idsOf(answer))
    cursor = answer.body.next_cursor
    if (cursor !== null) await between(page)
  }
  return seen
}

describe('page by page', () => {
  test.each(['-created_at', 'created_at', '-name', 'name'])('%s gives each once', async (sort) => {
    const whole = await found(`?sort=${sort}`)
    for (const limit of [1, 2, 5, 6]) expect(await walk(`sort=${sort}&limit=${limit}`)).toEqual(whole)
  })

  test('a cursor is good for its own sort and filters only', async () => {
    const { next_cursor } = (await list('?limit=1&status=active')).body
    expect((await list(`?limit=3&cursor=${next_cursor}&status=ACTIVE`)).status).toBe(200)
    for (const other of [
      '',
      '&status=trial',
      '&status=active&sort=created_at',
      '&status=active&sort=-name',
      '&status=active&plan=free',
      '&status=active&region=fr',
      '&status=active&q=e',
      '&status=active&metadata.vip=true',
    ]) {
      const { status, body } = await list(`?limit=1&cursor=${next_cursor}${other}`)
      expect([other, status, body.errors?.[0]?.path]).toEqual([other, 400, 'query.cursor'])
    }
  })

  test('with tenants that come in between gives each old one exactly once', { timeout: 60_000 }, async () => {
    let added = 0
    const sorts = fc.constantFrom('-created_at', 'created_at', '-name', 'name')
    const names = fc.constantFrom('A', 'Globex', 'l', '0', 'Zz', 'É')
    const arrival = fc.record({ name: names, day: fc.integer({ min: -3, max: 6 }) })
    await fc.assert(
      fc.asyncProperty(
        sorts,
        fc.integer({ min: 1, max: 4 }),
        fc.array(arrival, { maxLength: 4 }),
        async (sort, limit, arrivals) => {
          const old = await found(`?limit=100&sort=${sort}`)
          const seen = await walk(`sort=${sort}&limit=${limit}`, async (page) => {
            const next = arrivals[page]
            if (!next) return
            await addTenant(`late-${++added}`, next.name, 'FREE', 'FR', {}, start + next.day * 86_400_000)
          })
          expect(new Set(seen).size).toBe(seen.length)
          expect(seen.filter((id) => old.includes(id))).toEqual(old)
        },
      ),
      { numRuns: 8 },
    )
  })
})
