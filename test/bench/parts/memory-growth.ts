import { setTimeout as sleep } from 'node:timers/promises'
import type { ServerProcess } from '../../support/server-process.ts'
import { openLoad } from '../load.ts'
import type { Bench, Figure, PartResult } from '../parts.ts'
import { type Measured, median } from '../rounds.ts'
import { signUp } from '../stage.ts'
import { readPostgresMemory, readResidentMemory } from './memory.ts'
import { standInFor } from './stand-in.ts'

/** More than that between the halves of the load is growth, less is noise. */
const most = 1.1

/**
 * Memory of a server as `npm start` runs it: idle, under load, and whether it grows. One sample a second; the time of
 * warming up is left out. V8 gives memory back when it has collected all of its heap, which is minutes apart, and takes
 * more until then: a minute at the end may be anywhere between, so the halves are compared.
 * @returns figures; nothing but a note where there is no /proc
 */
export async function measureMemory(
  bench: Bench,
  { pid, url }: ServerProcess,
  dataDir: string,
): Promise<PartResult> {
  if (process.platform !== 'linux') {
    const why = `skipped: it is read from /proc, which ${process.platform} does not have`
    return { title: 'resident memory', notes: [why] }
  }
  const { loadSeconds, warmUpSeconds, idleSeconds } = bench.quick
    ? { loadSeconds: 20, warmUpSeconds: 8, idleSeconds: 2 }
    : { loadSeconds: 600, warmUpSeconds: 60, idleSeconds: 10 }
  const read = async (when: string): Promise<Figure[]> => [
    { name: `Node, ${when}`, value: await readResidentMemory(pid), unit: 'MiB' },
    { name: `PostgreSQL, ${when}`, value: await readPostgresMemory(dataDir), unit: 'MiB' },
  ]
  await sleep(idleSeconds * 1000)
  const figures = await read('idle after the start')

  const samples: number[] = []
  const isOver = new AbortController()
  const { signal } = isOver
  const [[lists, creations], atHalf] = await Promise.all([
    loadWith(bench, url, loadSeconds).finally(() => isOver.abort()),
    sleep((loadSeconds * 1000) / 2, undefined, { signal }).then(() => read('half way under load')),
    sampleEachSecond(pid, samples, signal),
  ])
  figures.push(...atHalf)
  await sleep(idleSeconds * 1000)
  figures.push(...(await read('idle after the load')))

  const warm = samples.slice(warmUpSeconds)
  const halves = [warm.slice(0, warm.length / 2), warm.slice(warm.length / 2)]
  for (const [index, half] of halves.entries()) {
    const of = `of the ${index === 0 ? 'first half after warming up' : 'second half'}`
    figures.push(
      { name: `Node, the least ${of}`, value: Math.min(...half), unit: 'MiB' },
      { name: `Node, the median ${of}`, value: median(half), unit: 'MiB' },
      { name: `Node, the most ${of}`, value: Math.max(...half), unit: 'MiB' },
    )
  }
  const [first, second] = halves.map(median) as [number, number]
  const ratio = second / first
  const text = `${ratio.toFixed(2)} × the median of the first half after that, in the second (target ≤ ${most}: no growth)`
  return {
    title: `resident memory, ${loadSeconds} s of load, of which ${warmUpSeconds} s to warm up`,
    figures,
    targets: [{ text, isMet: ratio <= most }],
    notes: [
      `${lists.perSecond.toFixed(0)} lists and ${creations.perSecond.toFixed(0)} new clients a second, on 32 connections each; jobs run. VmRSS of Node; Pss of all of PostgreSQL's processes, shared buffers once.`,
    ],
  }
}

async function sampleEachSecond(pid: number, samples: number[], signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    samples.push(await readResidentMemory(pid))
    await sleep(1000, undefined, { signal }).catch(() => undefined)
  }
}

/** Reads and writes at once, by owners who have just signed up: tokens are good for 15 minutes. */
async function loadWith(bench: Bench, url: string, seconds: number): Promise<[Measured, Measured]> {
  const bearers = await signUp(url, 20)
  const { folder } = bench.stage
  const body = JSON.stringify({ name: 'Grace Hopper', email: 'grace@customers.example' })
  const reading = await openLoad(folder, { method: 'GET', path: '/v1/clients?limit=20', bearers })
  bench.stopAfter(() => reading.stop())
  const writing = await openLoad(folder, { method: 'POST', path: '/v1/clients', body, bearers })
  bench.stopAfter(() => writing.stop())
  const server = standInFor(url)
  return Promise.all([reading.measure(server, seconds * 1000), writing.measure(server, seconds * 1000)])
}
