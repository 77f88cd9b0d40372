import { type SqlBool, sql } from 'kysely'
import type { Context } from '../../context.ts'
import type { PlatformTx } from '../../db/database.ts'
import type { TenantId } from '../../db/tenant-id.ts'
import { eachTenantId } from '../../jobs/each-tenant.ts'
import { newId } from '../../new-id.ts'

/** About as many entries go under one seal; those of one transaction go together. */
const entriesPerSeal = 1000
/** Sealing is late when a transaction has kept it from going on for this long. */
const lateMs = 10 * 60_000

/**
 * The job: seals the entries of every tenant that no running transaction can precede any more. The horizon is the oldest
 * transaction of this database that runs while it is asked for (app.audit_horizon; PostgreSQL's documentation, section
 * 9.28, on snapshots): whatever was written by older ones is there by then or never will be. So who writes an entry waits for nobody, and a transaction
 * that stays open makes seals late. Any number of processes may run it.
 * @throws Error at the end when it failed for some tenants
 */
export async function sealAudit(context: Pick<Context, 'db' | 'clock' | 'log'>): Promise<void> {
  const { db, log } = context
  const horizon = await db.withPlatform('audit', (tx) => moveHorizon(tx, context))
  let failures = 0
  for await (const tenantId of eachTenantId({ db }, 'audit', hasEntriesBefore(horizon))) {
    try {
      await sealTenant(context, tenantId, horizon)
    } catch (err) {
      failures++
      log.error({ err, tenant_id: tenantId }, 'the audit trail of a tenant could not be sealed')
    }
  }
  if (failures > 0) throw new Error(`the audit trails of ${failures} tenants could not be sealed`)
}

interface NewSeal {
  number: string
  to_position: string
  hash: Buffer
  entries: number
}

/** Seals what there is of one tenant, and says each seal in the log, which who has only the database cannot rewrite. */
async function sealTenant(
  { db, clock, log }: Pick<Context, 'db' | 'clock' | 'log'>,
  tenantId: TenantId,
  horizon: string,
): Promise<void> {
  for (;;) {
    const now = clock.now()
    const id = newId(now)
    const { rows } = await db.withPlatform(
      'audit',
      (tx) =>
        sql<NewSeal>`select number, to_position, hash, entries
          from app.seal_audit(${horizon}::bigint, ${entriesPerSeal}::integer, ${id}::uuid, ${now}::timestamptz)`.execute(
          tx,
        ),
      { tenantId },
    )
    const [seal] = rows
    if (!seal) return
    const { number, to_position, hash, entries } = seal
    log.info(
      { tenant_id: tenantId, seal: Number(number), hash: hash.toString('hex'), entries },
      'audit sealed',
    )
    if (BigInt(to_position) >= BigInt(horizon)) return
  }
}

/** The position before which everything may be sealed. It is kept, so that a restored database goes on behind it. */
async function moveHorizon(tx: PlatformTx, { clock, log }: Pick<Context, 'clock' | 'log'>): Promise<string> {
  const now = clock.now()
  const { rows } = await sql<{ horizon: string; since: Date }>`
    select horizon, since from app.move_audit_horizon(${now}::timestamptz)`.execute(tx)
  const { horizon, since } = rows[0] as (typeof rows)[number]
  if (now.getTime() - since.getTime() > lateMs) {
    log.warn({ since }, 'a transaction that stays open keeps the audit trail from being sealed')
  }
  return horizon
}

/** Whether a tenant has entries before the horizon that its last seal does not reach. */
function hasEntriesBefore(horizon: string) {
  return sql<SqlBool>`tenants.status not in ('DELETING', 'DELETED') and exists (
    select from audit_entries e
    where e.tenant_id = tenants.tenant_id and e.position < ${horizon}::bigint and e.position >= coalesce((
      select s.to_position from audit_seals s where s.tenant_id = tenants.tenant_id order by s.number desc limit 1), 0))`
}
