import pg from 'pg'
import { prepareValue } from 'pg/lib/utils.js'
import { AppError } from '../errors.ts'

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
}

/** The answer to one statement. */
export interface StatementResult {
  command: string
  rowCount: number | null
  rows: unknown[]
}

/** A parsed statement costs the server memory, so each connection keeps the most recently used ones only. */
const preparedPerConnection = 200

/** What @types/pg leaves out of the client that the two functions below rely on. */
interface ClientInternals {
  connection: {
    stream: { cork(): void; uncork(): void }
    parsedStatements: Record<string, string>
    close(target: { type: 'S'; name: string }): void
  }
  query(config: object): void
}

/**
 * One connection to PostgreSQL while somebody holds it. Its methods write to the socket at once; answers come
 * in the order of the calls. Without pipelining the caller has to await each answer before the next call.
 */
export class Connection {
  readonly pipeline: boolean
  readonly #client: pg.PoolClient
  readonly #internals: ClientInternals
  readonly #names: Map<string, string> | undefined
  #outstanding = 0

  constructor(client: pg.PoolClient, pipeline: boolean, names: Map<string, string> | undefined) {
    this.pipeline = pipeline
    this.#client = client
    this.#internals = client as unknown as ClientInternals
    this.#names = names
  }

  /** How many statements are sent and not yet answered. */
  get outstanding(): number {
    return this.#outstanding
  }

  /** Whether the connection can serve somebody else: nothing under way and in no transaction. */
  get isClean(): boolean {
    return this.#outstanding === 0 && this.#client.getTransactionStatus() === 'I'
  }

  /** Process id of the server's backend, for tests and logs. */
  get processId(): number {
    return (this.#client as unknown as { processID: number }).processID
  }

  /** Several statements in one message, simple protocol: for the beginning of a transaction and nothing else. */
  sendSimple(sql: string): Promise<StatementResult[]> {
    return this.#send({ text: sql }) as Promise<unknown> as Promise<StatementResult[]>
  }

  /**
   * One statement, extended protocol: a second one smuggled into the text is refused by the server.
   * `values` come from encodeParameters.
   */
  send(sql: string, values: readonly (string | Buffer | null)[]): Promise<StatementResult> {
    return this.#send({ text: sql, values, name: this.#nameOf(sql), queryMode: 'extended' })
  }

  /** Everything that `work` sends before it returns goes out in one write. */
  inOneWrite<T>(work: () => T): T {
    const { stream } = this.#internals.connection
    stream.cork()
    try {
      return work()
    } finally {
      stream.uncork()
    }
  }

  /** Gives the connection back, or closes it when it is not clean. */
  release(): void {
    this.#client.release(!this.isClean)
  }

  /** Closes the connection: whatever happens on it now, nobody is served by it again. */
  destroy(): void {
    this.#client.release(true)
  }

  #send(config: object): Promise<StatementResult> {
    this.#outstanding++
    return new Promise((resolve, reject) => {
      const callback = (error: Error | null, result: StatementResult) => {
        this.#outstanding--
        if (error) reject(error)
        else resolve(result)
      }
      this.#internals.query({ ...config, callback })
    })
  }

  #nameOf(sql: string): string | undefined {
    const names = this.#names
    if (!names) return undefined
    let name = names.get(sql)
    if (name) {
      names.delete(sql)
    } else {
      name = `s${(names as CountedMap).next++}`
      if (names.size >= preparedPerConnection) this.#forgetOldest(names)
    }
    names.set(sql, name)
    return name
  }

  #forgetOldest(names: Map<string, string>): void {
    for (const [sql, name] of names) {
      names.delete(sql)
      this.#internals.connection.close({ type: 'S', name })
      delete this.#internals.connection.parsedStatements[name]
      return
    }
  }
}

class CountedMap extends Map<string, string> {
  next = 0
}

/** A pool whose connections come out wrapped, and the counts of it. */
export interface ConnectionPool {
  /** @throws AppError 503 `database_unavailable` when no connection is to be had in time */
  acquire(): Promise<Connection>
  counts(): { total: number; idle: number; waiting: number }
  close(): Promise<void>
}

/** Opens a pool; connects on first use. */
export function openPool(options: PoolOptions): ConnectionPool {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.size,
    idleTimeoutMillis: options.idleMs,
    connectionTimeoutMillis: options.waitMs,
    pipeline: options.pipeline,
    keepAlive: true,
  } as pg.PoolConfig)
  // Without a listener, a backend that is killed while somebody holds its connection ends the process.
  pool.on('connect', (client) => client.on('error', options.onError))
  pool.on('error', options.onError)
  const statementNames = new WeakMap<pg.PoolClient, CountedMap>()

  return {
    async acquire() {
      try {
        const client = await pool.connect()
        let names: CountedMap | undefined
        if (options.prepared) {
          names = statementNames.get(client)
          if (!names) {
            names = new CountedMap()
            statementNames.set(client, names)
          }
        }
        return new Connection(client, options.pipeline, names)
      } catch (cause) {
        throw new AppError('database_unavailable', { cause })
      }
    },
    counts: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: () => pool.end(),
  }
}

/**
 * Parameters as they travel. Encoded before anything is written: one that cannot be (a circular object, a
 * BigInt inside JSON) must not leave half a statement on the wire.
 * @throws TypeError for a value that has no encoding
 */
export function encodeParameters(parameters: readonly unknown[]): (string | Buffer | null)[] {
  return parameters.map((value) => {
    if (typeof value === 'string') return value
    if (typeof value === 'function' || typeof value === 'symbol') {
      throw new TypeError(`a ${typeof value} cannot be a parameter`)
    }
    if (value instanceof Date && Number.isNaN(value.getTime())) {
      throw new TypeError('an invalid date cannot be a parameter')
    }
    try {
      return prepareValue(value)
    } catch (cause) {
      throw new TypeError('a parameter cannot be encoded', { cause })
    }
  })
}

/** Doubles the quotes of a string for use as an SQL literal. */
export const escapeLiteral = pg.escapeLiteral
