import { aim, type Part } from '../parts.ts'
import { compare, type Measured, median } from '../rounds.ts'
import type { Subject } from '../subject.ts'
import { openArgon2 } from './argon2.ts'

/** How long a company waits from signing up to the answer of its first call. */
export const signup: Part = {
  name: 'signup',
  async run(bench) {
    const hash = await openArgon2(bench, 'one argon2 hash', 'hash')
    const server = await bench.openTenantry()
    const url = await server.ask<string>('url')
    let number = 0
    const measure = async (milliseconds: number): Promise<Measured> => {
      const times: number[] = []
      const cpuBefore = await readCpu(server)
      const start = performance.now()
      for (let now = start; now < start + milliseconds; now = performance.now()) {
        number++
        await enter(url, number)
        times.push(performance.now() - now)
      }
      const perSecond = (times.length * 1000) / (performance.now() - start)
      const p99Ms = times.toSorted((a, b) => a - b)[Math.floor((times.length - 1) * 0.99)] as number
      const cpuMicros = ((await readCpu(server)) - cpuBefore) / times.length
      return { perSecond, cpuMicros, p50Ms: median(times), p99Ms }
    }
    const signups = { name: 'POST /signup and GET /v1/clients', measure }
    const rows = await compare([hash, signups], bench.pace, ({ p50Ms = Number.NaN }) => p50Ms)
    const ratio = rows[1]?.ratio as number
    return [
      {
        title:
          'from sending a signup to the answer of its first call, one at a time: times as long as one argon2 hash',
        rows,
        targets: [aim(ratio, 'one argon2 hash', '≤', 2)],
        notes: ['The ratio is that of the medians (p50).'],
      },
    ]
  },
}

/** Microseconds of its process. */
async function readCpu(server: Subject): Promise<number> {
  const { user, system } = await server.ask<NodeJS.CpuUsage>('cpu')
  return user + system
}

/** Signs a company up and lists its clients. */
async function enter(url: string, number: number): Promise<void> {
  const response = await fetch(`${url}/signup`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      company_name: `Newcomer ${number}`,
      company_email: `hello@newcomer-${number}.example`,
      admin_email: `grace@newcomer-${number}.example`,
      admin_password: 'correct-horse-7',
      admin_first_name: 'Grace',
      admin_last_name: 'Hopper',
      plan: 'professional',
      accept_terms: true,
      accept_privacy: true,
    }),
  })
  const { access_token: token, tenant_id: tenantId } = (await expectStatus(response, 201)) as Record<
    string,
    string
  >
  const headers = { Authorization: `Bearer ${token}`, 'X-Tenant-ID': tenantId as string }
  await expectStatus(await fetch(`${url}/v1/clients?limit=20`, { headers }), 200)
}

async function expectStatus(response: Response, status: number): Promise<unknown> {
  const text = await response.text()
  if (response.status !== status) throw new Error(`${response.url} answered ${response.status}: ${text}`)
  return JSON.parse(text)
}
