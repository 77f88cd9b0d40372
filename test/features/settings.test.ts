import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { TenantId } from '../../src/db/tenant-id.ts'
import { type Amounts, consume } from '../../src/features/plans/limits.ts'
import { addApiKey, addMember, membershipOf } from '../support/members.ts'
import { type Member, type Platform, startPlatform } from '../support/platform.ts'

let platform: Platform
beforeAll(async () => {
  platform = await startPlatform()
})
afterAll(() => platform.stop())

const defaults = {
  theme: 'light',
  language: 'fr',
  time_zone: 'Europe/Paris',
  date_format: 'DD/MM/YYYY',
  currency: 'EUR',
  vat_rate_basis_points: 2000,
  automatic_numbering: true,
  backups: true,
  audit: true,
}
const others = {
  theme: 'dark',
  language: 'en',
  time_zone: 'America/Toronto',
  date_format: 'YYYY-MM-DD',
  currency: 'CAD',
  vat_rate_basis_points: 1498,
  automatic_numbering: false,
  backups: false,
}

/** An API key of the owner's, which outlives their token when the clock is moved. */
async function ownersKey(owner: Member, role: 'admin' | 'manager' = 'admin') {
  const createdBy = await membershipOf(platform, owner)
  return addApiKey(platform, { tenantId: owner.tenantId, role, createdBy })
}

const auditOf = (tenantId: string) =>
  platform.sql(
    `select actor_kind, actor_id, action, object_type, changed_fields, created_at from audit_entries
      where action = 'settings.updated' and tenant_id = $1 order by id`,
    [tenantId],
    tenantId,
  )

test('a tenant begins with the settings of a French company', async () => {
  const { status, body } = await platform.acme.get('/v1/settings')
  expect([status, body]).toEqual([200, { ...defaults, updated_at: platform.clock.now().toISOString() }])
})

test('each setting can be changed, in this tenant alone, and the audit trail tells which', async () => {
  const owner = await platform.signUp('Nordique')
  platform.clock.advance(60_000)
  const now = platform.clock.now()
  const changed = await owner.patch('/v1/settings', others)
  expect([changed.status, changed.body]).toEqual([
    200,
    { ...others, audit: true, updated_at: now.toISOString() },
  ])
  expect((await owner.get('/v1/settings')).body).toEqual(changed.body)
  expect((await platform.acme.get('/v1/settings')).body).toMatchObject(defaults)
  expect(await auditOf(owner.tenantId)).toEqual([
    {
      actor_kind: 'user',
      actor_id: owner.userId,
      action: 'settings.updated',
      object_type: 'settings',
      changed_fields: Object.keys(others),
      created_at: now,
    },
  ])
})

test.each(Object.entries(others))('%s changes without the others', async (name, value) => {
  const owner = await platform.signUp(`Alone ${name}`)
  const { body } = await owner.patch('/v1/settings', { [name]: value })
  expect(body).toMatchObject({ ...defaults, [name]: value })
  expect(await auditOf(owner.tenantId)).toMatchObject([{ changed_fields: [name] }])
})

test('two changes of different settings at once are both kept', async () => {
  const owner = await platform.signUp('At Once')
  await Promise.all(
    Object.entries(others).map(([name, value]) => owner.patch('/v1/settings', { [name]: value })),
  )
  expect((await owner.get('/v1/settings')).body).toMatchObject(others)
})

test('a setting of the tenant is that of each member who prefers nothing else', async () => {
  const owner = await platform.signUp('Members Of')
  const plain = await addMember(platform, owner.tenantId, 'viewer')
  const choosy = await addMember(platform, owner.tenantId, 'viewer')
  await choosy.patch('/v1/me', { theme: 'light', time_zone: 'Asia/Tokyo' })

  await owner.patch('/v1/settings', { theme: 'dark', time_zone: 'Europe/Brussels', currency: 'CHF' })
  expect((await plain.get('/v1/me')).body.settings).toEqual({
    theme: 'dark',
    language: 'fr',
    time_zone: 'Europe/Brussels',
    date_format: 'DD/MM/YYYY',
    currency: 'CHF',
  })
  expect((await choosy.get('/v1/me')).body.settings).toMatchObject({
    theme: 'light',
    time_zone: 'Asia/Tokyo',
    currency: 'CHF',
  })
})

describe('who may', () => {
  test('an admin and their key see and change them, a manager and theirs do neither', async () => {
    const admin = await addMember(platform, 'acme', 'admin')
    const manager = await addMember(platform, 'acme', 'manager')
    for (const caller of [admin, await ownersKey(platform.acme)]) {
      expect((await caller.get('/v1/settings')).status).toBe(200)
      expect((await caller.patch('/v1/settings', { theme: 'light' })).status).toBe(200)
    }
    for (const caller of [manager, await ownersKey(platform.acme, 'manager')]) {
      expect((await caller.get('/v1/settings')).body.code).toBe('insufficient_role')
      expect((await caller.patch('/v1/settings', { theme: 'dark' })).body.code).toBe('insufficient_role')
    }
    expect((await admin.get('/v1/settings')).body.theme).toBe('light')
  })

  test('nobody of a tenant that is blocked', async () => {
    const owner = await platform.signUp('Unpaid')
    await platform.forceTenant(owner.tenantId, `status = 'SUSPENDED'`)
    for (const answer of [
      await owner.get('/v1/settings'),
      await owner.patch('/v1/settings', { theme: 'dark' }),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([402, 'payment_required'])
    }
  })
})

describe('what is refused', () => {
  const aZone = 'should be the name of a time zone such as Europe/Paris'
  const unZone = "devrait être le nom d'un fuseau horaire, par exemple Europe/Paris"
  const aCurrency = 'should be the ISO 4217 code of a currency such as EUR'
  const uneMonnaie = "devrait être le code ISO 4217 d'une monnaie, par exemple EUR"
  const aField = 'should hold at least one field'
  const unChamp = 'devrait contenir au moins un champ'
  const any = expect.any(String)

  beforeEach(() => {
    platform.logLines.length = 0
  })

  test.each<[what: string, body: object, path: string, english: unknown, french: unknown]>([
    ['nothing', {}, 'body', aField, unChamp],
    ['a theme there is not', { theme: 'pink' }, 'body.theme', any, any],
    ['a language we do not speak', { language: 'de' }, 'body.language', any, any],
    ['no language', { language: null }, 'body.language', any, any],
    ['a way to write dates that nobody has', { date_format: 'YY/DD' }, 'body.date_format', any, any],
    ['a place that is no time zone', { time_zone: 'Europe/Atlantis' }, 'body.time_zone', aZone, unZone],
    ['POSIX rules', { time_zone: 'UTC+3' }, 'body.time_zone', aZone, unZone],
    ['POSIX rules that Intl knows', { time_zone: 'SystemV/EST5EDT' }, 'body.time_zone', aZone, unZone],
    ['POSIX rules behind a slash', { time_zone: 'Foo/Bar+3' }, 'body.time_zone', aZone, unZone],
    ['an offset', { time_zone: '+01:00' }, 'body.time_zone', aZone, unZone],
    ['an abbreviation', { time_zone: 'CET' }, 'body.time_zone', aZone, unZone],
    ['one across the ocean', { time_zone: 'PST' }, 'body.time_zone', aZone, unZone],
    ['no time zone', { time_zone: '' }, 'body.time_zone', aZone, unZone],
    ['a currency there is not', { currency: 'EUX' }, 'body.currency', aCurrency, uneMonnaie],
    ['a currency in small letters', { currency: 'eur' }, 'body.currency', aCurrency, uneMonnaie],
    ['a VAT rate below zero', { vat_rate_basis_points: -1 }, 'body.vat_rate_basis_points', any, any],
    ['one above everything', { vat_rate_basis_points: 10_001 }, 'body.vat_rate_basis_points', any, any],
    ['parts of a basis point', { vat_rate_basis_points: 0.5 }, 'body.vat_rate_basis_points', any, any],
    ['a rate in words', { vat_rate_basis_points: '2000' }, 'body.vat_rate_basis_points', any, any],
    ['yes instead of true', { backups: 'yes' }, 'body.backups', any, any],
    ['numbering that is not said', { automatic_numbering: null }, 'body.automatic_numbering', any, any],
    ['no audit trail', { theme: 'dark', audit: false }, 'body', any, any],
    [
      'another time of the change',
      { theme: 'dark', updated_at: '2026-01-01T00:00:00.000Z' },
      'body',
      any,
      any,
    ],
  ])('%s, in English and French', async (_what, body, path, english, french) => {
    const before = (await platform.acme.get('/v1/settings')).body
    const ask = async (language: string) => {
      const answer = await platform.acme.request('PATCH', '/v1/settings', body, {
        'Accept-Language': language,
      })
      expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request'])
      return answer.body.errors
    }
    const inEnglish = await ask('en')
    const inFrench = await ask('fr')
    expect(inEnglish).toEqual([{ path, message: english }])
    expect(inFrench).toEqual([{ path, message: french }])
    expect(inFrench).not.toEqual(inEnglish)
    expect((await platform.acme.get('/v1/settings')).body).toEqual(before)
  })

  test('a time zone that Node knows and PostgreSQL does not', async () => {
    // Taken out of the IANA database in 2020, without ever having been used.
    const zone = 'US/Pacific-New'
    expect(new Intl.DateTimeFormat('en', { timeZone: zone })).toBeDefined()
    await expect(platform.sql('select timezone($1, now())', [zone])).rejects.toMatchObject({ code: '22023' })

    const before = (await platform.acme.get('/v1/settings')).body
    const { status, body } = await platform.acme.patch('/v1/settings', { theme: 'dark', time_zone: zone })
    expect([status, body.errors]).toEqual([400, [{ path: 'body.time_zone', message: aZone }]])
    expect((await platform.acme.get('/v1/settings')).body).toEqual(before)
    expect(platform.logLines.filter((line) => JSON.parse(line).level !== 'info')).toEqual([])
  })

  test('an audit trail that is switched off, whoever writes it', async () => {
    const query = `update tenant_settings set audit = false where tenant_id = 'acme'`
    await expect(platform.sql(query, [], 'acme')).rejects.toMatchObject({ code: '23514' })
  })
})

test.each([
  'UTC',
  'Asia/Kolkata',
  'Asia/Calcutta',
  'America/Argentina/Buenos_Aires',
  'Etc/GMT+1',
  'US/Pacific',
])('%s is a time zone, here and in PostgreSQL', async (time_zone) => {
  const { status, body } = await platform.acme.patch('/v1/settings', { time_zone })
  expect([status, body.time_zone]).toEqual([200, time_zone])
})

test('every zone of a place that Intl names is one for PostgreSQL, too', async () => {
  const zones = Intl.supportedValuesOf('timeZone')
  expect(zones.length).toBeGreaterThan(400)
  const rows = await platform.sql(
    `select z from unnest($1::text[]) z where timezone(z, timestamptz 'epoch') is null`,
    [zones],
  )
  expect(rows).toEqual([])
})

describe('no month and no week of a limit begins twice, whatever time zone the tenant says it is in', () => {
  // The first and the last to begin a day: 25 hours lie between them.
  const early = 'Pacific/Kiritimati'
  const late = 'Pacific/Pago_Pago'
  const hour = 3_600_000

  async function startAt(instant: string, company: string, plan: string) {
    platform.clock.advance(Date.parse(instant) - platform.clock.now().getTime())
    const key = await ownersKey(await platform.signUp(company, { plan }))
    return {
      async moveTo(time_zone: string) {
        const { status, body } = await key.patch('/v1/settings', { time_zone })
        expect(status, JSON.stringify(body)).toBe(200)
      },
      /** Undefined when it was taken, and else when there is more. */
      async take(amounts: Amounts): Promise<string | undefined> {
        const { now } = platform.clock
        try {
          await platform.context.db.withTenant(key.tenantId as TenantId, async (tx) =>
            consume(tx, amounts, now()),
          )
          return undefined
        } catch (error) {
          const { code, detail } = error as { code?: string; detail?: string }
          if (code !== 'TN001') throw error
          return JSON.parse(detail ?? '').resets_at
        }
      },
    }
  }

  test('who goes where it is April already has no other April afterwards', async () => {
    const { moveTo, take } = await startAt('2027-03-31T12:00:00.000Z', 'Traveller', 'free')
    expect(await take({ executions_per_month: 500 })).toBeUndefined()
    expect(await take({ executions_per_month: 1 })).toBe('2027-03-31T22:00:00.000Z')

    await moveTo(early)
    expect(await take({ executions_per_month: 500 }), 'it is April there').toBeUndefined()
    expect(await take({ executions_per_month: 1 })).toBe('2027-04-30T10:00:00.000Z')
    for (const zone of ['Europe/Paris', early, late, early]) {
      await moveTo(zone)
      expect(await take({ executions_per_month: 1 }), zone).toMatch(/^2027-0(4-30|5-01)T/)
    }

    platform.clock.advance(24 * hour)
    for (const zone of [late, 'Europe/Paris', early]) {
      await moveTo(zone)
      expect(await take({ executions_per_month: 1 }), `${zone} on the first of April`).toBeDefined()
    }
    platform.clock.advance(30 * 24 * hour)
    await moveTo(late)
    expect(await take({ executions_per_month: 500 }), 'May').toBeUndefined()
  })

  test.each<[period: string, start: string, portion: Amounts, portions: number]>([
    ['month', '2028-02-28T06:00:00.000Z', { executions_per_month: 10_000 }, 5],
    ['week', '2028-03-05T00:00:00.000Z', { articles_per_week: 2 }, 4],
  ])(
    'who moves every hour for three days around a new %s gets what two of them have',
    async (period, start, portion, portions) => {
      const { moveTo, take } = await startAt(start, `Nomad of the ${period}`, 'professional')
      const zones = [late, early, 'Europe/Paris', late, early, 'America/New_York']
      let taken = 0
      for (let passed = 0; passed < 72; passed++) {
        await moveTo(zones[passed % zones.length] as string)
        // Not all at once: what is counted last decides which period comes next.
        if ((await take(portion)) === undefined) taken++
        platform.clock.advance(hour)
      }
      expect(taken).toBe(2 * portions)
    },
  )
})
