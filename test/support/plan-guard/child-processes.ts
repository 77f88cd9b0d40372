/** What a process that a test starts needs in its environment to write its statements down, too, in a run that collects. */
export function collectingEnvironment(): Record<string, string> {
  const { COLLECT_STATEMENTS } = process.env
  if (!COLLECT_STATEMENTS) return {}
  return { COLLECT_STATEMENTS, NODE_OPTIONS: `--import=${new URL('./collect.ts', import.meta.url)}` }
}
