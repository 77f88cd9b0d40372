import { type Attack, denied, isTheirs, read } from './attack.ts'
import type { OwnedTable } from './catalogue.ts'

/** Sets these for the transaction, and counts the other's rows. */
const counting = (settings: string[], name: string) =>
  [
    ...settings.map((setting) => `set local ${setting}`),
    `select count(*) as found from ${name} where ${isTheirs}`,
  ].join(';')

const alone = (name: string, text: (table: OwnedTable) => string) => read(name, text, { isAlone: true })

const inEveryWay: Attack[] = [
  read('by its key', ({ name, key }) => `select t.*, t.tenant_id from ${name} t where ${key} = $1`),
  read("by the other's tenant_id", ({ name }) => `select * from ${name} where tenant_id = 'globex'`),
  read('by counting', ({ name }) => `select count(*) as found from ${name} where ${isTheirs}`),
  read('by asking whether it exists', ({ name, key }) => {
    return `select (exists (select from ${name} where ${key} = $1))::int as found`
  }),
  read('by a word in it', ({ name }) => {
    return `select count(*) as found from ${name} t where t::text like '%globex%'`
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
  read('in a recursive CTE', ({ name }) => {
    return `with recursive r as (select tenant_id, 1 as n from ${name} union all
        select t.tenant_id, n + 1 from ${name} t join r on n < 2) select tenant_id from r where ${isTheirs}`
  }),
  read('in a union', ({ name }) => {
    return `select tenant_id from ${name} union all select tenant_id from ${name} where ${isTheirs}`
  }),
  read('in an intersection', ({ name }) => `select tenant_id from ${name} intersect select 'globex'`),
  read('in a difference', ({ name }) => `select tenant_id from ${name} except select 'acme'`),
  read('in groups', ({ name }) => `select tenant_id, count(*) from ${name} group by rollup (tenant_id)`),
  read('in an aggregate', ({ name }) => `select max(tenant_id) as tenant_id from ${name}`),
  read('in a filtered aggregate', ({ name }) => {
    return `select count(*) filter (where ${isTheirs}) as found from ${name}`
  }),
  read('by counting distinct tenants', ({ name }) => {
    return `select count(distinct tenant_id) filter (where ${isTheirs}) as found from ${name}`
  }),
  read('in a window', ({ name }) => {
    return `select last_value(tenant_id) over (order by tenant_id rows between unbounded preceding
      and unbounded following) as tenant_id from ${name}`
  }),
  read('by ordering', ({ name }) => `select * from ${name} order by tenant_id desc limit 1`),
  read('as a table', ({ name }) => `table ${name}`),
  read('as a table alone', ({ name }) => `select * from only ${name} where ${isTheirs}`),
  read('as a whole row', ({ name }) => `select t from ${name} t`),
  read('as JSON of everything', ({ name }) => `select json_agg(t) from ${name} t`),
  read('as rows made of JSON', ({ name }) => {
    return `select r.* from jsonb_populate_recordset(null::${name}, (select jsonb_agg(t) from ${name} t)) r`
  }),
]

const belowTheTable: Attack[] = [
  read('by its place on the disk', ({ name }) => {
    return `select * from ${name} where ctid = any(array(
      select format('(0,%s)', n)::tid from generate_series(1, 50) n)) and ${isTheirs}`
  }),
  read('by a range of places', ({ name }) => `select * from ${name} where ctid >= '(0,0)' and ${isTheirs}`),
  read('by who wrote it', ({ name }) => {
    return `select count(xmin) as found, max(tableoid) from ${name} where xmin::text <> '0' and ${isTheirs}`
  }),
  read('in a sample', ({ name }) => `select * from ${name} tablesample system (100) where ${isTheirs}`),
  read('in a repeatable sample', ({ name }) => {
    return `select * from ${name} tablesample bernoulli (100) repeatable (1) where ${isTheirs}`
  }),
  alone('without reading in order', ({ name }) => counting(['enable_seqscan = off'], name)),
  alone('without an index', ({ name }) => {
    return counting(['enable_indexscan = off', 'enable_indexonlyscan = off', 'enable_bitmapscan = off'], name)
  }),
  alone('in parallel', ({ name }) => {
    const nothing = ['parallel_setup_cost', 'parallel_tuple_cost', 'min_parallel_table_scan_size']
    return counting(
      nothing.map((setting) => `${setting} = 0`),
      name,
    )
  }),
  read('by having the plan explained', ({ name }) => {
    return `explain (analyze, timing off, summary off, format json) select from ${name} where ${isTheirs}`
  }),
  read(
    'through a cursor',
    ({ name }) => `declare c cursor for select * from ${name}; fetch all from c; close c`,
  ),
  read('through a cursor backwards', ({ name }) => {
    return `declare c scroll cursor for select * from ${name}; fetch last from c; fetch backward all from c; close c`
  }),
  read('through a cursor that stays', ({ name }) => {
    return `declare c cursor with hold for select * from ${name}; fetch all from c; close c`
  }),
  read('with a prepared statement', ({ name }) => {
    // Of a name of its own, since what a rollback leaves would be in the way.
    const own = `p${Math.random().toString(36).slice(2)}`
    return `prepare ${own} as select * from ${name}; execute ${own}; deallocate ${own}`
  }),
  read('with a lock', ({ name, key }) => `select * from ${name} where ${key} = $1 for update`, [denied]),
  read('with a shared lock', ({ name }) => `select * from ${name} where ${isTheirs} for key share`, [denied]),
  read('skipping what is locked', ({ name }) => `select * from ${name} for share skip locked`, [denied]),
]

const throughText: Attack[] = [
  read(
    'through SQL in a string',
    ({ name }) => `select query_to_xml('select * from ${name}', true, false, '') as text`,
  ),
  read('through the table as XML', ({ name }) => `select table_to_xml('${name}', true, false, '') as text`),
  read('through the whole schema as XML', () => `select schema_to_xml('public', true, false, '') as text`, {
    refusedWith: [denied],
    isGlobal: true,
  }),
  read('through the words in it', ({ name }) => {
    return `select string_agg(word, ' ') from ts_stat('select to_tsvector(''simple'', t::text) from ${name} t')`
  }),
  read('by a division that fails on it', ({ name }) => {
    return `select count(*) from ${name} where 1 / (case when ${isTheirs} then 0 else 1 end) = 1`
  }),
  read('by ordering that fails on it', ({ name }) => {
    return `select 1 from ${name} order by 1 / (case when ${isTheirs} then 0 else 1 end)`
  }),
  ...['int', 'date', 'uuid', 'interval', 'jsonb', 'jsonpath', 'tsquery', 'xml', 'regclass'].map((type) =>
    read(`by a cast to ${type} that fails on it alone`, ({ name }) => {
      return `select count(*) from ${name} t
        where case when ${isTheirs} then ('<(' || t::text)::${type} is not null else true end`
    }),
  ),
  ...["'x' ~ ('(' || t::text)", "current_setting(t::text) = ''", "decode('!' || t::text, 'hex') is null"].map(
    (call) =>
      read(`by a call that quotes it, ${call}`, ({ name }) => {
        return `select count(*) from ${name} t where case when ${isTheirs} then ${call} else true end`
      }),
  ),
  read('by copying the table out', ({ name }) => `copy ${name} to stdout`),
  read('by copying a query out', ({ name }) => `copy (select * from ${name} where ${isTheirs}) to stdout`),
  read('by copying it out as CSV', ({ name }) => `copy (select t from ${name} t) to stdout (format csv)`),
]

/** Whatever could show a row, its words, or that there is one. */
export const readingAttacks: Attack[] = [...inEveryWay, ...belowTheTable, ...throughText]
