/** The process was asked to end in the middle of its work. */
export class InterruptedError extends Error {
  override name = 'InterruptedError'
  /** What the process ends with: 128 and the number of the signal, as a shell has it; 0 when nobody reads on. */
  readonly exitCode: number

  constructor(cause: keyof typeof codes) {
    super(`interrupted: ${cause}`)
    this.exitCode = codes[cause]
  }
}

const codes = { SIGINT: 130, SIGTERM: 143, EPIPE: 0 }

const interruption = new AbortController()

/**
 * From now on Ctrl-C, SIGTERM, and a standard output that nobody reads any more (`… | head`) interrupt the work, so
 * that what it opened is closed; a second signal ends the process at once. For the program, not for tests.
 */
export function listenForInterrupts(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (interruption.signal.aborted) process.exit(codes[signal])
      interruption.abort(new InterruptedError(signal))
    })
  }
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    interruption.abort(new InterruptedError('EPIPE'))
  })
  // Whoever closes standard error does not want to be told of it.
  process.stderr.on('error', () => undefined)
}

/** Whether the process is to end; something may still be under way, which nobody waits for. */
export function wasInterrupted(): boolean {
  return interruption.signal.aborted
}

/**
 * Runs work until its end or that of the process, whichever is first. What goes on behind an interruption meets closed
 * connections, and nobody waits for it.
 * @throws what work throws; InterruptedError
 */
export async function untilInterrupted<T>(work: () => Promise<T>): Promise<T> {
  const { signal } = interruption
  signal.throwIfAborted()
  const interrupted = Promise.withResolvers<never>()
  const interrupt = () => interrupted.reject(signal.reason)
  signal.addEventListener('abort', interrupt)
  try {
    return await Promise.race([work(), interrupted.promise])
  } finally {
    signal.removeEventListener('abort', interrupt)
  }
}
