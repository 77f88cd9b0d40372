import type { createCreditModel } from '../credit-model.ts'

// What a tenant sees of the platform, on plain objects: who may do what, and what is left of each limit. The rules of each
// area stand in its file of steps. Nothing here asks the platform, nor reads its code.

/** From low to high: each may do what those before it may. */
export const roles = ['viewer', 'member', 'manager', 'admin', 'owner'] as const
export type Role = (typeof roles)[number]
export const isAtLeast = (role: Role, lowest: Role) => roles.indexOf(role) >= roles.indexOf(lowest)

const most = ['crm', 'accounting', 'projects', 'automation', 'production']
/** What each plan opens and how much of it; null is without limit. */
export const plans = {
  FREE: { modules: ['crm'], users: 2, sites: 1, workflows: 1 },
  STARTER: { modules: ['crm', 'accounting'], users: 5, sites: 1, workflows: 5 },
  PROFESSIONAL: { modules: most, users: 25, sites: 5, workflows: 25 },
  BUSINESS: { modules: most, users: 100, sites: 20, workflows: null },
  ENTERPRISE: { modules: most, users: null, sites: null, workflows: null },
} as const
export type Plan = keyof typeof plans
export const limits = ['sites', 'users', 'workflows'] as const
export type Limit = (typeof limits)[number]

export interface Person {
  name: string
  email: string
  /** None yet of who was only invited. */
  id?: string
}

/** A person in a tenant. Who is removed and comes back has another one. */
export interface Membership {
  person: Person
  tenant: Tenant
  role: Role
  status: 'active' | 'disabled'
  isGone: boolean
}

export interface Session {
  kind: 'session'
  membership: Membership
  isEnded: boolean
  token: string
  tokenUntil: number
  /** All that there were, the newest last. */
  refreshTokens: string[]
  rotatedAt: number
}

export interface ApiKey {
  kind: 'key'
  id: string
  token: string
  role: Role
  maker: Membership
  expiresAt: number | null
  isRevoked: boolean
}

/** Who asks. */
export type Caller = Session | ApiKey | { kind: 'operator'; id: string; key: string }

export interface Invitation {
  id: string
  email: string
  role: Role
  status: 'pending' | 'accepted' | 'revoked' | 'expired'
  inviter: Membership
  expiresAt: number
}

/** A row of a business table: as it is shown, its entity tag, and those that it had before. */
export interface Row {
  shown: { id: string; created_at: string } & Record<string, unknown>
  tag: string
  oldTags: string[]
  isDeleted: boolean
}
export const kindNames = ['clients', 'deals', 'projects', 'sites', 'workflows', 'invoices'] as const
export type KindName = (typeof kindNames)[number]

export interface Tenant {
  name: string
  id: string
  plan: Plan
  limitOverrides: Partial<Record<Limit, number | null>>
  moduleOverrides: Partial<Record<string, boolean>>
  status: 'TRIAL' | 'ACTIVE' | 'SUSPENDED' | 'CANCELLED'
  trialEndsAt: number | null
  isToldOfTrialEnd: boolean
  settings: { currency: string; vat_rate_basis_points: number }
  members: Membership[]
  invitations: Invitation[]
  keys: ApiKey[]
  rows: Record<KindName, Map<string, Row>>
  /** The last number of an invoice, and its day. */
  lastInvoice?: { number: number; day: string }
  credits: ReturnType<typeof createCreditModel>
  /** The debits that there were; those of members by their key; and what the operator did by its key. */
  debits: string[]
  debitsOfMembers: Map<string, { operation_id: string; amount: number; balance: number }>
  doneByOperator: Map<string, { request: string; answer: unknown }>
  usageEvents: Map<string, { metric: string; quantity: number; at: number }>
  audit: AuditLine[]
}

/** Who, what, and which object. */
export type AuditLine = [actor: string, action: string, object: string]

/** A request that the platform answers as it did before when it comes again. */
export interface Kept {
  request: string
  status: number
  body: unknown
  at: number
}

export interface Model {
  now(): number
  tenants: [Tenant, Tenant]
  people: Person[]
  sessions: Session[]
  operator: Extract<Caller, { kind: 'operator' }>
  kept: Map<string, Kept>
  /** What ids are called in the account of a run. */
  names: Map<string, string>
}

export const minute = 60_000
export const hour = 60 * minute
export const day = 24 * hour

export const iso = (instant: number) => new Date(instant).toISOString()
export const dateInParis = (instant: number) =>
  new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Paris' }).format(instant)

/** What is to come of a request: a refusal, or what it does. */
export type Outcome = Refusal | Done
export interface Refusal {
  code: keyof typeof statusOf
  members?: object
  /** What happens all the same. */
  apply?(): void
}
export interface Done {
  status: number
  /** What the model knows of the body. */
  body?: unknown
  audit?: AuditLine | AuditLine[]
  /** Writes down what has happened, with what the answer alone tells: ids and tokens. */
  // biome-ignore lint/suspicious/noExplicitAny: as in Answer
  apply?(body: any, headers: Headers): void
  /** What the same caller asks next, such as the next page. */
  // biome-ignore lint/suspicious/noExplicitAny: as in Answer
  next?(body: any): Operation | undefined
}

/** What somebody asks for, and the rule of what comes of it, which looks at the model at that moment. */
export interface Operation {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  path: string
  body?: object
  headers?: Record<string, string>
  needs?: Needs
  /** Who asks, where that is not who is signed in. */
  as?: string
  rule(): Outcome
}

/** What a request asks of a caller who is inside a tenant. */
export interface Needs {
  role: Role
  module?: string
  /** No API key. */
  isForPeople?: true
  /** Also in a tenant that is blocked. */
  isAlwaysOpen?: true
}

export const statusOf = {
  invalid_request: 400,
  token_invalid: 400,
  unauthenticated: 401,
  invalid_refresh_token: 401,
  trial_expired: 402,
  insufficient_credits: 402,
  tenant_suspended: 403,
  tenant_cancelled: 403,
  tenant_mismatch: 403,
  module_not_in_plan: 403,
  limit_reached: 403,
  insufficient_role: 403,
  role_too_high: 403,
  session_required: 403,
  not_found: 404,
  conflict: 409,
  last_owner: 409,
  already_member: 409,
  already_invited: 409,
  status_not_allowed: 409,
  usage_over_limits: 409,
  in_use: 409,
  not_editable: 409,
  precondition_failed: 412,
  idempotency_key_reused: 422,
} as const

export const refuse = (code: Refusal['code'], members: object = {}): Refusal => ({ code, members })

export const membershipOf = (caller: Session | ApiKey) =>
  caller.kind === 'session' ? caller.membership : caller.maker

/** The tenant that a caller is inside. */
export const tenantOf = (caller: Session | ApiKey) => membershipOf(caller).tenant

/** The role of a caller: a key never has more than who made it. */
export function roleOf(caller: Session | ApiKey): Role {
  const { role } = membershipOf(caller)
  return caller.kind === 'key' && isAtLeast(role, caller.role) ? caller.role : role
}

/** As audit trails name them. */
export function actorOf(caller: Caller): string {
  if (caller.kind === 'session') return `user ${caller.membership.person.id}`
  return caller.kind === 'key' ? `api_key ${caller.id}` : `operator ${caller.id}`
}

/** Whether what a caller presents opens anything. */
export function isKnown(caller: Session | ApiKey, now: number): boolean {
  const { isGone, status } = membershipOf(caller)
  if (isGone || status !== 'active') return false
  if (caller.kind === 'session') return !caller.isEnded && now < caller.tokenUntil
  return !caller.isRevoked && (caller.expiresAt === null || now < caller.expiresAt)
}

export const hasModule = ({ plan, moduleOverrides }: Tenant, module: string) =>
  moduleOverrides[module] ?? (plans[plan].modules as readonly string[]).includes(module)

/** Who a caller has to be, in this order: known, of a tenant that is open, with the module, of a high enough role, a person. */
export function refusalOf(caller: Caller, needs: Needs, now: number): Refusal | undefined {
  if (caller.kind === 'operator') return undefined
  if (!isKnown(caller, now)) return refuse('unauthenticated')
  const tenant = tenantOf(caller)
  if (!needs.isAlwaysOpen) {
    if (tenant.status === 'CANCELLED') return refuse('tenant_cancelled')
    if (tenant.status === 'SUSPENDED') return refuse('tenant_suspended')
    if (isTrialOver(tenant, now)) return refuse('trial_expired')
  }
  if (needs.module && !hasModule(tenant, needs.module)) {
    return refuse('module_not_in_plan', { module: needs.module })
  }
  if (!isAtLeast(roleOf(caller), needs.role)) return refuse('insufficient_role')
  if (needs.isForPeople && caller.kind === 'key') return refuse('session_required')
  return undefined
}

export const isTrialOver = ({ status, trialEndsAt }: Tenant, now: number) =>
  status === 'TRIAL' && trialEndsAt !== null && trialEndsAt <= now

export function allowedOf({ plan, limitOverrides }: Pick<Tenant, 'plan' | 'limitOverrides'>, limit: Limit) {
  const own = limitOverrides[limit]
  return own === undefined ? plans[plan][limit] : own
}

/** Active members and pending invitations, those included that are overdue until somebody writes that down. */
export function usedOf({ members, invitations, rows }: Tenant, limit: Limit): number {
  if (limit !== 'users') return [...rows[limit].values()].filter((row) => !row.isDeleted).length
  const pending = invitations.filter(({ status }) => status === 'pending')
  return members.filter(({ status }) => status === 'active').length + pending.length
}

/** Whether a tenant may take one more, after giving so many back in the same step. */
export function refuseOver(tenant: Tenant, limit: Limit, givenBack = 0): Refusal | undefined {
  const [used, allowed] = [usedOf(tenant, limit), allowedOf(tenant, limit)]
  if (allowed === null || used + 1 - givenBack <= allowed) return undefined
  return refuse('limit_reached', { limit, used, allowed, resets_at: null })
}
