import pg from 'pg'
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest'
import { withDirectClient } from '../../src/db/direct-client.ts'
import { checkDatabaseAt } from '../../src/db/doctor.ts'
import { type MigrateOptions, migrate } from '../../src/db/migrate.ts'
import { describeRoles } from '../../src/db/roles.ts'
import { type EmptyDatabase, testSecret } from '../support/cluster.ts'
import { createUnmigratedDatabase } from '../support/database.ts'

const { isSuperuser } = inject('testCluster')
const adminUrl = 'postgres://admin:secret@db.example.com:6432/crm?sslmode=verify-full'
const tokenKeySecret = testSecret

test('roles are called after the database, with passwords that follow from the secret', () => {
  const roles = describeRoles({ adminUrl, tokenKeySecret })
  expect([roles.owner, roles.tenant, roles.platform, roles.jobs].map(({ name }) => name)).toEqual([
    'crm_owner',
    'crm_tenant',
    'crm_platform',
    'crm_jobs',
  ])
  expect(roles.purger).toBe('crm_purger')
  expect(roles.tenant.url).toMatch(
    /^postgres:\/\/crm_tenant:[\w-]{43}@db\.example\.com:6432\/crm\?sslmode=verify-full$/,
  )
  expect(describeRoles({ adminUrl, tokenKeySecret })).toEqual(roles)
  expect(describeRoles({ adminUrl, tokenKeySecret: `${testSecret}!` }).tenant.url).not.toBe(roles.tenant.url)
  expect(roles.platform.password).not.toBe(roles.tenant.password)
})

test.each([
  'postgres:///crm?host=/var/run/postgresql&user=admin&password=secret',
  'postgres://admin@/crm?host=/var/run/postgresql',
  'postgres://%2Fvar%2Frun%2Fpostgresql/crm?user=admin',
])('a socket works too: %s', (url) => {
  const { tenant } = describeRoles({ adminUrl: url, tokenKeySecret })
  const client = new pg.Client(tenant.url)
  expect([client.user, client.password, client.host, client.database]).toEqual([
    'crm_tenant',
    tenant.password,
    '/var/run/postgresql',
    'crm',
  ])
})

test('long names of databases still make different roles of at most 63 bytes', () => {
  const rolesOf = (name: string) => describeRoles({ adminUrl: `postgres://admin@h/${name}`, tokenKeySecret })
  const one = rolesOf(`${'a'.repeat(62)}1`)
  const two = rolesOf(`${'a'.repeat(62)}2`)
  expect(one.platform.name.length).toBeLessThanOrEqual(63)
  expect(one.platform.name).not.toBe(two.platform.name)
})

test('two URLs may not name one role', () => {
  const options = {
    adminUrl,
    tokenKeySecret,
    tenantUrl: 'postgres://app@h/crm',
    platformUrl: 'postgres://app@h/crm',
  }
  expect(() => describeRoles(options)).toThrow('two of them name app')
  expect(() => describeRoles({ adminUrl, tokenKeySecret, jobsUrl: adminUrl })).toThrow(
    'two of them name admin',
  )
})

describe.skipIf(!isSuperuser)(`in a database${isSuperuser ? '' : ' (skipped: needs a superuser)'}`, () => {
  let database: EmptyDatabase
  /** Roles of a DBA, made by the test. */
  let others: string[]

  beforeEach(async () => {
    database = await createUnmigratedDatabase()
    others = []
  })

  afterEach(async () => {
    await database.drop()
    for (const name of others) await askCluster(`drop role if exists ${name}`)
  })

  test('the runtime roles can do nothing but log in, and the purger not even that', async () => {
    await run()
    const rows = await ask(
      `select replace(rolname, $1, '') as name from pg_roles where starts_with(rolname, $1)
        and not (rolsuper or rolcreatedb or rolcreaterole or rolbypassrls or rolreplication or rolinherit)
        and rolcanlogin = (rolname not like '%_purger') order by 1`,
      [`${database.name}_`],
    )
    expect(rows.map(({ name }) => name)).toEqual(['jobs', 'owner', 'platform', 'purger', 'tenant'])
    expect(await publicRights()).toEqual({
      connect: false,
      temporary: false,
      usage: false,
      set_config: false,
    })
  })

  test('a new secret gives the roles new passwords', async () => {
    const before = await run()
    const after = await run({ tokenKeySecret: `${testSecret} of today` })
    await expect(askAs(before.tenantUrl, 'select 1')).rejects.toThrow('password authentication failed')
    expect(await askAs(after.tenantUrl, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  test('but not while another server is running with the old one', async () => {
    const { tenantUrl, platformUrl } = await run()
    await withDirectClient(platformUrl, async () => {
      await expect(run({ tokenKeySecret: `${testSecret} of today` })).rejects.toThrow(
        /another password, and \w+_platform is in use: another server runs .* another TOKEN_KEY_SECRET/,
      )
    })
    // Nor those whose pool is empty at the moment.
    expect(await askAs(tenantUrl, 'select 1 as one')).toEqual([{ one: 1 }])
    await run()
  })

  test('two databases that make the same roles at once do not disturb each other', async () => {
    const second = await createUnmigratedDatabase()
    try {
      const results = await Promise.all(
        [database, second].map((one) => run({ adminUrl: one.adminUrl, rolePrefix: database.name })),
      )
      for (const { tenantUrl } of results) expect(await askAs(tenantUrl, 'select 1')).toHaveLength(1)
    } finally {
      await second.drop()
    }
  })

  test('roles that a DBA made are neither made nor altered', async () => {
    const made = await Promise.all(['tenant', 'platform', 'jobs'].map((kind) => makeRole(`x_${kind}`)))
    const [tenantUrl, platformUrl, jobsUrl] = made
    const result = await run({ tenantUrl, platformUrl, jobsUrl })
    expect([result.tenantUrl, result.platformUrl, result.jobsUrl]).toEqual(made)
    const rows = await ask(`select rolname from pg_roles where rolname = $1`, [`${database.name}_tenant`])
    expect(rows).toEqual([])
    expect(await failingChecks(result)).toEqual([])
  })

  test('without the right to make roles, the error holds the SQL for a DBA', async () => {
    const adminUrl = await makeRole('dba')
    await askCluster(`alter database ${database.name} owner to ${others[0]}`)
    const error = await run({ adminUrl }).catch((thrown: Error) => thrown)
    expect(error).toMatchObject({ name: 'MigrationError' })
    const { message } = error as Error
    expect(message).toContain(`create role "${database.name}_tenant" login nosuperuser`)
    expect(message).toContain(`create role "${database.name}_purger" nologin`)
    expect(message).toContain(`grant "${database.name}_purger" to "${others[0]}"`)
    expect(message).toContain('TENANT_DATABASE_URL')

    // What the DBA then does, and has done with it.
    await askCluster(`create role ${database.name}_purger nologin`)
    const [tenantUrl, platformUrl, jobsUrl] = await Promise.all(
      ['tenant', 'platform', 'jobs'].map((kind) => makeRole(`x_${kind}`)),
    )
    const result = await run({ adminUrl, tenantUrl, platformUrl, jobsUrl })
    expect(result.ownerUrl).toBe(adminUrl)
    expect(result.warnings.join()).toContain('revoke execute on function pg_catalog.set_config')
    expect(new Set((await failingChecks(result)).map(({ severity }) => severity))).toEqual(
      new Set(['warning']),
    )
    expect((await failingChecks(result)).map(({ name }) => name)).toContain('tenants-can-be-deleted')
    await askCluster(`grant ${database.name}_purger to ${others[0]}`)
    expect((await run({ adminUrl, tenantUrl, platformUrl, jobsUrl })).applied).toEqual([])
    expect((await failingChecks(result)).map(({ name }) => name)).not.toContain('tenants-can-be-deleted')
  })

  test('an owner who may make roles needs no DBA', async () => {
    const adminUrl = await makeRole('maker', 'createrole')
    await askCluster(`alter database ${database.name} owner to ${others[0]}`)
    const result = await run({ adminUrl })
    expect(result.ownerUrl).toBe(adminUrl)
    expect((await failingChecks(result)).map(({ name }) => name)).not.toContain('tenants-can-be-deleted')
    expect(new Set((await failingChecks(result)).map(({ severity }) => severity))).toEqual(
      new Set(['warning']),
    )
    await run({ adminUrl, tokenKeySecret: `${testSecret} of today` })
  })

  function run(options: Partial<MigrateOptions> = {}) {
    return migrate({ adminUrl: database.adminUrl, tokenKeySecret, log: () => undefined, ...options })
  }

  async function makeRole(kind: string, flags = ''): Promise<string> {
    const name = `${database.name}_${kind}`
    await askCluster(`create role ${name} login password 'of a DBA' ${flags}`)
    others.push(name)
    const url = new URL(database.adminUrl)
    url.username = name
    url.password = 'of a DBA'
    return url.href
  }

  function ask(sql: string, values: unknown[] = []) {
    return askAs(database.adminUrl, sql, values)
  }

  async function publicRights() {
    const rows = await ask(`select has_database_privilege('public', current_database(), 'connect') as connect,
      has_database_privilege('public', current_database(), 'temporary') as temporary,
      has_schema_privilege('public', 'public', 'usage') as usage,
      has_function_privilege('public', 'set_config(text, text, boolean)', 'execute') as set_config`)
    return rows[0]
  }
})

async function failingChecks(urls: { tenantUrl: string; platformUrl: string }) {
  const checks = await checkDatabaseAt(urls)
  return checks.filter(({ ok }) => !ok)
}

function askCluster(sql: string) {
  return askAs(inject('testCluster').adminUrl, sql)
}

function askAs(url: string, sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  return withDirectClient(url, async (client) => (await client.query(sql, values)).rows)
}
