import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { createGate, createGates } from '../../src/gate.ts'
import { acme, globex, modes, namesIn, openTransactions, type Transactions } from '../support/transactions.ts'

let on: Transactions
beforeAll(async () => {
  on = await openTransactions()
})
let ends: (() => void)[] = []
afterEach(async () => {
  for (const end of ends) end()
  ends = []
  await on.clear()
})
afterAll(() => on.close())

/** Work that ends when it is told to, and counts how many of it are under way. */
function createWork() {
  const { promise, resolve } = Promise.withResolvers<void>()
  ends.push(resolve)
  const work = {
    underWay: 0,
    most: 0,
    end: resolve,
    async run() {
      work.most = Math.max(work.most, ++work.underWay)
      await promise
      work.underWay--
    },
  }
  return work
}

describe.each(modes)('pipeline $pipeline, prepared $prepared', (mode) => {
  test('one tenant takes ten connections at most, and the others are served meanwhile', async () => {
    const db = on.open({ ...mode, tenantPoolSize: 12 })
    const work = createWork()
    const greedy = Array.from({ length: 25 }, (_, index) =>
      index % 5 === 0
        ? db.readTenant(acme, (queries) => [queries.selectFrom('clients').select('id')])
        : db.withTenant(acme, work.run),
    )
    await vi.waitFor(() => expect(work.underWay).toBe(10), 5000)
    expect(await db.withTenant(globex, namesIn)).toEqual([])
    work.end()
    await Promise.all(greedy)
    expect(work.most).toBe(10)
    const { total, idle } = db.counts().tenant
    expect(idle).toBe(total)
  })

  test('no connection in time: 503 overloaded with Retry-After, and later all is well', async () => {
    const db = on.open({ ...mode, tenantPoolSize: 1, platformPoolSize: 1, poolWaitMs: 500 })
    const work = createWork()
    const holders = [db.withTenant(acme, work.run), db.withPlatform('catalogue', work.run)]
    await vi.waitFor(() => expect(work.underWay).toBe(2), 5000)
    const late = [
      db.withTenant(globex, namesIn),
      db.readTenant(globex, (queries) => [queries.selectFrom('clients').select('id')]),
      db.withPlatform('catalogue', async () => 1),
    ]
    for (const outcome of await Promise.allSettled(late)) {
      expect(outcome).toMatchObject({
        reason: { code: 'overloaded', status: 503, headers: { 'Retry-After': '1' } },
      })
    }
    work.end()
    await Promise.all(holders)
    expect(await db.withTenant(globex, namesIn)).toEqual([])
    expect(db.counts().tenant).toEqual({ total: 1, idle: 1, waiting: 0 })
  })

  test('no place within the tenant in time: 503 overloaded, and the places are not lost', async () => {
    const db = on.open({ ...mode, tenantPoolSize: 12, poolWaitMs: 500 })
    const work = createWork()
    const holders = Array.from({ length: 10 }, () => db.withTenant(acme, work.run))
    await vi.waitFor(() => expect(work.underWay).toBe(10), 5000)
    await expect(db.withTenant(acme, namesIn)).rejects.toMatchObject({ code: 'overloaded', status: 503 })
    work.end()
    await Promise.all(holders)
    const again = createWork()
    const next = Array.from({ length: 12 }, () => db.withTenant(acme, again.run))
    await vi.waitFor(() => expect(again.underWay).toBe(10), 5000)
    again.end()
    await Promise.all(next)
  })

  test('when connecting fails, places and connections are not lost', async () => {
    const db = on.open({ ...mode, tenantUrl: 'postgres://nobody@127.0.0.1:1/none' })
    for (let round = 0; round < 3; round++) {
      const outcomes = await Promise.allSettled(
        Array.from({ length: 20 }, () => db.withTenant(acme, namesIn)),
      )
      expect(new Set(outcomes.map((outcome) => (outcome as PromiseRejectedResult).reason.code))).toEqual(
        new Set(['database_unavailable']),
      )
    }
    expect(db.counts().tenant).toEqual({ total: 0, idle: 0, waiting: 0 })
  })

  test('close waits for what is under way; afterwards nothing begins; twice is once', async () => {
    const db = on.open(mode)
    const work = createWork()
    const last = db.withTenant(acme, async (tx) => {
      await work.run()
      return namesIn(tx)
    })
    await vi.waitFor(() => expect(work.underWay).toBe(1), 5000)
    const closed = Promise.all([db.close(), db.close()])
    await expect(db.withTenant(globex, namesIn)).rejects.toMatchObject({ code: 'database_unavailable' })
    work.end()
    expect(await last).toEqual([])
    await closed
  })
})

test('a gate serves in order, bounds its queue, and forgets who gave up', async () => {
  const gate = createGate(1, 2, 30)
  expect(gate.enter()).toBeUndefined()
  const first = gate.enter()
  const second = gate.enter()
  expect(() => gate.enter()).toThrow('busy')
  gate.leave()
  await first
  await expect(second).rejects.toMatchObject({ code: 'overloaded' })
  expect(gate.size).toBe(1)
  gate.leave()
  expect(gate.size).toBe(0)
})

test('keys at which somebody is keep their gates, however many there are', async () => {
  const through = createGates<number>(1, 0)
  const { promise: end, resolve } = Promise.withResolvers<void>()
  // More than are kept.
  const keys = Array.from({ length: 10_100 }, (_, key) => key)
  const first = keys.map((key) => through(key, () => end))
  const second = await Promise.allSettled(keys.map((key) => through(key, async () => 'too many')))
  expect(second.filter(({ status }) => status === 'fulfilled')).toEqual([])
  resolve()
  await Promise.all(first)
  const again = keys.map((key) => through(key, async () => key))
  expect(await Promise.all(again)).toEqual(keys)
})
