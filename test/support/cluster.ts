import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseCrontab } from 'graphile-worker'
import { inTransaction, withDirectClient } from '../../src/db/direct-client.ts'
import { startEmbeddedPostgres } from '../../src/db/embedded.ts'
import { prepareDatabase } from '../../src/db/migrate/prepare-database.ts'
import { migrate } from '../../src/db/migrate.ts'
import { describeRoles, userOf } from '../../src/db/roles.ts'
import { crontab } from '../../src/jobs/tasks.ts'

/** Known to everybody, which is why the roles made with it are dropped at the end of a run. */
export const testSecret = 'a fixed secret for tests, good for nothing else'
export const rolePrefix = 'tenantry_test'

/** A PostgreSQL for tests: an embedded one of this run alone, or the one of DATABASE_URL. */
export interface TestCluster {
  adminUrl: string
  version: string
  isSuperuser: boolean
  /** An embedded one of this run alone. */
  isOurs: boolean
  stop(): Promise<void>
}

/** A database of a test cluster. It has a name of its own and is dropped by the one who made it. */
export interface EmptyDatabase {
  name: string
  /** DATABASE_URL of this database: a superuser, or whoever the cluster was given to the tests as. */
  adminUrl: string
  drop(): Promise<void>
}

/** A migrated database and the URLs of its roles. */
export interface TestDatabase extends EmptyDatabase {
  ownerUrl: string
  tenantUrl: string
  platformUrl: string
  jobsUrl: string
  /** Past a pooler that stands before the tenant role, for what needs a session of its own. */
  directTenantUrl: string
}

/** Starts an embedded PostgreSQL in a temporary folder that nobody else uses. */
export async function startOwnCluster(): Promise<TestCluster> {
  const folder = await mkdtemp(join(await folderOfClusters(), 'tenantry-test-'))
  const server = await startEmbeddedPostgres({ dataDir: folder, log: () => undefined, ephemeral: true })
  // Who waits for a lock looks that soon whether it is in vain, instead of after a second.
  await withDirectClient(server.url, async (admin) => {
    await admin.query(`alter system set deadlock_timeout = '100ms'`)
    await admin.query('select pg_reload_conf()')
  })
  return {
    adminUrl: server.url,
    ...(await describe(server.url)),
    isOurs: true,
    async stop() {
      await server.stop()
      await rm(folder, { recursive: true, force: true, maxRetries: 10 })
    },
  }
}

/**
 * Memory, where the machine has plenty: each database is hundreds of files, and a disk takes most of the time of a clone
 * to make and remove them.
 */
export async function folderOfClusters(): Promise<string> {
  const memory = '/dev/shm'
  const free = await statfs(memory).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => 0,
  )
  return free > 4e9 ? memory : tmpdir()
}

/**
 * The cluster of DATABASE_URL if that is set, else an embedded one. On somebody's own cluster only databases
 * called tenantry_test_… are made and dropped, and the roles tenantry_test_….
 */
export async function startCluster(): Promise<TestCluster> {
  const adminUrl = process.env.DATABASE_URL
  if (!adminUrl) return startOwnCluster()
  return {
    adminUrl,
    ...(await describe(adminUrl)),
    isOurs: false,
    stop: () => dropRoles(adminUrl, rolePrefix),
  }
}

/** Makes a database that was never migrated. */
export function createEmptyDatabase(cluster: { adminUrl: string }): Promise<EmptyDatabase> {
  return createDatabase(cluster.adminUrl, '')
}

/**
 * Makes the migrated database that every test file clones. The queue enqueues what the clock wakes where it has not run
 * since, and here all has, for ever: on a clone nothing wakes at the turn of a minute or an hour, and a test enqueues
 * what it wants to run.
 */
export async function createTemplate(cluster: { adminUrl: string }): Promise<EmptyDatabase> {
  const template = await createEmptyDatabase(cluster)
  const log = () => undefined
  const { adminUrl } = template
  const { jobsUrl } = await migrate({ adminUrl, tokenKeySecret: testSecret, rolePrefix, log })
  const identifiers = parseCrontab(crontab).map(({ identifier }) => identifier)
  const markAsRun = `insert into graphile_worker._private_known_crontabs (identifier, known_since, last_execution)
    select identifier, now(), '9999-12-31Z' from unnest($1::text[]) identifier`
  await withDirectClient(jobsUrl, (jobs) => jobs.query(markAsRun, [identifiers]))
  return template
}

/** Makes a migrated database in a fraction of the time that the migrations take. The template's roles serve it, too. */
export async function cloneDatabase(
  cluster: { adminUrl: string; isSuperuser: boolean },
  template: string,
): Promise<TestDatabase> {
  const database = await createDatabase(cluster.adminUrl, `template ${template}`)
  const { adminUrl } = database
  const roles = describeRoles({ adminUrl, tokenKeySecret: testSecret, prefix: rolePrefix })
  if (!cluster.isSuperuser) roles.owner = { name: userOf(adminUrl), url: adminUrl }
  await withDirectClient(adminUrl, (admin) => inTransaction(admin, () => prepareDatabase(admin, roles)))
  return {
    ...database,
    ownerUrl: roles.owner.url,
    tenantUrl: roles.tenant.url,
    platformUrl: roles.platform.url,
    jobsUrl: roles.jobs.url,
    directTenantUrl: roles.tenant.url,
  }
}

async function createDatabase(clusterUrl: string, template: string): Promise<EmptyDatabase> {
  const name = `tenantry_test_${randomBytes(6).toString('hex')}`
  await withDirectClient(clusterUrl, (admin) => admin.query(`create database ${name} ${template}`))
  const url = new URL(clusterUrl)
  url.pathname = `/${name}`
  return {
    name,
    adminUrl: url.href,
    async drop() {
      await withDirectClient(clusterUrl, (admin) =>
        admin.query(`drop database if exists ${name} with (force)`),
      )
      // A test that needs roles of its own lets them be called after the database.
      await dropRoles(clusterUrl, name)
    },
  }
}

/** Another run that still uses them keeps them: PostgreSQL refuses to drop a role with rights on something. */
async function dropRoles(adminUrl: string, prefix: string): Promise<void> {
  await withDirectClient(adminUrl, async (admin) => {
    for (const kind of ['owner', 'tenant', 'platform', 'jobs', 'purger']) {
      await admin.query(`drop role if exists ${prefix}_${kind}`).catch(() => undefined)
    }
  })
}

async function describe(url: string): Promise<{ version: string; isSuperuser: boolean }> {
  const { rows } = await withDirectClient(url, (client) =>
    client.query(`select current_setting('server_version') as version,
      (select rolsuper from pg_roles where rolname = current_user) as "isSuperuser"`),
  )
  return rows[0]
}
