import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { tasks } from '../../src/jobs/tasks.ts'
import { auditOf, signInOperator } from '../support/operators.ts'
import { type Platform, startPlatform } from '../support/platform.ts'
import { type StripeDouble, startStripeDouble } from '../support/stripe-double/index.ts'

const path = '/v1/admin/billing-events'

let double: StripeDouble
let platform: Platform
let operator: Awaited<ReturnType<typeof signInOperator>>
beforeAll(async () => {
  double = await startStripeDouble()
  platform = await startPlatform(double.env)
  double.useClock(platform.clock)
  operator = await signInOperator(platform)
})
afterAll(async () => {
  await platform?.stop()
  await double.stop()
})

/** Delivers what Stripe has to tell and does what follows, as the worker would. */
async function settle() {
  await double.deliverAll(platform.url)
  await work()
}

/** Does every comparison that is asked for by now. */
async function work() {
  const asked = await platform.sql(
    `delete from graphile_worker._private_jobs job using graphile_worker._private_tasks task
      where task.id = job.task_id and task.identifier = 'sync-billing' returning job.payload`,
  )
  for (const { payload } of asked) {
    await tasks['sync-billing'](platform.context, {}, { tenantId: payload.tenant_id, messageId: '' })
  }
  return asked.map(({ payload }) => payload.tenant_id)
}

/** A company that has subscribed. */
async function subscribe(company: string) {
  const { tenantId } = await platform.signUp(company)
  const metadata = { tenant_id: tenantId }
  const customer = await double.stripe.customers.create({ metadata })
  const subscription = await double.subscribe(customer.id, double.prices.business.id, { metadata })
  await settle()
  return { tenantId, metadata, customer, subscription }
}

const tenant = async (tenantId: string) => (await operator.get(`/v1/admin/tenants/${tenantId}`)).body
const changes = (tenantId: string) =>
  platform.sql('select * from tenant_changes where subject_tenant_id = $1 order by id', [tenantId])
const eventsOf = async (tenantId: string) =>
  (await operator.get(`${path}?tenant_id=${tenantId}&limit=100`)).body.data
const find = async (tenantId: string, type: string) => {
  const event = (await eventsOf(tenantId)).find((each: { type: string }) => each.type === type)
  if (!event) throw new Error(`${tenantId} has no event ${type}`)
  return event
}
const replay = (id: string) => operator.post(`${path}/${id}/replay`, undefined)

describe('replaying', () => {
  test('the event that once cancelled a tenant changes nothing after it has subscribed again', async () => {
    const { tenantId, metadata, customer, subscription } = await subscribe('Phoenix')
    double.setStatus(subscription.id, 'canceled')
    await settle()
    expect((await tenant(tenantId)).status).toBe('CANCELLED')
    platform.clock.advance(60_000)
    await double.subscribe(customer.id, double.prices.starter.id, { metadata })
    await settle()
    const before = await tenant(tenantId)
    expect(before).toMatchObject({ status: 'ACTIVE', plan: 'STARTER' })
    const history = await changes(tenantId)

    const { id } = await find(tenantId, 'customer.subscription.deleted')
    platform.clock.advance(60_000)
    const { status, body } = await replay(id)
    expect(status).toBe(202)
    expect(body).toMatchObject({ id, tenant_id: tenantId, outcome: 'waiting', applied_at: null, replays: 1 })
    expect(await work()).toEqual([tenantId])
    expect((await operator.get(`${path}/${id}`)).body).toMatchObject({
      outcome: 'unchanged',
      applied_at: platform.clock.now().toISOString(),
      finding: expect.stringMatching(/ is active\b.*STARTER/),
      replays: 1,
    })
    expect(await tenant(tenantId)).toEqual(before)
    expect(await changes(tenantId)).toEqual(history)
  })

  test('everything that a tenant ever had, newest first and all at once, changes nothing', async () => {
    const { tenantId, metadata, customer, subscription } = await subscribe('Rewind')
    double.setStatus(subscription.id, 'past_due')
    await settle()
    double.pay(subscription.id)
    await settle()
    double.setStatus(subscription.id, 'canceled')
    await settle()
    await double.subscribe(customer.id, double.prices.enterprise.id, { metadata })
    await settle()
    const before = await tenant(tenantId)
    const history = await changes(tenantId)
    const events = await eventsOf(tenantId)
    const relevant = events.filter(({ outcome }: { outcome: string }) => outcome !== 'ignored')
    expect(relevant.length).toBeGreaterThan(5)
    const answers = await Promise.all(relevant.map(({ id }: { id: string }) => replay(id)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]))
    expect(await work()).toEqual([tenantId])
    expect(await tenant(tenantId)).toEqual(before)
    expect(await changes(tenantId)).toEqual(history)
    expect((await operator.get(`${path}?tenant_id=${tenantId}&outcome=waiting`)).body.data).toEqual([])
  })

  test('an old event brings about what Stripe says now, where that was missed', async () => {
    const { tenantId, subscription } = await subscribe('Missed')
    const { id } = await find(tenantId, 'customer.subscription.created')
    // Nothing of this was ever delivered.
    double.setStatus(subscription.id, 'unpaid')
    await replay(id)
    await work()
    expect(await tenant(tenantId)).toMatchObject({ status: 'SUSPENDED', status_set_by: 'billing' })
    expect((await tenant(tenantId)).status_reason).toContain(id)
    expect((await operator.get(`${path}/${id}`)).body).toMatchObject({ outcome: 'changed', replays: 1 })
  })

  test('an event of before goes over nothing that an operator did since', async () => {
    const { tenantId } = await subscribe('Held')
    await operator.post(`/v1/admin/tenants/${tenantId}/suspend`, { reason: 'Looks like fraud' })
    const before = await tenant(tenantId)
    for (const { id, outcome } of await eventsOf(tenantId)) if (outcome !== 'ignored') await replay(id)
    await work()
    expect(await tenant(tenantId)).toEqual(before)
    expect(before).toMatchObject({ status: 'SUSPENDED', status_set_by: 'operator' })
  })

  test('is in the audit trail of the platform and of the tenant, with who did it', async () => {
    const { tenantId } = await subscribe('Audited')
    const { id } = await find(tenantId, 'customer.subscription.created')
    const { headers } = await replay(id)
    const entry = {
      actor_id: operator.id,
      action: 'billing_event.replayed',
      object_type: 'billing_event',
      object_id: id,
      changed_fields: ['applied_at', 'outcome', 'replays'],
      ip: '127.0.0.1',
      request_id: headers.get('x-request-id'),
    }
    expect((await auditOf(platform, tenantId)).at(-1)).toMatchObject({ actor_kind: 'operator', ...entry })
    const [platforms, ...more] = await platform.sql(
      `select *, host(ip) as ip from platform_audit_entries where object_id = $1`,
      [id],
    )
    expect(platforms).toMatchObject({ actor_kind: 'super_admin', subject_tenant_id: tenantId, ...entry })
    expect(more).toEqual([])
  })

  test('an event gives it to its tenant, once that is known', async () => {
    const { tenantId } = await platform.signUp('Late')
    const customer = await double.stripe.customers.create({})
    await double.subscribe(customer.id, double.prices.starter.id)
    await settle()
    const { body } = await operator.get(`${path}?type=customer.subscription.created&outcome=unmatched`)
    const [{ id, ...event }] = body.data
    expect(event).toMatchObject({ tenant_id: null, customer_id: customer.id })

    const refused = await replay(id)
    expect([refused.status, refused.body.code]).toEqual([409, 'not_replayable'])
    expect((await operator.get(`${path}/${id}`)).body).toMatchObject({ outcome: 'unmatched', replays: 0 })

    await platform.sql(
      `insert into billing_accounts (tenant_id, id, customer_name, customer_id, created_at, updated_at)
        values ($1, gen_random_uuid(), 'Late', $2, now(), now())`,
      [tenantId, customer.id],
      tenantId,
    )
    expect((await replay(id)).body).toMatchObject({ tenant_id: tenantId, outcome: 'waiting', replays: 1 })
    await work()
    expect(await tenant(tenantId)).toMatchObject({ status: 'ACTIVE', plan: 'STARTER' })
    expect((await operator.get(`${path}/${id}`)).body).toMatchObject({ outcome: 'changed' })
    const [audited] = (await auditOf(platform, tenantId)).filter(({ object_id }) => object_id === id)
    expect(audited.changed_fields).toContain('subject_tenant_id')
  })

  test('an event that still waits has its job again, should that have been lost', async () => {
    const { tenantId, subscription } = await subscribe('Stuck')
    double.setStatus(subscription.id, 'unpaid')
    await double.deliverAll(platform.url)
    await platform.sql('delete from graphile_worker._private_jobs')
    const { id, outcome } = await find(tenantId, 'customer.subscription.updated')
    expect(outcome).toBe('waiting')
    expect((await replay(id)).status).toBe(202)
    expect(await work()).toEqual([tenantId])
    expect((await tenant(tenantId)).status).toBe('SUSPENDED')
  })

  test('is refused for a type on which nothing depends, for what is not there, and without keys', async () => {
    const { tenantId, customer } = await subscribe('Refused')
    await double.stripe.customers.update(customer.id, { name: 'Refused Ltd' })
    await settle()
    const before = await platform.sql('select * from billing_events order by id')
    const ignored = await find(tenantId, 'customer.updated')
    expect(ignored.outcome).toBe('ignored')
    const answers = [await replay(ignored.id), await replay('evt_of_nobody'), await replay('x%2F..%2Fy')]
    const { billing } = platform.context
    platform.context.billing = undefined
    answers.push(await replay((await find(tenantId, 'customer.subscription.created')).id))
    platform.context.billing = billing
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [409, 'not_replayable'],
      [404, 'not_found'],
      [404, 'not_found'],
      [503, 'billing_not_configured'],
    ])
    expect(await platform.sql('select * from billing_events order by id')).toEqual(before)
    expect(await work()).toEqual([])
  })
})

describe('the list of events', () => {
  // 120 events that came in four at a time, so that only the id orders those.
  const count = 120
  beforeEach(async () => {
    await platform.sql('truncate billing_events cascade')
    await platform.sql(
      `insert into billing_events (id, type, subject_tenant_id, payload, source, occurred_at, received_at,
          applied_at, outcome)
        select 'evt_' || md5(i::text), 'type.' || i % 3, (array['acme', 'globex', null])[i % 3 + 1],
          '{"n": 1, "n": 2}', 'webhook', t, t, case when i % 5 > 0 then t end,
          (array['changed', 'unchanged', 'ignored', 'unmatched'])[i % 5]
        from generate_series(0, ${count - 1}) i,
          lateral (select timestamptz '2026-03-01Z' + i / 4 * interval '1 ms' as t) at`,
    )
  })

  async function walk(query: string) {
    const seen: {
      id: string
      received_at: string
      tenant_id: string | null
      type: string
      outcome: string
    }[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const { status, body } = await operator.get(`${path}?${query}${cursor ? `&cursor=${cursor}` : ''}`)
      expect(status).toBe(200)
      seen.push(...body.data)
      cursor = body.next_cursor
    }
    return seen
  }

  test('has every event once, the one that came in last first', async () => {
    const seen = await walk('limit=7')
    expect(new Set(seen.map(({ id }) => id)).size).toBe(count)
    const keys = seen.map(({ received_at, id }) => `${received_at} ${id}`)
    expect(keys).toEqual(keys.toSorted().toReversed())
    expect(seen[0]).not.toHaveProperty('payload')
  })

  test('has those of a tenant, of a type, of an outcome, and of all three', async () => {
    const all = await walk('limit=100')
    for (const [query, fits] of [
      ['tenant_id=acme', ({ tenant_id }) => tenant_id === 'acme'],
      ['type=type.1', ({ type }) => type === 'type.1'],
      ['outcome=waiting', ({ outcome }) => outcome === 'waiting'],
      ['outcome=unmatched', ({ outcome }) => outcome === 'unmatched'],
      [
        'tenant_id=globex&type=type.1&outcome=changed',
        ({ tenant_id, outcome }) => tenant_id === 'globex' && outcome === 'changed',
      ],
    ] as [string, (event: (typeof all)[number]) => boolean][]) {
      const expected = all.filter(fits)
      expect(expected.length, query).toBeGreaterThan(5)
      expect(await walk(`limit=3&${query}`), query).toEqual(expected)
    }
    expect(await walk('tenant_id=nobody')).toEqual([])
    expect(await walk('type=type.4')).toEqual([])
  })

  test('refuses what it does not know', async () => {
    const other = Buffer.from('["-created_at","2026-03-01T00:00:00.000Z","evt_1"]').toString('base64url')
    const spaced = Buffer.from('["-received_at","2026-03-01T00:00:00.000Z","evt 1"]').toString('base64url')
    for (const query of [
      'outcome=done',
      'q=x',
      'limit=0',
      `cursor=${other}`,
      `cursor=${spaced}`,
      'type=%00',
    ]) {
      const { status, body } = await operator.get(`${path}?${query}`)
      expect([status, body.code], query).toEqual([400, 'invalid_request'])
    }
  })

  test('shows one event with what was sent', async () => {
    const id = 'evt_cfcd208495d565ef66e7dff9f98764da'
    const { status, body } = await operator.get(`${path}/${id}`)
    expect([status, body]).toEqual([
      200,
      {
        id,
        type: 'type.0',
        tenant_id: 'acme',
        customer_id: null,
        source: 'webhook',
        occurred_at: '2026-03-01T00:00:00.000Z',
        received_at: '2026-03-01T00:00:00.000Z',
        applied_at: null,
        outcome: 'waiting',
        finding: null,
        replays: 0,
        payload: { n: 2 },
      },
    ])
    const missing = await operator.get(`${path}/evt_of_nobody`)
    expect([missing.status, missing.body.code]).toEqual([404, 'not_found'])
  })
})
