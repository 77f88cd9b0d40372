import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { createTemplate, startCluster, type TestCluster } from './cluster.ts'
import { startPgBouncer } from './pgbouncer.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** DATABASE_URL of the test cluster, and the migrated database that tests clone. */
    testCluster: {
      adminUrl: string
      isSuperuser: boolean
      template: string
      /** What stands between the two runtime roles and the cluster, and where: TEST_POOLER. */
      pooler: 'none' | 'pgbouncer'
      poolerPort: number | undefined
    }
  }
}

/** Starts one PostgreSQL for all test files and migrates one database in it; with TEST_POOLER=pgbouncer that, too. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Every process that a test starts finds compiled what the ones before it ran.
  process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, '../../node_modules/.cache/compiled')
  const cluster = await startCluster()
  const pooler = await startPooler(cluster)
  const template = await createTemplate(cluster)
  project.provide('testCluster', {
    adminUrl: cluster.adminUrl,
    isSuperuser: cluster.isSuperuser,
    template: template.name,
    pooler: pooler ? 'pgbouncer' : 'none',
    poolerPort: pooler?.port,
  })
  const origin = cluster.isOurs ? 'embedded' : 'of DATABASE_URL'
  process.stdout.write(
    `Tests run on PostgreSQL ${cluster.version} (${origin})${pooler ? ' through PgBouncer' : ''}\n`,
  )
  return async () => {
    if (pooler) {
      const { transactions, queries, clients, servers } = await pooler.traffic()
      process.stdout.write(
        `Through PgBouncer: ${clients} clients shared ${servers} server connections, for ${transactions} transactions of ${queries} statements\n`,
      )
      await pooler.remove()
    }
    await template.drop()
    await cluster.stop()
  }
}

async function startPooler(cluster: TestCluster) {
  const { TEST_POOLER: wanted = '' } = process.env
  if (wanted === '') return undefined
  if (wanted !== 'pgbouncer') throw new Error(`TEST_POOLER is ${wanted}: only pgbouncer is known`)
  try {
    return await startPgBouncer(cluster)
  } catch (error) {
    await cluster.stop()
    throw error
  }
}
