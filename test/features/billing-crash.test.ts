import { setTimeout as sleep } from 'node:timers/promises'
import type Stripe from 'stripe'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { testSecret } from '../support/cluster.ts'
import {
  type CrashPoint,
  crashPoints,
  phaseNames,
  phaseOf,
  startCrashPoint,
} from '../support/crash-points.ts'
import { type Platform, startPlatform } from '../support/platform.ts'
import { createRandom } from '../support/random.ts'
import { startSmallServers } from '../support/server-process.ts'
import { type StripeDouble, startStripeDouble } from '../support/stripe-double/index.ts'
import { type StripeSender, startStripeSender } from '../support/stripe-sender.ts'

const companies = 24
const kills = 50
/** Two processes run at a time, with as many servers each; after one that was killed another is started. */
const serversEach = 5
/** How often a point that was not reached in time is tried once more. */
const secondTries = 40
/** How long a server may take to come to the point at which it is to die, before it dies at any other. */
const patienceMs = 5_000

// A run is repeated with CRASH_SEED=<what was printed>, as far as the order of processes allows.
const seed = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000)
const { below, oneOf } = createRandom(seed)

let platform: Platform
let double: StripeDouble
/** What a subscription's status makes of a tenant. */
const statuses: Partial<Record<Stripe.Subscription.Status, string>> = {
  active: 'ACTIVE',
  past_due: 'ACTIVE',
  paused: 'SUSPENDED',
  unpaid: 'SUSPENDED',
  canceled: 'CANCELLED',
}
/** Companies of which nothing more comes. */
const silent = new Set<string>()
/** Processes that are to be ended. */
const running = new Set<Awaited<ReturnType<typeof startSmallServers>>>()
beforeAll(async () => {
  double = await startStripeDouble()
  double.useClock({ now: () => new Date() })
  platform = await startPlatform()
})
afterAll(async () => {
  await platform.stop()
  await double.stop()
})

test('of 50 servers that are killed wherever they stand, no event is lost, and none is applied twice', async () => {
  process.stdout.write(`CRASH_SEED=${seed}\n`)
  await keepCountOfMails()
  const points = Array.from({ length: kills }, (_, index) => crashPoints[index % crashPoints.length])
  const drawPoint = () => points.splice(below(points.length), 1)[0] as CrashPoint
  const died: string[] = []
  const stripe = startStripeSender(double, createRandom(seed + 1))
  const found = await Promise.all(Array.from({ length: companies }, (_, index) => foundCompany(index)))
  let isKilled = false
  const isOver = (tenantId: string) => isKilled || silent.has(tenantId)
  const lives = found.map((company) => lead(company, { isOver, isBusy: stripe.isBusy }))
  let left = secondTries
  const killInTurn = async () => {
    while (points.length > 0) {
      const drawn = Array.from({ length: Math.min(serversEach, points.length) }, drawPoint)
      for (const { point, isReached } of await startAndKill(drawn, stripe)) {
        died.push(isReached() ? point : 'at any other')
        if (!isReached() && left-- > 0) points.push(point)
      }
    }
  }
  const began = performance.now()
  const killing = [killInTurn(), killInTurn()]
  try {
    await Promise.all(killing)
    isKilled = true
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    process.stdout.write(`${died.length} servers killed in ${seconds} s: ${JSON.stringify(countOf(died))}\n`)
    const ends = await Promise.all(lives)

    stripe.addServers((await start([directly(), directly()])).urls)
    const untaken = () => double.events.filter(({ id }) => !stripe.taken.has(id))
    await vi.waitFor(() => expect(untaken()).toEqual([]), { timeout: 20_000 })
    await untilNothingWaits()
    await expectAllSettled(stripe.taken)
    await expectNothingTwice()
    for (const { tenantId, status, plan } of ends) {
      const [tenant] = await platform.sql('select status, plan from tenants where tenant_id = $1', [tenantId])
      expect({ tenantId, ...tenant }).toEqual({ tenantId, status, plan })
    }
    const hit = new Set(died.map((point) => phaseOf(point as CrashPoint)))
    expect([...hit]).toEqual(expect.arrayContaining(phaseNames))
  } finally {
    points.length = 0
    await Promise.allSettled(killing)
    isKilled = true
    for (const process of running) await process.end('SIGKILL')
    await stripe.stop()
    await Promise.all(lives)
  }
}, 240_000)

function countOf(names: string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of names.toSorted()) counts[name] = (counts[name] ?? 0) + 1
  return counts
}

const directly = () => ({
  PLATFORM_DATABASE_URL: platform.database.platformUrl,
  JOBS_DATABASE_URL: platform.database.jobsUrl,
})

/** Starts servers in one process; each with few connections, since there are many of them. */
async function start(each: ReturnType<typeof directly>[]) {
  const common = {
    DATABASE_URL: platform.database.adminUrl,
    TENANT_DATABASE_URL: platform.database.tenantUrl,
    TOKEN_KEY_SECRET: testSecret,
    DATA_DIR: platform.dataDir,
    LOG_LEVEL: 'warn',
    RATE_LIMITS: 'off',
    TENANT_POOL_SIZE: '1',
    TENANT_POOL_IDLE_SECONDS: '1',
    PLATFORM_POOL_SIZE: '2',
    JOBS_POOL_SIZE: '3',
    ...double.env,
  }
  const servers = await startSmallServers(common, each)
  running.add(servers)
  return servers
}

/** Starts a process whose servers each come to a stop at a point, and kills it when they have. */
async function startAndKill(points: CrashPoint[], stripe: StripeSender) {
  const { database } = platform
  const urls = { databaseUrl: database.adminUrl, stripeUrl: double.url }
  const crashes = await Promise.all(points.map((point) => startCrashPoint(point, below(2), urls)))
  const servers = await start(
    crashes.map(({ databaseUrl, stripeUrl }) => ({
      PLATFORM_DATABASE_URL: databaseUrl(database.platformUrl),
      JOBS_DATABASE_URL: databaseUrl(database.jobsUrl),
      STRIPE_API_BASE: stripeUrl,
    })),
  )
  stripe.addServers(servers.urls)
  const allReached = Promise.all(crashes.map(({ reached }) => reached.then(silence)))
  await Promise.race([allReached, sleep(patienceMs)])
  await servers.end('SIGKILL')
  running.delete(servers)
  stripe.removeServers(servers.urls)
  await Promise.all(crashes.map((crash) => crash.close()))
  return crashes
}

/** A company with a customer at Stripe. */
async function foundCompany(index: number) {
  const { tenantId } = await platform.signUp(`Company ${index}`)
  const metadata = { tenant_id: tenantId }
  const { id } = await double.stripe.customers.create({ name: tenantId, metadata })
  return { tenantId, customerId: id }
}

/**
 * Of some of the companies whose event comes to a stop nothing more comes: what is applied of it then, is by that event,
 * and by nothing that came later.
 */
function silence(eventId: string | undefined) {
  const event = double.events.find(({ id }) => id === eventId)
  const { metadata, parent } = (event?.data.object ?? {}) as Partial<Stripe.Invoice>
  const tenantId = (parent?.subscription_details?.metadata ?? metadata)?.tenant_id
  if (tenantId && silent.size < companies / 3 && below(2) === 0) silent.add(tenantId)
}

/** Has things happen to a company's subscription until they are over. @returns what has to come of it */
async function lead(
  { tenantId, customerId }: { tenantId: string; customerId: string },
  { isOver, isBusy }: { isOver: (tenantId: string) => boolean; isBusy: () => boolean },
) {
  const plans = ['starter', 'professional', 'business', 'enterprise'] as const
  let plan = oneOf(plans)
  const subscribe = () => {
    plan = oneOf(plans)
    const metadata = { tenant_id: tenantId }
    return double.subscribe(customerId, double.prices[plan].id, { metadata })
  }
  let subscription = await subscribe()
  const changePlan = async () => {
    plan = oneOf(plans)
    const items = [{ id: subscription.items.data[0]?.id as string, price: double.prices[plan].id }]
    await double.stripe.subscriptions.update(subscription.id, { items })
  }
  const set = (status: Stripe.Subscription.Status) => async () => {
    double.setStatus(subscription.id, status)
  }
  const cancelAndReturn = async () => {
    double.setStatus(subscription.id, 'canceled')
    subscription = await subscribe()
  }
  const acts = [
    changePlan,
    set('active'),
    set('past_due'),
    set('past_due'),
    set('paused'),
    set('unpaid'),
    cancelAndReturn,
  ]
  while (!isOver(tenantId)) {
    await sleep(50 + below(200))
    if (!isBusy() && !isOver(tenantId)) await oneOf(acts)()
  }
  if (!silent.has(tenantId) && below(3) === 0) await set('canceled')()
  const { status } = await double.stripe.subscriptions.retrieve(subscription.id)
  return { tenantId, status: statuses[status], plan: plan.toUpperCase() }
}

/** Jobs that are done are gone: of those that send a mail a trigger keeps how many there were. */
async function keepCountOfMails() {
  const jobsRole = new URL(platform.database.jobsUrl).username
  await platform.sql(`create schema counted authorization ${jobsRole};
    create table counted.mails (tenant_id text, template text);
    create function counted.keep() returns trigger language plpgsql as $$
    begin
      insert into counted.mails values (new.payload->>'tenant_id', new.payload->>'template');
      return new;
    end $$;
    create trigger keep after insert on graphile_worker._private_jobs
      for each row when (new.payload->>'template' is not null) execute function counted.keep();
    alter table counted.mails owner to ${jobsRole};
    alter function counted.keep() owner to ${jobsRole}`)
}

/** Until no job is locked and none will run any more, those too that a killed worker had. */
async function untilNothingWaits() {
  const left = 'select task_identifier, key, attempts, locked_by, last_error from graphile_worker.jobs where'
  await vi.waitFor(
    async () => {
      // What failed when its server was cut off would be tried again in some seconds or minutes.
      await platform.sql(`update graphile_worker._private_jobs set run_at = now()
        where locked_at is null and run_at > now()`)
      expect(await platform.sql(`${left} locked_at is not null or attempts < max_attempts`)).toEqual([])
    },
    { timeout: 30_000, interval: 100 },
  )
  // A newer one stands for a sync that has lost its key.
  expect(await platform.sql(`${left} not (task_identifier = 'sync-billing' and key is null)`)).toEqual([])
}

async function expectAllSettled(taken: Set<string>) {
  const kept = await platform.sql('select id, outcome from billing_events')
  expect(kept.map(({ id }) => id).toSorted()).toEqual([...taken].toSorted())
  expect(kept.filter(({ outcome }) => outcome === null)).toEqual([])
}

async function expectNothingTwice() {
  const tenants = await platform.sql(`select subject_tenant_id as id, field,
      array_agg(from_value order by id) as from, array_agg(to_value order by id) as to
    from tenant_changes group by 1, 2`)
  for (const { id, field, from, to } of tenants) {
    expect({ id, field, from: from.slice(1) }).toEqual({ id, field, from: to.slice(0, -1) })
    expect(to.filter((value: string, index: number) => value === from[index])).toEqual([])
  }
  // Each change once in the history, once in the audit trail, and what is told of it once.
  const changed = await platform.sql(
    `select subject_tenant_id as tenant_id,
        count(*) filter (where field = 'status')::int as statuses,
        count(*) filter (where field = 'plan')::int as plans,
        count(*) filter (where field = 'past_due_since')::int as debts
      from tenant_changes where agent = 'billing' group by 1 order by 1`,
  )
  for (const { tenant_id, ...counts } of changed) {
    const [audited] = await platform.sql(
      `select count(*) filter (where 'status' = any(changed_fields))::int as statuses,
          count(*) filter (where 'plan' = any(changed_fields))::int as plans,
          count(*) filter (where 'past_due_since' = any(changed_fields))::int as debts
        from audit_entries where tenant_id = $1 and actor_id = 'stripe'`,
      [tenant_id],
      tenant_id,
    )
    expect({ tenant_id, ...audited }).toEqual({ tenant_id, ...counts })
  }
  const failures = `select subject_tenant_id as tenant_id, count(*)::int from tenant_changes
    where field = 'past_due_since' and to_value is not null group by 1 order by 1`
  const told = `select tenant_id, count(*)::int from counted.mails where template = 'payment_failed' group by 1 order by 1`
  expect(await platform.sql(told)).toEqual(await platform.sql(failures))
}
