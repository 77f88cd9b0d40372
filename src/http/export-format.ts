import { stringify } from 'csv-stringify/sync'
import { chunk } from 'es-toolkit'
import { z } from 'zod'
import type { Cursor } from '../db/keyset.ts'
import type { Reply } from './route.ts'

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
    stream: exportText(file),
  }
}

async function* exportText<Row extends object>(file: Export<Row>): AsyncGenerator<string, void> {
  const {
    columns,
    readPage,
    rowsPerPage,
    rowsPerPiece = rowsPerPage,
    cursorOf,
    toCells = (row) => row,
  } = file
  const isCsv = file.format === 'csv'
  let after: Cursor | undefined
  for (;;) {
    const rows = await readPage(after)
    // Not before: until something is sent, what fails is answered as ever.
    if (isCsv && !after) yield toCsv([columns], columns)
    for (const part of chunk(rows, rowsPerPiece)) {
      yield isCsv ? toCsv(part.map(toCells), columns) : toNdjson(part)
    }
    const last = rows.at(-1)
    if (!last || rows.length < rowsPerPage) return
    after = cursorOf(last)
  }
}

/**
 * RFC 4180; what is no text, number or instant is JSON. Spreadsheets run what begins like a formula: such a cell gets an
 * apostrophe in front (OWASP, CSV Injection).
 */
function toCsv(rows: readonly object[], columns: readonly string[]): string {
  return stringify([...rows], {
    columns: [...columns],
    record_delimiter: 'windows',
    escape_formulas: true,
    cast: { date: (date) => date.toISOString(), boolean: String },
  })
}

function toNdjson(rows: readonly object[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('')
}
