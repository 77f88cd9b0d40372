import { AsyncLocalStorage } from 'node:async_hooks'
import type { Compilable, InferResult } from 'kysely'
import { createGates } from '../gate.ts'
import { runTransaction } from './attempts.ts'
import { beginRead, beginWrite, holdTenant, setReason, setTenant } from './begin.ts'
import { openPool } from './connections.ts'
import {
  createPlatformTx,
  createTx,
  type PlatformQueryBuilder,
  type PlatformTx,
  platformQueries,
  type TenantQueryBuilder,
  type Tx,
  tenantQueries,
} from './handles.ts'
import { openReads, type Reads } from './reads.ts'
import { control, TransactionError } from './statements.ts'
import type { TenantId } from './tenant-id.ts'

export type {
  PlatformQueryBuilder,
  PlatformTx,
  TenantOwned,
  TenantQueryBuilder,
  TenantTables,
  Tx,
} from './handles.ts'
export { keepPlatformQueries, keepQueries } from './kept-queries.ts'
export { TransactionError } from './statements.ts'

/** Why the platform looks across tenants: the `application_name` of its transaction, for whoever watches the server. */
export type PlatformReason =
  | 'signup'
  | 'login'
  | 'session'
  | 'account'
  | 'invitation'
  | 'mail'
  | 'super admin'
  | 'rate limits'
  | 'housekeeping'
  | 'signing keys'
  | 'catalogue'
  | 'tenants'
  | 'usage'
  | 'billing'
  | 'request counts'
  | 'audit'
  | 'support'
  | 'deletion'
  | 'notifications'
  | 'statistics'
  | 'system settings'
  | 'idempotency'

/** The only way to the data. It has no query methods: a handle exists inside a callback and dies with it. */
export interface Database {
  /**
   * Runs work in one transaction inside one tenant and commits when it returns, or with its last statement (runLast). Never
   * nested. Work must have no effect outside the transaction: after a stale prepared statement, a deadlock or a
   * serialization failure it is run again.
   * @throws what work throws, after rolling back what runLast has not saved; the rejection of a statement that work swallowed;
   *   TransactionError when work broke a rule, such as leaving a statement under way; AppError 503
   *   `database_unavailable`, `overloaded`, `outcome_unknown`
   */
  withTenant<T>(tenantId: TenantId, work: (tx: Tx) => Promise<T>): Promise<T>
  /**
   * Reads inside one tenant with BEGIN READ ONLY, the queries and COMMIT in a single socket write, which short queries
   * that are asked for at the same time may share: each read is a transaction of its own nonetheless.
   * @returns the rows of each query, in order
   * @throws the first query's error; AppError 503 as withTenant
   */
  readTenant<Queries extends readonly Compilable[]>(
    tenantId: TenantId,
    build: (queries: TenantQueryBuilder) => readonly [...Queries],
  ): Promise<{ [Index in keyof Queries]: InferResult<Queries[Index]> }>
  /**
   * Runs work in one transaction of the platform role. With `tenantId`, rows of that one tenant can be written
   * too, under the same policy as everybody's, and the last rows of a tenant that is being deleted go only when it has
   * ended: who looks at the tenant's status in it can rely on that. Otherwise as withTenant.
   */
  withPlatform<T>(
    reason: PlatformReason,
    work: (tx: PlatformTx) => Promise<T>,
    options?: { tenantId?: TenantId },
  ): Promise<T>
  /**
   * Reads as the platform role, across tenants, in a single socket write; otherwise as readTenant, without its bound of
   * transactions per tenant.
   * @throws the first query's error; AppError 503 `database_unavailable`, `overloaded`
   */
  readPlatform<Queries extends readonly Compilable[]>(
    reason: PlatformReason,
    build: (queries: PlatformQueryBuilder) => readonly [...Queries],
  ): Promise<{ [Index in keyof Queries]: InferResult<Queries[Index]> }>
  /**
   * Another number than before when this process has changed something since that may decide who may do what in a
   * tenant.
   */
  generationOf(tenantId: TenantId): number
  /** Connections of each pool: open, idle, and callers in line. */
  counts(): Record<'tenant' | 'platform', { total: number; idle: number; waiting: number }>
  /** Waits for the transactions under way and closes all connections. */
  close(): Promise<void>
}

/** Where the two runtime roles connect and how; times in milliseconds. */
export interface DatabaseOptions {
  tenantUrl: string
  platformUrl: string
  tenantPoolSize: number
  tenantPoolIdleMs: number
  platformPoolSize: number
  platformPoolIdleMs: number
  poolWaitMs: number
  statementTimeoutMs: number
  pipeline: boolean
  prepared: boolean
  onError: (error: Error) => void
}

/** One tenant has at most this many transactions at a time in a process, so that it cannot hold the whole pool. */
const transactionsPerTenant = 10
const waitingPerTenant = 1000

/** Runs one statement of ours in a read-only transaction outside any tenant, and gives its rows. */
export type Ask = (sql: string, parameters: unknown[]) => Promise<Record<string, unknown>[]>

/** The database, and beside it what the checks at the start and in /health/ready ask: never handed to a handler. */
export interface OpenedDatabase {
  db: Database
  ask: { tenant: Ask; platform: Ask }
}

/** Opens the pools of the tenant and the platform role; connects on first use. */
export function openDatabase(options: DatabaseOptions): OpenedDatabase {
  const { poolWaitMs: waitMs, pipeline, prepared, onError } = options
  // The server ends a statement by itself before that, unless it is frozen.
  const answerMs = options.statementTimeoutMs + 3000
  const common = { waitMs, pipeline, prepared, onError, answerMs }
  const tenantPool = openPool({
    ...common,
    url: options.tenantUrl,
    size: options.tenantPoolSize,
    idleMs: options.tenantPoolIdleMs,
  })
  const platformPool = openPool({
    ...common,
    url: options.platformUrl,
    size: options.platformPoolSize,
    idleMs: options.platformPoolIdleMs,
  })
  const tenantReads = openReads(tenantPool)
  const platformReads = openReads(platformPool)
  const throughGate = createGates<TenantId>(transactionsPerTenant, waitingPerTenant, waitMs)
  // An abandoned transaction is ended by the server: it would hold its locks and its connection for good.
  const timeLimit = control(`SET LOCAL statement_timeout = ${Number(options.statementTimeoutMs)}`)
  const idleLimit = {
    ...control(`SET LOCAL idle_in_transaction_session_timeout = ${Number(options.statementTimeoutMs)}`),
    isAgainstIdling: true,
  }

  // A guard and nothing else: a transaction inside a transaction does not see its rows, outlives its rollback,
  // and waits for a connection while it holds one, until all wait for each other.
  const underWay = new AsyncLocalStorage<{ isOpen: boolean }>()

  function refuseInside(): void {
    if (underWay.getStore()?.isOpen) {
      throw new TransactionError('a transaction is open here already: use its handle, or its savepoint')
    }
  }

  async function alone<T>(work: () => Promise<T>): Promise<T> {
    refuseInside()
    const transaction = { isOpen: true }
    try {
      return await underWay.run(transaction, work)
    } finally {
      transaction.isOpen = false
    }
  }

  const askThrough =
    ({ readOnce }: Reads): Ask =>
    async (sql, parameters) => {
      const [rows] = await readOnce([beginRead, timeLimit], [{ sql, parameters }])
      return rows as Record<string, unknown>[]
    }

  const generations = createGenerations()

  const db: Database = {
    generationOf: generations.of,

    withTenant: (tenantId, work) =>
      alone(() => {
        const begin = [beginWrite, setTenant(tenantId), timeLimit, idleLimit]
        return throughGate(tenantId, () =>
          runTransaction(tenantPool, begin, (transaction) => work(createTx(transaction, transaction.root)), {
            // Without a tenant this role sees and writes nothing, so a statement need not wait for BEGIN.
            awaitBegin: false,
            onEnd: ({ mayDecideAccess }) => mayDecideAccess && generations.move(tenantId),
          }),
        )
      }),

    readTenant: async (tenantId, build) => {
      refuseInside()
      // Nothing of it waits for this process, so there is no time in which it could be idle.
      const begin = [beginRead, setTenant(tenantId), timeLimit]
      const queries = build(tenantQueries).map((query) => query.compile())
      return throughGate(tenantId, () => tenantReads.readOnce(begin, queries)) as Promise<never>
    },

    withPlatform: (reason, work, { tenantId } = {}) =>
      alone(() => {
        const inTenant = tenantId ? [setTenant(tenantId)] : []
        const begin = [beginWrite, ...inTenant, setReason(reason), timeLimit, idleLimit]
        // Deletion takes a lock of its own, and so does sealing the audit trail, without waiting for it.
        const takesOwn = reason === 'deletion' || reason === 'audit'
        if (tenantId && !takesOwn) begin.push(holdTenant(tenantId))
        return runTransaction(
          platformPool,
          begin,
          (transaction) => work(createPlatformTx(transaction, transaction.root)),
          { awaitBegin: true, onEnd: () => decidesNothing.has(reason) || generations.moveAll() },
        )
      }),

    readPlatform: async (reason, build) => {
      refuseInside()
      const queries = build(platformQueries).map((query) => query.compile())
      // Behind a BEGIN that became something else nothing could be saved, as long as callers only select.
      return platformReads.readOnce([beginRead, setReason(reason), timeLimit], queries) as Promise<never>
    },

    counts: () => ({ tenant: tenantPool.counts(), platform: platformPool.counts() }),
    close: async () => {
      for (const { sendAsked } of [tenantReads, platformReads]) sendAsked()
      await Promise.all([tenantPool.close(), platformPool.close()])
    },
  }
  return { db, ask: { tenant: askThrough(tenantReads), platform: askThrough(platformReads) } }
}

/**
 * What comes often, and changes nothing that decides access: counts, new sessions, the hash of a password under other
 * parameters. What changes a role, a status or a password needs another reason, or it acts after 0.9 seconds only.
 */
const decidesNothing: ReadonlySet<PlatformReason> = new Set([
  'login',
  'rate limits',
  'request counts',
  'signing keys',
  'statistics',
])

/** More tenants than these are all taken to have changed. */
const mostGenerations = 10_000

function createGenerations() {
  let latest = 0
  let ofAll = 0
  const ofTenants = new Map<TenantId, number>()
  const moveAll = () => {
    ofAll = ++latest
    ofTenants.clear()
  }
  return {
    of: (tenantId: TenantId) => ofTenants.get(tenantId) ?? ofAll,
    move(tenantId: TenantId) {
      if (ofTenants.size >= mostGenerations) moveAll()
      ofTenants.set(tenantId, ++latest)
    },
    moveAll,
  }
}
