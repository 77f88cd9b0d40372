import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sendInvitation } from '../../src/features/invitations/send-invitation.ts'
import { deriveToken } from '../../src/features/sessions/one-time-tokens.ts'
import { seatsOf, setLimits, sumOfDays } from '../support/limits.ts'
import { addApiKey, addMember, addPerson, membershipOf } from '../support/members.ts'
import { type Answer, goodPassword, type Platform, startPlatform } from '../support/platform.ts'
import { setStatus, startAnother, whileLocked } from '../support/sessions.ts'

let platform: Platform
beforeAll(async () => {
  platform = await startPlatform()
})
afterAll(() => platform.stop())

const week = 7 * 86_400_000
const code = ({ status, body }: Answer) => (body.code ? [status, body.code] : status)
const tally = (answers: Answer[]) => {
  const counts: Record<string, number> = {}
  for (const answer of answers) counts[String(code(answer))] = (counts[String(code(answer))] ?? 0) + 1
  return counts
}
const times = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, i) => make(i))

let people = 0
const somebody = () => `somebody-${++people}@people.example`

let companies = 0
/** A company with so many seats, as its owner, by a key that does not expire, and by its own acts. */
async function company(seats: number | null) {
  const owner = await platform.signUp(`Company ${++companies}`)
  const { tenantId } = owner
  await setStatus(platform, tenantId, 'ACTIVE')
  await setLimits(platform, tenantId, { users: seats })
  const createdBy = await membershipOf(platform, owner)
  const key = await addApiKey(platform, { tenantId, role: 'owner', createdBy })
  const invite = (email = somebody()) => key.post('/v1/invitations', { email, role: 'viewer' })
  return {
    tenantId,
    owner,
    key,
    tryToInvite: invite,
    async invite(email?: string) {
      const answer = await invite(email)
      if (answer.status !== 201) throw new Error(`no invitation: ${JSON.stringify(answer.body)}`)
      return answer.body as { id: string; email: string }
    },
    revoke: (id: string) => key.delete(`/v1/invitations/${id}`),
    resend: (id: string) => key.post(`/v1/invitations/${id}/resend`, undefined),
    enable: (userId: string) => key.patch(`/v1/users/${userId}`, { status: 'active' }),
    disable: (userId: string) => key.patch(`/v1/users/${userId}`, { status: 'disabled' }),
    remove: (userId: string) => key.delete(`/v1/users/${userId}`),
    /** Seats that are taken; the count has to be what there is. */
    async taken() {
      const { members, pending, counted } = await seatsOf(platform, tenantId)
      expect(counted, `${members} members and ${pending} invitations`).toBe(members + pending)
      return counted
    },
  }
}

/** The token that the mail of an invitation brings, and the mail is sent for it. */
async function tokenOf(tenantId: string, id: string): Promise<string> {
  const query = 'select token_id, email from invitations where id = $1'
  const [{ token_id, email }] = (await platform.sql(query, [id], tenantId)) as [
    { token_id: string; email: string },
  ]
  await sendInvitation(
    platform.context,
    { invitation_id: id, token_id },
    { tenantId, messageId: `<${randomUUID()}@tenantry>` },
  )
  return deriveToken(platform.context, 'accept_invitation', { tokenId: token_id, email })
}
const accept = (token: string) =>
  platform.post('/auth/accept-invitation', {
    token,
    first_name: 'Grace',
    last_name: 'Hopper',
    password: 'a-good-one-for-grace',
  })

const full = (allowed: number, used = allowed) => ({
  status: 403,
  body: { code: 'limit_reached', limit: 'users', used, allowed, resets_at: null },
})

describe('with one seat left', () => {
  test('of 100 invitations at once, through two servers, one is made', async () => {
    const another = await startAnother(platform)
    try {
      const { tenantId, key, taken } = await company(2)
      const answers = await Promise.all(
        times(100, (index) => {
          const url = index % 2 ? platform.url : another.url
          return fetch(`${url}/v1/invitations`, {
            method: 'POST',
            headers: {
              Authorization: `Bearer ${key.token}`,
              'X-Tenant-ID': tenantId,
              'Content-Type': 'application/json',
            },
            body: JSON.stringify({ email: somebody(), role: 'viewer' }),
          }).then(async (response) => ({ status: response.status, body: await response.json() }))
        }),
      )
      const refused = answers.filter(({ status }) => status !== 201)
      expect(refused).toHaveLength(99)
      for (const each of refused) expect(each).toMatchObject(full(2))
      expect(await taken()).toBe(2)
      const jobs = await platform.sql(
        `select from graphile_worker._private_jobs jobs join graphile_worker._private_tasks tasks on tasks.id = task_id
          where identifier = 'send-invitation' and payload ->> 'tenant_id' = $1`,
        [tenantId],
      )
      expect(jobs, 'mail goes out for the one that was made').toHaveLength(1)
      const audited = await platform.sql(
        `select from audit_entries where tenant_id = $1 and action = 'invitation.created'`,
        [tenantId],
        tenantId,
      )
      expect(audited).toHaveLength(1)
    } finally {
      await another.stop()
    }
  })

  test('of ten who are enabled at once, one is', async () => {
    const { tenantId, enable, disable, taken } = await company(11)
    const ids = []
    for (let index = 0; index < 10; index++) ids.push((await addPerson(platform, tenantId, 'viewer')).userId)
    for (const id of ids) expect((await disable(id)).status).toBe(200)
    await setLimits(platform, tenantId, { users: 2 })
    expect(tally(await Promise.all(ids.map(enable)))).toEqual({ 200: 1, '403,limit_reached': 9 })
    expect(await taken()).toBe(2)
  })

  test('of ten who are invited again at once, one is', async () => {
    const { tenantId, invite, tryToInvite, resend, taken } = await company(11)
    const invitations = []
    for (let index = 0; index < 10; index++) invitations.push(await invite())
    platform.clock.advance(week)
    await setLimits(platform, tenantId, { users: 2 })
    // Makes the others expired, and holds the seat.
    expect((await tryToInvite()).status).toBe(201)
    expect(await taken()).toBe(2)
    await setLimits(platform, tenantId, { users: 3 })
    const answers = await Promise.all(invitations.map(({ id }) => resend(id)))
    expect(tally(answers)).toEqual({ 200: 1, '403,limit_reached': 9 })
    expect(await taken()).toBe(3)
  })
})

describe('a seat', () => {
  test('is held while an invitation is pending, and is free when it is revoked', async () => {
    const { invite, tryToInvite, revoke, taken } = await company(2)
    const { id } = await invite()
    expect(await tryToInvite()).toMatchObject(full(2))
    expect((await revoke(id)).status).toBe(204)
    expect(code(await revoke(id))).toEqual([409, 'conflict'])
    expect(await taken()).toBe(1)
    await invite()
    expect(await taken()).toBe(2)
  })

  test('is free when an invitation is overdue, for the next one, without any job', async () => {
    const { invite, tryToInvite, taken } = await company(2)
    const { email } = await invite()
    platform.clock.advance(week - 1)
    expect(await tryToInvite()).toMatchObject(full(2))
    platform.clock.advance(1)
    await invite()
    expect(await taken()).toBe(2)
    platform.clock.advance(week)
    await invite(email)
    expect(await taken()).toBe(2)
  })

  test('of an overdue invitation is for nobody while more are taken than allowed, or a payment is due', async () => {
    const acme = await company(4)
    await acme.invite()
    platform.clock.advance(week - 1)
    for (const _ of [1, 2]) await acme.invite()
    await setLimits(platform, acme.tenantId, { users: 2 })
    platform.clock.advance(1)
    expect(code(await acme.tryToInvite())).toEqual([403, 'limit_reached'])
    await setLimits(platform, acme.tenantId, { users: 4 })
    await platform.forceTenant(acme.tenantId, `past_due_since = '2026-03-01'`)
    expect(code(await acme.tryToInvite())).toEqual([402, 'payment_required'])
    await platform.forceTenant(acme.tenantId, 'past_due_since = null')
    expect(code(await acme.tryToInvite())).toBe(201)
    expect(await acme.taken()).toBe(4)
  })

  test('of an overdue invitation is free for who is enabled, too', async () => {
    const acme = await company(2)
    const { userId } = await addPerson(platform, acme.tenantId, 'member')
    await acme.disable(userId)
    await acme.invite()
    expect(code(await acme.enable(userId))).toEqual([403, 'limit_reached'])
    platform.clock.advance(week)
    expect(code(await acme.enable(userId))).toBe(200)
    expect(await acme.taken()).toBe(2)
  })

  test('is taken again by an expired invitation that is sent again, and not by one that holds it', async () => {
    const { tenantId, invite, resend, tryToInvite, taken } = await company(2)
    const first = await invite()
    expect((await resend(first.id)).status).toBe(200)
    expect(await taken()).toBe(2)
    platform.clock.advance(week)
    expect((await resend(first.id)).status, 'overdue, and nobody has taken its seat').toBe(200)
    expect(await taken()).toBe(2)
    platform.clock.advance(week)
    const second = await invite()
    expect(await resend(first.id)).toMatchObject(full(2))
    expect(await taken()).toBe(2)
    await setLimits(platform, tenantId, { users: 3 })
    expect((await resend(first.id)).status).toBe(200)
    expect(await taken()).toBe(3)
    expect(code(await tryToInvite(second.email))).toEqual([409, 'already_invited'])
    expect(await taken()).toBe(3)
  })

  test('goes from the invitation to the member, also when all are taken, and counts once', async () => {
    const { tenantId, invite, tryToInvite, taken } = await company(2)
    const { id } = await invite()
    const token = await tokenOf(tenantId, id)
    await setLimits(platform, tenantId, { users: 1 })
    expect((await accept(token)).status).toBe(200)
    expect(await taken()).toBe(2)
    expect(await tryToInvite()).toMatchObject(full(1, 2))
    expect(code(await accept(token))).toEqual([400, 'token_invalid'])
    expect(await taken()).toBe(2)
  })

  test('is moved once when ten accept one invitation at once', async () => {
    const { tenantId, invite, taken } = await company(2)
    const { id } = await invite()
    const token = await tokenOf(tenantId, id)
    const answers = await Promise.all(times(10, () => accept(token)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(await seatsOf(platform, tenantId)).toMatchObject({ members: 2, pending: 0 })
    expect(await taken()).toBe(2)
  })

  test('is free when a member is disabled, and taken when they are enabled', async () => {
    const { tenantId, disable, enable, invite, revoke, taken } = await company(2)
    const { userId } = await addPerson(platform, tenantId, 'viewer')
    for (const _twice of [1, 2]) {
      expect((await disable(userId)).status).toBe(200)
      expect(await taken()).toBe(1)
    }
    const { id } = await invite()
    expect(await enable(userId)).toMatchObject(full(2))
    expect(await taken()).toBe(2)
    await revoke(id)
    for (const _twice of [1, 2]) {
      expect((await enable(userId)).status, 'enabling who is active takes nothing').toBe(200)
      expect(await taken()).toBe(2)
    }
  })

  test('is free when a member is removed or leaves, and not once more when they were disabled', async () => {
    const { tenantId, disable, remove, taken } = await company(10)
    const [removed, disabled] = [
      await addPerson(platform, tenantId, 'viewer'),
      await addPerson(platform, tenantId, 'viewer'),
    ]
    const leaving = await addMember(platform, tenantId, 'viewer')
    expect(await taken()).toBe(4)
    expect((await remove(removed.userId)).status).toBe(204)
    expect(code(await remove(removed.userId))).toEqual([404, 'not_found'])
    expect(await taken()).toBe(3)
    await disable(disabled.userId)
    expect((await remove(disabled.userId)).status).toBe(204)
    expect(await taken()).toBe(2)
    expect((await leaving.post('/v1/me/leave', undefined)).status).toBe(204)
    expect(await taken()).toBe(1)
  })

  test('is not taken by what is refused for another reason', async () => {
    const { key, owner, invite, tryToInvite, taken } = await company(5)
    const { email } = await invite()
    expect(code(await tryToInvite(email))).toEqual([409, 'already_invited'])
    expect(code(await tryToInvite(owner.email))).toEqual([409, 'already_member'])
    expect((await key.post('/v1/invitations', { email: 'nobody', role: 'viewer' })).status).toBe(400)
    expect(await taken()).toBe(2)
  })

  test('is not to be had while a payment is due, but is given back', async () => {
    const { tenantId, invite, tryToInvite, revoke, resend, disable, enable, taken } = await company(5)
    const { id } = await invite()
    const { userId } = await addPerson(platform, tenantId, 'viewer')
    await platform.forceTenant(tenantId, `past_due_since = '2026-03-02'`)
    expect(code(await tryToInvite())).toEqual([402, 'payment_required'])
    expect((await resend(id)).status, 'it holds its seat').toBe(200)
    expect((await disable(userId)).status).toBe(200)
    expect(code(await enable(userId))).toEqual([402, 'payment_required'])
    expect((await revoke(id)).status).toBe(204)
    expect(await taken()).toBe(1)
  })

  test('is not held against whoever can have as many as they like', async () => {
    const { tryToInvite, taken } = await company(null)
    expect(tally(await Promise.all(times(40, () => tryToInvite())))).toEqual({ 201: 40 })
    expect(await taken()).toBe(41)
  })
})

describe('two at once', () => {
  /** Both wait for the row, whoever comes first is followed by the other. */
  const atOnce = (row: string, requests: (() => Promise<Answer>)[]) =>
    whileLocked(platform, `${row} for update`, requests)

  test('who disable one member give back one seat', async () => {
    const { tenantId, disable, taken } = await company(5)
    const { userId } = await addPerson(platform, tenantId, 'viewer')
    const disableIt = () => disable(userId)
    const answers = await atOnce(`select from memberships where user_id = '${userId}'`, [
      disableIt,
      disableIt,
    ])
    expect(tally(answers)).toEqual({ 200: 2 })
    expect(await taken()).toBe(1)
  })

  test.each(['disable', 'remove'] as const)(
    'of whom one removes a member and one would %s them',
    async (act) => {
      const { tenantId, [act]: second, remove, taken } = await company(5)
      const { userId } = await addPerson(platform, tenantId, 'viewer')
      const answers = await atOnce(`select from memberships where user_id = '${userId}'`, [
        () => remove(userId),
        () => second(userId),
      ])
      expect(tally(answers)).toEqual({ 204: 1, '404,not_found': 1 })
      expect(await taken()).toBe(1)
    },
  )

  describe('who invites while being removed', () => {
    async function companyWithAdmin() {
      const acme = await company(10)
      const admin = await addMember(platform, acme.tenantId, 'admin')
      const createdBy = await membershipOf(platform, admin)
      const key = await addApiKey(platform, { tenantId: acme.tenantId, role: 'admin', createdBy })
      const invite = (email = somebody()) => key.post('/v1/invitations', { email, role: 'viewer' })
      return { acme, createdBy, invite, remove: () => acme.remove(admin.userId) }
    }

    test('has the removal wait for the invitation, and neither waits in vain', async () => {
      const { acme, createdBy, invite, remove } = await companyWithAdmin()
      await invite()
      // The next invitation writes down that this one is overdue; then it meets one of the same address.
      platform.clock.advance(week)
      const same = somebody()
      const insert = `insert into invitations (tenant_id, id, email, role, status, invited_by, token_id, expires_at,
          created_at, updated_at)
        values ('${acme.tenantId}', gen_random_uuid(), '${same}', 'viewer', 'pending', '${createdBy}',
          gen_random_uuid(), '2040-01-01', now(), now())`
      const takeBack = `delete from invitations where email = '${same}'`
      const answers = await whileLocked(platform, insert, [() => invite(same), remove], takeBack)
      expect(answers.map(code)).toEqual([201, 204])
      expect(await acme.taken()).toBe(2)
    })

    test('is told to sign in when the removal is first', async () => {
      for (let round = 0; round < 10; round++) {
        const { acme, invite, remove } = await companyWithAdmin()
        const [removal, ...invitations] = await Promise.all([remove(), invite(), invite(), invite()])
        expect(code(removal)).toBe(204)
        for (const answer of invitations) expect([201, 401]).toContain(answer.status)
        await acme.taken()
      }
    })
  })

  test('who revoke one invitation give back one seat, and so does who revokes what is accepted', async () => {
    const { tenantId, invite, revoke, taken } = await company(5)
    const { id } = await invite()
    const row = (of: string) => `select from invitations where id = '${of}'`
    expect(tally(await atOnce(row(id), [() => revoke(id), () => revoke(id)]))).toEqual({
      204: 1,
      '409,conflict': 1,
    })
    expect(await taken()).toBe(1)
    const { id: other } = await invite()
    const token = await tokenOf(tenantId, other)
    const answers = await Promise.all([accept(token), revoke(other)])
    expect([
      { 200: 1, '409,conflict': 1 },
      { 204: 1, '400,token_invalid': 1 },
    ]).toContainEqual(tally(answers))
    await taken()
  })

  test('who meet overdue invitations give back each seat once', async () => {
    const { invite, tryToInvite, taken } = await company(11)
    const emails = []
    for (let index = 0; index < 10; index++) emails.push((await invite()).email)
    platform.clock.advance(week)
    const answers = await Promise.all([
      ...times(10, () => tryToInvite()),
      ...emails.map((email) => tryToInvite(email)),
    ])
    expect(tally(answers)).toEqual({ 201: 10, '403,limit_reached': 10 })
    expect(await taken()).toBe(11)
  })
})

test('the answer says which limit, in the language of the caller', async () => {
  const { tenantId, key } = await company(1)
  const ask = (headers: Record<string, string>) =>
    key.post('/v1/invitations', { email: somebody(), role: 'viewer' }, headers)
  const english = await ask({})
  expect(english.headers.get('content-type')).toMatch('application/problem+json')
  expect(english.body).toEqual({
    type: expect.any(String),
    title: expect.any(String),
    status: 403,
    detail: 'A limit is reached: see limit, used and allowed.',
    code: 'limit_reached',
    request_id: expect.any(String),
    limit: 'users',
    used: 1,
    allowed: 1,
    resets_at: null,
  })
  const french = await ask({ 'Accept-Language': 'fr' })
  expect(french.body).toEqual({
    ...english.body,
    request_id: expect.any(String),
    detail: 'Une limite est atteinte : voyez limit, used et allowed.',
  })
  await platform.forceTenant(tenantId, `past_due_since = '2026-03-02'`)
  expect((await ask({})).body).toMatchObject({ status: 402, detail: 'Payment required' })
  expect((await ask({ 'Accept-Language': 'fr' })).body).toMatchObject({ detail: 'Paiement requis' })
})

/** One thing that somebody does; `who` picks among the people or invitations that there are by then. */
interface Act {
  kind: 'invite' | 'invite again' | 'revoke' | 'resend' | 'accept' | 'disable' | 'enable' | 'remove' | 'leave'
  who: number
}
const arbitraryAct: fc.Arbitrary<Act> = fc.record({
  kind: fc.constantFrom(
    ...(['invite', 'invite', 'invite again', 'revoke', 'resend'] as const),
    ...(['accept', 'accept', 'disable', 'enable', 'remove', 'leave', 'leave'] as const),
  ),
  who: fc.nat(1000),
})
const ofInvitations: Act['kind'][] = ['invite again', 'revoke', 'resend', 'accept']
/** How those stand on whom an act has an effect. */
const concerned: Partial<Record<Act['kind'], string>> = {
  'invite again': 'expired',
  revoke: 'pending',
  resend: 'expired',
  accept: 'pending',
  disable: 'active',
  enable: 'disabled',
  remove: 'active',
  leave: 'active',
}
const arbitraryRound = fc.record({
  acts: fc.array(arbitraryAct, { minLength: 1, maxLength: 6 }),
  /** Before the acts. */
  days: fc.constantFrom(0, 0, 0, 0, 3, 8),
})

test('after whatever many do, at once or in turn, as many seats are taken as there are', async () => {
  const allowed = 4
  const seen: Record<string, number> = {}
  await fc.assert(
    fc.asyncProperty(fc.array(arbitraryRound, { minLength: 12, maxLength: 12 }), async (rounds) => {
      const acme = await company(allowed)
      const { tenantId } = acme
      /** One whom the act concerns, or every other time anybody. */
      const pick = async (kind: Act['kind'], who: number) => {
        const rows = (await platform.sql(
          ofInvitations.includes(kind)
            ? 'select id, email, status from invitations where tenant_id = $1 order by id'
            : `select user_id as id, email, status from memberships join users on users.id = user_id
                where tenant_id = $1 and role <> 'owner' order by memberships.id`,
          [tenantId],
          tenantId,
        )) as { id: string; email: string; status: string }[]
        const fit = rows.filter(({ status }) => status === concerned[kind])
        const among = who % 2 && fit.length > 0 ? fit : rows
        return among[Math.floor(who / 2) % among.length]
      }
      const perform = async ({ kind, who }: Act): Promise<Answer | undefined> => {
        if (kind === 'invite') return acme.tryToInvite()
        const target = await pick(kind, who)
        if (!target) return undefined
        const { id, email } = target
        if (kind === 'invite again') return acme.tryToInvite(email)
        if (kind === 'accept') return accept(await tokenOf(tenantId, id))
        if (kind !== 'leave') return acme[kind](id)
        const password = email.startsWith('somebody') ? 'a-good-one-for-grace' : goodPassword
        const { body } = await platform.post('/auth/login', { email, password }, { 'X-Tenant-ID': tenantId })
        const bearer = { Authorization: `Bearer ${body.access_token}`, 'X-Tenant-ID': tenantId }
        return platform.request('POST', '/v1/me/leave', undefined, bearer)
      }
      for (const { acts, days } of rounds) {
        platform.clock.advance(days * 86_400_000)
        const answers = await Promise.all(acts.map(perform))
        for (const [index, answer] of answers.entries()) {
          if (!answer) continue
          const what = `${acts[index]?.kind} ${code(answer)}`
          seen[what] = (seen[what] ?? 0) + 1
          expect(answer.status, what).toBeLessThan(500)
        }
        const taken = await acme.taken()
        expect(taken).toBeLessThanOrEqual(allowed)
        expect(await sumOfDays(platform, tenantId, 'users')).toBe(taken - 1)
      }
    }),
    { numRuns: 12, endOnFailure: true },
  )
  const done = [
    'invite 201',
    'revoke 204',
    'resend 200',
    'accept 200',
    'disable 200',
    'enable 200',
    'remove 204',
  ]
  for (const each of [...done, 'leave 204', 'invite 403,limit_reached']) {
    expect(seen[each] ?? 0, `${each} in ${JSON.stringify(seen)}`).toBeGreaterThan(0)
  }
}, 60_000)
