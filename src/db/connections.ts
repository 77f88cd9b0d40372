import { channel } from 'node:diagnostics_channel'
import pg from 'pg'
import { AppError } from '../errors.ts'
import { Batch, type BatchResult } from './batch.ts'
import { StatementNames } from './statement-names.ts'
import type { Statement } from './statements.ts'

export type { StatementResult } from './batch.ts'

/** How one pool of connections behaves; times in milliseconds. */
export interface PoolOptions {
  url: string
  size: number
  idleMs: number
  /** How long a request waits for a connection before 503. */
  waitMs: number
  /** Send statements without waiting for the answers before them (off for PgBouncer below 1.21). */
  pipeline: boolean
  /** Keep parsed statements on the connection (off for PgBouncer below 1.21 in transaction mode). */
  prepared: boolean
  onError: (error: Error) => void
  /** A server that has not answered anything for so long is taken for lost: it may be frozen, with its socket open. */
  answerMs: number
}

/** The connection broke before the answer came. */
export class ConnectionLostError extends Error {
  override name = 'ConnectionLostError'
  /** Whether the statement had left: then nobody knows whether it ran. */
  readonly wasSent: boolean

  constructor(wasSent: boolean, cause: unknown) {
    super('the connection to the database was lost', { cause })
    this.wasSent = wasSent
  }
}

/** SQLSTATEs with which the server ends a session: PostgreSQL, Appendix A, classes 25 and 57. */
const endOfSession = /^(57P0[1-5]|25P0[34])$/
/** A dead peer is noticed this long after its last sign of life. */
export const keepAliveMs = 10_000
/** Whoever listens in this process is told what leaves in each write, and as which user. */
const sent = channel('tenantry.sent')

/** What @types/pg leaves out of the client that the class below relies on. */
interface ClientInternals {
  _queryable: boolean
  connection: { stream: { destroy(error: Error): void } }
}

/**
 * One connection to PostgreSQL while somebody holds it. It writes to the socket at once; answers come in the order of
 * the calls. Without pipelining the caller has to await each answer before the next call.
 */
export class Connection {
  readonly pipeline: boolean
  readonly #client: pg.PoolClient
  readonly #internals: ClientInternals
  readonly #names: StatementNames | undefined
  readonly #answerMs: number
  #outstanding = 0
  #deadline: NodeJS.Timeout | undefined
  #deadlineMs = 0
  #isReleased = false

  constructor(
    client: pg.PoolClient,
    { pipeline, answerMs }: Pick<PoolOptions, 'pipeline' | 'answerMs'>,
    names: StatementNames | undefined,
  ) {
    this.pipeline = pipeline
    this.#answerMs = answerMs
    this.#client = client
    this.#internals = client as unknown as ClientInternals
    this.#names = names
  }

  /**
   * Sends statements in one write, extended protocol: a second statement smuggled into a text is refused by the server,
   * and after one that fails the server skips the others. Never rejects.
   * @param options `long`: how many of them may each take as long as a statement may, since they are answered in one go
   */
  send(statements: readonly Statement[], { long = 1 } = {}): Promise<BatchResult> {
    if (this.#isReleased) {
      const error = new Error('this connection may serve somebody else by now')
      return Promise.resolve({ answers: [], error })
    }
    if (sent.hasSubscribers) sent.publish({ user: this.#client.user, statements })
    const wasSent = this.#internals._queryable
    this.#awaitAnswer(long * this.#answerMs)
    return new Promise((resolve) => {
      const done = (result: BatchResult) => {
        if (--this.#outstanding === 0) clearTimeout(this.#deadline)
        else this.#deadline?.refresh()
        if (this.#isLost(result.error)) result.error = new ConnectionLostError(wasSent, result.error)
        resolve(result)
      }
      this.#client.query(new Batch(statements, this.#names, done))
    })
  }

  /** Gives the connection back, or closes it unless nothing is under way on it and it is in no transaction. */
  release(): void {
    this.#isReleased = true
    this.#client.release(this.#outstanding > 0 || this.#client.getTransactionStatus() !== 'I')
  }

  /** Closes the connection: whatever happens on it now, nobody is served by it again. */
  destroy(): void {
    this.#isReleased = true
    this.#client.release(true)
  }

  #awaitAnswer(withinMs: number): void {
    if (this.#outstanding++ > 0 && withinMs <= this.#deadlineMs) return
    clearTimeout(this.#deadline)
    this.#deadlineMs = withinMs
    this.#deadline = setTimeout(() => {
      this.#internals.connection.stream.destroy(new Error('the database does not answer'))
    }, withinMs)
  }

  #isLost(error: unknown): boolean {
    if (error === undefined) return false
    const { code, severity } = error as { code?: string; severity?: string }
    // The severity comes in the server's language, so it can confirm but not deny.
    return (
      !this.#internals._queryable ||
      severity === 'FATAL' ||
      severity === 'PANIC' ||
      endOfSession.test(String(code))
    )
  }
}

/** A pool whose connections come out wrapped, and the counts of it. */
export interface ConnectionPool {
  /**
   * @param options `prepared: false`: whatever the server remembers under a name is left alone
   * @throws AppError 503 `overloaded` when others hold all connections for too long; `database_unavailable` when none
   *   is to be had
   */
  acquire(options?: { prepared: boolean }): Promise<Connection>
  counts(): { total: number; idle: number; waiting: number }
  close(): Promise<void>
}

/** What pg-pool says to whoever waited in line for the connections of others. */
const waitedInVain = 'timeout exceeded when trying to connect'

/** Opens a pool; connects on first use. */
export function openPool(options: PoolOptions): ConnectionPool {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.size,
    idleTimeoutMillis: options.idleMs,
    connectionTimeoutMillis: options.waitMs,
    pipeline: options.pipeline,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveMs,
  } as pg.PoolConfig)
  let closing: Promise<void> | undefined
  const namesOf = new WeakMap<pg.PoolClient, StatementNames>()
  pool.on('connect', (client) => {
    namesOf.set(client, new StatementNames())
    let isReported = false
    // Without a listener, a backend that is killed while somebody holds its connection ends the process.
    client.on('error', (error) => {
      // pg-pool ends before its sockets do: what they hear meanwhile is no news.
      if (!isReported && !closing) options.onError(error)
      isReported = true
    })
  })
  // An idle client's error comes here too, after its own listener has told it.
  pool.on('error', () => undefined)

  return {
    async acquire({ prepared } = { prepared: true }) {
      try {
        const client = await pool.connect()
        return new Connection(client, options, options.prepared && prepared ? namesOf.get(client) : undefined)
      } catch (cause) {
        const isInLine = cause instanceof Error && cause.message === waitedInVain
        throw new AppError(isInLine ? 'overloaded' : 'database_unavailable', { cause })
      }
    },
    counts: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close() {
      closing ??= pool.end()
      return closing
    },
  }
}
