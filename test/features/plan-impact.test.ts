import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { countedLimits } from '../../src/features/plans/plans.ts'
import { setUsage, signInOperator } from '../support/operators.ts'
import { type Platform, startPlatform } from '../support/platform.ts'

let platform: Platform
let operator: Awaited<ReturnType<typeof signInOperator>>
beforeAll(async () => {
  platform = await startPlatform()
  operator = await signInOperator(platform)
  await platform.signUp('Initech')
  await platform.signUp('Small Shop', { plan: 'free' })
})
afterAll(() => platform.stop())

const companies = ['acme', 'globex', 'initech']
const noUse = Object.fromEntries(countedLimits.map((name) => [name, 0]))
beforeEach(async () => {
  for (const tenantId of companies) {
    await setUsage(platform, tenantId, { ...noUse, users: 1 })
    await platform.forceTenant(
      tenantId,
      `plan = 'PROFESSIONAL', status = 'ACTIVE', limit_overrides = '{}', module_overrides = '{}'`,
    )
  }
})

const impact = (query: string, plan = 'professional') =>
  operator.get(`/v1/admin/plans/${plan}/impact?${query}`)

describe('the impact of a changed plan', () => {
  test('is how many tenants it has, and which of them would be over what', async () => {
    await setUsage(platform, 'acme', { users: 9, storage_bytes: 3_000_000_000, sites: 4 })
    await setUsage(platform, 'initech', { users: 6 })
    const { status, body } = await impact('users=5&storage_bytes=2000000000&sites=4')
    expect(status).toBe(200)
    expect(body).toEqual({
      tenants: 3,
      tenants_over: 2,
      tenants_losing_modules: 0,
      data: [
        {
          tenant_id: 'acme',
          over: [
            { limit: 'storage_bytes', used: 3_000_000_000, allowed: 2_000_000_000 },
            { limit: 'users', used: 9, allowed: 5 },
          ],
        },
        { tenant_id: 'initech', over: [{ limit: 'users', used: 6, allowed: 5 }] },
      ],
      next_cursor: null,
    })
  })

  test('changes nothing', async () => {
    const before = await platform.get('/signup/plans')
    await impact('users=0&modules=')
    expect((await platform.get('/signup/plans')).body).toEqual(before.body)
  })

  test('leaves out other plans, who has left, and the tenant that is none', async () => {
    await setUsage(platform, 'small-shop', { users: 9 })
    for (const tenantId of companies) await setUsage(platform, tenantId, { users: 9 })
    for (const status of ['CANCELLED', 'DELETING', 'DELETED']) {
      await platform.forceTenant('acme', `status = '${status}'`)
      expect((await impact('users=5')).body).toMatchObject({ tenants: 2, tenants_over: 2 })
    }
    for (const status of ['PENDING', 'SUSPENDED']) {
      await platform.forceTenant('acme', `status = '${status}'`)
      expect((await impact('users=5')).body).toMatchObject({ tenants: 3, tenants_over: 3 })
    }
    expect((await impact('users=0', 'free')).body).toMatchObject({
      tenants: 1,
      data: [{ tenant_id: 'small-shop' }],
    })
  })

  test('judges a tenant with a limit of its own by that', async () => {
    for (const tenantId of companies) await setUsage(platform, tenantId, { users: 9 })
    await platform.forceTenant('acme', `limit_overrides = '{"users": 10}'`)
    await platform.forceTenant('globex', `limit_overrides = '{"users": null}'`)
    const { body } = await impact('users=5')
    expect(body.data.map(({ tenant_id }: { tenant_id: string }) => tenant_id)).toEqual(['initech'])
  })

  test('is none for who is over already by as much', async () => {
    await setUsage(platform, 'acme', { users: 30 })
    expect((await impact('users=25')).body.tenants_over).toBe(0)
    expect((await impact('users=26')).body.tenants_over).toBe(0)
    expect((await impact('users=24')).body.tenants_over).toBe(1)
    expect((await impact('')).body).toMatchObject({ tenants: 3, tenants_over: 0, data: [] })
  })

  test('is none of what becomes unlimited', async () => {
    await setUsage(platform, 'acme', { users: 30, sites: 9 })
    expect((await impact('users=unlimited&sites=1')).body.data).toEqual([
      { tenant_id: 'acme', over: [{ limit: 'sites', used: 9, allowed: 1 }] },
    ])
  })

  test('counts who loses a module, but not who has or lacks it anyway', async () => {
    await platform.forceTenant('acme', `module_overrides = '{"voice": true}'`)
    await platform.forceTenant('globex', `module_overrides = '{"voice": false}'`)
    const most = 'crm,accounting,projects,knowledge,automation,content,production'
    expect((await impact(`modules=${most},voice`)).body.tenants_losing_modules).toBe(0)
    expect((await impact(`modules=${most}`)).body.tenants_losing_modules).toBe(1)
    expect((await impact('modules=')).body.tenants_losing_modules).toBe(3)
    expect((await impact(`modules=${most},voice,ai`)).body.tenants_losing_modules).toBe(0)
  })

  test('is what the change itself is refused for', async () => {
    await setUsage(platform, 'acme', { users: 9, sites: 4 })
    const { data } = (await impact('users=5&sites=3')).body
    const { body } = await operator.patch('/v1/admin/plans/pro', { limits: { users: 5, sites: 3 } })
    expect(body.over).toEqual(data)
  })

  test.each([
    ['users=-1', 'query.users'],
    ['users=1.5', 'query.users'],
    ['users=', 'query.users'],
    ['users=null', 'query.users'],
    ['users=1e3', 'query.users'],
    ['users=9007199254740992', 'query.users'],
    ['requests_per_minute=0', 'query.requests_per_minute'],
    ['seats=5', 'query'],
    ['modules=everything', 'query.modules.0'],
    ['modules=crm,crm', 'query.modules'],
    ['limit=101', 'query.limit'],
    ['cursor=No%20Tenant', 'query.cursor'],
  ])('of %s is none that can be told', async (query, path) => {
    const { status, body } = await operator.get(`/v1/admin/plans/free/impact?${query}`, {
      'Accept-Language': 'fr',
    })
    expect([status, body.code, body.errors?.[0].path]).toEqual([400, 'invalid_request', path])
    expect(body.errors[0].message).not.toMatch(/should|is not/)
  })
})

const amount = fc.oneof(fc.nat(12), fc.constant(null))
const names = fc.constantFrom(...countedLimits)
const someAmounts = fc.dictionary(names, amount)
const tenantUse = fc.record({
  used: fc.dictionary(names, fc.nat(12)),
  own: someAmounts,
})

test('whatever is used and whatever would be changed, it names exactly who would be over what', {
  timeout: 60_000,
}, async () => {
  const { body } = await operator.get('/v1/admin/plans')
  const present = body.plans.find(({ plan }: { plan: string }) => plan === 'PROFESSIONAL').limits
  const most = (allowed: unknown) => (allowed === null ? Number.POSITIVE_INFINITY : Number(allowed))
  let overs = 0
  await fc.assert(
    fc.asyncProperty(fc.tuple(tenantUse, tenantUse, tenantUse), someAmounts, async (uses, changed) => {
      const expected = []
      for (const [index, { used, own }] of uses.entries()) {
        const tenantId = companies[index] as string
        await setUsage(platform, tenantId, { ...noUse, ...used })
        await platform.forceTenant(tenantId, `limit_overrides = '${JSON.stringify(own)}'`)
        const over = Object.entries({ ...noUse, ...used })
          .filter(([limit]) => !(limit in own) && limit in changed)
          .map(([limit, used]) => ({ limit, used, allowed: changed[limit] }))
          .filter(({ limit, used, allowed }) => {
            return most(allowed) < most(present[limit]) && used > most(allowed)
          })
          .sort((one, other) => (one.limit < other.limit ? -1 : 1))
        if (over.length > 0) expected.push({ tenant_id: tenantId, over })
      }
      const query = Object.entries(changed).map(([name, allowed]) => `${name}=${allowed ?? 'unlimited'}`)
      const answer = await impact(query.join('&'))
      expect(answer.body.data).toEqual(expected)
      expect(answer.body.tenants_over).toBe(expected.length)
      overs += expected.length
    }),
    { numRuns: 60 },
  )
  expect(overs).toBeGreaterThan(10)
})

test('of 2,000 tenants is told at once, a page at a time', { timeout: 60_000 }, async () => {
  await platform.sql(`
    do $$ declare id text; begin
      for number in 1..2000 loop
        id := 'many-' || lpad(number::text, 4, '0');
        perform set_config('app.tenant_id', id, true);
        insert into tenants (tenant_id, name, region, plan, status, status_set_by, status_changed_at, created_at, updated_at)
          values (id, id, 'FR', 'BUSINESS', 'ACTIVE', 'system', now(), now(), now());
        insert into tenant_settings (tenant_id, id, theme, language, time_zone, date_format, currency,
            vat_rate_basis_points, automatic_numbering, backups, audit, created_at, updated_at)
          values (id, gen_random_uuid(), 'light', 'fr', 'Europe/Paris', 'DD/MM/YYYY', 'EUR', 2000, true, true, true,
            now(), now());
        insert into limit_counters (tenant_id, id, limit_name, used, created_at, updated_at)
          select id, gen_random_uuid(), name, case name when 'users' then number % 20 else 3 end, now(), now()
          from unnest(array['${countedLimits.join("','")}']) name;
      end loop;
    end $$`)
  let pages = 0
  const seen: string[] = []
  let cursor = ''
  do {
    const { status, body } = await impact(`users=9&sites=3&limit=100${cursor}`, 'business')
    pages++
    expect(status).toBe(200)
    expect(body).toMatchObject({ tenants: 2000, tenants_over: 1000, tenants_losing_modules: 0 })
    seen.push(...body.data.map(({ tenant_id }: { tenant_id: string }) => tenant_id))
    cursor = body.next_cursor && `&cursor=${body.next_cursor}`
  } while (cursor)
  expect(pages).toBe(10)
  expect(seen).toEqual([...new Set(seen)].sort())
  expect(seen).toHaveLength(1000)
  const refused = await operator.patch('/v1/admin/plans/business', { limits: { users: 9 } })
  expect([refused.status, refused.body.tenants_over, refused.body.over.length]).toEqual([409, 1000, 20])
})
