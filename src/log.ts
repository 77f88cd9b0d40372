import { type DestinationStream, type Logger, pino } from 'pino'

/** What never reaches the log, wherever in a logged object it stands. */
const secretNames = [
  'password',
  'admin_password',
  'password_hash',
  'access_token',
  'refresh_token',
  'selection_token',
  'authorization',
  'cookie',
  'token',
  'secret',
]

/** A logger of JSON lines with the names of secrets censored, to standard output or the given stream. */
export function createLog(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`, `*.*.*.${name}`]),
      censor: '[secret]',
    },
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: describeError },
  }
  return destination ? pino(options, destination) : pino(options)
}

/** An error without the values it may carry: PostgreSQL's `detail` and `where` quote rows and parameters. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: 'not an Error' }
  const { name, message, stack, cause } = error
  const { code, constraint, table, routine } = error as Error & Record<string, unknown>
  return { name, message, code, constraint, table, routine, stack, cause: cause && describeError(cause) }
}
