import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { userOf } from '../../src/db/roles.ts'
import { inside } from './attempt.ts'
import { findForeignKeys, findUniqueKeys, type OwnedTable, type UniqueKey } from './catalogue.ts'
import type { Findings } from './keys.ts'
import { rowsForKeys } from './rows.ts'
import { canary, insertInto, type World } from './world.ts'

/**
 * Makes a third tenant whose rows are those of globex, value for value but for tenant_id: each unique key that tells
 * something refuses one. Then that tenant's rows are deleted and renamed, which may touch none of globex's.
 * Everything is taken back.
 * @returns `asTenant`: how many of the rows the tenant role itself could write
 */
export async function makeTwin(world: World): Promise<Findings & { asTenant: number; foreignKeys: number }> {
  const { admin } = world
  const uniqueKeys = await findUniqueKeys(admin)
  const findings = {
    keys: uniqueKeys.length,
    tried: 0,
    asTenant: 0,
    foreignKeys: 0,
    problems: [] as string[],
  }
  await inside(
    admin,
    'globex',
    async () => {
      if (!(await insertTwins(world, findings))) return
      await admin.query('savepoint twins')
      await insertForKeys(world, uniqueKeys, findings)
      // A row of these may be one that nobody can delete.
      await admin.query('rollback to savepoint twins')
      await tearTwins(world, findings)
    },
    'rollback',
  )
  return findings
}

async function insertTwins(
  world: World,
  findings: { tried: number; asTenant: number; problems: string[] },
): Promise<boolean> {
  const { admin, tables } = world
  const tenantRole = userOf(world.database.directTenantUrl)
  const { rows: powers } = await admin.query('select rolsuper from pg_roles where rolname = current_user')
  for (const table of tables) {
    const insert = await composeTwin(world, table)
    const asTenant = async () => {
      await admin.query(`set local role ${tenantRole}`)
      await insert()
    }
    findings.tried++
    if (powers[0].rolsuper && !(await refusal(admin, asTenant))) {
      findings.asTenant++
      await admin.query('reset role')
      continue
    }
    const error = await refusal(admin, insert)
    if (!error) continue
    findings.problems.push(`${error.constraint} of ${table.name} tells what the other has: ${error.message}`)
    return false
  }
  return true
}

/** The keys that no row is in yet are probed with another one. */
async function insertForKeys(
  world: World,
  uniqueKeys: UniqueKey[],
  findings: { tried: number; problems: string[] },
): Promise<void> {
  const { admin } = world
  const find = async () => {
    await admin.query(`set local app.tenant_id = 'globex'`)
    const missing: UniqueKey[] = []
    for (const key of uniqueKeys) {
      const { rows } = await admin.query(key.isThere)
      if (!rows[0].is_there) missing.push(key)
    }
    return missing
  }
  const idOf = (table: string) => String(world.table(table).theirs.id)
  for (const table of new Set((await find()).map((key) => key.table))) {
    const id = randomUUID()
    const row = rowsForKeys[table]?.({ tenantId: 'globex', canary, userId: '', idOf })
    if (!row) continue
    await admin.query(insertInto(table, { tenant_id: 'globex', id, ...row }))
    const error = await refusal(admin, await composeTwin(world, world.table(table), id))
    findings.tried++
    if (error) findings.problems.push(`${error.constraint} tells what the other has: ${error.message}`)
  }
  for (const { name, table } of await find()) {
    findings.problems.push(
      `${name} was not probed: a column of it is null in the row of ${table}, add one to rowsForKeys of rows.ts`,
    )
  }
}

/** What writes globex's row of a table, or that with this id, into the twin. */
async function composeTwin(
  { admin }: World,
  { name }: OwnedTable,
  id?: string,
): Promise<() => Promise<unknown>> {
  await admin.query(`set local app.tenant_id = 'globex'`)
  const { rows } = await admin.query(
    `select to_jsonb(t) as row from ${name} t where tenant_id = 'globex' ${id ? 'and id = $1' : ''}`,
    id ? [id] : [],
  )
  await admin.query(`set local app.tenant_id = 'twin'`)
  const row = { ...rows[0]?.row, tenant_id: 'twin' }
  const columns = Object.keys(row)
  return () =>
    admin.query(
      `insert into ${name} (${columns}) select ${columns} from jsonb_populate_record(null::${name}, $1)`,
      [JSON.stringify(row)],
    )
}

async function tearTwins(
  world: World,
  findings: { tried: number; foreignKeys: number; problems: string[] },
): Promise<void> {
  const { admin } = world
  const owned = new Set(world.tables.map(({ name }) => name))
  const keys = (await findForeignKeys(admin)).filter(({ target }) => owned.has(target))
  for (const { name, table, target, targetColumns, onDelete } of keys) {
    findings.foreignKeys++
    const others = targetColumns.filter((column) => column !== 'tenant_id')
    const statements = [`delete from ${target} where tenant_id = 'twin'`]
    for (const column of others) {
      statements.push(`update ${target} set ${column} = gen_random_uuid() where tenant_id = 'twin'`)
    }
    const look = async () => {
      await admin.query(`set local app.tenant_id = 'globex'`)
      // Not the fingerprints of the world: the twin's rows are none of acme's either.
      const { rows } = await admin.query(
        `select string_agg(t::text, E'\\n' order by t::text) as text from ${table} t where tenant_id = 'globex'`,
      )
      await admin.query(`set local app.tenant_id = 'twin'`)
      return rows[0].text
    }
    const before = await look()
    for (const statement of statements) {
      findings.tried++
      let after = before
      const undone = new Error('taken back')
      const error = await refusal(admin, async () => {
        await admin.query(statement)
        after = await look()
        throw undone
      })
      if (after !== before) findings.problems.push(`${name} lets "${statement}" change the other's ${table}`)
      const acts = ['c', 'n', 'd'].includes(onDelete) && statement.startsWith('delete')
      if (acts && error !== undone) findings.problems.push(`${name} was not tried: ${error?.message}`)
    }
  }
}

/** What went wrong, taken back to where it began. */
async function refusal(
  client: pg.Client,
  work: () => Promise<unknown>,
): Promise<(Error & { constraint?: string }) | undefined> {
  await client.query('savepoint before_it')
  try {
    await work()
    await client.query('release savepoint before_it')
    return undefined
  } catch (error) {
    await client.query('rollback to savepoint before_it')
    return error as Error
  }
}
