import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sighting } from './collect.ts'

/** The place of what was sent when nobody of this repository was on the stack. */
export const unknown = 'unknown'

/** One statement of the suite, as often as it was seen. */
export interface Statement {
  role: string
  sql: string
  /** Each place that it came from: files and lines, innermost first. */
  places: string[][]
}

/** Reads what the processes of a run wrote down, each text of each role once. */
export async function readStatements(folder: string): Promise<Statement[]> {
  const statements = new Map<string, Statement>()
  for (const file of (await readdir(folder)).filter((name) => name.endsWith('.ndjson'))) {
    // A process that is killed while it writes leaves half a line.
    const lines = (await readFile(join(folder, file), 'utf8')).split('\n').slice(0, -1)
    for (const { role, sql, frames } of lines.map((line) => JSON.parse(line) as Sighting)) {
      const key = `${role} ${sql}`
      const known = statements.get(key) ?? { role, sql, places: [] }
      const place = frames.length > 0 ? frames : [unknown]
      const isNew = !known.places.some((each) => each.join() === place.join())
      statements.set(key, isNew ? { ...known, places: [...known.places, place] } : known)
    }
  }
  return [...statements.values()].map(({ places, ...statement }) => {
    const told = places.filter(([first]) => first !== unknown)
    return { ...statement, places: told.length > 0 ? told : [[unknown]] }
  })
}

/** Whether EXPLAIN takes it: BEGIN, SET LOCAL, FETCH and the like have no plan. */
export function hasPlan(sql: string): boolean {
  return /^\s*(select|insert|update|delete|merge|with|values|declare)\b/i.test(sql)
}

/** Why a statement is not explained, if so. */
export function reasonToSkip(statement: Statement): string | undefined {
  const { role, sql } = statement
  if (!hasPlan(sql)) return 'have no plan'
  if (isOfTests(statement) && /;\s*\S/.test(sql)) return 'are several in one, by a test'
  if (role !== 'tenant' && role !== 'platform') return 'are run by a role of a test'
  return undefined
}

/** Whether only tests send it: it passes through the data layer, and nobody's request makes it. */
export function isOfTests({ places }: Statement): boolean {
  return places.every(([first]) => first?.startsWith('test/'))
}
