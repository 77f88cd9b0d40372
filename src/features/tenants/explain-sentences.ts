import type { ChangeRow, EventRow, Present } from './explain.ts'
import { graceEnd } from './grace-period.ts'

const minuteMs = 60_000
/** Each tenant is compared with Stripe every hour: twice as long means that something is wrong. */
const staleMs = 120 * minuteMs

/** Why a tenant has its status and plan at this moment: what was done to it, and what the clock alone decides. */
export function sayPresent(tenant: Present, now: Date): string {
  return [...sayStatus(tenant, now), ...sayHold(tenant), ...sayPlan(tenant), ...sayStripe(tenant, now)].join(
    ' ',
  )
}

function sayStatus(tenant: Present, now: Date): string[] {
  const { tenant_id: id, status_changed_at: since, status_reason: cause, trial_ends_at: trialEnd } = tenant
  const isByOperator = tenant.status_set_by === 'operator'
  const why = because(cause)
  switch (tenant.status) {
    case 'PENDING':
      return [`${id} has waited since ${when(since)} for its owner's e-mail address to be confirmed.`]
    case 'TRIAL':
      if (!trialEnd) return [`${id} is in its trial.`]
      return trialEnd > now
        ? [`${id} is in its trial, which ends on ${when(trialEnd)}.`]
        : [`The trial of ${id} has been over since ${when(trialEnd)}: it is blocked until it chooses a plan.`]
    case 'ACTIVE':
      return [`${id} has been active since ${when(since)}${why}`, ...sayDebt(tenant, now)]
    case 'SUSPENDED':
      return isByOperator
        ? [
            `An operator suspended ${id} on ${when(since)}${why} Only an operator lifts that, no payment does.`,
          ]
        : [`${id} has been suspended since ${when(since)}${why} A payment lifts that at once.`]
    case 'CANCELLED':
      return [
        isByOperator
          ? `An operator cancelled ${id} on ${when(since)}${why}`
          : `${id} has been cancelled since ${when(since)}${why}`,
        'A new subscription brings it back.',
      ]
    case 'DELETING':
      return [`${id} has been in deletion since ${when(since)}${why}`]
    default:
      return [`${id} was deleted on ${when(since)}; its id stays taken.`]
  }
}

function sayDebt({ past_due_since: since }: Present, now: Date): string[] {
  if (!since) return []
  const end = graceEnd(since)
  return [
    end > now
      ? `A payment has been due since ${when(since)}: without it access ends on ${when(end)}.`
      : `A payment has been due since ${when(since)} and the time of grace was over on ${when(end)}: it is about to be suspended.`,
  ]
}

/** What an operator did stands against what Stripe says. */
function sayHold({ status, status_set_by, subscription_id }: Present): string[] {
  const isHeld = status_set_by === 'operator' && subscription_id !== null
  return isHeld && (status === 'ACTIVE' || status === 'TRIAL')
    ? ['An operator set that, and it stands until Stripe says something new.']
    : []
}

function sayPlan(tenant: Present): string[] {
  const { plan, plan_set_by, planChange, status_reason, status_changed_at, subscription_id } = tenant
  const hold =
    plan_set_by === 'operator' && subscription_id ? ' That stands until Stripe says something new.' : ''
  if (!planChange) return [`Its plan is ${plan}.${hold}`]
  const { cause, created_at: since } = planChange
  if (cause === status_reason && since.getTime() === status_changed_at.getTime())
    return [`Its plan is ${plan} for the same reason.${hold}`]
  const who = plan_set_by === 'operator' ? ', by an operator' : ''
  return [`Its plan has been ${plan} since ${when(since)}${who}${because(cause)}${hold}`]
}

function sayStripe(tenant: Present, now: Date): string[] {
  const { customer_id, subscription_id, subscription_status, cancel_at, synced_at, waiting } = tenant
  const waits =
    waiting === 0
      ? []
      : [`${count(waiting, 'event')} of Stripe ${waiting === 1 ? 'waits' : 'wait'} to be applied.`]
  if (!customer_id) return ['Stripe knows no customer of it.', ...waits]
  if (!synced_at) return ['It has not been compared with Stripe yet.', ...waits]
  const end = cancel_at && subscription_status !== 'canceled' ? ` and ends on ${when(cancel_at)}` : ''
  const finding = subscription_id
    ? `subscription ${subscription_id} is ${subscription_status}${end}`
    : 'there is no subscription that was paid'
  const isStale = now.getTime() - synced_at.getTime() > staleMs
  const stale = isStale ? ['It has not been compared with Stripe since.'] : []
  return [`Stripe said last, on ${when(synced_at)}: ${finding}.`, ...stale, ...waits]
}

/**
 * A change, such as "On 2 March 2026 at 10:00 UTC an operator changed the plan from STARTER to BUSINESS: A gift."
 * @param event the event that caused it, where what Stripe said then is told with the event
 */
export function sayChange(change: ChangeRow, event: EventRow | undefined): string {
  const cause = event ? `, by Stripe's event ${event.id}.` : because(change.cause)
  return `On ${when(change.created_at)} ${sayWhat(change)}${cause}`
}

function sayWhat({ field, from_value: from, to_value: to, agent }: ChangeRow): string {
  const isByOperator = agent === 'operator'
  switch (field) {
    case 'status':
      if (from === null) return `the tenant began in the status ${to}`
      if (from === to) return `an operator took over that it is ${to}`
      return isByOperator
        ? `an operator changed the status from ${from} to ${to}`
        : `the status changed from ${from} to ${to}`
    case 'plan':
      if (from === null) return `the tenant began on the plan ${to}`
      return isByOperator
        ? `an operator changed the plan from ${from} to ${to}`
        : `the plan changed from ${from} to ${to}`
    case 'trial_ends_at':
      return `${isByOperator ? 'an operator moved the end of the trial' : 'the end of the trial moved'} ${fromTo(from, to)}`
    default:
      if (to === null) return `the tenant was past due no longer, as it had been since ${asWhen(from)}`
      return `a payment was found to have been due since ${asWhen(to)}`
  }
}

/** An event and what came of it. @param effect the fields that it changed, and the event it was settled with */
export function sayEvent(
  event: EventRow,
  { fields, settledWith }: { fields: string[]; settledWith: string | undefined },
): string {
  const { id, type, source, received_at, occurred_at, applied_at, replays } = event
  const isLate = received_at.getTime() - occurred_at.getTime() > 5 * minuteMs
  const made = isLate ? `, made on ${when(occurred_at)},` : ''
  const named = `Stripe's event ${id} (${type})${made}`
  const arrival =
    source === 'reconciliation'
      ? `${named} was fetched by the reconciliation, since it had not been delivered.`
      : `${named} arrived.`
  const isDelayed = applied_at !== null && applied_at.getTime() - received_at.getTime() > minuteMs
  const delay = isDelayed && replays === 0 ? [`It was applied on ${when(applied_at)}.`] : []
  const again = isDelayed ? `, and it was applied last on ${when(applied_at)}` : ''
  const replayed = replays === 0 ? [] : [`An operator had it replayed ${count(replays, 'time')}${again}.`]
  return [
    `On ${when(received_at)} ${arrival}`,
    ...delay,
    ...replayed,
    ...sayOutcome(event, fields, settledWith),
  ].join(' ')
}

function sayOutcome({ outcome, finding }: EventRow, fields: string[], settledWith?: string): string[] {
  const changed = fields.map(sayField).join(' and ')
  switch (outcome) {
    case null:
      return fields.length > 0
        ? [`It changed ${changed} before, and waits to be applied again.`]
        : ['It waits to be applied.']
    case 'ignored':
      return ['Nothing here depends on events of this type.']
    case 'unmatched':
      return ["It is about another customer than this tenant's, and changed nothing."]
    default: {
      const said = finding ? [`Stripe said: ${spoken(finding)}.`] : []
      if (outcome === 'changed') return [...said, `That changed ${changed || 'the tenant'}.`]
      if (fields.length > 0) return [...said, `It changed ${changed} before, and nothing this time.`]
      return settledWith
        ? [...said, `It was settled together with ${settledWith}, which is named as the cause.`]
        : [...said, 'That changed nothing.']
    }
  }
}

function sayField(field: string): string {
  const words: Record<string, string> = {
    status: 'the status',
    plan: 'the plan',
    trial_ends_at: 'the end of the trial',
    past_due_since: 'since when a payment is due',
  }
  return words[field] ?? field
}

const day = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
})

/** An instant as it is said, to the minute. */
function when(at: Date): string {
  return `${day.format(at)} at ${at.toISOString().slice(11, 16)} UTC`
}

/** Instants in the history are ISO 8601. */
function asWhen(text: string | null): string {
  return text === null ? 'none' : when(new Date(text))
}

function fromTo(from: string | null, to: string | null): string {
  return `from ${asWhen(from)} to ${asWhen(to)}`
}

/** A text with the instants in it as they are said. */
function spoken(text: string): string {
  return text.replaceAll(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, asWhen)
}

/** The end of a sentence: its cause, if there is one. */
function because(cause: string | null): string {
  if (!cause) return '.'
  return `: ${spoken(cause)}${/[.!?]$/.test(cause) ? '' : '.'}`
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
