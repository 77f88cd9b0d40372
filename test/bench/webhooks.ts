import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { withDirectClient } from '../../src/db/direct-client.ts'
import { measureQuiet } from './quiet.ts'
import { type Contender, compare, type Measured, type Row } from './rounds.ts'
import { type Bearer, fillTenants, type Stage, signUp, startStage } from './stage.ts'
import type { Sent, StripeQuestion } from './stripe-subject.ts'
import { type Subject, startSubject } from './subject.ts'
import type { TenantryOptions } from './tenantry-subject.ts'

// How long a tenant waits for its answers while Stripe tells of other tenants' subscriptions: 1,000 events a minute, and
// as many as it can on 32 connections. Each is stored, and the tenants are compared with a double of Stripe by a worker
// in the same process. Every event that was acknowledged has to be there and applied in the end.
const pace = { rounds: 5, roundMs: 3000, warmUpMs: 2000 }
const path = '/v1/clients?limit=20'
const subscribers = 50
const perMinute = 1000
/** The events begin that much before the measurement. */
const headStartMs = 500
/** Between two measurements whatever waits is applied; for so long that is waited for. */
const patienceMs = 60_000

/** What the events of a round came to, and how long after the last one all were applied. */
interface Noise extends Sent {
  appliedMs: number
}

async function startTenantry(stage: Stage, settings: Record<string, string>): Promise<Subject> {
  const { folder: dataDir, tenantUrl, platformUrl, jobsUrl, tokenKeySecret } = stage
  const urls = { dataDir, tenantUrl, platformUrl, jobsUrl, tokenKeySecret }
  const options: TenantryOptions = { ...urls, logLevel: 'silent', rateLimits: 'off', settings }
  return startSubject('tenantry-subject.ts', options)
}

async function measureAll(
  stage: Stage,
  stops: (() => Promise<void>)[],
): Promise<[Row[], Map<string, Noise[]>, number]> {
  const stripe = await startSubject('stripe-subject.ts', {})
  stops.push(() => stripe.stop())
  const askStripe = <Answer>(question: StripeQuestion) => stripe.ask<Answer>(question)
  const server = await startTenantry(stage, await askStripe<Record<string, string>>('settings'))
  stops.push(() => server.stop())
  const url = await server.ask<string>('url')
  const [quiet, ...others] = (await signUp(url, subscribers + 1)) as [Bearer, ...Bearer[]]
  await fillTenants(stage.adminUrl, subscribers + 1, 100)
  await askStripe({ subscribe: others.map(({ tenantId }) => tenantId) })

  return withDirectClient(stage.adminUrl, async (admin) => {
    const noise = new Map<string, Noise[]>()
    const alone = (milliseconds: number) => measureQuiet(url + path, quiet, milliseconds)
    const contenders: Contender[] = [{ name: 'alone', measure: alone }]
    let acknowledged = 0
    const add = (name: string, rate: { perMinute?: number }) => {
      noise.set(name, [])
      const measure = async (milliseconds: number): Promise<Measured> => {
        const sending = askStripe<Sent>({ url, milliseconds: headStartMs + milliseconds, ...rate })
        await sleep(headStartMs)
        const measured = await alone(milliseconds)
        const sent = await sending
        acknowledged += sent.events - sent.failures
        noise.get(name)?.push({ ...sent, appliedMs: await untilApplied(admin) })
        return measured
      }
      contenders.push({ name, measure })
    }
    add(`beside ${perMinute} events a minute`, { perMinute })
    add('beside a storm', {})
    const rows = await compare(contenders, pace)
    const { rows: stored } = await admin.query('select count(*)::int as n from billing_events')
    if (stored[0].n < acknowledged) throw new Error(`${acknowledged - stored[0].n} events were lost`)
    return [rows, noise, acknowledged]
  })
}

/** @returns how long that took, in milliseconds */
async function untilApplied(admin: pg.Client): Promise<number> {
  const start = performance.now()
  for (;;) {
    const { rows } = await admin.query(
      'select count(*)::int as n from billing_events where applied_at is null',
    )
    const waitedMs = performance.now() - start
    if (rows[0].n === 0) return waitedMs
    if (waitedMs > patienceMs) throw new Error(`${rows[0].n} events still wait`)
    await sleep(20)
  }
}

function toTable(rows: Row[], noise: Map<string, Noise[]>): string {
  const [alone] = rows as [Row]
  const lines = [
    '  p50 ms  p99 ms  times as long  events per second, p50 / p99 ms each (failed), applied after',
  ]
  for (const { name, p50Ms = 0, p99Ms = 0 } of rows) {
    const ratios = [p50Ms / (alone.p50Ms ?? 0), p99Ms / (alone.p99Ms ?? 0)].map((ratio) => ratio.toFixed(1))
    const sent = noise.get(name) ?? []
    const mean = (of: (each: Noise) => number) =>
      (sent.reduce((sum, each) => sum + of(each), 0) / sent.length).toFixed(1)
    const events = sent.length
      ? `${mean((each) => each.events / each.seconds)}, ${mean((each) => each.p50Ms)} / ${mean((each) => each.p99Ms)} (${mean((each) => each.failures)}), ${mean((each) => each.appliedMs / 1000)} s`
      : 'none'
    const cells = [
      p50Ms.toFixed(2).padStart(8),
      p99Ms.toFixed(2).padStart(7),
      ratios.join(' / ').padStart(14),
    ]
    lines.push(`${cells.join(' ')} ${events.padStart(36)}  ${name}`)
  }
  return lines.join('\n')
}

const stops: (() => Promise<void>)[] = []
try {
  const stage = await startStage({ fsync: false })
  stops.push(() => stage.stop())
  const [rows, noise, acknowledged] = await measureAll(stage, stops)
  console.log(`Node ${process.versions.node}, PostgreSQL ${stage.postgres}; medians of ${pace.rounds} rounds`)
  console.log(`GET ${path} on one connection, while Stripe tells of ${subscribers} other tenants`)
  console.log(toTable(rows, noise))
  console.log(`${acknowledged} events were acknowledged; all of them are stored and applied`)
} finally {
  for (const stop of stops.reverse()) await stop()
}
