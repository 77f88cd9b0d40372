import { isUtf8 } from 'node:buffer'
import { sql } from 'kysely'
import { z } from 'zod'
import type { Context } from '../../context.ts'
import type { PlatformTx } from '../../db/database.ts'
import { parseTenantId, type TenantId } from '../../db/tenant-id.ts'
import { AppError } from '../../errors.ts'
import { enqueueSync } from './billing-account.ts'
import { type Billing, instantOf } from './stripe.ts'

/** How old a signature may be, in seconds: docs.stripe.com/webhooks#replay-attacks */
const toleranceSeconds = 300

/**
 * Types of events after which a tenant is compared with Stripe; a name that ends in a dot stands for all below it.
 * What an event says is not used, so a type is here if, and only if, what Stripe says of a customer's subscriptions and
 * open invoices can be another after it. Everything else is kept for the record.
 */
export const relevantTypes = [
  // A purchase: where a subscription, and perhaps its customer, is seen first.
  'checkout.session.completed',
  'checkout.session.async_payment_succeeded',
  'checkout.session.async_payment_failed',
  // A customer made for a tenant becomes the tenant's; with one that is deleted all of its subscriptions end.
  'customer.created',
  'customer.deleted',
  // The status, plan, seats and end of a subscription.
  'customer.subscription.',
  // A payment came, or did not: since when the oldest invoice is open is what the days of grace count from.
  'invoice.finalized',
  'invoice.paid',
  'invoice.payment_succeeded',
  'invoice.payment_failed',
  'invoice.payment_action_required',
  'invoice.marked_uncollectible',
  'invoice.voided',
]

/** Whether anything depends on events of this type. */
export function isRelevant(type: string): boolean {
  return relevantTypes.some((each) => (each.endsWith('.') ? type.startsWith(each) : type === each))
}

/** What became of an event that came in. */
export type Stored = 'stored' | 'duplicate' | 'ignored' | 'unmatched'

/** Ids and names of Stripe: what each column, index and later request can hold. */
const nameSchema = z.string().regex(/^[!-~]{1,255}$/)
/** Seconds since 1970, up to the year 9999: what both PostgreSQL and ISO 8601 can write. */
const secondsSchema = z.int().min(0).max(253_402_300_799)
/** What is asked of an event; all else of it is nobody's business here. Source: docs.stripe.com/api/events/object */
const eventSchema = z.object({
  object: z.literal('event'),
  id: nameSchema,
  type: nameSchema,
  created: secondsSchema,
  data: z.object({ object: z.looseObject({}) }),
})
/** Deeper than any event of Stripe, and far from what PostgreSQL's stack holds. */
const deepest = 100

/**
 * The text of a webhook's body, if Stripe has signed it not long ago, with any of the secrets.
 * @param bytes the body as it was sent
 * @param signature the header Stripe-Signature
 * @throws AppError 400 `invalid_signature`
 */
export function verifyPayload(
  { stripe, webhookSecrets }: Billing,
  bytes: Buffer,
  signature: string,
  now: Date,
): string {
  // Decoding would put U+FFFD into the place of other bytes, which a signature of that character then covers.
  if (!isUtf8(bytes)) throw new AppError('invalid_signature')
  const payload = bytes.toString()
  for (const secret of webhookSecrets) {
    try {
      const { webhooks } = stripe
      const receivedAt = now.getTime()
      if (
        webhooks.signature?.verifyHeader(payload, signature, secret, toleranceSeconds, undefined, receivedAt)
      )
        return payload
    } catch {
      // Whatever is wrong: of the wrong secret, too old, or no signature at all.
    }
  }
  throw new AppError('invalid_signature')
}

/**
 * An event as it was sent.
 * @throws AppError 400 `invalid_request` for what is none, such as a thin event (`v2.core.event`)
 */
export function parseEvent(payload: string): unknown {
  try {
    return JSON.parse(payload)
  } catch {
    throw notAnEvent()
  }
}

/**
 * Stores an event once, with the tenant that it is about, and has that tenant compared with Stripe: both or neither.
 * @param payload the event's JSON as it was sent
 * @returns what became of it, committed; what is about a tenant that was deleted is not stored
 * @throws AppError 400 `invalid_request` for what is no event of Stripe; 503 as withPlatform
 */
export async function storeEvent(
  context: Context,
  event: unknown,
  payload: string,
  source: 'webhook' | 'reconciliation',
): Promise<Stored> {
  const parsed = eventSchema.safeParse(event)
  if (!parsed.success || isDeeperThan(deepest, event)) throw notAnEvent()
  const { id, type, created, data } = parsed.data
  const { db, clock, log, metrics } = context
  const { tenantId, isOfDeleted } = await db.withPlatform('billing', async (tx) => {
    const tenantId = await findTenant(tx, data.object)
    return { tenantId, isOfDeleted: !tenantId && (await isOfDeletedTenant(tx, data.object)) }
  })
  if (isOfDeleted) return 'ignored'
  const outcome = !isRelevant(type) ? 'ignored' : tenantId ? null : 'unmatched'
  const now = clock.now()
  const stored = await db.withPlatform(
    'billing',
    async (tx): Promise<Stored> => {
      // Deleted since it was found.
      if (tenantId && (await isDeleted(tx, [tenantId]))) return 'ignored'
      const { numInsertedOrUpdatedRows } = await tx
        .insertInto('billing_events')
        .values({
          id,
          type,
          subject_tenant_id: tenantId ?? null,
          customer_id: customerOf(data.object) ?? null,
          payload,
          source,
          occurred_at: instantOf(created),
          received_at: now,
          applied_at: outcome && now,
          outcome,
        })
        .onConflict((conflict) => conflict.column('id').doNothing())
        .executeTakeFirstOrThrow()
      const isNew = numInsertedOrUpdatedRows === 1n
      // One that still waits may have lost its job.
      if (outcome === null && (isNew || (await isWaiting(tx, id)))) await enqueueSync(tx)
      return isNew ? (outcome ?? 'stored') : 'duplicate'
    },
    tenantId && { tenantId },
  )
  metrics.billingEvents.inc({ outcome: stored })
  if (stored === 'unmatched') log.warn({ event: id, type }, 'billing: an event of no tenant that is known')
  return stored
}

/**
 * The tenant that an object of Stripe is about: whose customer it names, else the one that it was made for. A
 * buyer chooses the client_reference_id of a payment link or a pricing table
 * (docs.stripe.com/payment-links/url-parameters), so that is nobody's word.
 */
export async function findTenant(tx: PlatformTx, object: unknown): Promise<TenantId | undefined> {
  const customerId = customerOf(object)
  const known = customerId
    ? await tx
        .selectFrom('billing_accounts')
        .select('tenant_id')
        .where('customer_id', '=', customerId)
        .orderBy('tenant_id')
        .executeTakeFirst()
    : undefined
  if (known) return parseTenantId(known.tenant_id)
  const named = namedTenants(object)
  if (named.length === 0) return undefined
  const found = await tx
    .selectFrom('tenants')
    .select('tenant_id')
    .where('tenant_id', 'in', named)
    .where('tenant_id', '<>', 'system-default')
    // Of what is gone nothing is left to bill.
    .where('status', '<>', 'DELETED')
    .execute()
  return named.find((name) => found.some(({ tenant_id }) => tenant_id === name))
}

function namedTenants(object: unknown): TenantId[] {
  return [
    read(object, 'metadata', 'tenant_id'),
    read(object, 'parent', 'subscription_details', 'metadata', 'tenant_id'),
    read(object, 'subscription_details', 'metadata', 'tenant_id'),
  ].flatMap((text) => parseTenantId(text) ?? [])
}

/** Whether an object of Stripe is about a tenant that was deleted: who paid for it is not to be kept either. */
function isOfDeletedTenant(tx: PlatformTx, object: unknown): Promise<boolean> {
  return isDeleted(tx, namedTenants(object), customerOf(object))
}

async function isDeleted(tx: PlatformTx, tenantIds: TenantId[], customerId?: string): Promise<boolean> {
  const found = await tx
    .selectFrom('deletion_certificates')
    .select('id')
    .where('status', '=', 'done')
    .where((eb) =>
      eb.or([
        eb('subject_tenant_id', '=', sql<string>`any(${tenantIds}::text[])`),
        eb('customer_id', '=', customerId ?? null),
      ]),
    )
    .executeTakeFirst()
  return found !== undefined
}

/** The customer that an object of Stripe names, or is. */
function customerOf(object: unknown): string | undefined {
  const customer = read(object, 'object') === 'customer' ? object : read(object, 'customer')
  return nameSchema.safeParse(read(customer, 'id') ?? customer).data
}

async function isWaiting(tx: PlatformTx, id: string): Promise<boolean> {
  const waiting = tx
    .selectFrom('billing_events')
    .select('id')
    .where('id', '=', id)
    .where('applied_at', 'is', null)
  return (await waiting.executeTakeFirst()) !== undefined
}

function read(value: unknown, ...path: string[]): unknown {
  return path.reduce((at: unknown, name) => (at as Record<string, unknown> | null | undefined)?.[name], value)
}

function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((each) => isDeeperThan(levels - 1, each))
}

function notAnEvent(): AppError {
  return new AppError('invalid_request', { errors: [{ path: 'body', message: 'is not an event of Stripe' }] })
}
