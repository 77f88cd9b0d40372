import { channel } from 'node:diagnostics_channel'
import type { CompiledQuery } from 'kysely'
import pg from 'pg'
import { prepareValue } from 'pg/lib/utils.js'

/** A rule of the data layer was broken by the code that used a handle: always a bug of ours. */
export class TransactionError extends Error {
  override name = 'TransactionError'
}

/** BEGIN or one of its settings was answered as something else: whatever stands between here and the server is not to be trusted. */
export class NotBegunError extends TransactionError {
  override name = 'NotBegunError'
}

/** One statement as it travels. */
export interface Statement {
  sql: string
  values: (string | Buffer | null)[]
  /** Such as one with a literal in it that is another each time: the server need not remember it. */
  isNeverNamed?: boolean
  /** Instants in its rows are read as the text that JSON has of them. */
  isForJson?: boolean
  /** It only reads what decides who may do what. */
  decidesNothing?: boolean
  /** A few rows by an index, whatever the values and however many rows there are: others can wait behind it. */
  isShort?: boolean
  /**
   * It limits how long a transaction may be idle. Left out where all of it is one write: this process is not waited for
   * then, and one that failed holds no locks.
   */
  isAgainstIdling?: boolean
}

/** A query as Kysely compiles it, or as it was kept. */
export type Query = Pick<CompiledQuery, 'sql' | 'parameters'> &
  Pick<Statement, 'isForJson' | 'decidesNothing' | 'isShort'>

/** A statement of our own, without parameters. */
export function control(sql: string): Statement {
  return { sql, values: [] }
}

/**
 * What a handle may send. A whole statement of somebody else's making could otherwise end the transaction,
 * become another tenant (SET LOCAL) or leave something on the connection for its next user (SET, PREPARE,
 * LISTEN, a cursor WITH HOLD).
 */
const allowed =
  /^\s*(?:(?:select|insert|update|delete|merge|with|values|fetch|move|close)\b|declare\s+\w+\s+(?:no\s+scroll\s+)?cursor\s+for\b|set\s+local\s+(?:lock|statement)_timeout\b)/i

/** Whoever listens in this process is told of each statement while its author is on the stack. */
const prepared = channel('tenantry.prepared')

/** The rows of these are those of a cursor, which may be another one under the same name. */
const ofCursor = /^\s*(?:fetch|move)\b/i

/** The count of parameters travels in 16 bits and would wrap around. */
const maxParameters = 65_535

/**
 * Checks and encodes a statement before anything of it is written: a parameter that cannot be encoded (a
 * circular object, a BigInt inside JSON) must not leave half a statement on the wire.
 * @throws TransactionError for a statement that no handle may send; TypeError for a value without an encoding
 */
export function prepareStatement({ sql, parameters, isForJson, decidesNothing, isShort }: Query): Statement {
  if (!allowed.test(sql)) {
    throw new TransactionError(`a handle sends queries only, not ${JSON.stringify(sql.slice(0, 30))}`)
  }
  // On the wire it would end the text, and the server would take the rest for something else.
  if (sql.includes('\0')) throw new TransactionError('a statement cannot hold a NUL character')
  if (parameters.length > maxParameters) throw new TypeError('too many parameters: pass lists as arrays')
  const isNeverNamed = ofCursor.test(sql)
  const values = parameters.map(encodeParameter)
  const statement = { sql, values, isNeverNamed, isForJson, decidesNothing, isShort }
  if (prepared.hasSubscribers) prepared.publish(statement)
  return statement
}

function encodeParameter(value: unknown): string | Buffer | null {
  if (typeof value === 'string') return value
  if (typeof value === 'function' || typeof value === 'symbol') {
    throw new TypeError(`a ${typeof value} cannot be a parameter`)
  }
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw new TypeError('an invalid date cannot be a parameter')
    const text = value.toISOString()
    // Of the years that PostgreSQL writes as ISO 8601 does; pg knows what it makes of the others.
    if (text.length === 24 && !text.startsWith('0000')) return text
  }
  try {
    return prepareValue(value)
  } catch (cause) {
    throw new TypeError('a parameter cannot be encoded', { cause })
  }
}

/** Doubles the quotes of a string for use as an SQL literal. */
export const escapeLiteral = pg.escapeLiteral

/** Whether a prepared statement no longer fits (0A000 after a migration, 26000 behind a pooler): try anew once. */
export function isStaleStatement(error: unknown): boolean {
  const { code, routine } = (error ?? {}) as { code?: string; routine?: string }
  return code === '26000' || (code === '0A000' && routine === 'RevalidateCachedQuery')
}

/** The tables that decide who may do what, and what may change them unseen: the functions of the schema app. */
const decisive =
  /\bapp"?\s*\.\s*"?\w|\b(?:memberships|tenants|plans|sessions|support_sessions|api_keys|users|super_admins)\b/i

/** Whether who may do what in a tenant may be otherwise after a statement. Values are not in its text. */
export function mayDecideAccess({ sql, decidesNothing }: Statement): boolean {
  return !decidesNothing && decisive.test(sql)
}
