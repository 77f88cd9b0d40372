import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { z } from 'zod'
import type { PlatformTx } from '../../db/database.ts'
import { newId } from '../../new-id.ts'

/** What a new tenant begins with: one file of db/templates, whose name it has. */
export interface Template {
  /** The file's name, for messages. */
  file: string
  description: { en: string; fr: string }
  /** Rows by table. What every row has (tenant_id, id, created_at, updated_at) is not in them. */
  rows: Record<string, Record<string, unknown>[]>
}

/** A template does not fit. The message has one line for each problem, with file, table, row and column. */
export class TemplateError extends Error {
  override name = 'TemplateError'
}

const shape = z.strictObject({
  description: z.strictObject({ en: z.string().min(1), fr: z.string().min(1) }),
  rows: z.record(z.string(), z.array(z.record(z.string(), z.json()))),
})

const templatesFolder = join(import.meta.dirname, '../../../db/templates')

/**
 * Reads the templates of a folder, each <name>.json, by name.
 * @throws TemplateError for a file that is not called so, is no JSON, or is not of a template's shape
 */
export function readTemplates(folder = templatesFolder): Map<string, Template> {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'))
  return new Map(files.sort().map((file) => [nameOf(file), { file, ...readTemplate(folder, file) }]))
}

function nameOf(file: string): string {
  const name = /^([a-z][a-z0-9-]{0,39})\.json$/.exec(file)?.[1]
  if (!name) throw new TemplateError(`${file}: a template is called <name>.json, such as metalwork.json`)
  return name
}

function readTemplate(folder: string, file: string) {
  let content: unknown
  try {
    content = JSON.parse(readFileSync(join(folder, file), 'utf8'))
  } catch (error) {
    throw new TemplateError(`${file}: is not JSON: ${(error as Error).message}`)
  }
  const parsed = shape.safeParse(content)
  if (parsed.success) return parsed.data
  throw new TemplateError(
    parsed.error.issues.map(({ path, message }) => `${placeOf(file, path)}: ${message}`).join('\n'),
  )
}

function placeOf(file: string, [part, table, row, column]: PropertyKey[]): string {
  if (part !== 'rows') return [file, part, table].filter((each) => each !== undefined).join(', ')
  return describePlace({ file, table: table as string, row: row as number, column: column as string })
}

/** Where in a template something is, counting rows from 1. */
export function describePlace(place: {
  file: string
  table?: string
  row?: number
  column?: string
}): string {
  const { file, table, row, column } = place
  return [
    file,
    ...(table === undefined ? ['rows'] : [`table ${table}`]),
    ...(row === undefined ? [] : [`row ${row + 1}`]),
    ...(column === undefined ? [] : [`column ${column}`]),
  ].join(', ')
}

let known: Map<string, Template> | undefined

/** The templates that come with the program, by name; they are read once. @throws TemplateError */
export function listTemplates(): Map<string, Template> {
  known ??= readTemplates()
  return known
}

/**
 * Writes a template's rows for the transaction's tenant.
 * @param tx one of withPlatform with a tenantId
 */
export async function fillFromTemplate(tx: PlatformTx, name: string, now: Date): Promise<void> {
  const template = listTemplates().get(name)
  if (!template) throw new Error(`there is no template ${name}`)
  const inserts = Object.entries(template.rows).flatMap(([table, rows]) => {
    // Rows that name the same columns go together: what a row leaves out has its default.
    const groups = Map.groupBy(rows, (row) => Object.keys(row).sort().join())
    return [...groups.values()].map((group) => insertRows(tx, table, group, now))
  })
  await Promise.all(inserts)
}

/** PostgreSQL itself reads each value from JSON, as the type of its column. */
async function insertRows(
  tx: PlatformTx,
  table: string,
  rows: Record<string, unknown>[],
  now: Date,
): Promise<void> {
  const times = { created_at: now, updated_at: now }
  const complete = rows.map((row) => ({ id: newId(now), ...row, ...times }))
  const columns = sql.join(Object.keys(complete[0] ?? {}).map((column) => sql.ref(column)))
  await sql`insert into ${sql.table(table)} (${columns}) select ${columns}
    from jsonb_populate_recordset(null::${sql.table(table)}, ${JSON.stringify(complete)}::jsonb)`.execute(tx)
}
