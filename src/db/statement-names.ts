import { randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'

/** What the rows of a statement look like. A server that would send others answers with an error: SQLSTATE 0A000. */
export interface RowShape {
  names: string[]
  parsers: ((text: string) => unknown)[]
  /** The same, for rows that nobody looks at before they are JSON. */
  parsersForJson: ((text: string) => unknown)[]
  empty: Record<string, null>
}

/** A statement that a connection's server knows by name. */
export interface NamedStatement {
  readonly name: string
  /** Whether it has been sent to be parsed. */
  isParsed: boolean
  /** Set once the server has answered it: from then on it need not be described again. */
  shape?: RowShape
}

/** A parsed statement costs the server memory, so each connection keeps the most recently used ones only. */
const preparedPerConnection = 200

/** The names under which one connection's server knows its parsed statements; the least recently used makes room. */
export class StatementNames {
  // A pooler that hands the server to somebody else in between: no name of theirs may be one of ours.
  readonly #prefix = randomBytes(6).toString('hex')
  #forgotten: string[] = []
  // No Map in order of use, in which a key goes and comes again with each statement: see src/gate.ts.
  readonly #known = new LRUCache<string, NamedStatement>({
    max: preparedPerConnection,
    dispose: ({ name }) => this.#forgotten.push(name),
  })
  #next = 0

  /** The name of a statement: the one it has, or a new one. */
  nameOf(sql: string): NamedStatement {
    const known = this.#known.get(sql)
    if (known) return known
    // A name is never used twice: one that is closed while its statement is under way stays harmless.
    const named = { name: `${this.#prefix}_${this.#next++}`, isParsed: false }
    this.#known.set(sql, named)
    return named
  }

  /** Lets go of a statement; its name is to be closed. To close one that the server does not know is no error. */
  forget(sql: string): void {
    this.#known.delete(sql)
  }

  /** The names to close, once each. */
  takeForgotten(): readonly string[] {
    if (this.#forgotten.length === 0) return this.#forgotten
    const names = this.#forgotten
    this.#forgotten = []
    return names
  }
}
