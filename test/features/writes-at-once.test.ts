import { randomUUID } from 'node:crypto'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sites } from '../../src/business/production/sites.ts'
import { parseTenantId, type TenantId } from '../../src/db/tenant-id.ts'
import { created } from '../../src/http/route.ts'
import { type SlotCall, withSlots } from '../../src/http/slots.ts'
import { type Member, type Platform, startPlatform } from '../support/platform.ts'

let platform: Platform
let member: Member
beforeAll(async () => {
  platform = await startPlatform()
  member = await platform.signUp('At once', { plan: 'enterprise' })
  await platform.forceTenant(member.tenantId, `limit_overrides = '{"sites": 3, "articles_per_week": null}'`)
})
afterAll(() => platform.stop())

type Sent = { user: string; statements: { sql: string }[] }

/** What leaves for the database in each write of the tenants' role, by the first words of its statements. */
async function watchWrites<Answer>(
  work: () => Promise<Answer>,
): Promise<{ answer: Answer; writes: string[] }> {
  const writes: string[] = []
  const onSent = (message: unknown) => {
    const { user, statements } = message as Sent
    const words = statements.map(({ sql }) =>
      sql
        .trim()
        .split(/[\s"=($]+/, 3)
        .join(' ')
        .toLowerCase(),
    )
    if (user.endsWith('_tenant')) writes.push(words.join('; '))
  }
  subscribe('tenantry.sent', onSent)
  try {
    return { answer: await work(), writes }
  } finally {
    unsubscribe('tenantry.sent', onSent)
  }
}

/** The caller is known from now on, for a while, to routes of the module that this path belongs to. */
async function becomeKnown(path: string) {
  expect((await member.get(path)).status).toBe(200)
}

/** Where the tenant is not as it was known: what was asked for on that, ROLLBACK, and the caller is looked up. */
const lookedUpAgain = [
  /^begin read write; .*select case when/,
  /^rollback$/,
  /^begin read write; .*select memberships/,
]
function expectLookedUpAgain(writes: string[]) {
  for (const [index, pattern] of lookedUpAgain.entries()) expect(writes[index]).toMatch(pattern)
}

/** Rows of a table of the tenant, and its audit entries. */
async function countRows(table: string): Promise<{ rows: number; entries: number }> {
  const [counted] = await platform.sql(
    `select (select count(*)::int from ${table} where tenant_id = $1) as rows,
      (select count(*)::int from audit_entries where tenant_id = $1) as entries`,
    [member.tenantId],
    member.tenantId,
  )
  return counted
}

const bodies = {
  clients: () => ({ name: 'Grace Hopper' }),
  sites: () => ({ name: `Site ${Math.random()}` }),
  deals: () => ({ title: 'Big one', amount_cents: 100, currency: 'EUR' }),
  projects: () => ({ name: 'Bridge' }),
  articles: () => ({ title: 'News', slug: `news-${Math.random().toString(36).slice(2)}`, body: 'None.' }),
}

/** Of which the plan allows so many. */
const counted = new Set<string>(['sites', 'articles'])

describe.each(Object.keys(bodies) as (keyof typeof bodies)[])('one of the %s', (table) => {
  test('of a caller who is known leaves in one write: row, entry in the audit trail, limits, COMMIT', async () => {
    await becomeKnown(`/v1/${table}`)
    const before = await countRows(table)
    const { answer, writes } = await watchWrites(() => member.post(`/v1/${table}`, bodies[table]()))
    expect(answer.status, JSON.stringify(answer.body)).toBe(201)
    expect(writes).toHaveLength(1)
    const limits = counted.has(table) ? ' select app.change_usage 1::text[],;' : ''
    expect(writes[0]).toBe(
      `begin read write; set local app.tenant_id; set local statement_timeout; select case when; insert into ${table}; insert into audit_entries;${limits} commit`,
    )
    expect(await countRows(table)).toEqual({ rows: before.rows + 1, entries: before.entries + 1 })
    expect((await member.get(`/v1/${table}/${answer.body.id}`)).body).toEqual(answer.body)
  })
})

test('under an Idempotency-Key it is made once, and answered the same again', async () => {
  await becomeKnown('/v1/clients')
  const before = await countRows('clients')
  const ask = () =>
    member.post('/v1/clients', { name: 'Once' }, { 'Idempotency-Key': 'one of many, and only one' })
  const [first, second] = [await ask(), await ask()]
  expect([first.status, second.status]).toEqual([201, 201])
  expect(second.body).toEqual(first.body)
  expect(await countRows('clients')).toEqual({ rows: before.rows + 1, entries: before.entries + 1 })
})

test('a tenant that is another elsewhere, and may go on, is looked up, counted once, and served once', async () => {
  await becomeKnown('/v1/clients')
  await platform.forceTenant(member.tenantId, `status = 'ACTIVE', trial_ends_at = null`, { by: 'another' })
  const before = await countRows('clients')
  const { answer, writes } = await watchWrites(() => member.post('/v1/clients', { name: 'Still here' }))
  expect(answer.status).toBe(201)
  expectLookedUpAgain(writes)
  expect(writes).toHaveLength(4)
  expect(await countRows('clients')).toEqual({ rows: before.rows + 1, entries: before.entries + 1 })
  const again = await watchWrites(() => member.post('/v1/clients', { name: 'Known again' }))
  expect(again.writes).toHaveLength(1)
})

test('one that is suspended, or on its way out, elsewhere has nothing written, by any route', async () => {
  const { id } = (await member.post('/v1/clients', { name: 'There' })).body
  const states = { SUSPENDED: 'tenant_suspended', DELETING: 'tenant_cancelled' }
  for (const [status, code] of Object.entries(states)) {
    await platform.forceTenant(member.tenantId, `status = 'ACTIVE', status_set_by = 'operator'`)
    const before = await countRows('clients')
    const asks = [
      () => member.post('/v1/clients', { name: 'Late' }),
      () => member.post('/v1/clients', { name: 'Late' }, { 'Idempotency-Key': `late in ${status}` }),
      () => member.patch(`/v1/clients/${id}`, { name: 'Late' }),
      () => member.delete(`/v1/clients/${id}`),
      // Its handler refuses it before it has asked for anything.
      () =>
        member.post('/v1/saved-queries', {
          name: 'Late',
          definition: { table: 'nope', measures: [{ function: 'count' }] },
        }),
    ]
    for (const ask of asks) {
      await becomeKnown('/v1/clients')
      await becomeKnown('/v1/saved-queries')
      await platform.forceTenant(member.tenantId, `status = '${status}'`, { by: 'another' })
      const { answer, writes } = await watchWrites(ask)
      expect(answer).toMatchObject({ status: 403, body: { code } })
      expectLookedUpAgain(writes)
      expect(await countRows('clients')).toEqual(before)
      await platform.forceTenant(member.tenantId, `status = 'ACTIVE'`)
    }
  }
})

test('what the database refuses is told as ever, and leaves neither row nor entry', async () => {
  const { name } = (await member.post('/v1/sites', { name: 'Twice' })).body
  const stranger = await platform.signUp('Stranger', { plan: 'enterprise' })
  const theirs = (await stranger.post('/v1/clients', { name: 'Theirs' })).body.id
  const refusals = [
    ['/v1/sites', { name }, 409, { code: 'conflict' }],
    ['/v1/projects', { name: 'x', client_id: theirs }, 400, { errors: [{ path: 'body.client_id' }] }],
    [
      '/v1/projects',
      { name: 'x', starts_on: '2026-02-01', ends_on: '2026-01-01' },
      400,
      { errors: [{ path: 'body.ends_on' }] },
    ],
  ] as const
  for (const [path, body, status, problem] of refusals) {
    await becomeKnown(path)
    const table = path.slice('/v1/'.length)
    const before = await countRows(table)
    const { answer, writes } = await watchWrites(() => member.post(path, body))
    expect(answer).toMatchObject({ status, body: problem })
    expect(writes).toEqual([expect.stringMatching(/ insert into .* commit$/), 'rollback'])
    expect(await countRows(table)).toEqual(before)
  }
})

test('of four at once at the last place of a limit one is made, and the others leave nothing', async () => {
  const [{ used }] = await platform.sql(
    `select used::int from limit_counters where tenant_id = $1 and limit_name = 'sites'`,
    [member.tenantId],
    member.tenantId,
  )
  const overrides = `limit_overrides = '{"sites": ${used + 1}}'`
  await platform.forceTenant(member.tenantId, overrides)
  await becomeKnown('/v1/sites')
  const before = await countRows('sites')
  const answers = await Promise.all(
    ['north', 'south', 'east', 'west'].map((name) => member.post('/v1/sites', { name })),
  )
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 403, 403, 403])
  for (const { status, body } of answers) {
    if (status === 403)
      expect(body).toMatchObject({ code: 'limit_reached', limit: 'sites', allowed: used + 1 })
  }
  expect(await countRows('sites')).toEqual({ rows: before.rows + 1, entries: before.entries + 1 })
})

test.each<[string, Partial<SlotCall['route']>, { objectId: string; changedFields: string[] }]>([
  ['an entry that cannot be made', {}, undefined as never],
  ['limits that cannot be taken', { limits: { sites: -1 } }, { objectId: 'never', changedFields: [] }],
])('a handler that swallows %s saves nothing', async (_what, declared, audited) => {
  const { context } = platform
  const tenantId = parseTenantId(member.tenantId) as TenantId
  const route = { ...sites.routes.create, ...declared } as SlotCall['route']
  const before = await countRows('clients')
  const ended = context.db.withTenant(tenantId, (tx) => {
    const request = { id: 'one', ip: '127.0.0.1', socket: {} } as never
    const principal = { kind: 'user', userId: 'nobody', tenantId, role: 'owner' } as never
    const input = { params: {}, query: {}, body: {} }
    const call = { context, route, request, input, tx, principal, idempotencyKey: undefined }
    const insert = (name: string) =>
      tx
        .insertInto('clients')
        .values({ id: randomUUID(), name, created_at: new Date(0), updated_at: new Date(0) })
    return withSlots(call, async (finish) => {
      await insert('before').execute()
      await finish(audited, insert('last')).catch(() => undefined)
      return created({}, { objectId: 'another', changedFields: [] })
    })
  })
  await expect(ended).rejects.toThrow()
  expect(await countRows('clients')).toEqual(before)
})
