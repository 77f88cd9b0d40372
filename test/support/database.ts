import { inject } from 'vitest'
import { cloneDatabase, createEmptyDatabase, type EmptyDatabase, type TestDatabase } from './cluster.ts'

/** Makes a migrated database for one test file, to be dropped at its end. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const cluster = inject('testCluster')
  return behindPooler(await cloneDatabase(cluster, cluster.template))
}

/** Makes a database that was never migrated, to be dropped at the end of the test. */
export function createUnmigratedDatabase(): Promise<EmptyDatabase> {
  return createEmptyDatabase(inject('testCluster'))
}

/** Lets the two runtime roles connect through the pooler of this run, where there is one. */
export function behindPooler<Urls extends { tenantUrl: string; platformUrl: string }>(
  urls: Urls,
): Urls & { directTenantUrl: string } {
  const { poolerPort } = inject('testCluster')
  const through = (direct: string) => {
    const url = new URL(direct)
    if (poolerPort) [url.hostname, url.port] = ['127.0.0.1', String(poolerPort)]
    return url.href
  }
  const { tenantUrl, platformUrl } = urls
  return {
    ...urls,
    tenantUrl: through(tenantUrl),
    platformUrl: through(platformUrl),
    directTenantUrl: tenantUrl,
  }
}

/** How the data layer has to speak with the pooler of this run: Debian's knows neither pipelines nor prepared statements. */
export function protocolOfRun(): { pipeline: boolean; prepared: boolean } {
  const isPlain = inject('testCluster').pooler === 'none'
  return { pipeline: isPlain, prepared: isPlain }
}
