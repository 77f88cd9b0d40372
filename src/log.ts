import { type DestinationStream, type Logger, pino } from 'pino'

/** What never reaches the log, wherever in a logged object it stands. */
const secretNames = [
  'password',
  'admin_password',
  'current_password',
  'new_password',
  'password_hash',
  'access_token',
  'refresh_token',
  'selection_token',
  'authorization',
  'cookie',
  'token',
  'key',
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
    serializers: { err: (error: unknown) => describeError(error) },
  }
  return destination ? pino(options, destination) : pino(options)
}

/** How far a chain of causes is followed: it may be long, or closed to a ring. */
const deepestCause = 5

/**
 * An error without the values it may carry. PostgreSQL's `detail` and `where` quote rows and parameters, and a
 * message may quote what a caller sent: it is shown only where its author is known not to.
 */
export function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return { message: 'not an Error' }
  const { name, cause } = error
  const { code, constraint, table, routine, syscall } = error as Error & Record<string, unknown>
  const hasMore = depth < deepestCause
  return {
    name,
    message: isQuotable(error) ? error.message : undefined,
    code,
    constraint,
    table,
    routine,
    syscall,
    stack: framesOf(error),
    cause: cause !== undefined && hasMore ? describeError(cause, depth + 1) : undefined,
    errors:
      error instanceof AggregateError && hasMore
        ? error.errors.slice(0, deepestCause).map((each) => describeError(each, depth + 1))
        : undefined,
  }
}

/** Errors of ours, whose messages are written beforehand and name settings, tables and rules only. */
const ownErrors = new Set([
  'AppError',
  'ConfigError',
  'ConnectionLostError',
  'DataFolderInUseError',
  'MigrationError',
  'TransactionError',
  'UnsafeDatabaseError',
])

/**
 * SQLSTATE classes whose messages name tables, constraints, roles or the server's state: PostgreSQL, Appendix A.
 * Not among them: 22 (data exceptions) and P0 (RAISE), which quote values, and of 42 the malformed names.
 */
const quotableStates = /^(08|23|25|26|28|3D|40|42(?!60)|53|55|57|58)/

function isQuotable(error: Error): boolean {
  if (ownErrors.has(error.name)) return true
  const { code, severity, syscall } = error as Error & Record<string, unknown>
  if (typeof severity === 'string') return quotableStates.test(String(code))
  // The system's own: "connect ECONNREFUSED 127.0.0.1:5432".
  if (typeof syscall === 'string') return true
  // The engine's own, such as "x is not a function"; Node's have a code, and those quote their arguments.
  const isEngines =
    error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError
  return isEngines && code === undefined && !/["'`]/.test(error.message)
}

/** Where it happened, without the message that a stack begins with. */
function framesOf({ stack = '', message }: Error): string | undefined {
  // A message may have lines of its own that look like frames.
  const behind = stack.includes(message) ? stack.slice(stack.indexOf(message) + message.length) : stack
  const frames = behind.split('\n').filter((line) => /^ {4}at /.test(line))
  return frames.length > 0 ? frames.join('\n') : undefined
}
