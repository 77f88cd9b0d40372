import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ServerProcess, startServerProcess } from '../../support/server-process.ts'
import type { Bench, Part } from '../parts.ts'
import { median } from '../rounds.ts'
import { measureMemory } from './memory-growth.ts'

/** A start as by `npm start`, on an embedded PostgreSQL that is there already, and the memory that the server takes. */
export const start: Part = {
  name: 'start',
  async run(bench) {
    const dataDir = await mkdtemp(join(tmpdir(), 'tenantry-bench-'))
    bench.stopAfter(() => rm(dataDir, { recursive: true, force: true, maxRetries: 10 }))
    // Makes the database.
    await (await open(bench, dataDir)).end()
    const times = bench.quick ? 2 : 5
    const taken: number[] = []
    for (let time = 0; time < times; time++) {
      const before = performance.now()
      const server = await open(bench, dataDir)
      await waitUntilReady(server.url)
      taken.push(performance.now() - before)
      await server.end()
    }
    const server = await open(bench, dataDir)
    const startTime = {
      title: 'start',
      figures: [
        {
          name: 'node src/main.ts to /health/ready 200, existing data folder, embedded PostgreSQL',
          value: median(taken),
          unit: 'ms',
          note: `median of ${times}: ${taken.map((ms) => ms.toFixed(0)).join(', ')}`,
        },
      ],
    }
    return [startTime, await measureMemory(bench, server, dataDir)]
  },
}

async function open(bench: Bench, dataDir: string): Promise<ServerProcess> {
  const starting = startServerProcess({ DATA_DIR: dataDir, RATE_LIMITS: 'off' })
  bench.stopAfter(async () => (await starting.catch(() => undefined))?.end())
  return starting
}

/** @throws Error when it is not within 30 seconds */
async function waitUntilReady(url: string): Promise<void> {
  const deadline = performance.now() + 30_000
  for (;;) {
    const { status } = await fetch(`${url}/health/ready`)
    if (status === 200) return
    if (performance.now() > deadline) throw new Error(`/health/ready still answers ${status}`)
    await sleep(5)
  }
}
