import pg from 'pg'
import { asDatabaseError, inTransaction } from '../direct-client.ts'
import { MigrationError } from './migration-error.ts'
import type { Migration } from './migration-files.ts'

/** Makes the place where the migrations are written down. Runs as the owner. */
export async function prepareBookkeeping(owner: pg.Client): Promise<void> {
  const { rows } = await owner.query(
    "select from pg_tables where schemaname = 'app' and tablename = 'migrations'",
  )
  if (rows.length > 0) return
  await inTransaction(owner, async () => {
    await owner.query('create schema if not exists app')
    await owner.query('revoke all on schema app from public')
    await owner.query(`create table app.migrations (
      number integer primary key,
      name text not null,
      hash text not null,
      applied_at timestamptz(3) not null default now()
    )`)
  })
}

/**
 * Settings of a connection that migrates. With row_security off a statement that a policy would narrow fails:
 * FORCE blinds the owner too, so that a back-fill would answer UPDATE 0 and a foreign key over an orphan would
 * pass as valid. A time limit of the role is meant for requests.
 */
export async function prepareOwner(owner: pg.Client): Promise<void> {
  await owner.query('set row_security = off; set statement_timeout = 0; set search_path = public')
}

/**
 * Applies one migration and writes it down, both or neither. The file runs through plpgsql's EXECUTE, which
 * refuses a COMMIT or ROLLBACK in it before anything was kept; a plain query would find out afterwards.
 * @throws MigrationError with file, line where PostgreSQL can tell it, and PostgreSQL's words
 */
export async function applyMigration(owner: pg.Client, migration: Migration): Promise<void> {
  try {
    await inTransaction(owner, async () => {
      await owner.query(asBlock(`execute ${pg.escapeLiteral(migration.sql)};`))
      await owner.query('insert into app.migrations (number, name, hash) values ($1, $2, $3)', [
        migration.number,
        migration.name,
        migration.hash,
      ])
    })
  } catch (error) {
    const cause = asDatabaseError(error)
    if (!cause) throw error
    const line = lineOfPosition(cause, migration.sql) ?? (await lineByRepeating(owner, cause, migration.sql))
    throw new MigrationError(describe(migration.name, line, cause), { cause })
  }
}

function asBlock(body: string): string {
  return `do ${pg.escapeLiteral(`begin ${body}\nend`)}`
}

function describe(file: string, line: number | undefined, error: pg.DatabaseError): string {
  const place = line === undefined ? file : `${file}:${line}`
  if (error.code === '0A000' && error.message.startsWith('EXECUTE of transaction commands')) {
    return (
      `${file}: it begins or ends a transaction of its own. Each file runs in one transaction together with ` +
      'its line in app.migrations: remove begin, commit and rollback. Nothing of this file was kept.'
    )
  }
  const more = [error.detail, error.hint].filter((text) => text !== undefined).map((text) => `\n  ${text}`)
  return `${place}: ${error.message} (${error.code})${more.join('')}\nNothing of this file was kept.`
}

function lineOfPosition(error: pg.DatabaseError, sql: string): number | undefined {
  if (error.internalPosition === undefined || error.internalQuery !== sql) return undefined
  // PostgreSQL counts characters, JavaScript UTF-16 units.
  const before = Array.from(sql).slice(0, Number(error.internalPosition) - 1)
  return before.filter((character) => character === '\n').length + 1
}

/**
 * A violated constraint comes without a position. Run as the body of a block, the same statements fail at a
 * line; it is always rolled back, and when something else fails there, no line is better than a wrong one.
 */
async function lineByRepeating(
  owner: pg.Client,
  cause: pg.DatabaseError,
  sql: string,
): Promise<number | undefined> {
  try {
    await owner.query('begin')
    await owner.query(asBlock(sql))
    return undefined
  } catch (error) {
    const repeated = asDatabaseError(error)
    if (repeated?.code !== cause.code || repeated?.message !== cause.message) return undefined
    const lines = repeated.where?.match(/inline_code_block line \d+ at SQL statement$/)
    return lines ? Number(/\d+/.exec(lines[0])?.[0]) : undefined
  } finally {
    await owner.query('rollback').catch(() => undefined)
  }
}
