import { randomUUID } from 'node:crypto'
import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type Stripe from 'stripe'
import { startStripeDouble } from '../support/stripe-double/index.ts'
import { answerQuestions } from './subject.ts'

/** What Stripe is asked to do. */
export type StripeQuestion =
  | 'settings'
  /** Each tenant subscribes; nothing is told of it yet. */
  | { subscribe: string[] }
  /** Sends new events of those tenants in turn to the server: so many a minute, or as fast as they go. */
  | { url: string; milliseconds: number; perMinute?: number }

/** What sending events came to. */
export interface Sent {
  events: number
  seconds: number
  /** Those that were not answered with 200. */
  failures: number
  p50Ms: number
  p99Ms: number
}

/** Stripe delivers this many at a time where it sends as fast as it can. */
const connections = 32

const double = await startStripeDouble()
double.useClock({ now: () => new Date() })
const updates: Stripe.Event[] = []

async function subscribe(tenantIds: string[]): Promise<void> {
  for (const tenant_id of tenantIds) {
    const metadata = { tenant_id }
    const { id } = await double.stripe.customers.create({ metadata })
    const subscription = await double.subscribe(id, double.prices.business.id, { metadata })
    await double.stripe.subscriptions.update(subscription.id, { metadata: { ...metadata, asked: 'yes' } })
  }
  updates.push(...double.events.filter(({ type }) => type === 'customer.subscription.updated'))
}

let turn = 0

/** A new event, signed now. @returns the status of the answer */
function sendOne(url: string, agent: Agent): Promise<number | undefined> {
  const created = Math.floor(Date.now() / 1000)
  const id = `evt_${randomUUID().replaceAll('-', '')}`
  const payload = JSON.stringify({ ...updates[turn++ % updates.length], id, created }, null, 2)
  const secret = double.env.STRIPE_WEBHOOK_SECRET
  const signature = double.stripe.webhooks.generateTestHeaderString({ payload, secret })
  const headers = { 'Content-Type': 'application/json; charset=utf-8', 'Stripe-Signature': signature }
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/webhooks/stripe`, { method: 'POST', headers, agent }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode))
    })
    sent.once('error', reject).end(payload)
  })
}

async function send(url: string, milliseconds: number, perMinute: number | undefined): Promise<Sent> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const times: number[] = []
  let failures = 0
  const start = performance.now()
  const end = start + milliseconds
  const one = async () => {
    const sentAt = performance.now()
    const status = await sendOne(url, agent).catch(() => undefined)
    times.push(performance.now() - sentAt)
    if (status !== 200) failures++
  }
  if (perMinute === undefined) {
    const work = async () => {
      while (performance.now() < end) await one()
    }
    await Promise.all(Array.from({ length: connections }, work))
  } else {
    const underWay: Promise<void>[] = []
    for (let at = start; at < end; at += 60_000 / perMinute) {
      await sleep(Math.max(0, at - performance.now()))
      underWay.push(one())
    }
    await Promise.all(underWay)
  }
  agent.destroy()
  const seconds = (performance.now() - start) / 1000
  times.sort((a, b) => a - b)
  const percentile = (part: number) => times[Math.floor((times.length - 1) * part)] as number
  return { events: times.length, seconds, failures, p50Ms: percentile(0.5), p99Ms: percentile(0.99) }
}

answerQuestions(async (question: StripeQuestion) => {
  if (question === 'settings') return double.env
  if ('subscribe' in question) return subscribe(question.subscribe)
  return send(question.url, question.milliseconds, question.perMinute)
})
