import { createHash } from 'node:crypto'
import pg from 'pg'
import type { Attack } from './attacks.ts'
import { canary, type OwnedTable, type World } from './world.ts'

/** A connection of the tenant role that notices what COPY sends. */
export interface Attacker {
  client: pg.Client
  copied: string[]
  /** Keep each statement prepared under a name, as the server's pool does. */
  prepares: boolean
}

export async function openAttacker(world: World, prepares = false): Promise<Attacker> {
  const client = await world.connect(world.database.tenantUrl)
  const copied: string[] = []
  const { connection } = client as unknown as { connection: NodeJS.EventEmitter }
  connection.on('copyData', ({ chunk }: { chunk: Buffer }) => copied.push(chunk.toString()))
  return { client, copied, prepares }
}

/** Runs the statements as one transaction inside a tenant or none; what is thrown has rolled it back. */
export async function inside<T>(
  client: pg.Client,
  tenantId: string | undefined,
  work: () => Promise<T>,
  ending: 'commit' | 'rollback' = 'commit',
): Promise<T> {
  await client.query(tenantId ? `begin; set local app.tenant_id = '${tenantId}'` : 'begin')
  try {
    const result = await work()
    await client.query(ending)
    return result
  } catch (error) {
    await client.query('rollback')
    throw error
  }
}

class Won extends Error {}

/**
 * Tries one attack on globex's row of a table.
 * @returns how it won, or undefined; whoever wins is rolled back
 * @throws Error when the attack itself is wrong: it failed for another reason than being refused
 */
export async function attempt(
  { client, copied, prepares }: Attacker,
  as: string | undefined,
  attack: Attack,
  table: OwnedTable,
): Promise<string | undefined> {
  copied.length = 0
  try {
    await inside(client, as, async () => {
      for (const { text, values = [] } of attack.statements(table)) {
        const isCopy = /^\s*copy/i.test(text)
        const name = prepares && !isCopy ? createHash('md5').update(text).digest('hex') : undefined
        const mode = isCopy ? {} : { values, name, queryMode: 'extended' }
        const result = await client.query({ text, ...mode } as pg.QueryConfig)
        const seen = JSON.stringify([result.rows, copied])
        if (reveals(seen)) throw new Won(`${attack.name}: ${seen}`)
        if (attack.kind === 'write' && (result.rowCount ?? 0) > 0) throw new Won(`${attack.name}: a row`)
        if (attack.kind === 'write' && /^(truncate|copy)/i.test(text)) throw new Won(`${attack.name}: done`)
      }
    })
    return undefined
  } catch (error) {
    if (error instanceof Won) return error.message
    if (!(error instanceof pg.DatabaseError)) throw error
    const { code = '', message, detail, hint, where } = error
    const told = JSON.stringify([message, detail, hint, where])
    if (reveals(told) || code === '22012') return `${attack.name}: ${told}`
    if (attack.refusedWith.includes(code)) return undefined
    throw new Error(`the attack "${attack.name}" on ${table.name} is wrong: ${code} ${message}`, {
      cause: error,
    })
  }
}

/** A word or row of globex's. What an attacker puts into a statement itself never comes back in these. */
export function reveals(text: string): boolean {
  return text.includes(canary) || /"found":"?[1-9]/.test(text) || /"tenant_id":"globex"/.test(text)
}
