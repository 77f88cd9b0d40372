import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addMember, signIn } from '../support/members.ts'
import { createMember, type Platform, startPlatform } from '../support/platform.ts'
import {
  isSignedIn,
  refresh,
  refreshed,
  sessionsOf,
  setMembership,
  whileLocked,
} from '../support/sessions.ts'

let platform: Platform
beforeAll(async () => {
  platform = await startPlatform()
  // More people than their plan has seats for.
  await platform.forceTenant('acme', `limit_overrides = '{"users": null}'`)
})
afterAll(() => platform.stop())

const day = 86_400_000
const someone = () => addMember(platform, 'acme', 'member')
const random = () => randomBytes(32).toString('base64url')

async function expectRefused(refreshToken: string) {
  const { status, headers, body } = await refresh(platform, refreshToken)
  expect([status, body.code]).toEqual([401, 'invalid_refresh_token'])
  expect(headers.get('www-authenticate')).toBe('Bearer realm="tenantry"')
}

const revocations = (sessionId: string) =>
  platform.sql(
    `select tenant_id, actor_kind, actor_id, object_type, host(ip) as ip, request_id from audit_entries
      where action = 'session.revoked' and object_id = $1`,
    [sessionId],
    'acme',
  )

describe('a refresh', () => {
  test('gives new tokens of the same session; the access token from before lives on', async () => {
    const member = await someone()
    const { status, headers, body } = await refresh(platform, member.refreshToken)
    expect(status).toBe(200)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'bearer',
      expires_in: 900,
      refresh_token: expect.stringMatching(/^[\w-]{43}\.[\w-]{43}$/),
      tenant_id: 'acme',
      user: {
        id: member.userId,
        email: member.email,
        first_name: 'Grace',
        last_name: 'Hopper',
        locale: 'en',
        role: 'member',
      },
    })
    expect(body.access_token).not.toBe(member.token)
    expect(body.refresh_token).not.toBe(member.refreshToken)
    expect(await isSignedIn(createMember(platform.url, body))).toBe(true)
    expect(await isSignedIn(member)).toBe(true)
    expect(await sessionsOf(platform, member)).toHaveLength(1)
  })

  test('tells the role that the membership has by now', async () => {
    const member = await someone()
    await setMembership(platform, member, { role: 'viewer' })
    expect((await refresh(platform, member.refreshToken)).body.user.role).toBe('viewer')
  })

  test('of one token, twenty at once, leaves one session, one successor and nobody out', async () => {
    const member = await someone()
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => refresh(platform, member.refreshToken)),
    )
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200))
    const successors = new Set<string>(answers.map(({ body }) => body.refresh_token))
    expect(successors.size).toBe(1)
    for (const { body } of answers) {
      expect(await isSignedIn(createMember(platform.url, body))).toBe(true)
    }
    expect(await sessionsOf(platform, member)).toHaveLength(1)
    const [successor = ''] = successors
    expect((await refresh(platform, successor)).status).toBe(200)
  })

  test('that has to wait for others sees what they left, and undoes nothing', async () => {
    const member = await someone()
    const rotatedTwice = `update sessions set token_hash = sha256('third'), previous_token_hash = sha256('second')
      where user_id = '${member.userId}'`
    const [answer] = await whileLocked(
      platform,
      `select from sessions where user_id = '${member.userId}' for update`,
      [() => refresh(platform, member.refreshToken)],
      rotatedTwice,
    )
    expect(answer?.status).toBe(401)
    expect(await sessionsOf(platform, member)).toEqual([])
  })

  test('whose answer was lost is repeated for ten seconds', async () => {
    const member = await someone()
    const { refreshToken: successor } = await refreshed(platform, member.refreshToken)
    platform.clock.advance(10_000)
    const again = await refreshed(platform, member.refreshToken)
    expect(again.refreshToken).toBe(successor)
    expect(await isSignedIn(again)).toBe(true)
    expect((await refresh(platform, successor)).status).toBe(200)
  })

  test('is repeated no longer: whoever comes later stole the token, or had theirs stolen', async () => {
    const member = await someone()
    const holder = await refreshed(platform, member.refreshToken)
    platform.clock.advance(9_999)
    expect((await refresh(platform, member.refreshToken)).status).toBe(200)
    platform.clock.advance(2)
    expect(await isSignedIn(holder)).toBe(true)
    await expectRefused(member.refreshToken)
    await expectRefused(holder.refreshToken)
    expect(await isSignedIn(holder)).toBe(false)
    expect(await sessionsOf(platform, member)).toEqual([])
  })

  test('moves the end of the session, which is over thirty days after the last', async () => {
    const member = await someone()
    platform.clock.advance(29 * day)
    const later = await refreshed(platform, member.refreshToken)
    platform.clock.advance(30 * day - 1)
    const latest = await refreshed(platform, later.refreshToken)
    expect(await isSignedIn(latest)).toBe(true)
    platform.clock.advance(30 * day)
    await expectRefused(latest.refreshToken)
  })
})

describe('the token before the last one', () => {
  test('ends the session, in the audit trail too, and no other', async () => {
    const first = await someone()
    const [session] = await sessionsOf(platform, first)
    const elsewhere = await signIn(platform, 'acme', first.email)
    const stranger = await addMember(platform, 'globex', 'member')
    const second = await refreshed(platform, first.refreshToken)
    const third = await refreshed(platform, second.refreshToken)

    const { status, headers, body } = await refresh(platform, first.refreshToken)
    expect([status, body.code]).toEqual([401, 'invalid_refresh_token'])
    for (const bearer of [first, second, third]) expect(await isSignedIn(bearer)).toBe(false)
    await expectRefused(third.refreshToken)
    expect(await revocations(session.id)).toEqual([
      {
        tenant_id: 'acme',
        actor_kind: 'system',
        actor_id: 'refresh token reuse',
        object_type: 'session',
        ip: '127.0.0.1',
        request_id: headers.get('x-request-id'),
      },
    ])
    const told = platform.logLines.filter((line) => line.includes('a refresh token was used again'))
    expect(told.at(-1)).toContain('"tenant_id":"acme"')
    expect(told.join()).not.toContain(first.refreshToken.split('.')[1])

    expect((await sessionsOf(platform, first)).map(({ id }) => id)).not.toContain(session.id)
    for (const bearer of [elsewhere, stranger]) {
      expect(await isSignedIn(bearer)).toBe(true)
      expect((await refresh(platform, bearer.refreshToken)).status).toBe(200)
    }
  })

  test('presented ten times at once is audited once', async () => {
    const first = await someone()
    const [session] = await sessionsOf(platform, first)
    const second = await refreshed(platform, first.refreshToken)
    await refreshed(platform, second.refreshToken)
    const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(platform, first.refreshToken)))
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(401))
    expect(await revocations(session.id)).toHaveLength(1)
  })

  test('racing the last one ends the session all the same', async () => {
    for (let round = 0; round < 10; round++) {
      const first = await someone()
      const second = await refreshed(platform, first.refreshToken)
      const third = await refreshed(platform, second.refreshToken)
      const [replay] = await Promise.all([
        refresh(platform, first.refreshToken),
        refresh(platform, third.refreshToken),
      ])
      expect(replay.status).toBe(401)
      expect(await sessionsOf(platform, first)).toEqual([])
    }
  })
})

test('whoever knows the first half of a refresh token has seen one, so a wrong second half ends the session', async () => {
  const member = await someone()
  const [lookup] = member.refreshToken.split('.')
  await expectRefused(`${lookup}.${random()}`)
  expect(await isSignedIn(member)).toBe(false)
  await expectRefused(member.refreshToken)
})

test('the second half of somebody else’s token is worth nothing behind one’s own', async () => {
  const [mine, theirs] = [await someone(), await someone()]
  const [lookup] = mine.refreshToken.split('.')
  const [, secret] = theirs.refreshToken.split('.')
  await expectRefused(`${lookup}.${secret}`)
  expect(await isSignedIn(theirs)).toBe(true)
  expect((await refresh(platform, theirs.refreshToken)).status).toBe(200)
})

test.each([
  ['two random halves', `${random()}.${random()}`],
  ['one half', random()],
  ['nothing', ''],
  ['an access token', 'access'],
  ['a letter too many', 'longer'],
  ['another case', 'upper'],
])('%s is no refresh token and ends nothing', async (_what, text) => {
  const member = await someone()
  const made: Record<string, string> = {
    access: member.token,
    longer: `${member.refreshToken}a`,
    upper: member.refreshToken.toUpperCase(),
  }
  await expectRefused(made[text] ?? text)
  expect(await isSignedIn(member)).toBe(true)
  expect((await refresh(platform, member.refreshToken)).status).toBe(200)
})

test('a refresh token opens no endpoint as a bearer', async () => {
  const { refreshToken } = await someone()
  const { status, body } = await platform.get('/v1/me', {
    Authorization: `Bearer ${refreshToken}`,
    'X-Tenant-ID': 'acme',
  })
  expect([status, body.code]).toEqual([401, 'unauthenticated'])
})
