import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { sql } from 'kysely'
import type pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Tx } from '../../src/db/database.ts'
import {
  acme,
  client,
  globex,
  insertClient,
  modes,
  namesIn,
  openTransactions,
  strike,
  type Transactions,
} from '../support/transactions.ts'

let on: Transactions
let killer: pg.Client
beforeAll(async () => {
  on = await openTransactions()
})
afterEach(() => on.clear())
afterAll(() => on.close())

const swallow = () => undefined
const fail = (tx: Tx) => sql`select 1/0`.execute(tx)
const failure = (tx: Tx) => tx.selectNoFrom(sql`1/0`.as('none'))
const insertion = (tx: Tx, name: string) => tx.insertInto('clients').values(client(name))
const nap = (tx: Tx) => sql`select pg_sleep(0.002)`.execute(tx)

/** Has the server end the connection or its statement while a statement is under way. */
async function struck(tx: Tx, how: 'cancel' | 'terminate') {
  const [row] = await tx.selectNoFrom(sql<number>`pg_backend_pid()`.as('pid')).execute()
  await strike(killer, row?.pid, how, sql`select pg_sleep(5)`.execute(tx))
}

/** How a transaction goes on after its first rows; `true`: it commits. */
const endings: Record<string, [commits: boolean, (tx: Tx, name: string) => Promise<unknown>]> = {
  commit: [true, async () => undefined],
  'commit after all at once': [
    true,
    (tx, name) => Promise.all([nap(tx), insertClient(tx, `${name} more`), nap(tx)]),
  ],
  'a savepoint undone': [
    true,
    (tx, name) =>
      tx
        .savepoint(async (inner) => {
          await insertClient(inner, `${name} undone`)
          await fail(inner)
        })
        .catch(swallow),
  ],
  'a savepoint kept': [true, (tx, name) => tx.savepoint((inner) => insertClient(inner, `${name} more`))],
  'a last statement': [true, (tx, name) => tx.runLast(insertion(tx, `${name} more`))],
  'a last statement that fails': [false, (tx) => tx.runLast(failure(tx)).catch(swallow)],
  'a last statement behind a failed one': [
    false,
    async (tx, name) => {
      await fail(tx).catch(swallow)
      await tx.runLast(insertion(tx, `${name} x`)).catch(swallow)
    },
  ],
  'a last statement beside others': [
    false,
    (tx, name) => Promise.all([nap(tx), tx.runLast(insertion(tx, `${name} x`)).catch(swallow)]),
  ],
  'a last statement with what fails': [
    false,
    (tx, name) => {
      tx.atCommit(failure(tx))
      return tx.runLast(insertion(tx, `${name} x`)).catch(swallow)
    },
  ],
  throw: [false, () => Promise.reject(new RangeError('thrown'))],
  'a failed statement': [false, fail],
  'a swallowed one': [false, (tx) => fail(tx).catch(swallow)],
  'one of several failed': [
    false,
    (tx, name) =>
      Promise.all([
        nap(tx),
        fail(tx),
        insertClient(tx, `${name} x`)
          .finally(() => nap(tx))
          .catch(swallow),
      ]),
  ],
  'a forgotten await': [false, async (tx, name) => void insertClient(tx, `${name} x`).catch(swallow)],
  'a late statement': [
    true,
    async (tx, name) =>
      void sleep(4)
        .then(() => insertClient(tx, `${name} late`))
        .catch(swallow),
  ],
  'a forgotten savepoint': [
    false,
    async (tx, name) => {
      tx.savepoint(async (inner) => {
        await insertClient(inner, `${name} x`)
        await sleep(4)
        await insertClient(inner, `${name} y`)
      }).catch(swallow)
      await sleep(2)
    },
  ],
  'a bad parameter': [false, (tx) => sql`select ${{ amount: 1n }}::json`.execute(tx).catch(swallow)],
  'a statement not allowed': [false, (tx) => sql.raw('commit').execute(tx).catch(swallow)],
  cancel: [false, (tx) => struck(tx, 'cancel').catch(swallow)],
  terminate: [false, (tx) => struck(tx, 'terminate').catch(swallow)],
}

const transactions = fc.array(
  fc.record({
    tenant: fc.constantFrom(acme, globex),
    ending: fc.constantFrom(...Object.keys(endings)),
    rows: fc.integer({ min: 1, max: 3 }),
    startMs: fc.integer({ min: 0, max: 12 }),
    thinkMs: fc.integer({ min: 0, max: 4 }),
  }),
  { minLength: 30, maxLength: 30 },
)

/** Which rows a committed transaction leaves beyond its first ones. */
const leavesMore = new Set(['commit after all at once', 'a savepoint kept', 'a last statement'])

test.each(modes)(
  'however transactions end: all or nothing, own rows only, no connection lost: %o',
  { timeout: 120_000 },
  async (mode) => {
    killer = await on.connectRaw(on.adminUrl)
    const db = on.open({ ...mode, tenantPoolSize: 3, poolWaitMs: 60_000 })
    let number = 0
    const expected = { [acme]: [] as string[], [globex]: [] as string[] }
    const run = fc.asyncProperty(transactions, async (list) => {
      await Promise.all(
        list.map(async ({ tenant, ending, rows, startMs, thinkMs }) => {
          const [commits, end] = endings[ending] as (typeof endings)[string]
          const name = `${tenant} ${++number}`
          const own = Array.from({ length: rows }, (_, index) => `${name} row ${index}`)
          await sleep(startMs)
          const saved = db.withTenant(tenant, async (tx) => {
            for (const row of own) await insertClient(tx, row)
            const seen = await namesIn(tx)
            expect(seen.filter((row) => !row.startsWith(`${tenant} `))).toEqual([])
            expect(seen).toEqual(expect.arrayContaining(own))
            await sleep(thinkMs)
            await end(tx, name)
          })
          const outcome = await saved.then(() => true).catch((error) => error)
          expect(outcome === true, `${ending}: ${outcome}`).toBe(commits)
          if (commits) expected[tenant]?.push(...own, ...(leavesMore.has(ending) ? [`${name} more`] : []))
        }),
      )
      const { total, idle, waiting } = db.counts().tenant
      expect({ leaked: total - idle, waiting }).toEqual({ leaked: 0, waiting: 0 })
    })
    await fc.assert(run, { numRuns: mode.pipeline && mode.prepared ? 10 : 4, endOnFailure: true })
    await sleep(10)
    for (const tenant of [acme, globex]) {
      expect(await on.clientsOf(tenant)).toEqual((expected[tenant] as string[]).toSorted())
    }
  },
)
