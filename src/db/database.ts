import type { Compilable, CompiledQuery, InferResult } from 'kysely'
import { AppError } from '../errors.ts'
import {
  type ConnectionPool,
  encodeParameters,
  escapeLiteral,
  openPool,
  type StatementResult,
} from './connections.ts'
import { createGate, type Gate } from './gate.ts'
import {
  createPlatformTx,
  createTx,
  type PlatformTx,
  type TenantQueryBuilder,
  type Tx,
  tenantQueries,
} from './handles.ts'
import { parseTenantId, type TenantId } from './tenant-id.ts'
import { checkBegun, isStaleStatement, type Scope, Transaction, TransactionError } from './transaction.ts'

export type { PlatformTx, TenantQueryBuilder, Tx } from './handles.ts'
export { TransactionError } from './transaction.ts'

/** Why the platform looks across tenants, for the log and for readers of the code. */
export type PlatformReason = 'signup' | 'login' | 'signing keys' | 'session' | 'catalogue' | 'job' | 'health'

/** The only way to the data. It has no query methods: a handle exists inside a callback and dies with it. */
export interface Database {
  /**
   * Runs work in one transaction inside one tenant and commits when it returns. Never nested. Work must have
   * no effect outside the transaction: after a stale prepared statement it is run once more.
   * @throws what work throws, after rolling back; TransactionError when work left a statement under way or
   *   swallowed a rejected one; AppError 503 `database_unavailable`, `overloaded`, `outcome_unknown`
   */
  withTenant<T>(tenantId: TenantId, work: (tx: Tx) => Promise<T>): Promise<T>
  /**
   * Reads inside one tenant with BEGIN READ ONLY, the queries and COMMIT in a single socket write.
   * @returns the rows of each query, in order
   * @throws the first query's error; AppError 503 as withTenant
   */
  readTenant<Queries extends readonly Compilable[]>(
    tenantId: TenantId,
    build: (queries: TenantQueryBuilder) => readonly [...Queries],
  ): Promise<{ [Index in keyof Queries]: InferResult<Queries[Index]> }>
  /**
   * Runs work in one transaction of the platform role. With `tenantId`, rows of that one tenant can be written
   * too, under the same policy as everybody's. Otherwise as withTenant.
   */
  withPlatform<T>(
    reason: PlatformReason,
    work: (tx: PlatformTx) => Promise<T>,
    options?: { tenantId?: TenantId },
  ): Promise<T>
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
  platformPoolSize: number
  poolIdleMs: number
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
  const { poolIdleMs: idleMs, poolWaitMs: waitMs, pipeline, prepared, onError } = options
  const common = { idleMs, waitMs, pipeline, prepared, onError }
  const tenantPool = openPool({ ...common, url: options.tenantUrl, size: options.tenantPoolSize })
  const platformPool = openPool({ ...common, url: options.platformUrl, size: options.platformPoolSize })
  const gates = new Map<TenantId, Gate>()
  // An abandoned transaction is ended by the server: it would hold its locks and its connection for good.
  const settings = `SET LOCAL statement_timeout = ${Number(options.statementTimeoutMs)}; SET LOCAL idle_in_transaction_session_timeout = ${Number(options.statementTimeoutMs)}`

  async function throughGate<T>(tenantId: TenantId, work: () => Promise<T>): Promise<T> {
    let gate = gates.get(tenantId)
    if (!gate) {
      gate = createGate(transactionsPerTenant, waitingPerTenant)
      gates.set(tenantId, gate)
    }
    const turn = gate.enter()
    if (turn !== undefined) await turn
    try {
      return await work()
    } finally {
      gate.leave()
      if (gate.size === 0) gates.delete(tenantId)
    }
  }

  const askThrough =
    (pool: ConnectionPool): Ask =>
    async (sql, parameters) => {
      const [rows] = await readOnce(pool, `BEGIN READ ONLY; ${settings}`, [{ sql, parameters }])
      return rows as Record<string, unknown>[]
    }

  const db: Database = {
    withTenant(tenantId, work) {
      const beginSql = `BEGIN; ${setTenant(tenantId)}; ${settings}`
      return throughGate(tenantId, () =>
        runTransaction(tenantPool, beginSql, (transaction, scope) => work(createTx(transaction, scope)), {
          // Without a tenant this role sees and writes nothing, so statements need not wait for BEGIN.
          awaitBegin: false,
        }),
      )
    },

    readTenant(tenantId, build) {
      const beginSql = `BEGIN READ ONLY; ${setTenant(tenantId)}; ${settings}`
      const queries = build(tenantQueries).map((query) => query.compile())
      return throughGate(tenantId, () => readOnce(tenantPool, beginSql, queries)) as Promise<never>
    },

    withPlatform(_reason, work, { tenantId } = {}) {
      const beginSql = tenantId ? `BEGIN; ${setTenant(tenantId)}; ${settings}` : `BEGIN; ${settings}`
      return runTransaction(
        platformPool,
        beginSql,
        (transaction, scope) => work(createPlatformTx(transaction, scope)),
        // Its global tables have no row security: behind a failed BEGIN an insert would commit on its own.
        { awaitBegin: true },
      )
    },

    counts: () => ({ tenant: tenantPool.counts(), platform: platformPool.counts() }),
    close: async () => {
      await Promise.all([tenantPool.close(), platformPool.close()])
    },
  }
  return { db, ask: { tenant: askThrough(tenantPool), platform: askThrough(platformPool) } }
}

function setTenant(tenantId: TenantId): string {
  if (!parseTenantId(tenantId)) throw new TransactionError('not a tenant id')
  return `SET LOCAL app.tenant_id = ${escapeLiteral(tenantId)}`
}

type Work<T> = (transaction: Transaction, scope: Scope) => Promise<T>

async function runTransaction<T>(
  pool: ConnectionPool,
  beginSql: string,
  work: Work<T>,
  options: { awaitBegin: boolean },
): Promise<T> {
  const first = await attempt(pool, beginSql, work, options)
  if (first.ok) return first.value
  if (!isStaleStatement(first.failure)) throw toCallerError(first.error)
  const second = await attempt(pool, beginSql, work, options)
  if (second.ok) return second.value
  throw toCallerError(second.error)
}

type Attempt<T> = { ok: true; value: T } | { ok: false; error: unknown; failure: unknown }

async function attempt<T>(
  pool: ConnectionPool,
  beginSql: string,
  work: Work<T>,
  { awaitBegin }: { awaitBegin: boolean },
): Promise<Attempt<T>> {
  const connection = await pool.acquire()
  const scope: Scope = { isOpen: true }
  const transaction = new Transaction(connection, scope)
  try {
    let value: T
    if (awaitBegin || !connection.pipeline) {
      await transaction.begin(beginSql)
      value = await work(transaction, scope)
    } else {
      // BEGIN and the first statement leave together; commit() looks at the answer to BEGIN.
      value = await connection.inOneWrite(() => {
        transaction.begin(beginSql).catch(() => undefined)
        return work(transaction, scope)
      })
    }
    await transaction.commit()
    return { ok: true, value }
  } catch (error) {
    await transaction.rollback()
    return { ok: false, error, failure: transaction.failure }
  } finally {
    if (isStaleStatement(transaction.failure)) connection.destroy()
    else connection.release()
  }
}

interface EncodedQuery {
  sql: string
  values: (string | Buffer | null)[]
}

async function readOnce(
  pool: ConnectionPool,
  beginSql: string,
  compiled: Pick<CompiledQuery, 'sql' | 'parameters'>[],
): Promise<unknown[][]> {
  const queries = compiled.map(({ sql, parameters }) => ({ sql, values: encodeParameters(parameters) }))
  try {
    return await attemptRead(pool, beginSql, queries)
  } catch (error) {
    if (!isStaleStatement(error)) throw toCallerError(error)
  }
  return attemptRead(pool, beginSql, queries).catch((error) => {
    throw toCallerError(error)
  })
}

async function attemptRead(
  pool: ConnectionPool,
  beginSql: string,
  queries: EncodedQuery[],
): Promise<unknown[][]> {
  const connection = await pool.acquire()
  const steps: (() => Promise<unknown>)[] = [
    () => connection.sendSimple(beginSql).then(checkBegun),
    ...queries.map(
      ({ sql, values }) =>
        () =>
          connection.send(sql, values),
    ),
    () => connection.send('commit', []),
  ]
  let failure: unknown
  try {
    const answers = connection.pipeline
      ? await Promise.allSettled(connection.inOneWrite(() => steps.map((send) => send())))
      : await settleInTurn(steps)
    const rejected = answers.find((answer) => answer.status === 'rejected')
    if (rejected) {
      failure = rejected.reason
      throw failure
    }
    return answers
      .slice(1, -1)
      .map((answer) => (answer as PromiseFulfilledResult<StatementResult>).value.rows)
  } finally {
    if (isStaleStatement(failure)) connection.destroy()
    else connection.release()
  }
}

async function settleInTurn<T>(steps: (() => Promise<T>)[]): Promise<PromiseSettledResult<T>[]> {
  const answers: PromiseSettledResult<T>[] = []
  for (const step of steps) answers.push(...(await Promise.allSettled([step()])))
  return answers
}

/** SQLSTATEs of a server that is not there or has no room: PostgreSQL, Appendix A, classes 08, 53 and 57. */
const unavailableStates = /^(08...|53[23]00|57P0[1-5])$/

function toCallerError(error: unknown): unknown {
  if (error instanceof AppError || error instanceof TransactionError) return error
  const { code } = error as { code?: unknown }
  const isConnectionLost =
    error instanceof Error &&
    (/^(Connection terminated|Client has encountered a connection error|Client was closed)/.test(
      error.message,
    ) ||
      ['ECONNRESET', 'EPIPE', 'ETIMEDOUT'].includes(String(code)))
  return isConnectionLost || unavailableStates.test(String(code))
    ? new AppError('database_unavailable', { cause: error })
    : error
}
