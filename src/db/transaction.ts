import { type Connection, ConnectionLostError, type StatementResult } from './connections.ts'
import { answerOf, deadHandle, Sender, settle } from './sender.ts'
import {
  control,
  isStaleStatement,
  mayDecideAccess,
  prepareStatement,
  type Query,
  type Statement,
  TransactionError,
} from './statements.ts'

/** The right to send statements: the transaction's own, or that of a savepoint. Only the innermost one counts. */
export interface Scope {
  readonly name: string
}

const unfinished =
  'the callback ended, or sent its last statement, while others were still under way: await each of them'

/**
 * One transaction on one connection, from BEGIN to COMMIT or ROLLBACK. It counts its statements as they are
 * asked for and remembers rejections: whether the caller caught the error or not, a transaction with a rejected
 * statement does not commit, unless a savepoint took the rejection.
 */
export class Transaction {
  readonly root: Scope = { name: 'transaction' }
  readonly #sender: Sender
  /** The innermost open scope; undefined once the transaction's callback has ended. */
  #scope: Scope | undefined = this.root
  #asked = 0
  #savepoints = 0
  /** From when the callback has sent its last statement, or has ended well: the answers to what leaves with COMMIT. */
  #committed: Promise<readonly StatementResult[]> | undefined
  /** Whether something was sent that may decide who may do what in the tenant. */
  mayDecideAccess = false
  /** What goes out together with COMMIT. */
  readonly #last: (Statement | (() => Query | undefined))[] = []
  /** The first rejection; the savepoint that it happened in forgives it. */
  #failure: { error: unknown } | undefined
  /** The first failure that nothing forgives, and that outranks what the callback made of it. */
  #fatal: { error: unknown } | undefined

  /**
   * @param settings BEGIN and its settings: they leave with the first statement, which the server skips without them
   * @param options `awaitBegin`: they leave alone, and statements wait for the answer: for where row security does not
   *   stand behind every table, and a statement behind a BEGIN that became something else would be saved on its own.
   *   When there is nothing but what leaves with COMMIT, all of it goes in one write, which is saved whole or not at all.
   */
  constructor(connection: Connection, settings: readonly Statement[], options: { awaitBegin: boolean }) {
    this.#sender = new Sender(connection, settings, options)
  }

  /** Whether all of it is saved, whatever came of the callback. */
  get isSaved(): boolean {
    return this.#sender.isSaved
  }

  /** What outranks the error that the callback ended with. */
  get fatal(): { error: unknown } | undefined {
    return this.#sender.notBegun ?? this.#fatal
  }

  /** The first rejection that no savepoint took, caught or not. */
  get failure(): { error: unknown } | undefined {
    return this.#failure
  }

  /**
   * Sends one statement for the given scope.
   * @throws TransactionError when that is not the innermost open scope; TypeError; the server's error
   */
  run(scope: Scope, query: Query): Promise<StatementResult> {
    if (scope !== this.#scope) return this.refuse(deadHandle)
    let statement: Statement
    try {
      statement = prepareStatement(query)
    } catch (error) {
      return this.#fail(error)
    }
    return this.#send(statement)
  }

  /**
   * Keeps a statement whose answer nobody needs, to be sent in one write with COMMIT, behind all others. When it is
   * rejected, nothing commits. Not from inside a savepoint, which may be undone while this would not.
   * @param query or what makes it, asked when nothing else can be asked for any more
   * @throws TransactionError when the transaction's own scope is not the innermost open one; TypeError
   */
  runAtCommit(scope: Scope, query: Query | (() => Query | undefined)): void {
    this.#keep(scope, () => {
      this.#last.push(typeof query === 'function' ? query : prepareStatement(query))
    })
  }

  /**
   * Puts a statement whose answer nobody needs behind BEGIN and its settings: when it is rejected, the transaction has not
   * begun, whatever the callback makes of that, and also where it throws before anything has left.
   * @throws TransactionError when the transaction's own scope is not the innermost open one, or BEGIN has left; TypeError
   */
  runAtBegin(scope: Scope, query: Query): void {
    this.#keep(scope, () => {
      const statement = prepareStatement(query)
      this.#sender.putAtBegin(statement)
      this.mayDecideAccess ||= mayDecideAccess(statement)
    })
  }

  /**
   * Sends one statement in one write with what is kept for COMMIT, and COMMIT; before it with BEGIN, too, where nothing
   * else was asked for. No statement can follow, and an error of the callback behind it undoes nothing.
   * @throws TransactionError when the transaction's own scope is not the innermost open one, or other statements are under
   *   way; TypeError; what commit throws; what keeps its rows from being read, though they are saved
   */
  async runLast(scope: Scope, query: Query): Promise<StatementResult> {
    this.#keep(scope, () => this.#last.unshift(prepareStatement(query)))
    this.#committed = this.#commit()
    return answerOf({ answers: await this.#committed }, 0)
  }

  #keep(scope: Scope, keep: () => unknown): void {
    try {
      if (scope !== this.root || this.#scope !== scope) throw new TransactionError(deadHandle)
      keep()
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
    this.#sender.startBatch()
    // Answered after everything that is under way, so no rejection of the inside comes later.
    await this.#send(control(`rollback to savepoint ${inner.name}`))
    this.#failure = failureBefore
    this.#enter(closing, outer)
    throw error
  }

  /**
   * Ends the handle and commits, or waits for what runLast does; after an error the caller rolls back.
   * @throws TransactionError when statements are still under way; the first rejection when there was one;
   *   AppError `outcome_unknown` when the answer to COMMIT was lost
   */
  async commit(): Promise<void> {
    this.#committed ??= this.#commit()
    await this.#committed
  }

  async #commit(): Promise<readonly StatementResult[]> {
    const isFinished = this.#asked === 0 && this.#scope === this.root
    this.#scope = undefined
    await this.#sender.begun()
    if (!isFinished) return this.#failForGood(new TransactionError(unfinished))
    const rejected = this.fatal ?? this.#failure
    if (rejected) throw rejected.error
    const last = this.#prepareLast()
    // Nothing was asked for, so there is nothing to begin or commit.
    if (this.#sender.isEmpty && last.length === 0) return []
    this.mayDecideAccess ||= last.some(mayDecideAccess)
    const { answers, error, isRefusal } = { isRefusal: false, ...(await this.#sender.commit(last)) }
    if (answers) return answers
    if (!isRefusal || !isForgivable(error)) return this.#failForGood(error)
    this.#failure ??= { error }
    throw error
  }

  #failForGood(error: unknown): never {
    this.#fatal ??= { error }
    throw error
  }

  /** All of it before anything is written. */
  #prepareLast(): Statement[] {
    return this.#last.flatMap((each) => {
      if (typeof each !== 'function') return each
      const query = each()
      return query ? prepareStatement(query) : []
    })
  }

  /**
   * Ends the handle and rolls back, once, after what is under way.
   * @returns whether the server answered; if not, the connection is not clean and release() closes it
   */
  async rollback(): Promise<boolean> {
    this.#scope = undefined
    // A last statement that nobody waits for may be saved.
    if (this.#committed !== undefined) await settle(async () => this.#committed)
    return this.#sender.rollBack()
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
    this.mayDecideAccess ||= mayDecideAccess(statement)
    return this.#sender
      .deliver(statement, () => this.#scope !== undefined)
      .then(
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

  #fail(error: unknown): Promise<never> {
    this.#remember(error)
    return Promise.reject(error)
  }

  #remember(error: unknown): void {
    // After the end nothing more is saved; and what the server refuses after a rejection tells nothing new.
    const isNews = this.#scope && (!this.#failure || error instanceof TransactionError)
    if (!isNews) return
    if (isForgivable(error)) this.#failure = { error }
    else this.#fatal ??= { error }
  }
}

function isForgivable(error: unknown): boolean {
  return !(
    error instanceof TransactionError ||
    error instanceof ConnectionLostError ||
    isStaleStatement(error)
  )
}
