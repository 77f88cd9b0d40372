import type pg from 'pg'

/** One node of a plan as EXPLAIN (FORMAT JSON) writes it; its other properties do not matter here. */
export interface PlanNode {
  'Node Type': string
  'Relation Name'?: string
  Alias?: string
  'Index Name'?: string
  'Index Cond'?: string
  'Recheck Cond'?: string
  Filter?: string
  'Conflict Arbiter Indexes'?: string[]
  Plans?: PlanNode[]
}

/** What a plan can do wrong with a tenant-owned table. */
export type Rule =
  | 'sequential scan'
  | 'index not led by tenant_id'
  | 'whole index'
  | 'whole tenant'
  | 'fans out'

/** A rule that a plan breaks. */
export interface Breach {
  rule: Rule
  table: string
  index?: string
  /** The node of the plan, as EXPLAIN writes it in text. */
  line: string
}

/** An index, and the columns of its key in order; an expression has no name. */
interface Index {
  table: string
  columns: (string | null)[]
  /** Unique, and without a predicate. */
  isUnique: boolean
}

/** The tenant-owned tables, their partitions among them, and the indexes on them by name. */
export interface Owned {
  tables: Set<string>
  indexes: Map<string, Index>
}

/** Asks the catalogue which tables have a tenant_id, and what their indexes hold. */
export async function findOwned(client: pg.Client): Promise<Owned> {
  const { rows } = await client.query(`
    select c.relname as table, x.relname as index, i.indisunique and i.indpred is null as "isUnique",
      (select array_agg(named.attname::text order by place)
        from unnest((i.indkey::int2[])[0:i.indnkeyatts - 1]) with ordinality as key (attnum, place)
        left join pg_attribute named on named.attrelid = c.oid and named.attnum = key.attnum) as columns
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
    left join pg_index i on i.indrelid = c.oid
    left join pg_class x on x.oid = i.indexrelid
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')`)
  return {
    tables: new Set(rows.map(({ table }) => table)),
    indexes: new Map(rows.filter(({ index }) => index).map(({ index, ...rest }) => [index, rest])),
  }
}

/**
 * Every rule that a plan breaks. What fanning out means on one PostgreSQL: a table spread over shards by tenant_id
 * is asked on one of them only if the condition that names the tenant is on that table itself, in each place of the plan
 * where it stands; that its neighbour in a join is of one tenant is of no help. Here the policy puts that condition on
 * every scan of the tenant role, whether the statement says it or not. So a relation whose scan does not equate tenant_id
 * with one value has escaped the policy: it is read as a role that sees all tenants, or through a view or a function that
 * does. The same condition has to be what the index is asked for; as a filter it would be tried on the rows of all.
 */
export function findBreaches(plan: PlanNode, owned: Owned): Breach[] {
  const nodes = flatten(plan)
  const pinned = findPinned(nodes, owned)
  return nodes.flatMap((node) => breachesOf(node, owned, pinned))
}

function breachesOf(node: PlanNode, owned: Owned, pinned: Set<string>): Breach[] {
  const line = describeNode(node)
  const breaches = (node['Conflict Arbiter Indexes'] ?? []).flatMap((index): Breach[] => {
    const known = owned.indexes.get(index)
    return !known || known.columns[0] === 'tenant_id'
      ? []
      : [{ rule: 'index not led by tenant_id', table: known.table, index, line }]
  })
  const index = node['Index Name']
  const known = index ? owned.indexes.get(index) : undefined
  const table = known?.table ?? node['Relation Name']
  const type = node['Node Type']
  if (!table || !owned.tables.has(table) || !/Scan$/.test(type)) return breaches
  if (index) {
    const isByTenant = splitAnd(node['Index Cond'] ?? '').some((part) => equatesTenant.test(part))
    if (!node['Index Cond']) breaches.push({ rule: 'whole index', table, index, line })
    else if (known?.columns[0] !== 'tenant_id')
      breaches.push({ rule: 'index not led by tenant_id', table, index, line })
    else if (!isByTenant) breaches.push({ rule: 'whole index', table, index, line })
    else if (readsTenantForOne(node, known, owned))
      breaches.push({ rule: 'whole tenant', table, index, line })
  } else if (type !== 'Bitmap Heap Scan' && type !== 'Tid Scan') {
    breaches.push({ rule: 'sequential scan', table, line })
  }
  if (node.Alias && !pinned.has(node.Alias)) breaches.push({ rule: 'fans out', table, line })
  return breaches
}

/**
 * Whether an index is asked for the tenant alone although the statement equates a whole unique key. A condition on the
 * index's second column, however wide, is taken for enough; those of a key by `= ANY` may be most of the tenant.
 */
function readsTenantForOne(node: PlanNode, { table, columns }: Index, { indexes }: Owned): boolean {
  const asked = splitAnd(node['Index Cond'] ?? '')
  const [, second] = columns
  if (second && asked.some((part) => new RegExp(`^\\((ROW\\()?(\\w+\\.)?"?${second}\\b`).test(part)))
    return false
  const all = [...asked, ...splitAnd(node.Filter ?? '')]
  const equated = all.flatMap((part) => equatesColumn.exec(part)?.[1] ?? [])
  // A key of tenant_id alone names one row anyhow.
  const keys = [...indexes.values()].filter((index) => index.table === table && index.isUnique)
  return keys.some(
    (key) => key.columns.length > 1 && key.columns.every((each) => each && equated.includes(each)),
  )
}

const equatesColumn = /^\((?:(?:\w+|"[^"]+")\.)?"?(\w+)"? = (?!ANY )/

/** The aliases that are held to one tenant, in the end by a value: a neighbour counts only if it is so itself. */
function findPinned(nodes: PlanNode[], owned: Owned): Set<string> {
  const scans = nodes.filter(
    (node) => node.Alias && node['Relation Name'] && owned.tables.has(node['Relation Name']),
  )
  const pinned = new Set<string>()
  for (let before = -1; before !== pinned.size; ) {
    before = pinned.size
    for (const node of scans) {
      const conditions = [node['Index Cond'], node['Recheck Cond'], node.Filter]
      if (conditions.some((each) => pins(each, node.Alias, pinned))) pinned.add(node.Alias as string)
    }
  }
  return pinned
}

const equatesTenant = /^\((?:(\w+|"[^"]+")\.)?tenant_id = (.+)\)$/

/** Whether a condition, all of whose parts have to hold, equates tenant_id with one value or with that of a pinned alias. */
function pins(condition: string | undefined, alias: string | undefined, pinned: Set<string>): boolean {
  return splitAnd(condition ?? '').some((part) => {
    const [, of, value = ''] = equatesTenant.exec(part) ?? []
    if (value === '' || (of && of !== alias) || value.startsWith('ANY ')) return false
    const [, neighbour] = /^\(?(\w+|"[^"]+")\.\w+\)?(?:::\w+)?$/.exec(value) ?? []
    return !neighbour || pinned.has(neighbour)
  })
}

/** The parts of `((a) AND (b))`, those of a part that is an OR left together. */
function splitAnd(condition: string): string[] {
  const inner = /^\((\(.*\))\)$/s.exec(condition)?.[1]
  if (!inner) return [condition]
  const parts: string[] = []
  let depth = 0
  let start = 0
  for (let at = 0; at < inner.length; at++) {
    if (inner[at] === '(') depth++
    else if (inner[at] === ')' && --depth === 0) {
      parts.push(inner.slice(start, at + 1))
      const next = /^ (AND|OR) /.exec(inner.slice(at + 1))
      if (!next) return at + 1 === inner.length ? parts : [condition]
      if (next[1] === 'OR') return [condition]
      at += next[0].length
      start = at + 1
    }
  }
  return parts
}

/** All nodes. What is left to filter of the rows that a bitmap names stands at the node above it. */
function flatten(node: PlanNode): PlanNode[] {
  const below = (node.Plans ?? []).map((child) =>
    child['Node Type'] === 'Bitmap Index Scan' ? { ...child, Filter: node.Filter } : child,
  )
  return [node, ...below.flatMap(flatten)]
}

function describeNode(node: PlanNode): string {
  const { 'Node Type': type, 'Relation Name': table, Alias: alias, 'Index Name': index } = node
  const on = table ? ` on ${table}${alias && alias !== table ? ` ${alias}` : ''}` : ''
  const conditions = (['Index Cond', 'Recheck Cond', 'Filter'] as const)
    .filter((name) => node[name])
    .map((name) => `; ${name}: ${node[name]}`)
  return `${type}${index ? ` using ${index}` : ''}${on}${conditions.join('')}`
}
