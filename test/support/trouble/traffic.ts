import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, createCaller, goodPassword, type Platform, signupBody } from '../platform.ts'
import { at } from '../sessions.ts'
import { addSignedInAdmin } from '../super-admins.ts'

/** One request of a kind, to the server of this traffic. */
type Ask = (call: { name: string }) => Promise<Answer>

/** What came of one request. */
export interface Outcome {
  kind: string
  status: number
  code: string | undefined
  retryAfter: string | null
}

/** The settings that a platform of this traffic needs: limits that count and that nobody reaches, and Stripe's secret. */
export const trafficEnv = {
  RATE_LIMITS: 'on',
  SIGNUPS_PER_HOUR: '1000000',
  LOOKUPS_PER_MINUTE: '1000000',
  FAILED_LOGINS_PER_QUARTER_HOUR: '10000',
  FAILED_LOGINS_PER_ACCOUNT_PER_QUARTER_HOUR: '1000000',
  EMAIL_CHECKS_PER_MINUTE: '100000',
  MAILS_PER_HOUR: '1000000',
  MAILS_PER_ACCOUNT_PER_HOUR: '1000000',
  STRIPE_SECRET_KEY: 'sk_test_12345678',
  STRIPE_WEBHOOK_SECRET: 'whsec_for-the-time-of-trouble',
  STRIPE_API_BASE: 'http://127.0.0.1:9',
}

/** Kinds whose outcome may be unknown to whoever asked, and may not simply be asked for again. */
const changing = new Set(['create', 'signup', 'login', 'webhook', 'forgotten password'])
const pauseMs = 20

/** Every kind of request, again and again, each by one client after the other, until it is stopped. */
export async function prepareTraffic(platform: Platform, url = platform.url) {
  const asks = await kindsOf(platform, url)
  const outcomes: Outcome[] = []
  /** Names of what was answered with 201. */
  const created: string[] = []

  async function ask(kind: string): Promise<Outcome> {
    const name = `${kind} ${randomUUID()}`
    const { status, headers, body } = await (asks[kind] as Ask)({ name }).catch((cause) => {
      throw new Error(`${kind}: no answer`, { cause })
    })
    const outcome = { kind, status, code: body?.code, retryAfter: headers.get('retry-after') }
    outcomes.push(outcome)
    if (status === 201 && kind.startsWith('create')) created.push(name)
    return outcome
  }

  return {
    kinds: Object.keys(asks),
    outcomes,
    created,
    ask,
    /** @param clients how many ask for the same kind of thing at a time */
    start(clients = 2) {
      const over = new AbortController()
      const client = async (kind: string) => {
        while (!over.signal.aborted) {
          if ((await ask(kind)).status === 503) await sleep(pauseMs)
        }
      }
      const working = Promise.all(
        Object.keys(asks).flatMap((kind) => Array.from({ length: clients }, () => client(kind))),
      )
      return {
        async stop() {
          over.abort()
          await working
        },
      }
    },
  }
}

async function kindsOf(platform: Platform, url: string): Promise<Record<string, Ask>> {
  const [acme, globex] = [at({ url }, platform.acme), at({ url }, platform.globex)]
  const anonymous = createCaller(url)
  const { body: row } = await platform.acme.post('/v1/clients', { name: 'To be changed' })
  const { body: key } = await platform.globex.post('/v1/api-keys', { name: 'Trouble', role: 'viewer' })
  const program = createCaller(url, { Authorization: `Bearer ${key.key}`, 'X-Tenant-ID': 'globex' })
  const { token } = await addSignedInAdmin(platform)
  const operator = createCaller(url, { Authorization: `Bearer ${token}` })
  const stripe = platform.context.billing?.stripe
  return {
    read: () => globex.get('/v1/clients'),
    me: () => acme.get('/v1/me'),
    create: ({ name }) => acme.post('/v1/clients', { name }),
    'create with a key': ({ name }) =>
      globex.post('/v1/clients', { name }, { 'Idempotency-Key': name.replaceAll(' ', '-') }),
    change: ({ name }) => acme.patch(`/v1/clients/${row.id}`, { name }),
    'key of a program': () => program.get('/v1/clients'),
    'list of plans': () => anonymous.get('/signup/plans'),
    operator: () => operator.get('/v1/admin/tenants'),
    login: () => anonymous.post('/auth/login', { email: acme.email, password: goodPassword }),
    signup: ({ name }) => anonymous.post('/signup', signupBody(name.slice(0, 40))),
    'forgotten password': () => anonymous.post('/auth/forgot-password', { email: acme.email }),
    webhook: ({ name }) => {
      const payload = JSON.stringify({
        id: `evt_${name.slice(-36)}`,
        object: 'event',
        api_version: '2026-10-28.endive',
        created: platform.clock.now().getTime() / 1000,
        data: { object: { id: 'sub_1', object: 'subscription', customer: 'cus_nobody' } },
        livemode: false,
        pending_webhooks: 1,
        type: 'customer.subscription.updated',
      })
      const timestamp = platform.clock.now().getTime() / 1000
      const secret = trafficEnv.STRIPE_WEBHOOK_SECRET
      const signature = stripe?.webhooks.generateTestHeaderString({ payload, secret, timestamp }) ?? ''
      return anonymous.post('/webhooks/stripe', payload, { 'Stripe-Signature': signature })
    },
  }
}

/** What of these outcomes nobody may be told in time of trouble, each once with its count; nothing when all is well. */
export function faultsOf(outcomes: Outcome[]): Record<string, number> {
  const faults = outcomes.filter((outcome) => !isFine(outcome))
  return countBy(faults, ({ kind, status, code, retryAfter }) => `${kind}: ${status} ${code} ${retryAfter}`)
}

function isFine({ kind, status, code, retryAfter }: Outcome): boolean {
  if (status < 300) return true
  if (status !== 503) return false
  if (code === 'outcome_unknown' && (changing.has(kind) || kind === 'change')) return retryAfter === null
  return ['database_unavailable', 'overloaded', 'outcome_unknown'].includes(code ?? '') && retryAfter === '1'
}

/** How many of each. */
export function countBy<T>(all: T[], nameOf: (each: T) => string): Record<string, number> {
  const groups = Map.groupBy(all, nameOf)
  return Object.fromEntries([...groups].map(([name, members]) => [name, members.length]))
}

/** The outcomes in a line. */
export function describeOutcomes(outcomes: Outcome[]): string {
  const counts = countBy(outcomes, ({ status, code }) => (code ? `${status} ${code}` : String(status)))
  return Object.entries(counts)
    .map(([name, count]) => `${count} × ${name}`)
    .join(', ')
}
