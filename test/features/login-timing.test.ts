import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSuperAdmin } from '../../src/features/super-admins/credentials.ts'
import { goodPassword, type Platform, startPlatform } from '../support/platform.ts'
import {
  areaUnderCurve,
  comparePairs,
  describeTimes,
  type Probe,
  timeAnswers,
} from '../support/response-times.ts'

/** A rank statistic of so many samples strays from one half by 0.026, so that 0.6 is far beyond chance. */
const samples = 250
const warmUp = 20
const limit = 0.6

let platform: Platform
beforeAll(async () => {
  const plenty = '1000000'
  // With their limits, whose counts are part of the time; numbers that nobody reaches here.
  platform = await startPlatform({
    RATE_LIMITS: 'on',
    FAILED_LOGINS_PER_QUARTER_HOUR: '999999',
    FAILED_LOGINS_PER_ACCOUNT_PER_QUARTER_HOUR: plenty,
    MAILS_PER_HOUR: plenty,
    MAILS_PER_ACCOUNT_PER_HOUR: plenty,
  })
})
afterAll(() => platform.stop())

/** Everybody is asked for once only, so that neither the count nor a cache knows them already. */
async function addPeople(kind: string, status: 'active' | 'disabled'): Promise<void> {
  await platform.sql(
    `with people as (
       insert into users (id, email, password_hash, first_name, last_name, locale, password_changed_at, created_at, updated_at)
       select gen_random_uuid(), $1 || n || '@acme.example', u.password_hash, 'Ada', 'Lovelace', 'en', u.created_at, u.created_at, u.created_at
       from users u, generate_series(0, $2::int) n where u.email = 'owner@acme.example'
       returning id, created_at)
     insert into memberships (tenant_id, id, user_id, role, status, created_at, updated_at)
     select 'acme', gen_random_uuid(), id, 'member', $3, created_at, created_at from people`,
    [kind, samples + warmUp, status],
    'acme',
  )
}

/** Measures, prints the figures and expects that they tell nothing. */
async function expectAlike(title: string, probes: Record<string, Probe>): Promise<void> {
  const times = await timeAnswers(platform.url, probes, { samples, warmUp })
  // biome-ignore lint/suspicious/noConsole: the figures are to be seen in every run
  console.log(describeTimes(title, times))
  for (const { pair, area } of comparePairs(times)) expect(area, pair).toBeLessThanOrEqual(limit)
}

test('how long a login takes tells neither who exists nor who is disabled', {
  timeout: 180_000,
}, async () => {
  await addPeople('active-', 'active')
  await addPeople('off-with-right-', 'disabled')
  await addPeople('off-with-wrong-', 'disabled')
  const logIn = (kind: string, password: string): Probe => ({
    path: '/auth/login',
    next: (index) => ({ email: `${kind}${index}@acme.example`, password }),
    status: 401,
  })
  await expectAlike('login', {
    'unknown e-mail': logIn('nobody-', goodPassword),
    'wrong password': logIn('active-', 'not the password'),
    'disabled, right password': logIn('off-with-right-', goodPassword),
    'disabled, wrong password': logIn('off-with-wrong-', 'not the password'),
  })
})

test('nor how long a super admin’s takes', { timeout: 180_000 }, async () => {
  const email = 'root@platform.example'
  const { id } = (await createSuperAdmin(platform.context, email)) ?? {}
  await platform.sql(
    `insert into super_admins (id, email, password_hash, credentials_changed_at, created_at, updated_at)
     select gen_random_uuid(), 'root-' || n || '@platform.example', password_hash, created_at, created_at, created_at
     from super_admins, generate_series(0, $2::int) n where id = $1`,
    [id, samples + warmUp],
  )
  const logIn = (kind: string): Probe => ({
    path: '/auth/admin/login',
    next: (index) => ({ email: `${kind}${index}@platform.example`, password: 'not the password' }),
    status: 401,
  })
  await expectAlike('super admin login', {
    'unknown e-mail': logIn('nobody-'),
    'wrong password': logIn('root-'),
  })
})

test.each(['/auth/forgot-password', '/auth/resend-verification'])(
  'nor how long %s takes',
  { timeout: 180_000 },
  async (path) => {
    await addPeople(`asks${path.replaceAll('/', '-')}-`, 'active')
    const ask = (kind: string): Probe => ({
      path,
      next: (index) => ({ email: `${kind}${path.replaceAll('/', '-')}-${index}@acme.example` }),
      status: 202,
    })
    await expectAlike(path, { 'unknown e-mail': ask('nobody'), 'known e-mail': ask('asks') })
  },
)

test('the figure would show a difference', () => {
  const about = (ms: number) => Array.from({ length: samples }, (_, index) => ms + (index % 50) / 10)
  expect(areaUnderCurve(about(20), about(20))).toBeCloseTo(0.5)
  expect(areaUnderCurve(about(20), about(21))).toBeGreaterThan(limit)
  expect(areaUnderCurve(about(21), about(20))).toBeGreaterThan(limit)
  expect(areaUnderCurve(about(20), about(40))).toBe(1)
})
