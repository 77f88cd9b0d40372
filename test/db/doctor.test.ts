import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { withDirectClient } from '../../src/db/direct-client.ts'
import { type Check, checkDatabase, checkDatabaseAt, checkRules } from '../../src/db/doctor.ts'
import { foreignDatabase, ownDatabase, type RuleVariables, rules } from '../../src/db/doctor-rules.ts'
import { type MigrateResult, migrate } from '../../src/db/migrate.ts'
import { type EmptyDatabase, testSecret } from '../support/cluster.ts'
import { createTestDatabase, createUnmigratedDatabase } from '../support/database.ts'
import { evasionPlants } from './doctor-plants/evasions.ts'
import { functionPlants } from './doctor-plants/functions.ts'
import { grantPlants } from './doctor-plants/grants.ts'
import { keyPlants } from './doctor-plants/keys.ts'
import type { Plant } from './doctor-plants/plant.ts'
import { rolePlants } from './doctor-plants/roles.ts'
import { sound } from './doctor-plants/sound.ts'
import { tablePlants } from './doctor-plants/tables.ts'

// Each violation is planted by a superuser, in a transaction that is rolled back, and on roles that this file alone has:
// they are named after its database.
const { isSuperuser } = inject('testCluster')

const plants = [
  ...rolePlants,
  ...tablePlants,
  ...keyPlants,
  ...grantPlants,
  ...functionPlants,
  ...evasionPlants,
]

/** What only a connection sees that is made after it, and those that are shown by what the rules are told. */
const atLogin: Plant[] = [
  {
    rule: 'no-row-without-a-tenant',
    plant: 'create policy open on tenants using (true)',
    mend: 'drop policy open on tenants',
  },
  {
    rule: 'no-row-without-a-tenant',
    plant: 'alter role T set app.tenant_id = acme',
    mend: 'alter role T reset app.tenant_id',
  },
  {
    rule: 'settings-are-not-preset',
    plant: 'alter role T set row_security = off',
    mend: 'alter role T reset row_security',
  },
]
/** What tells of each right that a plant gives. */
const unreviewed = 'grants-are-as-reviewed'
const told = ['roles-are-there', 'server-has-no-known-holes']

let database: EmptyDatabase
let urls: MigrateResult
let admin: pg.Client
let about: RuleVariables

describe.skipIf(!isSuperuser)(
  `the doctor${isSuperuser ? '' : ' (skipped: needs a superuser to plant)'}`,
  () => {
    beforeAll(async () => {
      database = await createUnmigratedDatabase()
      urls = await migrate({ adminUrl: database.adminUrl, tokenKeySecret: testSecret, log: () => undefined })
      admin = new pg.Client(database.adminUrl)
      await admin.connect()
      const [tenant_role, platform_role] = [userOf(urls.tenantUrl), userOf(urls.platformUrl)]
      about = { ...ownDatabase, tenant_role, platform_role, runtime_roles: [tenant_role, platform_role] }
    })

    afterAll(async () => {
      await admin.end()
      await database.drop()
    })

    test('finds nothing in a migrated database', async () => {
      const checks = await examine()
      expect(checks.filter(({ ok }) => !ok)).toEqual([])
      expect(checks).toHaveLength(rules.length + 1)
    })

    test('has a violation planted here for every check it makes', async () => {
      const planted = new Set([...told, ...[...plants, ...atLogin].map(({ rule }) => rule)])
      expect([...planted].sort()).toEqual((await examine()).map(({ name }) => name).sort())
    })

    test('stops a server for what isolation hangs on, and warns of the rest', () => {
      const warnings = rules.filter(({ severity }) => severity === 'warning').map(({ name }) => name)
      expect(warnings).toEqual([
        'cannot-call-set-config',
        'constraints-are-in-force',
        'default-privileges-give-nothing',
        'foreign-keys-are-indexed',
        'functions-pin-their-search-path',
        'has-no-needless-powers',
        'indexes-begin-with-the-tenant',
        'nothing-is-granted-to-everybody',
        'nothing-is-passed-on',
        'numbers-are-not-shared',
        'partitions-are-closed',
        'publications-and-event-triggers-are-listed',
        'references-beside-the-tenant-are-listed',
        'search-paths-are-not-preset',
        'server-has-no-known-holes',
        'surroundings-are-closed',
        'tenant-owned-tables-have-their-shape',
        'tenants-can-be-deleted',
      ])
    })

    test.each(plants)('$rule: $plant', async ({ rule, also = [], plant, mend }) => {
      await admin.query('begin')
      try {
        await admin.query(filled(plant))
        const asTenant = await failingAs(about.tenant_role)
        // A right that a plant gives is told twice: for what it opens, and since nobody has reviewed it.
        const names = asTenant.map(({ name }) => name).filter((name) => name === rule || name !== unreviewed)
        if (also === 'any') expect(names).toContain(rule)
        else expect(names).toEqual([rule, ...also].sort())
        expect(JSON.stringify(asTenant)).not.toContain('could not be checked')
        // Whoever asks is told the same, but what their own connection begins with.
        if (!plant.startsWith('set local')) {
          const found = asTenant.filter(({ name }) => name === rule)
          expect(await failingAs('none', rule)).toEqual(found)
        }
        await admin.query(filled(mend))
        expect(await failingAs(about.tenant_role, ...(also === 'any' ? [] : [rule, ...also]))).toEqual([])
      } finally {
        await admin.query('rollback')
      }
    })

    test.each(sound)('$what is no violation', async ({ plant }) => {
      await admin.query('begin')
      try {
        await admin.query(filled(plant))
        for (const role of [about.tenant_role, 'none'])
          expect((await failingAs(role)).filter(({ name }) => name !== unreviewed)).toEqual([])
      } finally {
        await admin.query('rollback')
      }
    })

    test('whoever asks has a search_path of their own', async () => {
      await admin.query('begin')
      await admin.query(`set local search_path = app, public`)
      const failing = await failingAs(about.tenant_role, 'functions-of-others-are-listed')
      await admin.query('rollback')
      expect(failing).toEqual([])
    })

    test.each(atLogin)('$rule: $plant', async ({ rule, plant, mend }) => {
      await admin.query(filled(plant))
      const found = (await examine()).find(({ name }) => name === rule)
      await admin.query(filled(mend))
      expect(found).toMatchObject({ ok: false, severity: 'fatal' })
      expect(found?.problems.join()).not.toContain('could not be checked')
      expect((await examine()).filter(({ ok }) => !ok)).toEqual([])
    })

    test('the next start takes back the rights that nobody has reviewed', async () => {
      await admin.query(
        filled(`grant insert on memberships to T; grant select on clients, app.migrations to P;
          grant update (name) on clients to P;
          grant usage on sequence tenant_changes_id_seq to T;
          grant execute on all functions in schema app, graphile_worker to T, P;
          grant select on all tables in schema graphile_worker to T;
          do $do$ begin execute format('grant select on clients to %I; grant execute on all functions in schema app to %1$I',
            (select pg_get_userbyid(nspowner) from pg_namespace where nspname = 'graphile_worker')); end $do$`),
      )
      const [before] = await ask('none', [unreviewed])
      await migrate({ adminUrl: database.adminUrl, tokenKeySecret: testSecret, log: () => undefined })
      expect(before?.problems).toEqual(
        expect.arrayContaining([
          'tenant: insert on memberships',
          'platform: update (name) on clients',
          'tenant: execute on app.purge_batch(integer)',
          'jobs: select on clients',
        ]),
      )
      expect((await examine()).filter(({ ok }) => !ok)).toEqual([])
    })

    test('roles-are-there: a name that no role has', async () => {
      const [check] = await ask('none', ['roles-are-there'], {
        ...about,
        runtime_roles: ['nobody of this name'],
      })
      expect(check?.problems).toEqual(['there is no role nobody of this name'])
    })

    test.each([
      ['150002', 6],
      ['150014', 0],
      ['160004', 3],
      ['170000', 3],
      ['170006', 0],
      ['180000', 0],
      ['140020', 1],
    ])('server-has-no-known-holes: version %s has %i', async (server_version, count) => {
      const [check] = await ask('none', ['server-has-no-known-holes'], { ...about, server_version })
      expect(check?.problems).toHaveLength(count)
    })

    test.each([
      ['180004', ['mended in 18.6']],
      ['180006', []],
    ])(
      'server-has-no-known-holes: version %s, with a policy for a role with members',
      async (server_version, wanted) => {
        await admin.query('begin')
        await admin.query(
          filled(
            'create role planted; grant planted to T; create policy p on clients to planted using (true)',
          ),
        )
        const [check] = await ask('none', ['server-has-no-known-holes'], { ...about, server_version })
        await admin.query('rollback')
        expect(check?.problems).toEqual(wanted.map((mended) => expect.stringContaining(mended)))
      },
    )

    test('finds in an empty database of somebody else what PostgreSQL gives to everybody', async () => {
      const empty = await createUnmigratedDatabase()
      try {
        const checks = await withDirectClient(empty.adminUrl, (client) =>
          checkRules(
            async (sql) => (await client.query(sql)).rows,
            rules.filter(({ isOurs }) => !isOurs),
            foreignDatabase({ tenantRole: about.tenant_role, tenantColumn: 'org_id' }),
          ),
        )
        expect(checks.filter(({ ok }) => !ok).map(({ name, problems }) => [name, problems.length])).toEqual([
          ['cannot-call-set-config', 2],
          ['has-no-needless-powers', 1],
          ['nothing-is-granted-to-everybody', 2],
        ])
      } finally {
        await empty.drop()
      }
    })

    test('a check that cannot be made does not hold', async () => {
      const refuse = async () => {
        throw new Error('connection lost')
      }
      const checks = await checkDatabase({ tenant: refuse, platform: refuse })
      expect(
        checks.every(
          ({ ok, problems }) => !ok && problems.join() === 'could not be checked: connection lost',
        ),
      ).toBe(true)
    })
  },
)

test.skipIf(!isSuperuser)('the databases that tests clone are as tight as a migrated one', async () => {
  const clone = await createTestDatabase()
  try {
    expect((await examine(clone)).filter(({ ok }) => !ok)).toEqual([])
  } finally {
    await clone.drop()
  }
})

/** New connections each time, since a role's settings apply when it logs in. */
function examine({ tenantUrl, platformUrl }: Pick<MigrateResult, 'tenantUrl' | 'platformUrl'> = urls) {
  return checkDatabaseAt({ tenantUrl, platformUrl })
}

/** The checks that fail when that role asks, inside the transaction of the plant. */
async function failingAs(role: string, ...names: string[]): Promise<Check[]> {
  const checks = await ask(role, names)
  return checks.filter(({ ok }) => !ok)
}

/** Those rules, or all where none is named. */
async function ask(role: string, names: string[], variables = about): Promise<Check[]> {
  const chosen = rules.filter(({ name }) => names.length === 0 || names.includes(name))
  await admin.query(`set role ${role === 'none' ? role : pg.escapeIdentifier(role)}`)
  try {
    return await checkRules(async (sql) => (await admin.query(sql)).rows, chosen, variables)
  } finally {
    await admin.query('reset role')
  }
}

function userOf(url: string): string {
  return new pg.Client(url).user ?? ''
}

function filled(sql: string): string {
  const names: Record<string, string | undefined> = {
    T: userOf(urls.tenantUrl),
    P: userOf(urls.platformUrl),
    OWNER: userOf(urls.ownerUrl),
    DB: database.name,
  }
  return sql.replaceAll(/\b(T|P|OWNER|DB)\b/g, (word) => names[word] ?? word)
}
