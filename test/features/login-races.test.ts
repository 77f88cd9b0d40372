import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { decodeJwt } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { AppError } from '../../src/errors.ts'
import { missingOf } from '../../src/features/sessions/sessions.ts'
import { addPerson, enter } from '../support/members.ts'
import { type Answer, goodPassword, type Platform, startPlatform } from '../support/platform.ts'
import { join, sessionsOf, setStatus, whileLocked } from '../support/sessions.ts'

let platform: Platform
beforeAll(async () => {
  platform = await startPlatform()
  // More people than their plan has seats for.
  await platform.forceTenant('acme', `limit_overrides = '{"users": null}'`)
})
afterEach(() => setStatus(platform, 'globex', 'ACTIVE'))
afterAll(() => platform.stop())

const ways = ['a password', 'a selection token', 'an access token'] as const
type Way = (typeof ways)[number]

/** Somebody of acme and globex, and how they come into globex. */
async function createEntrant(way: Way) {
  const person = await addPerson(platform, 'acme', 'member')
  const { userId, email, passwordChangedAt } = person
  await join(platform, 'globex', person)
  const select = (token: string) =>
    platform.post('/auth/select-tenant', { tenant_id: 'globex' }, { Authorization: `Bearer ${token}` })
  const logIn = () =>
    platform.post('/auth/login', { email, password: goodPassword }, { 'X-Tenant-ID': 'globex' })
  if (way === 'a password') return { userId, comeIn: logIn }
  const token =
    way === 'an access token'
      ? (await enter(platform, 'acme', person)).token
      : await platform.context.tokens.issueSelection({ userId, passwordChangedAt })
  return { userId, comeIn: () => select(token) }
}

/** What a person's entry has left behind, of those at the time that the clock shows. */
async function traces(userId: string) {
  const now = platform.clock.now()
  const count = async (from: string, tenantId?: string) => {
    const [row] = await platform.sql(`select count(*)::int as n from ${from}`, [userId, now], tenantId)
    return row.n
  }
  return {
    sessions: await count('sessions where user_id = $1 and created_at = $2'),
    addresses: await count('known_addresses where person_id = $1 and seen_at = $2'),
    entries: await count('audit_entries where actor_id = $1 and created_at = $2', 'globex'),
  }
}
const nothing = { sessions: 0, addresses: 0, entries: 0 }
const all = { sessions: 1, addresses: 1, entries: 1 }

/** As whatever ends all sessions of a person does first. */
const holdUser = (id: string) => `select from users where id = '${id}' for no key update;`
const endSessions = (id: string) => `delete from sessions where user_id = '${id}';`
const changePassword = (id: string) =>
  `update users set password_changed_at = password_changed_at + interval '1 ms' where id = '${id}';`
const inTenant = (tenantId: string) => `set local app.tenant_id = '${tenantId}';`
const disable = (id: string, tenantId: string) =>
  `${inTenant(tenantId)} update memberships set status = 'disabled'
    where user_id = '${id}' and tenant_id = '${tenantId}';`
const remove = (id: string) =>
  `${inTenant('globex')} delete from memberships where user_id = '${id}' and tenant_id = 'globex';`
const startDeletion = `${inTenant('globex')} alter table tenants disable trigger tenants_status;
  update tenants set status = 'DELETING' where tenant_id = 'globex';
  alter table tenants enable trigger tenants_status;`

const entered = [200, undefined]
const invalidPassword = [401, 'invalid_credentials']
const invalidToken = [401, 'unauthenticated']
const notOfTenant = [403, 'tenant_mismatch']
type Outcomes = Record<Way, unknown[]>
const alike = (outcome: unknown[]): Outcomes => ({
  'a password': outcome,
  'a selection token': outcome,
  'an access token': outcome,
})
const proofIsGone: Outcomes = { ...alike(invalidToken), 'a password': invalidPassword }
/** The proof is the session of the access token, in acme. */
const onlySessionIsGone: Outcomes = { ...alike(entered), 'an access token': invalidToken }

const changes: [what: string, change: (id: string) => string, outcomes: Outcomes][] = [
  ['changes the password', (id) => changePassword(id) + endSessions(id), proofIsGone],
  ['logs out everywhere', (id) => holdUser(id) + endSessions(id), onlySessionIsGone],
  ['disables the membership', (id) => disable(id, 'globex'), alike(notOfTenant)],
  ['removes the membership', remove, alike(notOfTenant)],
  ['disables the other membership', (id) => holdUser(id) + disable(id, 'acme'), onlySessionIsGone],
  ['begins to delete the tenant', (id) => holdUser(id) + startDeletion, alike(notOfTenant)],
  [
    'disables the membership and enables it again',
    (id) => `${holdUser(id)} ${disable(id, 'globex')}
      update memberships set status = 'active' where user_id = '${id}' and tenant_id = 'globex';`,
    alike(entered),
  ],
  [
    'changes the password and disables the membership',
    (id) => changePassword(id) + endSessions(id) + disable(id, 'globex'),
    proofIsGone,
  ],
]
const races = ways.flatMap((way) => changes.map(([what, ...rest]) => [way, what, ...rest] as const))

describe('between what a login reads and what it stores', () => {
  test.each(races)('with %s: whoever %s is waited for, and counts', async (way, _what, change, outcomes) => {
    const { userId, comeIn } = await createEntrant(way)
    platform.clock.advance(1000)
    const [answer] = await whileLocked(platform, change(userId), [comeIn])
    expect([answer?.status, answer?.body.code]).toEqual(outcomes[way])
    expect(answer?.body.access_token === undefined).toBe(outcomes[way] !== entered)
    expect(await traces(userId)).toEqual(outcomes[way] === entered ? all : nothing)
  })

  test.each(races)(
    'with %s: whoever %s and thinks better of it is no obstacle',
    async (way, _what, change) => {
      const { userId, comeIn } = await createEntrant(way)
      platform.clock.advance(1000)
      const [answer] = await whileLocked(platform, change(userId), [comeIn], 'rollback')
      expect([answer?.status, answer?.body.tenant_id]).toEqual([200, 'globex'])
      expect(await traces(userId)).toEqual(all)
    },
  )

  test.each(ways)(
    'with %s: who disables the membership meanwhile waits for the session, and ends it',
    async (way) => {
      const { userId, comeIn } = await createEntrant(way)
      // The session is stored by then, and nothing has committed.
      const lock = 'lock table known_addresses in share mode'
      const [opened, disabled] = await whileLocked(platform, lock, [
        comeIn,
        () => platform.globex.patch(`/v1/users/${userId}`, { status: 'disabled' }),
      ])
      expect([opened?.status, disabled?.status]).toEqual([200, 200])
      const left = await sessionsOf(platform, { userId })
      expect(left.filter(({ subject_tenant_id }) => subject_tenant_id === 'globex')).toEqual([])
    },
  )
})

test.each(ways)(
  'with %s: while it waits for the membership the person is held already, as whoever locks both expects',
  async (way) => {
    const { userId, comeIn } = await createEntrant(way)
    const lock = `${inTenant('globex')}
      select from memberships where user_id = '${userId}' and tenant_id = 'globex' for update`
    const lookWhoHolds = `do $$ begin
      perform from users where id = '${userId}' for no key update nowait;
      raise 'nobody holds the person';
      exception when lock_not_available then null;
    end $$`
    const [answer] = await whileLocked(platform, lock, [comeIn], lookWhoHolds)
    expect(answer?.status).toBe(200)
  },
)

test.each(ways)(
  'with %s: who disables a membership that was made anew meanwhile waits for the session, and ends it',
  async (way) => {
    const { userId, comeIn } = await createEntrant(way)
    const joinAnew = `${holdUser(userId)} ${remove(userId)}
      insert into memberships (tenant_id, id, user_id, role, status, created_at, updated_at)
        values ('globex', gen_random_uuid(), '${userId}', 'member', 'active', now(), now());`
    const comeInMeanwhile = async () => (await whileLocked(platform, joinAnew, [comeIn]))[0] as Answer
    const disableNow = async () => {
      // The session is stored by then, and nothing has committed.
      await vi.waitFor(async () => {
        const waiting = `select from pg_locks where relation = 'known_addresses'::regclass and not granted`
        expect(await platform.sql(waiting)).toHaveLength(1)
      })
      return platform.globex.patch(`/v1/users/${userId}`, { status: 'disabled' })
    }
    const lock = 'lock table known_addresses in share mode'
    const [opened, disabled] = await whileLocked(platform, lock, [comeInMeanwhile, disableNow])
    expect([opened?.status, disabled?.status]).toEqual([200, 200])
    const left = await sessionsOf(platform, { userId })
    expect(left.filter(({ subject_tenant_id }) => subject_tenant_id === 'globex')).toEqual([])
  },
)

describe('while an access token waits for the membership', () => {
  const logOutOf = (tenantId: string, id: string) =>
    `delete from sessions where user_id = '${id}' and subject_tenant_id = '${tenantId}';`

  test.each([
    ['its session ends', (id: string) => logOutOf('acme', id)],
    [
      'whose it is is disabled, and enabled again',
      (id: string) => `${disable(id, 'acme')} ${logOutOf('acme', id)}
        update memberships set status = 'active' where user_id = '${id}' and tenant_id = 'acme';`,
    ],
  ])('and %s, it lets nobody in', async (_what, meanwhile) => {
    const { userId, comeIn } = await createEntrant('an access token')
    platform.clock.advance(1000)
    const lock = `${inTenant('globex')}
      select from memberships where user_id = '${userId}' and tenant_id = 'globex' for update`
    const [answer] = await whileLocked(platform, lock, [comeIn], meanwhile(userId))
    expect([answer?.status, answer?.body.code]).toEqual(invalidToken)
    expect(await traces(userId)).toEqual(nothing)
  })
})

test.each(ways)(
  'with %s: tokens live as long as they say, however long somebody else was waited for',
  async (way) => {
    const { userId, comeIn } = await createEntrant(way)
    const later = () => {
      platform.clock.advance(9_000)
      return comeIn()
    }
    for (const { status, body } of await whileLocked(platform, holdUser(userId), [comeIn, later])) {
      expect(status).toBe(200)
      const { exp } = decodeJwt(body.access_token)
      expect((exp as number) - platform.clock.now().getTime() / 1000).toBe(body.expires_in)
    }
  },
)

test.each(ways)(
  'with %s: where neither tokens can be signed nor the session stored, that is what is told',
  async (way) => {
    const { userId, comeIn } = await createEntrant(way)
    const unhandled = vi.fn()
    process.on('unhandledRejection', unhandled)
    vi.spyOn(platform.context.tokens, 'issueAccess').mockRejectedValue(new AppError('database_unavailable'))
    const [refused] = await whileLocked(platform, holdUser(userId) + remove(userId), [comeIn])
    expect([refused?.status, refused?.body.code]).toEqual(notOfTenant)
    vi.restoreAllMocks()
    process.off('unhandledRejection', unhandled)
    expect(unhandled).not.toHaveBeenCalled()
  },
)

test.each([
  ['23502', 'sessions', 'user_id', 'user'],
  ['23502', 'sessions', 'membership_id', 'membership'],
  ['23502', 'sessions', 'lookup_hash', undefined],
  ['23502', 'audit_entries', 'user_id', undefined],
  ['23503', 'sessions', 'user_id', undefined],
  [undefined, undefined, undefined, undefined],
])(
  'where %s of %s.%s kept a session from being stored, what was missing is: %s',
  (code, table, column, missing) => {
    expect(missingOf(Object.assign(new Error(), { code, table, column }))).toBe(missing)
  },
)

test.each(ways)(
  'who comes in with %s reaches the database twice: to read, and to store all of it',
  async (way) => {
    const { comeIn } = await createEntrant(way)
    const kinds: string[] = []
    const note = (message: unknown) => {
      const texts = (message as { statements: { sql: string }[] }).statements.map(({ sql }) => sql)
      if (texts.some((text) => text.endsWith("'tenantry login'"))) kinds.push(`${texts[0]} … ${texts.at(-1)}`)
    }
    subscribe('tenantry.sent', note)
    try {
      expect((await comeIn()).status).toBe(200)
    } finally {
      unsubscribe('tenantry.sent', note)
    }
    expect(kinds).toEqual(['BEGIN READ ONLY … commit', 'BEGIN READ WRITE … commit'])
  },
)
