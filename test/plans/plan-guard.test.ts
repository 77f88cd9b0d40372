import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { withDirectClient } from '../../src/db/direct-client.ts'
import type { TestDatabase } from '../support/cluster.ts'
import { createTestDatabase } from '../support/database.ts'
import { isolating } from '../support/isolating.ts'
import { type Evidence, judge } from '../support/plan-guard/guard.ts'
import { composeReport } from '../support/plan-guard/report.ts'
import { findBreaches } from '../support/plan-guard/rules.ts'
import { fillSkewed } from '../support/plan-guard/skewed-database.ts'
import type { Statement } from '../support/plan-guard/statements.ts'

// What the guard is there for is planted, each in turn, and it has to say so.
const { adminUrl, isSuperuser } = inject('testCluster')
const { rows } = await withDirectClient(adminUrl, (admin) =>
  admin.query(`select current_setting('server_version_num')::int / 10000 as version`),
)
const isAble = isSuperuser && rows[0].version >= 16

describe.skipIf(!isAble)(
  `the plan guard${isAble ? '' : ' (skipped: it needs a superuser and PostgreSQL 16)'}`,
  () => {
    let database: TestDatabase
    const admin = (sql: string) => withDirectClient(database.adminUrl, (client) => client.query(sql))

    beforeAll(async () => {
      database = await createTestDatabase()
      const sizes = { big: 2000, small: 1, smallTenants: 400 }
      await withDirectClient(database.adminUrl, (client) => fillSkewed(client, sizes))
    })

    afterAll(() => database.drop())

    const place = 'src/app.ts'
    const one = 'select name, email from clients where id = $1'
    const statement = (sql: string, role = 'tenant'): Statement => ({ role, sql, places: [[`${place}:7`]] })

    async function findingsOf(evidence: Partial<Evidence>) {
      const nothing = { statements: [], calls: [], outsideTenants: [], acrossTenants: [], wholeTenants: [] }
      const { directTenantUrl: tenantUrl } = database
      const verdict = await judge({ ...database, tenantUrl }, { ...nothing, isPartial: true, ...evidence })
      // Without calls no function is looked into, which is told of each.
      const told = verdict.findings.filter(
        ({ rule }) => rule !== 'function not looked into' || evidence.calls,
      )
      return { verdict, told: told.map(({ rule, table }) => `${table}: ${rule}`) }
    }

    const findings = async (sql: string, role?: string) =>
      (await findingsOf({ statements: [statement(sql, role)] })).told

    /** Plans as the server would if it knew that most tenants have one row. */
    async function withTrueStatistics<T>(table: string, work: () => Promise<T>): Promise<T> {
      await admin(`alter table ${table} alter column tenant_id reset (n_distinct); analyze ${table}`)
      try {
        return await work()
      } finally {
        await admin(`alter table ${table} alter column tenant_id set (n_distinct = 200); analyze ${table}`)
      }
    }

    /** Plans as the tenant role would without its setting in this database. */
    async function withSequentialScans<T>(work: () => Promise<T>): Promise<T> {
      const { name, directTenantUrl } = database
      const setting = `alter role "${new URL(directTenantUrl).username}" in database "${name}" set enable_seqscan`
      await admin(`${setting} = on`)
      try {
        return await work()
      } finally {
        await admin(`${setting} = off`)
      }
    }

    test('says nothing of a statement that reads by tenant and key', async () => {
      expect(await findings(one)).toEqual([])
      expect(
        await findings(
          'select l.id from invoice_lines l join invoices i on i.id = l.invoice_id where i.id = $1',
        ),
      ).toEqual([])
    })

    test('finds an index that is missing', async () => {
      await admin(`alter table clients rename to clients_before;
        create table clients (like clients_before including defaults);
        insert into clients select * from clients_before;
        alter table clients enable row level security, force row level security;
        create policy tenant_isolation on clients ${isolating};
        grant select on clients to public; analyze clients`)
      try {
        expect(await findings(one)).toEqual(['clients: sequential scan'])
      } finally {
        await admin('drop table clients; alter table clients_before rename to clients')
      }
      expect(await findings(one)).toEqual([])
    })

    test('finds an index that is not led by tenant_id', async () => {
      const byInstant = 'select id from clients where updated_at = $1'
      expect(await findings(byInstant)).toEqual([])
      await admin('create index planted on clients (updated_at)')
      try {
        expect(await findings(byInstant)).toEqual(['clients: index not led by tenant_id'])
      } finally {
        await admin('drop index planted')
      }
    })

    test('finds a tenant that is read as a whole for one of its rows', async () => {
      const byId = 'select * from leads where id = $1'
      expect(await findings(byId)).toEqual([])
      await withTrueStatistics('leads', async () => {
        expect(await findings(byId)).toEqual(['leads: whole tenant'])
        // They may be most of the tenant.
        expect(await findings('select * from leads where id = any($1)')).toEqual([])
      })
      // The rows themselves are not read, but all of the tenant's entries in the index (tenant_id, name, id) are.
      expect(await findings('select name from clients where id = $1')).toEqual(['clients: whole tenant'])
      expect(await findings('select id from clients where id = $1')).toEqual([])
    })

    test('finds that behind a bitmap, too, and for a column whose name is a word of SQL', () => {
      const index = (column: string, isUnique: boolean) => ({
        table: 'lines',
        columns: ['tenant_id', column],
        isUnique,
      })
      const indexes = new Map([
        ['by_time', index('created_at', false)],
        ['by_position', index('position', true)],
      ])
      const rulesOf = (name: string, condition: string) =>
        findBreaches(
          {
            'Node Type': 'Bitmap Heap Scan',
            'Relation Name': 'lines',
            Alias: 'lines',
            'Recheck Cond': condition,
            Filter: '("position" = $2)',
            Plans: [{ 'Node Type': 'Bitmap Index Scan', 'Index Name': name, 'Index Cond': condition }],
          },
          { tables: new Set(['lines']), indexes },
        ).map(({ rule }) => rule)
      expect(rulesOf('by_time', '(tenant_id = $1)')).toEqual(['whole tenant'])
      expect(rulesOf('by_time', '((tenant_id = $1) AND (created_at > $3))')).toEqual([])
      expect(rulesOf('by_position', '((tenant_id = $1) AND ("position" = $2))')).toEqual([])
    })

    test('finds a statement that reads the rows of all', async () => {
      // So planned for the tenant that has most of them, and kept for the others, but for the role's own setting.
      const sql = 'select count(notes) from clients where notes > $1'
      expect(await findings(sql)).toEqual([])
      await withSequentialScans(async () => {
        expect(await findings(sql)).toEqual(['clients: sequential scan'])
      })
      expect(await findings('select count(*) from memberships', 'platform')).toContain(
        'memberships: fans out',
      )
    })

    test('finds a join that leaves the tenant, whoever its neighbour is', async () => {
      const sql = `select t.name, (select count(*) from memberships m where m.tenant_id = t.tenant_id)
        from tenants t where t.region = $1`
      expect(await findings(sql, 'platform')).toEqual(
        expect.arrayContaining(['memberships: fans out', 'tenants: fans out']),
      )
      expect(await findings(`${sql} and t.tenant_id = $2`, 'platform')).not.toContain('memberships: fans out')
    })

    test('finds a function that escapes', async () => {
      await admin(`create function app.planted(wanted uuid) returns text language plpgsql security definer as $$
        begin return (select c.name from public.clients c where c.id = wanted); end $$;
        grant execute on function app.planted(uuid) to public`)
      const call = { role: 'tenant', sql: 'select app.planted(gen_random_uuid())' } as const
      try {
        const { verdict } = await findingsOf({})
        expect(verdict.findings).toContainEqual(
          expect.objectContaining({ rule: 'function not looked into', table: 'app.planted' }),
        )
        const { told } = await findingsOf({ calls: [call] })
        expect(told).toContain('clients: fans out')
        expect(told).not.toContain('app.planted: function not looked into')
      } finally {
        await admin('drop function app.planted')
      }
    })

    test('finds a view that reads as its owner', async () => {
      await admin(
        'create view planted as select * from clients; grant select on planted to public; analyze clients',
      )
      try {
        expect(await findings('select name from planted where id = $1')).toContain('clients: fans out')
      } finally {
        await admin('drop view planted')
      }
    })

    test('finds an exception that nothing needs, and honours one that something does', async () => {
      const sql = 'select count(*) from memberships'
      const exception = {
        role: 'platform',
        from: [place],
        tables: ['memberships'],
        why: 'counts all',
      } as const
      const statements = [statement(sql, 'platform')]
      const acrossTenants = [{ ...exception, from: [place], tables: ['memberships'] }]
      const excused = await findingsOf({ statements, acrossTenants, isPartial: false })
      expect(excused.told).toEqual([])
      const needless = await findingsOf({ statements: [], acrossTenants, isPartial: false })
      expect(needless.told).toEqual([`${place}, memberships: exception without need`])
    })

    test('does not ask each file of an exception to need it, only that it is there', async () => {
      const statements = [statement('select count(*) from memberships', 'platform')]
      const except = (...from: string[]): Evidence['acrossTenants'][number] => ({
        role: 'platform',
        from,
        why: from.join(),
      })
      const toldWith = async (...acrossTenants: Evidence['acrossTenants']) =>
        (await findingsOf({ statements, acrossTenants, isPartial: false })).told
      expect(await toldWith(except('src/server.ts', place))).toEqual([])
      expect(await toldWith(except(place), except(place, 'src/server.ts'))).toEqual([])
      expect(await toldWith(except(place, 'src/gone.ts'))).toEqual(['src/gone.ts: exception without need'])
    })

    test('takes a statement without an author for that of an exception that names its table', async () => {
      const statements = [
        { ...statement('select count(*) from memberships', 'platform'), places: [['unknown']] },
      ]
      const exception = { role: 'platform', from: [place], why: 'counts all' } as const
      const toldWith = async (tables?: string[]) => {
        const acrossTenants = [{ ...exception, from: [place], ...(tables && { tables }) }]
        return (await findingsOf({ statements, acrossTenants })).told
      }
      expect(await toldWith(['memberships'])).toEqual([])
      expect(await toldWith(['invitations'])).toContain('memberships: fans out')
      // An exception for whatever table excuses its own statements only.
      expect(await toldWith()).toContain('memberships: fans out')
    })

    test('finds a statement that cannot be explained, and counts what has no plan', async () => {
      const statements = ['select 1 / 0', 'savepoint p1'].map((sql) => statement(sql))
      const noTable = { ...statement('select id from missing'), places: [['src/app.ts:9']] }
      const byTest = [
        'delete from clients',
        'delete from plans',
        'select id from planted_by_a_test',
        'select 1; delete from clients',
      ].map((sql) => ({ ...statement(sql), places: [['test/features/clients.test.ts:1']] }))
      const { told, verdict } = await findingsOf({ statements: [...statements, noTable, ...byTest] })
      expect(told).toEqual([': cannot be explained', ': cannot be explained'])
      expect(Object.fromEntries(verdict.skipped)).toEqual({
        'have no plan': 1,
        'are sent by a test to be refused': 2,
        'are several in one, by a test': 1,
      })
    })

    test('tells the table, the rule, the line of the plan, the statement and where it came from', async () => {
      const statements = [statement('select count(notes) from clients where notes > $1')]
      const { verdict } = await withSequentialScans(() => findingsOf({ statements }))
      const report = composeReport({
        ...verdict,
        findings: verdict.findings.filter(({ table }) => table === 'clients'),
      })
      expect(report).toMatch(
        /^clients: sequential scan \(as the tenant role\)\n {2}Seq Scan on clients; Filter: /,
      )
      expect(report).toContain(`  from: ${place}:7\n  select count(notes) from clients where notes > $1\n`)
      expect(report).toContain('1 statements from 1 files explained')
    })
  },
)
