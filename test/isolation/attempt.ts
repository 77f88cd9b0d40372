import { createHash } from 'node:crypto'
import pg from 'pg'
import type { Attack } from './attack.ts'
import type { OwnedTable } from './catalogue.ts'
import { canary, insertInto, type World } from './world.ts'

/** A connection of the tenant role that notices what COPY sends. */
export interface Attacker {
  client: pg.Client
  copied: string[]
  /** Keep each statement prepared under a name, as the server's pool does. */
  prepares: boolean
  /** plan_cache_mode of each of its transactions. */
  plans: 'auto' | 'force_generic_plan'
  /** How many statements of attacks it has sent. */
  sent: number
}

/** Connects as the tenant role; past any pooler where statements are to stay prepared. */
export async function openAttacker(
  world: World,
  { prepares = false, plans = 'auto' }: Partial<Pick<Attacker, 'prepares' | 'plans'>> = {},
): Promise<Attacker> {
  const { tenantUrl, directTenantUrl } = world.database
  const client = await world.connect(prepares ? directTenantUrl : tenantUrl)
  const copied: string[] = []
  const { connection } = client as unknown as { connection: NodeJS.EventEmitter }
  connection.on('copyData', ({ chunk }: { chunk: Buffer }) => copied.push(chunk.toString()))
  return { client, copied, prepares, plans, sent: 0 }
}

/** Runs the statements as one transaction inside a tenant or none; what is thrown has rolled it back. */
export async function inside<T>(
  client: pg.Client,
  tenantId: string | undefined,
  work: () => Promise<T>,
  ending: 'commit' | 'rollback' = 'commit',
  settings = '',
): Promise<T> {
  const tenant = tenantId ? `; set local app.tenant_id = '${tenantId}'` : ''
  await client.query(`begin${tenant}${settings}`)
  try {
    const result = await work()
    await client.query(ending)
    return result
  } catch (error) {
    await client.query('rollback')
    throw error
  }
}

/** The same with the plans that the attacker asks for. */
export function attacking<T>(
  { client, plans }: Attacker,
  as: string | undefined,
  work: () => Promise<T>,
  ending: 'commit' | 'rollback' = 'commit',
): Promise<T> {
  return inside(client, as, work, ending, `; set local plan_cache_mode = ${plans}`)
}

class Won extends Error {}

/**
 * Tries attacks on globex's row of a table. Those that only read, and that nothing refuses, share a transaction as long as
 * none of them wins or fails.
 * @returns how they won
 * @throws Error when an attack itself is wrong: it failed for another reason than being refused
 */
export async function attemptAll(
  attacker: Attacker,
  as: string | undefined,
  attacks: Attack[],
  table: OwnedTable,
): Promise<string[]> {
  const quiet = (attack: Attack) =>
    attack.kind === 'read' && !attack.isAlone && attack.refusedWith.length === 0
  const shared = async () => {
    for (const attack of attacks.filter(quiet)) await send(attacker, attack, table)
  }
  const arePassed =
    table.root === undefined &&
    (await attacking(attacker, as, shared).then(
      () => true,
      () => false,
    ))
  const won: string[] = []
  for (const attack of arePassed ? attacks.filter((each) => !quiet(each)) : attacks) {
    const how = await attempt(attacker, as, attack, table)
    if (how !== undefined) won.push(how)
  }
  return won
}

/**
 * Tries one attack on globex's row of a table.
 * @returns how it won, or undefined; whoever wins is rolled back
 * @throws Error when the attack itself is wrong: it failed for another reason than being refused
 */
export async function attempt(
  attacker: Attacker,
  as: string | undefined,
  attack: Attack,
  table: OwnedTable,
): Promise<string | undefined> {
  try {
    const work = () => send(attacker, attack, table)
    // What commits is seen in the fingerprints.
    await attacking(attacker, as, work, attack.isUndone ? 'rollback' : 'commit')
    return undefined
  } catch (error) {
    if (error instanceof Won) return error.message
    if (!(error instanceof pg.DatabaseError)) throw error
    const { code = '', message, detail, hint, where } = error
    const told = JSON.stringify([message, detail, hint, where])
    const refusals = table.root ? [...attack.refusedWith, '42501'] : attack.refusedWith
    // A value that cannot be computed with, where only the other's row has one.
    const failsOnValue = code.startsWith('22') && !refusals.includes(code)
    if (reveals(told) || failsOnValue) return `${attack.name}: ${code} ${told}`
    if (refusals.includes(code)) return undefined
    throw new Error(`the attack "${attack.name}" on ${table.name} is wrong: ${code} ${message}`, {
      cause: error,
    })
  }
}

/** Sends the statements of an attack. @throws Won when one shows something, or does something */
async function send(attacker: Attacker, attack: Attack, table: OwnedTable): Promise<void> {
  const { client, copied, prepares } = attacker
  copied.length = 0
  for (const { text, values = [] } of attack.statements(table)) {
    attacker.sent++
    const isCopy = /^\s*copy/i.test(text)
    const name = prepares && !isCopy ? createHash('md5').update(text).digest('hex') : undefined
    const mode = isCopy ? {} : { values, name, queryMode: 'extended' }
    const result = await client.query({ text, ...mode } as pg.QueryConfig)
    const seen = JSON.stringify([result.rows, copied])
    if (reveals(seen)) throw new Won(`${attack.name}: ${seen}`)
    const isWritten = !/^(declare|fetch)/i.test(text) && (result.rowCount ?? 0) > 0
    if (attack.kind === 'write' && isWritten) throw new Won(`${attack.name}: a row`)
    if (attack.kind === 'command' || (attack.kind === 'write' && /from stdin/.test(text))) {
      throw new Won(`${attack.name}: done`)
    }
  }
}

/** Lets acme write its own row of a table, column by column and as a whole, whatever the database says to it. */
export async function writeOwn(attacker: Attacker, { name, mine }: OwnedTable): Promise<void> {
  const queries = Object.keys(mine).map((column) => ({ text: `update ${name} set ${column} = ${column}` }))
  for (const query of [...queries, insertInto(name, mine, 'on conflict do nothing')]) {
    attacker.sent++
    await attacking(attacker, 'acme', () => attacker.client.query(query)).catch(() => undefined)
  }
}

/** Where the other's name stands as a value: in JSON, a composite, a line of COPY, an element of XML. */
const asValue = /[[:,]"globex"|\(globex,|["\n]globex(\\t|,)|<tenant_id>globex</

/**
 * A word or row of globex's. What an attacker puts into a statement itself never comes back in these: an attack that
 * repeats the canary to be answered with it would prove nothing.
 */
export function reveals(text: string): boolean {
  return (
    text.includes(canary) ||
    /"found":"?[1-9]/.test(text) ||
    /"QUERY PLAN":\[\{"Plan":\{[^[]*?"Actual Rows":[1-9]/.test(text) ||
    asValue.test(text)
  )
}
