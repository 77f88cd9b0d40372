import { createHash } from 'node:crypto'
import { AppError } from '../errors.ts'

/** Where a page ends: the sorted value and the id of its last row. */
export interface Cursor {
  value: string
  id: string
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/**
 * The sort of a list whose cursors are good for its filters, too: among other rows one would skip some.
 * @param filters members without a value are as good as none
 */
export function bindCursor(sort: string, filters: object): string {
  const members = Object.entries(filters).filter(([, value]) => value !== undefined)
  if (members.length === 0) return sort
  const text = JSON.stringify(members.sort(([a], [b]) => (a < b ? -1 : 1)))
  return `${sort} ${createHash('sha256').update(text).digest('base64url').slice(0, 12)}`
}

/** A cursor as clients carry it: opaque, and good for the sort it was made with. */
export function encodeCursor(sort: string, { value, id }: Cursor): string {
  return Buffer.from(JSON.stringify([sort, value, id])).toString('base64url')
}

/** What a list is sorted by; instants are ISO 8601 in UTC, dates ISO 8601. */
export type SortedKind = 'text' | 'instant' | 'date' | 'integer'

/** Whether PostgreSQL reads a text as a value of a kind: it knows no year 0. */
const isOfKind: Record<SortedKind, (text: string) => boolean> = {
  text: (text) => text.isWellFormed() && !text.includes('\0'),
  instant: (text) => /^(?!0000)\d{4}-/.test(text) && new Date(text).toISOString() === text,
  date: (text) => /^(?!0000)\d{4}-\d{2}-\d{2}$/.test(text) && new Date(text).toISOString().startsWith(text),
  integer: (text) => /^-?\d+$/.test(text) && Number.isSafeInteger(Number(text)),
}

/**
 * Reads a cursor back.
 * @param kind of the sorted value
 * @param idPattern what an id of the list looks like
 * @throws AppError 400 `invalid_request` when it is not one of ours for this sort
 */
export function decodeCursor(text: string, sort: string, kind: SortedKind, idPattern = uuid): Cursor {
  try {
    const [cursorSort, value, id] = JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown[]
    const isValid =
      cursorSort === sort &&
      typeof value === 'string' &&
      isOfKind[kind](value) &&
      typeof id === 'string' &&
      idPattern.test(id)
    if (isValid) return { value, id }
  } catch {
    // Told below like every other cursor that is not ours.
  }
  const errors = [{ path: 'query.cursor', message: 'is not a cursor of this list and sort' }]
  throw new AppError('invalid_request', { errors })
}

/** One page of rows and the cursor behind it, from rows read with a limit of one more than the page's. */
export function toPage<Row>(rows: Row[], limit: number, cursorOf: (row: Row) => string) {
  const data = rows.slice(0, limit)
  const last = data.at(-1)
  return { data, next_cursor: rows.length > limit && last !== undefined ? cursorOf(last) : null }
}
