import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LoadAnswer, LoadOptions } from './load.ts'
import { answerQuestions, readOptions } from './subject.ts'

export interface LoadQuestion {
  url: string
  milliseconds: number
  /** Steady: so many are due each second. Without it each connection sends the next one when it has its answer. */
  perSecond?: number
  /** Steady: for so long before that, the same is sent and does not count. */
  leadMs?: number
}

/** What was sent. */
interface Sent {
  requests: number
  /** How long each took from when it was due, of those that were due from then on. */
  times: number[]
  countFrom: number
  failures: number
}

const { method, path, body, bearers, connections, inTurn } = readOptions<
  LoadOptions & { connections: number }
>()
let place = Math.floor(Math.random() * bearers.length)

function pick<Item>(items: Item[]): Item {
  return items[Math.floor(Math.random() * items.length)] as Item
}

async function sendOne(url: string, agent: Agent, sent: Sent, dueAt: number): Promise<void> {
  place = (place + 1) % bearers.length
  const { tenantId, token, ids = [] } = inTurn ? (bearers[place] as (typeof bearers)[number]) : pick(bearers)
  const id = ids.length > 0 ? pick(ids) : ''
  const fill = (text: string) => text.replaceAll('{tenant_id}', tenantId).replaceAll('{id}', id)
  const headers: Record<string, string> = { Authorization: `Bearer ${token}`, 'X-Tenant-ID': tenantId }
  const filledBody = body === undefined ? undefined : fill(body)
  if (filledBody !== undefined) {
    headers['Content-Type'] = 'application/json'
    headers['Content-Length'] = String(Buffer.byteLength(filledBody))
  }
  const status = await new Promise<number | undefined>((resolve) => {
    const asked = request(url + fill(path), { method, headers, agent }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode))
    })
    asked.once('error', () => resolve(undefined)).end(filledBody)
  })
  sent.requests++
  if (dueAt >= sent.countFrom) sent.times.push(performance.now() - dueAt)
  if (status === undefined || status < 200 || status > 299) sent.failures++
}

async function sendAgain(url: string, agent: Agent, sent: Sent, end: number): Promise<void> {
  for (let now = performance.now(); now < end; now = performance.now()) await sendOne(url, agent, sent, now)
}

/** Those that find all connections busy wait in the agent, and their time runs. */
async function sendSteadily(
  url: string,
  agent: Agent,
  sent: Sent,
  { start, end, everyMs }: { start: number; end: number; everyMs: number },
): Promise<void> {
  const answers: Promise<void>[] = []
  for (let dueAt = start; dueAt < end; ) {
    for (const now = performance.now(); dueAt <= now && dueAt < end; dueAt += everyMs)
      answers.push(sendOne(url, agent, sent, dueAt))
    await sleep(1)
  }
  await Promise.all(answers)
}

async function load({ url, milliseconds, perSecond, leadMs = 0 }: LoadQuestion): Promise<LoadAnswer> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const sent: Sent = { requests: 0, times: [], countFrom: Infinity, failures: 0 }
  // What opens the connections counts when it fails, and in no time.
  if (perSecond) await Promise.all(Array.from({ length: connections }, () => sendOne(url, agent, sent, 0)))
  sent.requests = 0
  const start = performance.now()
  sent.countFrom = start + leadMs
  const end = sent.countFrom + milliseconds
  if (perSecond) await sendSteadily(url, agent, sent, { start, end, everyMs: 1000 / perSecond })
  else await Promise.all(Array.from({ length: connections }, () => sendAgain(url, agent, sent, end)))
  agent.destroy()
  const seconds = (performance.now() - start) / 1000
  const times = sent.times.toSorted((a, b) => a - b)
  const percentile = (part: number) => times[Math.floor((times.length - 1) * part)] as number
  return {
    requests: sent.requests,
    seconds,
    failures: sent.failures,
    p50Ms: percentile(0.5),
    p99Ms: percentile(0.99),
  }
}

answerQuestions(load)
