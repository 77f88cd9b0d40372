/*
 * Moves the machine's clock as the process sees it, by CLOCK_SHIFT_MS, so that a test need not wait for a full hour to
 * see what a crontab does then. Loaded with node --import.
 */
const shift = Number(process.env.CLOCK_SHIFT_MS)
const now = Date.now.bind(Date)

Date.now = () => now() + shift
globalThis.Date = new Proxy(Date, {
  construct: (target, given, newTarget) =>
    Reflect.construct(target, given.length > 0 ? given : [now() + shift], newTarget),
  apply: (target) => new target(now() + shift).toString(),
})
