import { once } from 'node:events'
import { createServer, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { parse } from 'csv-parse/sync'
import { pick } from 'es-toolkit'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { resources } from '../../src/business/resources.ts'
import type { TenantId } from '../../src/db/tenant-id.ts'
import { exportReply } from '../../src/http/export-format.ts'
import type { Reply, Route } from '../../src/http/route.ts'
import { holdingEach, type Piece } from '../../src/http/unread.ts'
import { exampleOf } from '../isolation/examples.ts'
import { addMember } from '../support/members.ts'
import { type Member, type Platform, startPlatform } from '../support/platform.ts'
import { askSlowly, busyConnections, takeAll, untilItWaits, watchReads } from '../support/slow-readers.ts'

let platform: Platform
let acme: Member
let globex: Member
beforeAll(async () => {
  platform = await startPlatform()
  // In ENTERPRISE every module is there and nothing runs out.
  acme = await platform.signUp('Acme Exports', { plan: 'enterprise' })
  globex = await platform.signUp('Globex Exports', { plan: 'enterprise' })
})
afterAll(() => platform.stop())
afterEach(() => vi.restoreAllMocks())

const exportOf = async (path: string, query = '', member = acme) => {
  const { status, body } = await member.get(`${path}/export${query}`)
  expect(status, JSON.stringify(body)).toBe(200)
  return String(body)
}
const objectsOf = (ndjson: string) =>
  ndjson
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))
const rowsOf = (csv: string) =>
  parse(csv, { columns: true, record_delimiter: '\r\n' }) as Record<string, string>[]
const idsOf = (rows: { id?: string }[]) => rows.map(({ id }) => id)

/** Clients of one tenant, three of them in each second, each of about `bytes`. */
const plantClients = ({ tenantId }: Member, count: number, bytes = 0) =>
  platform.sql(
    `insert into clients (tenant_id, id, name, notes, created_at, updated_at)
      select $1, gen_random_uuid(), 'Client ' || n, repeat('x', $3), at, at
      from generate_series(1, $2::int) n, lateral (select timestamptz '2026-01-01' + n / 3 * interval '1 second' as at) moment`,
    [tenantId, count, bytes],
    tenantId,
  )

describe.each(resources.map((resource) => ({ ...resource, name: resource.table.name, resource })))(
  'an export of $name',
  ({ resource: { table, routes }, path }) => {
    const make = async (member: Member, word: string) => {
      const { makeObject } = exampleOf(routes.create as Route)
      return (await makeObject?.(member, word, platform)) as string
    }

    test('holds every column of every row, long ones too, and nothing of another tenant', async () => {
      const ids = [await make(acme, 'exported'), await make(acme, 'exported')]
      await make(globex, 'foreign')
      const shown = await Promise.all(ids.map(async (id) => (await acme.get(`${path}/${id}`)).body))

      const ndjson = await exportOf(path, '?format=ndjson')
      expect(ndjson).not.toContain('foreign')
      const objects = objectsOf(ndjson)
      const columns = Object.keys(objects[0])
      expect(columns).toEqual(expect.arrayContaining([...table.columns.keys()]))
      expect(objects).toEqual(expect.arrayContaining(shown.map((row) => pick(row, columns))))

      const csv = await exportOf(path)
      expect(csv).not.toContain('foreign')
      expect(csv).toMatch(new RegExp(`^${columns.join(',')}\r\n`))
      expect(idsOf(rowsOf(csv))).toEqual(idsOf(objects))
    })
  },
)

describe('as CSV', () => {
  test('it is a file with the name of its table, tenant and day', async () => {
    const { headers } = await acme.get('/v1/production/orders/export?format=csv')
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(headers.get('content-disposition')).toBe(
      'attachment; filename="production-orders-acme-exports-2026-03-02.csv"',
    )
    expect(headers.get('cache-control')).toBe('no-store')
  })

  test('what a spreadsheet would run is text, and what CSV means something by comes back as it was', async () => {
    const texts = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '＝1+1', 'a "b", c\r\nd', "it's", 'é']
    for (const notes of texts) await acme.post('/v1/clients', { name: 'Formula', notes })
    const rows = rowsOf(await exportOf('/v1/clients', '?name=Formula'))
    const safe = texts.map((text) => (/^[=+\-@\t＝]/.test(text) ? `'${text}` : text))
    expect(rows.map(({ notes }) => notes).sort()).toEqual(safe.sort())
  })

  test('numbers, dates, instants and yes or no are plain, objects and lists are JSON, null is empty', async () => {
    await acme.post('/v1/deals', { title: 'Roof', amount_cents: 250_000, expected_close_on: '2026-05-01' })
    const [deal] = rowsOf(await exportOf('/v1/deals', '?q=Roof'))
    expect(deal).toMatchObject({ amount_cents: '250000', expected_close_on: '2026-05-01', closed_at: '' })
    expect(deal?.created_at).toBe('2026-03-02T10:00:00.000Z')
    const definition = { nodes: [{ name: 'Quote "me"' }] }
    await acme.post('/v1/workflows', { name: 'Plain', engine: 'n8n', definition, is_active: false })
    const [workflow] = rowsOf(await exportOf('/v1/workflows', '?q=Plain'))
    expect(workflow).toMatchObject({ is_active: 'false', definition: JSON.stringify(definition) })
  })

  test('there is a head also where nothing is found', async () => {
    expect(await exportOf('/v1/clients', '?name=Nobody')).toMatch(/^id,name,[a-z_,]+\r\n$/)
    expect(await exportOf('/v1/clients', '?name=Nobody&format=ndjson')).toBe('')
  })
})

describe('an export', () => {
  test('takes sort, filters and q as the list does', async () => {
    for (const name of ['Zeta Works', 'Alpha Works', 'Beta Plants']) await acme.post('/v1/clients', { name })
    for (const query of ['q=Works&sort=name', 'q=Works&sort=-name', 'name=Beta Plants']) {
      const { data } = (await acme.get(`/v1/clients?${query}&limit=100`)).body
      expect(objectsOf(await exportOf('/v1/clients', `?${query}&format=ndjson`))).toEqual(data)
      expect(data.length).toBeGreaterThan(0)
    }
  })

  test('leaves out what was deleted, and has that where it is asked for', async () => {
    const { id } = (await acme.post('/v1/deals', { title: 'Gone' })).body
    await acme.delete(`/v1/deals/${id}`)
    expect(idsOf(objectsOf(await exportOf('/v1/deals', '?format=ndjson')))).not.toContain(id)
    expect(idsOf(objectsOf(await exportOf('/v1/deals', '?format=ndjson&deleted=true')))).toContain(id)
  })

  test.each(['limit=1', 'cursor=x', 'tenant_id=globex', 'format=xlsx', 'sort=notes'])(
    'refuses %s',
    async (query) => {
      const { status, body } = await acme.get(`/v1/clients/export?${query}`)
      expect([status, body.code]).toEqual([400, 'invalid_request'])
    },
  )

  test('is an entry in the audit trail; HEAD tells what there would be, and is none', async () => {
    const entries = async () => (await acme.get('/v1/audit?action=client.exported&limit=100')).body.data
    const before = await entries()
    const answer = await acme.request('HEAD', '/v1/clients/export')
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8'])
    expect(await entries()).toEqual(before)
    platform.clock.advance(1000)
    await exportOf('/v1/clients')
    const [entry, ...older] = await entries()
    expect(older).toEqual(before)
    expect(entry).toMatchObject({ actor_id: acme.userId, object_type: 'tenant', object_id: acme.tenantId })
  })

  test('of a module that the plan has not is refused', async () => {
    const { status, body } = await platform.acme.get('/v1/business-analyses/export')
    expect([status, body.code]).toEqual([403, 'module_not_in_plan'])
  })
})

describe('of a tenant that is blocked', () => {
  const codeOf = async (member: Pick<Member, 'get'>, path: string) => (await member.get(path)).body.code
  const block = ({ tenantId }: Member, status: string, setBy: string) =>
    platform.forceTenant(
      tenantId,
      `status = '${status}', status_set_by = '${setBy}', trial_ends_at = '2026-03-02T10:00:00Z'`,
    )

  test.each([
    ['PENDING', 'system', 'tenant_pending'],
    ['TRIAL', 'system', 'trial_expired'],
    ['SUSPENDED', 'billing', 'payment_required'],
    ['SUSPENDED', 'operator', 'tenant_suspended'],
    ['CANCELLED', 'billing', 'tenant_cancelled'],
  ])('%s by %s, there are all rows, though the list is refused', async (status, setBy, refusal) => {
    const blocked = await platform.signUp(`Blocked ${status} ${setBy}`)
    await blocked.post('/v1/clients', { name: 'Taken along' })
    await blocked.post('/v1/deals', { title: 'Taken, too' })
    await block(blocked, status, setBy)
    for (const [path, column, text] of [
      ['/v1/clients', 'name', 'Taken along'],
      ['/v1/deals', 'title', 'Taken, too'],
    ] as const) {
      expect(rowsOf(await exportOf(path, '', blocked))).toEqual([expect.objectContaining({ [column]: text })])
      expect(await codeOf(blocked, path)).toBe(refusal)
    }
    const trail = objectsOf(await exportOf('/v1/audit', '?format=ndjson', blocked))
    const actions = ['client.created', 'deal.created', 'client.exported', 'deal.exported', 'audit.exported']
    expect(trail.map(({ action }) => action)).toEqual(expect.arrayContaining(actions))
    expect(await codeOf(blocked, '/v1/audit')).toBe(refusal)
  })

  test('module and role count as ever', async () => {
    const blocked = await platform.signUp('Blocked Rules')
    const viewer = await addMember(platform, blocked.tenantId, 'viewer')
    await block(blocked, 'SUSPENDED', 'billing')
    expect(await codeOf(blocked, '/v1/business-analyses/export')).toBe('module_not_in_plan')
    expect((await viewer.get('/v1/clients/export')).status).toBe(200)
    expect(await codeOf(viewer, '/v1/audit/export')).toBe('insufficient_role')
  })

  test('and that is being deleted, there is none', async () => {
    const leaving = await platform.signUp('Leaving')
    await block(leaving, 'DELETING', 'operator')
    for (const path of ['/v1/clients/export', '/v1/audit/export']) {
      expect([path, await codeOf(leaving, path)]).toEqual([path, 'tenant_cancelled'])
    }
  })
})

describe('of many rows', () => {
  const sorted = { '-created_at': 'created_at', name: 'name' }

  test.each(Object.entries(sorted))('each is there once, in the order of %s', async (sort, column) => {
    const many = await platform.signUp(`Many ${column}`, { plan: 'enterprise' })
    await plantClients(many, 2_345)
    const rows = objectsOf(await exportOf('/v1/clients', `?format=ndjson&sort=${sort}`, many))
    expect(new Set(idsOf(rows)).size).toBe(2_345)
    const places = rows.map((row) => `${row[column]} ${row.id}`)
    expect(places).toEqual(sort.startsWith('-') ? places.toSorted().reverse() : places.toSorted())
  })

  test('of which each may be long, few are held at a time', async () => {
    const reader = await platform.signUp('Long', { plan: 'enterprise' })
    await Promise.all(
      Array.from({ length: 45 }, (_, n) =>
        reader.post('/v1/knowledge-documents', { title: `Document ${n}`, content: `content of ${n}` }),
      ),
    )
    const reads = watchReads(platform)
    const rows = objectsOf(await exportOf('/v1/knowledge-documents', '?format=ndjson', reader))
    expect(new Set(rows.map(({ content }) => content)).size).toBe(45)
    // Pages of 20.
    expect(reads()).toBe(3)
  })

  describe('to somebody who takes none of them', () => {
    const pages = 81
    let many: Member
    beforeAll(async () => {
      many = await platform.signUp('Slowly', { plan: 'enterprise' })
      await plantClients(many, 20_000, 1000)
    })
    const path = '/v1/clients/export?format=csv'

    test('few pages are read, and the rest when they go on', async () => {
      const reads = watchReads(platform)
      const answer = await askSlowly(platform, many, path)
      await untilItWaits(platform, answer)
      expect(reads()).toBeLessThan(pages - 4)
      expect(rowsOf(await takeAll(answer.response))).toHaveLength(20_000)
      expect(reads()).toBe(pages)
    })

    test('and hangs up, nothing more is read and no transaction is open', async () => {
      const reads = watchReads(platform)
      const answer = await askSlowly(platform, many, path)
      await untilItWaits(platform, answer)
      answer.response.destroy()
      const requestId = String(answer.response.headers['x-request-id'])
      const isOfAbort = (line: string) => line.includes(requestId) && line.includes('request aborted')
      await vi.waitFor(() => expect(platform.logLines.some(isOfAbort)).toBe(true))
      await vi.waitFor(() => expect(busyConnections(platform)).toBe(0))
      expect(reads()).toBeLessThan(pages - 4)
      const open = await platform.sql(
        `select from pg_stat_activity
          where datname = current_database() and xact_start is not null and pid <> pg_backend_pid()
            and backend_type = 'client backend'`,
      )
      expect(open).toEqual([])
    })

    test('and may not read any more, the connection is cut', async () => {
      const viewer = await addMember(platform, many.tenantId, 'viewer')
      const answer = await askSlowly(platform, viewer, path)
      await untilItWaits(platform, answer)
      await many.delete(`/v1/users/${viewer.userId}`)
      await expect(takeAll(answer.response)).rejects.toMatchObject({ code: 'ECONNRESET' })
    })
  })

  describe('that many ask for at once', () => {
    let reading: string[]
    let most: number
    let mostOfOne: number
    beforeEach(() => {
      reading = []
      most = 0
      mostOfOne = 0
    })
    const never = new AbortController().signal

    const exportOfSix = (tenant: string, fails = false) =>
      exportReply<{ n: number }>({
        tenantId: tenant as TenantId,
        format: 'ndjson',
        name: 'counted',
        columns: ['n'],
        rowsPerPage: 2,
        readPage: async (after) => {
          reading.push(tenant)
          most = Math.max(most, reading.length)
          mostOfOne = Math.max(mostOfOne, reading.filter((other) => other === tenant).length)
          await setImmediate()
          reading.splice(reading.indexOf(tenant), 1)
          if (fails) throw new Error('gone')
          const n = Number(after?.id ?? 0)
          return n < 6 ? [{ n: n + 1 }, { n: n + 2 }] : []
        },
        cursorOf: ({ n }) => ({ value: String(n), id: String(n) }),
      })
    async function take({ stream }: Reply, isGone = never) {
      let text = ''
      for await (const piece of stream?.(isGone) ?? []) text += piece.text
      return text
    }
    const whole = [1, 2, 3, 4, 5, 6].map((n) => `{"n":${n}}\n`).join('')

    test('the rows of four pages are in memory at a time, of one tenant those of one, also where one fails', async () => {
      const taken = await Promise.allSettled(
        Array.from({ length: 36 }, (_, index) => take(exportOfSix(`tenant ${index % 12}`, index % 3 === 0))),
      )
      expect(taken.filter(({ status }) => status === 'rejected')).toHaveLength(12)
      expect(taken.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))).toEqual(
        Array(24).fill(whole),
      )
      expect([most, mostOfOne]).toEqual([4, 1])
    })

    test('who hangs up in line has no page read', async () => {
      const hangUp = new AbortController()
      const first = take(exportOfSix('one'))
      const gone = Array.from({ length: 20 }, () => take(exportOfSix('one'), hangUp.signal))
      hangUp.abort()
      expect(await Promise.all(gone)).toEqual(Array(20).fill(''))
      expect(await first).toBe(whole)
      expect([most, reading]).toEqual([1, []])
    })
  })

  test('what is made and not taken yet is told', async () => {
    const { stream } = exportReply<{ n: number }>({
      tenantId: acme.tenantId as TenantId,
      format: 'csv',
      name: 'told',
      columns: ['n'],
      rowsPerPage: 3,
      rowsPerPiece: 1,
      readPage: async (after) => (after ? [] : [{ n: 10 }, { n: 20 }, { n: 30 }]),
      cursorOf: ({ n }) => ({ value: String(n), id: String(n) }),
    })
    const pieces: Piece[] = []
    for await (const piece of stream?.(new AbortController().signal) ?? []) pieces.push(piece)
    expect(pieces.filter(({ text }) => text)).toEqual([
      { text: 'n\r\n10\r\n', held: 15 },
      { text: '20\r\n', held: 8 },
      { text: '30\r\n', held: 4 },
    ])
  })

  test('of who hangs up while a page is made nothing is held', async () => {
    // Four of them would take up all the room there is, and each is less than what comes then.
    const held = 8 * 1024 * 1024
    const takeEach = async (each: AsyncIterable<string>) => {
      for await (const _ of each);
    }
    const outcomes: boolean[] = []
    const server = createServer((_, response) => {
      const closed = once(response, 'close')
      // As a page that comes when nobody is there any more; the last one stays.
      async function* pieces() {
        if (outcomes.length < 4) {
          response.flushHeaders()
          await closed
        }
        yield { text: 'page', held: outcomes.length < 4 ? held : held + 1 }
      }
      void takeEach(holdingEach(response, pieces())).then(() => {
        outcomes.push(response.destroyed)
        response.end('all of it')
      })
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const ask = async () =>
      (await once(request({ port, agent: false }).end(), 'response'))[0] as IncomingMessage
    try {
      for (let count = 1; count <= 4; count++) {
        ;(await ask()).destroy()
        await vi.waitFor(() => expect(outcomes).toHaveLength(count))
      }
      expect(await takeAll(await ask())).toBe('all of it')
      expect(outcomes).toEqual([true, true, true, true, false])
    } finally {
      server.close()
    }
  })
})
