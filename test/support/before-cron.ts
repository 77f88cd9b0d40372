const fiveMinutes = 300_000

/**
 * Starts processes with a clock that strikes for what runs each minute and each five soon after they are up.
 * @param env gets the clock
 * @param untilMs how long after the start it strikes; twice as long where that was too short for them to be up
 */
export async function startBeforeCron<Started extends { end(signal: 'SIGKILL'): Promise<void> }>(
  env: Record<string, string>,
  start: () => Promise<Started[]>,
  untilMs: number,
): Promise<Started[]> {
  env.NODE_OPTIONS = `--import ${new URL('shifted-clock.ts', import.meta.url)}`
  for (let waitMs = untilMs; ; waitMs *= 2) {
    const begin = Date.now()
    env.CLOCK_SHIFT_MS = String(-(begin % fiveMinutes) - waitMs)
    const started = await start()
    if (Date.now() - begin < waitMs - 1000) return started
    await Promise.all(started.map((each) => each.end('SIGKILL')))
  }
}
