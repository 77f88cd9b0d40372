import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { routes } from '../../src/app.ts'
import { moduleNames } from '../../src/features/plans/plans.ts'
import { isTenantRoute } from '../../src/http/route.ts'
import { type Platform, startPlatform } from '../support/platform.ts'
import { setStatus } from '../support/sessions.ts'

// Of every route inside a tenant there is: whom its guards let pass, by the tenant's modules and by its status.
let platform: Platform
beforeAll(async () => {
  platform = await startPlatform()
})
afterAll(() => platform.stop())

const tenantRoutes = routes.filter(isTenantRoute)
const nameOf = ({ method, path }: { method: string; path: string }) => `${method} ${path}`

/** What an owner is told by each route, of an object that is not there and with an empty body. */
async function askAll() {
  const answers = new Map<string, { code?: string; module?: string }>()
  for (const each of tenantRoutes) {
    const path = each.path.replace(/:\w+/g, '019cadfd-8900-7723-9a3e-f4ec085d2b1b')
    const body = each.method === 'GET' ? undefined : {}
    answers.set(nameOf(each), (await platform.acme.request(each.method, path, body)).body)
  }
  return answers
}

/** The routes that are not answered with that code, sorted. */
async function askWhatIsReached(refusal: string): Promise<string[]> {
  const answers = [...(await askAll())]
  return answers
    .filter(([, { code }]) => code !== refusal)
    .map(([name]) => name)
    .sort()
}

test('what belongs to no module is what every plan has', () => {
  const groups = tenantRoutes.filter(({ module }) => !module).map(({ path }) => path.split('/')[2])
  expect([...new Set(groups)].sort()).toEqual([
    'api-keys',
    'audit',
    'billing',
    'credits',
    'invitations',
    'me',
    'menu',
    'notification-preferences',
    'notifications',
    'settings',
    'support-sessions',
    'tenants',
    'usage',
    'usage-events',
    'users',
  ])
})

test('without any module each route that has one names it, and no other is refused', async () => {
  const without = Object.fromEntries(moduleNames.map((name) => [name, false]))
  await platform.forceTenant('acme', `module_overrides = '${JSON.stringify(without)}'`)
  try {
    const told = [...(await askAll())].map(([name, { code, module }]) => [
      name,
      code === 'module_not_in_plan' ? module : undefined,
    ])
    expect(told).toEqual(tenantRoutes.map((each) => [nameOf(each), each.module]))
  } finally {
    await platform.forceTenant('acme', `module_overrides = '{}'`)
  }
})

const exportRoutes = tenantRoutes.map(nameOf).filter((name) => name.endsWith('/export'))

describe('a tenant that is blocked reaches its people, billing, exports and support sessions, and nothing else:', () => {
  test.each([
    ['PENDING', 'system', 'tenant_pending'],
    ['TRIAL', 'system', 'trial_expired'],
    ['SUSPENDED', 'billing', 'payment_required'],
    ['SUSPENDED', 'operator', 'tenant_suspended'],
    ['CANCELLED', 'billing', 'tenant_cancelled'],
  ])('%s by %s', async (status, setBy, refusal) => {
    await platform.forceTenant('acme', `trial_ends_at = '2026-03-02T10:00:00Z'`)
    await setStatus(platform, 'acme', status, setBy)
    const reached = await askWhatIsReached(refusal)
    expect(reached).toEqual(
      [
        'DELETE /v1/support-sessions/:id',
        'GET /v1/billing/subscription',
        'GET /v1/me',
        'GET /v1/support-sessions',
        'PATCH /v1/me',
        'POST /v1/billing/checkout',
        'POST /v1/billing/portal',
        'POST /v1/me/leave',
        'POST /v1/me/password',
        'POST /v1/tenants',
        ...exportRoutes,
      ].sort(),
    )
  })
})

test('one that is being deleted reaches nothing', async () => {
  await setStatus(platform, 'acme', 'DELETING', 'operator')
  expect(await askWhatIsReached('tenant_cancelled')).toEqual([])
})
