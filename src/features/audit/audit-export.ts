import { stringify } from 'csv-stringify/sync'
import type { Cursor } from '../../db/keyset.ts'
import { cursorOf, type ShownEntry } from './audit-list.ts'

/** What an audit trail can be had as, and what browsers are told that it is. */
export const exportTypes = {
  csv: 'text/csv; charset=utf-8',
  ndjson: 'application/x-ndjson; charset=utf-8',
}
export type ExportFormat = keyof typeof exportTypes

/** So many entries are held in memory at a time, and read in one go. */
export const entriesPerRead = 1000

const columns = [
  'created_at',
  'actor_kind',
  'actor_id',
  'actor_name',
  'actor_email',
  'action',
  'object_type',
  'object_id',
  'changed_fields',
  'reason',
  'ip',
  'request_id',
  'id',
] as const satisfies (keyof ShownEntry)[]

/**
 * The text of an export, a page of entries at a time: the next one is read when this one has been taken.
 * @param readPage gives up to entriesPerRead entries behind one
 */
export async function* exportEntries(
  format: ExportFormat,
  readPage: (after: Cursor | undefined) => Promise<ShownEntry[]>,
): AsyncGenerator<string, void> {
  let after: Cursor | undefined
  for (;;) {
    const entries = await readPage(after)
    const text = format === 'csv' ? toCsv(entries, { isFirst: !after }) : toNdjson(entries)
    // An empty piece would end nothing and tell nothing.
    if (text !== '') yield text
    const last = entries.at(-1)
    if (!last || entries.length < entriesPerRead) return
    after = cursorOf(last)
  }
}

/**
 * RFC 4180. Spreadsheets run what begins like a formula: such a cell gets an apostrophe in front (OWASP, CSV Injection).
 */
function toCsv(entries: ShownEntry[], { isFirst }: { isFirst: boolean }): string {
  const rows = entries.map((entry) => ({ ...entry, changed_fields: entry.changed_fields.join(' ') }))
  return stringify(rows, {
    columns: [...columns],
    header: isFirst,
    record_delimiter: 'windows',
    escape_formulas: true,
    cast: { date: (date) => date.toISOString() },
  })
}

function toNdjson(entries: ShownEntry[]): string {
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join('')
}
