import { expectSame, type Named } from './contests.ts'
import type { DataOptions, DataQuestion, DataWay } from './data-subject.ts'
import type { Bench, Part, PartResult } from './parts.ts'
import { compare, type Measured } from './rounds.ts'
import { startSubject } from './subject.ts'

const ways: [DataWay, string][] = [
  ['plain, prepared', 'pg, where tenant_id = $1, no row security, prepared'],
  ['plain', 'the same, unprepared'],
  ['textbook', 'Kysely transaction, awaited BEGIN, SET LOCAL, query, COMMIT'],
  ['withTenant', 'Tenantry, withTenant'],
  ['readTenant', 'Tenantry, readTenant'],
]

/** One page of one tenant's clients without HTTP, read by 16 and by 32 workers over 16 connections. */
export const dataPart: Part = {
  name: 'data',
  async run({ stage, tenantIds, pace, stopAfter }: Bench): Promise<PartResult[]> {
    const { tenantUrl, platformUrl, plainUrl } = stage
    const subjects: Named[] = []
    for (const [way, name] of ways) {
      const options: DataOptions = { way, tenantUrl, platformUrl, plainUrl, tenantIds }
      const subject = await startSubject('data-subject.ts', options)
      stopAfter(() => subject.stop())
      subjects.push({ name, subject })
    }
    for (const list of tenantIds.slice(0, 3)) {
      await expectSame(subjects, async ({ name, subject }) => {
        const rows = await subject.ask<unknown[]>({ list } satisfies DataQuestion)
        if (rows.length !== 20) throw new Error(`${name} answers ${rows.length} rows`)
        return rows
      })
    }
    const results: PartResult[] = []
    for (const workers of [16, 32]) {
      const contenders = subjects.map(({ name, subject }) => ({
        name,
        measure: (milliseconds: number) =>
          subject.ask<Measured>({ workers, milliseconds } satisfies DataQuestion),
      }))
      const title = `One list in the data layer, without HTTP: ${workers} workers on 16 connections`
      results.push({ title, rows: await compare(contenders, pace) })
    }
    return results
  },
}
