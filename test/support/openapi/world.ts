import { randomUUID } from 'node:crypto'
import { routes } from '../../../src/app.ts'
import { resources } from '../../../src/business/resources.ts'
import type { Role } from '../../../src/features/members/roles.ts'
import { isTenantRoute, type Route } from '../../../src/http/route.ts'
import { exampleOf } from '../../isolation/examples.ts'
import { addApiKey, addMember, membershipOf } from '../members.ts'
import { createCaller, type Member, startPlatform } from '../platform.ts'
import { setStatus } from '../sessions.ts'
import { startStripeDouble } from '../stripe-double/index.ts'
import { addSuperAdmin } from '../super-admins.ts'
import { openSupport } from '../support-sessions.ts'
import type { Operation } from './document.ts'
import { createExchange } from './exchange.ts'
import type { Credentials, Holder, OperationExample, Stage } from './fuzz-operation.ts'
import { type Hands, platformExamples } from './platform-examples.ts'
import type { Caller } from './sketches.ts'

export const baseDomain = 'tenantry.example'
/** With the limits, which look into bodies as well; numbers that nobody comes near. */
const unreached = {
  RATE_LIMITS: 'on',
  SIGNUPS_PER_HOUR: '999999',
  FAILED_LOGINS_PER_QUARTER_HOUR: '999999',
  FAILED_LOGINS_PER_ACCOUNT_PER_QUARTER_HOUR: '1000000',
  FAILED_TOKENS_PER_QUARTER_HOUR: '999999',
  MAILS_PER_HOUR: '999999',
  MAILS_PER_ACCOUNT_PER_HOUR: '999999',
  INVITATIONS_PER_HOUR: '999999',
  EMAIL_CHECKS_PER_MINUTE: '999999',
  LOOKUPS_PER_MINUTE: '999999',
}
const noRoom = { sites: 0, workflows: 0, storage_bytes: 0, executions_per_month: 0, articles_per_week: 0 }
const adminKey = 'key-of-the-machines-of-the-operator'

/** A company by its name, and the word that stands in every text of its own. */
interface Company {
  name: string
  word: string
}
const ofContract: Record<Holder, Company> = {
  own: { name: 'Contract', word: 'contract' },
  other: { name: 'Other', word: 'contract' },
}

/**
 * A platform with everybody who calls it, where whoever or whatever a request has used up is made anew.
 * @param companies that of the callers, and another one
 */
export async function startWorld(companies = ofContract) {
  const double = await startStripeDouble()
  const platform = await startPlatform({
    ...double.env,
    ...unreached,
    BASE_DOMAIN: baseDomain,
    SUPER_ADMIN_KEY: adminKey,
    TRUST_PROXY: '1',
  })
  double.useClock(platform.clock)
  // In ENTERPRISE every module is there and nothing runs out. Nobody ever calls as these owners, who make objects.
  const own = await signUp(companies.own)
  const other = await signUp(companies.other)
  const free = await platform.signUp('Small', { plan: 'free' })
  const full = await platform.signUp('Full', { plan: 'enterprise' })
  const suspended = await platform.signUp('Suspended')
  await setStatus(platform, suspended.tenantId, 'SUSPENDED', 'billing')
  const over = await platform.signUp('Over')
  await platform.forceTenant(over.tenantId, `trial_ends_at = '2026-03-01'`)
  const people = { users: null, requests_per_minute: null }
  for (const { tenantId } of [own, other, free, full, suspended, over]) {
    const limits = tenantId === full.tenantId ? { ...noRoom, ...people } : people
    await platform.forceTenant(tenantId, `limit_overrides = '${JSON.stringify(limits)}'`)
  }
  const operator = await newOperator()
  const exchange = createExchange(platform.url)

  function signUp({ name, word }: Company) {
    const fields = { plan: 'enterprise', phone: '+33 1 00 00 00 00' }
    return platform.signUp(name, { ...fields, admin_first_name: word, admin_last_name: word })
  }

  async function newOperator() {
    const { id, email, password, logIn } = await addSuperAdmin(platform)
    const token = String((await logIn()).body.access_token)
    return { id, email, password, token, ...createCaller(platform.url, { Authorization: `Bearer ${token}` }) }
  }

  let made = 0
  const hands: Hands = {
    platform,
    own,
    operator,
    victim: () => platform.signUp(`Victim ${++made}`),
    async billingEvent() {
      const { tenantId } = await platform.signUp(`Customer ${++made}`)
      await double.stripe.customers.create({ metadata: { tenant_id: tenantId } })
      await double.deliverAll(platform.url)
      const { body } = await operator.get(`/v1/admin/billing-events?tenant_id=${tenantId}`)
      return body.data[0].id
    },
  }

  const inTenant = (member: Member): Credentials => [
    ['Authorization', `Bearer ${member.token}`],
    ['X-Tenant-ID', member.tenantId],
  ]
  const { word } = companies.own
  const person = async ({ tenantId }: Member, role: Role) =>
    addMember(platform, tenantId, role, { first_name: word, last_name: word })
  const apiKey = async (role: Role) => {
    const createdBy = await membershipOf(platform, own)
    return addApiKey(platform, { tenantId: own.tenantId, role, createdBy })
  }
  const support = (write: boolean) => openSupport(platform, operator, { tenantId: own.tenantId, write })

  /** How each caller comes to be; those who belong to a tenant are clients of the API, too. */
  const makers: Record<Caller, () => Promise<Credentials | Member>> = {
    nobody: async () => [],
    'a stranger with a token of their own making': async () => [
      ['Authorization', `Bearer ${own.token.slice(0, -4)}AAAA`],
      ['X-Tenant-ID', own.tenantId],
    ],
    owner: () => person(own, 'owner'),
    admin: () => person(own, 'admin'),
    manager: () => person(own, 'manager'),
    member: () => person(own, 'member'),
    viewer: () => person(own, 'viewer'),
    'an API key of an admin': () => apiKey('admin'),
    'an API key of a viewer': () => apiKey('viewer'),
    'support that may write': () => support(true),
    'support that may only read': () => support(false),
    'the owner of a company on FREE': () => person(free, 'owner'),
    'the owner of a company that has no room for more': () => person(full, 'owner'),
    'the owner of a company that is suspended': () => person(suspended, 'owner'),
    'the owner of a company whose trial is over': () => person(over, 'owner'),
    'super admin': async () => [['Authorization', `Bearer ${(await newOperator()).token}`]],
    'X-Admin-Key': async () => [['X-Admin-Key', adminKey]],
  }
  const known = new Map<Caller, Credentials | Member>()

  /** The objects that bodies and queries refer to, by table and tenant: made once. */
  const referred = new Map<string, string>()

  const stage: Stage = {
    exchange,
    otherTenantId: other.tenantId,
    signatureOf: (payload) =>
      double.stripe.webhooks.generateTestHeaderString({
        payload,
        secret: double.env.STRIPE_WEBHOOK_SECRET,
        timestamp: Math.floor(platform.clock.now().getTime() / 1000),
      }),
    async credentialsOf(caller) {
      const found = known.get(caller) ?? (await makers[caller]())
      known.set(caller, found)
      return Array.isArray(found) ? { credentials: found } : { credentials: inTenant(found), member: found }
    },
    renew: (caller) => void known.delete(caller),
    exampleFor,
    async referred(name, whose) {
      const table = resources
        .map(({ references }) => (references as Record<string, string>)[name])
        .find(Boolean)
      const resource = resources.find((each) => each.table.name === table)
      if (!resource) return randomUUID()
      const key = `${whose} ${table}`
      const { makeObject } = exampleOf(resource.routes.create as Route)
      const id =
        referred.get(key) ??
        (await makeObject?.(whose === 'own' ? own : other, companies[whose].word, platform))
      if (id) referred.set(key, id)
      return id ?? randomUUID()
    },
    takeFailures: () =>
      platform.logLines.splice(0).filter((line) => /"level":"(warn|error|fatal)"/.test(line)),
  }
  return {
    ...stage,
    platform,
    own,
    other,
    operator,
    async stop() {
      exchange.close()
      await platform.stop()
      await double.stop()
    },
  }

  function exampleFor(operation: Operation): OperationExample {
    const route = routeOf(operation)
    return isTenantRoute(route) ? inTenantExample(route) : platformExample(`${route.method} ${route.path}`)
  }

  function platformExample(name: string): OperationExample {
    const { query, body, object, prepare, token } = platformExamples[name] ?? {}
    return {
      query,
      prepare: async () => prepare?.(hands),
      body: async () => body?.(hands),
      object: async () => object?.(hands),
      credentials: token && (async () => [['Authorization', `Bearer ${await token(hands)}`]]),
    }
  }

  function inTenantExample(route: Route): OperationExample {
    const { body, query, makeObject, makeCaller, isPersonal } = exampleOf(route)
    const names = [...route.path.matchAll(/:(\w+)/g)].map(([, name = '']) => name)
    const object = async (whose: Holder, caller: Member | undefined) => {
      const isOf = whose === 'own' || caller?.tenantId === other.tenantId
      const holder = isPersonal && caller?.email && isOf ? caller : whose === 'other' ? other : own
      const id = (await makeObject?.(holder, companies[whose].word, platform)) ?? ''
      return Object.fromEntries(names.map((name) => [name, id]))
    }
    return {
      query: query?.(companies.own.word),
      async prepare() {
        for (let count = 0; count < 2; count++) await object('own', undefined)
      },
      body: async (word = companies.own.word) => body?.(word),
      object,
      credentials:
        makeCaller &&
        (async (whose = 'own') => {
          const holder = whose === 'other' ? other : own
          return inTenant(await makeCaller(holder, companies[whose].word, platform))
        }),
    }
  }
}

/**
 * The route that an operation of the document describes.
 * @throws Error when there is none
 */
export function routeOf({ method, path, name }: Operation): Route {
  const declared = path.replaceAll(/\{(\w+)\}/g, ':$1')
  const route = routes.find((each) => each.method === method && each.path === declared)
  if (!route) throw new Error(`no route serves ${name}`)
  return route
}

/** A stage with everybody on it, to be stopped in the end. */
export type World = Awaited<ReturnType<typeof startWorld>>
