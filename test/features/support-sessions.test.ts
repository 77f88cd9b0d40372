import * as jose from 'jose'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { TenantId } from '../../src/db/tenant-id.ts'
import { resetSuperAdmin } from '../../src/features/super-admins/credentials.ts'
import { sendTenantMail } from '../../src/features/tenants/tenant-mails.ts'
import type { Message } from '../../src/mail.ts'
import { addApiKey, addMember, addPerson, membershipOf } from '../support/members.ts'
import { auditOf, signInOperator } from '../support/operators.ts'
import { createCaller, type Member, type Platform, startPlatform } from '../support/platform.ts'
import { sendRaw } from '../support/raw-request.ts'
import { at, setStatus, startAnother, whileLocked } from '../support/sessions.ts'
import { addSignedInAdmin, createApp } from '../support/super-admins.ts'
import { openSupport } from '../support/support-sessions.ts'

const key = 'a-key-of-machines-with-40-characters-or-so'
const minuteMs = 60_000
const path = '/v1/admin/tenants/acme/support-sessions'
const reason = 'Cannot see their clients'

let platform: Platform
let operator: Awaited<ReturnType<typeof signInOperator>>
let acme: Member
beforeAll(async () => {
  platform = await startPlatform({ SUPER_ADMIN_KEY: key, BASE_DOMAIN: 'tenantry.example' })
  acme = platform.acme
  operator = await signInOperator(platform)
})
// So that of two sessions one is the newer one.
beforeEach(() => platform.clock.advance(1000))
afterEach(async () => {
  vi.restoreAllMocks()
  await platform.forceTenant('acme', `status = 'ACTIVE', status_set_by = 'system', trial_ends_at = null`)
})
afterAll(() => platform.stop())

const open = (more?: Parameters<typeof openSupport>[2]) => openSupport(platform, operator, more)
const outcome = async (answer: Promise<{ status: number; body: { code?: string } }>) => {
  const { status, body } = await answer
  return status < 300 ? status : `${status} ${body.code}`
}
const voided = '401 unauthenticated'

/** What the tenant's audit trail says of one support session, oldest first. */
const trailOf = async (id: string, tenantId = 'acme') =>
  (await auditOf(platform, tenantId)).filter(({ object_id }) => object_id === id)
const requestsOf = async (id: string) =>
  (await trailOf(id)).filter(({ action }) => action === 'support_session.request').map((row) => row.reason)
const jobs = () =>
  platform.sql(
    `select payload from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
      where identifier = 'send-tenant-mail' order by j.id`,
  )

/** Runs work while no entry can be written to any tenant's audit trail. */
async function whileUnwritable(work: () => Promise<unknown>) {
  await platform.sql('alter table audit_entries rename to hidden')
  try {
    await work()
  } finally {
    await platform.sql('alter table hidden rename to audit_entries')
  }
}

describe('opening', () => {
  test('gives a token of one tenant that lives as long as the session, and no other one to go on with', async () => {
    const { status, headers, body } = await operator.post(path, { reason, minutes: 5 })
    expect([status, headers.get('cache-control')]).toEqual([201, 'no-store'])
    const now = platform.clock.now()
    const expiresAt = new Date(now.getTime() + 5 * minuteMs)
    expect(body).toEqual({
      support_session: {
        id: expect.any(String),
        super_admin_id: operator.id,
        super_admin_email: expect.stringMatching(/^operator-\d+@platform.example$/),
        reason,
        is_read_only: true,
        created_at: now.toISOString(),
        expires_at: expiresAt.toISOString(),
        ended_at: null,
        ended_by_kind: null,
        ended_by: null,
      },
      access_token: expect.any(String),
      token_type: 'bearer',
      expires_in: 300,
    })
    expect(jose.decodeJwt(body.access_token)).toEqual({
      iss: 'tenantry',
      aud: 'tenantry:tenant',
      sub: operator.id,
      tenant_id: 'acme',
      sid: body.support_session.id,
      role: 'admin',
      support: 'read_only',
      jti: expect.any(String),
      iat: now.getTime() / 1000,
      exp: expiresAt.getTime() / 1000,
    })
  })

  test('is for an hour, and for reading, unless something else is asked for', async () => {
    const { body } = await operator.post(path, { reason })
    expect([body.expires_in, body.support_session.is_read_only]).toEqual([3600, true])
    const writing = (await operator.post(path, { reason, write: true })).body
    expect(writing.support_session.is_read_only).toBe(false)
    expect(jose.decodeJwt(writing.access_token).support).toBe('read_write')
  })

  test('is in both audit trails, with who and why', async () => {
    const { id } = await open()
    const common = {
      action: 'support_session.opened',
      actor_id: operator.id,
      object_type: 'support_session',
      reason,
      changed_fields: ['is_read_only', 'expires_at'],
    }
    expect(await trailOf(id)).toMatchObject([{ ...common, actor_kind: 'operator' }])
    const ours = await platform.sql('select * from platform_audit_entries where object_id = $1', [id])
    expect(ours).toMatchObject([{ ...common, actor_kind: 'super_admin', subject_tenant_id: 'acme' }])
  })

  test.each([
    ['no reason', {}],
    ['an empty reason', { reason: ' ' }],
    ['no minutes', { reason, minutes: 0 }],
    ['more than an hour', { reason, minutes: 61 }],
    ['half a minute', { reason, minutes: 0.5 }],
    ['minutes that are no number', { reason, minutes: '5' }],
    ['a wish to write that is none', { reason, write: 'yes' }],
    ['a field that nobody knows', { reason, role: 'owner' }],
  ])('is refused with %s', async (_what, body) => {
    expect(await outcome(operator.post(path, body))).toBe('400 invalid_request')
  })

  test('is for a person, not for the key of machines, and for super admins alone', async () => {
    const machine = createCaller(platform.url, { 'X-Admin-Key': key })
    expect(await outcome(machine.post(path, { reason }))).toBe('403 session_required')
    for (const caller of [acme, platform, await open({ write: true })]) {
      expect(await outcome(caller.post(path, { reason }))).toBe(voided)
    }
  })

  test.each(['no-such-tenant', 'system-default', 'No_Tenant'])('finds no tenant %s', async (tenantId) => {
    const unknown = `/v1/admin/tenants/${tenantId}/support-sessions`
    expect(await outcome(operator.post(unknown, { reason }))).toBe('404 not_found')
    expect(await outcome(operator.get(unknown))).toBe('404 not_found')
  })

  test.each(['DELETING', 'DELETED'])('is refused for a tenant that is %s', async (status) => {
    const session = await open()
    await setStatus(platform, 'acme', status)
    const before = [await auditOf(platform, 'acme'), await jobs()]
    const answer = await operator.post(path, { reason })
    expect([answer.status, answer.body.code, answer.body.from]).toEqual([409, 'status_not_allowed', status])
    expect(await outcome(session.get('/v1/clients')), 'nor does one go on').toBe('403 tenant_cancelled')
    expect([await auditOf(platform, 'acme'), await jobs()]).toEqual(before)
  })

  test('is refused to who has had other credentials since their request came in', async () => {
    const admin = await addSignedInAdmin(platform)
    const [answer] = await whileLocked(
      platform,
      `select from super_admins where id = '${admin.id}' for update`,
      [() => admin.post(path, { reason })],
      `update super_admins set credentials_changed_at = now() where id = '${admin.id}'`,
    )
    expect([answer?.status, answer?.body.code]).toEqual([401, 'unauthenticated'])
  })

  test('that fails in the middle leaves no session, no entry and no mail', async () => {
    const look = async () => [
      await platform.sql('select id from support_sessions', [], 'acme'),
      await platform.sql('select id from platform_audit_entries'),
      await auditOf(platform, 'acme'),
      await jobs(),
    ]
    const before = await look()
    await whileUnwritable(async () => {
      expect((await operator.post(path, { reason })).status).toBe(500)
    })
    expect(await look()).toEqual(before)
  })
})

describe('the owners of the tenant', () => {
  test('are each told by mail who looks inside, why, for how long and where to end it', async () => {
    const another = await addPerson(platform, 'globex', 'owner', { first_name: 'Zoé' })
    await platform.sql(`update users set locale = 'fr' where id = $1`, [another.userId])
    const before = await jobs()
    await openSupport(platform, operator, { tenantId: 'globex', minutes: 30 })
    await openSupport(platform, operator, { tenantId: 'globex', minutes: 1, write: true })
    const payloads = (await jobs()).slice(before.length).map(({ payload }) => payload)
    const owners = [platform.globex.userId, another.userId]
    expect(payloads.map(({ user_id }) => user_id)).toEqual([...owners, ...owners])
    // It stays true when nobody looks any more.
    platform.clock.advance(2 * minuteMs)
    const sent: Message[] = []
    const context = { ...platform.context, mail: { send: async (mail: Message) => void sent.push(mail) } }
    for (const payload of payloads) {
      await sendTenantMail(context, payload, { tenantId: payload.tenant_id, messageId: 'id' })
    }
    await platform.sql('delete from memberships where id = $1', [another.membershipId], 'globex')

    const [english, french, , frenchOfWriting] = sent
    const { email } = (await platform.sql('select email from super_admins where id = $1', [operator.id]))[0]
    expect(english).toMatchObject({ to: platform.globex.email, subject: 'Support is looking inside Globex' })
    for (const told of [
      email,
      reason,
      'March 2026 at',
      'for 30 minutes',
      'Access: read only',
      '/support-sessions',
    ]) {
      expect(english?.text).toContain(told)
    }
    expect(french?.subject).toBe("L'assistance consulte l'espace de Globex")
    for (const told of [
      'Bonjour Zoé',
      email,
      reason,
      'mars 2026 à',
      'pour 30 minutes',
      'lecture seule',
      '/support-sessions',
    ]) {
      expect(french?.text).toContain(told)
    }
    expect(frenchOfWriting?.text).toContain('pour 1 minute au plus')
    expect(frenchOfWriting?.text).toContain('lecture et modification de vos données')
  })
})

describe('a read-only session', () => {
  test('reads what an admin reads, and changes nothing', async () => {
    const support = await open()
    expect(await outcome(support.get('/v1/clients'))).toBe(200)
    expect(await outcome(support.get('/v1/users'))).toBe(200)
    const before = await platform.sql('select * from clients', [], 'acme')
    expect(await outcome(support.post('/v1/clients', { name: 'Wayne' }))).toBe('403 support_read_only')
    expect(await outcome(support.patch('/v1/settings', { theme: 'dark' }))).toBe('403 support_read_only')
    expect(await platform.sql('select * from clients', [], 'acme')).toEqual(before)
  })

  test('is told so only where it could come in otherwise', async () => {
    const support = await open()
    await platform.sql(`update plans set modules = '{}' where plan = 'PROFESSIONAL'`)
    const answer = await outcome(support.post('/v1/clients', { name: 'Wayne' }))
    await platform.sql(`update plans set modules = '{crm}' where plan = 'PROFESSIONAL'`)
    expect(answer).toBe('403 module_not_in_plan')
    expect(await outcome(support.post('/v1/billing/portal', {}))).toBe('403 insufficient_role')
    expect(await outcome(support.post('/v1/me/leave', {}))).toBe('403 session_required')
  })
})

describe('a session that may write', () => {
  test('leaves the ordinary entry, too, with the super admin as the one who did it', async () => {
    const support = await open({ write: true })
    const before = (await auditOf(platform, 'acme')).length
    const { status, body } = await support.post('/v1/clients', { name: 'Wayne' })
    expect(status).toBe(201)
    const by = { actor_kind: 'operator', actor_id: operator.id }
    expect((await auditOf(platform, 'acme')).slice(before)).toMatchObject([
      { ...by, action: 'support_session.request', object_id: support.id, reason: 'POST /v1/clients' },
      { ...by, action: 'client.created', object_id: body.id },
    ])
  })

  test('spends none of the tenant’s credits, for which operators have a route of their own', async () => {
    const support = await open({ write: true })
    const debit = { amount: 2, reason, idempotency_key: 'support' }
    expect(await outcome(support.post('/v1/credits/debits', debit))).toBe('403 session_required')
  })

  test('leaves nothing behind that lets anybody in', async () => {
    const support = await open({ write: true })
    const friend = await addMember(platform, 'acme', 'viewer')
    const invited = await acme.post('/v1/invitations', { email: 'friend@example.com', role: 'viewer' })
    const look = async () => [
      await platform.sql('select * from memberships order by id', [], 'acme'),
      await platform.sql('select * from invitations', [], 'acme'),
      await platform.sql('select * from api_keys', [], 'acme'),
      await platform.sql('select * from one_time_tokens'),
      await platform.sql('select * from sessions'),
      await platform.sql('select id, expires_at, is_read_only, ended_at from support_sessions', [], 'acme'),
    ]
    const before = await look()
    const attempts: [method: string, path: string, body?: object][] = [
      ['POST', '/v1/api-keys', { name: 'mine', role: 'viewer' }],
      ['POST', '/v1/invitations', { email: 'me@example.com', role: 'viewer' }],
      ['POST', `/v1/invitations/${invited.body.id}/resend`],
      ['PATCH', `/v1/users/${friend.userId}`, { role: 'admin' }],
      ['PATCH', `/v1/users/${friend.userId}`, { status: 'disabled' }],
      ['DELETE', `/v1/users/${friend.userId}`],
      ['PATCH', '/v1/me', { first_name: 'Me' }],
      ['POST', '/v1/me/password', { current_password: 'x', new_password: 'correct-horse-9' }],
      ['DELETE', `/v1/support-sessions/${support.id}`],
    ]
    for (const [method, path, body] of attempts) {
      expect(await outcome(support.request(method, path, body)), `${method} ${path}`).toBe(
        '403 session_required',
      )
    }
    const transfer = `/v1/users/${friend.userId}/transfer-ownership`
    expect(await outcome(support.post(transfer, undefined))).toBe('403 insufficient_role')
    const others: [path: string, body?: object][] = [
      ['/auth/select-tenant', { tenant_id: 'acme' }],
      ['/auth/logout-all'],
      ['/auth/refresh', { refresh_token: support.token }],
      [path, { reason }],
    ]
    for (const [path, body] of others) {
      expect((await support.request('POST', path, body)).status, path).toBe(401)
    }
    expect(await look()).toEqual(before)
  })
})

describe('each request', () => {
  test('is in the tenant’s own audit trail, as it was asked and whatever came of it', async () => {
    const support = await open()
    const { id } = (await acme.post('/v1/clients', { name: 'Wayne' })).body
    const answers = [
      await support.get('/v1/clients?q=Wayne&limit=1'),
      await support.get(`/v1/clients/${id}`),
      await support.get('/v1/clients/none'),
      await support.get('/v1/clients?limit=many'),
      await support.request('HEAD', `/v1/clients/${id}`),
      await support.patch(`/v1/clients/${id}`, { name: 'Secret' }),
      await support.request('POST', '/v1/clients', '{"name": "Sec'),
      await support.get('/v1/billing/subscription'),
      await support.get('/v1/me'),
    ]
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 400, 400, 200, 403, 403, 403, 403])
    const entries = (await trailOf(support.id)).slice(1)
    expect(entries.map((entry) => entry.reason)).toEqual([
      'GET /v1/clients',
      `GET /v1/clients/${id}`,
      'GET /v1/clients/none',
      'GET /v1/clients',
      `HEAD /v1/clients/${id}`,
      `PATCH /v1/clients/${id}`,
      'POST /v1/clients',
      'GET /v1/billing/subscription',
      'GET /v1/me',
    ])
    for (const [index, entry] of entries.entries()) {
      expect(entry).toMatchObject({
        actor_kind: 'operator',
        actor_id: operator.id,
        action: 'support_session.request',
        object_type: 'support_session',
        changed_fields: [],
        ip: '127.0.0.1',
        request_id: answers[index]?.headers.get('x-request-id'),
      })
    }
  })

  test('is not served when its entry cannot be written', async () => {
    const support = await open({ write: true })
    const reads = vi.spyOn(platform.context.db, 'readTenant')
    const before = await platform.sql('select * from clients', [], 'acme')
    await whileUnwritable(async () => {
      expect((await support.get('/v1/clients')).status).toBe(500)
      expect((await support.post('/v1/clients', { name: 'Unseen' })).status).toBe(500)
    })
    expect(reads).not.toHaveBeenCalled()
    expect(await platform.sql('select * from clients', [], 'acme')).toEqual(before)
  })

  test('is written down before anything is read for it, in one more transaction', async () => {
    const support = await open()
    const { db } = platform.context
    const written = vi.spyOn(db, 'withTenant')
    const readTenant = db.readTenant.bind(db)
    const known: string[][] = []
    vi.spyOn(db, 'readTenant').mockImplementation(async (...query) => {
      known.push(await requestsOf(support.id))
      return readTenant(...query) as never
    })
    expect(await outcome(support.get('/v1/clients'))).toBe(200)
    expect(known).toEqual([['GET /v1/clients']])
    expect(written).toHaveBeenCalledTimes(1)
  })

  test('of somebody else costs them nothing more', async () => {
    const transactions = vi.spyOn(platform.context.db, 'withTenant')
    const reads = vi.spyOn(platform.context.db, 'readTenant')
    expect(await outcome(acme.get('/v1/clients'))).toBe(200)
    expect([transactions.mock.calls.length, reads.mock.calls.length]).toEqual([0, 1])
  })

  test('with a path longer than an entry is cut there', async () => {
    const support = await open()
    await support.get(`/v1/clients/${'x'.repeat(2000)}`)
    expect((await requestsOf(support.id))[0]).toMatch(/^GET \/v1\/clients\/x{984}$/)
  })
})

describe('another tenant', () => {
  test('is not reached, and its trail tells nothing of the attempt', async () => {
    const support = await open({ write: true })
    const trails = async () => [await auditOf(platform, 'acme'), await auditOf(platform, 'globex')]
    const before = await trails()
    const bearer = { Authorization: `Bearer ${support.token}` }
    const ask = (headers: object) => outcome(platform.get('/v1/clients', { ...bearer, ...headers }))
    expect(await ask({ 'X-Tenant-ID': 'globex' })).toBe('403 tenant_mismatch')
    expect(await ask({ 'X-Tenant-ID': 'acme, globex' })).toBe('403 tenant_mismatch')
    expect(await ask({})).toBe('400 tenant_header_missing')
    const head = ['GET /v1/clients HTTP/1.1', 'Host: globex.tenantry.example', 'Connection: close']
    const raw = `${[...head, `Authorization: Bearer ${support.token}`].join('\r\n')}\r\n\r\n`
    expect(await sendRaw(platform.url, raw, 5000)).toMatch(/^HTTP\/1\.1 403 [\s\S]*tenant_mismatch/)
    expect(await trails()).toEqual(before)
    const theirs = (await platform.globex.post('/v1/clients', { name: 'Theirs' })).body.id
    expect(await outcome(support.get(`/v1/clients/${theirs}`))).toBe('404 not_found')
  })

  test.each(['GET', 'DELETE'])(
    'has its own sessions, which acme’s owner does not see by %s',
    async (method) => {
      const { id } = await open({ tenantId: 'globex' })
      if (method === 'GET') {
        expect(JSON.stringify((await acme.get('/v1/support-sessions')).body)).not.toContain(id)
      } else {
        expect(await outcome(acme.delete(`/v1/support-sessions/${id}`))).toBe('404 not_found')
        expect(await outcome(operator.delete(`${path}/${id}`)), 'nor as one of acme’s').toBe('404 not_found')
        expect(await trailOf(id, 'globex')).toHaveLength(1)
      }
    },
  )
})

describe('a token', () => {
  const claims = async () => {
    const support = await open()
    const { tokens, clock } = platform.context
    const expiresAt = new Date(clock.now().getTime() + minuteMs)
    const { adminId, ...mark } = await tokens.verifyAccess(support.token).then((found) => {
      if (found.kind !== 'support') throw new Error('it is marked as support')
      return found
    })
    return { support, tokens, good: { ...mark, adminId, expiresAt } }
  }
  const ask = (token: string, tenantId = 'acme') =>
    outcome(platform.get('/v1/clients', { Authorization: `Bearer ${token}`, 'X-Tenant-ID': tenantId }))

  test('says which session of whom it is, and is good as long as the session says the same', async () => {
    const { support, tokens, good } = await claims()
    expect(good).toMatchObject({
      kind: 'support',
      supportSessionId: support.id,
      adminId: operator.id,
      tenantId: 'acme',
      isReadOnly: true,
    })
    expect(await ask(await tokens.issueSupport(good))).toBe(200)
    const { sid } = jose.decodeJwt(acme.token) as { sid: string }
    const forged = [
      { ...good, supportSessionId: sid },
      { ...good, adminId: acme.userId },
      { ...good, adminId: (await signInOperator(platform)).id },
      { ...good, isReadOnly: false },
    ]
    for (const subject of forged) expect(await ask(await tokens.issueSupport(subject))).toBe(voided)
    const globex = 'globex' as TenantId
    expect(await ask(await tokens.issueSupport({ ...good, tenantId: globex }), globex)).toBe(voided)
    expect(await ask(support.token), 'which it survives').toBe(200)
  })

  test('of a member that names a support session opens nothing', async () => {
    const { support, tokens } = await claims()
    const subject = { sessionId: support.id, tenantId: 'acme' as TenantId, role: 'owner' as const }
    for (const userId of [acme.userId, operator.id]) {
      expect(await ask(await tokens.issueAccess({ ...subject, userId }))).toBe(voided)
    }
  })

  test('of the super admin opens no tenant, and one of support none of their routes', async () => {
    const admin = await addSignedInAdmin(platform)
    expect(await ask(admin.token)).toBe(voided)
    const support = await openSupport(platform, admin)
    for (const path of ['/v1/admin/me', '/v1/admin/tenants/acme']) {
      expect(await outcome(support.get(path))).toBe(voided)
    }
  })
})

describe('the tenant', () => {
  test('sees its sessions, newest first and page by page', async () => {
    const tenant = await platform.signUp('Watchful')
    const ids: string[] = []
    for (let count = 0; count < 3; count++) {
      ids.unshift((await open({ tenantId: tenant.tenantId })).id)
      platform.clock.advance(1000)
    }
    const listed: string[] = []
    let cursor = ''
    do {
      const { status, body } = await tenant.get(`/v1/support-sessions?limit=2${cursor}`)
      expect(status).toBe(200)
      listed.push(...body.data.map(({ id }: { id: string }) => id))
      cursor = body.next_cursor && `&cursor=${body.next_cursor}`
    } while (cursor)
    expect(listed).toEqual(ids)
    const { data } = (await tenant.get('/v1/support-sessions')).body
    expect((await operator.get(`/v1/admin/tenants/${tenant.tenantId}/support-sessions`)).body.data).toEqual(
      data,
    )
  })

  test('ends one, which is over from the next request on in every process', async () => {
    const another = await startAnother(platform)
    try {
      const here = await open({ write: true })
      const there = at(another, here)
      for (const support of [here, there]) expect(await outcome(support.get('/v1/clients'))).toBe(200)
      expect(await outcome(at(another, acme).delete(`/v1/support-sessions/${here.id}`))).toBe(204)
      for (const support of [here, there]) {
        expect(await outcome(support.get('/v1/clients'))).toBe(voided)
        expect(await outcome(support.post('/v1/clients', { name: 'Late' }))).toBe(voided)
      }
    } finally {
      await another.stop()
    }
  })

  test('keeps when and by whom it was ended, once', async () => {
    const { id } = await open()
    platform.clock.advance(minuteMs)
    expect(await outcome(acme.delete(`/v1/support-sessions/${id}`))).toBe(204)
    const [session] = (await acme.get('/v1/support-sessions?limit=1')).body.data
    expect(session).toMatchObject({
      id,
      ended_at: platform.clock.now().toISOString(),
      ended_by_kind: 'user',
      ended_by: acme.userId,
    })
    expect((await trailOf(id)).at(-1)).toMatchObject({
      actor_kind: 'user',
      actor_id: acme.userId,
      action: 'support_session.ended',
      changed_fields: ['ended_at'],
    })
    expect(await outcome(acme.delete(`/v1/support-sessions/${id}`))).toBe('409 conflict')
    expect(await outcome(operator.delete(`${path}/${id}`))).toBe('409 conflict')
    expect(await trailOf(id)).toHaveLength(2)
  })

  test('ends one by an admin or a key, not by a manager, nor by another session', async () => {
    const { id } = await open()
    const end = (caller: Pick<Member, 'delete'>) => outcome(caller.delete(`/v1/support-sessions/${id}`))
    const manager = await addMember(platform, 'acme', 'manager')
    expect(await end(manager)).toBe('403 insufficient_role')
    expect(await outcome(manager.get('/v1/support-sessions'))).toBe('403 insufficient_role')
    expect(await end(await open({ write: true }))).toBe('403 session_required')
    const createdBy = await membershipOf(platform, acme)
    expect(await end(await addApiKey(platform, { tenantId: 'acme', role: 'admin', createdBy }))).toBe(204)
  })

  test('of two who end it at once one is told that it is over', async () => {
    for (let round = 0; round < 5; round++) {
      const { id } = await open()
      const both = [acme.delete(`/v1/support-sessions/${id}`), operator.delete(`${path}/${id}`)]
      expect((await Promise.all(both)).map(({ status }) => status).sort()).toEqual([204, 409])
    }
  })

  test.each([
    ['PENDING', 'system'],
    ['SUSPENDED', 'billing'],
    ['SUSPENDED', 'operator'],
    ['CANCELLED', 'system'],
  ])('that is %s by %s is looked into, sees it and ends it', async (status, setBy) => {
    await setStatus(platform, 'acme', status, setBy)
    const support = await open({ write: true })
    expect(await outcome(support.get('/v1/clients'))).toBe(200)
    expect(await outcome(support.post('/v1/clients', { name: 'Helped' }))).toBe(201)
    expect((await acme.get('/v1/clients')).status).toBeGreaterThan(400)
    expect((await acme.get('/v1/support-sessions?limit=1')).body.data[0].id).toBe(support.id)
    expect(await outcome(acme.delete(`/v1/support-sessions/${support.id}`))).toBe(204)
    expect(await outcome(support.get('/v1/clients'))).toBe(voided)
  })

  test('whose trial is over is looked into, too', async () => {
    await platform.forceTenant('acme', `status = 'TRIAL', trial_ends_at = '2026-03-01T10:00:00Z'`)
    expect(await outcome((await open()).get('/v1/clients'))).toBe(200)
  })
})

describe('a session is over', () => {
  test('when its time is', async () => {
    const support = await open({ minutes: 2 })
    platform.clock.advance(2 * minuteMs - 1)
    expect(await outcome(support.get('/v1/clients'))).toBe(200)
    platform.clock.advance(1)
    expect(await outcome(support.get('/v1/clients'))).toBe(voided)
    expect(await requestsOf(support.id)).toHaveLength(1)
    expect(await outcome(acme.delete(`/v1/support-sessions/${support.id}`))).toBe('409 conflict')
  })

  test('when the row says so, however long the token is good', async () => {
    const support = await open()
    await platform.sql(
      `update support_sessions set expires_at = created_at + interval '1 second' where id = $1`,
      [support.id],
      'acme',
    )
    platform.clock.advance(1000)
    expect(await outcome(support.get('/v1/clients'))).toBe(voided)
  })

  test('when any super admin ends it, who is named in both trails', async () => {
    const support = await open()
    const other = await signInOperator(platform)
    expect(await outcome(other.delete(`${path}/${support.id}`))).toBe(204)
    expect(await outcome(support.get('/v1/clients'))).toBe(voided)
    const ended = { action: 'support_session.ended', actor_id: other.id }
    expect((await trailOf(support.id))[1]).toMatchObject({ ...ended, actor_kind: 'operator' })
    const query = `select * from platform_audit_entries where object_id = $1 and action <> 'support_session.opened'`
    expect(await platform.sql(query, [support.id])).toMatchObject([
      { ...ended, actor_kind: 'super_admin', subject_tenant_id: 'acme' },
    ])
    const [session] = (await acme.get('/v1/support-sessions?limit=1')).body.data
    expect(session).toMatchObject({ ended_by_kind: 'operator', ended_by: other.id })
  })

  test('when its super admin has other credentials or is disabled', async () => {
    const admin = await addSignedInAdmin(platform)
    const [byReset, byOther] = [await openSupport(platform, admin), await open()]
    expect(await outcome(byReset.get('/v1/clients'))).toBe(200)
    await resetSuperAdmin(platform.context, admin.email)
    expect(await outcome(byReset.get('/v1/clients'))).toBe(voided)
    expect(await outcome(byOther.get('/v1/clients')), 'those of others go on').toBe(200)

    const disabled = await addSignedInAdmin(platform)
    const byDisabled = await openSupport(platform, disabled)
    await platform.sql('update super_admins set disabled_at = now() where id = $1', [disabled.id])
    expect(await outcome(byDisabled.get('/v1/clients'))).toBe(voided)

    const enrolling = await addSignedInAdmin(platform)
    const byEnrolling = await openSupport(platform, enrolling)
    const { secret } = (await enrolling.post('/auth/admin/totp')).body
    const totp = createApp(platform, secret)()
    expect((await enrolling.post('/auth/admin/totp/confirm', { totp })).status).toBe(200)
    expect(await outcome(byEnrolling.get('/v1/clients'))).toBe(voided)
  })

  test('and who goes on all the same leaves one entry more, not a trail full of them', async () => {
    const support = await open()
    await acme.delete(`/v1/support-sessions/${support.id}`)
    for (let count = 0; count < 5; count++) {
      expect(await outcome(support.get('/v1/clients'))).toBe(voided)
    }
    expect(await requestsOf(support.id)).toEqual(['GET /v1/clients'])
  })
})

describe('the database', () => {
  test('keeps no session of more than an hour', async () => {
    const { id } = await open()
    const longer = `update support_sessions set expires_at = created_at + interval '60 minutes 1 millisecond' where id = $1`
    await expect(platform.sql(longer, [id], 'acme')).rejects.toMatchObject({ code: '23514' })
  })

  test('keeps no session that ended before it began, whatever the clock of who ends it says', async () => {
    const { id } = await open()
    const early = `update support_sessions set ended_at = created_at - interval '1 millisecond', ended_by_kind = 'user',
      ended_by = 'me' where id = $1`
    await expect(platform.sql(early, [id], 'acme')).rejects.toMatchObject({ code: '23514' })
    await platform.sql(
      `select app.end_support_session($1, 'user', 'me', '2020-01-01T00:00:00Z')`,
      [id],
      'acme',
    )
    const [row] = await platform.sql('select * from support_sessions where id = $1', [id], 'acme')
    expect(row.ended_at).toEqual(row.created_at)
  })
})

describe('requests per minute', () => {
  test('are the tenant’s, whoever asks', async () => {
    const limited = await startPlatform({ RATE_LIMITS: 'on' })
    try {
      const admin = await signInOperator(limited)
      const changed = { limits: { requests_per_minute: 3 } }
      expect((await admin.patch('/v1/admin/tenants/acme', changed)).status).toBe(200)
      const support = await openSupport(limited, admin)
      const statuses: number[] = []
      for (let count = 0; count < 5; count++) statuses.push((await support.get('/v1/clients')).status)
      expect(statuses).toEqual([200, 200, 200, 429, 429])
      const entries = (await auditOf(limited, 'acme')).filter(({ object_id }) => object_id === support.id)
      expect(entries, 'the opening, and the first that was refused').toHaveLength(1 + 4)
    } finally {
      await limited.stop()
    }
  })
})
