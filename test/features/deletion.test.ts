import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TenantId } from '../../src/db/tenant-id.ts'
import { deleteTenant, performDeletion } from '../../src/features/deletion/delete-tenant.ts'
import { addClients, keptTables, rowsOf, runDeletion } from '../support/deletion.ts'
import { addApiKey, addMember, membershipOf } from '../support/members.ts'
import { auditOf, platformAudit, signInOperator } from '../support/operators.ts'
import { goodPassword, type Member, type Platform, signupBody, startPlatform } from '../support/platform.ts'
import { join, refresh } from '../support/sessions.ts'

let platform: Platform
let operator: Awaited<ReturnType<typeof signInOperator>>
beforeAll(async () => {
  platform = await startPlatform()
  operator = await signInOperator(platform)
})
afterAll(() => platform.stop())

const reason = 'Asked for by its owner'
const pathOf = ({ tenantId }: Member) => `/v1/admin/tenants/${tenantId}`
const requestDeletion = (company: Member, body: unknown = { reason }) =>
  operator.request('DELETE', pathOf(company), body)
const jobsOf = ({ tenantId }: Member) =>
  platform.sql(
    `select t.identifier as task from graphile_worker._private_jobs j
      join graphile_worker._private_tasks t on t.id = j.task_id where payload ->> 'tenant_id' = $1`,
    [tenantId],
  )

/** The columns of the whole database, the queue included, that hold one of these words. */
async function placesOf(words: string[], tenantId: string): Promise<string[]> {
  const columns = await platform.sql(
    `select c.oid::regclass::text as table, a.attname as column from pg_attribute a join pg_class c on c.oid = a.attrelid
      where c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
        and c.relnamespace = any (array['public', 'app', 'graphile_worker']::regnamespace[])
        and a.atttypid::regtype::text ~ '^(text|character|json|name|citext|bytea)' order by 1, 2`,
  )
  const found: string[] = []
  for (const { table, column } of columns) {
    const query = `select from ${table} where ${column}::text like any ($1) limit 1`
    const rows = await platform.sql(query, [words.map((word) => `%${word}%`)], tenantId)
    if (rows.length > 0) found.push(`${table}.${column}`)
  }
  return found
}

let companies = 0
const found = () => platform.signUp(`Company ${++companies}`)

/** Has a tenant deleted from the request to the certificate. */
async function deleteIt(company: Member) {
  const { body } = await requestDeletion(company)
  await runDeletion(platform, company.tenantId)
  return (await operator.get(body.certificate)).body
}

describe('a tenant that is to be deleted', () => {
  test('is out of reach from the request on, for whoever asks whatever', async () => {
    const company = await found()
    const createdBy = await membershipOf(platform, company)
    const { tenantId } = company
    const key = await addApiKey(platform, { tenantId, role: 'owner', createdBy })
    const { refreshToken } = await addMember(platform, tenantId, 'viewer')
    expect((await key.get('/v1/clients')).status).toBe(200)
    const requested = await requestDeletion(company)
    expect([requested.status, requested.body]).toEqual([
      202,
      {
        tenant_id: tenantId,
        status: 'DELETING',
        certificate: expect.stringMatching(/^\/v1\/admin\/deletions\/[\w-]+$/),
      },
    ])
    expect(requested.headers.get('location')).toBe(requested.body.certificate)
    for (const path of ['/v1/clients', '/v1/settings']) {
      const { status, body } = await key.get(path)
      expect([path, status, body.code]).toEqual([path, 403, 'tenant_cancelled'])
      expect((await company.get(path)).status).toBe(401)
    }
    expect((await key.post('/v1/clients', { name: 'Late' })).body.code).toBe('tenant_cancelled')
    // What a blocked tenant still reaches.
    const { body: blocked } = await key.get('/v1/billing/subscription')
    expect(blocked.code).toBe('tenant_cancelled')
    expect((await refresh(platform, refreshToken)).status).toBe(401)
    const login = await platform.post('/auth/login', { email: company.email, password: goodPassword })
    expect([login.status, login.body.code]).toEqual([401, 'invalid_credentials'])
  })

  test('is noted in both audit trails, with who wanted it and why', async () => {
    const company = await found()
    await requestDeletion(company)
    const entry = {
      actor_id: operator.id,
      action: 'tenant.deletion_started',
      object_id: company.tenantId,
      reason,
    }
    expect((await auditOf(platform, company.tenantId)).at(-1)).toMatchObject({
      actor_kind: 'operator',
      ...entry,
    })
    expect((await platformAudit(platform)).at(-1)).toMatchObject({
      actor_kind: 'super_admin',
      subject_tenant_id: company.tenantId,
      ...entry,
    })
  })

  test.each([undefined, {}])('may be so without a reason: %j', async (body) => {
    const company = await found()
    const { status, body: answer } = await operator.request('DELETE', pathOf(company), body)
    expect(status).toBe(202)
    expect((await operator.get(answer.certificate)).body).toMatchObject({ reason: 'No reason was given' })
  })

  test('is deleted once, however often that is asked for', async () => {
    const company = await found()
    const first = await requestDeletion(company)
    const again = await requestDeletion(company, { reason: 'Now really' })
    expect([again.status, again.body]).toEqual([202, first.body])
    expect((await operator.get(first.body.certificate)).body).toMatchObject({ status: 'running', reason })
    expect((await jobsOf(company)).filter(({ task }) => task === 'delete-tenant')).toHaveLength(1)
    await runDeletion(platform, company.tenantId)
    const { status, body } = await requestDeletion(company)
    expect([status, body.code]).toEqual([404, 'not_found'])
  })

  test.each([{ reason: '' }, { reason: 'x'.repeat(1001) }, { reason, force: true }])(
    'is not, for a body such as %j',
    async (body) => {
      const { status, body: problem } = await operator.request('DELETE', '/v1/admin/tenants/globex', body)
      expect([status, problem.code]).toEqual([400, 'invalid_request'])
      expect((await platform.globex.get('/v1/clients')).status).toBe(200)
    },
  )

  test.each(['system-default', 'nobody', 'Not An Id'])('is not %s', async (id) => {
    for (const query of ['', '?dry_run=true']) {
      const path = `/v1/admin/tenants/${encodeURIComponent(id)}${query}`
      expect((await operator.request('DELETE', path, { reason })).status).toBe(404)
    }
  })

  test('is an operator’s to delete, not its owner’s', async () => {
    expect((await platform.globex.request('DELETE', pathOf(platform.globex), { reason })).status).toBe(401)
    expect((await platform.globex.get('/v1/admin/deletions')).status).toBe(401)
  })

  test.each(['PENDING', 'TRIAL', 'ACTIVE', 'SUSPENDED', 'CANCELLED'])('may be %s before', async (status) => {
    const company = await found()
    await platform.forceTenant(
      company.tenantId,
      `status = '${status}', status_set_by = 'operator', trial_ends_at = '2026-03-16T10:00:00Z'`,
    )
    expect((await requestDeletion(company)).status).toBe(202)
  })
})

describe('a dry run', () => {
  test('counts what would go, and what would stay and why, and does nothing', async () => {
    const company = await found()
    await addMember(platform, company.tenantId, 'admin')
    await addClients(platform, company.tenantId, 3)
    const before = await rowsOf(platform, company.tenantId)
    const { status, body } = await operator.delete(`${pathOf(company)}?dry_run=true`)
    expect([status, body.tenant_id, body.status, body.users]).toEqual([200, company.tenantId, 'TRIAL', 2])
    const tables: { table: string; rows: number; bytes: number; kept: string | null }[] = body.tables
    const counted = Object.fromEntries(
      tables.filter(({ rows }) => rows > 0).map(({ table, rows }) => [table, rows]),
    )
    expect(counted).toEqual(before)
    expect(counted.clients).toBe(3)
    expect(tables.find(({ table }) => table === 'clients')?.bytes).toBeGreaterThan(3 * 60)
    for (const { table, kept, rows } of tables) {
      if (rows > 0 && keptTables.includes(table)) expect(kept).toMatch(/\w+ \w+/)
      else if (rows > 0) expect([table, kept]).toEqual([table, null])
    }
    expect(await rowsOf(platform, company.tenantId)).toEqual(before)
    expect((await company.get('/v1/clients')).body.data).toHaveLength(3)
  })
})

describe('when it is done', () => {
  test('not one row is left, and the certificate says what every table held and holds', async () => {
    const company = await found()
    const { tenantId } = company
    await addClients(platform, tenantId, 2_345)
    await addMember(platform, tenantId, 'member')
    await platform.sql(
      `insert into audit_seals (tenant_id, id, number, from_position, to_position, entry_ids, entry_hashes,
          previous_hash, hash, created_at, updated_at)
        select $1, gen_random_uuid(), n, n, n + 1, '{}', '{}', sha256(''), sha256(n::text::bytea), now(), now()
        from generate_series(1, 2) n`,
      [tenantId],
      tenantId,
    )
    const requested = await requestDeletion(company)
    const before = await rowsOf(platform, tenantId)
    platform.clock.advance(5_000)
    await runDeletion(platform, tenantId)
    const { body: certificate } = await operator.get(requested.body.certificate)
    const left = await rowsOf(platform, tenantId)
    expect(Object.keys(left).sort()).toEqual(keptTables)
    expect(certificate).toMatchObject({
      tenant_id: tenantId,
      status: 'done',
      requested_by: { kind: 'super_admin', id: operator.id },
      reason,
      waits_for: null,
      users_deleted: 2,
      last_seal_hash: createHash('sha256').update('2').digest('hex'),
      completed_at: platform.clock.now().toISOString(),
    })
    const tables: { table: string; before: number; after: number; kept: string | null }[] = certificate.tables
    const held = (when: 'before' | 'after') =>
      Object.fromEntries(tables.filter((each) => each[when] > 0).map((each) => [each.table, each[when]]))
    expect(held('before')).toEqual(before)
    expect(held('after')).toEqual(left)
    const names = await platform.sql(
      `select distinct c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid
        and a.attname in ('tenant_id', 'subject_tenant_id')
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1`,
    )
    expect(tables.map(({ table }) => table)).toEqual(names.map(({ name }) => name))
    const going = tables.filter(({ kept }) => kept === null)
    expect(certificate.rows_total).toBe(going.reduce((sum, { before }) => sum + before, 0))
    expect(certificate.rows_deleted).toBe(certificate.rows_total)
  })

  test('the platform’s audit trail says so once, with the cause that is kept among its changes', async () => {
    const company = await found()
    const { tenantId } = company
    await deleteIt(company)
    const ended = (await platformAudit(platform)).filter(
      ({ subject_tenant_id, action }) => subject_tenant_id === tenantId && action === 'tenant.deleted',
    )
    expect(ended).toEqual([
      {
        actor_kind: 'system',
        actor_id: 'delete-tenant',
        action: 'tenant.deleted',
        object_type: 'tenant',
        object_id: tenantId,
        subject_tenant_id: tenantId,
        changed_fields: ['status'],
        reason: 'Every row was deleted',
        ip: null,
        request_id: 'delete-tenant',
      },
    ])
    const changes = await platform.sql(
      `select cause from tenant_changes where subject_tenant_id = $1 and to_value = 'DELETED'`,
      [tenantId],
    )
    expect(changes).toEqual([{ cause: 'Every row was deleted' }])
  })

  test('what stays of it names no person', async () => {
    const company = await platform.signUp('Loquacious', { phone: '+33 1 23 45 67 89' })
    const { tenantId } = company
    await operator.patch(pathOf(company), {
      metadata: { contact: 'Ada' },
      limits: { users: 7 },
      modules: { ai: true },
      reason: 'Ada asked',
    })
    await deleteIt(company)
    const [row] = await platform.sql('select * from tenants where tenant_id = $1', [tenantId], tenantId)
    const { plan, region, created_at, updated_at, status_changed_at, ...rest } = row
    expect(row).toMatchObject({ plan: 'PROFESSIONAL', region: 'FR' })
    // Whoever adds a column says here what becomes of it.
    expect(rest).toEqual({
      tenant_id: tenantId,
      name: tenantId,
      status: 'DELETED',
      status_set_by: 'system',
      status_reason: null,
      company_email: null,
      admin_email: null,
      phone: null,
      metadata: {},
      limit_overrides: {},
      module_overrides: {},
      plan_set_by: expect.any(String),
      trial_ends_at: null,
      trial_notice: null,
      past_due_since: null,
      past_due_notice: null,
    })
    const changes = await platform.sql(
      'select field, to_value, cause, billing_event_id from tenant_changes where subject_tenant_id = $1 order by id',
      [tenantId],
    )
    expect(changes.map(({ to_value }) => to_value)).toEqual(['TRIAL', 'PROFESSIONAL', 'DELETING', 'DELETED'])
    expect(new Set(changes.slice(0, -1).map(({ cause }) => cause))).toEqual(new Set(['']))
  })

  test('who belonged to no other tenant is gone, with all that was theirs, and who did is not', async () => {
    const company = await found()
    const [alone, elsewhere] = [
      await addMember(platform, company.tenantId, 'admin'),
      await addMember(platform, company.tenantId, 'member'),
    ]
    await join(platform, 'globex', elsewhere)
    await platform.post('/auth/forgot-password', { email: alone.email })
    await deleteIt(company)
    const people = [company, alone, elsewhere].map(({ userId }) => userId)
    const left = await platform.sql('select id from users where id = any($1)', [people])
    expect(left.map(({ id }) => id)).toEqual([elsewhere.userId])
    for (const [table, column] of [
      ['sessions', 'user_id'],
      ['one_time_tokens', 'user_id'],
      ['known_addresses', 'person_id'],
    ]) {
      const ids = [company.userId, alone.userId]
      expect(await platform.sql(`select from ${table} where ${column} = any($1)`, [ids]), table).toEqual([])
    }
    const login = await platform.post('/auth/login', { email: elsewhere.email, password: goodPassword })
    expect([login.status, login.body.tenant_id]).toEqual([200, 'globex'])
    const again = signupBody('Comes Again', { admin_email: alone.email })
    expect((await platform.post('/signup', again)).status, 'the address is free again').toBe(201)
  })

  test('the id is never given out again', async () => {
    const company = await platform.signUp('Phoenix')
    await deleteIt(company)
    expect((await platform.signUp('Phoenix', { admin_email: 'ash@phoenix.example' })).tenantId).toBe(
      'phoenix-2',
    )
    const { body } = await platform.get('/signup/check-company?name=Phoenix')
    expect(body).toMatchObject({ available: false })
    const provisioned = await operator.post('/v1/admin/tenants', { company_name: 'Phoenix', code: 'phoenix' })
    expect(provisioned.status).toBe(409)
  })

  test('its jobs are gone, whose payloads hold addresses, and those of others are not', async () => {
    const company = await found()
    expect(await jobsOf(company)).not.toEqual([])
    const others = await jobsOf(platform.globex)
    const { jobs_deleted } = await deleteIt(company)
    expect(jobs_deleted).toBeGreaterThan(0)
    expect((await jobsOf(company)).map(({ task }) => task)).toEqual(['delete-tenant'])
    expect(await jobsOf(platform.globex)).toEqual(others)
  })

  test('nowhere in the database is an address of its people, not in mails that came to nothing either', async () => {
    const company = await platform.signUp('Forgotten', { admin_email: 'ada@forgotten.example' })
    const { tenantId, email } = company
    const alone = await addMember(platform, tenantId, 'admin')
    const elsewhere = await addMember(platform, tenantId, 'member')
    await join(platform, 'globex', elsewhere)
    for (const person of [company, alone, elsewhere]) {
      await platform.post('/auth/forgot-password', { email: person.email })
    }
    await platform.post('/auth/resend-verification', { email })
    await platform.sql(
      `update graphile_worker._private_jobs set attempts = max_attempts, last_error = 'refused: ' || (payload ->> 'email')
        where payload ->> 'email' = any ($1)`,
      [[company.email, alone.email]],
    )
    const places = await placesOf([email, alone.email], tenantId)
    expect(places).toEqual(expect.arrayContaining(['graphile_worker._private_jobs.payload', 'users.email']))
    const [{ jobs }] = await platform.sql(
      `select count(*)::int as jobs from graphile_worker._private_jobs
        where payload ->> 'tenant_id' = $1 or payload ->> 'email' = any ($2)`,
      [tenantId, [email, alone.email]],
    )
    const { jobs_deleted } = await deleteIt(company)
    // The deletion's own job stays.
    expect(jobs_deleted).toBe(jobs)
    expect(await placesOf([email, alone.email], tenantId)).toEqual([])
    expect(await placesOf([elsewhere.email], tenantId)).toEqual([
      'graphile_worker._private_jobs.payload',
      'users.email',
    ])
  })

  test('the list of deletions shows it, what was asked for last first', async () => {
    const company = await found()
    platform.clock.advance(1000)
    await requestDeletion(company)
    const { body: first } = await operator.get('/v1/admin/deletions?limit=1')
    expect(first.data).toMatchObject([{ tenant_id: company.tenantId, status: 'running', completed_at: null }])
    expect(first.data[0]).not.toHaveProperty('tables')
    const { body: next } = await operator.get(`/v1/admin/deletions?limit=1&cursor=${first.next_cursor}`)
    expect(next.data[0].requested_at < first.data[0].requested_at).toBe(true)
    expect((await operator.get('/v1/admin/deletions/0190b6a4-7e70-7000-8000-000000000000')).status).toBe(404)
  })
})

test('as one call it gives the certificate, and tells how it gets on', async () => {
  const { tenantId } = await found()
  await addClients(platform, tenantId, 1_500)
  const batches: number[] = []
  const certificate = await deleteTenant(
    platform.context,
    {
      tenantId: tenantId as TenantId,
      reason,
      admin: { kind: 'command_line' },
      origin: { ip: null, requestId: 'command line' },
      now: platform.clock.now(),
    },
    (rows) => batches.push(rows),
  )
  expect(certificate).toMatchObject({ status: 'done', requested_by: { kind: 'system', id: 'command line' } })
  expect(Math.max(...batches)).toBe(1000)
  expect(batches.reduce((sum, rows) => sum + rows, 0)).toBe(certificate.rows_deleted)
  expect(await performDeletion(platform.context, tenantId as TenantId)).toEqual(certificate)
})
