import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../errors.ts'
import { ConnectionLostError, type ConnectionPool } from './connections.ts'
import { isStaleStatement, NotBegunError, type Statement } from './statements.ts'
import { Transaction } from './transaction.ts'

/**
 * Runs work in a transaction of one connection of the pool, and commits, unless work has done so with its last statement.
 * Once more when a prepared statement turns out to be stale, and twice more when the server undid the transaction for
 * another's sake; never when it is saved.
 * @param options `onEnd` hears of each transaction that has ended, in whatever way, before anybody else does
 * @throws what work throws; what stopped the commit; AppError 503 `database_unavailable`, `overloaded`,
 *   `outcome_unknown`
 */
export function runTransaction<T>(
  pool: ConnectionPool,
  begin: readonly Statement[],
  work: (transaction: Transaction) => Promise<T>,
  { awaitBegin, onEnd }: { awaitBegin: boolean; onEnd(transaction: Transaction): unknown },
): Promise<T> {
  let isSaved = false
  const attempt = async (options: { prepared: boolean }) => {
    const connection = await pool.acquire(options)
    const transaction = new Transaction(connection, begin, { awaitBegin })
    let failure: unknown
    try {
      const value = await work(transaction)
      await transaction.commit()
      return value
    } catch (error) {
      await transaction.rollback()
      failure = whatEnded(transaction, error)
      throw failure
    } finally {
      isSaved = transaction.isSaved
      onEnd(transaction)
      if (isUnsound(failure)) connection.destroy()
      else connection.release()
    }
  }
  return tryAgain(attempt, () => !isSaved)
}

/** What stands behind the error that comes out, whatever the callback made of it. */
function whatEnded({ fatal, failure }: Transaction, error: unknown): unknown {
  if (fatal) return fatal.error
  return failure && (isUndoneForOthers(failure.error) || isAborted(error)) ? failure.error : error
}

/** What the server says of every statement behind one that failed. */
function isAborted(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === '25P02'
}

/** Whether a connection has shown that it may not be what it is taken for: it serves nobody else then. */
export function isUnsound(failure: unknown): boolean {
  const { cause } = (failure ?? {}) as { cause?: unknown }
  return isStaleStatement(failure) || [failure, cause].some((error) => error instanceof NotBegunError)
}

/** How often a transaction begins anew that the server undid for another's sake. */
const moreTries = 2
/** The longest pause before that, the first time: whoever was in the way should be through by then. */
const pauseMs = 50

/**
 * Tries something again that certainly left nothing behind: once more when a prepared statement turns out to be stale,
 * and twice more when the server undid it for another's sake.
 * @param attempt `prepared: false`: whatever the server remembers under a name is left alone
 * @param mayTryAgain asked when an attempt has failed
 * @throws what the last attempt throws; AppError 503 `database_unavailable` where that was a lost connection or a server
 *   without room
 */
export async function tryAgain<T>(
  attempt: (options: { prepared: boolean }) => Promise<T>,
  mayTryAgain: () => boolean = () => true,
): Promise<T> {
  let prepared = true
  for (let undone = 0; ; ) {
    try {
      return await attempt({ prepared })
    } catch (error) {
      if (!mayTryAgain()) throw error
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
