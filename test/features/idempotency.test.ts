import { createHash } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { routes } from '../../src/app.ts'
import { answerOnce } from '../../src/http/idempotency.ts'
import { noContent, type Route } from '../../src/http/route.ts'
import { tasks } from '../../src/jobs/tasks.ts'
import { hourMs } from '../support/clock-jobs.ts'
import { keptTables, rowsOf, runDeletion } from '../support/deletion.ts'
import { addApiKey, addMember, membershipOf, signIn } from '../support/members.ts'
import { setUsage, signInOperator } from '../support/operators.ts'
import {
  type Answer,
  createMember,
  goodPassword,
  type Member,
  type Platform,
  startPlatform,
} from '../support/platform.ts'
import { sendRaw } from '../support/raw-request.ts'
import { setMembership } from '../support/sessions.ts'

const origin = 'https://app.example'

let platform: Platform
let acme: Member
let globex: Member
let operator: Awaited<ReturnType<typeof signInOperator>>
beforeAll(async () => {
  platform = await startPlatform({ ALLOWED_ORIGINS: origin })
  acme = platform.acme
  globex = platform.globex
  operator = await signInOperator(platform)
})
afterAll(() => platform.stop())

let keys = 0
const newKey = () => `key ${++keys}`
const under = (key: string) => ({ 'Idempotency-Key': key })
const addClient = (member: Pick<Member, 'post'>, name: string, key: string) =>
  member.post('/v1/clients', { name }, under(key))
const told = ({ status, body }: Answer) => (body.code ? `${status} ${body.code}` : status)
const isRepeated = ({ headers }: Answer) => headers.get('idempotency-replayed') === 'true'
const twenty = <T>(make: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: 20 }, (_, n) => make(n)))

/** How many rows there are; past every guard. */
async function count(table: string, condition: string, values: unknown[] = []): Promise<number> {
  const [row] = await platform.sql(`select count(*)::int as n from ${table} where ${condition}`, values)
  return row.n
}
const clientsNamed = (name: string) => count('clients', 'name = $1', [name])
const seatsOf = async ({ tenantId }: Member) => {
  const query = `select used from limit_counters where tenant_id = $1 and limit_name = 'users'`
  const [row] = await platform.sql(query, [tenantId])
  return Number(row.used)
}

describe('twenty at once with one key', () => {
  test('make one client, with one entry in the audit trail, and are answered alike', async () => {
    const key = newKey()
    const answers = await twenty(() => addClient(acme, 'Twenty', key))
    const [made] = await platform.sql(`select id from clients where name = 'Twenty'`)
    expect(await clientsNamed('Twenty')).toBe(1)
    expect(await count('audit_entries', 'object_id = $1', [made.id])).toBe(1)
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1)
    expect(new Set(answers.map(({ headers }) => headers.get('etag'))).size).toBe(1)
    expect(answers[0]).toMatchObject({ status: 201, body: { id: made.id, name: 'Twenty' } })
    expect(answers.filter((answer) => !isRepeated(answer))).toHaveLength(1)
  })

  test('take one seat for one invitation', async () => {
    const before = await seatsOf(acme)
    const invitation = { email: 'twenty@people.example', role: 'viewer' }
    const key = newKey()
    const answers = await twenty(() => acme.post('/v1/invitations', invitation, under(key)))
    expect(new Set(answers.map(told))).toEqual(new Set([201]))
    expect(await seatsOf(acme)).toBe(before + 1)
  })

  test('make one further company, whose tokens one of them gets', async () => {
    const key = newKey()
    const answers = await twenty(() => addCompany(acme, 'Twenty Sons', key))
    expect(new Set(answers.map(told))).toEqual(new Set([201]))
    expect(await count('tenants', `name = 'Twenty Sons'`)).toBe(1)
    const [first] = answers.filter((answer) => !isRepeated(answer))
    expect(first?.body.access_token).toEqual(expect.any(String))
    const withoutTokens = { ...first?.body, access_token: null, refresh_token: null }
    for (const answer of answers.filter(isRepeated)) expect(answer.body).toEqual(withoutTokens)
    expect(answers.filter(isRepeated)).toHaveLength(19)
  })

  test('provision one tenant, with one owner who has not confirmed their address, and suspend it once', async () => {
    const tenant = {
      company_name: 'Twenty Works',
      admin_email: 'owner@twenty.example',
      admin_first_name: 'Ada',
    }
    const key = newKey()
    const answers = await twenty(() =>
      operator.post('/v1/admin/tenants', { ...tenant, admin_last_name: 'L' }, under(key)),
    )
    expect(answers.map(told)).toEqual(Array(20).fill(201))
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1)
    const { tenant_id } = answers[0]?.body ?? {}
    expect(await count('tenants', `name = 'Twenty Works'`)).toBe(1)

    const path = `/v1/admin/tenants/${tenant_id}/suspend`
    const once = newKey()
    const suspended = await twenty(() => operator.post(path, { reason: 'Asked for' }, under(once)))
    expect(suspended.map(told)).toEqual(Array(20).fill(200))
    expect(await count('audit_entries', `tenant_id = $1 and action = 'tenant.suspended'`, [tenant_id])).toBe(
      1,
    )
  })
})

describe('a key', () => {
  test('stands for what is asked for: not for other fields, another object or another endpoint', async () => {
    const key = newKey()
    expect(told(await addClient(acme, 'First', key))).toBe(201)
    expect(told(await addClient(acme, 'Second', key))).toBe('422 idempotency_key_reused')
    const invitation = { email: 'other@people.example', role: 'viewer' }
    expect(told(await acme.post('/v1/invitations', invitation, under(key)))).toBe(
      '422 idempotency_key_reused',
    )
    expect(await clientsNamed('Second')).toBe(0)

    const suspend = (id: string) =>
      operator.post(`/v1/admin/tenants/${id}/suspend`, { reason: 'Asked for' }, under(key))
    const [one, other] = [await platform.signUp('Key One'), await platform.signUp('Key Other')]
    expect(told(await suspend(one.tenantId))).toBe(200)
    expect(told(await suspend(other.tenantId))).toBe('422 idempotency_key_reused')
  })

  test('stands for the same in whatever order and spelling it is asked for', async () => {
    const key = newKey()
    const first = await acme.post('/v1/clients', '{"name":"Spelt","email":"A@spelt.example"}', under(key))
    const second = await acme.post(
      '/v1/clients',
      '{ "email": "a@spelt.example", "name": " Spelt " }',
      under(key),
    )
    expect([first.status, second.status]).toEqual([201, 201])
    expect(second.body).toEqual(first.body)
  })

  test('is of one member in one tenant, whatever the session: nobody else is answered by it', async () => {
    const key = newKey()
    const mine = await addClient(acme, 'Mine', key)
    const session = await signIn(platform, 'acme', acme.email)
    const createdBy = await membershipOf(platform, acme)
    const colleague = await addMember(platform, 'acme', 'member')
    const apiKey = await addApiKey(platform, { tenantId: 'acme', role: 'member', createdBy })
    expect(await addClient(session, 'Mine', key)).toMatchObject({ status: 201, body: mine.body })
    for (const other of [colleague, apiKey, globex]) {
      const answer = await addClient(other, 'Mine', key)
      expect([answer.status, isRepeated(answer)]).toEqual([201, false])
      expect(answer.body.id).not.toBe(mine.body.id)
    }
    expect(await clientsNamed('Mine')).toBe(4)
  })

  test('of a person in two companies is another one in each', async () => {
    const key = newKey()
    const one = await platform.signUp('Two Companies')
    const other = createMember(platform.url, (await addCompany(one, 'Other', newKey())).body)
    const answers = [await addCompany(one, 'Third', key), await addCompany(other, 'Third', key)]
    expect(answers.map(told)).toEqual([201, 201])
    expect(answers.map(({ body }) => body.tenant_id)).toEqual(['third', 'third-2'])
  })

  test('is of one operator', async () => {
    const { tenantId } = await platform.signUp('Two Operators')
    const grant = { kind: 'grant', amount: 5, reason: 'A gift' }
    const path = `/v1/admin/tenants/${tenantId}/credits`
    const key = newKey()
    const another = await signInOperator(platform)
    const first = await operator.post(path, { ...grant, idempotency_key: 'one' }, under(key))
    const again = await operator.post(path, { ...grant, idempotency_key: 'one' }, under(key))
    const theirs = await another.post(path, { ...grant, idempotency_key: 'two' }, under(key))
    expect([first, again, theirs].map(({ body }) => body.balance)).toEqual([5, 5, 10])
    // The key inside the body goes on doing what it did.
    const inBody = await another.post(path, { ...grant, idempotency_key: 'one' }, under(newKey()))
    expect(inBody.body).toEqual(first.body)
  })

  test('is free again when nothing came of it', async () => {
    const key = newKey()
    const wrong = await acme.post('/v1/clients', { name: '' }, under(key))
    expect(told(wrong)).toBe('400 invalid_request')
    expect(told(await addClient(acme, 'At last', key))).toBe(201)

    const { tenantId, post, request } = await platform.signUp('No seat', { plan: 'starter' })
    await setUsage(platform, tenantId, { users: 5 })
    const invite = (email: string, at: string) =>
      post('/v1/invitations', { email, role: 'viewer' }, under(at))
    const seat = newKey()
    expect(told(await invite('a@people.example', seat))).toBe('403 limit_reached')
    expect(await count('idempotency_keys', 'tenant_id = $1', [tenantId])).toBe(0)
    await setUsage(platform, tenantId, { users: 1 })
    const invited = await invite('b@people.example', seat)
    expect([invited.status, isRepeated(invited)]).toEqual([201, false])
    expect(told(await request('DELETE', `/v1/invitations/${invited.body.id}`))).toBe(204)
    expect(await invite('b@people.example', seat)).toMatchObject({ status: 201, body: invited.body })
  })

  test('of what the platform refused is free again', async () => {
    const key = newKey()
    const reactivate = () =>
      operator.post('/v1/admin/tenants/globex/reactivate', { reason: 'Asked for' }, under(key))
    expect(told(await reactivate())).toBe('409 status_not_allowed')
    await platform.forceTenant('globex', `status = 'SUSPENDED', status_set_by = 'operator'`)
    expect(told(await reactivate())).toBe(200)
    expect(await reactivate()).toMatchObject({ status: 200, body: { status: 'TRIAL' } })
  })

  test('of a request that died on the way is served when it comes again', async () => {
    const { tenantId, post } = await platform.signUp('Dies')
    const key = newKey()
    const invite = () => post('/v1/invitations', { email: 'dies@people.example', role: 'viewer' }, under(key))
    const holder = new pg.Client({ connectionString: platform.database.adminUrl })
    await holder.connect()
    await holder.query(`begin; set local app.tenant_id = '${tenantId}';
      select from limit_counters where tenant_id = '${tenantId}' for update`)
    const first = invite()
    const [pid] = await waiting(1)
    const second = invite()
    await waiting(2)
    await platform.sql('select pg_terminate_backend($1)', [pid])
    expect(told(await first)).toBe('503 outcome_unknown')
    await holder.query('rollback')
    await holder.end()
    const answer = await second
    expect([answer.status, isRepeated(answer)]).toEqual([201, false])
    expect(await count('invitations', `email = 'dies@people.example'`)).toBe(1)
  })

  test('is a new one after 24 hours, and forgotten then', async () => {
    const [key, company] = [newKey(), newKey()]
    const first = await addClient(acme, 'Daily', key)
    await addCompany(globex, 'Daily Company', company)
    platform.clock.advance(24 * hourMs - 1)
    const member = await signIn(platform, 'acme', acme.email)
    expect(await addClient(member, 'Daily', key)).toMatchObject({ body: first.body })
    await tasks['forget-expired'](platform.context, {}, { tenantId: null, messageId: '' })
    expect(await count('idempotency_keys', 'key = $1', [key])).toBe(1)
    expect(await count('platform_idempotency_keys', 'key = $1', [company])).toBe(1)

    platform.clock.advance(1)
    expect(told(await addClient(member, 'Another', key))).toBe(201)
    const boss = await signIn(platform, 'globex', globex.email)
    expect((await addCompany(boss, 'Daily Company', company)).body.tenant_id).toBe('daily-company-2')
    expect(await count('idempotency_keys', 'key = $1', [key])).toBe(1)
    platform.clock.advance(24 * hourMs)
    await tasks['forget-expired'](platform.context, {}, { tenantId: null, messageId: '' })
    expect(await count('idempotency_keys', 'true')).toBe(0)
    expect(await count('platform_idempotency_keys', 'true')).toBe(0)
    acme = await signIn(platform, 'acme', acme.email)
    globex = await signIn(platform, 'globex', globex.email)
    operator = await signInOperator(platform)
  })

  test('dies with its tenant, and what an operator was answered about it, too', async () => {
    const { tenantId, post } = await platform.signUp('Dies With It')
    await post('/v1/clients', { name: 'Dies, too' }, under(newKey()))
    await operator.post(`/v1/admin/tenants/${tenantId}/suspend`, { reason: 'Asked for' }, under(newKey()))
    expect(await rowsOf(platform, tenantId)).toMatchObject({
      idempotency_keys: 1,
      platform_idempotency_keys: 1,
    })
    await operator.request('DELETE', `/v1/admin/tenants/${tenantId}`, { reason: 'Asked for' })
    await runDeletion(platform, tenantId)
    expect(Object.keys(await rowsOf(platform, tenantId)).sort()).toEqual(keptTables)
  })
})

describe('whoever repeats a request', () => {
  test('has to be allowed it still', async () => {
    const colleague = await addMember(platform, 'acme', 'member')
    const key = newKey()
    expect(told(await addClient(colleague, 'Demoted', key))).toBe(201)
    await setMembership(platform, colleague, { role: 'viewer' })
    expect(told(await addClient(colleague, 'Demoted', key))).toBe('403 insufficient_role')
    await setMembership(platform, colleague, { status: 'disabled' })
    expect(told(await addClient(colleague, 'Demoted', key))).toBe('401 unauthenticated')

    const owner = await platform.signUp('Blocked')
    expect(told(await addClient(owner, 'Blocked', key))).toBe(201)
    await platform.forceTenant(owner.tenantId, `status = 'SUSPENDED', status_set_by = 'billing'`)
    expect(told(await addClient(owner, 'Blocked', key))).toBe('402 payment_required')

    const further = await addMember(platform, 'acme', 'owner')
    expect(told(await addCompany(further, 'Left', key))).toBe(201)
    await setMembership(platform, further, { status: 'disabled' })
    expect(told(await addCompany(further, 'Left', key))).toBe('401 unauthenticated')
  })

  test('is answered also when what was done is undone, or could not be done again', async () => {
    const key = newKey()
    const { body } = await addClient(acme, 'Deleted since', key)
    await acme.delete(`/v1/clients/${body.id}`)
    expect(await addClient(acme, 'Deleted since', key)).toMatchObject({ status: 201, body })

    const person = await addMember(platform, 'acme', 'viewer')
    const password = { current_password: goodPassword, new_password: 'another-horse-8' }
    const change = () => person.post('/v1/me/password', password, under(key))
    const [first, second] = [await change(), await change()]
    expect([first.status, first.body, isRepeated(first)]).toEqual([204, '', false])
    expect([second.status, second.body, isRepeated(second)]).toEqual([204, '', true])
  })
})

describe('what is kept', () => {
  test('holds no secret, and no hash that somebody without ours could try passwords on', async () => {
    const key = newKey()
    const { body: apiKey } = await acme.post('/v1/api-keys', { name: 'Kept', role: 'viewer' }, under(key))
    const { body: company } = await addCompany(acme, 'Kept Company', key)
    const { body: tenant } = await operator.post('/v1/admin/tenants', { company_name: 'Kept' }, under(key))
    const secrets = [apiKey.key, company.access_token, company.refresh_token, tenant.owner.password]
    const rows = JSON.stringify(
      await platform.sql(`select body, headers::text, request_hash::text from idempotency_keys
        union all select body, caller, request_hash::text from platform_idempotency_keys`),
    )
    for (const secret of secrets) {
      expect(secret).toEqual(expect.any(String))
      expect(rows).not.toContain(secret)
    }
    expect(rows).toContain(apiKey.id)
    const body = { name: 'Kept', role: 'viewer' }
    const asked = { body, method: 'POST', params: {}, path: '/v1/api-keys', query: {} }
    const plain = (value: unknown) => createHash('sha256').update(JSON.stringify(value)).digest('hex')
    expect(rows).not.toContain(plain(asked))
    expect(rows).not.toContain(plain(body))
    const again = await acme.post('/v1/api-keys', { name: 'Kept', role: 'viewer' }, under(key))
    expect(again.body).toEqual({ ...apiKey, key: null })
  })

  test('has to be kept: a route of the platform that does something else is told at once', async () => {
    const route = routes.find(({ path }) => path === '/v1/me/password') as Route
    const call = { route, caller: 'nobody', key: newKey(), input: {} }
    await expect(answerOnce(platform.context, call, async () => noContent())).rejects.toThrow(
      'without keeping it',
    )
    const other = { ...call, key: newKey() }
    const keepOther = answerOnce(platform.context, other, ({ keep }) =>
      platform.context.db.withPlatform('tenants', (tx) =>
        keep(
          tx,
          async () => noContent(),
          () => ({ name: 'Other' }),
        ),
      ),
    )
    await expect(keepOther).rejects.toThrow('keeps another answer')
  })
})

test('many keys that take of one limit wait for it without waiting for each other', async () => {
  const owner = await platform.signUp('Many Keys', { plan: 'enterprise' })
  const own = Array.from({ length: 10 }, newKey)
  const invite = (n: number) => {
    const invitation = { email: `many-${n % 10}@people.example`, role: 'viewer' }
    return owner.post('/v1/invitations', invitation, under(own[n % 10] ?? ''))
  }
  const before = await seatsOf(owner)
  const answers = await Promise.all(Array.from({ length: 30 }, (_, n) => invite(n)))
  expect(new Set(answers.map(told))).toEqual(new Set([201]))
  expect(answers.filter(isRepeated)).toHaveLength(20)
  expect(await seatsOf(owner)).toBe(before + 10)
})

describe('the header', () => {
  test.each([['x'.repeat(201)], [''], ['caf\u0085']])('is refused as %j', async (key) => {
    const { status, body } = await acme.post('/v1/clients', { name: 'Refused' }, under(key))
    expect([status, body.code, body.errors[0].path]).toEqual([
      400,
      'invalid_request',
      'headers.Idempotency-Key',
    ])
  })

  test('is refused when it is there twice, in the words of whoever asks', async () => {
    const body = JSON.stringify({ name: 'Twice' })
    const answer = await sendRaw(
      platform.url,
      [
        'POST /v1/clients HTTP/1.1',
        'Host: localhost',
        `Authorization: Bearer ${acme.token}`,
        'X-Tenant-ID: acme',
        'Accept-Language: fr',
        'Idempotency-Key: one',
        'Idempotency-Key: one',
        'Content-Type: application/json',
        `Content-Length: ${body.length}`,
        'Connection: close',
        '',
        body,
      ].join('\r\n'),
      2000,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(answer).toContain('headers.Idempotency-Key')
    expect(answer).toContain('est donn')
    expect(await clientsNamed('Twice')).toBe(0)
  })

  test('is looked at behind the caller, and with the rest of the input', async () => {
    const long = under('x'.repeat(201))
    expect(told(await platform.post('/v1/clients', { name: 'Nobody' }, long))).toBe('401 unauthenticated')
    const viewer = await addMember(platform, 'acme', 'viewer')
    expect(told(await viewer.post('/v1/clients', { name: 'Viewer' }, long))).toBe('403 insufficient_role')
    const { body } = await acme.post('/v1/clients', { name: '' }, long)
    expect(body.errors.map(({ path }: { path: string }) => path)).toEqual([
      'body.name',
      'headers.Idempotency-Key',
    ])
  })

  test('means nothing but with a POST under /v1', async () => {
    const key = newKey()
    const { body } = await addClient(acme, 'Patched', newKey())
    const patch = (name: string) => acme.request('PATCH', `/v1/clients/${body.id}`, { name }, under(key))
    expect([(await patch('One')).body.name, (await patch('Two')).body.name]).toEqual(['One', 'Two'])
    const logIn = () =>
      platform.post('/auth/login', { email: acme.email, password: goodPassword }, under('x'.repeat(201)))
    expect([await logIn(), await logIn()].map((answer) => [answer.status, isRepeated(answer)])).toEqual([
      [200, false],
      [200, false],
    ])
    expect(await count('idempotency_keys', 'key = $1', [key])).toBe(0)
  })

  test('of an answer that is given again may be read by a page of another origin', async () => {
    const { headers } = await platform.get('/health', { Origin: origin })
    expect(headers.get('access-control-expose-headers')).toContain('Idempotency-Replayed')
  })
})

const addCompany = (member: Pick<Member, 'post'>, name: string, key: string) => {
  const terms = { plan: 'starter', accept_terms: true, accept_privacy: true }
  const company = { company_name: name, company_email: 'hello@companies.example', ...terms }
  return member.post('/v1/tenants', company, under(key))
}

/** The connections that wait for a lock, whoever waits longest first, once there are so many. */
function waiting(count: number): Promise<number[]> {
  return vi.waitFor(
    async () => {
      const rows = await platform.sql(
        `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
          order by xact_start`,
      )
      expect(rows).toHaveLength(count)
      return rows.map(({ pid }) => pid)
    },
    { timeout: 5000, interval: 10 },
  )
}
