import { readFile } from 'node:fs/promises'
import { aim, type Bench, type Figure, type PartResult, type Target } from '../parts.ts'
import { median } from '../rounds.ts'
import { openConnection } from './connection.ts'
import type { ReadTarget } from './postgres-time.ts'
import { openReader, type Reader, readColumns } from './reader.ts'
import { pickOne, rangeOf, rotate } from './statistics.ts'

/** Of one way in a row: what the others leave in the processor's caches has worn off soon. */
const readsAtOnce = 50
/** The first thousand reads take half as long again, while Node compiles and PostgreSQL fills its caches. */
const warmUpBlocks = 30
const most = 1.05
const title = 'processor time of PostgreSQL for one scoped read, its transaction included'

/**
 * What the whole conversation costs the process of PostgreSQL: Tenantry's transaction (BEGIN, SET LOCAL, query, COMMIT
 * in one write) under row security, the same without it, and the query alone, as who writes by hand sends it.
 * @returns figures; nothing but a note where there is no /proc
 */
export async function measureTransactions(bench: Bench, readTargets: ReadTarget[]): Promise<PartResult> {
  const { stage, quick } = bench
  if (process.platform !== 'linux') {
    return { title, notes: [`skipped: it is read from /proc, which ${process.platform} does not have`] }
  }
  const [rounds, blocks] = quick ? [5, 10] : [15, 30]
  const ways = [
    await openTenantry(bench, openReader(stage.tenantUrl), readTargets),
    await openTenantry(bench, openReader(stage.plainUrl, { saysTenant: true }), readTargets),
    await openBare(bench),
  ] as const
  const figures: Figure[] = []
  const targets: Target[] = []
  for (const kind of ['list', 'byId'] as const) {
    await measureRound(ways, kind, readTargets, warmUpBlocks)
    const micros = ways.map((): number[] => [])
    for (let round = 0; round < rounds; round++) {
      const each = await measureRound(ways, kind, readTargets, blocks)
      for (const [index, own] of micros.entries()) own.push(each[index] as number)
    }
    const name = kind === 'list' ? 'list of 20' : 'one by id'
    const [ratio, ...others] = describe(name, micros as Three)
    figures.push(ratio, ...others)
    targets.push(aim(ratio.value, `the same transaction without RLS, ${name}`, '≤', most))
  }
  const notes = [
    `Medians of ${rounds} rounds of ${blocks} × ${readsAtOnce} reads each, the ways in turn; each on one connection, prepared.`,
  ]
  return { title, figures, targets, notes }
}

interface Way {
  pid: number
  list(target: ReadTarget): Promise<unknown>
  byId(target: ReadTarget): Promise<unknown>
}
type Three = [number[], number[], number[]]

async function openTenantry(bench: Bench, reader: Reader, [target]: ReadTarget[]): Promise<Way> {
  bench.stopAfter(() => reader.close())
  return {
    pid: await reader.findBackend(target?.tenantId as string),
    list: ({ tenantId }) => reader.list(tenantId),
    byId: ({ tenantId, clientId }) => reader.getById(tenantId, clientId),
  }
}

async function openBare(bench: Bench): Promise<Way> {
  const client = await openConnection(bench, bench.stage.plainUrl)
  const { rows } = await client.query('select pg_backend_pid() as pid')
  const from = `select ${readColumns.join(', ')} from clients where tenant_id = $1`
  const list = { name: 'list', text: `${from} order by created_at desc, id desc limit 21` }
  const byId = { name: 'by id', text: `${from} and id = $2` }
  return {
    pid: rows[0].pid,
    list: ({ tenantId }) => client.query({ ...list, values: [tenantId] }),
    byId: ({ tenantId, clientId }) => client.query({ ...byId, values: [tenantId, clientId] }),
  }
}

function describe(name: string, [tenantry, unprotected, bare]: Three): [Figure, ...Figure[]] {
  const against = (others: number[]) => {
    const ratios = tenantry.map((micros, round) => micros / (others[round] as number))
    return { value: median(ratios), unit: '×', note: rangeOf(ratios) }
  }
  return [
    { name: `${name}, against the same transaction without RLS`, ...against(unprotected) },
    { name: `${name}, against the query alone without RLS`, ...against(bare) },
    { name: `${name}, Tenantry's transaction`, value: median(tenantry), unit: 'µs' },
    { name: `${name}, the same without RLS`, value: median(unprotected), unit: 'µs' },
    { name: `${name}, the query alone without RLS`, value: median(bare), unit: 'µs' },
  ]
}

/** Blocks of each way in turn. @returns for each way PostgreSQL's microseconds for a read */
async function measureRound(
  ways: readonly Way[],
  kind: 'list' | 'byId',
  readTargets: ReadTarget[],
  blocks: number,
): Promise<number[]> {
  const sums = ways.map(() => 0)
  for (let block = 0; block < blocks; block++) {
    for (const index of rotate([...ways.keys()], block)) {
      const way = ways[index] as Way
      const before = await readCpuMicros(way.pid)
      for (let read = 0; read < readsAtOnce; read++) await way[kind](pickOne(readTargets))
      sums[index] = (sums[index] as number) + (await readCpuMicros(way.pid)) - before
    }
  }
  return sums.map((sum) => sum / blocks / readsAtOnce)
}

/** How long a process has been on a processor, which the kernel counts in nanoseconds (/proc/<pid>/schedstat). */
async function readCpuMicros(pid: number): Promise<number> {
  const [nanoseconds] = (await readFile(`/proc/${pid}/schedstat`, 'utf8')).split(' ')
  return Number(nanoseconds) / 1000
}
