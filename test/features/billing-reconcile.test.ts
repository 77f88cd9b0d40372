import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseCrontab } from 'graphile-worker'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Context } from '../../src/context.ts'
import { isRelevant } from '../../src/features/billing/inbox.ts'
import { createBilling } from '../../src/features/billing/stripe.ts'
import { crontab, tasks } from '../../src/jobs/tasks.ts'
import { dayMs } from '../support/clock-jobs.ts'
import { auditOf } from '../support/operators.ts'
import { type Platform, startPlatform } from '../support/platform.ts'
import { type StripeDouble, startStripeDouble } from '../support/stripe-double/index.ts'

let double: StripeDouble
let platform: Platform
let nowhere: Server
beforeAll(async () => {
  double = await startStripeDouble()
  platform = await startPlatform(double.env)
  double.useClock(platform.clock)
  nowhere = createServer((_request, response) => response.end()).listen(0, '127.0.0.1')
  await once(nowhere, 'listening')
})
afterAll(async () => {
  await platform.stop()
  await double.stop()
  nowhere.close()
})

const job = { tenantId: null, messageId: '' }
const reconcile = (context: Context = platform.context) => tasks['reconcile-billing'](context, {}, job)
const settle = (tenantId: string) => tasks['sync-billing'](platform.context, {}, { ...job, tenantId })
const asTenant = (tenantId: string, query: string, ...more: unknown[]) =>
  platform.sql(query, [tenantId, ...more], tenantId)

/** Stripe counts its events so far as delivered, but not here. */
const lose = () => double.deliverAll(`http://127.0.0.1:${(nowhere.address() as AddressInfo).port}`)

let tenantIds: string[] = []
/** A company with a customer at Stripe. */
async function signUp() {
  const { tenantId } = await platform.signUp(`Firm ${++companies}`)
  tenantIds.push(tenantId)
  const { id } = await double.stripe.customers.create({ metadata: { tenant_id: tenantId } })
  await asTenant(
    tenantId,
    `insert into billing_accounts (tenant_id, id, customer_name, customer_id, created_at, updated_at)
      values ($1, gen_random_uuid(), $1, $2, now(), now())`,
    id,
  )
  return { tenantId, customerId: id }
}
let companies = 0

beforeEach(() => {
  platform.logLines.length = 0
})
afterEach(async () => {
  await platform.sql(`do $$ declare tenant text; begin
    foreach tenant in array array['${tenantIds.join("','")}'] loop
      perform set_config('app.tenant_id', tenant, true);
      delete from billing_accounts where tenant_id = tenant;
    end loop;
  end $$`)
  tenantIds = []
  await lose()
  double.requests.length = 0
})

const present = async (tenantId: string) => {
  const [row] = await asTenant(tenantId, 'select status, plan from tenants where tenant_id = $1')
  return `${row.status} ${row.plan}`
}
const history = (tenantId: string) =>
  platform.sql(
    `select field, from_value, to_value, agent, cause from tenant_changes where subject_tenant_id = $1 order by id`,
    [tenantId],
  )
const logged = (level: string) =>
  platform.logLines
    .map((line) => JSON.parse(line))
    .filter((line) => line.level === level && line.msg.startsWith('reconciliation with Stripe'))
    .map(({ level: _level, time: _time, msg: _msg, ...rest }) => rest)
const summary = () => logged('info')[0]
const repairs = async () => (await platform.context.metrics.billingRepairs.get()).values[0]?.value ?? 0
const asked = (path: string) => double.requests.filter((request) => request.path === path)

test('it is woken every hour, and one at a time', () => {
  const item = parseCrontab(crontab).find(({ task }) => task === 'reconcile-billing')
  expect(item?.options).toMatchObject({ jobKey: 'reconcile-billing', queueName: 'reconcile-billing' })
  const isWoken = (min: number, hour: number) => item?.match({ min, hour, date: 29, month: 2, dow: 4 })
  const minutes = Array.from({ length: 60 }, (_, min) => min)
  for (const hour of [0, 13]) expect(minutes.filter((min) => isWoken(min, hour))).toHaveLength(1)
})

describe('what lost events would have told', () => {
  test('is made good, with its cause, and reported', async () => {
    const { tenantId, customerId } = await signUp()
    const { id } = await double.subscribe(customerId, double.prices.business.id)
    await lose()
    expect(await present(tenantId)).toBe('TRIAL PROFESSIONAL')
    const before = await repairs()
    await reconcile()

    expect(await present(tenantId)).toBe('ACTIVE BUSINESS')
    const finding = `subscription ${id} is active, on the plan BUSINESS`
    const cause = `Reconciliation with Stripe: ${finding}`
    expect((await history(tenantId)).slice(2)).toEqual([
      { field: 'plan', from_value: 'PROFESSIONAL', to_value: 'BUSINESS', agent: 'billing', cause },
      { field: 'status', from_value: 'TRIAL', to_value: 'ACTIVE', agent: 'billing', cause },
    ])
    const entries = (await auditOf(platform, tenantId)).slice(-2)
    expect(entries.map(({ action, actor_id, reason }) => [action, actor_id, reason])).toEqual([
      ['tenant.plan_changed', 'stripe', cause],
      ['tenant.activated', 'stripe', cause],
    ])
    expect(logged('warn')).toEqual([{ tenant_id: tenantId, changed: ['plan', 'status'], finding }])
    expect(await repairs()).toBe(before + 1)
    expect(summary()).toEqual({ undelivered: 0, compared: 1, repaired: 1, failed: 0, is_complete: true })
  })

  test('ends and begins a tenant, however long it was cancelled', async () => {
    const { tenantId, customerId } = await signUp()
    const { id } = await double.subscribe(customerId, double.prices.business.id)
    await reconcile()
    double.setStatus(id, 'canceled')
    await lose()
    await reconcile()
    expect(await present(tenantId)).toBe('CANCELLED BUSINESS')

    platform.clock.advance(40 * dayMs)
    await double.subscribe(customerId, double.prices.starter.id)
    await lose()
    await reconcile()
    expect(await present(tenantId)).toBe('ACTIVE STARTER')
  })

  test('is nothing where nothing differs: no entry, no report', async () => {
    const { tenantId, customerId } = await signUp()
    await double.subscribe(customerId, double.prices.business.id)
    await lose()
    await reconcile()
    const [before, entries, repaired] = [
      await history(tenantId),
      await auditOf(platform, tenantId),
      await repairs(),
    ]
    platform.logLines.length = 0
    await reconcile()
    expect(await history(tenantId)).toEqual(before)
    expect(await auditOf(platform, tenantId)).toEqual(entries)
    expect([logged('warn'), await repairs()]).toEqual([[], repaired])
    expect(summary()).toMatchObject({ compared: 1, repaired: 0, failed: 0 })
  })
})

describe('events that Stripe could not deliver', () => {
  const stored = (ids: string[]) =>
    platform.sql(
      'select id, source, subject_tenant_id as tenant, outcome from billing_events where id = any($1) order by id',
      [ids],
    )

  test('are stored once and settled, also of a customer who is not known yet', async () => {
    const { tenantId } = await platform.signUp(`Firm ${++companies}`)
    tenantIds.push(tenantId)
    const made = double.events.length
    const metadata = { tenant_id: tenantId }
    const customer = await double.stripe.customers.create({ metadata })
    const { id } = await double.subscribe(customer.id, double.prices.starter.id, { metadata })
    await reconcile()
    await settle(tenantId)
    expect(await present(tenantId)).toBe('ACTIVE STARTER')
    const relevant = double.events.slice(made).filter(({ type }) => isRelevant(type))
    const rows = await stored(relevant.map((event) => event.id))
    expect(rows).toHaveLength(relevant.length)
    expect(new Set(rows.map(({ source, tenant }) => `${source} ${tenant}`))).toEqual(
      new Set([`reconciliation ${tenantId}`]),
    )
    expect(new Set(rows.map(({ outcome }) => outcome))).toEqual(new Set(['changed', 'unchanged']))
    const [change] = (await history(tenantId)).slice(-1)
    expect(change.cause).toMatch(
      new RegExp(`^Stripe's event evt_\\w+ \\(.+\\): subscription ${id} is active`),
    )

    const before = summary()
    expect(before.undelivered).toBe(relevant.length)
    platform.logLines.length = 0
    await reconcile()
    expect(summary()).toMatchObject({ undelivered: 0, compared: 1, repaired: 0, failed: 0 })
  })

  test('are listed a page at a time, of the last three days and of types that matter', async () => {
    const made = double.events.length
    for (let n = 0; n < 120; n++) await double.stripe.customers.create({})
    await double.stripe.products.create({ name: 'Of no account' })
    double.requests.length = 0
    await reconcile()
    const [first, second, ...others] = asked('/v1/events')
    expect(others).toEqual([])
    const since = Math.floor((platform.clock.now().getTime() - 3 * dayMs) / 1000)
    expect(first?.query).toMatchObject({
      delivery_success: 'false',
      limit: '100',
      created: { gte: String(since) },
    })
    const types = first?.query.types as string[]
    expect(types.length).toBeLessThanOrEqual(20)
    expect(types).toEqual(expect.arrayContaining(['customer.subscription.deleted', 'invoice.paid']))
    expect(second?.query.starting_after).toBeDefined()
    const ids = double.events.slice(made).map(({ id }) => id)
    expect(await stored(ids)).toHaveLength(120)
    expect(summary().undelivered).toBe(120)
  })
})

describe('of many tenants', () => {
  /** Companies that all live by one subscription, in one page of tenants and the next. */
  async function addMany(count: number) {
    const customer = await double.stripe.customers.create({})
    await double.subscribe(customer.id, double.prices.starter.id)
    await lose()
    const ids = Array.from({ length: count }, (_, n) => `many-${String(n).padStart(3, '0')}`)
    await platform.sql(
      `do $$ declare id text; begin
        foreach id in array array['${ids.join("','")}'] loop
          perform set_config('app.tenant_id', id, true);
          insert into tenants (tenant_id, name, region, plan, status, status_set_by, status_changed_at, created_at, updated_at)
            values (id, id, 'FR', 'STARTER', 'ACTIVE', 'system', now(), now(), now()) on conflict do nothing;
          insert into billing_accounts (tenant_id, id, customer_name, customer_id, created_at, updated_at)
            values (id, gen_random_uuid(), id, '${customer.id}', now(), now());
        end loop;
      end $$`,
    )
    tenantIds.push(...ids)
    double.requests.length = 0
    return ids
  }

  test('each is compared once, a few at a time, however many pages', async () => {
    const ids = await addMany(250)
    await platform.forceTenant('many-240', `status = 'SUSPENDED', status_set_by = 'billing'`)
    await platform.forceTenant('many-241', `status = 'DELETED'`)
    await reconcile()
    expect(summary()).toEqual({ undelivered: 0, compared: 249, repaired: 1, failed: 0, is_complete: true })
    expect(await present('many-240')).toBe('ACTIVE STARTER')
    expect(asked('/v1/subscriptions'), 'what is gone is not asked about').toHaveLength(ids.length - 1)
  })

  test('429 is waited out', async () => {
    await addMany(6)
    double.fail(429, 3, /subscriptions/)
    double.fail(429, 1, /events/)
    await reconcile()
    expect(summary()).toMatchObject({ compared: 6, failed: 0 })
    expect([asked('/v1/subscriptions').length, asked('/v1/events').length]).toEqual([9, 2])
  })

  test('one that fails keeps no other waiting', async () => {
    const bad = await signUp()
    const good = await signUp()
    for (const { customerId } of [bad, good]) await double.subscribe(customerId, double.prices.business.id)
    await lose()
    await platform.sql(
      `alter table billing_accounts add constraint planted
        check (tenant_id <> '${bad.tenantId}' or synced_at is null) not valid`,
    )
    try {
      await expect(reconcile()).rejects.toThrow('reconciliation with Stripe: 1 failed')
    } finally {
      await platform.sql('alter table billing_accounts drop constraint planted')
    }
    expect([await present(bad.tenantId), await present(good.tenantId)]).toEqual([
      'TRIAL PROFESSIONAL',
      'ACTIVE BUSINESS',
    ])
    expect(logged('error').map(({ tenant_id }) => tenant_id)).toEqual([bad.tenantId])
    expect(summary()).toMatchObject({ compared: 1, repaired: 1, failed: 1, is_complete: true })
    await reconcile()
    expect(await present(bad.tenantId)).toBe('ACTIVE BUSINESS')
  })

  test('a Stripe that is down is not asked again and again', async () => {
    await addMany(30)
    const apiBase = new URL('http://127.0.0.1:9')
    const billing = createBilling({ secretKey: double.env.STRIPE_SECRET_KEY, webhookSecrets: [], apiBase })
    await expect(reconcile({ ...platform.context, billing })).rejects.toThrow(/failed$/)
    const { compared, failed, is_complete } = summary()
    expect([compared, is_complete]).toEqual([0, false])
    expect(failed).toBeGreaterThanOrEqual(5)
    expect(failed).toBeLessThan(10)
  })

  test('a server that stops finishes those it has begun', async () => {
    await addMany(30)
    const readiness = { ...platform.context.readiness }
    const held = Array.from({ length: 4 }, () => double.hold(/subscriptions/))
    const run = reconcile({ ...platform.context, readiness })
    await Promise.all(held.map(({ arrived }) => arrived))
    expect(asked('/v1/subscriptions'), 'no more than four at a time').toHaveLength(4)
    readiness.isDraining = true
    for (const { release } of held) release()
    await run
    expect(summary()).toMatchObject({ compared: 4, failed: 0, is_complete: false })
  })
})

test('runs at the same moment write the same, once', async () => {
  const { tenantId, customerId } = await signUp()
  const { id } = await double.subscribe(customerId, double.prices.business.id)
  await lose()
  await Promise.all([reconcile(), reconcile(), reconcile()])
  expect((await history(tenantId)).map(({ to_value }) => to_value)).toEqual([
    'TRIAL',
    'PROFESSIONAL',
    'BUSINESS',
    'ACTIVE',
  ])
  double.setStatus(id, 'canceled')
  await Promise.all([reconcile(), reconcile(), reconcile()])
  expect((await history(tenantId)).map(({ to_value }) => to_value).slice(4)).toEqual(['CANCELLED'])
})

test('without keys there is nothing to compare with', async () => {
  await signUp()
  double.requests.length = 0
  await reconcile({ ...platform.context, billing: undefined })
  expect([double.requests, summary()]).toEqual([[], undefined])
})
