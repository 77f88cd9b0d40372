import { inject } from 'vitest'
import { cloneDatabase, createEmptyDatabase, type EmptyDatabase, type TestDatabase } from './cluster.ts'

/** Makes a migrated database for one test file, to be dropped at its end. */
export function createTestDatabase(): Promise<TestDatabase> {
  const cluster = inject('testCluster')
  return cloneDatabase(cluster, cluster.template)
}

/** Makes a database that was never migrated, to be dropped at the end of the test. */
export function createUnmigratedDatabase(): Promise<EmptyDatabase> {
  return createEmptyDatabase(inject('testCluster'))
}
