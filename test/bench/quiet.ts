import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Measured } from './rounds.ts'
import type { Bearer } from './stage.ts'

/** Between an answer and the next request. */
const pauseMs = 5

/** What somebody sees who sends one request after the other, on one connection. */
export async function measureQuiet(
  url: string,
  { token, tenantId }: Bearer,
  milliseconds: number,
): Promise<Measured> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const headers = { Authorization: `Bearer ${token}`, 'X-Tenant-ID': tenantId }
  const ask = () =>
    new Promise<number | undefined>((resolve, reject) => {
      const sent = request(url, { headers, agent }, (response) => {
        response.resume().once('end', () => resolve(response.statusCode))
      })
      sent.once('error', reject).end()
    })
  const times: number[] = []
  const start = performance.now()
  for (let now = start; now < start + milliseconds; now = performance.now()) {
    const status = await ask()
    times.push(performance.now() - now)
    if (status !== 200) throw new Error(`the quiet one was answered ${status}`)
    await sleep(pauseMs)
  }
  agent.destroy()
  times.sort((a, b) => a - b)
  const percentile = (part: number) => times[Math.floor((times.length - 1) * part)] as number
  const perSecond = (times.length * 1000) / (performance.now() - start)
  return { perSecond, cpuMicros: 0, p50Ms: percentile(0.5), p99Ms: percentile(0.99) }
}
