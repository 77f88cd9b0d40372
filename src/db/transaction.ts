import type { CompiledQuery } from 'kysely'
import { AppError } from '../errors.ts'
import { type Connection, ConnectionLostError, type StatementResult } from './connections.ts'
import { isStaleStatement, prepareStatement, type Statement, TransactionError } from './statements.ts'

/** A query as Kysely compiles it. */
type Query = Pick<CompiledQuery, 'sql' | 'parameters'>

/** The right to send statements: the transaction's own, or that of a savepoint. Only the innermost one counts. */
export interface Scope {
  readonly name: string
}

const deadHandle = 'this handle is not in use: its callback has ended, or a savepoint inside it is open'
const unfinished = 'the callback ended while statements were still under way: await each of them'

/**
 * One transaction on one connection, from BEGIN to COMMIT or ROLLBACK. It counts its statements as they are
 * asked for and remembers rejections: whether the caller caught the error or not, a transaction with a rejected
 * statement does not commit, unless a savepoint took the rejection.
 */
export class Transaction {
  readonly root: Scope = { name: 'transaction' }
  readonly #connection: Connection
  /** The innermost open scope; undefined once the transaction's callback has ended. */
  #scope: Scope | undefined = this.root
  #begun: Promise<void> = Promise.resolve()
  #asked = 0
  #tail: Promise<unknown> = Promise.resolve()
  #savepoints = 0
  /** What goes out together with COMMIT. */
  readonly #last: (Statement | (() => Query | undefined))[] = []
  /** The first rejection; the savepoint that it happened in forgives it. */
  #failure: { error: unknown } | undefined
  /** The first failure that nothing forgives, and that outranks what the callback made of it. */
  #fatal: { error: unknown } | undefined

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /**
   * Sends BEGIN with its settings and resolves when the server has begun. Wait for it where row security does
   * not stand behind every table: statements sent behind a failed BEGIN commit on their own. Whatever
   * the callback makes of their answers, the failure of BEGIN is what comes out.
   * @throws TransactionError or the server's error when it has not begun
   */
  begin(beginSql: string): Promise<void> {
    this.#begun = this.#connection.sendSimple(beginSql).then(checkBegun)
    this.#begun.catch((error) => {
      this.#fatal ??= {
        error: isOfReplica(error) ? new AppError('database_unavailable', { cause: error }) : error,
      }
    })
    this.#tail = this.#begun
    return this.#begun
  }

  /** What outranks the error that the callback ended with. */
  get fatal(): { error: unknown } | undefined {
    return this.#fatal
  }

  /** The first rejection that no savepoint took, caught or not. */
  get failure(): { error: unknown } | undefined {
    return this.#failure
  }

  /**
   * Sends one statement for the given scope.
   * @throws TransactionError when that is not the innermost open scope; TypeError; the server's error
   */
  run(scope: Scope, sql: string, parameters: readonly unknown[]): Promise<StatementResult> {
    if (scope !== this.#scope) return this.refuse(deadHandle)
    let statement: Statement
    try {
      statement = prepareStatement(sql, parameters)
    } catch (error) {
      return this.#fail(error)
    }
    return this.#send(statement)
  }

  /**
   * Keeps a statement whose answer nobody needs, to be sent in one write with COMMIT, behind all others. When it is
   * rejected, nothing commits. Not from inside a savepoint, which may be undone while this would not.
   * @param query or what makes it, asked when the callback has ended
   * @throws TransactionError when the transaction's own scope is not the innermost open one; TypeError
   */
  runAtCommit(scope: Scope, query: Query | (() => Query | undefined)): void {
    try {
      if (scope !== this.root || this.#scope !== scope) throw new TransactionError(deadHandle)
      this.#last.push(typeof query === 'function' ? query : prepareStatement(query.sql, query.parameters))
    } catch (error) {
      this.#remember(error)
      throw error
    }
  }

  /** Rejects because the code that uses the transaction broke a rule: while it is open, it cannot commit any more. */
  refuse(message: string): Promise<never> {
    return this.#fail(new TransactionError(message))
  }

  /**
   * Runs work inside a savepoint, the only nesting there is. When work throws, what it did is undone, its
   * rejected statements are forgiven, and the error goes on to the caller.
   */
  async savepoint<T>(outer: Scope, work: (inner: Scope) => Promise<T>): Promise<T> {
    const failureBefore = this.#failure
    const inner: Scope = { name: `p${++this.#savepoints}` }
    // At once: what the outer handle sends behind the savepoint would be undone with it.
    this.#enter(outer, inner)
    const opened = await settle(() => this.#send(control(`savepoint ${inner.name}`)))
    if (opened.status === 'rejected') {
      this.#enter(inner, outer)
      throw opened.reason
    }
    const outcome = await settle(() => work(inner))
    if (outcome.status === 'fulfilled' && this.#asked > 0) return this.refuse(unfinished)
    const closing: Scope = { name: `end of ${inner.name}` }
    this.#enter(inner, closing)
    const rejected = this.#failure === failureBefore ? undefined : this.#failure
    if (outcome.status === 'fulfilled' && !rejected) {
      await this.#send(control(`release savepoint ${inner.name}`))
      this.#enter(closing, outer)
      return outcome.value
    }
    const error = outcome.status === 'rejected' ? outcome.reason : rejected?.error
    // Answered after everything that is under way, so no rejection of the inside comes later.
    await this.#send(control(`rollback to savepoint ${inner.name}`))
    this.#failure = failureBefore
    this.#enter(closing, outer)
    throw error
  }

  /**
   * Ends the handle and commits; after an error the caller rolls back.
   * @throws TransactionError when statements are still under way; the first rejection when there was one;
   *   AppError `outcome_unknown` when the answer to COMMIT was lost
   */
  async commit(): Promise<void> {
    const isFinished = this.#asked === 0 && this.#scope === this.root
    this.#scope = undefined
    await this.#begun
    if (!isFinished) throw new TransactionError(unfinished)
    const rejected = this.#fatal ?? this.#failure
    if (rejected) throw rejected.error
    const last = this.#prepareLast()
    let answer: StatementResult
    try {
      answer = await this.#sendLast(last)
    } catch (cause) {
      // An error is the whole truth only if the session goes on after it.
      const isLost = cause instanceof ConnectionLostError ? cause.wasSent : !(await this.rollback())
      throw isLost ? new AppError('outcome_unknown', { cause }) : cause
    }
    if (answer.command !== 'COMMIT') {
      throw new TransactionError(`COMMIT was answered with ${answer.command}: nothing was saved`)
    }
  }

  /** All of it before anything is written. */
  #prepareLast(): Statement[] {
    return this.#last.flatMap((each) => {
      if (typeof each !== 'function') return each
      const query = each()
      return query ? prepareStatement(query.sql, query.parameters) : []
    })
  }

  /** A rejected statement in front of it makes the server answer COMMIT with ROLLBACK. */
  async #sendLast(last: Statement[]): Promise<StatementResult> {
    const sends = [...last, control('commit')].map((statement) => () => this.#connection.send(statement))
    if (!this.#connection.pipeline) {
      let answer: StatementResult | undefined
      for (const send of sends) answer = await send()
      return answer as StatementResult
    }
    const answers = await Promise.allSettled(this.#connection.inOneWrite(() => sends.map((send) => send())))
    const commit = answers.at(-1) as PromiseSettledResult<StatementResult>
    const rejected = answers.find((answer) => answer.status === 'rejected')
    if (!rejected && commit.status === 'fulfilled') return commit.value
    const isSaved = commit.status === 'fulfilled' && commit.value.command === 'COMMIT'
    throw isSaved ? new ConnectionLostError(true, rejected?.reason) : rejected?.reason
  }

  /**
   * Ends the handle and rolls back, after what is under way.
   * @returns whether the server answered; if not, the connection is not clean and release() closes it
   */
  async rollback(): Promise<boolean> {
    this.#scope = undefined
    if (!this.#connection.pipeline) await settle(() => this.#tail)
    // Without a name: it has to work where the server has forgotten those.
    const { status } = await settle(() => this.#connection.send(control('rollback'), { isNamed: false }))
    return status === 'fulfilled'
  }

  /** Swaps the innermost scope; refused when another one is open, or none because the transaction has ended. */
  #enter(from: Scope, to: Scope): void {
    if (this.#scope !== from) {
      const error = new TransactionError(deadHandle)
      this.#remember(error)
      throw error
    }
    this.#scope = to
  }

  #send(statement: Statement): Promise<StatementResult> {
    this.#asked++
    const answer = this.#connection.pipeline ? this.#connection.send(statement) : this.#inTurn(statement)
    return answer.then(
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

  #inTurn(statement: Statement): Promise<StatementResult> {
    const turn = settle(() => this.#tail).then(() => {
      if (!this.#scope) throw new TransactionError(deadHandle)
      return this.#connection.send(statement)
    })
    this.#tail = turn
    return turn
  }

  #fail(error: unknown): Promise<never> {
    this.#remember(error)
    return Promise.reject(error)
  }

  #remember(error: unknown): void {
    // After the end nothing is saved any more; and what the server refuses after a rejection tells nothing new.
    const isNews = this.#scope && (!this.#failure || error instanceof TransactionError)
    if (!isNews) return
    if (isForgivable(error)) this.#failure = { error }
    else this.#fatal ??= { error }
  }
}

/**
 * Whether BEGIN and all its settings took hold.
 * @throws TransactionError when they did not
 */
export function checkBegun(answers: StatementResult[]): void {
  const [first, ...others] = answers.map((answer) => answer.command)
  if (first !== 'BEGIN' || others.length === 0 || others.some((tag) => tag !== 'SET')) {
    throw new TransactionError(`BEGIN was answered with ${[first, ...others].join(', ')}`)
  }
}

/** What BEGIN READ WRITE is answered with by a server that nobody has promoted yet: it will be, or another one. */
function isOfReplica(error: { code?: string }): boolean {
  return error.code === '0A000'
}

/** A statement of our own. */
export function control(sql: string): Statement {
  return { sql, values: [] }
}

function isForgivable(error: unknown): boolean {
  return !(
    error instanceof TransactionError ||
    error instanceof ConnectionLostError ||
    isStaleStatement(error)
  )
}

async function settle<T>(work: () => Promise<T>): Promise<PromiseSettledResult<T>> {
  try {
    return { status: 'fulfilled', value: await work() }
  } catch (reason) {
    return { status: 'rejected', reason }
  }
}
