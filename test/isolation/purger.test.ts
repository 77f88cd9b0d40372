import { join } from 'node:path'
import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withDirectClient } from '../../src/db/direct-client.ts'
import { applyPolicies } from '../../src/db/migrate/policies.ts'
import { describeRoles, userOf } from '../../src/db/roles.ts'
import { rolePrefix, testSecret } from '../support/cluster.ts'
import { inside } from './attempt.ts'
import { openWorld, type World } from './world.ts'

// What deletes a tenant's rows: that it reaches no other's, works for the platform alone and on a tenant in DELETING
// alone, and empties tables of any shape that nobody has told it of.
let world: World
let tenant: pg.Client
let platform: pg.Client
let jobs: pg.Client

const common = `tenant_id text collate "C" not null default app.current_tenant() references tenants, id uuid not null,
  created_at timestamptz(3) not null default now(), updated_at timestamptz(3) not null default now()`

/** Tables of later, which no file names. */
const later = `
  create table later_nodes (${common}, parent_id uuid, other_id uuid, primary key (tenant_id, id),
    foreign key (tenant_id, parent_id) references later_nodes (tenant_id, id),
    foreign key (tenant_id, other_id) references later_nodes (tenant_id, id) on delete restrict);
  create table later_hens (${common}, egg_id uuid, primary key (tenant_id, id));
  create table later_eggs (${common}, hen_id uuid not null, primary key (tenant_id, id),
    foreign key (tenant_id, hen_id) references later_hens (tenant_id, id) on delete restrict);
  alter table later_hens add foreign key (tenant_id, egg_id) references later_eggs (tenant_id, id);
  create table later_nests (${common}, egg_id uuid not null, primary key (tenant_id, id),
    foreign key (tenant_id, egg_id) references later_eggs (tenant_id, id) on delete restrict);
  create table later_parts (${common}, node_id uuid, primary key (tenant_id, id),
    foreign key (tenant_id, node_id) references later_nodes (tenant_id, id)) partition by hash (tenant_id, id);
  create table later_parts_0 partition of later_parts for values with (modulus 2, remainder 0);
  create table later_parts_1 partition of later_parts for values with (modulus 2, remainder 1)
    partition by hash (id);
  create table later_parts_1_0 partition of later_parts_1 for values with (modulus 1, remainder 0);
  -- Before the parts in the alphabet, and behind them in the order of references.
  create table later_a_screws (${common}, part_id uuid, primary key (tenant_id, id),
    foreign key (tenant_id, part_id) references later_parts (tenant_id, id) on delete restrict);
  create table later_notes (id uuid primary key, subject_tenant_id text collate "C" not null references tenants (tenant_id),
    node_id uuid, foreign key (subject_tenant_id, node_id) references later_nodes (tenant_id, id));`

/** For each tenant rows that refer to each other in every way there is; of nodes some refer to themselves or in a circle. */
const fill = `
  insert into later_nodes (id) select ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid from generate_series(1, 9) n;
  update later_nodes set parent_id = ('00000000-0000-7000-8000-' || lpad((right(id::text, 2)::int - 1)::text, 12, '0'))::uuid
    where right(id::text, 2)::int > 1;
  update later_nodes set other_id = id where right(id::text, 1) = '9';
  update later_nodes set other_id = parent_id where right(id::text, 1) = '4';
  update later_nodes set other_id = '00000000-0000-7000-8000-000000000004' where right(id::text, 1) = '3';
  insert into later_hens (id) select gen_random_uuid() from generate_series(1, 5);
  insert into later_eggs (id, hen_id) select gen_random_uuid(), id from later_hens where tenant_id = app.current_tenant();
  update later_hens h set egg_id = (select e.id from later_eggs e where e.tenant_id = h.tenant_id and e.hen_id = h.id);
  insert into later_nests (id, egg_id) select gen_random_uuid(), id from later_eggs where tenant_id = app.current_tenant();
  insert into later_parts (id, node_id) select gen_random_uuid(), '00000000-0000-7000-8000-000000000005'
    from generate_series(1, 40);
  insert into later_a_screws (id, part_id) select gen_random_uuid(), id from later_parts where tenant_id = app.current_tenant();
  insert into later_notes (id, subject_tenant_id, node_id)
    values (gen_random_uuid(), app.current_tenant(), '00000000-0000-7000-8000-000000000009');`

beforeAll(async () => {
  world = await openWorld()
  const { database, admin } = world
  const described = describeRoles({
    adminUrl: database.adminUrl,
    tokenKeySecret: testSecret,
    prefix: rolePrefix,
  })
  const owner = { name: userOf(database.ownerUrl), url: database.ownerUrl }
  await withDirectClient(database.ownerUrl, async (client) => {
    await client.query(later)
    await applyPolicies(client, join(import.meta.dirname, '../../db/policies'), { ...described, owner }, true)
  })
  for (const tenantId of ['acme', 'globex']) await inside(admin, tenantId, () => admin.query(fill))
  tenant = await world.connect(database.tenantUrl)
  platform = await world.connect(database.platformUrl)
  jobs = await world.connect(database.jobsUrl)
})

afterAll(() => world.close())

const purge = 'select table_name, rows_deleted::int as rows from app.purge_batch(3)'
const calls = ['app.purge_batch(3)', `app.purge_users(array['${crypto.randomUUID()}']::uuid[])`]

test.each([
  ...calls,
  'app.count_tenant_rows()',
  `app.open_tenant_rows('clients', false)`,
  'app.kept_at_deletion()',
  'graphile_worker.forget_jobs()',
  `graphile_worker.forget_mails_to('{}')`,
])('nobody but the platform calls %s', async (call) => {
  for (const client of [tenant, jobs]) {
    const error = await inside(client, 'acme', () => client.query(`select * from ${call}`)).catch(
      (thrown) => thrown,
    )
    // The queue is of the role jobs.
    if (client === tenant || !call.startsWith('graphile')) expect(error).toMatchObject({ code: '42501' })
  }
})

describe.each(calls)('%s', (call) => {
  test.each(['PENDING', 'TRIAL', 'ACTIVE', 'SUSPENDED', 'CANCELLED', 'DELETED'])(
    'refuses a tenant that is %s',
    async (status) => {
      await forceStatus('acme', status)
      const before = await countAll()
      await expect(
        inside(platform, 'acme', () => platform.query(`select * from ${call}`)),
      ).rejects.toMatchObject({
        code: '42501',
        message: 'only a tenant that is being deleted is purged',
      })
      expect(await countAll()).toEqual(before)
    },
  )

  test('refuses without a tenant, be one of them in DELETING', async () => {
    await forceStatus('acme', 'DELETING')
    await expect(
      inside(platform, undefined, () => platform.query(`select * from ${call}`)),
    ).rejects.toMatchObject({
      code: '42501',
    })
  })
})

test('no role of the server deletes of what only the purger may', async () => {
  for (const table of [
    'audit_entries',
    'tenants',
    'users',
    'credit_entries',
    'deletion_certificates',
    'later_nodes',
  ]) {
    const remove = () => platform.query(`delete from ${table}`)
    await expect(inside(platform, 'acme', remove), table).rejects.toMatchObject({ code: '42501' })
  }
})

test('a user goes with the last membership and not before: one of another tenant holds them', async () => {
  await forceStatus('acme', 'DELETING')
  for (const { user_id } of [world.table('memberships').mine, world.table('memberships').theirs]) {
    const remove = () => platform.query('select app.purge_users(array[$1]::uuid[])', [user_id])
    await expect(inside(platform, 'acme', remove)).rejects.toMatchObject({ code: '23503' })
  }
})

test('it empties every table of one tenant, in any order of references, and touches no row of another', async () => {
  await forceStatus('acme', 'DELETING')
  const before = await countAll()
  expect(before.acme).toMatchObject({
    later_nodes: 9,
    later_parts: 40,
    later_a_screws: 40,
    later_notes: 1,
    audit_entries: 1,
  })
  const printsBefore = await world.fingerprints()
  const counted = async (tenantId: string) => {
    const { rows } = await inside(platform, tenantId, () =>
      platform.query('select table_name::text as name, row_count::int as rows from app.count_tenant_rows()'),
    )
    return Object.fromEntries(rows.filter(({ rows }) => rows > 0).map(({ name, rows }) => [name, rows]))
  }
  expect(await counted('acme')).toEqual(before.acme)
  expect(await counted('globex')).toEqual(before.globex)

  const deleted: Record<string, number> = {}
  for (;;) {
    const { rows } = await inside(platform, 'acme', () => platform.query(purge))
    if (rows[0].table_name === null) break
    const { table_name, rows: count } = rows[0]
    deleted[table_name] = (deleted[table_name] ?? 0) + count
    // What refers to itself in a circle goes in one go, the rest in batches.
    if (!/later_(nodes|eggs)/.test(table_name)) expect(count).toBeLessThanOrEqual(3)
  }
  const { tenants, ...rest } = before.acme ?? {}
  const { later_hens = 0, later_eggs = 0, ...single } = rest
  expect(deleted).toEqual({ ...single, 'later_eggs, later_hens': later_hens + later_eggs })
  const after = await countAll()
  expect(after).toEqual({ acme: { tenants: 1 }, globex: before.globex })
  expect(await world.fingerprints()).toEqual(printsBefore)
})

test('whatever refers to people goes with a tenant, or is deleted with them', async () => {
  const { rows } = await world.admin.query(
    `select c.relname as name from pg_constraint k join pg_class c on c.oid = k.conrelid
      where k.contype = 'f' and k.confrelid = 'users'::regclass and not exists (
        select from pg_attribute a where a.attrelid = c.oid and a.attname in ('tenant_id'))
      order by 1`,
  )
  expect(rows.map(({ name }) => name)).toEqual(['one_time_tokens', 'sessions'])
})

/** The rows of both tenants in every table that belongs to tenants or names one, but for empty ones. */
async function countAll(): Promise<Record<string, Record<string, number>>> {
  const counts: Record<string, Record<string, number>> = {}
  const { rows: tables } = await world.admin.query(
    `select c.relname as name, a.attname as key from pg_class c join pg_attribute a on a.attrelid = c.oid
      and a.attname in ('tenant_id', 'subject_tenant_id')
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition`,
  )
  for (const tenantId of ['acme', 'globex']) {
    const ofTenant: Record<string, number> = {}
    await inside(world.admin, tenantId, async () => {
      for (const { name, key } of tables) {
        const { rows } = await world.admin.query(`select count(*)::int as n from ${name} where ${key} = $1`, [
          tenantId,
        ])
        if (rows[0].n > 0) ofTenant[name] = rows[0].n
      }
    })
    counts[tenantId] = ofTenant
  }
  return counts
}

async function forceStatus(tenantId: string, status: string): Promise<void> {
  const trial = `trial_ends_at = '2026-03-16T10:00:00Z'`
  await inside(world.admin, tenantId, () =>
    world.admin.query(`alter table tenants disable trigger tenants_status;
      update tenants set status = '${status}', ${trial} where tenant_id = '${tenantId}';
      alter table tenants enable trigger tenants_status`),
  )
}
