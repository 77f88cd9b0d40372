import { withDirectClient } from '../../../src/db/direct-client.ts'
import { aim, type Bench, type Part, type PartResult } from '../parts.ts'
import { median } from '../rounds.ts'
import { openConnection } from './connection.ts'
import { measureTransactions } from './postgres-transactions.ts'
import { middleMean, pickOne, rangeOf, rotate } from './statistics.ts'

/** What row security costs PostgreSQL in a scoped read, by its own clock and by the processor time of its process. */
export const postgresTime: Part = {
  name: 'postgres-time',
  run: async (bench) => {
    const targets = await findTargets(bench)
    return [await measureExecution(bench, targets), await measureTransactions(bench, targets)]
  },
}

/** A tenant, and the id of one of its clients. */
export interface ReadTarget {
  tenantId: string
  clientId: string
}

const most = 1.05
const columns = 'id, name, email, phone, address, notes, created_at, updated_at'
const order = 'order by created_at desc, id desc limit 21'

/** The same read by the tenant role, to which the policy adds the tenant, and by a role that says it itself. */
const reads = [
  {
    name: 'list of 20',
    scoped: { prepare: `prepare read as select ${columns} from clients ${order}`, values: () => '' },
    plain: {
      prepare: `prepare read (text) as select ${columns} from clients where tenant_id = $1 ${order}`,
      values: ({ tenantId }: ReadTarget) => `('${tenantId}')`,
    },
  },
  {
    name: 'one by id',
    scoped: {
      prepare: `prepare read (uuid) as select ${columns} from clients where id = $1`,
      values: ({ clientId }: ReadTarget) => `('${clientId}')`,
    },
    plain: {
      prepare: `prepare read (text, uuid) as select ${columns} from clients where tenant_id = $1 and id = $2`,
      values: ({ tenantId, clientId }: ReadTarget) => `('${tenantId}', '${clientId}')`,
    },
  },
]

/** Some clients of many tenants. */
async function findTargets({ stage, tenantIds }: Bench): Promise<ReadTarget[]> {
  const text = `select t.tenant_id as "tenantId", c.id as "clientId" from unnest($1::text[]) t (tenant_id),
    lateral (select id from clients where tenant_id = t.tenant_id order by id limit 20) c`
  const { rows } = await withDirectClient(stage.adminUrl, (admin) =>
    admin.query(text, [tenantIds.slice(0, 500)]),
  )
  return rows
}

async function measureExecution(bench: Bench, targets: ReadTarget[]): Promise<PartResult> {
  const { stage, quick } = bench
  // A shared machine may be slower for ten seconds, and a process by a hundredth or two for as long as it lives: with nine
  // pairs of processes six runs had 1.042 to 1.050 for the list.
  const [sessionPairs, rounds, pairs] = quick ? [1, 5, 100] : [27, 7, 300]
  const result: PartResult = {
    title: `PostgreSQL's execution time of one scoped read, medians of ${sessionPairs * rounds} rounds of ${pairs} each`,
    figures: [],
    targets: [],
    notes: [
      `EXPLAIN (ANALYZE, TIMING OFF) of prepared statements by either role in turn, of random tenants, in ${sessionPairs} pairs of sessions of ${rounds} rounds each; mean of the middle half of a round.`,
    ],
  }
  for (const { name, scoped, plain } of reads) {
    const open = (url: string, { prepare, values }: typeof scoped | typeof plain) =>
      openExplained(bench, url, prepare, values)
    const own: number[] = []
    const other: number[] = []
    for (let pair = 0; pair < sessionPairs; pair++) {
      const sides = [await open(stage.tenantUrl, scoped), await open(stage.plainUrl, plain)] as const
      const means = await measureInTurn(sides, targets, rounds, pairs)
      own.push(...means[0])
      other.push(...means[1])
      for (const side of sides) await side.end()
    }
    const ratios = own.map((micros, round) => micros / (other[round] as number))
    const ratio = median(ratios)
    result.figures?.push(
      { name: `${name}, against the same without RLS`, value: ratio, unit: '×', note: rangeOf(ratios) },
      { name: `${name}, row security`, value: median(own), unit: 'µs' },
      { name: `${name}, where tenant_id = $1`, value: median(other), unit: 'µs' },
    )
    result.targets?.push(aim(ratio, `the same without RLS, ${name}`, '≤', most))
  }
  return result
}

interface Explained {
  /** Executes the read for a target. @returns microseconds, as the executor counts them */
  execute(target: ReadTarget): Promise<number>
  end(): Promise<void>
}

async function openExplained(
  bench: Bench,
  connectionString: string,
  prepare: string,
  values: (target: ReadTarget) => string,
): Promise<Explained> {
  const client = await openConnection(bench, connectionString)
  // The same plan for all tenants, as the scoped read has it by itself. Otherwise PostgreSQL plans the plain one each time
  // or not, by what it knows of the first five, and planning is not part of what is counted.
  await client.query('set plan_cache_mode = force_generic_plan')
  await client.query(prepare)
  return {
    async execute(target) {
      // Everything but the arguments is the same for both.
      const answers = (await client.query(
        `begin; set local app.tenant_id = '${target.tenantId}';
        explain (analyze, timing off, buffers off, format json) execute read${values(target)}; commit`,
      )) as unknown as { rows: { 'QUERY PLAN': Explanation[] }[] }[]
      const explanation = answers[2]?.rows[0]?.['QUERY PLAN'][0] as Explanation
      if (explanation.Plan['Actual Rows'] === 0) throw new Error(`${target.tenantId} has nothing to read`)
      return explanation['Execution Time'] * 1000
    },
    end: () => client.end(),
  }
}

interface Explanation {
  Plan: { 'Actual Rows': number }
  'Execution Time': number
}

/** @returns for each side the microseconds of each round */
async function measureInTurn(
  sides: readonly Explained[],
  targets: ReadTarget[],
  rounds: number,
  pairs: number,
): Promise<[number[], number[]]> {
  const means: [number[], number[]] = [[], []]
  // Caches are filled and generic plans chosen in the first one.
  for (let round = -1; round < rounds; round++) {
    const micros: [number[], number[]] = [[], []]
    for (let pair = 0; pair < pairs; pair++) {
      for (const index of rotate([0, 1] as const, pair)) {
        // Not the same one for both: whoever came second would find its rows in the processor's cache.
        micros[index].push(await (sides[index] as Explained).execute(pickOne(targets)))
      }
    }
    if (round < 0) continue
    for (const index of [0, 1] as const) means[index].push(middleMean(micros[index]))
  }
  return means
}
