import pg from 'pg'
import { serialize } from 'pg-protocol'
import type { NamedStatement, RowShape, StatementNames } from './statement-names.ts'
import type { Statement } from './statements.ts'
import { readTimestamp, readTimestampAsJson, timestamptz } from './timestamps.ts'

/** The answer to one statement. */
export interface StatementResult {
  command: string
  rowCount: number | null
  rows: unknown[]
  /** What kept its rows from being read: the server knows nothing of it. */
  unreadable?: unknown
}

/** The answers there are, in order, and what ended them early. */
export interface BatchResult {
  answers: readonly StatementResult[]
  error?: unknown
}

const noRows: RowShape = { names: [], parsers: [], parsersForJson: [], empty: {} }
const sync = serialize.sync()
const execute = serialize.execute()
const describePortal = serialize.describe({ type: 'P' })

/**
 * Statements that go to the server in one write and are followed by a single Sync: they are answered in one go, and when
 * one fails, the server skips those behind it (PostgreSQL, 54.2.3, extended query). It settles once, and never throws.
 */
export class Batch extends pg.Query {
  readonly #statements: readonly Statement[]
  readonly #names: StatementNames | undefined
  readonly #named: (NamedStatement | undefined)[] = []
  readonly #answers: StatementResult[] = []
  readonly #done: (result: BatchResult) => void
  #shape: RowShape | undefined
  #rows: unknown[] = []
  #unreadable: unknown

  /** @param names without them no statement keeps a name on the server */
  constructor(
    statements: readonly Statement[],
    names: StatementNames | undefined,
    done: (result: BatchResult) => void,
  ) {
    super('')
    this.#statements = statements
    this.#names = names
    this.#done = done
  }

  override submit = ({ stream }: pg.Connection): void => {
    const parts: Buffer[] = []
    for (const { sql, values, isNeverNamed } of this.#statements) {
      const named = isNeverNamed ? undefined : this.#names?.nameOf(sql)
      this.#named.push(named)
      for (const name of this.#names?.takeForgotten() ?? []) parts.push(serialize.close({ type: 'S', name }))
      const statement = named?.name ?? ''
      if (!named?.isParsed) parts.push(serialize.parse({ name: statement, text: sql }))
      if (named) named.isParsed = true
      parts.push(serialize.bind({ statement, values }))
      if (!named?.shape) parts.push(describePortal)
      parts.push(execute)
    }
    parts.push(sync)
    stream.write(Buffer.concat(parts))
  }

  handleRowDescription({ fields }: { fields: { name: string; dataTypeID: number }[] }): void {
    const names = fields.map(({ name }) => name)
    const parserOf = (type: number) => pg.types.getTypeParser(type, 'text')
    const parsersWith = (read: (text: string) => unknown) =>
      fields.map(({ dataTypeID: type }) => (type === timestamptz ? read : parserOf(type)))
    this.#shape = {
      names,
      parsers: parsersWith(readTimestamp),
      parsersForJson: parsersWith(readTimestampAsJson),
      empty: Object.fromEntries(names.map((name) => [name, null])),
    }
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    const index = this.#answers.length
    this.#shape ??= this.#named[index]?.shape ?? noRows
    const { names, empty } = this.#shape
    const parsers = this.#statements[index]?.isForJson ? this.#shape.parsersForJson : this.#shape.parsers
    const row: Record<string, unknown> = { ...empty }
    try {
      if (fields.length !== names.length)
        throw new TypeError('a row has other columns than its statement had')
      for (let column = 0; column < names.length; column++) {
        const text = fields[column] as string | null
        if (text !== null) row[names[column] as string] = parsers[column]?.(text)
      }
    } catch (error) {
      this.#unreadable ??= error
    }
    this.#rows.push(row)
  }

  handleCommandComplete({ text }: { text: string }): void {
    const named = this.#named[this.#answers.length]
    if (named) named.shape ??= this.#shape ?? noRows
    this.#answers.push({ ...readTag(text), rows: this.#rows, unreadable: this.#unreadable })
    this.#shape = undefined
    this.#rows = []
    this.#unreadable = undefined
  }

  handleEmptyQuery(): void {
    this.handleCommandComplete({ text: '' })
  }

  handleReadyForQuery(): void {
    this.#done({ answers: this.#answers })
  }

  handleError(error: unknown): void {
    // Of those whose answer was to be the first nobody knows whether the server has parsed them.
    for (const [index, { sql }] of this.#statements.entries()) {
      if (this.#named[index]?.shape === undefined) this.#names?.forget(sql)
    }
    this.#done({ answers: this.#answers, error })
  }
}

/** A command tag such as SELECT 21, INSERT 0 1 or COMMIT: PostgreSQL, 54.7, CommandComplete. */
function readTag(text: string): { command: string; rowCount: number | null } {
  const space = text.indexOf(' ')
  if (space < 0) return { command: text, rowCount: null }
  const count = Number(text.slice(text.lastIndexOf(' ') + 1))
  return { command: text.slice(0, space), rowCount: Number.isNaN(count) ? null : count }
}
