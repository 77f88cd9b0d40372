import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { migrate } from '../../src/db/migrate.ts'
import { parseTenantId, type TenantId } from '../../src/db/tenant-id.ts'
import { writeAuditEntry } from '../../src/features/audit/audit.ts'
import { sealAudit } from '../../src/features/audit/seal-audit.ts'
import { verifyAudit } from '../../src/features/audit/verify-audit.ts'
import { stopAutovacuum, untilNoAutovacuum } from '../support/autovacuum.ts'
import { rolePrefix, testSecret } from '../support/cluster.ts'
import { type Platform, startPlatform } from '../support/platform.ts'

let platform: Platform
beforeAll(async () => {
  platform = await startPlatform()
  await stopAutovacuum(platform)
})
afterAll(() => platform.stop())

const id = (text: string) => parseTenantId(text) as TenantId
const verify = (tenantId: string, expected?: string) =>
  verifyAudit(platform.context, id(tenantId), { expect: expected })
async function seal(): Promise<void> {
  await untilNoAutovacuum(platform)
  await sealAudit(platform.context)
}

/** A tenant whose trail has three seals of three entries each, in the order in which they are sealed. */
let companies = 0
async function sealedCompany() {
  const { tenantId, post } = await platform.signUp(`Sealed ${++companies}`)
  await seal()
  for (let seals = 0; seals < 3; seals++) {
    for (let entries = 0; entries < 3; entries++) await post('/v1/clients', { name: `${seals} ${entries}` })
    await seal()
  }
  const entries = await platform.sql(
    'select id from audit_entries where tenant_id = $1 order by position, id',
    [tenantId],
    tenantId,
  )
  expect((await verify(tenantId)).fault).toBeNull()
  return { tenantId, post, ids: entries.map((entry) => String(entry.id)) }
}

describe('sealing', () => {
  test('puts every entry under exactly one seal, in order, and says each seal in the log', async () => {
    const { tenantId, ids } = await sealedCompany()
    const seals = await platform.sql(
      `select number, from_position, to_position, entry_ids, encode(hash, 'hex') as hash from audit_seals
        where tenant_id = $1 order by number`,
      [tenantId],
      tenantId,
    )
    expect(seals.map(({ number }) => Number(number))).toEqual([1, 2, 3, 4])
    expect(seals.flatMap(({ entry_ids }) => entry_ids)).toEqual(ids)
    for (const { hash } of seals)
      expect(platform.logLines.filter((line) => line.includes(hash))).toHaveLength(1)
    const verdict = await verify(tenantId)
    expect(verdict).toMatchObject({ seals: 4, sealed_entries: ids.length, unsealed_entries: 0, fault: null })
    expect(verdict.last_hash).toBe(seals.at(-1)?.hash)
  })

  test('without new entries makes no seal', async () => {
    const { tenantId } = await sealedCompany()
    const before = await verify(tenantId)
    await seal()
    expect(await verify(tenantId)).toEqual(before)
  })

  test('waits for a transaction that began before, and takes its entries in their place', async () => {
    const { tenantId, post } = await sealedCompany()
    let go = () => undefined as unknown
    const held = new Promise((resolve) => (go = () => resolve(undefined)))
    let hasBegun = () => undefined as unknown
    const begun = new Promise((resolve) => (hasBegun = () => resolve(undefined)))
    const late = platform.context.db.withTenant(id(tenantId), async (tx) => {
      // A number of its own, before anybody else's.
      await tx.updateTable('tenant_settings').set({ theme: 'dark' }).execute()
      hasBegun()
      await held
      writeAuditEntry(tx, entryOf('late'))
    })
    await begun
    await post('/v1/clients', { name: 'early' })
    await seal()
    expect(await verify(tenantId)).toMatchObject({ seals: 4, unsealed_entries: 1, fault: null })
    go()
    await late
    await seal()
    const verdict = await verify(tenantId)
    expect(verdict).toMatchObject({ seals: 5, unsealed_entries: 0, fault: null })
    const [last] = await platform.sql(
      `select array(select action from audit_entries e where e.tenant_id = s.tenant_id and e.id = any (s.entry_ids)
        order by array_position(s.entry_ids, e.id)) as actions
        from audit_seals s where tenant_id = $1 and number = 5`,
      [tenantId],
      tenantId,
    )
    expect(last?.actions).toEqual(['late', 'client.created'])
  })

  test('beside 50 writers, some of whom give up or take a while, leaves the chain whole', async () => {
    const { tenantId } = await platform.signUp('Busy')
    let written = 0
    let isOver = false
    const sealing = (async () => {
      // Two at once, as two processes would.
      while (!isOver) await Promise.all([seal(), seal()])
    })()
    const writers = Array.from({ length: 50 }, async (_, writer) => {
      for (let round = 0; round < 4; round++) {
        const gaveUp = (writer + round) % 5 === 0
        await platform.context.db
          .withTenant(id(tenantId), async (tx) => {
            if (writer % 3 === 0)
              await tx.savepoint(
                async (inner) => void (await inner.selectFrom('tenants').select('name').execute()),
              )
            if (writer % 7 === 0) await sleep(5)
            writeAuditEntry(tx, entryOf(`writer ${writer}`))
            if (writer % 11 === 0) writeAuditEntry(tx, entryOf(`writer ${writer} again`))
            if (gaveUp) throw new Error('gave up')
            written += writer % 11 === 0 ? 2 : 1
          })
          .catch((error) => expect(error.message).toBe('gave up'))
      }
    })
    await Promise.all(writers)
    isOver = true
    await sealing
    await seal()
    const verdict = await verify(tenantId)
    expect(verdict).toMatchObject({ unsealed_entries: 0, fault: null })
    // Beside those of the signup.
    const [signup] = await platform.sql(
      `select count(*)::int as n from audit_entries where tenant_id = $1 and action !~ '^writer'`,
      [tenantId],
      tenantId,
    )
    expect(verdict.sealed_entries).toBe(written + signup?.n)
    const [twice] = await platform.sql(
      `select count(*)::int as all, count(distinct e)::int as one from audit_seals, unnest(entry_ids) e
        where tenant_id = $1`,
      [tenantId],
      tenantId,
    )
    expect(twice?.all).toBe(twice?.one)
  })

  test('of more entries than fit makes several seals, and cuts no transaction in two', async () => {
    const { tenantId } = await platform.signUp('Much')
    await seal()
    for (const count of [700, 700, 10]) {
      await platform.context.db.withTenant(id(tenantId), async (tx) => {
        for (let entry = 0; entry < count; entry++) writeAuditEntry(tx, entryOf(`${entry}`))
      })
    }
    await seal()
    const seals = await platform.sql(
      'select cardinality(entry_ids) as n from audit_seals where tenant_id = $1 order by number offset 1',
      [tenantId],
      tenantId,
    )
    expect(seals.map(({ n }) => n)).toEqual([700, 710])
    expect((await verify(tenantId)).fault).toBeNull()
  })

  test('goes on in a database that was restored where transactions have lower numbers', async () => {
    const { tenantId, post } = await sealedCompany()
    await platform.sql('update audit_clock set sealed_to = sealed_to + 5000000')
    await platform.sql(
      'update audit_seals set to_position = to_position + 5000000 where tenant_id = $1 and number = 4',
      [tenantId],
      tenantId,
    )
    await rehashLast(tenantId)
    await post('/v1/clients', { name: 'lost' })
    await seal()
    expect((await verify(tenantId)).fault?.kind).toBe('entry_slipped_in')
    await platform.sql(
      `delete from audit_entries where tenant_id = $1 and position > (select from_position from audit_seals
        where tenant_id = $1 and number = 4) and not id = any (select unnest(entry_ids) from audit_seals where tenant_id = $1)`,
      [tenantId],
      tenantId,
    )
    await migrate({
      adminUrl: platform.database.adminUrl,
      tokenKeySecret: testSecret,
      rolePrefix,
      log: () => undefined,
    })
    await post('/v1/clients', { name: 'after the restore' })
    await seal()
    expect(await verify(tenantId)).toMatchObject({ seals: 5, unsealed_entries: 0, fault: null })
  })
})

const entryOf = (action: string) => ({
  actor: { kind: 'system', id: 'test' } as const,
  action,
  object: { type: 'test', id: 'test' },
  changedFields: ['one'],
  ip: null,
  requestId: 'test',
  now: platform.clock.now(),
})

/** Makes the hash of the last seal right again, after it was written anew. */
const rehashLast = (tenantId: string) =>
  platform.sql(
    `update audit_seals s set hash = app.audit_seal_hash(tenant_id, id, number, from_position, to_position,
      entry_ids, entry_hashes, previous_hash, created_at) where tenant_id = $1 and number = (select max(number) from audit_seals
        where tenant_id = $1)`,
    [tenantId],
    tenantId,
  )

describe('verifying names', () => {
  const columns: Record<string, string> = {
    actor_kind: "'system'",
    actor_id: "'somebody else'",
    action: "'client.deleted'",
    object_type: "'user'",
    object_id: "'another'",
    changed_fields: "'{other}'",
    reason: "'made up'",
    ip: "'192.0.2.9'",
    request_id: "'another'",
    'created_at, updated_at': "created_at - interval '1 day', updated_at - interval '1 day'",
    position: 'position + 1',
  }
  let company: Awaited<ReturnType<typeof sealedCompany>>
  beforeAll(async () => {
    company = await sealedCompany()
  })
  const tamper = (sql: string) => platform.sql(sql, [company.tenantId], company.tenantId)

  test.each(Object.entries(columns))('an entry whose %s was changed', async (column, value) => {
    const { tenantId, ids } = company
    const [before] = await tamper(
      `select to_jsonb(e) as row from audit_entries e where tenant_id = $1 and id = '${ids[5]}'`,
    )
    await tamper(
      `update audit_entries set (${column}) = row(${value}) where tenant_id = $1 and id = '${ids[5]}'`,
    )
    expect((await verify(tenantId)).fault).toEqual({
      kind: 'entry_changed',
      seal: expect.any(Number),
      entry: ids[5],
    })
    await platform.sql(
      `update audit_entries set (${column}) = (select ${column} from jsonb_populate_record(null::audit_entries, $2))
        where tenant_id = $1 and id = $3`,
      [tenantId, before?.row, ids[5]],
      tenantId,
    )
    expect((await verify(tenantId)).fault).toBeNull()
  })

  test.each([
    ['first', 0],
    ['middle', 5],
    ['last', -1],
  ])('the %s entry when it was removed', async (_, index) => {
    const { tenantId, ids } = await sealedCompany()
    const entry = ids.at(index) as string
    await platform.sql(
      'delete from audit_entries where tenant_id = $1 and id = $2',
      [tenantId, entry],
      tenantId,
    )
    expect((await verify(tenantId)).fault).toEqual({ kind: 'entry_removed', seal: expect.any(Number), entry })
  })

  test('the first of several', async () => {
    const { tenantId, ids } = await sealedCompany()
    await platform.sql(
      `update audit_entries set actor_id = 'x' where tenant_id = $1 and id = any ($2)`,
      [tenantId, [ids[3], ids[7]]],
      tenantId,
    )
    await platform.sql(
      'delete from audit_entries where tenant_id = $1 and id = $2',
      [tenantId, ids[6]],
      tenantId,
    )
    expect((await verify(tenantId)).fault?.entry).toBe(ids[3])
  })

  test('an entry that was slipped in among sealed ones', async () => {
    const { tenantId, ids } = await sealedCompany()
    const [made] = await platform.sql(
      `insert into audit_entries (tenant_id, id, actor_kind, actor_id, action, object_type, object_id, changed_fields,
          request_id, created_at, updated_at, position)
        select tenant_id, gen_random_uuid(), actor_kind, actor_id, action, object_type, object_id, changed_fields,
          request_id, created_at, updated_at, position from audit_entries where tenant_id = $1 and id = $2
        returning id`,
      [tenantId, ids[5]],
      tenantId,
    )
    expect((await verify(tenantId)).fault).toMatchObject({ kind: 'entry_slipped_in', entry: made?.id })
  })

  test('an entry that was slipped in before the first one', async () => {
    const { tenantId } = await sealedCompany()
    const [made] = await platform.sql(
      `insert into audit_entries (tenant_id, id, actor_kind, actor_id, action, object_type, object_id, changed_fields,
          request_id, created_at, updated_at, position)
        select tenant_id, gen_random_uuid(), actor_kind, actor_id, action, object_type, object_id, changed_fields,
          request_id, created_at, updated_at, -5 from audit_entries where tenant_id = $1 limit 1
        returning id`,
      [tenantId],
      tenantId,
    )
    expect((await verify(tenantId)).fault).toEqual({ kind: 'entry_slipped_in', seal: 1, entry: made?.id })
  })

  test('two entries that changed places', async () => {
    const { tenantId, ids } = await sealedCompany()
    await platform.sql(
      `update audit_entries e set position = o.position from audit_entries o
        where e.tenant_id = $1 and o.tenant_id = $1 and (e.id, o.id) in (($2, $3), ($3, $2))`,
      [tenantId, ids[4], ids[8]],
      tenantId,
    )
    expect((await verify(tenantId)).fault).toMatchObject({
      seal: expect.any(Number),
      entry: expect.any(String),
    })
  })

  test('a seal that was written anew with the entry that it seals', async () => {
    const { tenantId, ids } = await sealedCompany()
    await platform.sql(
      `update audit_entries set actor_id = 'x' where tenant_id = $1 and id = $2`,
      [tenantId, ids[5]],
      tenantId,
    )
    const rewrite = `update audit_seals s set entry_hashes = array(select app.audit_entry_hash(e) from unnest(s.entry_ids)
      with ordinality o (id, place) join audit_entries e on e.tenant_id = s.tenant_id and e.id = o.id order by place)
      where tenant_id = $1 and $2 = any (entry_ids)`
    await platform.sql(rewrite, [tenantId, ids[5]], tenantId)
    const [{ number }] = (await platform.sql(
      'select number::int from audit_seals where tenant_id = $1 and $2 = any (entry_ids)',
      [tenantId, ids[5]],
      tenantId,
    )) as [{ number: number }]
    expect((await verify(tenantId)).fault).toEqual({ kind: 'seal_changed', seal: number })
    // And with its own hash, too: the next seal tells.
    await platform.sql(
      `update audit_seals set hash = app.audit_seal_hash(tenant_id, id, number, from_position, to_position,
        entry_ids, entry_hashes, previous_hash, created_at) where tenant_id = $1 and number = $2`,
      [tenantId, number],
      tenantId,
    )
    expect((await verify(tenantId)).fault).toEqual({ kind: 'seal_changed', seal: number })
  })

  test('a seal that was removed, and the newest ones where their hash is known', async () => {
    const { tenantId } = await sealedCompany()
    const { last_hash } = await verify(tenantId)
    const remove = (number: number) =>
      platform.sql(
        'delete from audit_seals where tenant_id = $1 and number = $2',
        [tenantId, number],
        tenantId,
      )
    await remove(4)
    expect((await verify(tenantId)).fault).toBeNull()
    expect((await verify(tenantId, last_hash as string)).fault).toEqual({ kind: 'seal_missing', seal: 4 })
    await remove(2)
    expect((await verify(tenantId)).fault).toEqual({ kind: 'seal_missing', seal: 2 })
  })
})
