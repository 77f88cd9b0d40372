import { statfs } from 'node:fs/promises'
import { aim, type Bench, type Figure, type Part, type PartResult } from '../parts.ts'
import { median } from '../rounds.ts'
import { startStage } from '../stage.ts'
import { type Bounds, fillDatabase, type Size } from './growth-stages.ts'
import { openReader, type Reader } from './reader.ts'
import { rangeOf, rotate } from './statistics.ts'

/** Whether a page of clients takes longer to read where there are more tenants, or more rows in all. */
export const growth: Part = {
  name: 'growth',
  async run(bench) {
    // Of its own, so that its gigabytes go with it.
    const starting = startStage({ fsync: false })
    bench.stopAfter(async () => (await starting.catch(() => undefined))?.stop())
    const stage = await starting
    const bounds = await findBounds(stage.folder)
    const results: PartResult[] = []
    let databases = 0
    for (const series of seriesOf(bench)) {
      const members: Member[] = []
      for (const size of series.sizes) {
        databases++
        const filling = fillDatabase(stage, `growth_${databases}`, size, bounds)
        const { tenantUrl, clientsEach } = await filling
        const reader = openReader(tenantUrl)
        bench.stopAfter(() => reader.close())
        members.push({ tenants: size.tenants, clientsEach, wanted: size.clientsEach, reader })
      }
      results.push(await measureSeries(bench, series.title, members))
    }
    return results
  },
}

interface Member extends Size {
  /** how many clients each tenant was to have */
  wanted: number
  reader: Reader
}

/** A page, and whether there is another. */
const rowsRead = 21
const most = 1.2
const GB = 1e9

function seriesOf({ quick }: Bench): { title: string; sizes: Size[] }[] {
  const sizes = (tenants: number[], clientsEach: number[]) =>
    tenants.flatMap((count) => clientsEach.map((each) => ({ tenants: count, clientsEach: each })))
  return [
    { title: 'tenants, 100 clients each', sizes: sizes(quick ? [10, 500] : [10, 100, 1000, 10_000], [100]) },
    {
      title: 'rows in all, 100 tenants',
      sizes: sizes([100], quick ? [100, 1000] : [100, 1000, 10_000, 100_000]),
    },
  ]
}

/** Six minutes and six gigabytes, and not more than half of what the disk has left. */
async function findBounds(folder: string): Promise<Bounds> {
  const { bavail, bsize } = await statfs(folder)
  return { endsAt: performance.now() + 360_000, bytes: Math.min(6 * GB, (bavail * bsize) / 2) }
}

/** One read of each database in turn, so that a machine that slows down does so for all. */
async function measureSeries({ quick }: Bench, title: string, all: Member[]): Promise<PartResult> {
  const members = all.filter(({ clientsEach }) => clientsEach >= rowsRead)
  const largest = members.at(-1)
  if (!largest || members.length < 2) throw new Error(`nothing to compare: ${all.map(explainSize).join(' ')}`)
  // A shared machine may be slower for ten seconds.
  const [rounds, readsEach] = quick ? [5, 200] : [63, 500]
  const medians = members.map((): number[] => [])
  // A connection that has lived for a while has seen every page: its first look at one is the kernel's work.
  for (const { reader, tenants } of members) {
    for (let tenant = 0; tenant < tenants; tenant++) await reader.list(`tenant-${tenant}`)
  }
  // The first two fill caches and compile.
  for (let round = -2; round < rounds; round++) {
    const micros = members.map((): number[] => [])
    for (let read = 0; read < readsEach; read++) {
      for (const index of rotate([...members.keys()], read)) {
        micros[index]?.push(await measureRead(members[index] as Member))
      }
    }
    if (round < 0) continue
    for (const [index, each] of micros.entries()) medians[index]?.push(median(each))
  }
  const [smallest = []] = medians
  const ratiosOf = (own: number[]) => own.map((micros, round) => micros / (smallest[round] as number))
  const figures = members.map((member, index): Figure => {
    const own = medians[index] as number[]
    const ratios = ratiosOf(own)
    return {
      name: describeSize(member),
      value: median(own),
      unit: 'µs',
      note: `${median(ratios).toFixed(2)} × the smallest, ${rangeOf(ratios)}`,
    }
  })
  const ratio = median(ratiosOf(medians.at(-1) as number[]))
  const notes = [
    `One page of a random tenant, the whole transaction through Tenantry's data layer, one at a time; medians of ${rounds} rounds of ${readsEach} each.`,
    ...all.filter(({ clientsEach, wanted }) => clientsEach < wanted).map(explainSize),
  ]
  const targets = [aim(ratio, `the smallest, at ${describeSize(largest)}`, '≤', most)]
  return { title: `latency of a list as it grows: ${title}`, figures, targets, notes }
}

/** @returns microseconds */
async function measureRead({ reader, tenants }: Member): Promise<number> {
  const tenantId = `tenant-${Math.floor(Math.random() * tenants)}`
  const start = performance.now()
  const { length } = await reader.list(tenantId)
  const micros = (performance.now() - start) * 1000
  if (length !== rowsRead) throw new Error(`${tenantId} of ${tenants} was answered ${length} clients`)
  return micros
}

function describeSize({ tenants, clientsEach }: Member): string {
  return `${count(tenants)} tenants, ${count(tenants * clientsEach)} rows`
}

function explainSize({ tenants, clientsEach, wanted }: Member): string {
  return `${count(tenants * clientsEach)} rows in place of ${count(tenants * wanted)}: six minutes, six gigabytes or half of the free disk were used up.`
}

const count = (number: number) => number.toLocaleString('en')
