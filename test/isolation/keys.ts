import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { fresh } from './attack.ts'
import { type Attacker, attacking, inside } from './attempt.ts'
import { type ForeignKey, findForeignKeys, type OwnedTable } from './catalogue.ts'
import type { Row } from './rows.ts'
import { insertInto, type World } from './world.ts'

/** How many keys were attacked, with how many statements, and which of them tell or let through something. */
export interface Findings {
  keys: number
  tried: number
  problems: string[]
}

const isUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * Lets a row of acme's refer to globex's by each foreign key, in an insert and in an update. The answer has to be that to
 * a reference to what never was: same SQLSTATE, same text. A key between tenants' tables has to refuse by itself, also
 * where no grant would.
 */
export async function tryForeignKeys(world: World, attacker: Attacker): Promise<Findings> {
  const keys = await findForeignKeys(world.admin)
  const open = new Set(await findOpenTables(world, attacker))
  const problems: string[] = []
  let tried = 0
  for (const key of keys) {
    // Of what everybody may read it is no secret that it is there.
    if (open.has(key.target)) continue
    const table = world.table(key.table)
    const theirs = referenceToTheirs(world, key)
    const never = Object.fromEntries(
      Object.entries(theirs).map(([column, value]) => [column, neverWas(value)]),
    )
    // The check's own plan is kept in the session: made for globex first.
    await outcome(attacker, 'globex', updateOf(table, theirs))
    let isRefused = false
    for (const make of [updateOf, insertOf]) {
      tried += 4
      const toTheirs = await outcome(attacker, 'acme', make(table, theirs))
      const toNothing = await outcome(attacker, 'acme', make(table, never))
      if (replaceAll(toTheirs.text, theirs, never) !== toNothing.text) {
        problems.push(`${key.name} tells: ${toTheirs.text}, and of what never was ${toNothing.text}`)
      }
      const byItself = await outcome(world.admin, 'acme', make(table, theirs))
      const byItselfNothing = await outcome(world.admin, 'acme', make(table, never))
      isRefused ||= [byItself, byItselfNothing].every(
        ({ code, constraint }) => code === '23503' && constraint === key.name,
      )
    }
    isRefused ||= await refusesAlone(world, key, updateOf(table, never))
    const isBetweenTenants = key.columns.length > 1
    if (isBetweenTenants && !isRefused) problems.push(`${key.name} lets a row hang on the other's`)
    if (
      !isBetweenTenants &&
      key.columns[0] !== 'tenant_id' &&
      world.tables.some(({ name }) => name === key.target)
    ) {
      problems.push(`${key.name} lets a row hang on the other's: it has no tenant_id`)
    }
  }
  return { keys: keys.length, tried, problems }
}

/** Whether a key refuses a value where no check stands before it. */
async function refusesAlone(
  { admin }: World,
  { name, table }: ForeignKey,
  query: { text: string; values: unknown[] },
): Promise<boolean> {
  const { rows } = await admin.query(
    `select conname from pg_constraint where conrelid = $1::regclass and contype = 'c'`,
    [table],
  )
  const work = async () => {
    for (const { conname } of rows) await admin.query(`alter table ${table} drop constraint ${conname}`)
    await admin.query(query)
  }
  const error = await inside(admin, 'acme', work, 'rollback').catch((thrown) => thrown)
  return error?.code === '23503' && error.constraint === name
}

/** The tables of all tenants that the attacker may read anyway. */
async function findOpenTables(world: World, attacker: Attacker): Promise<string[]> {
  const owned = world.tables.map(({ name }) => name)
  const { rows } = await attacker.client.query(
    `select c.oid::regclass::text as name from pg_class c where c.relnamespace = 'public'::regnamespace
      and c.relkind in ('r', 'p') and c.relname <> all ($1) and has_table_privilege(c.oid, 'select')`,
    [owned],
  )
  return rows.map(({ name }) => name)
}

/** The columns of a key but tenant_id, which stays, with what identifies globex's row. */
function referenceToTheirs(world: World, { table, columns, target, targetColumns }: ForeignKey): Row {
  if (columns.length === 1 && columns[0] === 'tenant_id') return { tenant_id: 'globex' }
  const other = world.tables.find(({ name }) => name === target)
  const pairs = columns.map((column, index) => {
    const at = targetColumns[index] ?? ''
    return [column, other ? other.theirs[at] : world.table(table).theirs[column]] as const
  })
  return Object.fromEntries(pairs.filter(([column]) => column !== 'tenant_id'))
}

function neverWas(value: unknown): unknown {
  return isUuid.test(String(value)) ? randomUUID() : 'nobody'
}

function updateOf({ name }: OwnedTable, values: Row) {
  const sets = Object.keys(values).map((column, index) => `${column} = $${index + 1}`)
  return {
    text: `update ${name} set ${sets} where tenant_id = app.current_tenant()`,
    values: Object.values(values),
  }
}

function insertOf(table: OwnedTable, values: Row) {
  return insertInto(table.name, { ...fresh(table, table.mine), ...values })
}

async function outcome(by: Attacker | pg.Client, as: string, query: { text: string; values: unknown[] }) {
  const client = 'client' in by ? by.client : by
  const work = () => client.query(query)
  try {
    const running =
      'client' in by ? attacking(by, as, work, 'rollback') : inside(client, as, work, 'rollback')
    const { rowCount } = await running
    return { text: `${rowCount} rows` }
  } catch (error) {
    const { code, message, detail, hint, constraint } = error as pg.DatabaseError
    return { code, constraint, text: JSON.stringify([code, message, detail, hint, constraint]) }
  }
}

function replaceAll(text: string, theirs: Row, never: Row): string {
  let replaced = text
  for (const [column, value] of Object.entries(theirs)) {
    replaced = replaced.replaceAll(String(value), String(never[column]))
  }
  return replaced
}
