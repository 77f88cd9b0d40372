import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { addMember, signIn } from '../support/members.ts'
import { type Answer, goodPassword, type Member, type Platform, startPlatform } from '../support/platform.ts'

let platform: Platform
beforeAll(async () => {
  platform = await startPlatform()
})
afterAll(() => platform.stop())

type Act = (caller: Member, target: Member) => Promise<Answer>
const path = ({ userId }: Member) => `/v1/users/${userId}`
const demote: Act = (caller, target) => caller.patch(path(target), { role: 'viewer' })
const disable: Act = (caller, target) => caller.patch(path(target), { status: 'disabled' })
const remove: Act = (caller, target) => caller.delete(path(target))
const transfer: Act = (caller, target) => caller.post(`${path(target)}/transfer-ownership`, undefined)
const leave = (caller: Member) => caller.post('/v1/me/leave', undefined)

const outcome = ({ status, body }: Answer) => body.code ?? status

async function listOwners(tenantId: string): Promise<string[]> {
  const rows = await platform.sql(
    `select user_id from memberships where tenant_id = $1 and role = 'owner' and status = 'active'`,
    [tenantId],
    tenantId,
  )
  return rows.map(({ user_id }) => user_id)
}

let companies = 0

/** A company with its one owner, Ada, and another person who has signed in. */
async function found(role: 'owner' | 'admin' | 'member' = 'owner') {
  const ada = await platform.signUp(`Company ${++companies}`)
  const bob = await addMember(platform, ada.tenantId, role)
  return { ada, bob, tenantId: ada.tenantId }
}

describe('the last active owner', () => {
  let ada: Member
  let bob: Member
  beforeEach(async () => {
    ;({ ada, bob } = await found('owner'))
    // An owner who cannot come in counts for nothing.
    expect((await disable(ada, bob)).status).toBe(200)
  })

  test.each<[string, () => Promise<Answer>]>([
    ['leave', () => leave(ada)],
    ['be removed', () => remove(ada, ada)],
    ['be disabled', () => disable(ada, ada)],
    ['step down', () => demote(ada, ada)],
    ['step down by one', () => ada.patch(path(ada), { role: 'admin', status: 'active' })],
  ])('cannot %s', async (_what, act) => {
    const answer = await act()
    expect([answer.status, answer.body.code]).toEqual([409, 'last_owner'])
    expect((await ada.get('/v1/me')).body.user.role).toBe('owner')
    expect(await listOwners(ada.tenantId)).toEqual([ada.userId])
  })

  test('may be said to be an active owner', async () => {
    expect((await ada.patch(path(ada), { role: 'owner', status: 'active' })).status).toBe(200)
  })

  test('demotes and removes an owner who is disabled', async () => {
    expect((await demote(ada, bob)).status).toBe(200)
    expect((await remove(ada, bob)).status).toBe(204)
  })

  test('is not the last one any more with a second, and then may go', async () => {
    await ada.patch(path(bob), { status: 'active' })
    expect((await leave(ada)).status).toBe(204)
    const again = await signIn(platform, bob.tenantId, bob.email)
    expect(outcome(await leave(again))).toBe('last_owner')
  })
})

describe('a transfer of ownership', () => {
  test('makes the one an owner and the other an admin, and says so in the audit trail', async () => {
    const { ada, bob, tenantId } = await found('member')
    const { status, body } = await transfer(ada, bob)
    expect(status).toBe(200)
    expect(body).toMatchObject({ id: bob.userId, role: 'owner', status: 'active' })
    expect((await bob.get(path(bob))).body).toEqual(body)
    expect((await bob.get(path(ada))).body.role).toBe('admin')
    expect(await listOwners(tenantId)).toEqual([bob.userId])
    const entries = await platform.sql(
      `select actor_id, object_type, object_id, changed_fields from audit_entries
        where action = 'ownership.transferred'`,
      [],
      tenantId,
    )
    expect(entries).toEqual([
      { actor_id: ada.userId, object_type: 'user', object_id: bob.userId, changed_fields: ['role'] },
    ])
    expect(outcome(await transfer(ada, bob)), 'she has nothing to give any more').toBe('insufficient_role')
  })

  test('to oneself or to somebody who is disabled is refused, and changes nothing', async () => {
    const { ada, bob, tenantId } = await found('member')
    await disable(ada, bob)
    for (const target of [ada, bob]) {
      const { status, body } = await transfer(ada, target)
      expect([status, body.code]).toEqual([409, 'conflict'])
    }
    expect(await listOwners(tenantId)).toEqual([ada.userId])
  })

  test('to another owner makes the caller an admin', async () => {
    const { ada, bob, tenantId } = await found('owner')
    expect((await transfer(ada, bob)).status).toBe(200)
    expect(await listOwners(tenantId)).toEqual([bob.userId])
  })
})

describe('at the same time', () => {
  // Whoever comes second is told so, by their new role or by having gone.
  const second = [
    'insufficient_role',
    'unauthenticated',
    'not_found',
    'last_owner',
    'conflict',
    'role_too_high',
  ]

  /** Sends requests together, and wants one to be carried out and no other. */
  async function race(tenantId: string, acts: (() => Promise<Answer>)[]) {
    const answers = await Promise.all(acts.map((act) => act()))
    const outcomes = answers.map(outcome)
    expect(
      answers.filter(({ status }) => status < 300),
      String(outcomes),
    ).toHaveLength(1)
    for (const { status, body } of answers) if (status >= 300) expect(second).toContain(body.code)
    expect(await listOwners(tenantId), String(outcomes)).toHaveLength(1)
  }

  test.each<[string, Act]>([
    ['demote', demote],
    ['disable', disable],
    ['remove', remove],
  ])('two owners who %s each other: one stays, in each of 20 rounds', async (_what, act) => {
    for (let round = 0; round < 20; round++) {
      const { ada, bob, tenantId } = await found('owner')
      await race(tenantId, [() => act(ada, bob), () => act(bob, ada)])
    }
  })

  test('two owners who leave, or step down: one stays, in each of 20 rounds', async () => {
    for (let round = 0; round < 20; round++) {
      const { ada, bob, tenantId } = await found('owner')
      const go: Act = round % 2 ? leave : demote
      await race(tenantId, [() => go(ada, ada), () => go(bob, bob)])
    }
  })

  test('an owner leaves while the other is disabled, or removed: one stays', async () => {
    for (let round = 0; round < 20; round++) {
      const { ada, bob, tenantId } = await found('owner')
      await race(tenantId, [() => (round % 2 ? disable : remove)(ada, bob), () => leave(ada)])
    }
  })

  test('two owners hand over to each other: one of them is the owner', async () => {
    for (let round = 0; round < 20; round++) {
      const { ada, bob, tenantId } = await found('owner')
      const answers = await Promise.all([transfer(ada, bob), transfer(bob, ada)])
      // Who gave it away may well be given it back.
      expect(answers.map(({ status }) => status)).toContain(200)
      for (const { status } of answers) expect([200, 403]).toContain(status)
      expect(await listOwners(tenantId)).toHaveLength(1)
    }
  })

  test('one owner hands over to two people: one of them is the owner', async () => {
    for (let round = 0; round < 20; round++) {
      const { ada, bob, tenantId } = await found('admin')
      const eve = await addMember(platform, tenantId, 'viewer')
      await race(tenantId, [() => transfer(ada, bob), () => transfer(ada, eve)])
      expect(await listOwners(tenantId)).not.toContain(ada.userId)
    }
  })

  test('an owner hands over to somebody who leaves: there is an owner', async () => {
    for (let round = 0; round < 20; round++) {
      const { ada, bob, tenantId } = await found('admin')
      await race(tenantId, [() => transfer(ada, bob), () => leave(bob)])
    }
  })

  test('whatever four owners do, to each other and to themselves, one stays and no request fails', async () => {
    // What does not touch the owners comes in between, since it takes locks of its own.
    const acts: Act[] = [
      demote,
      disable,
      remove,
      transfer,
      leave,
      (caller) => caller.patch('/v1/me', { first_name: 'Ada', theme: 'dark' }),
      ({ email, tenantId }) =>
        platform.post('/auth/login', { email, password: goodPassword }, { 'X-Tenant-ID': tenantId }),
      (caller) => caller.post('/v1/api-keys', { name: 'test', role: 'viewer' }),
    ]
    // A fixed sequence, so that a failure comes again.
    let seed = 1
    const pick = <T>(from: T[]): T => {
      seed = (seed * 48_271) % 2_147_483_647
      return from[seed % from.length] as T
    }
    for (let round = 0; round < 20; round++) {
      const { ada, bob, tenantId } = await found('owner')
      const people = [
        ada,
        bob,
        ...(await Promise.all([1, 2].map(() => addMember(platform, tenantId, 'owner')))),
      ]
      const calls = Array.from({ length: 10 }, () => [pick(acts), pick(people), pick(people)] as const)
      const answers = await Promise.all(calls.map(([act, caller, target]) => act(caller, target)))
      expect(answers.filter(({ status }) => status >= 500)).toEqual([])
      expect((await listOwners(tenantId)).length, String(answers.map(outcome))).toBeGreaterThan(0)
    }
  })
})
