import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseTenantId } from '../../src/db/tenant-id.ts'
import { isReserved, toSlug } from '../../src/features/tenants/slug.ts'
import { type Platform, signupBody, startPlatform } from '../support/platform.ts'

test.each([
  ['Acme Corporation', 'acme-corporation'],
  ["L'Épicerie du Coin", 'lepicerie-du-coin'],
  ['L’Épicerie du Coin', 'lepicerie-du-coin'],
  ['SAS DUPONT & Fils', 'sas-dupont-fils'],
  ['Straße Łódź Øre', 'strasse-lodz-ore'],
  ['株式会社テスト', ''],
  ['  --Acme -- Corp!!  ', 'acme-corp'],
  ['E\u0301clair', 'eclair'],
  ['İstanbul', 'istanbul'],
  ['a.b_c/d', 'a-b-c-d'],
  ["'''", ''],
])('%j becomes %j', (name, slug) => {
  expect(toSlug(name)).toBe(slug)
})

test('a slug has at most 40 characters and never ends with a hyphen', () => {
  expect(toSlug('x'.repeat(60))).toBe('x'.repeat(40))
  expect(toSlug(`${'x'.repeat(39)} yyy`)).toBe('x'.repeat(39))
  for (const name of ['Ünïcödé & Söhne GmbH '.repeat(5), `${'a '.repeat(50)}`]) {
    expect(parseTenantId(toSlug(name))).toBeDefined()
  }
})

test.each(['admin', 'api', 'www', 'auth', 'system-default'])('%s is reserved', (name) => {
  expect(isReserved(name)).toBe(true)
})

describe('signups', () => {
  let platform: Platform
  beforeAll(async () => {
    platform = await startPlatform()
  })
  afterAll(() => platform.stop())

  const idOf = async (company: string, email: string) => {
    const member = await platform.signUp(company, { admin_email: email, company_email: 'office@x.example' })
    return member.tenantId
  }

  test('the second and third company of a name get a number', async () => {
    expect(await idOf('Acme Corp', 'one@numbers.example')).toBe('acme-corp')
    expect(await idOf('Acme Corp', 'two@numbers.example')).toBe('acme-corp-2')
    expect(await idOf('ACME, CORP.', 'three@numbers.example')).toBe('acme-corp-3')
  })

  test('a long name is cut so that the number fits into 40 characters', async () => {
    const name = `${'long '.repeat(7)}company`
    const ids = [await idOf(name, 'one@long.example'), await idOf(name, 'two@long.example')]
    expect(ids).toEqual([
      'long-long-long-long-long-long-long-compa',
      'long-long-long-long-long-long-long-com-2',
    ])
    expect(ids.map((id) => id.length)).toEqual([40, 40])
  })

  test('a name without a letter of a to z gets a random id', async () => {
    expect(await idOf('株式会社テスト', 'one@random.example')).toMatch(/^tenant-[0-9a-f]{8}$/)
  })

  test('reserved names are never given out', async () => {
    expect(await idOf('API', 'one@reserved.example')).toBe('api-2')
    expect(await idOf('System Default', 'two@reserved.example')).toBe('system-default-2')
  })

  test('check-company shows the id that a signup would get', async () => {
    const check = async (name: string) =>
      (await platform.get(`/signup/check-company?name=${encodeURIComponent(name)}`)).body
    expect(await check('Brand New')).toEqual({ available: true, tenant_id: 'brand-new' })
    expect(await check('Globex')).toEqual({ available: false, tenant_id: 'globex-2' })
    expect(await check('www')).toEqual({ available: false, tenant_id: 'www-2' })
    expect(await check('株式会社')).toEqual({
      available: true,
      tenant_id: expect.stringMatching(/^tenant-[0-9a-f]{8}$/),
    })
    expect(parseTenantId((await check('x'.repeat(200))).tenant_id)).toBeDefined()
  })

  test('a hundred simultaneous signups of one name all succeed with different ids', async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        platform.post('/signup', signupBody('Same Name', { admin_email: `racer${index}@same.example` })),
      ),
    )
    expect(answers.map(({ status }) => status)).toEqual(Array(100).fill(201))
    const ids = answers.map(({ body }) => body.tenant_id).sort()
    const numbered = Array.from({ length: 99 }, (_, index) => `same-name-${index + 2}`)
    expect(ids).toEqual(['same-name', ...numbered].sort())
  })

  test('no role of the running server can change an id', async () => {
    const { db } = platform.context
    const acme = parseTenantId('acme')
    if (!acme) throw new Error('not an id')
    const byTenant = db.withTenant(acme, (tx) =>
      tx.updateTable('tenants').set({ tenant_id: 'other' }).execute(),
    )
    await expect(byTenant).rejects.toMatchObject({ code: '42501' })
    const byPlatform = db.withPlatform(
      'signup',
      (tx) => tx.updateTable('tenants').set({ tenant_id: 'other' }).where('tenant_id', '=', 'acme').execute(),
      { tenantId: acme },
    )
    await expect(byPlatform).rejects.toThrow()
    expect(await platform.sql('select 1 from tenants where tenant_id = $1', ['acme'], 'acme')).toHaveLength(1)
  })

  test('an id is not used again when its tenant has become a tombstone', async () => {
    const first = await idOf('Phoenix', 'one@phoenix.example')
    await platform.forceTenant(first, `status = 'DELETED'`)
    expect(await idOf('Phoenix', 'two@phoenix.example')).toBe('phoenix-2')
  })
})
