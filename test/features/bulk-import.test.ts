import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { businessAnalyses } from '../../src/business/ai/business-analyses.ts'
import { deals } from '../../src/business/crm/deals.ts'
import type { AnyResource } from '../../src/business/define-resource.ts'
import { importRoute } from '../../src/business/import-rows.ts'
import { sites } from '../../src/business/production/sites.ts'
import { projects } from '../../src/business/projects/projects.ts'
import { withDirectClient } from '../../src/db/direct-client.ts'
import type { TenantId } from '../../src/db/tenant-id.ts'
import { settingsOf } from '../support/command-line.ts'
import { addMember } from '../support/members.ts'
import {
  type Answer,
  createCaller,
  createMember,
  goodPassword,
  type Member,
  type Platform,
  startPlatform,
} from '../support/platform.ts'
import { startSmallServers } from '../support/server-process.ts'
import { busyConnections } from '../support/slow-readers.ts'

const path = '/v1/clients/import'
const type = 'application/x-ndjson'
const mebibyte = 1024 * 1024

let platform: Platform
let acme: Member
let globex: Member
beforeAll(async () => {
  platform = await startPlatform()
  acme = platform.acme
  globex = platform.globex
})
afterAll(() => platform.stop())
afterEach(() => vi.restoreAllMocks())

const toLines = (rows: unknown[]) =>
  rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n')
const send = (body: string | Uint8Array, headers: Record<string, string> = {}, member = acme) =>
  member.post(path, new Blob([body as string], { type }), headers)
const clientsOf = async ({ tenantId }: Member) =>
  platform.sql('select * from clients where tenant_id = $1 order by id', [tenantId], tenantId)
const namesOf = async (member: Member) => (await clientsOf(member)).map(({ name }) => name)
const entriesOf = ({ tenantId }: Member) =>
  platform.sql(
    "select * from audit_entries where tenant_id = $1 and action = 'client.created' order by id",
    [tenantId],
    tenantId,
  )
let companies = 0
const newCompany = () => platform.signUp(`Imports ${++companies}`)

/** A body that is sent piece by piece. */
function upload(member: Member, headers: Record<string, string> = {}) {
  const { hostname, port } = new URL(platform.url)
  const mark = `upload ${++uploads}`
  const isIt = (message: unknown): message is { request: IncomingMessage } =>
    (message as { request: IncomingMessage }).request.headers['x-mark'] === mark
  const arrived = new Promise<IncomingMessage>((resolve) => {
    const note = (message: unknown) => {
      if (!isIt(message)) return
      unsubscribe('http.server.request.start', note)
      resolve(message.request)
    }
    subscribe('http.server.request.start', note)
  })
  const sent = request({
    ...{ hostname, port, path, method: 'POST', agent: false },
    headers: { Authorization: `Bearer ${member.token}`, 'X-Tenant-ID': member.tenantId, ...headers },
  })
  sent.on('error', () => undefined)
  sent.setHeader('Content-Type', type).setHeader('X-Mark', mark).flushHeaders()
  const answered = once(sent, 'response').then(async ([response]: IncomingMessage[]) => {
    let text = ''
    for await (const piece of response ?? []) text += piece
    return { status: response?.statusCode, headers: response?.headers, body: JSON.parse(text) }
  })
  answered.catch(() => undefined)
  return {
    sent,
    answered,
    /** Whether the server takes what is sent. */
    isRead: async () => (await arrived).listenerCount('data') > 0,
    bytesRead: async () => (await arrived).socket.bytesRead,
  }
}
let uploads = 0

/** Begins one that the server reads. */
async function begin(member: Member) {
  const begun = upload(member)
  begun.sent.write('{"name":"Slow"}\n')
  await vi.waitFor(async () => expect(await begun.isRead()).toBe(true), { interval: 5 })
  return begun
}

/** What waits for so long waits a moment from now on. */
function hurry(forMs: number) {
  const wait = setTimeout
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(((work: () => void, ms: number, ...more: []) =>
    wait(work, ms === forMs ? 100 : ms, ...more)) as typeof setTimeout)
}

describe('a file of clients', () => {
  test('makes one of each line, in their order, as making each would', async () => {
    const member = await newCompany()
    const rows = [
      { name: ' Wile E. Coyote ', email: 'Wile@Desert.example', phone: '+33 1 23 45 67 89' },
      { name: 'Road Runner', notes: 'meep "meep"\n\ttwice', address: null },
      { name: "Robert'); drop table clients; --", email: null },
    ]
    const { status, body } = await send(toLines(rows), {}, member)
    expect([status, body]).toEqual([201, { imported: 3 }])
    const single = await newCompany()
    for (const row of rows) await single.post('/v1/clients', row)
    const shown = async (whose: Member) => {
      const { data } = (await whose.get('/v1/clients?sort=name')).body
      return data.map(({ id: _, ...rest }: { id: string }) => rest)
    }
    expect(await shown(member)).toEqual(await shown(single))
    expect(await namesOf(member)).toEqual(rows.map(({ name }) => name.trim()))
  })

  test('leaves an entry of each in the audit trail, as making each would', async () => {
    const [member, single] = [await newCompany(), await newCompany()]
    const rows = [{ name: 'One', email: 'one@odd.example' }, { name: 'Two' }]
    const { headers } = await send(toLines(rows), {}, member)
    for (const row of rows) await single.post('/v1/clients', row)
    const entries = await entriesOf(member)
    expect(entries.map(({ object_id }) => object_id)).toEqual((await clientsOf(member)).map(({ id }) => id))
    expect(new Set(entries.map(({ request_id }) => request_id))).toEqual(
      new Set([headers.get('x-request-id')]),
    )
    expect(entries.map(({ changed_fields }) => changed_fields)).toEqual([['name', 'email'], ['name']])
    const common = ({
      actor_kind,
      actor_id,
      object_type,
      reason,
      ip,
      created_at,
      updated_at,
    }: (typeof entries)[0]) => ({
      ...{ actor_kind, object_type, reason, ip, created_at, updated_at },
      isTheirs: [member.userId, single.userId].includes(actor_id),
    })
    expect(entries.map(common)).toEqual((await entriesOf(single)).map(common))
  })

  test('may have 10,000 lines, and no more', async () => {
    const member = await newCompany()
    const rows = Array.from({ length: 10_000 }, (_, n) => ({ name: `Client ${n}` }))
    const tooMany = await send(`${toLines(rows)}\n\n{"name":"one more"}`, {}, member)
    expect([tooMany.status, tooMany.body.errors]).toEqual([
      400,
      [{ path: 'body', message: 'should have at most 10,000 lines' }],
    ])
    expect(await namesOf(member)).toEqual([])
    const { status, body } = await send(`${toLines(rows)}\n\n`, {}, member)
    expect([status, body]).toEqual([201, { imported: 10_000 }])
    expect(await namesOf(member)).toEqual(rows.map(({ name }) => name))
    expect(await entriesOf(member)).toHaveLength(10_000)
  })

  test.each([
    ['line feeds', '\n', ''],
    ['carriage returns and line feeds', '\r\n', '\r\n'],
    ['empty lines between them', '\n \t\n\n', '\n\n'],
  ])('with %s, and a byte order mark or none', async (_, between, end) => {
    const rows = [{ name: 'Élodie' }, { name: '👩‍👩‍👧‍👧' }].map((row) => JSON.stringify(row))
    for (const mark of ['', '\ufeff']) {
      const member = await newCompany()
      expect((await send(mark + rows.join(between) + end, {}, member)).body).toEqual({ imported: 2 })
      expect(await namesOf(member)).toEqual(['Élodie', '👩‍👩‍👧‍👧'])
    }
  })

  test('may be cut anywhere on its way', async () => {
    const rows = Array.from({ length: 50 }, (_, n) => ({
      name: `Zoë 👩‍👩‍👧‍👧 ${n}`,
      notes: 'ß'.repeat(n * 10),
    }))
    const bytes = Buffer.from(toLines(rows))
    for (const size of [1, 2, 3, 1021]) {
      const member = await newCompany()
      const { sent, answered } = upload(member)
      sent.setNoDelay(true)
      for (let start = 0; start < bytes.length; start += size) {
        if (!sent.write(bytes.subarray(start, start + size))) await once(sent, 'drain')
      }
      sent.end()
      expect((await answered).body).toEqual({ imported: 50 })
      expect(await namesOf(member)).toEqual(rows.map(({ name }) => name))
    }
  })
})

describe('a file with something wrong', () => {
  /** What is told of a file of which nothing may stay, and for which no transaction may be opened. */
  async function refusal(body: string | Uint8Array, headers: Record<string, string> = {}) {
    const before = await namesOf(acme)
    const writes = vi.spyOn(platform.context.db, 'withTenant')
    const { status, body: problem } = await send(body, headers)
    expect(writes).not.toHaveBeenCalled()
    writes.mockRestore()
    expect(await namesOf(acme)).toEqual(before)
    expect([status, problem.code]).toEqual([400, 'invalid_request'])
    return problem.errors
  }
  const good = '{"name":"Good"}'
  const tooShort = 'Too small: expected string to have >=1 characters'

  test.each<[what: string, line: string | Uint8Array, error: { path: string; message: string }]>([
    ['a field', '{"name":""}', { path: 'line 3.name', message: tooShort }],
    [
      'an unknown field',
      '{"name":"x","colour":"red"}',
      { path: 'line 3', message: 'Unrecognized key: "colour"' },
    ],
    [
      "another tenant's id",
      '{"name":"x","tenant_id":"globex"}',
      { path: 'line 3', message: 'Unrecognized key: "tenant_id"' },
    ],
    [
      'a name of objects',
      '{"name":"x","__proto__":{"a":1}}',
      { path: 'line 3.__proto__', message: 'is a name that cannot be used' },
    ],
    [
      'a NUL',
      '{"name":"a\\u0000b"}',
      { path: 'line 3.name', message: 'holds a character that cannot be stored' },
    ],
    [
      'half a character',
      '{"name":"\\ud800"}',
      { path: 'line 3.name', message: 'holds a character that cannot be stored' },
    ],
    [
      'no object',
      '[{"name":"x"}]',
      { path: 'line 3', message: 'Invalid input: expected object, received array' },
    ],
    ['null', 'null', { path: 'line 3', message: 'Invalid input: expected object, received null' }],
    ['two objects', '{"name":"x"}{"name":"y"}', { path: 'line 3', message: 'should be JSON' }],
    ['half an object', '{"name":"x"', { path: 'line 3', message: 'should be JSON' }],
    ['a second byte order mark', '\ufeff{"name":"x"}', { path: 'line 3', message: 'should be JSON' }],
    [
      'another encoding',
      Buffer.from('{"name":"é"}', 'latin1'),
      { path: 'line 3', message: 'should be UTF-8' },
    ],
    [
      'half of a character of UTF-8',
      Buffer.from('{"name":"é').subarray(0, -1),
      { path: 'line 3', message: 'should be UTF-8' },
    ],
    [
      'more than a line may hold',
      `{"name":"${'x'.repeat(mebibyte)}"}`,
      { path: 'line 3', message: 'should be at most 1 MiB' },
    ],
  ])('such as %s is told by line, wherever that is', async (_, line, error) => {
    const bytes = Buffer.from(line)
    const before = Buffer.from(`${good}\n\n`)
    expect(await refusal(Buffer.concat([before, bytes, Buffer.from(`\n${good}`)]))).toEqual([error])
    expect(await refusal(Buffer.concat([before, bytes]))).toEqual([error])
  })

  test('in many lines is told of the first twenty, and no more is read', async () => {
    const errors = await refusal(toLines([good, ...Array(30).fill({ name: '', email: 'nobody' })]))
    expect(errors.map(({ path }: { path: string }) => path)).toEqual(
      Array.from({ length: 10 }, (_, n) => [`line ${n + 2}.name`, `line ${n + 2}.email`]).flat(),
    )
    // The rest of the body never comes, and the answer all the same.
    const { sent, answered } = upload(acme, { 'Content-Length': '1000000' })
    sent.write(`${toLines(Array(30).fill('x'))}\n`)
    expect((await answered).body.errors).toHaveLength(20)
    sent.destroy()
  })

  test('is told in French, too', async () => {
    const errors = await refusal(`${good}\n{"name":""}\nx\n`, { 'Accept-Language': 'fr' })
    expect(errors).toEqual([
      { path: 'line 2.name', message: 'Trop petit : chaîne de caractères doit avoir >=1 caractères' },
      { path: 'line 3', message: 'devrait être du JSON' },
    ])
  })

  test.each(['', '\n', '\r\n \n', '\ufeff'])('such as nothing at all: %j', async (body) => {
    expect(await refusal(body)).toEqual([{ path: 'body', message: 'should have at least one line' }])
  })

  test('that only the database finds makes nothing of it, though much of it is written', async () => {
    await platform.sql(`alter table clients add constraint no_boom check (name <> 'boom')`)
    try {
      const before = [await namesOf(acme), await entriesOf(acme)]
      const rows = Array.from({ length: 2_500 }, (_, n) => ({ name: n === 2_400 ? 'boom' : `Client ${n}` }))
      const { status, body } = await send(toLines(rows))
      expect([status, body.code]).toEqual([400, 'invalid_request'])
      expect([await namesOf(acme), await entriesOf(acme)]).toEqual(before)
    } finally {
      await platform.sql('alter table clients drop constraint no_boom')
    }
  })
})

describe('a body that is no such file', () => {
  test.each([
    ['application/json', {}],
    ['text/plain', {}],
    ['application/x-ndjson; charset=iso-8859-1', {}],
    [type, { 'Content-Encoding': 'gzip' }],
  ])('%s %o is 415', async (contentType, headers) => {
    const body = gzipSync('{"name":"x"}')
    const { status, body: problem } = await acme.post(path, body, { 'Content-Type': contentType, ...headers })
    expect([status, problem.code]).toEqual([415, 'unsupported_media_type'])
  })

  test('of more than 16 MiB is 413, whether it says so or not', async () => {
    const before = await namesOf(acme)
    const said = upload(acme, { 'Content-Length': String(16 * mebibyte + 1) })
    expect(await said.answered).toMatchObject({ status: 413, body: { code: 'body_too_large' } })
    said.sent.destroy()
    const { sent, answered } = upload(acme)
    const line = Buffer.from(`{"name":"x","notes":"${'x'.repeat(18_000)}"}\n`)
    for (let bytes = 0; bytes <= 16 * mebibyte; bytes += line.length) sent.write(line)
    expect(await answered).toMatchObject({ status: 413, body: { code: 'body_too_large' } })
    sent.destroy()
    expect(await namesOf(acme)).toEqual(before)
  })
})

describe('before anything of the body is read', () => {
  const refused = async (member: Member, headers = {}) => {
    const { sent, answered } = upload(member, { 'Content-Length': '1000', ...headers })
    const { status, body } = await answered
    sent.destroy()
    return [status, body.code]
  }

  test('who may not import is told so', async () => {
    expect(await refused(await addMember(platform, 'acme', 'viewer'))).toEqual([403, 'insufficient_role'])
    expect(await refused({ ...acme, tenantId: 'globex' })).toEqual([403, 'tenant_mismatch'])
    expect(await refused({ ...acme, token: 'x' })).toEqual([401, 'unauthenticated'])
  })

  test('so is what is wrong with the rest of the request', async () => {
    expect(await refused(acme, { 'Idempotency-Key': 'x'.repeat(201) })).toEqual([400, 'invalid_request'])
  })
})

describe('a body that comes slowly', () => {
  test('holds no connection to the database, and others go on', async () => {
    const { sent, answered } = await begin(acme)
    expect(busyConnections(platform)).toBe(0)
    expect((await send('{"name":"Quick"}', {}, globex)).status).toBe(201)
    sent.end('{"name":"Last"}')
    expect((await answered).body).toEqual({ imported: 2 })
  })

  test('and stops coming is 408 after ten seconds', async () => {
    hurry(10_000)
    const { answered } = await begin(acme)
    const { status, headers, body } = await answered
    expect([status, body.code, headers?.connection]).toEqual([408, 'request_timeout', 'close'])
  })

  test('of somebody who hangs up makes nothing, and their place is free again', async () => {
    const member = await newCompany()
    for (let count = 0; count < 5; count++) (await begin(member)).sent.destroy()
    expect((await send('{"name":"After"}', {}, member)).status).toBe(201)
    expect(await namesOf(member)).toEqual(['After'])
    expect(platform.logLines.filter((line) => line.includes('"level":"error"'))).toEqual([])
  })

  test('of somebody who loses the right to it meanwhile makes nothing', async () => {
    const member = await newCompany()
    const colleague = await addMember(platform, member.tenantId, 'member')
    const { sent, answered } = await begin(colleague)
    await member.patch(`/v1/users/${colleague.userId}`, { role: 'viewer' })
    sent.end()
    const { status, body } = await answered
    expect([status, body.code]).toEqual([403, 'insufficient_role'])
    expect(await namesOf(member)).toEqual([])
  })
})

describe('of several at once', () => {
  test("each tenant has one read at a time, and waits for no other's", async () => {
    const first = await begin(acme)
    const second = upload(acme)
    second.sent.end('{"name":"Second"}')
    expect((await send('{"name":"Quick"}', {}, globex)).status).toBe(201)
    expect(await second.isRead()).toBe(false)
    first.sent.end()
    expect((await first.answered).status).toBe(201)
    expect((await second.answered).status).toBe(201)
  })

  test('whoever sends slowly keeps nobody else waiting', async () => {
    const companies = await Promise.all(Array.from({ length: 5 }, newCompany))
    const slow = await Promise.all(companies.map(begin))
    expect((await send('{"name":"Quick"}')).status).toBe(201)
    for (const { sent, answered } of slow) {
      sent.end()
      expect((await answered).status).toBe(201)
    }
  })

  test('so much is held of all, and of those that hold most one is told to come again, not who comes last', async () => {
    const [last, ...companies] = await Promise.all(Array.from({ length: 5 }, newCompany))
    const blank = (count: number) => `${' '.repeat(99_999)}\n`.repeat(count)
    const long = companies.map((company) => upload(company))
    for (const { sent } of long) sent.write(blank(167))
    for (const { bytesRead } of long) {
      await vi.waitFor(async () => expect(await bytesRead()).toBeGreaterThan(16_700_000), { timeout: 9000 })
    }
    const short = upload(last as Member)
    short.sent.write(blank(10))
    const { status, body, headers } = await Promise.race(long.map(({ answered }) => answered))
    expect([status, body.code, headers?.['retry-after']]).toEqual([503, 'overloaded', '1'])
    for (const { sent } of [short, ...long]) sent.end('{"name":"Late"}')
    expect((await short.answered).status).toBe(201)
    const statuses = await Promise.all(long.map(async ({ answered }) => (await answered).status))
    expect(statuses.toSorted()).toEqual([201, 201, 201, 503])
    expect((await send('{"name":"After"}')).status).toBe(201)
  })

  test('few may wait, and the next is told to come again', async () => {
    const first = await begin(acme)
    const told: Answer[] = []
    const asked = Array.from({ length: 12 }, async () => told.push(await send('{"name":"Waiting"}')))
    await vi.waitFor(() => expect(told).toHaveLength(4))
    for (const { status, body, headers } of told) {
      expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'overloaded', '1'])
    }
    first.sent.end()
    await Promise.all(asked)
    expect(told.slice(4).map(({ status }) => status)).toEqual(Array(8).fill(201))
  })

  test('nobody waits for longer than five seconds', async () => {
    const first = await begin(acme)
    hurry(5000)
    expect((await send('{"name":"Late"}')).body.code).toBe('overloaded')
    first.sent.end()
    expect((await first.answered).status).toBe(201)
  })

  test('with one Idempotency-Key one is done, and all have its answer', async () => {
    const member = await newCompany()
    const key = { 'Idempotency-Key': 'once' }
    const answers = await Promise.all(Array.from({ length: 5 }, () => send('{"name":"Once"}', key, member)))
    expect(answers.map(({ status, body }) => [status, body])).toEqual(Array(5).fill([201, { imported: 1 }]))
    const replayed = answers.filter(({ headers }) => headers.get('idempotency-replayed') === 'true')
    expect(replayed).toHaveLength(4)
    expect(await namesOf(member)).toEqual(['Once'])
    // What is asked for counts, not how it is written.
    expect((await send('\n{ "name": "Once" }\r\n', key, member)).body).toEqual({ imported: 1 })
    const other = await send('{"name":"Twice"}', key, member)
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_reused'])
  })
})

test('a server that is killed while it writes leaves nothing', async () => {
  const member = await newCompany()
  await platform.forceTenant(member.tenantId, "status = 'ACTIVE'")
  const { urls, end } = await startSmallServers(settingsOf(platform), [{ RATE_LIMITS: 'off' }])
  const [url = ''] = urls
  const login = { email: member.email, password: goodPassword }
  const there = createMember(url, (await createCaller(url).post('/auth/login', login)).body)
  const rows = Array.from({ length: 2_500 }, (_, n) => ({ name: `Client ${n}` }))
  // The second statement of three finds what it waits for.
  await platform.sql(`create function wait_midway() returns trigger language plpgsql security definer as $$
    begin perform pg_advisory_xact_lock_shared(4711); return new; end $$;
    create trigger wait_midway before insert on clients for each row when (new.name = 'Client 1500')
      execute function wait_midway()`)
  try {
    await withDirectClient(platform.database.adminUrl, async (client) => {
      await client.query('begin; select pg_advisory_xact_lock(4711)')
      const lost = send(toLines(rows), {}, there).catch((error) => error)

      await vi.waitFor(async () => {
        const waiting = await platform.sql("select from pg_locks where not granted and locktype = 'advisory'")
        expect(waiting).toHaveLength(1)
      })
      await end('SIGKILL')
      expect(await lost).toBeInstanceOf(Error)
      await client.query('commit')
    })
    await vi.waitFor(async () => {
      const open = await platform.sql(
        `select from pg_stat_activity where datname = current_database() and query ~ 'wait_midway|insert into "clients"'
          and xact_start is not null and pid <> pg_backend_pid()`,
      )
      expect(open).toEqual([])
    })
    expect(await namesOf(member)).toEqual([])
    expect(await entriesOf(member)).toEqual([])
  } finally {
    await end('SIGKILL')
    await platform.sql('drop trigger wait_midway on clients; drop function wait_midway')
  }
})

describe('the import of any resource', () => {
  let member: Member
  beforeAll(async () => {
    // In ENTERPRISE every module is there.
    member = await platform.signUp('Any Resource', { plan: 'enterprise' })
  })

  /** Rows by the handler of an import that no route has. */
  function importInto(resource: AnyResource, rows: Record<string, unknown>[], { tenantId } = member) {
    const { handler } = importRoute(resource)
    const {
      context,
      context: { db },
    } = platform
    const body = rows.map((row) => resource.body.parse(row))
    return db.withTenant(tenantId as TenantId, (tx) => handler({ context, tx, input: { body } } as never))
  }

  test.each([deals, projects, businessAnalyses].map((resource) => [resource.noun, resource] as const))(
    'makes of each %s what making it does, whatever its columns',
    async (_, resource) => {
      await member.post(resource.path, resource.example)
      const { body } = await importInto(resource, [resource.example])
      expect(body).toEqual({ imported: 1 })
      const { data } = (await member.get(`${resource.path}?limit=100`)).body
      const full = await Promise.all(
        data.map(async ({ id }: { id: string }) => (await member.get(`${resource.path}/${id}`)).body),
      )
      const [one, other] = full.map(({ id: _, ...rest }) => rest)
      expect(full).toHaveLength(2)
      expect(one).toEqual(other)
    },
  )

  test('takes of the limits for each row, or makes none', async () => {
    const named = (count: number) => Array.from({ length: count }, (_, n) => ({ name: `Site ${count} ${n}` }))
    // PROFESSIONAL has five sites.
    await expect(importInto(sites, named(6), acme)).rejects.toMatchObject({ code: 'TN001' })
    expect((await acme.get('/v1/sites')).body.data).toEqual([])
    await importInto(sites, named(5), acme)
    await expect(importInto(sites, named(1), acme)).rejects.toMatchObject({ code: 'TN001' })
  })

  test("refers to nothing of another tenant's", async () => {
    const { id } = (await globex.post('/v1/clients', { name: 'Theirs' })).body
    const rows = [{ name: 'Ours' }, { name: 'Theirs', client_id: id }]
    const errors = [{ path: 'body.client_id', message: 'is not known' }]
    await expect(importInto(projects, rows)).rejects.toMatchObject({ code: 'invalid_request', errors })
  })
})
