import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { mayDecideAccess } from '../../src/db/statements.ts'
import type { Claims, UserClaims } from '../../src/features/members/access.ts'
import { accessQuery } from '../../src/features/members/access-queries.ts'
import { type Platform, startPlatform } from '../support/platform.ts'

let platform: Platform
beforeAll(async () => {
  platform = await startPlatform()
})
afterAll(() => platform.stop())

async function signUp(company: string) {
  const { token, tenantId, get, post } = await platform.signUp(company)
  const claims = (await platform.context.tokens.verifyAccess(token)) as UserClaims
  const known = () => platform.context.rememberedAccess.find(claims, 'crm')
  const look = async () => (await get('/v1/clients')).status
  return { claims, known, look, post, tenantId: claims.tenantId, name: tenantId }
}

describe('what is known of a caller', () => {
  test('is what the database said of the session, until that may be otherwise', async () => {
    const { known, look, claims, tenantId, post } = await signUp('Known')
    expect(known()).toBeUndefined()
    expect(await look()).toBe(200)
    expect(known()).toMatchObject([{ role: 'owner', status: 'TRIAL' }])
    // Neither another module's answer nor that to somebody else.
    expect(platform.context.rememberedAccess.find(claims, 'automation')).toBeUndefined()
    expect(platform.context.rememberedAccess.find({ ...claims }, 'crm')).toBeUndefined()

    expect((await post('/v1/clients', { name: 'one' })).status).toBe(201)
    expect(known(), 'business rows decide nothing').toBeDefined()

    const { db } = platform.context
    const touch = sql`update memberships set updated_at = updated_at where user_id = ${claims.userId}`
    await db.withTenant(tenantId, (tx) => touch.execute(tx))
    expect(known(), 'a membership was written').toBeUndefined()

    expect(await look()).toBe(200)
    const failed = db.withTenant(tenantId, async (tx) => {
      await touch.execute(tx)
      throw new RangeError('no')
    })
    await expect(failed).rejects.toThrow(RangeError)
    expect(known(), 'nobody looks at what became of it').toBeUndefined()

    expect(await look()).toBe(200)
    await db.withPlatform('account', (tx) => tx.selectFrom('users').select('id').execute())
    expect(known(), 'the platform did something').toBeUndefined()

    expect(await look()).toBe(200)
    await db.withPlatform('request counts', (tx) => tx.selectFrom('plans').select('plan').execute())
    expect(known(), 'counters decide nothing').toBeDefined()
  })

  test('is nothing new where it changed while it was asked for', async () => {
    const { claims, known, look, tenantId } = await signUp('Racing')
    const remember = platform.context.rememberedAccess.ask(claims, 'crm')
    await platform.context.db.withTenant(tenantId, (tx) =>
      sql`update memberships set updated_at = updated_at`.execute(tx),
    )
    // Another module was asked about since, and has its answer already.
    platform.context.rememberedAccess.ask(claims, 'accounting')([{ role: 'viewer' } as never])
    remember([{ role: 'owner' } as never])
    expect(known()).toBeUndefined()
    expect(await look()).toBe(200)
  })

  test('is forgotten within a second where another process changes it', async () => {
    const { known, look, name } = await signUp('Elsewhere')
    expect(await look()).toBe(200)
    const began = performance.now()
    await platform.forceTenant(name, `status = 'SUSPENDED', status_set_by = 'operator'`, { by: 'another' })
    await vi.waitFor(async () => expect(await look()).toBe(403), { timeout: 5000, interval: 20 })
    // The clock of the process decides, so what is slow here is this machine.
    process.stdout.write(`Known elsewhere after ${Math.round(performance.now() - began)} ms\n`)
    expect(known()).toBeUndefined()
  })

  test('is looked at again where the answer had to wait in line', async () => {
    const { look, claims, tenantId } = await signUp('In line')
    expect(await look()).toBe(200)
    const { db } = platform.context
    const all = Promise.withResolvers<void>()
    const holding = Array.from({ length: 10 }, () => db.withTenant(tenantId, () => all.promise))
    const waiting = look()
    await vi.waitFor(() => expect(db.counts().tenant.total).toBeGreaterThanOrEqual(10))
    await db.withPlatform('session', (tx) =>
      tx.deleteFrom('sessions').where('user_id', '=', claims.userId).execute(),
    )
    all.resolve()
    await Promise.all(holding)
    expect(await waiting).toBe(401)
  })

  test('is asked about in the transaction of whoever writes: a tenant that is blocked meanwhile writes nothing', async () => {
    const { known, look, post, name } = await signUp('Blocked')
    expect(await look()).toBe(200)
    await platform.forceTenant(name, `status = 'SUSPENDED', status_set_by = 'operator'`, { by: 'another' })
    expect(known(), 'nobody has told this process').toBeDefined()
    expect(await post('/v1/clients', { name: 'late' })).toMatchObject({
      status: 403,
      body: { code: 'tenant_suspended' },
    })
    const rows = await platform.sql('select from clients where tenant_id = $1', [name], name)
    expect(rows).toEqual([])
  })
})

test('whatever writes a table that access is read from is taken to decide', () => {
  const kinds: Claims[] = [
    { kind: 'user', userId: randomUUID(), sessionId: randomUUID(), tenantId: 'acme' as never },
    { kind: 'api_key', keyId: randomUUID(), secretHash: Buffer.alloc(32), tenantId: 'acme' as never },
    {
      kind: 'support',
      supportSessionId: randomUUID(),
      adminId: randomUUID(),
      tenantId: 'acme' as never,
      isReadOnly: true,
    },
  ]
  const tables = new Set<string>(['sessions', 'users', 'super_admins'])
  for (const claims of kinds) {
    const query = accessQuery(claims, 'crm').compile()
    for (const [, name = ''] of query.sql.matchAll(/(?:from|join) "(\w+)"/g)) tables.add(name)
    expect(mayDecideAccess({ sql: query.sql, values: [] }), 'its own text names them').toBe(true)
    expect(mayDecideAccess({ ...query, values: [] }), 'but it only reads').toBe(false)
  }
  expect(tables.size).toBeGreaterThan(6)
  for (const table of tables) {
    for (const text of [
      `update ${table} set x = 1`,
      `delete from "${table}"`,
      `insert into public.${table} default values`,
    ]) {
      expect(mayDecideAccess({ sql: text, values: [] }), text).toBe(true)
    }
  }
  for (const call of ['app.end_sessions', '"app"."end_sessions"', 'app . end_sessions']) {
    expect(mayDecideAccess({ sql: `select ${call}($1)`, values: [] }), call).toBe(true)
  }
  expect(
    mayDecideAccess({ sql: 'insert into "clients" ("name") values ($1)', values: ['memberships'] }),
  ).toBe(false)
})
