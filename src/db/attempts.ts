import { setTimeout as sleep } from 'node:timers/promises'
import type { CompiledQuery } from 'kysely'
import { AppError } from '../errors.ts'
import { ConnectionLostError, type ConnectionPool, type StatementResult } from './connections.ts'
import { isStaleStatement, prepareStatement, type Statement } from './statements.ts'
import { checkBegun, control, Transaction } from './transaction.ts'

/**
 * Runs work in a transaction of one connection of the pool, and commits. Once more when a prepared statement turns out
 * to be stale, and twice more when the server undid the transaction for another's sake.
 * @throws what work throws; what stopped the commit; AppError 503 `database_unavailable`, `overloaded`,
 *   `outcome_unknown`
 */
export function runTransaction<T>(
  pool: ConnectionPool,
  beginSql: string,
  work: (transaction: Transaction) => Promise<T>,
  { awaitBegin }: { awaitBegin: boolean },
): Promise<T> {
  return tryAgain(async (options) => {
    const connection = await pool.acquire(options)
    const transaction = new Transaction(connection)
    let failure: unknown
    try {
      let value: T
      if (awaitBegin || !connection.pipeline) {
        await transaction.begin(beginSql)
        value = await work(transaction)
      } else {
        // BEGIN and the first statement leave together; no answer counts before that to BEGIN.
        value = await connection.inOneWrite(() => {
          void transaction.begin(beginSql)
          return work(transaction)
        })
      }
      await transaction.commit()
      return value
    } catch (error) {
      await transaction.rollback()
      failure = whatEnded(transaction, error)
      throw failure
    } finally {
      if (isStaleStatement(failure)) connection.destroy()
      else connection.release()
    }
  })
}

/** What stands behind the error that comes out, whatever the callback made of it. */
function whatEnded({ fatal, failure }: Transaction, error: unknown): unknown {
  if (fatal) return fatal.error
  return isUndoneForOthers(failure?.error) ? failure?.error : error
}

/**
 * Reads with BEGIN, the queries and COMMIT in one write; otherwise as runTransaction.
 * @returns the rows of each query, in order
 * @throws the first error; AppError 503 `database_unavailable`
 */
export async function readOnce(
  pool: ConnectionPool,
  beginSql: string,
  queries: Pick<CompiledQuery, 'sql' | 'parameters'>[],
): Promise<unknown[][]> {
  const statements = queries.map(({ sql, parameters }) => prepareStatement(sql, parameters))
  return tryAgain((options) => attemptRead(pool, beginSql, statements, options))
}

async function attemptRead(
  pool: ConnectionPool,
  beginSql: string,
  statements: Statement[],
  options: { prepared: boolean },
): Promise<unknown[][]> {
  const connection = await pool.acquire(options)
  const begin = () => connection.sendSimple(beginSql).then(checkBegun)
  const sends = statements.map((statement) => () => connection.send(statement))
  const commit = () => connection.send(control('commit'))
  let failure: unknown
  try {
    const answers: PromiseSettledResult<unknown>[] = connection.pipeline
      ? await Promise.allSettled(
          connection.inOneWrite(() => [begin(), ...sends.map((send) => send()), commit()]),
        )
      : await settleInTurn<unknown>([begin, ...sends], commit)
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

/** Stops at the first rejection; `last` is sent in any case. */
async function settleInTurn<T>(
  steps: (() => Promise<T>)[],
  last: () => Promise<T>,
): Promise<PromiseSettledResult<T>[]> {
  const answers: PromiseSettledResult<T>[] = []
  for (const step of steps) {
    answers.push(...(await Promise.allSettled([step()])))
    if (answers.at(-1)?.status === 'rejected') break
  }
  return [...answers, ...(await Promise.allSettled([last()]))]
}

/** How often a transaction begins anew that the server undid for another's sake. */
const moreTries = 2
/** The longest pause before that, the first time: whoever was in the way should be through by then. */
const pauseMs = 50

/** Only after what certainly left nothing behind. */
async function tryAgain<T>(attempt: (options: { prepared: boolean }) => Promise<T>): Promise<T> {
  let prepared = true
  for (let undone = 0; ; ) {
    try {
      return await attempt({ prepared })
    } catch (error) {
      // The pool's other connections remember the same statements: from here on nothing remembered is used.
      if (prepared && isStaleStatement(error)) prepared = false
      else if (undone < moreTries && isUndoneForOthers(error)) await sleep(Math.random() * pauseMs * ++undone)
      else throw toCallerError(error)
    }
  }
}

/**
 * Whether the server undid a transaction, whole, for another's sake: a serialization failure, or a deadlock.
 * Source: postgresql.org/docs/current/mvcc-serialization-failure-handling.html
 */
function isUndoneForOthers(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown }
  return code === '40001' || code === '40P01'
}

/** SQLSTATEs of a server without room, or whose disk fails it: PostgreSQL, Appendix A, classes 53 and 58. */
const outOfRoom = /^(53[0-3]00|58030)$/

function toCallerError(error: unknown): unknown {
  const { code } = (error ?? {}) as { code?: unknown }
  const isUnavailable = error instanceof ConnectionLostError || outOfRoom.test(String(code))
  return isUnavailable ? new AppError('database_unavailable', { cause: error }) : error
}
