import { withDirectClient } from '../../../src/db/direct-client.ts'
import { cloneDatabase, createTemplate, startCluster } from '../cluster.ts'
import { acrossTenants, outsideTenants, wholeTenants } from './exceptions.ts'
import { calls } from './functions.ts'
import { judge } from './guard.ts'
import { composeReport } from './report.ts'
import { fillSkewed } from './skewed-database.ts'
import { readStatements } from './statements.ts'

const usage = 'COLLECT_STATEMENTS=FOLDER npm test, and then: npm run plans -- FOLDER [--partial]'
const sizes = { big: 20_000, small: 1, smallTenants: 400 }
/** The whole suite sends more than twice as many: below this the collecting is broken, and nothing found says nothing. */
const leastOfAll = 2000

/** Judges the statements of a folder; the exit code is 1 when something is wrong. */
async function main([folder, ...options]: string[]): Promise<number> {
  const statements = folder ? await readStatements(folder) : []
  if (statements.length === 0) return say(`no statements to explain. ${usage}`, 1)
  const cluster = await startCluster()
  try {
    // EXPLAIN (GENERIC_PLAN) is of PostgreSQL 16.
    if (Number.parseInt(cluster.version, 10) < 16 || !cluster.isSuperuser) {
      return say(
        `SKIPPED: plans are explained by a superuser on PostgreSQL 16 or later, not ${cluster.version}`,
        0,
      )
    }
    const template = await createTemplate(cluster)
    try {
      const database = await cloneDatabase(cluster, template.name)
      try {
        await withDirectClient(database.adminUrl, (admin) => fillSkewed(admin, sizes))
        const isPartial = options.includes('--partial')
        const lists = { outsideTenants, acrossTenants, wholeTenants }
        const verdict = await judge(database, { statements, calls, isPartial, ...lists })
        const report = composeReport(verdict)
        if (!isPartial && verdict.explained < leastOfAll) {
          return say(`${report}\nTOO FEW: ${tooFew(verdict.explained)}`, 1)
        }
        return say(report, verdict.findings.length > 0 ? 1 : 0)
      } finally {
        await database.drop()
      }
    } finally {
      await template.drop()
    }
  } finally {
    await cluster.stop()
  }
}

function tooFew(explained: number): string {
  return `${explained} statements were explained, and the whole suite sends ${leastOfAll} at the least. Were all of them collected?`
}

function say(text: string, code: number): number {
  process.stdout.write(`${text}\n`)
  return code
}

process.exitCode = await main(process.argv.slice(2))
