import { parse } from 'csv-parse/sync'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { addMember } from '../support/members.ts'
import { type Member, type Platform, startPlatform } from '../support/platform.ts'
import { askSlowly, busyConnections, takeAll, untilItWaits, watchReads } from '../support/slow-readers.ts'

let platform: Platform
let acme: Member
beforeAll(async () => {
  platform = await startPlatform()
  acme = platform.acme
})
afterAll(() => platform.stop())
afterEach(() => vi.restoreAllMocks())

/** Entries of one tenant, a second apart, the last ones in the future; as many as that, each of about `bytes`. */
const plant = (tenantId: string, count: number, bytes = 0) =>
  platform.sql(
    `insert into audit_entries (tenant_id, id, actor_kind, actor_id, action, object_type, object_id, changed_fields, reason,
        request_id, created_at, updated_at)
      select $1, gen_random_uuid(), 'system', 'planted', 'thing.planted', 'thing', n::text, '{}', repeat('x', $3), '', at, at
      from generate_series(1, $2::int) n, lateral (select timestamptz '2026-01-01' + n / 3 * interval '1 second' as at) moment`,
    [tenantId, count, bytes],
    tenantId,
  )

const textOf = async (format: string, query = '') =>
  (await acme.get(`/v1/audit/export?format=${format}${query}`)).body as string

describe('as CSV', () => {
  test('it is a file with a head and a line for each entry, and the export is the first of them', async () => {
    platform.clock.advance(1000)
    const { status, headers, body } = await acme.get('/v1/audit/export?format=csv')
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(headers.get('content-disposition')).toBe('attachment; filename="audit-acme-2026-03-02.csv"')
    expect(headers.get('cache-control')).toBe('no-store')
    const [head, ...lines] = body.split('\r\n')
    expect(head).toBe(
      'created_at,actor_kind,actor_id,actor_name,actor_email,action,object_type,object_id,changed_fields,reason,ip,request_id,id',
    )
    expect(lines[0]).toContain(
      `2026-03-02T10:00:01.000Z,user,${acme.userId},Ada Lovelace,owner@acme.example,audit.exported,tenant,acme,`,
    )
    expect(lines.length).toBeGreaterThan(2)
    expect(lines.at(-1)).toBe('')
  })

  test('what a spreadsheet would run is text, and what CSV means something by comes back as it was', async () => {
    const texts = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '＝1+1', 'a "b", c\r\nd', "it's", 'é']
    for (const text of texts) {
      await platform.sql(
        `insert into audit_entries (tenant_id, id, actor_kind, actor_id, action, object_type, object_id, changed_fields, reason,
            request_id, created_at, updated_at)
          values ('acme', gen_random_uuid(), 'system', 's', 'text.planted', $1, $1, array['a', $1], $1, '', now(), now())`,
        [text],
        'acme',
      )
    }
    const csv = await textOf('csv', '&action=text.planted')
    const rows = parse(csv, { columns: true, record_delimiter: '\r\n' }) as Record<string, string>[]
    const safe = texts.map((text) => (/^[=+\-@\t＝]/.test(text) ? `'${text}` : text))
    expect(rows.map(({ reason }) => reason).sort()).toEqual(safe.sort())
    expect(rows.map(({ object_id }) => object_id).sort()).toEqual(safe)
  })

  test('there is a head also where nothing is found', async () => {
    expect(await textOf('csv', '&action=nothing.done')).toMatch(/^created_at,[a-z_,]+\r\n$/)
  })
})

describe('as NDJSON', () => {
  test('it is what the list shows, a line for each entry, under the same filters', async () => {
    const { body, headers } = await acme.get('/v1/audit/export?format=ndjson&actor_kind=user')
    expect(headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8')
    const { data } = (await acme.get('/v1/audit?actor_kind=user&limit=100')).body
    const lines = String(body).trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toEqual(data)
  })

  test('each of some thousand entries is in it once, the newest first', async () => {
    await plant('globex', 3_456)
    const { body } = await platform.globex.get('/v1/audit/export?format=ndjson')
    const entries = String(body)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    const places = entries.map(({ created_at, id }) => `${created_at} ${id}`)
    expect(places).toEqual(places.toSorted().reverse())
    const planted = entries
      .filter(({ action }) => action === 'thing.planted')
      .map(({ object_id }) => +object_id)
    expect(planted.sort((a, b) => a - b)).toEqual(Array.from({ length: 3_456 }, (_, n) => n + 1))
  })
})

test('HEAD tells what there would be, and is no export', async () => {
  const count = async () =>
    (await acme.get('/v1/audit?action=audit.exported&limit=100')).body.data.length as number
  const before = await count()
  const answer = await acme.request('HEAD', '/v1/audit/export')
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8'])
  expect(await count()).toBe(before)
})

test('what fails before the first entry is a problem document as ever, and no file', async () => {
  const role = new URL(platform.database.tenantUrl).username
  await platform.sql(`revoke execute on function app.tenant_members(uuid) from ${role}`)
  try {
    const { status, headers, body } = await acme.get('/v1/audit/export')
    expect([status, body.code]).toEqual([500, 'internal_error'])
    expect(headers.get('content-type')).toContain('application/problem+json')
    expect(headers.get('content-disposition')).toBeNull()
  } finally {
    await platform.sql(`grant execute on function app.tenant_members(uuid) to ${role}`)
  }
})

describe('of a long trail', () => {
  const count = 20_000
  const pages = 21
  beforeAll(() => plant('acme', count, 1000))

  const open = (member: Member) => askSlowly(platform, member, '/v1/audit/export?format=ndjson')

  /** Resolves when nothing is being read: whoever did not wait for the reader would read on until the end. */
  const untilNothingIsRead = () =>
    vi.waitFor(() => expect(busyConnections(platform)).toBe(0), { timeout: 10_000, interval: 5 })

  test('who reads slowly has the rest read later, and holds no connection to the database meanwhile', async () => {
    const reads = watchReads(platform)
    const file = await open(acme)
    await untilItWaits(platform, file)
    // What the sockets between the two hold, and one page more.
    expect(reads()).toBeLessThan(pages - 4)
    const lines = (await takeAll(file.response)).trimEnd().split('\n')
    expect(lines.length).toBeGreaterThanOrEqual(count)
    expect(new Set(lines.map((line) => JSON.parse(line).id)).size).toBe(lines.length)
    expect(reads()).toBe(pages)
  })

  test('who hangs up has nothing more read', async () => {
    const reads = watchReads(platform)
    const file = await open(acme)
    await untilItWaits(platform, file)
    file.response.destroy()
    const requestId = String(file.response.headers['x-request-id'])
    const isOfAbort = (line: string) => line.includes(requestId) && line.includes('request aborted')
    await vi.waitFor(() => expect(platform.logLines.some(isOfAbort)).toBe(true))
    await untilNothingIsRead()
    expect(reads()).toBeLessThan(pages - 4)
    expect(
      platform.logLines.filter((line) => line.includes('"level":"error"') && line.includes('PREMATURE')),
    ).toEqual([])
  })

  test('who may not read any more has the connection cut, and never takes half a trail for the whole', async () => {
    const auditor = await addMember(platform, 'acme', 'admin')
    const file = await open(auditor)
    await untilItWaits(platform, file)
    await acme.patch(`/v1/users/${auditor.userId}`, { role: 'member' })
    await expect(takeAll(file.response)).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect(file.response.complete).toBe(false)
    expect((await acme.get('/v1/me')).status).toBe(200)
  })
})
