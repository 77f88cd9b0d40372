import { afterAll, beforeAll, expect, test } from 'vitest'
import { testSecret } from '../support/cluster.ts'
import { runCli } from '../support/command-line.ts'
import { addClients, keptTables, rowsOf } from '../support/deletion.ts'
import { type Platform, startPlatform } from '../support/platform.ts'

let platform: Platform
let env: Record<string, string>
beforeAll(async () => {
  platform = await startPlatform()
  const { adminUrl, tenantUrl, platformUrl, jobsUrl } = platform.database
  env = {
    DATABASE_URL: adminUrl,
    TENANT_DATABASE_URL: tenantUrl,
    PLATFORM_DATABASE_URL: platformUrl,
    JOBS_DATABASE_URL: jobsUrl,
    TOKEN_KEY_SECRET: testSecret,
    DATA_DIR: platform.dataDir,
  }
  await addClients(platform, 'acme', 1_234)
})
afterAll(() => platform.stop())

test('a tenant is deleted on the command line, once that is confirmed, with a certificate for people and machines', async () => {
  const before = await rowsOf(platform, 'acme')
  const [dry, dryJson, refused, unknown] = await Promise.all([
    runCli(['delete-tenant', 'acme', '--dry-run'], env),
    runCli(['delete-tenant', 'acme', '--dry-run', '--json'], env),
    runCli(['delete-tenant', 'acme'], env),
    runCli(['delete-tenant', 'acmee', '--yes'], env),
  ])
  expect([dry.code, dry.stderr]).toEqual([0, ''])
  expect(dry.stdout).toMatch(/^clients +1234 +\d+$/m)
  expect(dry.stdout).toMatch(/^tenants +1 +\d+ +The id is never given out again/m)
  expect(JSON.parse(dryJson.stdout)).toMatchObject({ tenant_id: 'acme', users: 1 })
  expect([refused.code, refused.stdout]).toEqual([1, ''])
  expect(refused.stderr).toContain('give --yes')
  expect([unknown.code, unknown.stdout]).toEqual([1, ''])
  expect(unknown.stderr).toContain('There is acme')
  expect(await rowsOf(platform, 'acme')).toEqual(before)

  const reason = 'Asked for by its owner'
  const deleted = await runCli(['delete-tenant', 'acme', '--yes', '--json', '--reason', reason], env)
  expect([deleted.code, deleted.stderr]).toEqual([0, expect.stringMatching(/^deleting acme/)])
  expect(JSON.parse(deleted.stdout)).toMatchObject({
    tenant_id: 'acme',
    status: 'done',
    reason,
    requested_by: { kind: 'system', id: 'command line' },
    users_deleted: 1,
  })
  expect(Object.keys(await rowsOf(platform, 'acme')).sort()).toEqual(keptTables)
  const again = await runCli(['delete-tenant', 'acme', '--yes'], env)
  expect([again.code, again.stdout, again.stderr]).toEqual([1, '', 'Not found.\n'])
  const words = await runCli(['delete-tenant', 'globex', '--yes'], env)
  expect(words.stdout).toMatch(/^globex is deleted$/m)
  expect(words.stdout).toMatch(/^clients +0 +0$/m)
})
