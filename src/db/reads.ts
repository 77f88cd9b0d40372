import { chunk } from 'es-toolkit'
import { isUnsound, tryAgain } from './attempts.ts'
import type { StatementResult } from './batch.ts'
import { checkBegun } from './begin.ts'
import { ConnectionLostError, type ConnectionPool } from './connections.ts'
import { control, NotBegunError, prepareStatement, type Query, type Statement } from './statements.ts'

/** Reads through one pool. */
export interface Reads {
  /**
   * Reads with BEGIN, the queries and COMMIT in one write, answered in one go.
   * @param begin BEGIN and its settings
   * @returns the rows of each query, in order
   * @throws the first error; AppError 503 `database_unavailable`, `overloaded`
   */
  readOnce(begin: readonly Statement[], queries: readonly Query[]): Promise<unknown[][]>
  /** Sends what was asked for in this turn of the event loop, before its end. */
  sendAsked(): void
}

/** A read as it travels, and who waits for it. */
interface Read {
  begin: readonly Statement[]
  /** All that is sent for it, from BEGIN to COMMIT. */
  statements: readonly Statement[]
  resolve(rows: unknown[][]): void
  reject(error: unknown): void
}

/** So many reads share a write at most: each waits for all of them. */
const mostTogether = 8
/** So few go apart where as many connections are idle: several processes of the server answer them sooner than one. */
const mostApart = 2

/**
 * Reads through a pool. Those of short queries that are asked for in the same turn of the event loop share writes. Each is
 * a transaction of its own as ever, but one write, one wake-up of a server process and one answer serve up to eight:
 * together eight cost less than half of what they cost apart. Only two of them, each of which would wait for the other, go
 * apart where nobody else needs the connections. Behind one that fails the others of its write are sent again, each alone:
 * the server has skipped them.
 */
export function openReads(pool: ConnectionPool): Reads {
  let asked: Read[] = []

  function sendAsked(): void {
    const all = asked
    asked = []
    if (all.length === 0) return
    const { idle } = pool.counts()
    const goApart = all.length <= mostApart && all.length <= idle
    const writes = goApart ? all.length : Math.ceil(all.length / mostTogether)
    for (const reads of chunk(all, Math.ceil(all.length / writes))) void send(pool, reads)
  }

  return {
    sendAsked,
    async readOnce(begin, queries) {
      const prepared = queries.map(prepareStatement)
      const read = { begin, statements: [...begin, ...prepared, control('commit')] }
      let mayShare = prepared.every(({ isShort }) => isShort)
      return tryAgain(
        (options) =>
          new Promise<unknown[][]>((resolve, reject) => {
            const waiting = { ...read, resolve, reject }
            if (!mayShare) return void send(pool, [waiting], options)
            mayShare = false
            if (asked.push(waiting) === 1) setImmediate(sendAsked)
          }),
      )
    },
  }
}

/** Sends reads in one write and tells each what became of it, when others may have the connection again. Never rejects. */
async function send(pool: ConnectionPool, reads: readonly Read[], options?: { prepared: boolean }) {
  const outcomes: (() => void)[] = []
  try {
    const connection = await pool.acquire(options)
    let failure: { reason: unknown } | undefined
    try {
      const { answers, error } = await connection.send(reads.flatMap(({ statements }) => statements))
      let place = 0
      for (const read of reads) {
        if (failure) {
          const { reason } = failure
          const isLost = reason instanceof ConnectionLostError
          outcomes.push(() => (isLost ? read.reject(reason) : void send(pool, [read])))
          continue
        }
        const own = answers.slice(place, place + read.statements.length)
        place += own.length
        try {
          const rows = rowsOf(read, own, error)
          outcomes.push(() => read.resolve(rows))
        } catch (reason) {
          failure = { reason }
          outcomes.push(() => read.reject(reason))
        }
      }
      // Without a name: it has to work where the server has forgotten those.
      if (failure) await connection.send([{ ...control('rollback'), isNeverNamed: true }])
    } finally {
      if (isUnsound(failure?.reason)) connection.destroy()
      else connection.release()
    }
  } catch (reason) {
    for (const { reject } of reads) outcomes.push(() => reject(reason))
  }
  for (const tell of outcomes) tell()
}

/** @throws NotBegunError; what ended the answers early, if that was before all of these; what kept rows from being read */
function rowsOf(
  { begin, statements }: Read,
  answers: readonly StatementResult[],
  error: unknown,
): unknown[][] {
  if (answers.length < begin.length) throw error ?? tooFew()
  checkBegun(begin, answers)
  if (answers.length < statements.length) throw error ?? tooFew()
  return answers.slice(begin.length, -1).map(({ rows, unreadable }) => {
    if (unreadable) throw unreadable
    return rows
  })
}

function tooFew(): NotBegunError {
  return new NotBegunError('the server has answered less than it was asked')
}
