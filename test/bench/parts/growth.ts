import { statfs } from 'node:fs/promises'
import { sortBy } from 'es-toolkit'
import { aim, type Bench, type Figure, type Part, type PartResult } from '../parts.ts'
import { median } from '../rounds.ts'
import { startStage } from '../stage.ts'
import {
  type Bounds,
  describeSize,
  type FilledDatabase,
  fillDatabase,
  mostGrowth,
  type Size,
  withCommas,
} from './growth-databases.ts'
import { measureRequests } from './growth-requests.ts'
import { openReader, type Reader } from './reader.ts'
import { rangeOf, rotate } from './statistics.ts'

/** What grows in a part. */
interface Series {
  name: string
  title: string
  sizes: Record<'quick' | 'full', Size[]>
}

const allSeries: Series[] = [
  {
    name: 'growth-tenants',
    title: 'tenants, 100 clients each',
    sizes: { quick: ofTenants([10, 500]), full: ofTenants([10, 100, 1000, 10_000]) },
  },
  {
    name: 'growth-rows',
    title: 'rows in all, 100 tenants',
    sizes: { quick: ofClients([100, 1000]), full: ofClients([100, 1000, 10_000, 100_000]) },
  },
]

function ofTenants(numbers: number[]): Size[] {
  return numbers.map((tenants) => ({ tenants, clientsEach: 100 }))
}

function ofClients(numbers: number[]): Size[] {
  return numbers.map((clientsEach) => ({ tenants: 100, clientsEach }))
}

/** Whether a page of clients takes longer where there are more tenants, or more rows in all: the request, and the read in it. */
export const growth: Part[] = allSeries.map((series) => ({
  name: series.name,
  run: (bench) => measureSeries(bench, series),
}))

async function measureSeries(bench: Bench, { title, sizes }: Series): Promise<PartResult[]> {
  // Of its own, so that its gigabytes go with it.
  const starting = startStage({ fsync: false })
  bench.stopAfter(async () => (await starting.catch(() => undefined))?.stop())
  const stage = await starting
  const bounds = await findBounds(stage.folder)
  const members: Member[] = []
  for (const size of bench.quick ? sizes.quick : sizes.full) {
    const filled = await fillDatabase(stage, `growth_${members.length + 1}`, size, bounds)
    members.push({ ...filled, wanted: size.clientsEach })
  }
  // The last one is not the largest where time or space ran out.
  const whole = sortBy(members, [({ tenants, clientsEach }) => tenants * clientsEach]).filter(
    ({ clientsEach }) => clientsEach >= rowsRead,
  )
  const [smallest, largest] = [whole[0], whole.at(-1)]
  if (!smallest || !largest || smallest === largest)
    throw new Error(`nothing to compare: ${members.map(explainSize).join(' ')}`)
  const results = [
    await measureRequests(bench, stage, title, smallest, largest),
    await measureReads(bench, title, whole),
  ]
  const notes = members.filter(({ clientsEach, wanted }) => clientsEach < wanted).map(explainSize)
  return results.map((result) => ({ ...result, notes: [...(result.notes ?? []), ...notes] }))
}

interface Member extends FilledDatabase {
  /** how many clients each tenant was to have */
  wanted: number
}

interface Reading extends Member {
  reader: Reader
}

/** A page, and whether there is another. */
const rowsRead = 21
const GB = 1e9

/** Six minutes and six gigabytes, and not more than half of what the disk has left. */
async function findBounds(folder: string): Promise<Bounds> {
  const { bavail, bsize } = await statfs(folder)
  return { endsAt: performance.now() + 360_000, bytes: Math.min(6 * GB, (bavail * bsize) / 2) }
}

/** One read of each database in turn, so that a machine that slows down does so for all. */
async function measureReads(bench: Bench, title: string, all: Member[]): Promise<PartResult> {
  const members = all.map((member): Reading => ({ ...member, reader: openReader(member.tenantUrl) }))
  bench.stopAfter(async () => {
    await Promise.all(members.map(({ reader }) => reader.close()))
  })
  // A shared machine may be slower for ten seconds.
  const [rounds, readsEach] = bench.quick ? [5, 200] : [63, 500]
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
        micros[index]?.push(await measureRead(members[index] as Reading))
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
  const notes = [
    `One page of a random tenant, the whole transaction through Tenantry's data layer, one at a time; medians of ${rounds} rounds of ${readsEach} each.`,
  ]
  const largest = describeSize(members.at(-1) as Member)
  const ratio = median(ratiosOf(medians.at(-1) as number[]))
  const targets = [aim(ratio, `the smallest, at ${largest}`, '≤', mostGrowth)]
  return { title: `the read of such a list, without HTTP: ${title}`, figures, targets, notes }
}

/** @returns microseconds */
async function measureRead({ reader, tenants }: Reading): Promise<number> {
  const tenantId = `tenant-${Math.floor(Math.random() * tenants)}`
  const start = performance.now()
  const { length } = await reader.list(tenantId)
  const micros = (performance.now() - start) * 1000
  if (length !== rowsRead) throw new Error(`${tenantId} of ${tenants} was answered ${length} clients`)
  return micros
}

function explainSize({ tenants, clientsEach, wanted }: Member): string {
  return `${withCommas(tenants * clientsEach)} rows in place of ${withCommas(tenants * wanted)}: six minutes, six gigabytes or half of the free disk were used up.`
}
