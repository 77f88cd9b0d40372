import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { createTemplate, startCluster } from './cluster.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** DATABASE_URL of the test cluster, and the migrated database that tests clone. */
    testCluster: { adminUrl: string; isSuperuser: boolean; template: string }
  }
}

/** Starts one PostgreSQL for all test files and migrates one database in it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Every process that a test starts finds compiled what the ones before it ran.
  process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, '../../node_modules/.cache/compiled')
  const cluster = await startCluster()
  const template = await createTemplate(cluster)
  project.provide('testCluster', {
    adminUrl: cluster.adminUrl,
    isSuperuser: cluster.isSuperuser,
    template: template.name,
  })
  const origin = cluster.isOurs ? 'embedded' : 'of DATABASE_URL'
  process.stdout.write(`Tests run on PostgreSQL ${cluster.version} (${origin})\n`)
  return async () => {
    await template.drop()
    await cluster.stop()
  }
}
