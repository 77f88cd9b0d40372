import { sql } from 'kysely'
import type { Context } from '../../context.ts'
import type { PlatformTx } from '../../db/database.ts'
import type { TenantId } from '../../db/tenant-id.ts'
import type { Claims } from '../members/access.ts'

const minuteMs = 60_000
const mergeEveryMs = 1000

/** How a tenant stands to its requests per minute. */
export interface RequestRate {
  /** Whether the request may go on. */
  isWithin: boolean
  limit: number
  /** What is left of it in this minute. */
  remaining: number
  /** Until the minute ends, and counting begins anew: 1 to 60. */
  seconds: number
}

/**
 * Requests per minute of each tenant: calendar minutes of the context's clock, counted in memory and merged through the
 * database with what the other processes count, once a second.
 *
 * One process alone is exact. Several together go beyond the limit by what they let through before they know that it is
 * reached. Each tells the others once a second and is told once a second: that is what the tenant sends within two
 * seconds, and to a process that it turns to only later in the minute, what it sends there within one. None by itself
 * lets through more than the limit. While the database does not answer, each holds its own count against the limit, and
 * no request waits. A merge that got through and whose answer was lost counts twice, until the minute ends.
 */
export interface RequestRates {
  /**
   * Counts one request, if it is within the limit, of a caller who has shown that they belong to the tenant.
   * @param limit what the tenant may send in a minute at present; null is unlimited
   * @param options `isOlder`: the limit was read a while ago, so that one known since counts
   * @returns undefined where there is no limit
   */
  take(caller: Claims, limit: number | null, options?: { isOlder?: boolean }): RequestRate | undefined
  /** How it stands when the caller was refused in this minute already and would be again; a look into memory. */
  findRefusal(caller: Claims): RequestRate | undefined
  /** Tells the others what is new here, and learns what they count and what is allowed now. A failure is logged. */
  merge(): Promise<void>
  /** Merges every second in which there is something to tell or to ask; `stop` does so a last time. */
  start(): { stop(): Promise<void> }
}

interface Count {
  limit: number | null
  /** What this process has let through, and how much of it the others have been told. */
  own: number
  told: number
  /** What the others have let through, as far as it is known. */
  others: number
  /** Who was refused: only those whose session or key was looked at, since a key can name any tenant. */
  refused: Set<string>
}

/** Makes the counts of one process, empty. */
export function createRequestRates({ db, clock, log }: Pick<Context, 'db' | 'clock' | 'log'>): RequestRates {
  let counts = new Map<TenantId, Count>()
  let minute = 0
  let merging = Promise.resolve()
  let inLine = 0
  let isFailing = false

  /** The counts of the present minute; those of any other are of no use to anybody. */
  const present = (now: number) => {
    const started = now - (now % minuteMs)
    if (started !== minute) {
      counts = new Map()
      minute = started
    }
    return counts
  }
  const rateOf = (count: Count, limit: number, now: number, isWithin: boolean): RequestRate => ({
    isWithin,
    limit,
    remaining: Math.max(0, limit - count.own - count.others),
    seconds: Math.ceil((minute + minuteMs - now) / 1000),
  })

  async function exchange(): Promise<void> {
    const due = [...present(clock.now().getTime())].filter(
      ([, count]) => count.own > count.told || isUsedUp(count),
    )
    if (due.length === 0) return
    const added = due.map(([, { own, told }]) => own - told)
    const tenantIds = due.map(([tenantId]) => tenantId)
    const startedAt = new Date(minute)
    try {
      const rows = await db.withPlatform('request counts', (tx) =>
        addHits(tx, { tenantIds, added, minute: startedAt }),
      )
      const answers = new Map(rows.map((row) => [row.tenant_id, row]))
      for (const [index, [tenantId, count]] of due.entries()) {
        count.told += added[index] as number
        const answer = answers.get(tenantId)
        if (!answer) continue
        // Never less than before: a crash of PostgreSQL empties its table.
        count.others = Math.max(count.others, Number(answer.hits) - count.told)
        count.limit = answer.allowed
      }
      isFailing = false
    } catch (err) {
      if (!isFailing) log.warn({ err }, 'requests per minute are not merged with other processes for now')
      isFailing = true
    }
  }

  /** One after the other. */
  function merge(): Promise<void> {
    inLine++
    merging = merging.then(exchange).finally(() => {
      inLine--
    })
    return merging
  }

  return {
    take(caller, given, { isOlder = false } = {}) {
      const now = clock.now().getTime()
      const ofTenants = present(now)
      const known = ofTenants.get(caller.tenantId)
      const limit = isOlder && known ? known.limit : given
      if (limit === null) {
        ofTenants.delete(caller.tenantId)
        return undefined
      }
      let count = known
      if (!count) {
        count = { limit, own: 0, told: 0, others: 0, refused: new Set() }
        ofTenants.set(caller.tenantId, count)
      }
      count.limit = limit
      const isWithin = count.own + count.others < limit
      if (isWithin) count.own++
      else count.refused.add(nameOf(caller))
      return rateOf(count, limit, now, isWithin)
    },

    findRefusal(caller) {
      const now = clock.now().getTime()
      const count = present(now).get(caller.tenantId)
      if (!count || count.limit === null || !isUsedUp(count)) return undefined
      return count.refused.has(nameOf(caller)) ? rateOf(count, count.limit, now, false) : undefined
    },

    merge,

    start() {
      const timer = setInterval(() => {
        if (inLine === 0) void merge()
      }, mergeEveryMs).unref()
      return {
        async stop() {
          clearInterval(timer)
          await merge()
        },
      }
    },
  }
}

function isUsedUp({ limit, own, others }: Count): boolean {
  return limit !== null && own + others >= limit
}

/** The session, or the key with its secret: who only knows a key's id is somebody else. */
function nameOf(caller: Claims): string {
  switch (caller.kind) {
    case 'user':
      return caller.sessionId
    case 'api_key':
      return `${caller.keyId} ${caller.secretHash.toString('base64')}`
    case 'support':
      return caller.supportSessionId
  }
}

/**
 * Adds what is new of each tenant, and gives what all processes have counted and what is allowed at present. Rows are
 * locked in the order of their tenants, so that no two processes wait for each other.
 */
async function addHits(
  tx: PlatformTx,
  { tenantIds, added, minute }: { tenantIds: TenantId[]; added: number[]; minute: Date },
) {
  const { rows } = await sql<{ tenant_id: TenantId; hits: string; allowed: number | null }>`
    with known as (
      select * from unnest(${tenantIds}::text[], ${added}::bigint[]) known (tenant_id, added)
    ), merged as (
      insert into request_counts (subject_tenant_id, minute, hits)
      select known.tenant_id, ${minute}, added from known
      join tenants on tenants.tenant_id = known.tenant_id and tenants.status not in ('DELETING', 'DELETED')
      where added > 0 order by known.tenant_id collate "C"
      on conflict (subject_tenant_id, minute) do update set hits = request_counts.hits + excluded.hits
      returning subject_tenant_id, hits
    )
    select known.tenant_id, coalesce(merged.hits, before.hits, 0) as hits,
      app.allowed(plans, tenants.limit_overrides, 'requests_per_minute')::float8 as allowed
    from known
    join tenants on tenants.tenant_id = known.tenant_id
    join plans on plans.plan = tenants.plan
    left join merged on merged.subject_tenant_id = known.tenant_id
    left join request_counts before on before.subject_tenant_id = known.tenant_id and before.minute = ${minute}
  `.execute(tx)
  return rows
}

/** Deletes the counts of minutes that are over, for every process's clock. */
export async function forgetRequestCounts(tx: PlatformTx, now: Date): Promise<void> {
  const longAgo = new Date(now.getTime() - 5 * minuteMs)
  await tx.deleteFrom('request_counts').where('minute', '<', longAgo).execute()
}
