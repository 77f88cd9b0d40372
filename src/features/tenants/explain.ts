import type { PlatformTx } from '../../db/database.ts'
import type { TenantId } from '../../db/tenant-id.ts'
import { AppError } from '../../errors.ts'
import { sayChange, sayEvent, sayPresent } from './explain-sentences.ts'
import type { TenantChange } from './history.ts'
import type { Agent, TenantStatus } from './status.ts'

/** Why a tenant is as it is, for whoever is asked by its owner. */
export interface Explanation {
  tenant_id: string
  status: TenantStatus
  plan: string
  /** Why that is so at this moment. */
  summary: string
  /** How many steps came before those that are listed. */
  older_steps: number
  /** What led there, oldest first. */
  steps: Step[]
}

/** A change of the tenant, or an event of Stripe and what came of it. */
export interface Step {
  at: Date
  kind: 'change' | 'event'
  /** To be read aloud. */
  sentence: string
  by: Agent
  /** Of a change: what, from what to what (null for none), and why. */
  field?: TenantChange['field']
  from?: string | null
  to?: string | null
  cause?: string
  /** Of a change the event that caused it. */
  event_id?: string
  event_type?: string
  outcome?: Outcome
}

/** What came of an event: as in billing_events, or that it waits. */
export type Outcome = 'changed' | 'unchanged' | 'ignored' | 'unmatched' | 'waiting'

/** A tenant with what Stripe said of it last. */
export type Present = Awaited<ReturnType<typeof getPresent>> & {
  planChange: { cause: string; created_at: Date } | undefined
  /** Events that have no effect yet. */
  waiting: number
}

export type ChangeRow = Awaited<ReturnType<typeof listChanges>>[number]
export type EventRow = Awaited<ReturnType<typeof listEvents>>[number]

/** Only so many of the newest steps are told. */
const most = 200

/**
 * Explains a tenant's status and plan: in short, and by what led there, step by step.
 * @param tx one of withPlatform
 * @throws AppError 404 `not_found`
 */
export async function explainTenant(tx: PlatformTx, tenantId: TenantId, now: Date): Promise<Explanation> {
  const tenant = await getPresent(tx, tenantId)
  const changes = await listChanges(tx, tenantId)
  const events = await listEvents(tx, tenantId)
  const counts = await countSteps(tx, tenantId)
  const planChange = await findPlanChange(tx, tenantId)
  const steps = inOrder(changes, events).slice(-most)
  return {
    tenant_id: tenant.tenant_id,
    status: tenant.status as TenantStatus,
    plan: tenant.plan,
    summary: sayPresent({ ...tenant, planChange, waiting: counts.waiting }, now),
    older_steps: counts.changes + counts.events - steps.length,
    steps: steps.map((step) =>
      'field' in step ? toChange(step, events) : toEvent(step, { changes, events }),
    ),
  }
}

/** @throws AppError 404 `not_found` */
async function getPresent(tx: PlatformTx, tenantId: TenantId) {
  const tenant = await tx
    .selectFrom('tenants')
    .leftJoin('billing_accounts as account', 'account.tenant_id', 'tenants.tenant_id')
    .select(['tenants.tenant_id', 'status', 'status_set_by', 'status_reason', 'status_changed_at'])
    .select(['plan', 'plan_set_by', 'trial_ends_at', 'past_due_since'])
    .select(['customer_id', 'subscription_id', 'subscription_status', 'cancel_at', 'synced_at'])
    .where('tenants.tenant_id', '=', tenantId)
    .executeTakeFirst()
  if (!tenant) throw new AppError('not_found')
  return tenant
}

/** The newest changes, oldest first. */
async function listChanges(tx: PlatformTx, tenantId: TenantId) {
  const newest = await tx
    .selectFrom('tenant_changes')
    .select(['field', 'from_value', 'to_value', 'agent', 'cause', 'billing_event_id', 'created_at'])
    .where('subject_tenant_id', '=', tenantId)
    .orderBy('id', 'desc')
    .limit(most)
    .execute()
  return newest.reverse()
}

/** The newest events, oldest first. */
async function listEvents(tx: PlatformTx, tenantId: TenantId) {
  const newest = await tx
    .selectFrom('billing_events')
    .select(['id', 'type', 'source', 'occurred_at', 'received_at', 'applied_at'])
    .select(['outcome', 'finding', 'replays'])
    .where('subject_tenant_id', '=', tenantId)
    .orderBy('received_at', 'desc')
    .orderBy('id', 'desc')
    .limit(most)
    .execute()
  return newest.reverse()
}

/** The latest change of the plan. */
function findPlanChange(tx: PlatformTx, tenantId: TenantId) {
  return tx
    .selectFrom('tenant_changes')
    .select(['cause', 'created_at'])
    .where('subject_tenant_id', '=', tenantId)
    .where('field', '=', 'plan')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
}

async function countSteps(tx: PlatformTx, tenantId: TenantId) {
  const changes = await tx
    .selectFrom('tenant_changes')
    .select(({ fn }) => fn.countAll<string>().as('all'))
    .where('subject_tenant_id', '=', tenantId)
    .executeTakeFirstOrThrow()
  const events = await tx
    .selectFrom('billing_events')
    .select(({ fn }) => [fn.countAll<string>().as('all'), fn.count<string>('applied_at').as('applied')])
    .where('subject_tenant_id', '=', tenantId)
    .executeTakeFirstOrThrow()
  return {
    changes: Number(changes.all),
    events: Number(events.all),
    waiting: Number(events.all) - Number(events.applied),
  }
}

/**
 * Changes in the order in which they were committed, each behind the event that caused it and behind the events that
 * arrived before it: instants alone do not tell what came first within a millisecond, or on two machines.
 */
function inOrder(changes: readonly ChangeRow[], events: readonly EventRow[]): (ChangeRow | EventRow)[] {
  const ordered: (ChangeRow | EventRow)[] = []
  let told = 0
  for (const change of changes) {
    const cause = events.findIndex(({ id }) => id === change.billing_event_id)
    while (told < events.length) {
      const event = events[told] as EventRow
      if (told > cause && event.received_at >= change.created_at) break
      ordered.push(event)
      told++
    }
    ordered.push(change)
  }
  return [...ordered, ...events.slice(told)]
}

function toChange(change: ChangeRow, events: readonly EventRow[]): Step {
  const {
    field,
    from_value: from,
    to_value: to,
    agent,
    cause,
    billing_event_id: event_id,
    created_at: at,
  } = change
  // One that was replayed since says something else by now.
  const event = events.find(({ id, applied_at }) => id === event_id && applied_at?.getTime() === at.getTime())
  return {
    at,
    kind: 'change',
    sentence: sayChange(change, event),
    by: agent as Agent,
    field: field as TenantChange['field'],
    from,
    to,
    cause,
    ...(event_id && { event_id }),
  }
}

function toEvent(event: EventRow, all: { changes: readonly ChangeRow[]; events: readonly EventRow[] }): Step {
  const { id, type, received_at: at, outcome } = event
  const fields = all.changes.filter((change) => change.billing_event_id === id).map(({ field }) => field)
  // All that waited is settled at once, and the newest is named as the cause.
  const cause = all.events.find(
    ({ id: other, outcome, finding, applied_at }) =>
      other !== id &&
      outcome === 'changed' &&
      finding === event.finding &&
      applied_at?.getTime() === event.applied_at?.getTime(),
  )
  return {
    at,
    kind: 'event',
    sentence: sayEvent(event, { fields: [...new Set(fields)], settledWith: cause?.id }),
    by: 'billing',
    event_id: id,
    event_type: type,
    outcome: (outcome ?? 'waiting') as Outcome,
  }
}
