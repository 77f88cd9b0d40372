import type { BatchResult, StatementResult } from './batch.ts'
import { type Begin, refusalOf } from './begin.ts'
import { type Outcome, sendWithCommit } from './commit.ts'
import type { Connection } from './connections.ts'
import { control, type Statement, TransactionError } from './statements.ts'

/** What is told to whoever asks for something through a handle that may not send. */
export const deadHandle =
  'this handle is not in use: its callback has ended, its last statement was sent, or a savepoint inside it is open'

/** Which writes the statements of one transaction leave in, and BEGIN in front of the first of them. */
export class Sender {
  readonly #connection: Connection
  /** Until it is sent in front of the first statement. */
  #begin: Begin | undefined
  readonly #awaitBegin: boolean
  #begun: Promise<void> | undefined
  /** Whether nothing may leave any more but ROLLBACK. */
  #isOver = false
  #isSaved = false
  #rolledBack: Promise<boolean> | undefined
  /** What was asked for in this turn, and the answers to it. */
  #pending: { statements: Statement[]; answers: Promise<BatchResult> } | undefined
  #tail: Promise<unknown> = Promise.resolve()
  /** What kept the transaction from beginning. */
  notBegun: { error: unknown } | undefined

  /**
   * @param settings BEGIN and its settings
   * @param options `awaitBegin`: they leave alone, and statements wait for the answer
   */
  constructor(
    connection: Connection,
    settings: readonly Statement[],
    { awaitBegin }: { awaitBegin: boolean },
  ) {
    this.#connection = connection
    this.#begin = { settings, behind: [] }
    this.#awaitBegin = awaitBegin
  }

  /** Whether BEGIN has left. */
  get hasLeft(): boolean {
    return this.#begin === undefined
  }

  /** Whether nothing has left, and there is nothing to leave with BEGIN. */
  get isEmpty(): boolean {
    return this.#begin?.behind.length === 0
  }

  /** Whether all of it is saved. */
  get isSaved(): boolean {
    return this.#isSaved
  }

  /** Puts a statement behind BEGIN and its settings. @throws TransactionError when they have left */
  putAtBegin(statement: Statement): void {
    if (!this.#begin) throw new TransactionError('BEGIN has left already')
    const { settings, behind } = this.#begin
    this.#begin = { settings, behind: [...behind, statement] }
  }

  /**
   * Sends a statement in one write with the others of this turn; without pipelining behind the answers to those before it.
   * @param isOpen whether it may still leave when its turn comes
   * @throws the server's error; what kept the transaction from beginning; TransactionError when it may leave no more
   */
  deliver(statement: Statement, isOpen: () => boolean): Promise<StatementResult> {
    if (this.#connection.pipeline) return this.#deliver(statement)
    const turn = settle(() => this.#tail).then(() => {
      if (!isOpen()) throw new TransactionError(deadHandle)
      return this.#deliver(statement)
    })
    this.#tail = turn
    return turn
  }

  /** What is sent from here on is in a batch of its own: with a statement in front of it that fails it would be skipped. */
  startBatch(): void {
    this.#pending = undefined
  }

  /** Settles when BEGIN, if it has left, is answered. @throws what kept the transaction from beginning */
  async begun(): Promise<void> {
    await this.#begun
  }

  /** Sends the last statements with COMMIT, and BEGIN where it has not left: see sendWithCommit. */
  async commit(last: readonly Statement[]): Promise<Outcome> {
    const outcome = await sendWithCommit(this.#connection, this.#takeBegin(), last, () => this.rollBack())
    this.#isSaved = outcome.answers !== undefined
    return outcome
  }

  /**
   * Rolls back, once, after what is under way. What was put behind BEGIN is asked for before, if it has not left: the
   * transaction may have ended by what should not have been looked at without it.
   * @returns whether the server answered, or there is nothing to undo; if not, the connection is not clean
   */
  rollBack(): Promise<boolean> {
    this.#rolledBack ??= this.#rollBack()
    return this.#rolledBack
  }

  async #rollBack(): Promise<boolean> {
    this.#isOver = true
    if (!this.hasLeft && !this.isEmpty) await settle(() => this.#sendBegin([]))
    if (!this.#connection.pipeline) await settle(() => this.#tail)
    if (!this.hasLeft || this.#isSaved) return true
    // Without a name: it has to work where the server has forgotten those.
    const { error } = await this.#connection.send([{ ...control('rollback'), isNeverNamed: true }])
    return error === undefined
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
      if (this.#awaitBegin && !this.hasLeft && !this.#isOver) void settle(() => this.#sendBegin([]))
      if (this.hasLeft) await this.#begun
      // Behind ROLLBACK each of them would be saved on its own.
      if (this.#isOver) throw new TransactionError(deadHandle)
      if (!this.hasLeft) return this.#sendBegin(statements)
      return this.#connection.send(statements, { long: statements.length })
    })
    return { statements, answers }
  }

  /**
   * @returns the answers to the statements behind BEGIN
   * @throws what kept the transaction from beginning
   */
  async #sendBegin(behind: readonly Statement[]): Promise<BatchResult> {
    const begin = this.#takeBegin() ?? { settings: [], behind: [] }
    const first = [...begin.settings, ...begin.behind]
    const sent = this.#connection.send([...first, ...behind], {
      long: begin.behind.length + (behind.length || 1),
    })
    this.#begun = sent.then((result) => {
      this.notBegun = refusalOf(begin, result)
      if (this.notBegun) throw this.notBegun.error
    })
    await this.#begun
    const { answers, error } = await sent
    return { answers: answers.slice(first.length), error }
  }

  #takeBegin(): Begin | undefined {
    const begin = this.#begin
    this.#begin = undefined
    return begin
  }
}

/**
 * The answer to one statement of those that left together.
 * @throws what kept it from being answered; what kept its rows from being read
 */
export function answerOf({ answers, error }: Readonly<BatchResult>, place: number): StatementResult {
  const answer = answers[place]
  if (!answer) throw error
  if (answer.unreadable) throw answer.unreadable
  return answer
}

/** How work ended, which may throw at once. */
export async function settle<T>(work: () => Promise<T>): Promise<PromiseSettledResult<T>> {
  try {
    return { status: 'fulfilled', value: await work() }
  } catch (reason) {
    return { status: 'rejected', reason }
  }
}
