import type { Finding, Verdict } from './guard.ts'

/** Enough of a statement to know it by. */
const shown = 600

/** What is wrong, one paragraph each, and a line about what was looked at. */
export function composeReport({ findings, explained, inside, skipped, files }: Verdict): string {
  const left = [...skipped].map(([reason, count]) => `${count} ${reason}`).sort()
  const summary =
    `Plans: ${explained} statements from ${files.size} files explained for a tenant with most of the rows and for one ` +
    `with one of each; ${inside} run inside functions, triggers and foreign keys. ` +
    `Not explained: ${left.join(', ') || 'none'}. Wrong: ${findings.length}.`
  return [...findings.map(describe), summary].join('\n\n')
}

function describe({ rule, table, line, role, sql, places }: Finding): string {
  const text = sql.replace(/\s+/g, ' ').trim()
  const from = places.slice(0, 3).map((frames) => `  from: ${frames.slice(0, 3).join(' < ')}`)
  return [
    `${[table, rule].filter(Boolean).join(': ')}${role ? ` (as the ${role} role)` : ''}`,
    `  ${line}`,
    ...from,
    ...(text ? [`  ${text.length > shown ? `${text.slice(0, shown)} …` : text}`] : []),
  ].join('\n')
}
