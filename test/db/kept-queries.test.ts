import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { keepQueries, type Tx } from '../../src/db/database.ts'
import type { TenantId } from '../../src/db/tenant-id.ts'
import { insertClient, openTransactions, type Transactions } from '../support/transactions.ts'

const acme = 'acme' as TenantId
const globex = 'globex' as TenantId
let on: Transactions
beforeAll(async () => {
  on = await openTransactions()
})
afterAll(() => on.close())

const byName = () => {
  let built = 0
  const query = keepQueries(
    (queries, { name }: { name: string }, columns: ('name' | 'created_at')[]) => {
      built++
      return queries.selectFrom('clients').select(columns).where('name', '=', name)
    },
    { isForJson: true },
  )
  return { query, built: () => built }
}

describe('a kept query', () => {
  test('is built once for each shape, and asks with the values of the moment in the tenant of the moment', async () => {
    const db = on.open({})
    for (const tenant of [acme, globex]) {
      await db.withTenant(tenant, async (tx) => {
        await insertClient(tx, 'both')
        await insertClient(tx, `only ${tenant}`)
      })
    }
    const { query, built } = byName()
    for (const tenant of [acme, globex, acme]) {
      for (const name of ['both', 'only acme', 'only globex']) {
        const expected = name === 'both' || name === `only ${tenant}` ? [{ name }] : []
        expect(await db.readTenant(tenant, () => [query({ name }, ['name'])])).toEqual([expected])
        expect(await db.withTenant(tenant, (tx) => tx.run(query({ name }, ['name'])))).toEqual(expected)
      }
    }
    expect(built()).toBe(1)
    const shape: ['name', 'created_at'] = ['name', 'created_at']
    const [[row]] = await db.readTenant(acme, () => [query({ name: 'both' }, shape)])
    expect(row).toEqual({ name: 'both', created_at: '1970-01-01T00:00:00.000Z' })
    expect(built()).toBe(2)
  })

  test('keeps no more than its bound, whatever shapes are asked for', () => {
    let built = 0
    const kept = keepQueries((queries, _values: object, limit: number) => {
      built++
      return queries.selectFrom('clients').select('name').limit(sql.lit(limit))
    })
    for (let limit = 0; limit < 200; limit++) kept({}, limit)
    kept({}, 0)
    expect(built).toBe(200)
    kept({}, 200)
    kept({}, 0)
    expect(built).toBe(202)
  })

  test('cannot be built by who looks at a value, which is another next time', () => {
    const looking = keepQueries((queries, { name }: { name: string }) =>
      queries.selectFrom('clients').select('name').where('name', '=', `${name}!`),
    )
    expect(() => looking({ name: 'x' })).toThrow('the value of name is another each time')
  })

  test('takes no SQL in the place of a value', () => {
    const { query } = byName()
    expect(() => query({ name: sql`current_user` as never }, ['name'])).toThrow('a piece of SQL')
  })

  test('is sent by no handle whose callback has ended', async () => {
    const { query } = byName()
    let kept: Tx | undefined
    await on.open({}).withTenant(acme, async (tx) => {
      kept = tx
    })
    await expect(kept?.run(query({ name: 'both' }, ['name']))).rejects.toThrow('this handle is not in use')
  })
})
