import { setImmediate } from 'node:timers/promises'
import { stringify } from 'csv-stringify/sync'
import { chunk, Semaphore } from 'es-toolkit'
import { z } from 'zod'
import type { Cursor } from '../db/keyset.ts'
import type { TenantId } from '../db/tenant-id.ts'
import { createGates } from '../gate.ts'
import type { Reply } from './route.ts'
import type { Piece } from './unread.ts'

/**
 * How many pages, of all exports together, may be rows in memory: from being asked for until they are text, which counts
 * as unread. Reading is faster than turning into text, so rows would pile up otherwise. A page that waits for a connection
 * holds its place.
 */
const pagesInTheMaking = new Semaphore(4)
/** Of one tenant a page at a time, so that its exports leave room for others', however many they are. */
const throughTenant = createGates<TenantId>(1, 1000)

/** What rows can be had as, and what browsers are told that it is. */
export const exportTypes = {
  csv: 'text/csv; charset=utf-8',
  ndjson: 'application/x-ndjson; charset=utf-8',
}
type ExportFormat = keyof typeof exportTypes

/** Which of them an export is asked for. */
export const exportFormatSchema = z.enum(['csv', 'ndjson']).default('csv')

/** What the answer of a route that exports is declared as. */
export const exportResponse = {
  status: 200,
  contentType: Object.values(exportTypes),
  headers: { 'Content-Disposition': 'The name of the file.' },
} as const

/** Rows of which nobody holds more than a page in memory. */
export interface Export<Row extends object> {
  tenantId: TenantId
  format: ExportFormat
  /** Of the file, without its end. */
  name: string
  /** The columns of CSV; JSON has all members. */
  columns: readonly string[]
  /** Gives up to `rowsPerPage` rows behind a place, in the order of the export. */
  readPage(after: Cursor | undefined): Promise<Row[]>
  rowsPerPage: number
  /** So many rows are turned into text at a time: fewer than a page where a row is long. */
  rowsPerPiece?: number
  cursorOf(row: Row): Cursor
  /** What CSV says of a row, if that is not what JSON does. */
  toCells?(row: Row): object
}

/** A file that is made while it is sent: the next page is read when the last one has been taken. */
export function exportReply<Row extends object>(file: Export<Row>): Reply {
  const { format, name } = file
  return {
    status: exportResponse.status,
    headers: {
      'Content-Type': exportTypes[format],
      'Content-Disposition': `attachment; filename="${name}.${format}"`,
    },
    stream: (isGone) => exportText(file, isGone),
  }
}

async function* exportText<Row extends object>(
  file: Export<Row>,
  isGone: AbortSignal,
): AsyncGenerator<Piece, void> {
  let after: Cursor | undefined
  for (;;) {
    const page = await throughTenant(file.tenantId, () => makePage(file, after, isGone))
    if (!page) return
    const { texts, next } = page
    let held = texts.reduce((sum, text) => sum + text.length, 0)
    for (const text of texts) {
      yield { text, held }
      held -= text.length
    }
    if (!next) return
    after = next
  }
}

/**
 * The text of a page, and behind which place the next one is, if there is one. Its rows are let go of.
 * @returns undefined when nobody wants it any more
 */
async function makePage<Row extends object>(
  file: Export<Row>,
  after: Cursor | undefined,
  isGone: AbortSignal,
) {
  const { format, columns, rowsPerPage, rowsPerPiece = rowsPerPage, toCells = (row) => row } = file
  if (isGone.aborted) return undefined
  await pagesInTheMaking.acquire()
  try {
    if (isGone.aborted) return undefined
    const rows = await file.readPage(after)
    const texts: string[] = []
    // An export without rows is one piece: in CSV its head.
    for (const part of rows.length > 0 || after ? chunk(rows, rowsPerPiece) : [[]]) {
      // Others have their turn between pieces.
      if (texts.length > 0) await setImmediate()
      const hasHead = !after && texts.length === 0
      texts.push(format === 'csv' ? toCsv(part.map(toCells), columns, hasHead) : toNdjson(part))
    }
    const last = rows.length < rowsPerPage ? undefined : rows.at(-1)
    return { texts, next: last && file.cursorOf(last) }
  } finally {
    pagesInTheMaking.release()
  }
}

/**
 * RFC 4180; what is no text, number or instant is JSON. Spreadsheets run what begins like a formula: such a cell gets an
 * apostrophe in front (OWASP, CSV Injection).
 */
function toCsv(rows: readonly object[], columns: readonly string[], header: boolean): string {
  return stringify([...rows], {
    header,
    columns: [...columns],
    record_delimiter: 'windows',
    escape_formulas: true,
    cast: { date: (date) => date.toISOString(), boolean: String },
  })
}

function toNdjson(rows: readonly object[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('')
}
