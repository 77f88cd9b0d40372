import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { routes } from '../../src/app.ts'
import { resources } from '../../src/business/resources.ts'
import {
  isAllowed,
  isAtLeast,
  lowerOf,
  lowestRole,
  type Permission,
  type Role,
  roles,
} from '../../src/features/members/roles.ts'
import { isTenantRoute, type TenantRoute } from '../../src/http/route.ts'
import { addressOf, exampleOf, sentTo } from '../isolation/examples.ts'
import { addApiKey, addMember, membershipOf } from '../support/members.ts'
import { signInOperator } from '../support/operators.ts'
import { type Member, type Platform, startPlatform } from '../support/platform.ts'
import { type StripeDouble, startStripeDouble } from '../support/stripe-double/index.ts'
import { openSupport } from '../support/support-sessions.ts'

const tenantRoutes = routes.filter(isTenantRoute)
const nameOf = ({ method, path }: TenantRoute) => `${method} ${path}`

describe('the table says what the specification says', () => {
  test('from the highest role to the lowest', () => {
    expect([...roles].reverse()).toEqual(['owner', 'admin', 'manager', 'member', 'viewer'])
  })

  /** Who may do what, sentence by sentence. `also` is on top of what the role below may do. */
  const specification: { role: Role; also: Permission[] }[] = [
    // viewer reads
    { role: 'viewer', also: ['account:self', 'records:read'] },
    // member creates and changes business records
    { role: 'member', also: ['records:write'] },
    // manager also deletes and runs workflows
    { role: 'manager', also: ['records:delete', 'workflows:run'] },
    // admin also users, invitations, API keys, settings, audit
    {
      role: 'admin',
      also: ['users:manage', 'invitations:manage', 'api_keys:manage', 'settings:manage', 'audit:read'],
    },
    // owner also billing, ownership, leaving the platform
    { role: 'owner', also: ['billing:manage', 'ownership:transfer', 'tenant:close'] },
  ]

  test.each(specification)('$role', ({ role }) => {
    const upTo = specification.slice(0, specification.findIndex((row) => row.role === role) + 1)
    const all = Object.keys(lowestRole) as Permission[]
    const allowed = all.filter((permission) => isAllowed(role, permission))
    expect(allowed.sort()).toEqual(upTo.flatMap(({ also }) => also).sort())
  })

  /** Who may call what. The first line that fits counts. */
  const endpoints: [pattern: RegExp, lowest: Role][] = [
    [/^\S+ \/v1\/(me|tenants|menu|notifications|notification-preferences)\b/, 'viewer'],
    [/^POST \/v1\/users\/:id\/transfer-ownership$/, 'owner'],
    [/^\S+ \/v1\/(users|invitations|api-keys|settings|audit|support-sessions)\b/, 'admin'],
    [/^\S+ \/v1\/billing\b/, 'owner'],
    [/^POST \/v1\/(workflows\/:id\/executions|workflow-executions\/:id\/finish)$/, 'manager'],
    [/^PUT \/v1\/workflows\/:id\/states\/:key$/, 'manager'],
    [/^GET \/v1\/workflow-(executions|states)\b/, 'viewer'],
    [/^POST \/v1\/invoices\/:id\/(issue|pay|void)$/, 'manager'],
    [/^GET \/v1\/(credits|usage)\b/, 'viewer'],
    [/^(POST|PATCH|PUT) \/v1\/(credits|usage-events)\b/, 'member'],
    [/^GET \/v1\/reports\b/, 'viewer'],
    // Of every business table, unless a line above says otherwise.
    ...resources.flatMap(({ path }): [RegExp, Role][] => [
      [new RegExp(`^GET ${path}(/|$)`), 'viewer'],
      [new RegExp(`^POST ${path}/:id/restore$`), 'manager'],
      [new RegExp(`^(POST|PATCH|PUT) ${path}(/|$)`), 'member'],
      [new RegExp(`^DELETE ${path}(/|$)`), 'manager'],
    ]),
  ]

  test.each(tenantRoutes.map((route) => [nameOf(route), route] as const))('%s', (name, route) => {
    const [, lowest] = endpoints.find(([pattern]) => pattern.test(name)) ?? []
    expect(lowest, 'every endpoint is in the specification').toBeDefined()
    expect(lowestRole[route.permission]).toBe(lowest)
  })

  test('of two roles the lower one counts', () => {
    for (const [low, role] of roles.entries()) {
      for (const [high, other] of roles.entries()) {
        expect(isAtLeast(role, other)).toBe(low >= high)
        expect(lowerOf(role, other)).toBe(roles[Math.min(low, high)])
      }
    }
  })
})

describe('the API holds what the table says', () => {
  let double: StripeDouble
  let platform: Platform
  let owner: Member
  const keys = new Map<Role, Member>()
  const support = new Map<string, Member>()
  beforeAll(async () => {
    double = await startStripeDouble()
    platform = await startPlatform(double.env)
    // In ENTERPRISE every module is there and nothing runs out.
    owner = await platform.signUp('Matrix', { plan: 'enterprise' })
    const createdBy = await membershipOf(platform, owner)
    for (const role of roles) {
      keys.set(role, await addApiKey(platform, { tenantId: owner.tenantId, role, createdBy }))
    }
    const operator = await signInOperator(platform)
    for (const write of [false, true]) {
      support.set(
        `write: ${write}`,
        await openSupport(platform, operator, { tenantId: owner.tenantId, write }),
      )
    }
  })
  afterAll(async () => {
    await platform.stop()
    await double.stop()
  })

  /** The body and an object of each call are fresh, since calls use them up. An API key has no object of its own. */
  async function call(route: TenantRoute, caller: Member) {
    const { makeObject, body, isPersonal } = exampleOf(route)
    const holder = isPersonal && caller.email !== '' ? caller : owner
    const id = (await makeObject?.(holder, 'matrix', platform)) ?? ''
    const sent = sentTo(route, body?.('matrix'))
    const answer = await caller.request(route.method, addressOf(route, id, 'matrix'), sent)
    return { ...answer, what: `${nameOf(route)}: ${JSON.stringify(answer.body)}` }
  }

  const matrix = tenantRoutes.flatMap((route) =>
    roles.map((role) => ({ role, name: nameOf(route), route, allowed: isAllowed(role, route.permission) })),
  )

  test.each(matrix)('$role: $name', async ({ role, route, allowed }) => {
    // A fresh member, too: some calls cost the caller their own role or membership.
    const caller = await addMember(platform, owner.tenantId, role)
    const { status, body, what } = await call(route, caller)
    if (allowed) expect(status, what).toBe(route.response.status)
    else expect([status, body.code], what).toEqual([403, 'insufficient_role'])
  })

  test.each(matrix)('an API key as $role: $name', async ({ role, route, allowed }) => {
    const { status, body, what } = await call(route, keys.get(role) as Member)
    if (!allowed) expect([status, body.code], what).toEqual([403, 'insufficient_role'])
    else if (route.caller === 'user') expect([status, body.code], what).toEqual([403, 'session_required'])
    else expect(status, what).toBe(route.response.status)
  })

  test.each(tenantRoutes.map((route) => [nameOf(route), route] as const))(
    'a support session has what an admin may see, and change where it may write: %s',
    async (_name, route) => {
      const isReading = route.method === 'GET' && route.scope === 'read'
      for (const [mark, caller] of support) {
        const { status, body, what } = await call(route, caller)
        const refusal = !isAllowed('admin', route.permission)
          ? 'insufficient_role'
          : route.caller
            ? 'session_required'
            : mark === 'write: false' && !isReading && 'support_read_only'
        if (refusal) expect([status, body.code], `${mark}, ${what}`).toEqual([403, refusal])
        else expect(status, `${mark}, ${what}`).toBe(route.response.status)
      }
    },
  )
})
