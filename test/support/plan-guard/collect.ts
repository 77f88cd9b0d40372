import { channel } from 'node:diagnostics_channel'
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'

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
  /^src\/(?!db\/|gate\.ts|http\/serve\.ts)/,
  /^test\/(?!support\/plan-guard\/)/,
  /^src\/http\//,
  /^src\//,
]
/** Deep enough to pass through Kysely and the data layer. */
const framesRead = 60

// Test files of one worker share their modules, and this one is run anew for each of them.
if (folder && !sent.hasSubscribers) collectInto(join(folder, `${process.pid}.ndjson`))

/** Writes each text of a role down when this process sends it for the first time. */
function collectInto(file: string): void {
  const authors = new WeakMap<Sent, string[]>()
  const known = new Set<string>()
  // Whoever asks for a statement is on the stack when it is prepared, and no longer when it waits for its turn.
  channel('tenantry.prepared').subscribe((message) => {
    const statement = message as Sent
    if (!known.has(statement.sql)) authors.set(statement, findFrames())
  })
  sent.subscribe((message) => {
    const { user, statements } = message as { user: string; statements: readonly Sent[] }
    const role = user.replace(/^.*_/, '')
    for (const statement of statements) {
      const { sql } = statement
      if (known.has(`${role} ${sql}`)) continue
      known.add(sql).add(`${role} ${sql}`)
      const sighting: Sighting = { role, sql, frames: authors.get(statement) ?? findFrames() }
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
