import { AppError } from '../errors.ts'

/** What scripts can rely on. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, outOfDate: 3 }

/** Progress and problems: one line to standard error. */
export function log(line: string): void {
  process.stderr.write(`${line}\n`)
}

/** The result, to standard output: as JSON, or in words. */
export function print(asJson: boolean | undefined, result: object, inWords: () => string): void {
  process.stdout.write(`${asJson ? JSON.stringify(result) : inWords()}\n`)
}

/** What to tell of a failure. */
export function messageOf(error: unknown): string {
  // A host with several addresses that all refuse: Node's message is empty then.
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ')
  if (error instanceof AppError) return inWords(error)
  return error instanceof Error ? error.message : String(error)
}

/** A refusal with what the API would answer beside it. */
function inWords({ message, members, errors = [] }: AppError): string {
  const details = Object.entries(members).map(([name, value]) => {
    return `  ${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`
  })
  return [message, ...details, ...errors.map(({ path, message }) => `  ${path} ${message}`)].join('\n')
}
