import { AppError } from '../errors.ts'
import { type Connection, encodeParameters, type StatementResult } from './connections.ts'

/** A rule of the data layer was broken by the code that used a handle: always a bug of ours. */
export class TransactionError extends Error {
  override name = 'TransactionError'
}

/** The right to send statements: the transaction's own, or that of the innermost open savepoint. */
export interface Scope {
  isOpen: boolean
}

/**
 * One transaction on one connection, from BEGIN to COMMIT or ROLLBACK. It counts its statements as they are
 * asked for and remembers the first that was rejected: whether the caller caught the error or not, a
 * transaction with a rejected statement does not commit, unless a savepoint took the rejection.
 */
export class Transaction {
  readonly #connection: Connection
  #begun: Promise<unknown> = Promise.resolve()
  #scope: Scope
  #asked = 0
  #failure: { error: unknown } | undefined
  #tail: Promise<unknown> = Promise.resolve()
  #savepoints = 0

  constructor(connection: Connection, scope: Scope) {
    this.#connection = connection
    this.#scope = scope
  }

  /**
   * Sends BEGIN with its settings and resolves when the server has begun. Wait for it where row security does
   * not stand behind every table: statements sent behind a failed BEGIN commit on their own.
   * @throws TransactionError or the server's error when it has not begun; commit() refuses then
   */
  async begin(beginSql: string): Promise<void> {
    const begun = this.#connection.sendSimple(beginSql).then(checkBegun)
    this.#begun = begun
    this.#tail = begun
    try {
      await begun
    } catch (error) {
      this.#failure ??= { error }
      throw error
    }
  }

  /** The first rejection that no savepoint took. */
  get failure(): unknown {
    return this.#failure?.error
  }

  /**
   * Sends one statement for the given scope.
   * @throws TransactionError when the scope has ended or a savepoint inside it is open; the server's error
   */
  run(scope: Scope, sql: string, parameters: readonly unknown[]): Promise<StatementResult> {
    if (!scope.isOpen) {
      return Promise.reject(new TransactionError('this handle has ended with its callback'))
    }
    if (scope !== this.#scope) {
      return this.#fail(new TransactionError('a savepoint is open: use the handle it gave'))
    }
    if (sql.includes('\0')) return this.#fail(new TransactionError('a statement cannot hold a NUL character'))
    let values: (string | Buffer | null)[]
    try {
      values = encodeParameters(parameters)
    } catch (error) {
      return this.#fail(error)
    }
    this.#asked++
    const sent = this.#connection.pipeline
      ? this.#connection.send(sql, values)
      : this.#inTurn(scope, () => this.#connection.send(sql, values))
    return sent.then(
      (result) => {
        this.#asked--
        return result
      },
      (error) => {
        this.#asked--
        return this.#fail(error)
      },
    )
  }

  /**
   * Runs work inside a savepoint, the only nesting there is. When work throws, what it did is undone, its
   * rejected statements are forgiven, and the error goes on to the caller.
   */
  async savepoint<T>(outer: Scope, work: (inner: Scope) => Promise<T>): Promise<T> {
    const name = `p${++this.#savepoints}`
    const failureBefore = this.#failure
    await this.run(outer, `savepoint ${name}`, [])
    const inner: Scope = { isOpen: true }
    this.#scope = inner
    const [outcome] = await Promise.allSettled([work(inner)])
    inner.isOpen = false
    this.#scope = outer
    const isUnfinished = this.#asked > 0
    if (outcome.status === 'fulfilled' && !isUnfinished && this.#failure === failureBefore) {
      await this.run(outer, `release savepoint ${name}`, [])
      return outcome.value
    }
    const inside = this.#failure === failureBefore ? undefined : this.#failure
    const error =
      outcome.status === 'rejected' ? outcome.reason : isUnfinished ? this.#unfinished() : inside?.error
    // Answered after everything that is under way, so no rejection of the inside comes later.
    await this.run(outer, `rollback to savepoint ${name}`, [])
    this.#failure = failureBefore
    throw error
  }

  /**
   * Ends the scope and commits; after an error the caller rolls back.
   * @throws TransactionError when statements are still under way; the first rejection when there was one;
   *   AppError `outcome_unknown` when the answer to COMMIT was lost
   */
  async commit(): Promise<void> {
    this.#scope.isOpen = false
    if (this.#asked > 0) throw this.#unfinished()
    await this.#begun.catch(() => undefined)
    if (this.#failure) throw this.#failure.error
    let answer: StatementResult
    try {
      answer = await this.#connection.send('commit', [])
    } catch (cause) {
      if (isServerError(cause)) throw cause
      throw new AppError('outcome_unknown', { cause })
    }
    if (answer.command !== 'COMMIT') {
      throw new TransactionError(`COMMIT was answered with ${answer.command}: nothing was saved`)
    }
  }

  /** Ends the scope and rolls back, after what is under way. Never throws: a connection that fails is closed. */
  async rollback(): Promise<void> {
    this.#scope.isOpen = false
    try {
      if (!this.#connection.pipeline) await this.#tail.catch(() => undefined)
      await this.#connection.send('rollback', [])
    } catch {
      // The connection is not clean now, so release() closes it and the server rolls back by itself.
    }
  }

  #inTurn(scope: Scope, send: () => Promise<StatementResult>): Promise<StatementResult> {
    const turn = this.#tail
      .catch(() => undefined)
      .then(() => {
        if (!scope.isOpen) throw new TransactionError('this handle has ended with its callback')
        return send()
      })
    this.#tail = turn
    return turn
  }

  #fail(error: unknown): Promise<never> {
    this.#failure ??= { error }
    return Promise.reject(error)
  }

  #unfinished(): TransactionError {
    return new TransactionError(
      'the callback ended while statements were still under way: await each of them',
    )
  }
}

/**
 * Whether BEGIN and all its settings took hold.
 * @throws TransactionError when they did not
 */
export function checkBegun(answers: StatementResult[]): void {
  const tags = answers.map((answer) => answer.command)
  if (tags[0] !== 'BEGIN' || tags.length < 2 || tags.slice(1).some((tag) => tag !== 'SET')) {
    throw new TransactionError(`BEGIN was answered with ${tags.join(', ')}`)
  }
}

/** Whether the server itself reported the error and the session goes on: then a COMMIT has surely not happened. */
export function isServerError(error: unknown): error is Error & { code: string } {
  const { code, severity } = error as { code?: unknown; severity?: unknown }
  return typeof code === 'string' && severity === 'ERROR'
}

/** Whether a prepared statement no longer fits (0A000 after a migration, 26000 behind a pooler): try anew once. */
export function isStaleStatement(error: unknown): boolean {
  const { code, routine } = (error ?? {}) as { code?: string; routine?: string }
  return code === '26000' || (code === '0A000' && routine === 'RevalidateCachedQuery')
}
