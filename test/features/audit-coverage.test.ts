import { afterAll, beforeAll, expect, test } from 'vitest'
import { routes } from '../../src/app.ts'
import { isTenantRoute, type Route, type TenantRoute } from '../../src/http/route.ts'
import { exampleOf, sentTo } from '../isolation/examples.ts'
import { addMember, addPerson, signIn } from '../support/members.ts'
import { signInOperator } from '../support/operators.ts'
import {
  type Answer,
  goodPassword,
  type Member,
  type Platform,
  signupBody,
  startPlatform,
} from '../support/platform.ts'
import { type SmtpSink, startSmtpSink, tokenIn } from '../support/smtp-sink.ts'
import { type StripeDouble, startStripeDouble } from '../support/stripe-double/index.ts'
import { addSuperAdmin, createApp } from '../support/super-admins.ts'

// Every endpoint that changes something is called once with success, and has to leave an entry of that very request.
const changing = routes.filter(({ method }) => method !== 'GET')
const nameOf = ({ method, path }: Route) => `${method} ${path}`

/** What leaves no entry, and why. */
const exempt: Record<string, string> = {
  'POST /auth/refresh': 'It only takes a new token for an old one of the same session, every few minutes',
  'POST /auth/forgot-password':
    'It only asks for a mail, and is answered alike for an address that nobody has',
  'POST /auth/resend-verification':
    'It only asks for a mail, and is answered alike for an address that nobody has',
  'POST /webhooks/stripe':
    'What Stripe says is kept in billing_events; what it changes has entries of its own',
}

let sink: SmtpSink
let double: StripeDouble
let platform: Platform
let owner: Member
let operator: Awaited<ReturnType<typeof signInOperator>>
beforeAll(async () => {
  sink = await startSmtpSink()
  double = await startStripeDouble()
  const env = { SMTP_URL: sink.url, SIGNUP_EMAIL_VERIFICATION: 'required', ...double.env }
  platform = await startPlatform(env, { worker: true })
  // In ENTERPRISE every module is there and nothing runs out.
  owner = await platform.signUp('Covered', { plan: 'enterprise' })
  await platform.forceTenant(owner.tenantId, "status = 'ACTIVE'")
  await platform.sql('update users set email_verified_at = created_at where id = $1', [owner.userId])
  operator = await signInOperator(platform)
})
afterAll(async () => {
  await platform.stop()
  await double.stop()
  await sink.close()
})

const reason = 'Asked for by telephone'
let companies = 0

/** A tenant of its own, with the id that goes into the path. */
async function freshTenant(status = 'ACTIVE'): Promise<string> {
  const { body } = await operator.post('/v1/admin/tenants', { company_name: `Fresh ${++companies}` })
  if (status !== 'ACTIVE')
    await platform.forceTenant(body.tenant_id, `status = '${status}', status_set_by = 'operator'`)
  return body.tenant_id
}

const onTenant = (path: string, body: object) => async () =>
  operator.post(`/v1/admin/tenants/${await freshTenant()}/${path}`, body)
const bearer = ({ token }: { token: string }) => ({ Authorization: `Bearer ${token}` })

/** How the endpoints that belong to no tenant are called with success; each call makes for itself what it needs. */
const calls: Record<string, () => Promise<Answer>> = {
  'POST /signup': () => platform.post('/signup', signupBody(`Signed up ${++companies}`)),
  'POST /auth/login': async () => {
    const { email } = await addPerson(platform, 'acme', 'viewer')
    return platform.post('/auth/login', { email, password: goodPassword })
  },
  'POST /auth/select-tenant': async () =>
    platform.post(
      '/auth/select-tenant',
      { tenant_id: 'acme' },
      bearer(await addMember(platform, 'acme', 'viewer')),
    ),
  'POST /auth/logout': async () => {
    const { email } = await addPerson(platform, 'acme', 'viewer')
    const { refreshToken } = await signIn(platform, 'acme', email)
    return platform.post('/auth/logout', { refresh_token: refreshToken })
  },
  'POST /auth/logout-all': async () =>
    platform.request(
      'POST',
      '/auth/logout-all',
      undefined,
      bearer(await addMember(platform, 'acme', 'viewer')),
    ),
  'POST /auth/reset-password': async () => {
    const { email } = await addPerson(platform, 'acme', 'viewer')
    await platform.post('/auth/forgot-password', { email })
    const token = tokenIn(await sink.untilMailTo(email, 'Choose a new password'))
    return platform.post('/auth/reset-password', { token, password: 'another-horse-8' })
  },
  'POST /auth/verify-email': async () => {
    const { email } = await platform.signUp(`Verified ${++companies}`)
    const token = tokenIn(await sink.untilMailTo(email, 'Confirm'))
    return platform.post('/auth/verify-email', { token })
  },
  'POST /auth/accept-invitation': async () => {
    const email = 'invited@people.example'
    await owner.post('/v1/invitations', { email, role: 'viewer' })
    const token = tokenIn(await sink.untilMailTo(email, 'invites you'))
    const person = { first_name: 'Grace', last_name: 'Hopper', password: 'another-horse-8' }
    return platform.post('/auth/accept-invitation', { token, ...person })
  },
  'POST /auth/admin/login': async () => (await addSuperAdmin(platform)).logIn(),
  'POST /auth/admin/totp': async () => (await signInOperator(platform)).request('POST', '/auth/admin/totp'),
  'POST /auth/admin/totp/confirm': async () => {
    const admin = await signInOperator(platform)
    const { secret } = (await admin.request('POST', '/auth/admin/totp')).body
    return admin.post('/auth/admin/totp/confirm', { totp: createApp(platform, secret)() })
  },
  'PATCH /v1/admin/plans/:plan': () => operator.patch('/v1/admin/plans/business', { price_cents: 59_900 }),
  'PATCH /v1/admin/settings': () => operator.patch('/v1/admin/settings', { trial_days: 30, reason }),
  'PATCH /v1/admin/notification-templates/:name': () =>
    operator.patch('/v1/admin/notification-templates/trial_ending', { priority: 'urgent', reason }),
  'POST /v1/admin/tenants': () => operator.post('/v1/admin/tenants', { company_name: `Made ${++companies}` }),
  'PATCH /v1/admin/tenants/:id': async () =>
    operator.patch(`/v1/admin/tenants/${await freshTenant()}`, { name: 'Another name' }),
  'DELETE /v1/admin/tenants/:id': async () =>
    operator.request('DELETE', `/v1/admin/tenants/${await freshTenant()}`, { reason }),
  'POST /v1/admin/tenants/:id/members': onTenant('members', {
    email: 'colleague@people.example',
    role: 'member',
    first_name: 'Alan',
    last_name: 'Turing',
    reason,
  }),
  'POST /v1/admin/tenants/:id/suspend': onTenant('suspend', { reason }),
  'POST /v1/admin/tenants/:id/reactivate': async () =>
    operator.post(`/v1/admin/tenants/${await freshTenant('SUSPENDED')}/reactivate`, { reason }),
  'POST /v1/admin/tenants/:id/cancel': onTenant('cancel', { reason }),
  'POST /v1/admin/tenants/:id/credits': onTenant('credits', {
    kind: 'grant',
    amount: 5,
    reason,
    idempotency_key: 'covered',
  }),
  'POST /v1/admin/tenants/:id/support-sessions': onTenant('support-sessions', { reason }),
  'DELETE /v1/admin/tenants/:id/support-sessions/:session_id': async () => {
    const { body } = await operator.post('/v1/admin/tenants/acme/support-sessions', { reason })
    return operator.delete(`/v1/admin/tenants/acme/support-sessions/${body.support_session.id}`)
  },
  'POST /v1/admin/billing-events/:id/replay': async () => {
    const customer = await double.stripe.customers.create({ metadata: { tenant_id: 'globex' } })
    const metadata = { tenant_id: 'globex' }
    await double.subscribe(customer.id, double.prices.business.id, { metadata })
    await double.deliverAll(platform.url)
    const { body } = await operator.get('/v1/admin/billing-events?tenant_id=globex')
    return operator.request('POST', `/v1/admin/billing-events/${body.data[0].id}/replay`)
  },
}

async function callTenantRoute(route: TenantRoute): Promise<Answer> {
  const { makeObject, makeCaller, body } = exampleOf(route)
  const word = 'covered'
  const id = (await makeObject?.(owner, word, platform)) ?? ''
  const caller = (await makeCaller?.(owner, word, platform)) ?? owner
  return caller.request(route.method, route.path.replaceAll(/:\w+/g, id), sentTo(route, body?.(word)))
}

/** Whose trail each entry of a request is in, and which tenant each of those in the platform's is about. */
async function entriesOf({ headers }: Answer) {
  const tenantsOf = async (columnAndTrail: string): Promise<(string | null)[]> => {
    const id = headers.get('x-request-id')
    const rows = await platform.sql(`select ${columnAndTrail} where request_id = $1`, [id])
    return rows.map(({ tenant }) => tenant)
  }
  return {
    own: await tenantsOf('tenant_id as tenant from audit_entries'),
    platforms: await tenantsOf('subject_tenant_id as tenant from platform_audit_entries'),
  }
}

/**
 * Whether an operator changes a tenant by it, which is to see that in its own trail. Not so when it is deleted: there is
 * an entry, but the worker may have taken it away with the rest of the tenant before it is looked for.
 */
const isActOnTenant = ({ method, path }: Route) =>
  /^\/v1\/admin\/tenants(\/:id(\/|$)|$)/.test(path) &&
  !(method === 'DELETE' && path === '/v1/admin/tenants/:id')

test.each(changing.filter((route) => !exempt[nameOf(route)]).map((route) => [nameOf(route), route] as const))(
  '%s leaves an entry',
  async (name, route) => {
    const call = isTenantRoute(route) ? () => callTenantRoute(route) : calls[name]
    if (!call) {
      throw new Error(
        `${name} changes something: add a successful call of it to \`calls\` in test/features/audit-coverage.test.ts, ` +
          'so that it is seen whether it leaves an entry in an audit trail',
      )
    }
    const answer = await call()
    const statuses = [route.response.status, route.otherResponse?.status]
    expect(statuses, `${name} answered ${JSON.stringify(answer.body)}`).toContain(answer.status)
    const entries = await entriesOf(answer)
    expect(
      entries.own.length + entries.platforms.length,
      `${name} changed something and left no entry: declare \`audit\` on a write route, else writeAuditEntry() or ` +
        'auditOperatorAct() in the transaction of the change (src/features/audit); or exempt it here, with the reason',
    ).toBeGreaterThan(0)
    if (isActOnTenant(route)) {
      expect(entries.own, `${name} left no entry in the tenant’s trail: see auditOperatorAct()`).not.toEqual(
        [],
      )
      expect(new Set(entries.platforms), `${name} has to be in both trails: see auditOperatorAct()`).toEqual(
        new Set(entries.own),
      )
    }
  },
)

test('every exemption and every call is of an endpoint that there is', () => {
  const names = changing.map(nameOf)
  expect(names).toEqual(expect.arrayContaining([...Object.keys(exempt), ...Object.keys(calls)]))
})
