import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { addMember, addPerson, signIn } from '../support/members.ts'
import { createMember, goodPassword, type Member, type Platform, startPlatform } from '../support/platform.ts'
import {
  isSignedIn,
  join,
  refresh,
  refreshed,
  sessionsOf,
  setMembership,
  setStatus,
  whileLocked,
} from '../support/sessions.ts'

let platform: Platform
beforeAll(async () => {
  platform = await startPlatform()
  // More people than their plan has seats for.
  await platform.forceTenant('acme', `limit_overrides = '{"users": null}'`)
})
afterAll(() => platform.stop())

const someone = () => addMember(platform, 'acme', 'member')
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` })
const logOut = (refreshToken: string) => platform.post('/auth/logout', { refresh_token: refreshToken })
const logOutEverywhere = (token: string) =>
  platform.request('POST', '/auth/logout-all', undefined, bearer(token))
const select = (token: string, tenantId: string) =>
  platform.post('/auth/select-tenant', { tenant_id: tenantId }, bearer(token))

async function selected(token: string, tenantId: string) {
  const { status, body } = await select(token, tenantId)
  if (status !== 200) throw new Error(`select-tenant answered ${status}: ${JSON.stringify(body)}`)
  return { ...createMember(platform.url, body), refreshToken: body.refresh_token as string }
}

/** A person of acme and globex, signed in to both. */
async function someoneInTwo() {
  const inAcme = await someone()
  await join(platform, 'globex', inAcme)
  return { inAcme, inGlobex: await signIn(platform, 'globex', inAcme.email) }
}

describe('logout', () => {
  test('ends this session at once and no other', async () => {
    const { inAcme, inGlobex } = await someoneInTwo()
    const otherTab = await signIn(platform, 'acme', inAcme.email)
    expect((await logOut(inAcme.refreshToken)).status).toBe(204)
    expect(await isSignedIn(inAcme)).toBe(false)
    expect((await refresh(platform, inAcme.refreshToken)).body.code).toBe('invalid_refresh_token')
    for (const other of [otherTab, inGlobex]) expect(await isSignedIn(other)).toBe(true)
  })

  test('of the successor ends the access tokens from before it', async () => {
    const before = await someone()
    const after = await refreshed(platform, before.refreshToken)
    await logOut(after.refreshToken)
    expect(await isSignedIn(before)).toBe(false)
    expect(await isSignedIn(after)).toBe(false)
  })

  test.each(['twice', 'with nonsense', 'with nothing', 'with an access token'])(
    '%s is done already',
    async (what) => {
      const member = await someone()
      await logOut(member.refreshToken)
      const tokens: Record<string, string> = {
        twice: member.refreshToken,
        'with an access token': platform.acme.token,
        'with nonsense': 'nonsense',
      }
      const { status, body } = await logOut(tokens[what] ?? '')
      expect([status, body]).toEqual([204, ''])
      expect(await isSignedIn(platform.acme)).toBe(true)
    },
  )
})

describe('logout everywhere', () => {
  test('ends all sessions of a person in all tenants, and nobody else’s', async () => {
    const { inAcme, inGlobex } = await someoneInTwo()
    const otherTab = await signIn(platform, 'acme', inAcme.email)
    const colleague = await someone()
    expect((await logOutEverywhere(inGlobex.token)).status).toBe(204)
    for (const session of [inAcme, inGlobex, otherTab]) {
      expect(await isSignedIn(session)).toBe(false)
      expect((await refresh(platform, session.refreshToken)).status).toBe(401)
    }
    expect(await sessionsOf(platform, inAcme)).toEqual([])
    for (const other of [colleague, platform.acme, platform.globex]) {
      expect(await isSignedIn(other)).toBe(true)
    }
    expect(await isSignedIn(await signIn(platform, 'acme', inAcme.email))).toBe(true)
  })

  test('is for a token whose session lives', async () => {
    const ended = await someone()
    const otherTab = await signIn(platform, 'acme', ended.email)
    await logOut(ended.refreshToken)
    for (const token of [ended.token, otherTab.refreshToken]) {
      const { status, body } = await logOutEverywhere(token)
      expect([status, body.code]).toEqual([401, 'unauthenticated'])
    }
    expect((await platform.request('POST', '/auth/logout-all')).status).toBe(401)
    expect(await isSignedIn(otherTab)).toBe(true)
  })

  test.each(['an access token', 'a password'])(
    'waits for a session that %s is opening, and ends it too',
    async (proof) => {
      const { inAcme } = await someoneInTwo()
      const open = () =>
        proof === 'a password'
          ? platform.post(
              '/auth/login',
              { email: inAcme.email, password: goodPassword },
              { 'X-Tenant-ID': 'globex' },
            )
          : select(inAcme.token, 'globex')
      // As if the session were slow to be stored.
      const [opened, ended] = await whileLocked(platform, 'lock table sessions in share mode', [
        open,
        () => logOutEverywhere(inAcme.token),
      ])
      expect([opened?.status, ended?.status]).toEqual([200, 204])
      expect(await sessionsOf(platform, inAcme)).toEqual([])
      expect(await isSignedIn(createMember(platform.url, opened?.body))).toBe(false)
    },
  )

  test('is not followed by a session that its own tokens open', async () => {
    const { inAcme } = await someoneInTwo()
    const lock = `select from users where id = '${inAcme.userId}' for update`
    const [ended, opened] = await whileLocked(platform, lock, [
      () => logOutEverywhere(inAcme.token),
      () => select(inAcme.token, 'globex'),
    ])
    expect([ended?.status, opened?.status]).toEqual([204, 401])
    expect(await sessionsOf(platform, inAcme)).toEqual([])
  })
})

describe('choosing a tenant', () => {
  const logInToAny = (email: string) =>
    platform.post('/auth/login', { email, password: goodPassword }).then(({ body }) => body)

  test('by the selection token of a login', async () => {
    const { inAcme } = await someoneInTwo()
    const { tenants, selection_token, ...rest } = await logInToAny(inAcme.email)
    expect(rest).toEqual({})
    expect(tenants).toEqual([
      { tenant_id: 'acme', name: 'Acme', role: 'member' },
      { tenant_id: 'globex', name: 'Globex', role: 'member' },
    ])
    const { status, headers, body } = await select(selection_token, 'globex')
    expect(status).toBe(200)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(body).toMatchObject({ tenant_id: 'globex', user: { id: inAcme.userId, role: 'member' } })
    expect(await isSignedIn(createMember(platform.url, body))).toBe(true)
    expect((await refresh(platform, body.refresh_token)).body.tenant_id).toBe('globex')
  })

  test('by an access token leaves every other session as it was', async () => {
    const { inAcme, inGlobex } = await someoneInTwo()
    const chosen = await selected(inAcme.token, 'globex')
    const back = await selected(chosen.token, 'acme')
    for (const session of [inAcme, inGlobex, chosen, back]) {
      expect(await isSignedIn(session)).toBe(true)
      expect((await refresh(platform, session.refreshToken)).status).toBe(200)
    }
    expect(await sessionsOf(platform, inAcme)).toHaveLength(4)
    const entries = await platform.sql(
      `select count(*)::int as n from audit_entries
        where action = 'session.opened' and actor_id = $1 and tenant_id = 'globex'`,
      [inAcme.userId],
      'globex',
    )
    expect(entries).toEqual([{ n: 2 }])
  })

  test.each(['initech', 'no-such-tenant', 'Not A Tenant', 'system-default'])(
    '%s, where they do not belong, is refused alike',
    async (name) => {
      if (name === 'initech') await platform.signUp('Initech')
      const { inAcme } = await someoneInTwo()
      const { selection_token } = await logInToAny(inAcme.email)
      for (const token of [inAcme.token, selection_token]) {
        const { status, body } = await select(token, name)
        expect([status, body.code]).toEqual([403, 'tenant_mismatch'])
      }
    },
  )

  test('where they are disabled, or that is being deleted, is refused', async () => {
    const { inAcme, inGlobex } = await someoneInTwo()
    await setMembership(platform, inGlobex, { status: 'disabled' })
    expect((await select(inAcme.token, 'globex')).body.code).toBe('tenant_mismatch')
    await setMembership(platform, inGlobex, { status: 'active' })
    expect((await select(inAcme.token, 'globex')).status).toBe(200)
    await setStatus(platform, 'globex', 'DELETING')
    expect((await select(inAcme.token, 'globex')).body.code).toBe('tenant_mismatch')
    await setStatus(platform, 'globex', 'ACTIVE')
  })

  test('is for no token of an ended session, nor any but these two', async () => {
    const { inAcme, inGlobex } = await someoneInTwo()
    await logOut(inAcme.refreshToken)
    for (const token of [inAcme.token, inGlobex.refreshToken, 'nonsense']) {
      const { status, headers, body } = await select(token, 'globex')
      expect([status, body.code]).toEqual([401, 'unauthenticated'])
      expect(headers.get('www-authenticate')).toBe('Bearer realm="tenantry", error="invalid_token"')
    }
    expect((await platform.post('/auth/select-tenant', { tenant_id: 'acme' })).status).toBe(401)
    await setMembership(platform, inGlobex, { status: 'disabled' })
    expect((await select(inGlobex.token, 'acme')).status).toBe(401)
  })

  test('is over when the password changes, or five minutes after the login', async () => {
    const { inAcme } = await someoneInTwo()
    const { selection_token } = await logInToAny(inAcme.email)
    await platform.sql('update users set password_changed_at = $1 where id = $2', [
      new Date(platform.clock.now().getTime() + 1),
      inAcme.userId,
    ])
    expect((await select(selection_token, 'acme')).body.code).toBe('unauthenticated')

    const { selection_token: another } = await logInToAny(inAcme.email)
    platform.clock.advance(299_000)
    expect((await select(another, 'acme')).status).toBe(200)
    platform.clock.advance(1000)
    expect((await select(another, 'acme')).status).toBe(401)
  })

  test('does not let a login finish whose password was changed meanwhile', async () => {
    const { email, userId } = await addPerson(platform, 'acme', 'member')
    const verify = vi.spyOn(platform.context.passwords, 'verify').mockImplementationOnce(async () => {
      await platform.sql('update users set password_changed_at = $1 where id = $2', [
        new Date(platform.clock.now().getTime() + 1),
        userId,
      ])
      return true
    })
    const { status, body } = await platform.post('/auth/login', { email, password: goodPassword })
    verify.mockRestore()
    expect([status, body.code]).toEqual([401, 'invalid_credentials'])
    expect(await sessionsOf(platform, { userId })).toEqual([])
  })
})

describe('a membership', () => {
  test('that is disabled takes its sessions along until it is active again', async () => {
    const { inAcme, inGlobex } = await someoneInTwo()
    await setMembership(platform, inAcme, { status: 'disabled' })
    expect(await isSignedIn(inAcme)).toBe(false)
    expect((await refresh(platform, inAcme.refreshToken)).body.code).toBe('invalid_refresh_token')
    expect((await logOutEverywhere(inAcme.token)).status).toBe(401)
    expect(await isSignedIn(inGlobex)).toBe(true)
    await setMembership(platform, inAcme, { status: 'active' })
    expect(await isSignedIn(inAcme)).toBe(true)
    expect((await refresh(platform, inAcme.refreshToken)).status).toBe(200)
  })

  test('that an admin disables has lost its sessions when it is active again, in this tenant only', async () => {
    const { inAcme, inGlobex } = await someoneInTwo()
    for (const status of ['disabled', 'active']) {
      expect((await platform.acme.patch(`/v1/users/${inAcme.userId}`, { status })).status).toBe(200)
      expect(await isSignedIn(inAcme)).toBe(false)
      expect((await refresh(platform, inAcme.refreshToken)).status).toBe(401)
    }
    expect(await isSignedIn(inGlobex)).toBe(true)
  })

  test('that is removed and made again has none of its old sessions', async () => {
    const { inAcme, inGlobex } = await someoneInTwo()
    await platform.sql(
      `delete from memberships where user_id = $1 and tenant_id = 'acme'`,
      [inAcme.userId],
      'acme',
    )
    await join(platform, 'acme', inAcme)
    expect(await isSignedIn(inAcme)).toBe(false)
    expect((await refresh(platform, inAcme.refreshToken)).body.code).toBe('invalid_refresh_token')
    expect(await sessionsOf(platform, inAcme)).toHaveLength(1)
    expect(await isSignedIn(inGlobex)).toBe(true)
    expect(await isSignedIn(await signIn(platform, 'acme', inAcme.email))).toBe(true)
  })

  test('of another role acts at the next request', async () => {
    const member = await someone()
    const add = () => member.post('/v1/clients', { name: 'Wayne' }).then(({ status }) => status)
    expect(await add()).toBe(201)
    await setMembership(platform, member, { role: 'viewer' })
    expect(await add()).toBe(403)
    await setMembership(platform, member, { role: 'member' })
    expect(await add()).toBe(201)
  })
})

describe('a tenant', () => {
  test.each([
    ['SUSPENDED', 'billing', 402, 'payment_required'],
    ['SUSPENDED', 'operator', 403, 'tenant_suspended'],
    ['CANCELLED', 'operator', 403, 'tenant_cancelled'],
    ['PENDING', 'system', 403, 'tenant_pending'],
  ])(
    'that is %s by %s lets its people refresh and shows them why nothing else works',
    async (status, setBy, answer, code) => {
      const owner = await platform.signUp(`Blocked ${setBy} ${status}`)
      const { refreshToken } = await signIn(platform, owner.tenantId, owner.email)
      await setStatus(platform, owner.tenantId, status, setBy)
      const bearer = await refreshed(platform, refreshToken)
      for (const member of [owner, bearer]) {
        const { status, body } = await member.get('/v1/clients')
        expect([status, body.code]).toEqual([answer, code])
        expect(await isSignedIn(member)).toBe(true)
      }
    },
  )

  test.each(['DELETING', 'DELETED'])('that is %s refreshes nobody', async (status) => {
    const owner = await platform.signUp(`Gone ${status}`)
    const { refreshToken } = await signIn(platform, owner.tenantId, owner.email)
    await setStatus(platform, owner.tenantId, status, 'operator')
    expect((await refresh(platform, refreshToken)).body.code).toBe('invalid_refresh_token')
    expect(await codeOf(owner)).toBe('tenant_cancelled')
  })
})

async function codeOf(member: Member): Promise<string> {
  return (await member.get('/v1/clients')).body.code
}
