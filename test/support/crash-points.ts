import { connect, createServer } from 'node:net'
import { isBegin, type Message, startWire, type Verdict } from './wire.ts'

/** Where in its work with Stripe's events a server stands when it is killed, in the order of an event's life. */
const phases = {
  storing: ['before the event is stored', 'stored, before its job is enqueued'],
  enqueueing: ['enqueued, before the commit'],
  answering: ['committed, before Stripe is answered'],
  reading: [
    'job taken, before anything is read',
    'before Stripe is asked',
    'asked, before the answer is there',
  ],
  applying: ['before anything is applied', 'applied in part', 'applied, before the commit'],
  finishing: ['committed, before the job knows', 'before the job is deleted'],
} as const
export type Phase = keyof typeof phases
export type CrashPoint = (typeof phases)[Phase][number]
export const phaseNames = Object.keys(phases) as Phase[]
export const crashPoints: CrashPoint[] = Object.values(phases).flat()

/** The phase that a point belongs to. */
export function phaseOf(point: CrashPoint): Phase | undefined {
  return phaseNames.find((name) => (phases[name] as readonly CrashPoint[]).includes(point))
}

/** The points of each message to PostgreSQL, as it is about to be sent or, from `after` on, as it has been. */
const pointsOf = (transaction: string, { type, sql }: Message, text: string): [CrashPoint, Verdict][] => {
  const isCommit = /^commit/i.test(text)
  if (type === 'S') {
    if (!isCommit) return []
    if (transaction === 'inbox') return [['committed, before Stripe is answered', 'freeze after']]
    return transaction === 'apply' ? [['committed, before the job knows', 'freeze after']] : []
  }
  if (type !== 'B') return []
  if (transaction === 'inbox') {
    if (/^insert into "billing_events"/.test(sql)) return [['before the event is stored', 'freeze']]
    if (/enqueue_job/.test(sql)) return [['stored, before its job is enqueued', 'freeze']]
    return isCommit ? [['enqueued, before the commit', 'freeze']] : []
  }
  if (transaction === 'apply') {
    if (/^update "tenants"/.test(sql)) return [['before anything is applied', 'freeze']]
    if (/^update "billing_(accounts|events)"/.test(sql)) return [['applied in part', 'freeze']]
    return isCommit ? [['applied, before the commit', 'freeze']] : []
  }
  if (/^select .* from "billing_events".*"applied_at" is null order by/.test(sql)) {
    return [['job taken, before anything is read', 'freeze']]
  }
  return /^\s*delete from "graphile_worker"\._private_jobs/.test(sql)
    ? [['before the job is deleted', 'freeze']]
    : []
}

/** What a statement shows of its transaction: one that stores an event, or one that applies what Stripe says. */
function transactionOf(sql: string): 'inbox' | 'apply' | '' {
  if (/^insert into "billing_events"/.test(sql)) return 'inbox'
  return /^select .* from "tenants" .* for (no key )?update$/.test(sql) ? 'apply' : ''
}

/**
 * What a server talks through, to PostgreSQL and to Stripe, so that it stands still at a point of its work: from then on
 * nothing it sends arrives, and nothing arrives there, on the connection that matters.
 * @param skip how many times it passes the point before
 */
export async function startCrashPoint(
  point: CrashPoint,
  skip: number,
  { databaseUrl, stripeUrl }: { databaseUrl: string; stripeUrl: string },
) {
  let left = skip
  let isReached = false
  const reached = Promise.withResolvers<string | undefined>()
  const isHere = (at: CrashPoint, event?: string) => {
    if (at !== point || isReached || left-- > 0) return false
    isReached = true
    reached.resolve(event)
    return true
  }
  const wire = await startWire(databaseUrl)
  const connections = new Map<number, { transaction: string; text: string; event?: string | undefined }>()
  wire.onMessage = (message) => {
    const state = connections.get(message.connection) ?? { transaction: '', text: '' }
    connections.set(message.connection, state)
    if (isBegin(message)) state.transaction = ''
    if (message.type === 'B') {
      state.text = message.sql
      state.transaction ||= transactionOf(message.sql)
      state.event = /evt_\w+/.exec(message.raw.toString('latin1'))?.[0] ?? state.event
    }
    wire.messages.length = 0
    const found = pointsOf(state.transaction, message, state.text).find(([at]) => isHere(at, state.event))
    return found?.[1] ?? 'forward'
  }
  const stripe = await startTap(stripeUrl, () => {
    if (isHere('before Stripe is asked')) return 'freeze'
    return isHere('asked, before the answer is there') ? 'freeze after' : 'forward'
  })
  return {
    point,
    databaseUrl: wire.url,
    stripeUrl: stripe.url,
    /** Resolves when the server stands there, with the event that its connection named last. */
    reached: reached.promise,
    isReached: () => isReached,
    async close() {
      await Promise.all([wire.close(), stripe.close()])
    },
  }
}

/** A TCP proxy that may stand still when a request comes. */
async function startTap(target: string, onRequest: () => 'forward' | 'freeze' | 'freeze after') {
  const { hostname, port } = new URL(target)
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname)
    let isFrozen = false
    for (const socket of [client, upstream]) socket.setNoDelay(true).on('error', () => undefined)
    client.on('data', (data) => {
      if (isFrozen) return
      const verdict = onRequest()
      isFrozen = verdict !== 'forward'
      if (verdict !== 'freeze') upstream.write(data)
    })
    upstream.on('data', (data) => void (isFrozen || client.write(data)))
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    close: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  }
}
