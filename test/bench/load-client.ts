import { Agent, request } from 'node:http'
import type { LoadAnswer, LoadOptions } from './load.ts'
import type { Bearer } from './stage.ts'
import { answerQuestions, readOptions } from './subject.ts'

export interface LoadQuestion {
  url: string
  milliseconds: number
}

const { method, path, body, bearers, connections } = readOptions<LoadOptions & { connections: number }>()

function sendOne(url: string, agent: Agent): Promise<number | undefined> {
  const { tenantId, token } = bearers[Math.floor(Math.random() * bearers.length)] as Bearer
  const headers: Record<string, string> = { Authorization: `Bearer ${token}`, 'X-Tenant-ID': tenantId }
  if (body !== undefined) {
    headers['Content-Type'] = 'application/json'
    headers['Content-Length'] = String(Buffer.byteLength(body))
  }
  return new Promise((resolve, reject) => {
    const sent = request(url + path, { method, headers, agent }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode))
    })
    sent.once('error', reject).end(body)
  })
}

async function load({ url, milliseconds }: LoadQuestion): Promise<LoadAnswer> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const times: number[] = []
  let failures = 0
  const start = performance.now()
  const end = start + milliseconds
  const work = async () => {
    for (let sentAt = performance.now(); sentAt < end; sentAt = performance.now()) {
      const status = await sendOne(url, agent).catch(() => undefined)
      times.push(performance.now() - sentAt)
      if (status === undefined || status < 200 || status > 299) failures++
    }
  }
  await Promise.all(Array.from({ length: connections }, work))
  agent.destroy()
  const seconds = (performance.now() - start) / 1000
  times.sort((a, b) => a - b)
  const percentile = (part: number) => times[Math.floor((times.length - 1) * part)] as number
  return { requests: times.length, seconds, failures, p50Ms: percentile(0.5), p99Ms: percentile(0.99) }
}

answerQuestions(load)
