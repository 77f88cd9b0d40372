import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { TenantId } from '../../src/db/tenant-id.ts'
import { makeApiKey } from '../../src/features/api-keys/key-format.ts'
import { addApiKey, addMember, membershipOf, signIn } from '../support/members.ts'
import { type Answer, createMember, type Member, type Platform, startPlatform } from '../support/platform.ts'
import { setMembership, setStatus } from '../support/sessions.ts'

const minute = 60_000
let platform: Platform
let acme: Member
let globex: Member
beforeAll(async () => {
  platform = await startPlatform({ RATE_LIMITS: 'on' })
})
afterAll(() => platform.stop())
afterEach(() => vi.restoreAllMocks())
beforeEach(async () => {
  const { clock } = platform
  clock.advance(minute - (clock.now().getTime() % minute))
  await setTenant(
    `plan = 'PROFESSIONAL', limit_overrides = '{}', status = 'ACTIVE', status_set_by = 'system'`,
  )
  acme = await signIn(platform, 'acme', platform.acme.email)
  globex = await signIn(platform, 'globex', platform.globex.email)
})

const setTenant = (assignments: string) => platform.forceTenant('acme', assignments)
const setLimit = (limit: number | null) =>
  setTenant(`limit_overrides = '${JSON.stringify({ requests_per_minute: limit })}'`)
const times = async <T>(count: number, work: (index: number) => Promise<T>) => {
  const results: T[] = []
  for (let index = 0; index < count; index++) results.push(await work(index))
  return results
}
const list = (member: Member) => member.get('/v1/clients')
const statusOf = async (answer: Promise<Answer>) => (await answer).status
/** How often an answer of each status came. */
const tally = (answers: Answer[]) =>
  Object.fromEntries(
    [...Map.groupBy(answers, ({ status }) => status)].map(([status, all]) => [status, all.length]),
  )
const headersOf = ({ headers }: Answer) => [headers.get('ratelimit-policy'), headers.get('ratelimit')]
/** What is left of the minute, as an answer tells it. */
const leftBy = ({ headers }: Answer) =>
  Number(/^"tenant";r=(\d+);t=\d+$/.exec(headers.get('ratelimit') ?? '')?.[1])

describe('requests per minute of a tenant', () => {
  test('on FREE are 60: the 61st is refused, and the next minute begins anew', async () => {
    await setTenant(`plan = 'FREE'`)
    platform.clock.advance(17_500)
    const [first, second] = await times(2, () => list(acme))
    expect(headersOf(first as Answer)).toEqual(['"tenant";q=60;w=60', '"tenant";r=59;t=43'])
    expect(headersOf(second as Answer)).toEqual(['"tenant";q=60;w=60', '"tenant";r=58;t=43'])
    expect(tally(await times(58, () => list(acme)))).toEqual({ 200: 58 })

    const refused = await list(acme)
    expect(refused.status).toBe(429)
    expect(headersOf(refused)).toEqual(['"tenant";q=60;w=60', '"tenant";r=0;t=43'])
    expect(refused.headers.get('retry-after')).toBe('43')
    expect(refused.headers.get('content-type')).toMatch(/^application\/problem\+json/)
    expect(refused.body).toEqual({
      type: 'urn:tenantry:problem:too_many_requests',
      title: 'too many requests',
      status: 429,
      detail: 'Too many requests: wait as long as Retry-After says.',
      code: 'too_many_requests',
      request_id: refused.headers.get('x-request-id'),
    })

    platform.clock.advance(42_499)
    const last = await list(acme)
    expect([last.status, last.headers.get('retry-after')]).toEqual([429, '1'])
    platform.clock.advance(1)
    const next = await list(acme)
    expect([next.status, ...headersOf(next)]).toEqual([200, '"tenant";q=60;w=60', '"tenant";r=59;t=60'])
  })

  test('are told in French, too', async () => {
    await setLimit(0)
    const { status, body } = await acme.get('/v1/clients', { 'Accept-Language': 'fr' })
    expect([status, body.detail]).toEqual([
      429,
      'Trop de requêtes : attendez la durée indiquée par Retry-After.',
    ])
  })

  test.each([
    ['STARTER', 300],
    ['PROFESSIONAL', 1000],
    ['BUSINESS', 3000],
    ['ENTERPRISE', 10_000],
  ])('on %s are %i', async (plan, limit) => {
    await setTenant(`plan = '${plan}'`)
    expect(headersOf(await list(acme))[0]).toBe(`"tenant";q=${limit};w=60`)
  })

  test('can be more, fewer or unlimited for one tenant', async () => {
    await setLimit(5000)
    expect(headersOf(await list(acme))[0]).toBe('"tenant";q=5000;w=60')
    await setLimit(2)
    expect(tally(await times(4, () => list(acme)))).toEqual({ 200: 1, 429: 3 })
    platform.clock.advance(minute)
    await setLimit(null)
    const answers = await times(4, () => list(acme))
    expect(tally(answers)).toEqual({ 200: 4 })
    expect(answers.map(headersOf)).toEqual(Array(4).fill([null, null]))
  })

  test('are exact under concurrency, whoever of the tenant sends them', async () => {
    const viewer = await addMember(platform, 'acme', 'viewer')
    const key = await addApiKey(platform, {
      tenantId: 'acme',
      role: 'member',
      createdBy: await membershipOf(platform, acme),
    })
    await setLimit(300)
    const callers = [acme, viewer, key]
    const answers = await Promise.all(
      Array.from({ length: 1000 }, (_, index) => list(callers[index % 3] as Member)),
    )
    expect(tally(answers)).toEqual({ 200: 300, 429: 700 })
    const left = answers.filter(({ status }) => status === 200).map(leftBy)
    expect(left.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 300 }, (_, index) => index))
  })

  test('of one tenant are nobody else’s', async () => {
    await setLimit(1)
    expect(tally(await times(3, () => list(acme)))).toEqual({ 200: 1, 429: 2 })
    const answer = await list(globex)
    expect([answer.status, leftBy(answer)]).toEqual([200, 999])
  })

  test('are not counted with RATE_LIMITS=off', async () => {
    const free = await startPlatform({ RATE_LIMITS: 'off' })
    try {
      await free.forceTenant('acme', `limit_overrides = '{"requests_per_minute": 0}'`)
      const answer = await list(free.acme)
      expect([answer.status, ...headersOf(answer)]).toEqual([200, null, null])
    } finally {
      await free.stop()
    }
  })
})

describe('a changed plan', () => {
  test('lets a tenant go on at once, and one that is refused after the next merge', async () => {
    await setTenant(`plan = 'FREE'`)
    expect(tally(await times(59, () => list(acme)))).toEqual({ 200: 59 })
    await setTenant(`plan = 'STARTER'`)
    expect(leftBy(await list(acme))).toBe(240)

    await setTenant(`plan = 'FREE'`)
    expect(tally(await times(2, () => list(acme)))).toEqual({ 429: 2 })
    await setTenant(`plan = 'STARTER'`)
    expect(await statusOf(list(acme))).toBe(429)
    await platform.context.requestRates.merge()
    const answer = await list(acme)
    expect([answer.status, leftBy(answer)], 'refused ones do not count').toEqual([200, 239])
  })

  test('or catalogue, or override, all the same', async () => {
    const setStarter = (limit: number) =>
      platform.sql(`update plans set requests_per_minute = $1 where plan = 'STARTER'`, [limit])
    const afterMerge = async () => {
      await platform.context.requestRates.merge()
      return statusOf(list(acme))
    }
    await setTenant(`plan = 'STARTER'`)
    try {
      await setStarter(1)
      expect(tally(await times(3, () => list(acme)))).toEqual({ 200: 1, 429: 2 })
      expect(await afterMerge()).toBe(429)
      await setStarter(2)
      expect(await afterMerge()).toBe(200)
      expect(tally(await times(2, () => list(acme)))).toEqual({ 429: 2 })
      await setLimit(null)
      expect(await afterMerge()).toBe(200)
    } finally {
      await setStarter(300)
    }
  })

  test('is known before the tenant comes back', async () => {
    await setLimit(1)
    expect(tally(await times(3, () => list(acme)))).toEqual({ 200: 1, 429: 2 })
    await platform.context.requestRates.merge()
    await setLimit(2)
    await platform.context.requestRates.merge()
    expect(await statusOf(list(acme))).toBe(200)
  })
})

describe('strangers', () => {
  const ended = async () => {
    const session = await signIn(platform, 'acme', acme.email)
    await platform.post('/auth/logout', { refresh_token: session.refreshToken })
    return session
  }
  const asAcme = (access_token: string) =>
    createMember(platform.url, {
      access_token,
      tenant_id: 'acme',
      user: { id: acme.userId, email: acme.email },
    })

  test('use nothing up, and learn nothing of a tenant that has used all up', async () => {
    const owner = { tenantId: 'acme', role: 'member' as const, createdBy: await membershipOf(platform, acme) }
    const [key, revoked, expired] = [
      await addApiKey(platform, owner),
      await addApiKey(platform, owner),
      await addApiKey(platform, owner),
    ]
    const setKey = (assignment: string, { userId: id }: Member, value: Date) =>
      platform.sql(`update api_keys set ${assignment} = $1 where id = $2`, [value, id], 'acme')
    await setKey('revoked_at', revoked, platform.clock.now())
    await setKey('expires_at', expired, platform.clock.now())
    const disabled = await addMember(platform, 'acme', 'viewer')
    await setMembership(platform, disabled, { status: 'disabled' })
    const strangers: [who: string, caller: Member, status: number][] = [
      ['a key with the id of a good one', asAcme(makeApiKey('acme' as TenantId, key.userId).key), 401],
      ['a key that was revoked', revoked, 401],
      ['a key that has expired', expired, 401],
      ['a member who was disabled', disabled, 401],
      ['a session that is over', await ended(), 401],
      ['the token of another tenant with this header', asAcme(globex.token), 403],
      ['a token of nobody', asAcme('nobody'), 401],
    ]
    await setLimit(2)
    for (const [who, stranger, status] of strangers) {
      expect(tally(await times(5, () => list(stranger))), who).toEqual({ [status]: 5 })
    }
    expect(tally(await times(4, () => list(acme)))).toEqual({ 200: 2, 429: 2 })
    expect(tally(await times(2, () => list(key)))).toEqual({ 429: 2 })
    for (const [who, stranger, status] of strangers) {
      const answers = await times(2, () => list(stranger))
      expect(tally(answers), who).toEqual({ [status]: 2 })
      expect(answers.map(headersOf), who).toEqual([
        [null, null],
        [null, null],
      ])
    }
  })
})

describe('counted', () => {
  /** By how much an answer lowers what is left. */
  const costOf = async (ask: () => Promise<Answer>) => {
    const before = leftBy(await list(acme))
    const answer = await ask()
    const after = leftBy(await list(acme))
    expect(leftBy(answer), 'every counted answer tells').toBe(after + 1)
    return { status: answer.status, cost: before - after - 1 }
  }

  test('is whatever a member asks for, once', async () => {
    const viewer = await addMember(platform, 'acme', 'viewer')
    const nowhere = '/v1/clients/01890000-0000-7000-8000-000000000000'
    const asked: [what: string, ask: () => Promise<Answer>, status: number][] = [
      ['a read', () => list(acme), 200],
      ['a write', () => acme.post('/v1/clients', { name: 'Wayne Enterprises' }), 201],
      ['what is not there', () => acme.get(nowhere), 404],
      ['a body that is not valid', () => acme.post('/v1/clients', { nothing: true }), 400],
      ['a cursor that is none', () => acme.get('/v1/clients?cursor=none'), 400],
      ['what the role does not allow', () => viewer.post('/v1/clients', { name: 'Nothing' }), 403],
      [
        'what has a limit of its own, for which its caller is looked at first',
        () => acme.post('/v1/invitations', { email: 'grace@acme.example', role: 'viewer' }),
        201,
      ],
      ['what a blocked tenant reaches, too', () => acme.get('/v1/me'), 200],
    ]
    for (const [what, ask, status] of asked) {
      expect(await costOf(ask), what).toEqual({ status, cost: 1 })
    }
  })

  test('is what a blocked tenant asks for, also where it may', async () => {
    await setLimit(5)
    await setStatus(platform, 'acme', 'SUSPENDED', 'billing')
    expect(tally(await times(3, () => list(acme)))).toEqual({ 402: 3 })
    expect(tally(await times(1, () => acme.get('/v1/me')))).toEqual({ 200: 1 })
    expect(tally(await times(3, () => acme.get('/v1/clients/export')))).toEqual({ 200: 1, 429: 2 })
  })

  test('is no request without a tenant', async () => {
    await setLimit(0)
    expect(await statusOf(list(acme))).toBe(429)
    const { status, headers } = await platform.get('/health', { Authorization: `Bearer ${acme.token}` })
    expect([status, headers.get('ratelimit')]).toEqual([200, null])
    expect(
      await statusOf(platform.post('/auth/login', { email: acme.email, password: 'correct-horse-7' })),
    ).toBe(200)
  })
})

describe('what is refused', () => {
  test('leaves nothing behind', async () => {
    await setLimit(1)
    await list(acme)
    const rows = async () => {
      const [row] = await platform.sql(
        `select (select count(*)::int from clients) as clients, (select count(*)::int from audit_entries) as entries`,
        [],
        'acme',
      )
      return row
    }
    const before = await rows()
    const write = () => acme.post('/v1/clients', { name: 'Refused' })
    expect(tally(await times(3, write))).toEqual({ 429: 3 })
    expect(await rows()).toEqual(before)
  })

  test('costs the database nothing, once it is known who asks', async () => {
    await setLimit(1)
    const viewer = await addMember(platform, 'acme', 'viewer')
    await list(acme)
    const asked = vi.spyOn(platform.context.db, 'readTenant')
    const written = vi.spyOn(platform.context.db, 'withTenant')
    expect(tally(await times(5, () => list(acme)))).toEqual({ 429: 5 })
    expect(tally(await times(5, () => acme.post('/v1/clients', 'no json at all')))).toEqual({ 429: 5 })
    expect(asked, 'who asks is known by now').not.toHaveBeenCalled()
    expect(tally(await times(5, () => list(viewer)))).toEqual({ 429: 5 })
    expect(asked).toHaveBeenCalledTimes(1)
    expect(written).not.toHaveBeenCalled()
  })

  test('is held back from who goes on asking', async () => {
    await setLimit(1)
    expect(tally(await times(2, () => list(acme)))).toEqual({ 200: 1, 429: 1 })
    const start = performance.now()
    expect(await statusOf(list(acme))).toBe(429)
    expect(performance.now() - start).toBeGreaterThan(95)
  })

  test('is counted for the operator, without the tenant', async () => {
    const total = async () => {
      const { body } = await platform.get('/metrics')
      return Number(/^requests_over_plan_total (\d+)$/m.exec(body)?.[1])
    }
    const before = await total()
    await setLimit(1)
    await times(4, () => list(acme))
    expect(await total()).toBe(before + 3)
  })
})
