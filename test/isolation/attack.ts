import { randomUUID } from 'node:crypto'
import type { OwnedTable } from './catalogue.ts'
import type { Row } from './rows.ts'

/** What acme (or a connection without a tenant) tries against globex's row of a table. */
export interface Attack {
  name: string
  /**
   * A reading attack wins with a word of globex's in an answer or `found` above 0, a writing one with a row, a command
   * when it is obeyed.
   */
  kind: 'read' | 'write' | 'command'
  /** SQLSTATEs with which PostgreSQL may refuse it; any other error means that the attack itself is wrong. */
  refusedWith: string[]
  /** The first PostgreSQL that knows its syntax. */
  since?: number
  /** It names no table, so one table is enough. */
  isGlobal?: true
  /** It changes settings of its transaction, which others do not share then. */
  isAlone?: true
  /** It writes rows of its own on the way, which are taken back whatever comes of it. */
  isUndone?: true
  statements(table: OwnedTable): { text: string; values?: unknown[] }[]
}

export const denied = '42501'
/** What may stand in the way of a row of one's own: keys, references, checks, and what triggers raise. */
export const inTheWay = ['23502', '23503', '23505', '23514', 'P0001', 'TN000', 'TN006']
export const isTheirs = "tenant_id <> 'acme'"

/** An attack of statements with `;` between them, in which `$1` is the key of the other's row. */
export function read(
  name: string,
  text: (table: OwnedTable) => string,
  more: string[] | Partial<Attack> = [],
): Attack {
  const values = ({ theirs, key }: OwnedTable, sql: string) => (sql.includes('$1') ? [theirs[key]] : [])
  return {
    name,
    kind: 'read',
    refusedWith: [],
    statements: (table) =>
      text(table)
        .split(';')
        .map((sql) => ({ text: sql.trim(), values: values(table, sql) })),
    ...(Array.isArray(more) ? { refusedWith: more } : more),
  }
}

/** The same of a writing one, which may be refused. */
export function write(name: string, text: (table: OwnedTable) => string, more: Partial<Attack> = {}): Attack {
  return read(name, text, { kind: 'write', refusedWith: [denied], ...more })
}

/** One that nobody but an owner may give. */
export function command(name: string, text: (table: OwnedTable) => string): Attack {
  return read(name, text, { kind: 'command', refusedWith: [denied] })
}

/** An insert of one row. */
export function inserting(
  name: string,
  make: (table: OwnedTable) => { text: string; values: unknown[] },
  more: Partial<Attack> = {},
): Attack {
  const statements = (table: OwnedTable) => [make(table)]
  return { name, kind: 'write', refusedWith: [denied], statements, ...more }
}

/** A row with an id of its own, where rows have one. */
export function fresh({ key }: OwnedTable, row: Row): Row {
  return key === 'id' ? { ...row, id: randomUUID() } : row
}
