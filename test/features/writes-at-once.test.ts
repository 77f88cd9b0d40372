import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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

/** The caller is known from now on, for a while. */
async function becomeKnown(path: string) {
  expect((await member.get(path)).status).toBe(200)
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

describe.each(Object.keys(bodies) as (keyof typeof bodies)[])('one of the %s', (table) => {
  test('of a caller who is known leaves in one write: row, entry in the audit trail, limits, COMMIT', async () => {
    await becomeKnown(`/v1/${table}`)
    const before = await countRows(table)
    const { answer, writes } = await watchWrites(() => member.post(`/v1/${table}`, bodies[table]()))
    expect(answer.status, JSON.stringify(answer.body)).toBe(201)
    expect(writes).toHaveLength(1)
    expect(writes[0]).toMatch(
      /^begin read write; set local app.tenant_id; set local statement_timeout; select case when; insert into \w+; insert into audit_entries;( select app.change_usage 1::text\[\],;)? commit$/,
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
  // What was remembered, ROLLBACK, the lookup, and the rest.
  expect(writes).toHaveLength(4)
  expect(writes[1]).toBe('rollback')
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
    ]
    for (const ask of asks) {
      await becomeKnown('/v1/clients')
      await platform.forceTenant(member.tenantId, `status = '${status}'`, { by: 'another' })
      expect(await ask()).toMatchObject({ status: 403, body: { code } })
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
    expect(await member.post(path, body)).toMatchObject({ status, body: problem })
    expect(await countRows(table)).toEqual(before)
  }
})

test('of two at once at the last place of a limit one is made, and the other leaves nothing', async () => {
  await becomeKnown('/v1/sites')
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
