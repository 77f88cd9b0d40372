import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { CsvError, parse } from 'csv-parse'
import type { TenantFields } from './provision-schemas.ts'
import { type ColumnProblem, isTenantColumn, readTenantTexts, tenantColumns } from './tenant-texts.ts'

/** A file cannot be read as tenants at all: nothing of it was made. */
export class ImportFileError extends Error {
  override name = 'ImportFileError'
}

/** One line of a file: a tenant, or what is wrong with it. */
export type ImportLine = { line: number } & (
  | { fields: TenantFields; key: Buffer; problems?: never }
  | { problems: ColumnProblem[] }
)

/**
 * Checks that a file is UTF-8 and CSV (RFC 4180) with a head of columns that are known, and counts its lines, without
 * keeping it.
 * @throws ImportFileError; what the file system says
 */
export async function countImportLines(path: string): Promise<number> {
  await refuseOtherEncodings(path)
  let count = -1
  for await (const { record } of readRecords(path)) {
    if (count === -1) checkHead(record)
    count++
  }
  if (count === -1) throw new ImportFileError(`${path} is empty: its first line names the columns`)
  return count
}

/**
 * The lines of a file that was counted, one after the other. The key of a line is what it says and how many before it
 * said the same, so that it stays the same when lines are added, or columns move.
 */
export async function* readImportLines(path: string): AsyncGenerator<ImportLine> {
  let head: string[] | undefined
  const seen = new Map<string, number>()
  for await (const { record, line } of readRecords(path)) {
    if (!head) {
      head = record
      continue
    }
    if (record.length !== head.length) {
      const message = `has ${record.length} fields, and the head has ${head.length}`
      yield { line, problems: [{ column: '', value: undefined, message }] }
      continue
    }
    const read = readTenantTexts(
      Object.fromEntries(head.map((column, index) => [column, record[index] ?? ''])),
    )
    if (read.problems) {
      yield { line, problems: read.problems }
      continue
    }
    const content = hash(JSON.stringify(sorted(read.fields))).toString('base64')
    const before = seen.get(content) ?? 0
    seen.set(content, before + 1)
    yield { line, fields: read.fields, key: hash(`${content} ${before}`) }
  }
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/** The same whatever the order in which the members of its objects were written. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const members = Object.entries(value).map(([name, member]) => [name, sorted(member)] as const)
  return Object.fromEntries(members.sort(([one], [other]) => (one < other ? -1 : 1)))
}

/** What Excel saves otherwise would be read with U+FFFD instead of each accent, also in the ids. */
async function refuseOtherEncodings(path: string): Promise<void> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const decode = (chunk?: Buffer) => {
    try {
      decoder.decode(chunk, { stream: chunk !== undefined })
    } catch {
      throw new ImportFileError(
        `${path} is not UTF-8: save it as UTF-8 ("CSV UTF-8" in Excel) and run this again`,
      )
    }
  }
  for await (const chunk of createReadStream(path)) decode(chunk)
  decode()
}

function checkHead(head: string[]): void {
  const unknown = head.filter((column) => !isTenantColumn(column))
  if (unknown.length > 0) {
    throw new ImportFileError(
      `Unknown columns: ${unknown.map((column) => JSON.stringify(column)).join(', ')}. There are ${tenantColumns.join(', ')}, and metadata.<key>.`,
    )
  }
  const twice = head.filter((column, index) => head.indexOf(column) !== index)
  if (twice.length > 0) throw new ImportFileError(`Columns named twice: ${twice.join(', ')}.`)
  if (!head.includes('company_name')) throw new ImportFileError('There is no column company_name.')
}

const lineEnds = /\r\n|\r|\n/g

/** Each record with the number of the line on which it begins; empty lines are none. */
async function* readRecords(path: string): AsyncGenerator<{ record: string[]; line: number }> {
  const parser = parse({
    bom: true,
    raw: true,
    trim: true,
    skip_empty_lines: true,
    relax_column_count: true,
    record_delimiter: ['\r\n', '\n', '\r'],
  })
  const file = createReadStream(path)
  file.on('error', (error) => parser.destroy(error))
  let line = 1
  try {
    for await (const { record, raw } of file.pipe(parser)) {
      const [emptyLines] = /^[\r\n]*/.exec(raw) ?? ['']
      yield { record, line: line + countLineEnds(emptyLines) }
      line += countLineEnds(raw)
    }
  } catch (error) {
    if (error instanceof CsvError)
      throw new ImportFileError(`${path}, behind line ${line - 1}: ${error.message}`)
    throw error
  } finally {
    file.destroy()
  }
}

function countLineEnds(text: string): number {
  return text.match(lineEnds)?.length ?? 0
}
