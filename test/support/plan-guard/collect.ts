import { channel } from 'node:diagnostics_channel'
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { hasPlan, unknown } from './statements.ts'

/** One statement that ran, as a process of the test suite writes it down. */
export interface Sighting {
  /** The role that ran it: the end of its name, which tells the kind. */
  role: string
  sql: string
  /** Where it came from, innermost first: files and lines of this repository. */
  frames: string[]
}

/** A statement as the data layer sends it. */
interface Sent {
  sql: string
}

const folder = process.env.COLLECT_STATEMENTS
const sent = channel('tenantry.sent')
const root = join(import.meta.dirname, '../../..')
/** What is told as the place, first choice first: who asks for a statement in src, or in a test; what passes it on. */
const places = [
  /^src\/(?!db\/|gate\.ts|http\/(?:serve|slots)\.ts)/,
  /^test\/(?!support\/plan-guard\/)/,
  /^src\/http\//,
  /^src\//,
]
/** Deep enough to pass through Kysely and the data layer. */
const framesRead = 60

/** So many places in src, and so many in tests, are written down of one text and role. */
const mostPlaces = 5
/** So often a text is found to come from src before it is no longer asked: a stack costs more than the preparation. */
const mostLooks = 100

// Test files of one worker share their modules, and this one is run anew for each of them.
if (folder && !sent.hasSubscribers) collectInto(join(folder, `${process.pid}.ndjson`))

/** Writes each text of a role down with the first places that this process sends it from. */
function collectInto(file: string): void {
  const authors = new WeakMap<Sent, string[]>()
  const looks = new Map<string, number>()
  /** By role and text: the innermost frame of each place that is written down. */
  const known = new Map<string, Set<string>>()
  // Whoever asks for a statement is on the stack when it is prepared, and no longer when it waits for its turn.
  channel('tenantry.prepared').subscribe((message) => {
    const statement = message as Sent
    const { sql } = statement
    const before = looks.get(sql) ?? 0
    if (before >= mostLooks || !hasPlan(sql)) return
    const frames = findFrames()
    authors.set(statement, frames)
    if (frames[0]?.startsWith('src/')) looks.set(sql, before + 1)
  })
  sent.subscribe((message) => {
    const { user, statements } = message as { user: string; statements: readonly Sent[] }
    const role = user.replace(/^.*_/, '')
    for (const statement of statements) {
      const { sql } = statement
      if (!hasPlan(sql)) continue
      const key = `${role} ${sql}`
      const places = known.get(key) ?? new Set()
      // Another role's authors are others.
      if (places.size === 0) looks.delete(sql)
      const author = authors.get(statement)
      if (places.size > 0 && !author) continue
      const found = author ?? findFrames()
      const frames = found.length > 0 ? found : [unknown]
      const [first = unknown] = frames
      // Tests that ask the same first do not hide who asks in src.
      const ofItsKind = [...places].filter((place) => place.startsWith('src/') === first.startsWith('src/'))
      if (places.has(first) || ofItsKind.length >= mostPlaces) continue
      known.set(key, places.add(first))
      const sighting: Sighting = { role, sql, frames }
      appendFileSync(file, `${JSON.stringify(sighting)}\n`)
    }
  })
}

function findFrames(): string[] {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = framesRead
  const { stack = '' } = new Error('where am I')
  Error.stackTraceLimit = limit
  const frames = [...stack.matchAll(/(?:file:\/\/)?(\/[^\s()]+:\d+):\d+\)?$/gm)]
    .map(([, place = '']) => place)
    .filter((place) => place.startsWith(`${root}/`))
    .map((place) => place.slice(root.length + 1))
  const found = places.map((kind) => frames.filter((frame) => kind.test(frame)))
  return found.find(({ length }) => length > 0) ?? []
}
