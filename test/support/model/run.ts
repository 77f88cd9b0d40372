import fc from 'fast-check'
import { v7 as uuidv7 } from 'uuid'
import type { TenantId } from '../../../src/db/tenant-id.ts'
import { consume } from '../../../src/features/plans/limits.ts'
import { createCreditModel } from '../credit-model.ts'
import { addMember } from '../members.ts'
import { auditOf } from '../operators.ts'
import { type Platform, signupBody } from '../platform.ts'
import { compareEverything } from './compare.ts'
import { callersOf, drawFrom } from './draw.ts'
import {
  isAtLeast,
  type Membership,
  type Model,
  type Person,
  type Role,
  roleOf,
  type Tenant,
} from './model.ts'
import { perform, type Stage, tell } from './play.ts'
import { allSteps } from './steps.ts'
import { changeTenant } from './steps-operator.ts'
import { enter } from './steps-sessions.ts'

/** One step as random numbers say it: which, and what else there is to choose. */
export interface Numbers {
  step: string
  server: number
  numbers: number[]
}

const byWeight = allSteps.flatMap(({ name, weight }) => Array.from({ length: weight }, () => name))

/** Sequences of steps, long ones as often as short ones. */
export const sequences = (maxLength: number) =>
  fc.noBias(
    fc.array(
      fc.record({
        step: fc.constantFrom(...byWeight),
        server: fc.nat(1),
        numbers: fc.array(fc.nat(9999), { minLength: 14, maxLength: 14, size: 'max' }),
      }),
      { minLength: 1, maxLength, size: 'max' },
    ),
  )

/** Two servers, and who operates the platform. */
export interface Theatre {
  platform: Platform
  urls: [string, string]
  operator: Model['operator']
  /** Called after each step with its name, and with what each request was answered. */
  onStep(name: string): void
  onAnswer(answer: string): void
}

let runs = 0

/**
 * Plays a sequence on two new tenants, and at its end compares all that they see.
 * @throws Error with the account of the run, whose last line is the one that differs from the model
 */
export async function play(theatre: Theatre, sequence: Numbers[]): Promise<void> {
  const stage = await setTheStage(theatre)
  try {
    for (const { step, server, numbers } of sequence) {
      await take(stage, step, server, numbers)
      theatre.onStep(step)
    }
    await compareEverything(stage)
  } catch (error) {
    // Those of a difference tell it already.
    const { message } = error as Error
    throw message.includes(tell(stage)) ? error : new Error(`${message}\n${tell(stage)}`, { cause: error })
  }
}

async function take(stage: Stage, name: string, server: number, numbers: number[]): Promise<void> {
  const { model } = stage
  const draw = drawFrom(numbers)
  const step = allSteps.find((each) => each.name === name)
  if (!step) throw new Error(`there is no step ${name}`)
  if ('happen' in step) return step.happen(stage, draw)
  const role = 'plan' in step && !draw.once(4) ? (step.role ?? 'viewer') : 'viewer'
  const all = callersOf(model)
  const fitting = all.filter((caller) => isAtLeast(roleOf(caller), role))
  const caller = draw.oneOf(fitting.length > 0 ? fitting : all)
  const operation = 'plan' in step ? step.plan(model, draw, caller) : step.planOfOperator(model, draw)
  if (!operation) return
  const isRepeatable = operation.method === 'POST' && operation.path.startsWith('/v1/')
  // The operator's keys are the operator's, whatever tenant is meant.
  const key = isRepeatable && draw.once(3) ? `key-${draw.below(1e6)}-${model.tenants[0].id}` : undefined
  await perform(stage, 'plan' in step ? caller : model.operator, operation, { server, key })
}

const staff: [name: string, role: Role][] = [
  ['Ann', 'admin'],
  ['Max', 'manager'],
  ['Mia', 'member'],
  ['Vic', 'viewer'],
]

async function setTheStage({ platform, urls, operator, onAnswer }: Theatre): Promise<Stage> {
  const run = ++runs
  const model = { sessions: [], operator, people: [], kept: new Map(), names: new Map() } as unknown as Model
  model.now = () => platform.clock.now().getTime()
  model.tenants = [
    await settle(platform, model, `Heron ${run}`),
    await settle(platform, model, `Otter ${run}`),
  ]
  const stage: Stage = { platform, urls, model, onAnswer, account: [], keyed: [] }
  await belongToBoth(stage)
  for (const name of ['Nell', 'Noah'])
    model.people.push({ name, email: `${name}-${run}@new.example`.toLowerCase() })
  for (const tenant of model.tenants) {
    tenant.audit = (await auditOf(platform, tenant.id)).map((row) => [
      `${row.actor_kind} ${row.actor_id}`,
      row.action,
      row.object_id,
    ])
    // Small, so that they are reached.
    const small = changeTenant(model, tenant, { limits: { sites: 2, workflows: 2, users: 7 } })
    await perform(stage, operator, small, { server: 0 })
  }
  return stage
}

/** A company that has signed up, with people of all roles. */
async function settle(platform: Platform, model: Model, name: string): Promise<Tenant> {
  const { status, body } = await platform.post('/signup', signupBody(name, { admin_first_name: 'Olga' }))
  if (status !== 201) throw new Error(`signup of ${name} answered ${status}: ${JSON.stringify(body)}`)
  const tenant: Tenant = {
    name,
    id: body.tenant_id,
    plan: 'PROFESSIONAL',
    limitOverrides: {},
    moduleOverrides: {},
    status: 'TRIAL',
    trialEndsAt: Date.parse(body.trial_ends_at),
    isToldOfTrialEnd: false,
    settings: { currency: 'EUR', vat_rate_basis_points: 2000 },
    members: [],
    invitations: [],
    keys: [],
    rows: {
      clients: new Map(),
      deals: new Map(),
      projects: new Map(),
      sites: new Map(),
      workflows: new Map(),
      invoices: new Map(),
    },
    credits: createCreditModel(),
    debits: [],
    debitsOfMembers: new Map(),
    doneByOperator: new Map(),
    usageEvents: new Map(),
    audit: [],
  }
  join(model, tenant, { name: 'Olga', id: body.user.id, email: body.user.email }, 'owner', body)
  for (const [first_name, role] of staff) {
    const {
      userId: id,
      email,
      token,
      refreshToken,
    } = await addMember(platform, tenant.id, role, { first_name })
    const person = { name: first_name, id, email }
    model.people.push(person)
    join(model, tenant, person, role, { access_token: token, refresh_token: refreshToken })
  }
  return tenant
}

function join(model: Model, tenant: Tenant, person: Person, role: Role, tokens: object): void {
  const membership: Membership = { person, tenant, role, status: 'active', isGone: false }
  tenant.members.push(membership)
  model.names.set(person.id ?? '', `${person.name}-of-${tenant.name}`)
  enter(model, membership, tokens)
}

/** The first tenant's manager is a member of the second, too. */
async function belongToBoth({ platform, model }: Stage): Promise<void> {
  const [one, other] = model.tenants
  const manager = model.sessions.find(
    ({ membership: { tenant, role } }) => tenant === one && role === 'manager',
  )
  if (!manager) throw new Error('there is a manager')
  const { person } = manager.membership
  const now = platform.clock.now()
  await platform.context.db.withPlatform(
    'signup',
    async (tx) => {
      await tx
        .insertInto('memberships')
        .values({
          tenant_id: other.id as TenantId,
          id: uuidv7(),
          user_id: person.id ?? '',
          role: 'member',
          status: 'active',
          created_at: now,
          updated_at: now,
        })
        .execute()
      consume(tx, { users: 1 }, now)
    },
    { tenantId: other.id as TenantId },
  )
  const { body } = await platform.post(
    '/auth/select-tenant',
    { tenant_id: other.id },
    { Authorization: `Bearer ${manager.token}` },
  )
  join(model, other, person, 'member', body)
}
