import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { commands } from '../../src/cli.ts'
import { withDirectClient } from '../../src/db/direct-client.ts'
import { runCliHere, settingsOf } from '../support/command-line.ts'
import { auditOf, platformAudit } from '../support/operators.ts'
import { type Platform, startPlatform } from '../support/platform.ts'

let platform: Platform
beforeAll(async () => {
  platform = await startPlatform({ BASE_DOMAIN: 'app.example.com' })
  await platform.signUp('Métallerie', { plan: 'business' })
  await platform.forceTenant('globex', `region = 'CH', metadata = '{"crm_id": 4711, "tier": "gold"}'`)
})
afterAll(() => platform.stop())

const cli = (...args: string[]) => runCliHere(platform, ...args)
const linesOf = (text: string) => text.trimEnd().split('\n')

describe('--help', () => {
  test('says what goes where, which exit codes there are, and names every command', async () => {
    const { code, stdout } = await cli('--help')
    expect(code).toBe(0)
    expect(stdout).toContain('Results go to standard output, everything else to standard error')
    expect(stdout).toContain('Exit codes: 0 done, 1 failed, 2 wrong usage, 3')
    for (const name of Object.keys(commands)) expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'))
  })

  test.each(Object.keys(commands))('of %s shows an example and has --json', async (name) => {
    const { code, stdout } = await cli(name, '--help')
    expect(code).toBe(0)
    expect(stdout).toMatch(new RegExp(`^Usage: tenantry ${name} `))
    expect(stdout).toMatch(new RegExp(`^Examples?:\\n  npm run .*cli -- ${name}`, 'm'))
    expect(stdout).toMatch(/^ {2}--json /m)
  })
})

test.each([
  [['list-tenant'], 'Did you mean list-tenants?'],
  [['list-tenants', '--stauts', 'TRIAL'], 'Did you mean --status?'],
  [['list-tenants', '--plan', 'gold'], 'FREE, STARTER, PROFESSIONAL, BUSINESS, ENTERPRISE'],
  [['list-tenants', '--region', 'US'], 'DZ, CH, FR, BE, CA'],
  [['list-tenants', '--status', 'ASLEEP'], 'PENDING, TRIAL, ACTIVE, SUSPENDED, CANCELLED, DELETING, DELETED'],
  [['list-tenants', '--sort', 'size'], '-created_at, created_at, -name, name'],
  [['list-tenants', '--metadata', 'crm_id'], 'It is such as crm_id=4711.'],
  [['list-tenants', '--limit', '0'], 'It is a number such as 20.'],
  [['suspend-tenant', 'acme'], '--reason'],
  [['suspend-tenant', 'acme', '--reason', ' '], 'It is a text of 1 to 1000 characters'],
  [['status-tenant'], "missing required argument 'id'"],
])('%j is wrong usage, with what would be right', async (args, hint) => {
  const { code, stdout, stderr } = await cli(...args)
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain(hint)
})

describe('list-tenants', () => {
  test('is a table of what people ask for first, and their number beside it', async () => {
    const { code, stdout, stderr } = await cli('list-tenants', '--sort', 'name')
    expect([code, stderr]).toEqual([0, '3 tenants\n'])
    expect(linesOf(stdout)).toEqual([
      'id          name        status  plan          region  users  created     trial ends',
      'acme        Acme        TRIAL   PROFESSIONAL  FR          1  2026-03-02  2026-03-16',
      'globex      Globex      TRIAL   PROFESSIONAL  CH          1  2026-03-02  2026-03-16',
      'metallerie  Métallerie  TRIAL   BUSINESS      FR          1  2026-03-02  2026-03-16',
    ])
  })

  test.each([
    [
      ['--plan', 'pro'],
      ['acme', 'globex'],
    ],
    [['--region', 'ch'], ['globex']],
    [['--status', 'trial', '--q', 'METALL'], ['metallerie']],
    [['--status', 'ACTIVE'], []],
    [['--metadata', 'crm_id=4711', '--metadata', 'tier=gold'], ['globex']],
    [['--metadata', 'crm_id=4711', '--metadata', 'tier=silver'], []],
    [
      ['--limit', '2'],
      ['acme', 'globex'],
    ],
    [
      ['--sort', '-name'],
      ['metallerie', 'globex', 'acme'],
    ],
  ])('%j: %j, one line of JSON each', async (filters, ids) => {
    const { code, stdout, stderr } = await cli('list-tenants', '--sort', 'name', ...filters, '--json')
    expect([code, stderr]).toEqual([0, ''])
    const tenants = linesOf(stdout).flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))
    expect(tenants.map(({ tenant_id }) => tenant_id)).toEqual(ids)
  })

  test('lists all of them, however many there are, or as many as it is told', async () => {
    await platform.sql(
      `insert into tenants (tenant_id, name, region, plan, plan_set_by, status, status_set_by, status_changed_at,
          created_at, updated_at)
        select 'many-' || n, 'Many ' || n, 'FR', 'FREE', 'system', 'ACTIVE', 'system', t, t, t
        from generate_series(1, 1100) n, (values (timestamptz '2025-01-01Z')) at (t)`,
    )
    const all = await cli('list-tenants', '--plan', 'free', '--json')
    expect(new Set(linesOf(all.stdout)).size).toBe(1100)
    const some = await cli('list-tenants', '--plan', 'free', '--limit', '501')
    expect([linesOf(some.stdout).length, some.stderr]).toEqual([502, '501 tenants\n'])
  })
})

describe('status-tenant', () => {
  test('says how a tenant does, to people', async () => {
    const { code, stdout, stderr } = await cli('status-tenant', 'acme')
    expect([code, stderr]).toEqual([0, ''])
    for (const line of [
      /^acme$/,
      /^name +Acme$/,
      /^status +TRIAL$/,
      /^trial ends +2026-03-16 10:00 UTC$/,
      /^host +acme\.app\.example\.com$/,
      /^last activity +2026-03-02 10:00 UTC$/,
      /^users +1 \(1 owner\)$/,
      /^users +1 +25$/,
      /^executions_per_month +0 +50000 +20\d\d-/,
      /^memberships +1 +\d+$/,
      /^kept apart: \d+ checks hold$/,
    ]) {
      expect(stdout).toMatch(new RegExp(line.source, 'm'))
    }
    expect(stdout).not.toMatch(/^clients /m)
  })

  test('--json is that of the API and more', async () => {
    expect((await platform.acme.post('/v1/clients', { name: 'Wile E. Coyote' })).status).toBe(201)
    // The command line goes by the clock of the machine.
    await platform.sql(
      `insert into usage_days (tenant_id, id, metric, day, quantity, created_at, updated_at)
        select 'acme', gen_random_uuid(), 'pages', timezone('Europe/Paris', now())::date - ago, 3, now(), now() from generate_series(1, 40) ago`,
      [],
      'acme',
    )

    const report = JSON.parse((await cli('status-tenant', 'acme', '--json')).stdout)
    expect(report).toMatchObject({
      tenant_id: 'acme',
      status: 'TRIAL',
      limits: { users: { used: 1, limit: 25 } },
      subscription: null,
      usage: { metrics: { pages: 87 }, limits: { executions_per_month: 0 } },
      isolation: { holds: true },
    })
    expect(report.tables).toContainEqual({ table: 'clients', rows: 1, bytes: expect.any(Number) })
    expect(report.isolation.checks.at(-1)).toEqual({
      name: 'no-row-of-another-tenant-inside-acme',
      ok: true,
      severity: 'fatal',
      reason: expect.any(String),
      problems: [],
    })
  })

  test('fails, and says where, when rows of others can be seen', async () => {
    expect((await platform.globex.post('/v1/clients', { name: 'Hank Scorpio' })).status).toBe(201)
    await platform.sql('create policy leak on clients for select using (true)')
    const { code, stdout } = await cli('status-tenant', 'acme')
    await platform.sql('drop policy leak on clients')
    expect(code).toBe(1)
    expect(stdout).toMatch(/^NOT KEPT APART$/m)
    expect(stdout).toMatch(
      /^FAILED +no-row-without-a-tenant\n.*\n +- a row of clients is seen without a tenant/m,
    )
    expect(stdout).toMatch(
      /^FAILED +no-row-of-another-tenant-inside-acme\n.*\n +- a row of another tenant is seen in clients/m,
    )
  })

  test.each([
    ['metalleri', 'There is no tenant "metalleri". There is metallerie.\n'],
    ['zzz', 'There is no tenant "zzz".\n'],
  ])('%s: %s', async (id, message) => {
    expect(await cli('status-tenant', id)).toEqual({ code: 1, stdout: '', stderr: message })
  })
})

describe('suspend-tenant, reactivate-tenant, cancel-tenant', () => {
  test('act as the API does, with the reason in both audit trails', async () => {
    const held = await platform.signUp('Held')
    const suspended = await cli('suspend-tenant', 'held', '--reason', 'Not paid')
    expect(suspended).toEqual({ code: 0, stdout: 'held is SUSPENDED now\n', stderr: '' })
    expect((await held.get('/v1/clients')).body.code).toBe('tenant_suspended')

    const again = await cli('suspend-tenant', 'held', '--reason', 'Not paid')
    expect([again.code, again.stdout]).toEqual([1, ''])
    expect(linesOf(again.stderr)).toEqual([
      'The present status of the tenant does not allow this.',
      '  from: SUSPENDED',
      '  to: SUSPENDED',
    ])

    const reactivated = await cli('reactivate-tenant', 'held', '--reason', 'Paid', '--json')
    expect(JSON.parse(reactivated.stdout)).toMatchObject({ tenant_id: 'held', status: 'TRIAL' })
    const cancelled = await cli('cancel-tenant', 'held', '--reason', 'Asked for', '--yes')
    expect(cancelled.stdout).toBe('held is CANCELLED now\n')

    const expected = [
      ['tenant.suspended', 'Not paid'],
      ['tenant.trial_resumed', 'Paid'],
      ['tenant.cancelled', 'Asked for'],
    ].map(([action, reason]) => ({ action, reason, request_id: 'command line', actor_id: 'command line' }))
    const own = await auditOf(platform, 'held')
    expect(own.filter(({ actor_kind }) => actor_kind === 'operator')).toMatchObject(expected)
    const ofPlatform = await platformAudit(platform)
    expect(ofPlatform.filter(({ subject_tenant_id }) => subject_tenant_id === 'held')).toMatchObject(
      expected.map((entry) => ({ ...entry, actor_kind: 'system' })),
    )
  })

  test('what nothing brings back is not done without a yes, which a script has to give beforehand', async () => {
    const { code, stdout, stderr } = await cli('cancel-tenant', 'globex', '--reason', 'Asked for')
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toBe('Really cancel globex? There is no terminal to answer on: give --yes.\n')
    const [globex] = await platform.sql(`select status from tenants where tenant_id = 'globex'`, [], 'globex')
    expect(globex).toEqual({ status: 'TRIAL' })
  })
})

describe('as a process', () => {
  const program = join(import.meta.dirname, '../../src/cli.ts')
  const start = (...args: string[]) => {
    const { PATH, NODE_COMPILE_CACHE } = process.env
    const env = { PATH, NODE_COMPILE_CACHE, ...settingsOf(platform) }
    return spawn(process.execPath, [program, ...args], { env, cwd: platform.dataDir })
  }

  test('it ends quietly when nobody reads on', async () => {
    const child = start('list-tenants', '--json')
    child.stdout.destroy()
    let stderr = ''
    child.stderr.on('data', (chunk) => {
      stderr += chunk
    })
    expect(await once(child, 'close')).toEqual([0, null])
    expect(stderr).toBe('')
  })

  test('Ctrl-C ends it in the middle of its work, with the exit code of that', async () => {
    await withDirectClient(platform.database.adminUrl, async (other) => {
      await other.query('begin; lock table tenants in access exclusive mode')
      const child = start('list-tenants')
      const closed = once(child, 'close')
      await vi.waitFor(
        async () => {
          const waiting = `select from pg_locks where not granted and relation = 'tenants'::regclass`
          expect(await platform.sql(waiting)).toHaveLength(1)
        },
        { timeout: 20_000 },
      )
      child.kill('SIGINT')
      expect(await closed).toEqual([130, null])
      await other.query('rollback')
    })
  })
})
