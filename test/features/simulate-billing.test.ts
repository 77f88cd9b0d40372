import { afterAll, beforeAll, expect, test } from 'vitest'
import { testSecret } from '../support/cluster.ts'
import { runCli } from '../support/command-line.ts'
import { type Platform, startPlatform } from '../support/platform.ts'
import { type StripeDouble, startStripeDouble } from '../support/stripe-double/index.ts'

let double: StripeDouble
let platform: Platform
beforeAll(async () => {
  double = await startStripeDouble()
  platform = await startPlatform(double.env, { worker: true })
})
afterAll(async () => {
  await platform.stop()
  await double.stop()
})

const simulate = (args: string[], env: Record<string, string> = {}) =>
  runCli(['simulate-billing', '--url', platform.url, ...args], {
    DATABASE_URL: platform.database.adminUrl,
    TENANT_DATABASE_URL: platform.database.tenantUrl,
    PLATFORM_DATABASE_URL: platform.database.platformUrl,
    TOKEN_KEY_SECRET: testSecret,
    ...double.env,
    ...env,
  })

test('dunning shows grace, suspension and its end, and another life goes on from there', async () => {
  const { code, stdout, stderr } = await simulate(['--tenant', 'acme', '--scenario', 'dunning'])
  expect([code, stderr]).toEqual([0, expect.stringContaining('the renewal cannot be charged')])
  const lines = stdout.trim().split('\n')
  expect(lines[0]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d {2}evt_\w+ {2}[\w.]+ +TRIAL PROFESSIONAL$/)
  const said = lines.map((line) => line.replace(/^\S+ +\S+ +\S+ +/, '').replace(/\d{4}-\d\d-\d\d/, '…'))
  expect(said.filter((status, index) => status !== said[index - 1])).toEqual([
    'TRIAL PROFESSIONAL',
    'ACTIVE PROFESSIONAL',
    'ACTIVE PROFESSIONAL, payment due since …',
    'SUSPENDED PROFESSIONAL',
    'ACTIVE PROFESSIONAL',
  ])

  const storm = await simulate(['--tenant', 'acme', '--scenario', 'duplicate-storm', '--json'])
  expect(storm.code).toBe(0)
  expect(JSON.parse(storm.stdout).at(-1)).toMatchObject({ status: 'ACTIVE', plan: 'BUSINESS' })
  const changes = await platform.sql(
    `select field, to_value from tenant_changes where subject_tenant_id = 'acme' order by field, id`,
  )
  const isSame = (one: (typeof changes)[number], other = {} as typeof one) =>
    one.field === other.field && one.to_value === other.to_value
  expect(changes.filter((change, index) => isSame(change, changes[index - 1]))).toEqual([])
})

test('out of order, the whole life ends as it should', async () => {
  const { code, stdout } = await simulate(['--tenant', 'globex', '--scenario', 'out-of-order', '--json'])
  expect(code).toBe(0)
  const outcomes = JSON.parse(stdout)
  expect(outcomes.length).toBeGreaterThan(15)
  const last = await platform.sql(
    `select status, plan, past_due_since from tenants where tenant_id = 'globex'`,
    [],
    'globex',
  )
  expect(last).toEqual([{ status: 'ACTIVE', plan: 'BUSINESS', past_due_since: null }])
})

test.each([
  [
    'in production',
    ['--tenant', 'acme', '--scenario', 'dunning'],
    { NODE_ENV: 'production', STRIPE_API_BASE: 'https://localhost' },
    /NODE_ENV is production/,
  ],
  [
    'with a live key',
    ['--tenant', 'acme', '--scenario', 'dunning'],
    { STRIPE_SECRET_KEY: 'sk_live_1234567890' },
    /a key of the test mode/,
  ],
  [
    'for an unknown tenant',
    ['--tenant', 'acm', '--scenario', 'dunning'],
    {},
    /There is no tenant "acm". There is acme\./,
  ],
  [
    'for an unknown scenario',
    ['--tenant', 'acme', '--scenario', 'riches'],
    {},
    /dunning, trial-conversion, cancellation/,
  ],
])('it refuses %s', async (_when, args, env, words) => {
  const asked = double.requests.length
  const { code, stdout, stderr } = await simulate(args, env as Record<string, string>)
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toMatch(words)
  expect(double.requests.length).toBe(asked)
})

test('without a server it says where it looked for one', async () => {
  const nowhere = ['--url', 'http://127.0.0.1:1']
  const { code, stderr } = await simulate([...nowhere, '--tenant', 'acme', '--scenario', 'duplicate-storm'])
  expect([code, stderr]).toEqual([1, expect.stringContaining('No server answers at http://127.0.0.1:1')])
})

test('a customer who lives by the real time is left alone', async () => {
  await platform.signUp('Initech')
  const { id } = await double.stripe.customers.create({ metadata: { tenant_id: 'initech' } })
  await platform.sql(
    `insert into billing_accounts (tenant_id, id, customer_name, customer_id, created_at, updated_at)
      values ('initech', gen_random_uuid(), 'Initech', $1, 'epoch', 'epoch')`,
    [id],
    'initech',
  )
  const { code, stderr } = await simulate(['--tenant', 'initech', '--scenario', 'dunning'])
  expect([code, stderr]).toEqual([1, expect.stringContaining('does not live by a test clock')])
})
