import { setTimeout as sleep } from 'node:timers/promises'
import type Stripe from 'stripe'
import { type Config, loadEnvironment, readConfig } from '../config.ts'
import type { Database } from '../db/database.ts'
import type { TenantId } from '../db/tenant-id.ts'
import { createBilling } from '../features/billing/stripe.ts'
import type { AddCommand } from './command.ts'
import { withDatabase } from './database.ts'
import { exitCodes, log } from './output.ts'
import { readPrices, startLife } from './simulation/life.ts'
import { scenarios } from './simulation/scenarios.ts'
import { getTenantOf } from './tenant-argument.ts'

/** How often each event of a storm is sent. */
const stormSize = 20
/** How long an event may take to have its effect, in milliseconds. */
const settleMs = 60_000

/** `simulate-billing`: plays a life of a subscription against a development server. */
export const addSimulateBilling: AddCommand = (program, done) => {
  const names = Object.keys(scenarios).join(', ')
  const summaries = Object.entries(scenarios).map(([name, { summary }]) => `  ${name}: ${summary}`)
  program
    .command('simulate-billing')
    .description('play a life of a subscription, in Stripe’s test mode, against a development server')
    .requiredOption('--tenant <id>', 'whose life')
    .requiredOption('--scenario <name>', names)
    .option('--url <url>', 'where the server listens (this machine, at PORT)')
    .option('--json', 'print all events at the end, as JSON')
    .addHelpText('after', `\nScenarios:\n${summaries.join('\n')}`)
    .addHelpText(
      'after',
      '\nExample:\n  npm run cli -- simulate-billing --tenant acme-corporation --scenario dunning',
    )
    .action(async (options: SimulationOptions) => done(await runSimulateBilling(options)))
}

/** What is asked for. */
interface SimulationOptions {
  tenant: string
  scenario: string
  /** Where the server listens; this machine, as configured, if left out. */
  url?: string
  json?: boolean
}

/** An event that was sent, and what the tenant was after it. */
interface Outcome {
  id: string
  type: string
  /** In the time of the test clock. */
  occurred_at: string
  status: string
  plan: string
  past_due_since: Date | null
}

/**
 * Plays a life of a subscription in Stripe's test mode against a development server and prints each event with what
 * the tenant is after it. The events come from Stripe's list of them and are signed with the configured secret.
 * @returns the exit code
 * @throws Error in production, without keys of the test mode, and for an unknown tenant or scenario
 */
async function runSimulateBilling(options: SimulationOptions): Promise<number> {
  const config = readConfig(loadEnvironment())
  const { stripe, secret } = openTestMode(config)
  const scenario = scenarios[options.scenario]
  if (!scenario) throw new Error(`There are the scenarios ${Object.keys(scenarios).join(', ')}.`)
  const url = options.url ?? `http://127.0.0.1:${config.port}`
  return withDatabase(config, async ({ db }) => {
    const tenant = await db.withPlatform('billing', async (tx) => {
      const tenantId = await getTenantOf(tx, options.tenant)
      const account = tx
        .selectFrom('billing_accounts')
        .select('customer_id')
        .where('tenant_id', '=', tenantId)
      const customerId = (await account.executeTakeFirst())?.customer_id ?? null
      return { tenantId, customerId, priceOf: await readPrices(tx) }
    })
    const outcomes: Outcome[] = []
    const send = async (events: Stripe.Event[], copies: number) => {
      for (const event of events) {
        await Promise.all(Array.from({ length: copies }, () => post(stripe, url, secret, event)))
        const outcome = await settle(db, tenant.tenantId, event)
        outcomes.push(outcome)
        if (!options.json) process.stdout.write(`${inWords(outcome, copies)}\n`)
      }
    }
    const seen = new Set(await listEvents(stripe).then((events) => events.map(({ id }) => id)))
    log('a customer is made, or taken up again')
    const life = await startLife(stripe, tenant)
    const isNew = (event: Stripe.Event) => isOf(event, life.customerId) && !seen.has(event.id)
    const takeNew = async () => {
      const events = (await listEvents(stripe)).filter(isNew)
      for (const { id } of events) seen.add(id)
      return events
    }
    const copies = scenario.delivery === 'storm' ? stormSize : 1
    const late: Stripe.Event[] = []
    const told = async () => {
      const events = await takeNew()
      if (scenario.delivery === 'shuffled') late.push(...events)
      else await send(events, copies)
    }
    for await (const act of scenario.play(life)) {
      await told()
      log(act)
    }
    await told()
    if (late.length > 0) log(`${late.length} events arrive, shuffled`)
    await send(shuffle(late), 1)
    if (options.json) process.stdout.write(`${JSON.stringify(outcomes)}\n`)
    return exitCodes.ok
  })
}

function openTestMode({ isProduction, stripe: settings }: Config): { stripe: Stripe; secret: string } {
  if (isProduction) throw new Error('A simulation is for development: NODE_ENV is production.')
  const billing = createBilling(settings)
  const secret = settings?.webhookSecrets[0]
  if (!settings || !billing || !secret) {
    throw new Error('Set STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET as the server has them.')
  }
  if (!/^[sr]k_test_/.test(settings.secretKey)) {
    throw new Error('A simulation needs a key of the test mode: sk_test_… or rk_test_….')
  }
  return { stripe: billing.stripe, secret }
}

/** The newest events, oldest first. */
async function listEvents(stripe: Stripe): Promise<Stripe.Event[]> {
  const events = await stripe.events.list({ limit: 100 }).autoPagingToArray({ limit: 500 })
  return events.reverse()
}

/** Whether an event is about a customer. */
function isOf({ data }: Stripe.Event, customerId: string): boolean {
  const object = data.object as { id?: string; customer?: string | { id: string } | null }
  const customer = typeof object.customer === 'object' ? object.customer?.id : object.customer
  return customer === customerId || object.id === customerId
}

/** Sends an event as Stripe would. */
async function post(stripe: Stripe, url: string, secret: string, event: Stripe.Event): Promise<void> {
  const payload = JSON.stringify(event)
  const signature = stripe.webhooks.generateTestHeaderString({ payload, secret })
  const response = await fetch(`${url}/webhooks/stripe`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Stripe-Signature': signature },
    body: payload,
  }).catch((cause) => {
    throw new Error(`No server answers at ${url}: is it running?`, { cause })
  })
  const answer = await response.text()
  if (!response.ok) throw new Error(`${url} answered ${response.status} to ${event.type}: ${answer}`)
}

/** Waits until an event has had its effect. */
async function settle(
  db: Database,
  tenantId: TenantId,
  { id, type, created }: Stripe.Event,
): Promise<Outcome> {
  for (const start = Date.now(); Date.now() < start + settleMs; await sleep(50)) {
    const tenant = await db.withPlatform('billing', (tx) =>
      tx
        .selectFrom('billing_events')
        .innerJoin('tenants', (join) => join.on('tenants.tenant_id', '=', tenantId))
        .select(['tenants.status', 'tenants.plan', 'tenants.past_due_since'])
        .where('billing_events.id', '=', id)
        .where('applied_at', 'is not', null)
        .executeTakeFirst(),
    )
    if (tenant) return { id, type, occurred_at: new Date(created * 1000).toISOString(), ...tenant }
  }
  throw new Error(
    `The server has not applied ${id} (${type}) within a minute: does its worker run, with the same keys?`,
  )
}

function inWords({ id, type, occurred_at, status, plan, past_due_since }: Outcome, copies: number): string {
  const due = past_due_since ? `, payment due since ${past_due_since.toISOString().slice(0, 10)}` : ''
  const times = copies > 1 ? ` ×${copies}` : ''
  return `${occurred_at.slice(0, 16)}  ${id}  ${`${type}${times}`.padEnd(42)} ${status} ${plan}${due}`
}

/** In an order that only chance knows (Fisher and Yates). */
function shuffle<T>(items: readonly T[]): T[] {
  const shuffled = [...items]
  for (let last = shuffled.length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1))
    const [one, two] = [shuffled[last], shuffled[other]] as [T, T]
    shuffled[last] = two
    shuffled[other] = one
  }
  return shuffled
}
