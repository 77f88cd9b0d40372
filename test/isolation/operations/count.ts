/** Counts what was sent, by kind of attack and by who sent it. */
export function createCount() {
  const kinds = new Map<string, number>()
  const callers = new Map<string, number>()
  const operations = new Set<string>()
  let requests = 0
  const add = (counts: Map<string, number>, name: string) =>
    void counts.set(name, (counts.get(name) ?? 0) + 1)
  return {
    add({ operation, kind, by }: { operation: string; kind: string; by: string }) {
      operations.add(operation)
      add(kinds, kind)
      add(callers, by)
      requests++
    },
    requests: () => requests,
    /** The counts in words. */
    tell(): string {
      const list = (counts: Map<string, number>) =>
        [...counts].map(([name, count]) => `${name} ${count.toLocaleString('en')}`).join(', ')
      return [
        `Attacked: ${operations.size} operations, ${requests.toLocaleString('en')} requests`,
        `  by kind: ${list(kinds)}`,
        `  by caller: ${list(callers)}`,
        '',
      ].join('\n')
    },
  }
}
