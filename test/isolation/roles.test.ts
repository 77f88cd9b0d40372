import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ownDatabase } from '../../src/db/doctor-rules.ts'
import { inside } from './attempt.ts'
import { canary, openWorld, type World } from './world.ts'

// What each role of the running server can reach at most, and the functions that run with the rights of another.
let world: World
let tenant: pg.Client
let platform: pg.Client
let jobs: pg.Client

beforeAll(async () => {
  world = await openWorld()
  tenant = await world.connect(world.database.tenantUrl)
  platform = await world.connect(world.database.platformUrl)
  jobs = await world.connect(world.database.jobsUrl)
})

afterAll(() => world.close())

describe('the platform role', () => {
  const seenAcross = [
    'audit_entries',
    'audit_seals',
    'billing_accounts',
    'credit_lots',
    'idempotency_keys',
    'limit_counters',
    'memberships',
    'notifications',
    'tenant_settings',
    'tenants',
    'usage_days',
  ]
  const seenInside = ['api_keys', 'invitations', 'support_sessions']
  const onlySeen = [
    'api_keys',
    'audit_entries',
    'audit_seals',
    'credit_lots',
    'idempotency_keys',
    'limit_counters',
    'notifications',
    'support_sessions',
    'tenant_settings',
    'usage_days',
  ]

  test('sees across tenants the tables of its policy and no other', async () => {
    const visible = []
    for (const { name } of world.tables) {
      const count = await found(
        platform,
        undefined,
        `select count(*)::int as n from ${name} where tenant_id in ('acme', 'globex')`,
      )
      if (count !== '42501') visible.push([name, count])
    }
    const expected = [...seenAcross.map((name) => [name, 2]), ...seenInside.map((name) => [name, 0])]
    expect(visible.sort()).toEqual(expected.sort())
  })

  test.each(seenInside)('reads of %s those of the one tenant that its transaction names', async (table) => {
    const count = (of: string) => `select count(*)::int as n from ${table} where tenant_id = '${of}'`
    expect(await found(platform, 'acme', count('acme'))).toBe(1)
    expect(await found(platform, 'acme', count('globex'))).toBe(0)
  })

  test.each([undefined, 'acme', 'globex'])('reads no business table inside %s', async (tenantId) => {
    const readable = [...seenAcross, ...seenInside]
    for (const { name } of world.tables.filter((table) => !readable.includes(table.name))) {
      for (const sql of [
        `select tenant_id from ${name}`,
        `select count(*) from ${name}`,
        `table ${name}`,
        `copy ${name} to stdout`,
      ]) {
        expect(await found(platform, tenantId, sql)).toBe('42501')
      }
      expect(await found(platform, tenantId, `update ${name} set updated_at = now()`)).toBe('42501')
      expect(await found(platform, tenantId, `delete from ${name}`)).toBe('42501')
    }
  })

  test.each(['tenant_settings', 'audit_entries', 'notification_preferences', 'material_categories'])(
    'adds to %s without reading it back',
    async (table) => {
      const sql = `insert into ${table} default values returning *`
      expect(await found(platform, 'acme', sql)).toBe('42501')
    },
  )

  test.each([undefined, 'acme'])('inside %s it changes no row of globex', async (tenantId) => {
    const before = await world.fingerprints()
    for (const table of [...seenAcross, ...seenInside]) {
      const changed = onlySeen.includes(table) ? '42501' : 0
      expect(
        await found(platform, tenantId, `update ${table} set updated_at = now() where tenant_id = 'globex'`),
      ).toBe(changed)
      expect(
        await found(platform, tenantId, `select 1 from ${table} where tenant_id = 'globex' for update`),
      ).toBe(changed)
      expect(await found(platform, tenantId, `delete from ${table} where tenant_id = 'globex'`)).toBe('42501')
    }
    expect(await world.fingerprints()).toEqual(before)
  })

  test('moves no member of acme to globex, nor writes one there', async () => {
    expect(
      await found(platform, 'acme', `update memberships set tenant_id = 'globex' where tenant_id = 'acme'`),
    ).toBe('42501')
    const insert = `insert into memberships select 'globex', gen_random_uuid(), user_id, 'owner', 'active', now(), now()
      from memberships where tenant_id = 'acme'`
    expect(await found(platform, 'acme', insert)).toBe('42501')
    expect(await found(platform, undefined, insert)).toBe('42501')
  })
})

test('the tenant role reaches no global table but the plans and the texts of notifications, not even a column of it', async () => {
  const { rows } = await world.admin.query(
    `select relname as name from pg_class c where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'S')
      and not exists (select from pg_attribute where attrelid = c.oid and attname = 'tenant_id') order by 1`,
  )
  const names = rows.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['plans', 'sessions', 'signing_keys', 'users']))
  const shared = ['notification_templates', 'plans']
  for (const name of names.filter((name) => !shared.includes(name))) {
    for (const sql of [
      `select from ${name}`,
      `select count(*) from ${name}`,
      `insert into ${name} default values`,
      `update ${name} set ctid = ctid`,
      `delete from ${name}`,
    ]) {
      expect(await found(tenant, 'acme', sql), sql).toMatch(/^(42501|0A000)$/)
    }
  }
})

test('the role jobs sees nothing of public or app', async () => {
  const { rows } = await world.admin.query(
    `select oid::regclass::text as name from pg_class where relnamespace in ('public'::regnamespace, 'app'::regnamespace)
      and relkind in ('r', 'p', 'v', 'm')`,
  )
  expect(rows.length).toBeGreaterThan(8)
  for (const { name } of rows) {
    expect(await found(jobs, undefined, `select from ${name.includes('.') ? name : `public.${name}`}`)).toBe(
      '42501',
    )
  }
  expect(await found(jobs, undefined, 'select * from app.tenant_members()')).toBe('42501')
})

test('the purger cannot log in, and nobody but the owner can become it', async () => {
  const { rows } = await world.admin.query(
    `select rolcanlogin, array(select r.rolname::text from pg_roles r
        where pg_has_role(r.oid, p.oid, 'member') and not r.rolsuper and r.oid <> p.oid) as members
      from pg_roles p where rolname = $1`,
    [String(tenant.user).replace(/_tenant$/, '_purger')],
  )
  expect(rows).toEqual([{ rolcanlogin: false, members: [String(tenant.user).replace(/_tenant$/, '_owner')] }])
})

describe('app.tenant_members()', () => {
  test('gives the current tenant its own members, and nothing without a tenant', async () => {
    const members = (tenantId?: string) =>
      inside(
        tenant,
        tenantId,
        async () => (await tenant.query('select email from app.tenant_members()')).rows,
      )
    expect(await members('acme')).toEqual([{ email: 'canary-of-acme@example.com' }])
    expect(await members('globex')).toEqual([{ email: `${canary}@example.com` }])
    expect(await members()).toEqual([])
  })

  test('gives nobody of another tenant when asked for them by id', async () => {
    const theirs = world.table('memberships').theirs.user_id
    expect(await found(tenant, 'acme', `select * from app.tenant_members('${theirs}')`)).toBe(0)
    expect(await found(tenant, undefined, `select * from app.tenant_members('${theirs}')`)).toBe(0)
  })
})

describe('app.session_membership()', () => {
  const opened = { acme: randomUUID(), globex: randomUUID() }
  beforeAll(async () => {
    for (const tenantId of ['acme', 'globex'] as const) {
      const { mine, theirs } = world.table('memberships')
      const { id, user_id } = tenantId === 'acme' ? mine : theirs
      await world.admin.query(
        `insert into sessions (id, user_id, subject_tenant_id, membership_id, lookup_hash, token_hash, rotated_at,
          created_at, expires_at) values ($1, $2, $3, $4, sha256($3::text::bytea), sha256(''), now(), now(), now())`,
        [opened[tenantId], user_id, tenantId, id],
      )
    }
  })

  test('tells the current tenant whose session of its own it is, and of no other', async () => {
    const told = (tenantId: string | undefined, sessionId: string) =>
      inside(tenant, tenantId, async () => {
        const { rows } = await tenant.query('select app.session_membership($1) as id', [sessionId])
        return rows[0].id
      })
    expect(await told('acme', opened.acme)).toBe(world.table('memberships').mine.id)
    expect(await told('acme', opened.globex)).toBeNull()
    expect(await told(undefined, opened.acme)).toBeNull()
    expect(await told('acme', randomUUID())).toBeNull()
  })

  test('is for the tenant role alone', async () => {
    for (const client of [platform, jobs]) {
      expect(await found(client, undefined, `select app.session_membership('${opened.acme}')`)).toBe('42501')
    }
  })
})

test('no statement of a tenant makes a member of a stranger, whose name it would learn then', async () => {
  const theirs = world.table('memberships').theirs.user_id
  const columns = 'id, user_id, role, status, created_at, updated_at'
  const values = `gen_random_uuid(), '${theirs}', 'viewer', 'active', now(), now()`
  for (const sql of [
    `insert into memberships (${columns}) values (${values})`,
    `with made as (insert into memberships (${columns}) values (${values}) returning 1) select 1`,
    `update memberships set user_id = '${theirs}'`,
    `merge into memberships m using (values (1)) v on true when matched then update set user_id = '${theirs}'`,
  ]) {
    expect(await found(tenant, 'acme', sql), sql).toBe('42501')
  }
  expect(await found(tenant, 'acme', "update memberships set role = 'owner', status = 'active'")).toBe(1)
})

test('functions with the rights of another are those that the doctor knows, pin their search_path, and belong to no superuser', async () => {
  const { rows } = await world.admin.query(
    `select p.oid::regprocedure::text as name, proconfig::text as config, r.rolsuper or r.rolbypassrls as mighty
      from pg_proc p join pg_roles r on r.oid = p.proowner
      where prosecdef and pronamespace <> 'pg_catalog'::regnamespace order by 1`,
  )
  expect(rows.map(({ name }) => name)).toEqual(ownDatabase.definer_functions)
  for (const { config, mighty } of rows) {
    expect(config).toMatch(/^\{"search_path=pg_catalog, (public, )?pg_temp"\}$/)
    expect(mighty).toBe(false)
  }
})

describe('no statement of a tenant', () => {
  test.each([
    [`update invitations set email = 'somebody@example.com'`],
    [`update invitations set role = 'owner'`],
    [`update api_keys set role = 'owner'`],
    [`update api_keys set secret_hash = sha256('mine')`],
    [`update api_keys set created_by = null`],
    [
      `merge into invitations i using (values (1)) v on true when matched then update set email = 'x@example.com'`,
    ],
  ])('gives what was handed out to somebody else: %s', async (sql) => {
    expect(await found(tenant, 'acme', sql)).toBe('42501')
  })

  test.each([
    [`update notifications set values = '{}'`],
    [`update notifications set membership_id = id`],
    [`insert into notifications default values`],
    [`delete from notifications`],
  ])('forges or takes away what a member was told: %s', async (sql) => {
    expect(await found(tenant, 'acme', sql)).toBe('42501')
  })

  test.each([
    [`update support_sessions set ended_at = null, ended_by_kind = null, ended_by = null`],
    [`update support_sessions set expires_at = expires_at`],
    [`update support_sessions set is_read_only = false`],
    [`insert into support_sessions select * from support_sessions`],
    [`delete from support_sessions`],
    [
      `merge into support_sessions s using (values (1)) v on true when matched then update set ended_at = null`,
    ],
  ])('lets support in, brings it back or forgets it: %s', async (sql) => {
    expect(await found(tenant, 'acme', sql)).toBe('42501')
  })

  test('has forgotten what was done already before its time', async () => {
    expect(await found(tenant, 'acme', 'delete from idempotency_keys')).toBe('42501')
  })

  test('knows whose the support sessions of another tenant are, or ends one', async () => {
    const { mine, theirs } = world.table('support_sessions')
    const told = (tenantId: string | undefined, id: unknown) =>
      inside(tenant, tenantId, async () => {
        const { rows } = await tenant.query('select app.support_session_admin($1) as admin', [id])
        return rows[0].admin
      })
    expect(await told('acme', mine.id)).toBe(mine.super_admin_id)
    expect(await told('acme', theirs.id)).toBeNull()
    expect(await told(undefined, mine.id)).toBeNull()
    const end = (client: pg.Client, tenantId: string | undefined, id: unknown) =>
      inside(client, tenantId, async () => {
        const sql = `select app.end_support_session($1, 'user', 'me', '2026-03-02T10:30:00Z') as ended`
        return (await client.query(sql, [id])).rows[0].ended
      })
    const before = await world.fingerprints()
    for (const client of [tenant, platform]) {
      expect(await end(client, 'acme', theirs.id)).toBe(false)
      expect(await end(client, undefined, theirs.id)).toBe(false)
    }
    expect(await world.fingerprints()).toEqual(before)
    for (const kind of [`'operator'`, 'null']) {
      const forged = `select app.end_support_session('${mine.id}', ${kind}, 'somebody', '2026-03-02T10:30:00Z')`
      expect(await found(tenant, 'acme', forged), kind).toBe('42501')
    }
    expect(await end(tenant, 'acme', mine.id)).toBe(true)
    expect(await end(tenant, 'acme', mine.id), 'and it stays so').toBe(false)
    expect(await told('acme', mine.id)).toBeNull()
    for (const client of [platform, jobs]) {
      expect(await found(client, 'acme', `select app.support_session_admin('${mine.id}')`)).toBe('42501')
    }
  })

  test('ends sessions of another tenant', async () => {
    const { theirs } = world.table('memberships')
    const count = async () =>
      (await world.admin.query('select from sessions where membership_id = $1', [theirs.id])).rowCount
    await world.admin.query(
      `insert into sessions (id, user_id, subject_tenant_id, membership_id, lookup_hash, token_hash, rotated_at,
        created_at, expires_at)
       values (gen_random_uuid(), $1, 'globex', $2, sha256('lookup'), sha256('token'), now(), now(), now())`,
      [theirs.user_id, theirs.id],
    )
    const before = await count()
    expect(before).toBeGreaterThan(0)
    for (const tenantId of ['acme', undefined]) {
      expect(await found(tenant, tenantId, `select app.end_sessions('${theirs.id}')`)).toBe(1)
    }
    expect(await count()).toBe(before)
    expect(await found(tenant, 'globex', `select app.end_sessions('${theirs.id}')`)).toBe(1)
    expect(await count()).toBe(0)
  })

  test.each([
    'pg_advisory_lock(1)',
    'pg_try_advisory_lock(1, 2)',
    'pg_advisory_xact_lock(1)',
    'pg_try_advisory_lock_shared(1)',
  ])('takes a lock that others wait for: %s', async (call) => {
    expect(await found(tenant, 'acme', `select ${call}`)).toBe('42501')
  })
})

describe('a job', () => {
  test.each(['{"tenant_id":"globex"}', '{}', '{"tenant_id":null}'])(
    'of acme carries acme, whatever its payload %s says',
    async (payload) => {
      const sql = `select graphile_worker.enqueue_job('send-invitation', '${payload}', 'key')`
      expect(await found(tenant, 'acme', sql)).toBe(1)
      const { rows } = await jobs.query(
        `select j.key, payload->>'tenant_id' as tenant from graphile_worker._private_jobs j where key like '%key'`,
      )
      expect(rows).toEqual([{ key: 'acme:key', tenant: 'acme' }])
    },
  )

  test.each(['null', '[]', '["globex"]', '"globex"', '1'])('has no payload such as %s', async (payload) => {
    expect(
      await found(tenant, 'acme', `select graphile_worker.enqueue_job('send-invitation', '${payload}')`),
    ).toBe('22023')
  })

  test.each(['send-account-mail', 'forget-expired', 'no-such-task'])(
    'cannot be %s: it would trust its payload',
    async (task) => {
      const payload = JSON.stringify({
        template: 'reset_password',
        email: `${canary}@example.com`,
        token_id: 'x',
      })
      const sql = `select graphile_worker.enqueue_job('${task}', '${payload}')`
      expect(await found(tenant, 'acme', sql)).toBe('42501')
      expect(await found(platform, undefined, sql)).toBe(1)
    },
  )

  test('needs a tenant, and the queue cannot be read', async () => {
    expect(
      await found(tenant, undefined, `select graphile_worker.enqueue_job('send-invitation', '{}')`),
    ).toBe('42501')
    for (const client of [tenant, platform]) {
      expect(await found(client, 'acme', 'select * from graphile_worker.jobs')).toBe('42501')
      expect(await found(client, 'acme', 'select * from graphile_worker._private_jobs')).toBe('42501')
    }
  })
})

/** How many rows a statement gave or touched (or the count it selects), or its SQLSTATE. */
async function found(client: pg.Client, tenantId: string | undefined, sql: string): Promise<number | string> {
  try {
    return await inside(client, tenantId, async () => {
      const { rows, rowCount } = await client.query(sql)
      return rows[0]?.n ?? rowCount ?? 0
    })
  } catch (error) {
    const { code, message, detail } = error as pg.DatabaseError
    expect(`${message} ${detail}`).not.toContain(canary)
    return code ?? String(error)
  }
}
