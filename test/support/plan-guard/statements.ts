import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sighting } from './collect.ts'

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
      const isNew = !known.places.some((place) => place.join() === frames.join())
      statements.set(key, isNew ? { ...known, places: [...known.places, frames] } : known)
    }
  }
  return [...statements.values()]
}

/** Why a statement is not explained, if so. */
export function reasonToSkip(statement: Statement): string | undefined {
  const { role, sql } = statement
  if (!/^\s*(select|insert|update|delete|merge|with|values|declare)\b/i.test(sql)) return 'have no plan'
  if (isOfTests(statement) && /;\s*\S/.test(sql)) return 'are several in one, by a test'
  if (role !== 'tenant' && role !== 'platform') return 'are run by a role of a test'
  return undefined
}

/** Whether only tests send it: it passes through the data layer, and nobody's request makes it. */
export function isOfTests({ places }: Statement): boolean {
  return places.every(([first]) => first?.startsWith('test/'))
}
