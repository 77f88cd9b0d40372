import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { withDirectClient } from '../../src/db/direct-client.ts'
import { type Platform, signupBody, startPlatform } from '../support/platform.ts'
import { type SmtpSink, startSmtpSink, tokenIn } from '../support/smtp-sink.ts'

const confirm = 'Confirm your e-mail address'
const day = 86_400_000

let sink: SmtpSink
let platform: Platform
beforeAll(async () => {
  sink = await startSmtpSink()
  platform = await startPlatform(
    { SMTP_URL: sink.url, SIGNUP_EMAIL_VERIFICATION: 'required' },
    { worker: true },
  )
})
afterAll(async () => {
  await platform.stop()
  await sink.close()
})

const verify = (token: string) => platform.post('/auth/verify-email', { token })
const resend = (email: string) => platform.post('/auth/resend-verification', { email })
const tenant = async (tenantId: string) =>
  (await platform.sql('select * from tenants where tenant_id = $1', [tenantId], tenantId))[0]
const auditOf = (tenantId: string, action: string) =>
  platform.sql(
    'select * from audit_entries where tenant_id = $1 and action = $2',
    [tenantId, action],
    tenantId,
  )
const codeOf = ({ status, body }: { status: number; body: { code?: string } }) => [status, body.code]

/** Somebody whose company waits for their address to be confirmed, and the token that was mailed to them. */
async function signUpPending(company: string, fields: Record<string, unknown> = {}) {
  const member = await platform.signUp(company, fields)
  const mail = await sink.untilMailTo(member.email, confirm)
  return { member, mail, token: tokenIn(mail) }
}

/** Until so many transactions of this platform wait for a lock that another one holds. */
const untilWaiting = (count: number) =>
  vi.waitFor(
    async () => {
      const waiting = await platform.sql(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      )
      expect(waiting).toHaveLength(count)
    },
    { timeout: 10_000, interval: 20 },
  )

const untilNoJobs = () =>
  vi.waitFor(
    async () => {
      const [{ n }] = await platform.sql('select count(*)::int as n from graphile_worker._private_jobs')
      expect(n).toBe(0)
    },
    { timeout: 10_000, interval: 20 },
  )

/** What a further company of somebody who is signed in says of itself. */
function companyBody(name: string) {
  const { admin_email, admin_password, admin_first_name, admin_last_name, ...company } = signupBody(name)
  return company
}

describe('a signup where the address has to be confirmed', () => {
  test('answers without tokens, opens no session, and mails the link instead of a welcome', async () => {
    const { status, body } = await platform.post('/signup', signupBody('Patient Co'))
    expect(status).toBe(201)
    expect(body).toEqual({
      success: true,
      tenant_id: 'patient-co',
      trial_ends_at: null,
      login_url: '/login?tenant=patient-co',
    })
    expect(await tenant('patient-co')).toMatchObject({ status: 'PENDING', trial_ends_at: null })
    const sessions = await platform.sql("select from sessions where subject_tenant_id = 'patient-co'")
    expect(sessions).toEqual([])
    const mail = await sink.untilMailTo('owner@patient-co.example')
    expect(mail.subject).toBe(confirm)
    await untilNoJobs()
    expect(sink.mailsTo('owner@patient-co.example')).toHaveLength(1)
  })

  test('lets its owner sign in and see themselves, and nothing of the business', async () => {
    const { acme } = platform
    expect((await acme.get('/v1/me')).body).toMatchObject({
      tenant: { tenant_id: 'acme', status: 'PENDING' },
    })
    expect(codeOf(await acme.get('/v1/clients'))).toEqual([403, 'tenant_pending'])
    expect(codeOf(await acme.post('/v1/clients', { name: 'x' }))).toEqual([403, 'tenant_pending'])
  })

  test('allows no further company before', async () => {
    expect(codeOf(await platform.acme.post('/v1/tenants', companyBody('Second Pending')))).toEqual([
      403,
      'email_not_verified',
    ])
    expect(await tenant('second-pending')).toBeUndefined()
  })
})

describe('confirming the address', () => {
  test('starts the trial from that moment, lets the session in, and welcomes', async () => {
    const { member, token } = await signUpPending('Hooli')
    platform.clock.advance(600_000)
    const now = platform.clock.now()
    const { status, headers, body } = await verify(token)
    expect([status, body]).toEqual([204, ''])
    expect(await tenant('hooli')).toMatchObject({
      status: 'TRIAL',
      status_set_by: 'system',
      status_reason: 'E-mail address confirmed',
      status_changed_at: now,
      updated_at: now,
      trial_ends_at: new Date(now.getTime() + 14 * day),
    })
    const [user] = await platform.sql('select email_verified_at from users where id = $1', [member.userId])
    expect(user).toEqual({ email_verified_at: now })
    expect(await auditOf('hooli', 'tenant.trial_started')).toEqual([
      expect.objectContaining({
        actor_kind: 'user',
        actor_id: member.userId,
        object_type: 'tenant',
        object_id: 'hooli',
        changed_fields: ['status', 'trial_ends_at'],
        ip: '127.0.0.1',
        request_id: headers.get('x-request-id'),
        created_at: now,
      }),
    ])
    expect((await member.post('/v1/clients', { name: 'First' })).status).toBe(201)
    const welcome = await sink.untilMailTo(member.email, 'Welcome')
    expect(welcome.text).toContain('Hooli is ready. Your tenant id is hooli.')
    expect(welcome.text, 'there is nothing left to confirm').not.toContain('token=')
  })

  test('touches no other company that waits', async () => {
    expect(await tenant('acme')).toMatchObject({ status: 'PENDING' })
    expect(await tenant('globex')).toMatchObject({ status: 'PENDING' })
    const verified = await platform.sql('select email from users where email_verified_at is not null')
    expect(verified).toEqual([{ email: 'owner@hooli.example' }])
  })

  test('starts a company on FREE as ACTIVE, without a trial', async () => {
    const { token } = await signUpPending('Gratis', { plan: 'free' })
    await verify(token)
    expect(await tenant('gratis')).toMatchObject({ status: 'ACTIVE', trial_ends_at: null })
  })

  test('lets the person make further companies, which start at once', async () => {
    const { member, token } = await signUpPending('Serial')
    await verify(token)
    await sink.untilMailTo(member.email, 'Welcome')
    const { status, body } = await member.post('/v1/tenants', companyBody('Serial Two'))
    expect(status).toBe(201)
    expect(body).toMatchObject({ tenant_id: 'serial-two', access_token: expect.any(String) })
    expect(await tenant('serial-two')).toMatchObject({ status: 'TRIAL' })
    expect((await sink.untilMailTo(member.email, 'Welcome')).text).not.toContain('token=')
  })

  test('works once: the second time the token is no good', async () => {
    const { token } = await signUpPending('Once')
    expect((await verify(token)).status).toBe(204)
    expect(codeOf(await verify(token))).toEqual([400, 'token_invalid'])
  })

  test('ten times at once works once, and starts and welcomes once', async () => {
    const { member, token } = await signUpPending('Impatient')
    const answers = await Promise.all(Array.from({ length: 10 }, () => verify(token)))
    expect(answers.map(({ status }) => status).sort()).toEqual([204, ...Array(9).fill(400)])
    expect(new Set(answers.map(({ body }) => body.code))).toEqual(new Set([undefined, 'token_invalid']))
    expect(await auditOf('impatient', 'tenant.trial_started')).toHaveLength(1)
    await sink.untilMailTo(member.email, 'Welcome')
    await untilNoJobs()
    expect(sink.mailsTo(member.email)).toHaveLength(2)
  })

  test('is possible for a day', async () => {
    const { token } = await signUpPending('Slow')
    const { token: late } = await signUpPending('Too Slow')
    platform.clock.advance(day - 1)
    expect((await verify(token)).status).toBe(204)
    platform.clock.advance(1)
    expect(codeOf(await verify(late))).toEqual([400, 'token_invalid'])
    expect(await tenant('too-slow')).toMatchObject({ status: 'PENDING' })
    await resend('owner@too-slow.example')
    const { status } = await verify(tokenIn(await sink.untilMailTo('owner@too-slow.example')))
    expect(status).toBe(204)
  })

  test.each([
    ['made up', 'A'.repeat(43)],
    ['empty', ''],
    ['in another script', 'жетон'],
  ])('takes no token that is %s', async (_what, token) => {
    expect(codeOf(await verify(token))).toEqual([400, 'token_invalid'])
  })

  test('takes no token for a new password, which stays good', async () => {
    const { member } = await signUpPending('Mixed Up')
    await platform.post('/auth/forgot-password', { email: member.email })
    const token = tokenIn(await sink.untilMailTo(member.email, 'Choose a new password'))
    expect(codeOf(await verify(token))).toEqual([400, 'token_invalid'])
    expect(await tenant('mixed-up')).toMatchObject({ status: 'PENDING' })
    const reset = await platform.post('/auth/reset-password', { token, password: 'another-horse-8' })
    expect(reset.status).toBe(204)
  })

  test('does not lift what an operator has done meanwhile', async () => {
    const { token } = await signUpPending('Cancelled Co')
    await platform.forceTenant('cancelled-co', `status = 'CANCELLED', status_set_by = 'operator'`)
    expect((await verify(token)).status).toBe(204)
    expect(await tenant('cancelled-co')).toMatchObject({ status: 'CANCELLED', status_set_by: 'operator' })
    expect(await auditOf('cancelled-co', 'tenant.trial_started')).toEqual([])
  })

  test('is done by a new password from a mail, too, which shows the same', async () => {
    const { member } = await signUpPending('By Reset')
    await platform.post('/auth/forgot-password', { email: member.email })
    const token = tokenIn(await sink.untilMailTo(member.email, 'Choose a new password'))
    await platform.post('/auth/reset-password', { token, password: 'another-horse-8' })
    expect(await tenant('by-reset')).toMatchObject({ status: 'TRIAL', status_set_by: 'system' })
    expect(await auditOf('by-reset', 'tenant.trial_started')).toHaveLength(1)
    await sink.untilMailTo(member.email, 'Welcome')
  })

  test('fails whole: what cannot be written leaves the token good', async () => {
    const { token } = await signUpPending('Planted')
    await platform.sql('alter table audit_entries add constraint planted check (false) not valid')
    try {
      expect((await verify(token)).status).toBeGreaterThanOrEqual(400)
    } finally {
      await platform.sql('alter table audit_entries drop constraint planted')
    }
    expect(await tenant('planted')).toMatchObject({ status: 'PENDING' })
    expect((await verify(token)).status).toBe(204)
  })
})

describe('asking for the link again', () => {
  test('answers the same for known, verified and unknown addresses, byte for byte, and does the same', async () => {
    const { member } = await signUpPending('Again')
    const { member: verified, token } = await signUpPending('Verified')
    await verify(token)
    const transactions = vi.spyOn(platform.context.db, 'withPlatform')
    const bytes = async (email: string) => {
      transactions.mockClear()
      const { status, headers, body } = await resend(email)
      const comparable = [...headers].filter(([name]) => !['date', 'x-request-id'].includes(name))
      const reasons = transactions.mock.calls
        .map(([reason]) => reason)
        .filter((reason) => reason === 'account')
      return { status, headers: comparable, body, reasons }
    }
    const known = await bytes(member.email)
    expect(known).toMatchObject({ status: 202, body: '', reasons: ['account'] })
    expect(await bytes(verified.email)).toEqual(known)
    expect(await bytes('nobody@again.example')).toEqual(known)
    transactions.mockRestore()
  })

  test('sends another link, and the first stays good', async () => {
    const { member, token } = await signUpPending('Twice')
    expect((await resend(member.email.toUpperCase())).status).toBe(202)
    const second = tokenIn(await sink.untilMailTo(member.email, confirm))
    expect(second).not.toBe(token)
    expect((await verify(token)).status).toBe(204)
  })

  test('followed both at the same moment, two links start and welcome once', async () => {
    const { member, token } = await signUpPending('Both Hands')
    await resend(member.email)
    const second = tokenIn(await sink.untilMailTo(member.email, confirm))
    const answers = await withDirectClient(platform.database.adminUrl, async (other) => {
      await other.query(`begin; set local app.tenant_id = 'both-hands'`)
      await other.query(`select from tenants where tenant_id = 'both-hands' for update`)
      const both = [verify(token), verify(second)]
      await untilWaiting(2)
      await other.query('commit')
      return Promise.all(both)
    })
    expect(answers.map(({ status }) => status)).toEqual([204, 204])
    expect(await auditOf('both-hands', 'tenant.trial_started')).toHaveLength(1)
    await sink.untilMailTo(member.email, 'Welcome')
    await untilNoJobs()
    expect(sink.mailsTo(member.email)).toHaveLength(3)
  })

  test('sends nothing to who has confirmed', async () => {
    const { member, token } = await signUpPending('Done')
    await verify(token)
    await sink.untilMailTo(member.email, 'Welcome')
    await resend(member.email)
    await untilNoJobs()
    expect(sink.mailsTo(member.email)).toHaveLength(2)
  })

  test('sends it to whose address was confirmed in another way while their company waits', async () => {
    const { member } = await signUpPending('Elsewhere')
    await platform.sql('update users set email_verified_at = $1 where id = $2', [
      platform.clock.now(),
      member.userId,
    ])
    await resend(member.email)
    expect((await verify(tokenIn(await sink.untilMailTo(member.email, confirm)))).status).toBe(204)
    expect(await tenant('elsewhere')).toMatchObject({ status: 'TRIAL' })
  })
})

describe('where confirming is optional', () => {
  let open: Platform
  beforeAll(async () => {
    open = await startPlatform({ SMTP_URL: sink.url }, { worker: true })
  })
  afterAll(() => open.stop())

  test('a company starts at once, and the welcome holds the link until it was followed', async () => {
    const member = await open.signUp('Open Co')
    const welcome = await sink.untilMailTo(member.email, 'Welcome')
    expect((await member.get('/v1/clients')).status).toBe(200)
    const [before] = await open.sql(`select * from tenants where tenant_id = 'open-co'`, [], 'open-co')

    expect((await member.post('/v1/tenants', companyBody('Open Two'))).status).toBe(201)
    const another = await sink.untilMailTo(member.email, 'Welcome')
    expect(tokenIn(another)).not.toBe(tokenIn(welcome))

    open.clock.advance(60_000)
    const { status } = await open.post('/auth/verify-email', { token: tokenIn(welcome) })
    expect(status).toBe(204)
    const [user] = await open.sql('select email_verified_at from users where id = $1', [member.userId])
    expect(user).toEqual({ email_verified_at: open.clock.now() })
    const [after] = await open.sql(`select * from tenants where tenant_id = 'open-co'`, [], 'open-co')
    expect(after, 'a trial that runs is not begun anew').toEqual(before)

    expect((await member.post('/v1/tenants', companyBody('Open Three'))).status).toBe(201)
    expect((await sink.untilMailTo(member.email, 'Welcome')).text).not.toContain('token=')
  })
})
