import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type pg from 'pg'
import { MigrationError } from './migration-error.ts'

/** One file of db/migrations. */
export interface Migration {
  number: number
  name: string
  hash: string
  sql: string
}

/** A row of app.migrations. */
export interface AppliedMigration {
  number: number
  name: string
  hash: string
}

/** How the files and the database differ; names of files. */
export interface Differences {
  pending: Migration[]
  changed: string[]
  unknown: string[]
}

/**
 * Reads the migrations of a folder in the order of their numbers.
 * @throws MigrationError for a file that is not called NNNN_name.sql, a number used twice, or a gap
 */
export async function readMigrationFiles(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  const migrations: Migration[] = []
  for (const name of names) {
    const number = Number(/^(\d{4})_[a-z0-9_]+\.sql$/.exec(name)?.[1])
    if (Number.isNaN(number)) {
      throw new MigrationError(`${name}: a migration is called NNNN_name.sql, such as 0007_invoices.sql.`)
    }
    const before = migrations.at(-1)
    if (before?.number === number) {
      throw new MigrationError(
        `${before.name} and ${name} have the same number: give the newer one the next.`,
      )
    }
    const expected = (before?.number ?? 0) + 1
    if (number !== expected) {
      throw new MigrationError(
        `${name}: number ${String(expected).padStart(4, '0')} is missing before it. Is a file not checked in?`,
      )
    }
    const sql = await readFile(join(folder, name), 'utf8')
    migrations.push({ number, name, hash: hashOf(sql), sql })
  }
  return migrations
}

/** A checkout on Windows may change the line ends, and nothing else about a file. */
function hashOf(sql: string): string {
  return createHash('sha256').update(sql.replaceAll('\r\n', '\n')).digest('hex')
}

/** Reads what a database has; nothing when it was never migrated. */
export async function readApplied(client: pg.Client): Promise<AppliedMigration[]> {
  const { rows: tables } = await client.query(
    "select from pg_tables where schemaname = 'app' and tablename = 'migrations'",
  )
  if (tables.length === 0) return []
  const { rows } = await client.query<AppliedMigration>(
    'select number, name, hash from app.migrations order by number',
  )
  return rows
}

/** Compares files and database without judging. */
export function compare(files: Migration[], applied: AppliedMigration[]): Differences {
  const fileOf = new Map(files.map((file) => [file.number, file]))
  const appliedNumbers = new Set(applied.map(({ number }) => number))
  return {
    pending: files.filter(({ number }) => !appliedNumbers.has(number)),
    changed: applied
      .filter((row) => {
        const file = fileOf.get(row.number)
        return file && (file.hash !== row.hash || file.name !== row.name)
      })
      .map(({ name }) => name),
    unknown: applied.filter(({ number }) => !fileOf.has(number)).map(({ name }) => name),
  }
}

/**
 * The migrations still to be applied.
 * @throws MigrationError when what was applied is not what the files say, since nobody knows then what the next
 *   one would do; it names the files and what to do
 */
export function choosePending(files: Migration[], applied: AppliedMigration[], to?: number): Migration[] {
  const { pending, changed, unknown } = compare(files, applied)
  const newest = files.at(-1)?.number ?? 0
  const present = applied.at(-1)?.number ?? 0
  if (changed.length > 0) {
    throw new MigrationError(
      `Changed or renamed after it was applied: ${changed.join(', ')}. Restore the file, and put the change ` +
        'into a new migration. Nothing was applied.',
    )
  }
  if (unknown.length > 0) {
    throw new MigrationError(
      `The database has migrations without a file here: ${unknown.join(', ')}. A newer version of the program ` +
        'was run on it: use that one. Nothing was applied.',
    )
  }
  const late = pending.filter(({ number }) => number < present)
  if (late.length > 0) {
    throw new MigrationError(
      `Not applied, though later ones are: ${late.map(({ name }) => name).join(', ')}. Give it the next free ` +
        'number. Nothing was applied.',
    )
  }
  if (to !== undefined && (!Number.isInteger(to) || to < 1 || to > newest)) {
    throw new MigrationError(`There is no migration ${to}: the newest is ${newest}.`)
  }
  if (to !== undefined && to < present) {
    throw new MigrationError(
      `The database is at ${present} and migrations only go forward: ${to} is behind it. Restore a backup instead.`,
    )
  }
  return pending.filter(({ number }) => number <= (to ?? newest))
}
