import { AppError } from '../errors.ts'
import { checkBegun, whyNotBegun } from './begin.ts'
import { type Connection, ConnectionLostError, type StatementResult } from './connections.ts'
import { control, type Statement, TransactionError } from './statements.ts'

/** What leaves with COMMIT is short, unless it waits for a lock: a server that is frozen is not waited for once for each. */
const mostLong = 2

/** What became of the statements that left with COMMIT: their answers when they are saved, else what kept them from it. */
export type Outcome =
  | { answers: readonly StatementResult[]; error?: never }
  /** `ofStatement`: the server refused one of these statements, and the session goes on; anything else nobody forgives. */
  | { answers?: never; error: unknown; ofStatement: boolean }

/**
 * Sends the last statements of a transaction and COMMIT in one write, with BEGIN in front of them where it has not left:
 * all of it is saved, or nothing. Never rejects.
 * @param rollBack ends the transaction that was refused, and tells whether the server answered
 * @returns as error AppError `outcome_unknown` where the answer was lost or tells nothing of what was saved
 */
export async function commitWith(
  connection: Connection,
  begin: readonly Statement[],
  last: readonly Statement[],
  rollBack: () => Promise<boolean>,
): Promise<Outcome> {
  const first = begin.filter(({ isAgainstIdling }) => !isAgainstIdling)
  const { answers, error } = await connection.send([...first, ...last, control('commit')], {
    long: Math.min(last.length + 1, mostLong),
  })
  if (error) {
    // An error is the whole truth only if the session goes on after it.
    const isLost = error instanceof ConnectionLostError ? error.wasSent : !(await rollBack())
    if (isLost) return failed(new AppError('outcome_unknown', { cause: error }))
    if (answers.length < first.length) return failed(whyNotBegun(error))
  }
  try {
    checkBegun(first, answers)
  } catch (cause) {
    return failed(error ? cause : new AppError('outcome_unknown', { cause }))
  }
  if (error) return { error, ofStatement: true }
  const { command } = answers.at(-1) as StatementResult
  if (command === 'COMMIT') return { answers: answers.slice(first.length) }
  return failed(new TransactionError(`COMMIT was answered with ${command}: nothing was saved`))
}

function failed(error: unknown): Outcome {
  return { error, ofStatement: false }
}
