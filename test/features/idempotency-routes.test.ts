import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { routes } from '../../src/app.ts'
import type { TenantId } from '../../src/db/tenant-id.ts'
import { startCheckout } from '../../src/features/billing/checkout.ts'
import { takesIdempotencyKey } from '../../src/http/idempotency.ts'
import { isTenantRoute, type Route } from '../../src/http/route.ts'
import { addressOf, exampleOf, sentTo } from '../isolation/examples.ts'
import { membershipOf } from '../support/members.ts'
import { signInOperator } from '../support/operators.ts'
import {
  type Answer,
  type createCaller,
  type Member,
  type Platform,
  startPlatform,
} from '../support/platform.ts'
import { type StripeDouble, startStripeDouble } from '../support/stripe-double/index.ts'

// Every POST under /v1 is called twice with one Idempotency-Key: the second answer is the first one, but for its secrets,
// and nothing is done for it.
const posts = routes.filter(takesIdempotencyKey)
const nameOf = ({ method, path }: Route) => `${method} ${path}`

/** Where the first call takes the right to make a second one from the caller, what that is told. */
const lost: Record<string, [status: number, code: string]> = {
  'POST /v1/me/leave': [401, 'unauthenticated'],
  'POST /v1/users/:id/transfer-ownership': [403, 'insufficient_role'],
}

let double: StripeDouble
let platform: Platform
let owner: Member
let operator: Awaited<ReturnType<typeof signInOperator>>
beforeAll(async () => {
  double = await startStripeDouble()
  platform = await startPlatform(double.env)
  double.useClock(platform.clock)
  // In ENTERPRISE every module is there and nothing runs out.
  owner = await platform.signUp('Repeated', { plan: 'enterprise' })
  await platform.forceTenant(owner.tenantId, "status = 'ACTIVE'")
  operator = await signInOperator(platform)
})
afterAll(async () => {
  await platform.stop()
  await double.stop()
})

const reason = 'Asked for by telephone'
let companies = 0

async function freshTenant(status = 'ACTIVE'): Promise<string> {
  const { body } = await operator.post('/v1/admin/tenants', { company_name: `Fresh ${++companies}` })
  await platform.forceTenant(body.tenant_id, `status = '${status}', status_set_by = 'operator'`)
  return body.tenant_id
}

/** For the routes of operators: which object they are called on, and the body. */
const operatorCalls: Record<string, () => Promise<{ id?: string; body?: object }>> = {
  'POST /v1/admin/tenants': async () => ({ body: { company_name: 'Made twice' } }),
  'POST /v1/admin/tenants/:id/members': async () => ({
    id: await freshTenant(),
    body: { email: 'twice@people.example', role: 'member', first_name: 'Alan', last_name: 'Turing', reason },
  }),
  'POST /v1/admin/tenants/:id/suspend': async () => ({ id: await freshTenant(), body: { reason } }),
  'POST /v1/admin/tenants/:id/reactivate': async () => ({
    id: await freshTenant('SUSPENDED'),
    body: { reason },
  }),
  'POST /v1/admin/tenants/:id/cancel': async () => ({ id: await freshTenant(), body: { reason } }),
  'POST /v1/admin/tenants/:id/credits': async () => ({
    id: await freshTenant(),
    body: { kind: 'grant', amount: 5, reason, idempotency_key: 'repeated' },
  }),
  'POST /v1/admin/tenants/:id/support-sessions': async () => ({ id: await freshTenant(), body: { reason } }),
  'POST /v1/admin/billing-events/:id/replay': async () => {
    const metadata = { tenant_id: 'globex' }
    const customer = await double.stripe.customers.create({ metadata })
    await double.subscribe(customer.id, double.prices.business.id, { metadata })
    await double.deliverAll(platform.url)
    const { body } = await operator.get('/v1/admin/billing-events?tenant_id=globex')
    return { id: body.data[0].id }
  },
}

type Caller = Pick<ReturnType<typeof createCaller>, 'request'>

/** Who calls a route, and how; each time the same. */
async function callOf(route: Route): Promise<(key: string) => Promise<Answer>> {
  const send = (caller: Caller, path: string, body: unknown) => (key: string) =>
    caller.request('POST', path, body, { 'Idempotency-Key': key })
  if (isTenantRoute(route)) {
    const { makeObject, makeCaller, body } = exampleOf(route)
    const id = (await makeObject?.(owner, 'repeated', platform)) ?? ''
    const caller = (await makeCaller?.(owner, 'repeated', platform)) ?? owner
    return send(caller, addressOf(route, id, 'repeated'), sentTo(route, body?.('repeated')))
  }
  const call = operatorCalls[nameOf(route)]
  if (!call) {
    throw new Error(
      `${nameOf(route)} takes an Idempotency-Key: add a successful call of it to test/features/idempotency-routes.test.ts`,
    )
  }
  const { id = '', body } = await call()
  return send(operator, route.path.replace(':id', id), body)
}

async function entries() {
  const [counted] = await platform.sql(
    'select (select count(*)::int from audit_entries) + (select count(*)::int from platform_audit_entries) as count',
  )
  return counted.count
}

/** The answer as it is given again, and what it has not any more. */
function withoutSecrets(route: Route, body: unknown) {
  const rest = structuredClone(body) as Record<string, unknown>
  const hidden: string[] = []
  for (const path of route.secrets ?? []) {
    const names = path.split('.')
    const last = names.pop() as string
    const holder = names.reduce((at, name) => at[name] as Record<string, unknown>, rest)
    hidden.push(String(holder[last]))
    holder[last] = null
  }
  return { rest, hidden }
}

const kept = () =>
  platform.sql('select body from idempotency_keys union all select body from platform_idempotency_keys')

describe.each(posts.map((route) => [nameOf(route), route] as const))('%s', (name, route) => {
  test('is done once, however often it comes with one key', async () => {
    const call = await callOf(route)
    const key = `twice ${name}`
    const first = await call(key)
    expect([first.status, JSON.stringify(first.body)]).toEqual([route.response.status, expect.any(String)])
    expect(first.headers.get('idempotency-replayed')).toBeNull()
    const before = [await entries(), double.requests.length]

    const second = await call(key)
    expect([await entries(), double.requests.length]).toEqual(before)
    if (lost[name]) return expect([second.status, second.body.code]).toEqual(lost[name])
    expect([second.status, second.headers.get('idempotency-replayed')]).toEqual([first.status, 'true'])
    const { rest, hidden } = withoutSecrets(route, first.body)
    expect(second.body).toEqual(rest)
    expect(second.headers.get('etag')).toBe(first.headers.get('etag'))
    expect(second.headers.get('content-type')).toBe(first.headers.get('content-type'))

    const stored = JSON.stringify(await kept())
    for (const secret of hidden) expect(stored).not.toContain(secret)
  })
})

describe('a checkout', () => {
  const open = async ({ tenantId }: Member) => {
    const query = 'select customer_id from billing_accounts where tenant_id = $1'
    const [account] = await platform.sql(query, [tenantId], tenantId)
    const { customer_id: customer } = account
    const { data } = await double.stripe.checkout.sessions.list({ customer, status: 'open', limit: 100 })
    return data
  }

  test.each(['of a new customer', 'of a known one'])(
    '%s that comes many times at once has one page',
    async (whose) => {
      const buyer = await platform.signUp(`Buys ${whose}`)
      if (whose === 'of a known one') await buyer.post('/v1/billing/checkout', { plan: 'starter' })
      const key = { 'Idempotency-Key': 'many' }
      const before = await entries()
      const buy = () => buyer.post('/v1/billing/checkout', { plan: 'starter' }, key)
      const answers = await Promise.all(Array.from({ length: 8 }, buy))
      const [page, ...others] = await open(buyer)
      expect(others).toEqual([])
      expect(new Set(answers.map(({ status, body }) => `${status} ${body.url}`))).toEqual(
        new Set([`200 ${page?.url}`]),
      )
      expect(await entries()).toBe(before + 1)
      // Without the key it is another one, and the first is closed.
      const { body } = await buyer.post('/v1/billing/checkout', { plan: 'starter' })
      expect((await open(buyer)).map(({ url }) => url)).toEqual([body.url])
      expect(body.url).not.toBe(page?.url)
    },
  )

  test('whose server died with the page open is given that page', async () => {
    const buyer = await platform.signUp('Buys in vain')
    await buyer.post('/v1/billing/checkout', { plan: 'starter' })
    const principal = {
      ...{ kind: 'user' as const, userId: buyer.userId, sessionId: '', role: 'owner' as const },
      tenantId: buyer.tenantId as TenantId,
      membershipId: await membershipOf(platform, buyer),
    }
    const origin = { ip: null, requestId: 'test' }
    const order = { principal, plan: 'BUSINESS' as const, origin, repeatId: 'repeated' }
    const { db } = platform.context
    let calls = 0
    const dying = {
      ...db,
      withPlatform: (...given: Parameters<typeof db.withPlatform>) =>
        ++calls === 2 ? new Promise<never>(() => undefined) : db.withPlatform(...given),
    }
    void startCheckout({ ...platform.context, db: dying as typeof db }, order)
    const [page] = await vi.waitFor(async () => {
      const pages = await open(buyer)
      expect([calls, pages.map(({ metadata }) => metadata?.plan)]).toEqual([2, ['BUSINESS']])
      return pages
    })
    expect((await startCheckout(platform.context, order)).url).toBe(page?.url)
    expect((await open(buyer)).map(({ id }) => id)).toEqual([page?.id])
  })
})

test('every call of an operator, and every right that is lost, is of a route that there is', () => {
  const names = posts.map(nameOf)
  expect(names).toEqual(expect.arrayContaining([...Object.keys(operatorCalls), ...Object.keys(lost)]))
})
