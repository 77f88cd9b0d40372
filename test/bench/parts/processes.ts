import { openLoad } from '../load.ts'
import type { Part } from '../parts.ts'
import { compare, type Measured } from '../rounds.ts'
import type { Subject } from '../subject.ts'
import { standInFor } from './stand-in.ts'

/** What a second process of Tenantry adds, on a machine that it shares with PostgreSQL and with the load. */
export const processes: Part = {
  name: 'processes',
  async run(bench) {
    const { bearers, pace, stage } = bench
    const first = await bench.openTenantry()
    const second = await bench.openTenantry()
    const open = async () => {
      const load = await openLoad(stage.folder, { method: 'GET', path: '/v1/clients?limit=20', bearers })
      bench.stopAfter(() => load.stop())
      return load
    }
    const loads = [await open(), await open()] as const
    /** The same load twice at once, on one server or on two. */
    const measureTwice = (servers: [Subject, Subject]) => async (milliseconds: number) => {
      const [one, other] = [await openStandIn(servers[0]), await openStandIn(servers[1])]
      const before = await measureCpu([first, second])
      const halves = await Promise.all([
        loads[0].measure(one, milliseconds),
        loads[1].measure(other, milliseconds),
      ])
      return add(halves, (await measureCpu([first, second])) - before, milliseconds)
    }
    const rows = await compare(
      [
        { name: 'one process', measure: measureTwice([first, first]) },
        { name: 'two processes', measure: measureTwice([first, second]) },
      ],
      pace,
    )
    const title = `GET /v1/clients?limit=20 of one and of two processes, 2 × 32 connections, load by ${loads[0].by}`
    const notes = ['No target: PostgreSQL and the load take of the same processors what they need.']
    return [{ title, rows, notes }]
  },
}

async function openStandIn(server: Subject): Promise<Subject> {
  return standInFor(await server.ask<string>('url'))
}

/** Microseconds of all processes. */
async function measureCpu(servers: Subject[]): Promise<number> {
  let micros = 0
  for (const server of servers) {
    const { user, system } = await server.ask<NodeJS.CpuUsage>('cpu')
    micros += user + system
  }
  return micros
}

/** What both halves of the load saw together; of the latencies those of the slower half. */
function add(halves: Measured[], cpuMicros: number, milliseconds: number): Measured {
  const perSecond = halves.reduce((sum, half) => sum + half.perSecond, 0)
  return {
    perSecond,
    cpuMicros: cpuMicros / ((perSecond * milliseconds) / 1000),
    p50Ms: Math.max(...halves.map(({ p50Ms = 0 }) => p50Ms)),
    p99Ms: Math.max(...halves.map(({ p99Ms = 0 }) => p99Ms)),
  }
}
