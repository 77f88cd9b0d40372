import { AppError } from '../errors.ts'
import type { BatchResult, StatementResult } from './batch.ts'
import { checkBegun, whyNotBegun } from './begin.ts'
import { type Connection, ConnectionLostError } from './connections.ts'
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

/** What leaves with COMMIT is short, unless it waits for a lock: a server that is frozen is not waited for once for each. */
const mostLong = 2
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
  /** BEGIN and its settings, until they are sent in front of the first statement. */
  #begin: readonly Statement[]
  readonly #awaitBegin: boolean
  #begun: Promise<void> | undefined
  /** Whether nothing may leave any more but ROLLBACK. */
  #isOver = false
  #rolledBack: Promise<boolean> | undefined
  /** What was asked for in this turn, and the answers to it. */
  #pending: { statements: Statement[]; answers: Promise<BatchResult> } | undefined
  #asked = 0
  #tail: Promise<unknown> = Promise.resolve()
  #savepoints = 0
  /** Whether something was sent that may decide who may do what in the tenant. */
  mayDecideAccess = false
  /** What goes out together with COMMIT. */
  readonly #last: (Statement | (() => Query | undefined))[] = []
  /** The first rejection; the savepoint that it happened in forgives it. */
  #failure: { error: unknown } | undefined
  /** The first failure that nothing forgives, and that outranks what the callback made of it. */
  #fatal: { error: unknown } | undefined

  /**
   * @param begin BEGIN and its settings: they leave together with the first statement, which the server skips without them
   * @param options `awaitBegin`: they leave alone, and statements wait for the answer: for where row security does not
   *   stand behind every table, and a statement behind a BEGIN that became something else would be saved on its own.
   *   When there is nothing but what leaves with COMMIT, all of it goes in one write, which is saved whole or not at all.
   */
  constructor(connection: Connection, begin: readonly Statement[], { awaitBegin }: { awaitBegin: boolean }) {
    this.#connection = connection
    this.#begin = begin
    this.#awaitBegin = awaitBegin
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
   * @param query or what makes it, asked when the callback has ended
   * @throws TransactionError when the transaction's own scope is not the innermost open one; TypeError
   */
  runAtCommit(scope: Scope, query: Query | (() => Query | undefined)): void {
    try {
      if (scope !== this.root || this.#scope !== scope) throw new TransactionError(deadHandle)
      this.#last.push(typeof query === 'function' ? query : prepareStatement(query))
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
    // In a batch of its own: with a statement of the inside that fails it would be skipped.
    this.#pending = undefined
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
    this.mayDecideAccess ||= last.some(mayDecideAccess)
    // Nothing was asked for, so there is nothing to begin or commit.
    if (this.#begin.length > 0 && last.length === 0) return
    const begin = this.#takeBegin().filter(({ isAgainstIdling }) => !isAgainstIdling)
    const { answers, error } = await this.#connection.send([...begin, ...last, control('commit')], {
      long: Math.min(last.length + 1, mostLong),
    })
    if (error) {
      // An error is the whole truth only if the session goes on after it.
      const isLost = error instanceof ConnectionLostError ? error.wasSent : !(await this.rollback())
      if (isLost) throw new AppError('outcome_unknown', { cause: error })
      if (answers.length < begin.length) throw whyNotBegun(error)
      checkBegun(begin, answers)
      throw error
    }
    try {
      checkBegun(begin, answers)
    } catch (cause) {
      throw new AppError('outcome_unknown', { cause })
    }
    const { command } = answers.at(-1) as StatementResult
    if (command !== 'COMMIT')
      throw new TransactionError(`COMMIT was answered with ${command}: nothing was saved`)
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
  rollback(): Promise<boolean> {
    this.#rolledBack ??= this.#rollBack()
    return this.#rolledBack
  }

  async #rollBack(): Promise<boolean> {
    this.#scope = undefined
    this.#isOver = true
    if (!this.#connection.pipeline) await settle(() => this.#tail)
    if (this.#begin.length > 0) return true
    // Without a name: it has to work where the server has forgotten those.
    const { error } = await this.#connection.send([{ ...control('rollback'), isNeverNamed: true }])
    return error === undefined
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
    const answer = this.#connection.pipeline ? this.#deliver(statement) : this.#inTurn(statement)
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
      return this.#deliver(statement)
    })
    this.#tail = turn
    return turn
  }

  /**
   * What is asked for before anything is waited for leaves in one write, and the first of it with BEGIN. The server skips
   * what stands behind one that fails.
   */
  async #deliver(statement: Statement): Promise<StatementResult> {
    this.#pending ??= this.#collect()
    const { statements, answers } = this.#pending
    const place = statements.push(statement) - 1
    return answerOf(await answers, place)
  }

  /**
   * Opens a batch that leaves when the microtasks of this tick are done. Reads, which come from different requests, wait for
   * the end of the event loop's turn instead.
   */
  #collect() {
    const statements: Statement[] = []
    const turnIsOver = new Promise<void>((resolve) => process.nextTick(resolve))
    const answers = turnIsOver.then(async () => {
      this.#pending = undefined
      if (this.#awaitBegin && this.#begin.length > 0 && !this.#isOver) void settle(() => this.#sendBegin([]))
      if (this.#begin.length === 0) await this.#begun
      // Behind ROLLBACK each of them would be saved on its own.
      if (this.#isOver) throw new TransactionError(deadHandle)
      if (this.#begin.length > 0) return this.#sendBegin(statements)
      return this.#connection.send(statements, { long: statements.length })
    })
    return { statements, answers }
  }

  /**
   * @returns the answers to the statements behind BEGIN
   * @throws what kept the transaction from beginning
   */
  async #sendBegin(behind: readonly Statement[]): Promise<BatchResult> {
    const begin = this.#takeBegin()
    const sent = this.#connection.send([...begin, ...behind], { long: behind.length || 1 })
    this.#begun = sent.then(({ answers, error }) => {
      try {
        if (error && answers.length < begin.length) throw error
        checkBegun(begin, answers)
      } catch (failure) {
        this.#fatal ??= { error: whyNotBegun(failure) }
        throw failure
      }
    })
    await this.#begun
    const { answers, error } = await sent
    return { answers: answers.slice(begin.length), error }
  }

  #takeBegin(): readonly Statement[] {
    const begin = this.#begin
    this.#begin = []
    return begin
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

/** @throws what kept a statement of a batch from being answered; what kept its rows from being read */
function answerOf({ answers, error }: BatchResult, place: number): StatementResult {
  const answer = answers[place]
  if (!answer) throw error
  if (answer.unreadable) throw answer.unreadable
  return answer
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
