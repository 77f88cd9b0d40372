import { AppError } from '../errors.ts'
import { type Begin, checkBegun, refusalOf } from './begin.ts'
import { type Connection, ConnectionLostError, type StatementResult } from './connections.ts'
import { control, type Statement, TransactionError } from './statements.ts'

/**
 * Of what leaves with COMMIT two may each take as long as a statement may: the last query, and a wait for a lock. A server
 * that is frozen is not waited for once for each.
 */
const mostLong = 2

/** What became of the statements that left with COMMIT: their answers when they are saved, else what kept them from it. */
export type Outcome =
  | { answers: readonly StatementResult[]; error?: never }
  /** `isRefusal`: the server refused one of these statements or COMMIT, and the session goes on. */
  | { answers?: never; error: unknown; isRefusal: boolean }

/**
 * Sends the last statements of a transaction and COMMIT in one write, with BEGIN in front of them where it has not left:
 * all of it is saved, or nothing. Never rejects.
 * @param rollBack ends the transaction that was refused, and tells whether the server answered
 * @returns as error AppError `outcome_unknown` where the answer was lost or tells nothing of what was saved
 */
export async function sendWithCommit(
  connection: Connection,
  begin: Begin | undefined,
  last: readonly Statement[],
  rollBack: () => Promise<boolean>,
): Promise<Outcome> {
  const settings = begin?.settings.filter(({ isAgainstIdling }) => !isAgainstIdling) ?? []
  const behind = begin?.behind ?? []
  const first = [...settings, ...behind]
  const { answers, error } = await connection.send([...first, ...last, control('commit')], {
    long: behind.length + Math.min(last.length + 1, mostLong),
  })
  if (error instanceof ConnectionLostError) {
    return failed(error.wasSent ? new AppError('outcome_unknown', { cause: error }) : error)
  }
  if (error) {
    // An error is the whole truth only if the session goes on after it.
    if (!(await rollBack())) return failed(new AppError('outcome_unknown', { cause: error }))
    const refusal = refusalOf({ settings, behind }, { answers, error })
    return refusal ? failed(refusal.error) : { error, isRefusal: true }
  }
  try {
    checkBegun(settings, answers)
  } catch (cause) {
    return failed(new AppError('outcome_unknown', { cause }))
  }
  const { command } = answers.at(-1) as StatementResult
  if (command === 'COMMIT') return { answers: answers.slice(first.length) }
  return failed(new TransactionError(`COMMIT was answered with ${command}: nothing was saved`))
}

function failed(error: unknown): Outcome {
  return { error, isRefusal: false }
}
