import { randomUUID } from 'node:crypto'
import { insertInto, type OwnedTable } from './world.ts'

/** What acme (or a connection without a tenant) tries against globex's row of a table. */
export interface Attack {
  name: string
  /** A reading attack wins with a word of globex's in an answer or `found` above 0, a writing one with a row. */
  kind: 'read' | 'write'
  /** SQLSTATEs with which PostgreSQL may refuse it; any other error means that the attack itself is wrong. */
  refusedWith: string[]
  statements(table: OwnedTable): { text: string; values?: unknown[] }[]
}

const denied = '42501'

function read(name: string, text: (table: OwnedTable) => string, refusedWith: string[] = []): Attack {
  const values = ({ theirs, key }: OwnedTable, sql: string) => (sql.includes('$1') ? [theirs[key]] : [])
  return {
    name,
    kind: 'read',
    refusedWith,
    statements: (table) =>
      text(table)
        .split(';')
        .map((sql) => ({ text: sql, values: values(table, sql) })),
  }
}

function write(name: string, statement: (table: OwnedTable) => string | [string, unknown[]]): Attack {
  return {
    name,
    kind: 'write',
    refusedWith: [denied],
    statements: (table) => {
      const made = statement(table)
      return [typeof made === 'string' ? { text: made, values: [] } : { text: made[0], values: made[1] }]
    },
  }
}

function inserting(name: string, make: (table: OwnedTable) => { text: string; values: unknown[] }): Attack {
  return write(name, (table) => {
    const { text, values } = make(table)
    return [text, values]
  })
}

const isTheirs = "tenant_id <> 'acme'"
const fresh = ({ theirs, key }: OwnedTable) => (key === 'id' ? { ...theirs, id: randomUUID() } : theirs)
const onConflict = ({ primaryKey }: OwnedTable, action: string) =>
  `on conflict (${primaryKey.join(', ')}) do ${action}`

const reading: Attack[] = [
  read('by its key', ({ name, key }) => `select t.*, t.tenant_id from ${name} t where ${key} = $1`),
  read("by the other's tenant_id", ({ name }) => `select * from ${name} where tenant_id = 'globex'`),
  read('by counting', ({ name }) => `select count(*) as found from ${name} where ${isTheirs}`),
  read('by asking whether it exists', ({ name, key }) => {
    return `select (exists (select from ${name} where ${key} = $1))::int as found`
  }),
  read('in a join', ({ name }) => `select b.* from (select 1) a left join ${name} b on b.${isTheirs}`),
  read('in a full join', ({ name }) => {
    return `select count(b.tenant_id) as found from ${name} a full join ${name} b using (tenant_id)
      where b.${isTheirs}`
  }),
  read('in a subquery', ({ name, key }) => {
    return `select (select tenant_id from ${name} where ${key} = $1) as tenant_id`
  }),
  read('in a lateral subquery', ({ name }) => {
    return `select x.* from plans, lateral (select * from ${name} where ${isTheirs}) x`
  }),
  read('in a CTE', ({ name }) => {
    return `with all_rows as materialized (select * from ${name}) select * from all_rows where ${isTheirs}`
  }),
  read('in a union', ({ name }) => {
    return `select tenant_id from ${name} union all select tenant_id from ${name} where ${isTheirs}`
  }),
  read('as a whole row', ({ name }) => `select t from ${name} t`),
  read('as JSON of everything', ({ name }) => `select json_agg(t) from ${name} t`),
  read('by its place on the disk', ({ name }) => {
    return `select * from ${name} where ctid = any(array(
      select format('(0,%s)', n)::tid from generate_series(1, 50) n)) and ${isTheirs}`
  }),
  read('in a sample', ({ name }) => `select * from ${name} tablesample system (100) where ${isTheirs}`),
  read('through a cursor', ({ name }) => `declare c cursor for select * from ${name}; fetch all from c`),
  read(
    'through SQL in a string',
    ({ name }) => `select query_to_xml('select * from ${name}', true, false, '') as text`,
  ),
  read('through the whole schema as XML', () => `select schema_to_xml('public', true, false, '') as text`, [
    denied,
  ]),
  read('with a lock', ({ name, key }) => `select * from ${name} where ${key} = $1 for update`, [denied]),
  read('with a shared lock', ({ name }) => `select * from ${name} where ${isTheirs} for key share`, [denied]),
  read('by a division that fails on it', ({ name }) => {
    return `select count(*) from ${name} where 1 / (case when ${isTheirs} then 0 else 1 end) = 1`
  }),
  read(
    'by a cast that quotes it',
    ({ name }) => `select count(*) from ${name} t where (t::text || '!')::int > 0`,
    ['22P02'],
  ),
  read('by a cast that fails on it alone', ({ name }) => {
    return `select count(*) from ${name} t where case when ${isTheirs} then t::text::int else 1 end = 1`
  }),
  read('by copying the table out', ({ name }) => `copy ${name} to stdout`),
  read('by copying a query out', ({ name }) => `copy (select * from ${name} where ${isTheirs}) to stdout`),
]

const writing: Attack[] = [
  inserting("an insert with the other's tenant_id", (table) => insertInto(table.name, fresh(table))),
  inserting('an insert on conflict do nothing', (table) =>
    insertInto(table.name, table.theirs, onConflict(table, 'nothing')),
  ),
  inserting("an insert on conflict with the other's key", (table) =>
    insertInto(table.name, table.theirs, onConflict(table, 'update set updated_at = excluded.updated_at')),
  ),
  inserting('an insert that moves its own row on conflict', (table) =>
    insertInto(table.name, table.mine, onConflict(table, "update set tenant_id = 'globex'")),
  ),
  write(
    'an insert from a select',
    ({ name }) => `insert into ${name} select t.* from ${name} t where ${isTheirs}`,
  ),
  write('an update by key', ({ name, key, theirs }) => [
    `update ${name} set updated_at = now() where ${key} = $1 returning *`,
    [theirs[key]],
  ]),
  write(
    "an update by the other's tenant_id",
    ({ name }) => `update ${name} set updated_at = now() where ${isTheirs}`,
  ),
  write('an update through a join', ({ name }) => {
    return `update ${name} a set updated_at = now() from ${name} b where b.${isTheirs} and a.${isTheirs}`
  }),
  write('an update in a CTE', ({ name }) => {
    return `with gone as (update ${name} set updated_at = now() where ${isTheirs} returning *) select * from gone`
  }),
  write("an update that moves a row to the other's", ({ name }) => {
    return `update ${name} set tenant_id = 'globex'`
  }),
  write('a delete by key', ({ name, key, theirs }) => [
    `delete from ${name} where ${key} = $1 returning *`,
    [theirs[key]],
  ]),
  write("a delete by the other's tenant_id", ({ name }) => `delete from ${name} where ${isTheirs}`),
  write('a delete using a join', ({ name }) => {
    return `delete from ${name} a using ${name} b where a.${isTheirs} and b.${isTheirs}`
  }),
  write('a merge that deletes', ({ name }) => {
    return `merge into ${name} t using (values ('globex')) v (id) on t.tenant_id = v.id when matched then delete`
  }),
  write('a merge that updates', ({ name }) => {
    return `merge into ${name} t using (values ('globex')) v (id) on t.tenant_id = v.id
      when matched then update set updated_at = now()`
  }),
  write('a truncate', ({ name }) => `truncate ${name} cascade`),
  { ...write('copying rows in', ({ name }) => `copy ${name} from stdin`), refusedWith: [denied, '0A000'] },
]

export const attacks: Attack[] = [...reading, ...writing]
