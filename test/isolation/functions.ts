import { randomBytes, randomUUID } from 'node:crypto'
import pg from 'pg'
import { type Attacker, reveals } from './attempt.ts'
import { type CallableFunction, findFunctions } from './catalogue.ts'
import { canary, type World } from './world.ts'

/** How many functions were called how often, and which told or changed something. */
export interface Findings {
  functions: number
  calls: number
  problems: string[]
}

const uuids = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g

/** A session of each tenant's owner, since functions read and end those. @returns the id of globex's */
export async function addSessions(world: World): Promise<string> {
  const ids = { acme: randomUUID(), globex: randomUUID() }
  for (const [tenantId, id] of Object.entries(ids)) {
    await world.admin.query(
      `insert into sessions (id, user_id, subject_tenant_id, membership_id, lookup_hash, token_hash, rotated_at,
          created_at, expires_at)
        select $1, user_id, tenant_id, id, $2, $2, now(), now(), now() + interval '1 day'
        from memberships where tenant_id = $3`,
      [id, randomBytes(32), tenantId],
    )
  }
  return ids.globex
}

/**
 * Calls every function that the tenant role may execute with what is globex's in each parameter: ids, words, hashes,
 * whole rows. None may tell a word of globex's that was not put in, or change a row that is not acme's; and one with the
 * rights of its owner has to answer as it does to what never was.
 * @param more ids of globex's beside those of its rows
 * @param wanted which functions, by name
 */
export async function callFunctions(
  world: World,
  attackers: Attacker[],
  more: string[] = [],
  wanted = /./,
): Promise<Findings> {
  const [first] = attackers
  const functions = first ? (await findFunctions(first.client)).filter(({ name }) => wanted.test(name)) : []
  const values = valuesOfTheirs(world, more)
  const calls = functions.map((fn) => ({ fn, texts: composeCalls(fn, values) }))
  const findings: Findings = { functions: functions.length, calls: 0, problems: [] }
  // What they tell first, since what stays may change what is told.
  for (const { fn, texts } of calls) {
    for (const [index, attacker] of attackers.entries()) {
      const inTurn = texts.filter((_text, place) => place % attackers.length === index)
      await listenTo(attacker, fn, inTurn, findings)
    }
  }
  for (const { fn, texts } of calls) {
    if (first) await findChanges(world, first, fn, texts, findings)
  }
  return findings
}

async function listenTo(
  attacker: Attacker,
  fn: CallableFunction,
  calls: string[],
  findings: Findings,
): Promise<void> {
  for (const [index, call] of calls.entries()) {
    // What a function keeps in a session it has planned for globex first.
    if (index < 3) await answerTo(attacker, 'globex', call, 'rollback')
    for (const tenantId of index < 5 ? ['acme', undefined] : ['acme']) {
      findings.calls++
      const told = await answerTo(attacker, tenantId, call, 'rollback')
      if (reveals(without(call, told))) findings.problems.push(`${call} tells ${told}`)
      if (!fn.isDefiner) continue
      const never = neverWas(call)
      const toldOfNothing = await answerTo(attacker, tenantId, never.text, 'rollback')
      if (never.of(told) === toldOfNothing) continue
      findings.problems.push(`${call} tells ${told}, and of what never was ${toldOfNothing}`)
    }
  }
}

async function findChanges(
  world: World,
  attacker: Attacker,
  fn: CallableFunction,
  calls: string[],
  findings: Findings,
): Promise<void> {
  const before = await world.fingerprints()
  for (const call of calls) {
    await answerTo(attacker, 'acme', call, 'commit')
  }
  for (const call of calls.slice(0, 5)) {
    await answerTo(attacker, undefined, call, 'commit')
  }
  const after = await world.fingerprints()
  const changed = Object.keys(after).filter((table) => after[table] !== before[table])
  for (const table of changed) findings.problems.push(`${fn.name} changes ${table}`)
}

/** Every value of globex's rows, as SQL, by what it looks like. */
function valuesOfTheirs({ tables }: World, more: string[]) {
  const all = tables.flatMap(({ theirs }) => Object.values(theirs)).flat()
  const texts = all.filter((value): value is string => typeof value === 'string')
  const isId = (text: string) => new RegExp(`^${uuids.source}$`).test(text)
  const short = texts.filter((text) => !isId(text) && text.length < 60 && !/^[{["]/.test(text))
  return {
    rows: new Map(tables.map(({ name, theirs }) => [name, theirs])),
    ids: [...new Set([...texts.filter(isId), ...more])],
    words: [...new Set(['globex', canary, `${canary}@example.com`, ...short])],
    hashes: all.filter((value) => Buffer.isBuffer(value)).map((hash) => `\\x${hash.toString('hex')}`),
  }
}

/** As many calls as the longest list of values asks for, each parameter going through its own at its own pace. */
function composeCalls(fn: CallableFunction, values: ReturnType<typeof valuesOfTheirs>): string[] {
  const lists = fn.types.map((type) => literalsOf(fn, type, values))
  const longest = Math.max(1, ...lists.map((list) => list.length))
  return Array.from({ length: longest }, (_, round) => {
    const chosen = lists.map((list, place) => list[(round * (2 * place + 1)) % list.length])
    return `select ${fn.name}(${chosen.join(', ')}) as told`
  })
}

function literalsOf(fn: CallableFunction, type: string, values: ReturnType<typeof valuesOfTheirs>): string[] {
  if (type.endsWith('[]')) {
    return literalsOf(fn, type.slice(0, -2), values).map((literal) => `array[${literal}]::${type}`)
  }
  // In turn a word of the function's own, which it may let pass, and one of globex's.
  const { ids, words, hashes, rows } = values
  const texts = words.flatMap((word, index) => [fn.words[index % fn.words.length] ?? word, word])
  const payload = (id: string) =>
    JSON.stringify({ tenant_id: 'globex', subject_tenant_id: 'globex', id, user_id: id, email: canary })
  const byType: Record<string, string[]> = {
    uuid: ids,
    text: texts,
    name: texts,
    json: ids.slice(0, 5).map(payload),
    jsonb: ids.slice(0, 5).map(payload),
    bytea: hashes,
    bigint: ['1', '7', '0', '-1'],
    integer: ['1', '7', '0', '-1'],
    boolean: ['true', 'false'],
    xid8: ['1', '1000000'],
    date: ['2026-03-02', '2026-03-01'],
    'timestamp with time zone': ['2026-03-02T10:30:00Z', '2026-03-02T10:00:00Z'],
  }
  const listed = byType[type]
  if (listed) return listed.map((value) => `${pg.escapeLiteral(value)}::${type}`)
  const row = JSON.stringify(rows.get(type) ?? {}, (_key, value) => {
    return value?.type === 'Buffer' ? `\\x${Buffer.from(value.data).toString('hex')}` : value
  })
  return [`jsonb_populate_record(null::${type}, ${pg.escapeLiteral(row)})`]
}

/** The rows or the error as text. Plans are generic: those of a function's own statements are kept in the session. */
async function answerTo(
  attacker: Attacker,
  as: string | undefined,
  call: string,
  ending: 'commit' | 'rollback',
): Promise<string> {
  const tenant = as ? `set local app.tenant_id = '${as}';` : ''
  attacker.sent++
  try {
    const results = await attacker.client.query(
      `begin; ${tenant} set local plan_cache_mode = ${attacker.plans}; ${call}; ${ending}`,
    )
    const all = results as unknown as pg.QueryResult[]
    return JSON.stringify(all.find(({ command }) => command === 'SELECT')?.rows)
  } catch (error) {
    await attacker.client.query('rollback')
    if (!(error instanceof pg.DatabaseError)) throw error
    // A call that PostgreSQL cannot make out proves nothing.
    if (['42601', '42883', '42725', '42704'].includes(error.code ?? '')) {
      throw new Error(`functions.ts makes no value for a parameter of this: ${call}`, { cause: error })
    }
    const { code, message, detail, hint } = error
    return JSON.stringify([code, message, detail, hint])
  }
}

/** What was told without what was put in. */
function without(call: string, told: string): string {
  const put = [...call.matchAll(/'((?:[^']|'')*)'/g)]
    .map(([, text]) => text ?? '')
    .filter((text) => text.length > 3)
  return put.sort((a, b) => b.length - a.length).reduce((left, text) => left.replaceAll(text, ''), told)
}

/** The same call with values that are nobody's, and how what is told of globex would read then. */
function neverWas(call: string): { text: string; of(told: string): string } {
  const others = new Map<string, string>()
  const other = (id: string) => {
    const known = others.get(id) ?? randomUUID()
    others.set(id, known)
    return known
  }
  const text = call
    .replaceAll(uuids, other)
    .replaceAll('globex', 'nobody')
    .replaceAll(/\\x[0-9a-f]{64}/g, () => `\\x${randomBytes(32).toString('hex')}`)
  const of = (told: string) => {
    return told.replaceAll(uuids, (id) => others.get(id) ?? id).replaceAll('globex', 'nobody')
  }
  return { text, of }
}
