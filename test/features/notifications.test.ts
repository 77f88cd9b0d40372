import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { inTransaction, withDirectClient } from '../../src/db/direct-client.ts'
import { sendInvitation } from '../../src/features/invitations/send-invitation.ts'
import { forgetNotifications } from '../../src/features/notifications/forget-notifications.ts'
import { deriveToken } from '../../src/features/sessions/one-time-tokens.ts'
import { dayMs, runTask } from '../support/clock-jobs.ts'
import { addApiKey, addMember, membershipOf } from '../support/members.ts'
import { addNotification } from '../support/notifications.ts'
import { signInOperator } from '../support/operators.ts'
import { createMember, goodPassword, type Member, type Platform, startPlatform } from '../support/platform.ts'

let platform: Platform
let operator: Awaited<ReturnType<typeof signInOperator>>
beforeAll(async () => {
  platform = await startPlatform()
  operator = await signInOperator(platform)
})
afterAll(() => platform.stop())

// A company of its own for each test: its owner reads English, whoever else joins it what the company does, French.
let companies = 0
let owner: Member
beforeEach(async () => {
  owner = await platform.signUp(`Company ${++companies}`, { plan: 'business' })
  await owner.patch('/v1/me', { language: 'en' })
})

const colleague = (role: Parameters<typeof addMember>[2]) => addMember(platform, owner.tenantId, role)
const listOf = async (member: Member, query = '') => {
  const { status, body } = await member.get(`/v1/notifications${query}`)
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}
type Shown = { id: string; title: string; body: string; priority: string }
const told = async (member: Member) => (await listOf(member)).data.map(({ title }: Shown) => title)
const markRead = (member: Member, id: string) => member.post(`/v1/notifications/${id}/read`, undefined)
const outcome = ({ status, body }: { status: number; body: { code?: string } }) => [status, body.code]

describe('tells', () => {
  test('owners and admins who has joined them, but not whoever has, nor anybody else', async () => {
    const [admin, member] = [await colleague('admin'), await colleague('member')]
    const joined = await join('admin')
    expect(await listOf(owner)).toEqual({
      data: [
        {
          id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
          category: 'system',
          priority: 'normal',
          title: 'Grace Hopper has joined',
          body: 'Grace Hopper has accepted the invitation. Their role: administrator.',
          read_at: null,
          created_at: platform.clock.now().toISOString(),
        },
      ],
      next_cursor: null,
      unread_count: 1,
    })
    expect((await listOf(admin)).data[0].body).toBe(
      'Grace Hopper a accepté l’invitation. Son rôle : administrateur.',
    )
    for (const other of [joined, member, platform.acme]) {
      expect(await listOf(other)).toEqual({ data: [], next_cursor: null, unread_count: 0 })
    }
  })

  test('somebody their new role, but not who changes their own, nor of a change that is refused', async () => {
    const [admin, viewer] = [await colleague('admin'), await colleague('viewer')]
    await admin.patch(`/v1/users/${viewer.userId}`, { role: 'manager' })
    await admin.patch(`/v1/users/${viewer.userId}`, { role: 'manager', status: 'active' })
    expect(outcome(await admin.patch(`/v1/users/${viewer.userId}`, { role: 'owner' }))).toEqual([
      403,
      'role_too_high',
    ])
    await admin.patch(`/v1/users/${admin.userId}`, { role: 'member' })
    const { data } = await listOf(viewer)
    expect(data.map(({ body }: Shown) => body)).toEqual(['Votre rôle est désormais gestionnaire.'])
    expect(await told(admin)).toEqual([])
  })

  test('the new owner', async () => {
    const admin = await colleague('admin')
    await owner.post(`/v1/users/${admin.userId}/transfer-ownership`, undefined)
    expect((await listOf(admin)).data[0].body).toBe('Votre rôle est désormais propriétaire.')
    expect(await told(owner)).toEqual([])
  })

  test('the other administrators of a new API key', async () => {
    const admin = await colleague('admin')
    await admin.post('/v1/api-keys', { name: 'Cash desk', role: 'viewer' })
    expect((await listOf(owner)).data[0].body).toBe('The API key Cash desk was made. Its role: viewer.')
    expect(await told(admin)).toEqual([])
  })

  test('administrators of another plan, once', async () => {
    const [admin, member] = [await colleague('admin'), await colleague('member')]
    const path = `/v1/admin/tenants/${owner.tenantId}`
    for (const body of [{ plan: 'enterprise' }, { plan: 'enterprise', limits: { users: 500 } }]) {
      expect((await operator.patch(path, body)).status).toBe(200)
    }
    expect((await listOf(owner)).data.map(({ body }: Shown) => body)).toEqual([
      'Your company has changed from the plan BUSINESS to ENTERPRISE.',
    ])
    expect(await told(admin)).toEqual(['Votre offre est désormais ENTERPRISE'])
    expect(await told(member)).toEqual([])
  })

  test('owners when their trial ends, on the day that it is where they are', async () => {
    const admin = await colleague('admin')
    // Past midnight in Paris, not yet in New York.
    await platform.forceTenant(owner.tenantId, `trial_ends_at = '2026-03-04T23:30:00Z'`)
    await runTask(platform.context, 'trial-notices')
    await runTask(platform.context, 'trial-notices')
    const bodies = async () => (await listOf(owner)).data.map(({ body }: Shown) => body)
    expect(await bodies()).toEqual(['Your trial ends on 5 March 2026: choose a plan to go on working.'])
    await owner.patch('/v1/me', { time_zone: 'America/New_York' })
    expect(await bodies()).toEqual(['Your trial ends on 4 March 2026: choose a plan to go on working.'])
    expect(await told(admin)).toEqual([])
  })

  test('owners that a payment failed, and that it is still due, as urgent', async () => {
    const { tenantId } = owner
    const since = `status = 'ACTIVE', trial_ends_at = null, past_due_since`
    await platform.forceTenant(tenantId, `${since} = '2026-03-02T09:00:00Z'`)
    await runTask(platform.context, 'payment-notices')
    await platform.forceTenant(tenantId, `${since} = '2026-02-26T09:00:00Z'`)
    await runTask(platform.context, 'payment-notices')
    expect((await listOf(owner)).data.map(({ priority, body }: Shown) => [priority, body])).toEqual(
      expect.arrayContaining([
        ['urgent', 'Your last payment failed. Settle it by 9 March 2026 to go on working.'],
        ['urgent', 'A payment is still due. Without it your company is suspended on 5 March 2026.'],
      ]),
    )
  })
})

test('tells owners that the support looks into their company, until when and why', async () => {
  const admin = await colleague('admin')
  const reason = 'Invoices are missing'
  const path = `/v1/admin/tenants/${owner.tenantId}/support-sessions`
  expect((await operator.post(path, { reason, minutes: 30 })).status).toBe(201)
  expect((await listOf(owner)).data.map((each: Shown) => [each.priority, each.body])).toEqual([
    [
      'urgent',
      'Support has opened a session inside your company until 2 March 2026 at 11:30. Their reason: Invoices are missing',
    ],
  ])
  expect(await told(admin)).toEqual([])
})

test('shows what is no instant as it is written', async () => {
  for (const template of ['support_session_opened', 'trial_ending']) {
    await platform.sql(
      `insert into notifications (id, membership_id, template, category, priority, values, created_at, updated_at)
        values (gen_random_uuid(), $1, $2, 'system', 'high', '{"time": "soon", "date": "later", "reason": "None"}', now(), now())`,
      [await membershipOf(platform, owner), template],
      owner.tenantId,
    )
  }
  expect((await listOf(owner)).data.map(({ body }: Shown) => body).sort()).toEqual([
    expect.stringContaining(' until soon. Their reason: None'),
    'Your trial ends on later: choose a plan to go on working.',
  ])
})

describe('is not told', () => {
  const preference = (minimum_priority: string) => ({
    preferences: [{ category: 'system', minimum_priority }],
  })

  test.each([
    ['normal', ['A new API key', 'Your plan is ENTERPRISE now']],
    ['high', ['Your plan is ENTERPRISE now']],
    ['urgent', []],
  ])('less than the preference %s asks for', async (minimum, expected) => {
    const admin = await colleague('admin')
    await owner.patch('/v1/notification-preferences', preference(minimum))
    await admin.post('/v1/api-keys', { name: 'Cash desk', role: 'viewer' })
    await operator.patch(`/v1/admin/tenants/${owner.tenantId}`, { plan: 'enterprise' })
    expect((await told(owner)).sort()).toEqual(expected)
  })

  test('who is disabled', async () => {
    const [admin, other] = [await colleague('admin'), await colleague('admin')]
    await owner.patch(`/v1/users/${other.userId}`, { status: 'disabled' })
    await admin.post('/v1/api-keys', { name: 'Cash desk', role: 'viewer' })
    const rows = await platform.sql(
      'select membership_id from notifications where tenant_id = $1',
      [owner.tenantId],
      owner.tenantId,
    )
    expect(rows).toEqual([{ membership_id: await membershipOf(platform, owner) }])
  })

  test('who is just being removed, and nobody waits for that', async () => {
    const [admin, leaving] = [await colleague('admin'), await colleague('admin')]
    const membershipId = await membershipOf(platform, leaving)
    await withDirectClient(platform.database.adminUrl, (client) =>
      inTransaction(client, async () => {
        await client.query(`set local app.tenant_id = '${owner.tenantId}'`)
        await client.query('delete from memberships where id = $1', [membershipId])
        const { status } = await admin.post('/v1/api-keys', { name: 'Cash desk', role: 'viewer' })
        expect(status).toBe(201)
      }),
    )
    expect(await told(owner)).toEqual(['A new API key'])
  })
})

describe('the list', () => {
  /** Notifications that these have joined, the last one last, a second apart. */
  async function joinedOf(member: Member, names: string[]) {
    for (const name of names) {
      await addNotification(platform, member, { name, role: 'member' })
      platform.clock.advance(1000)
    }
  }

  test('is newest first, in pages, each with the count of all that is unread', async () => {
    await joinedOf(owner, ['Ann', 'Bob', 'Cy', 'Di', 'Ed'])
    const seen: string[][] = []
    let query = '?limit=2'
    for (;;) {
      const { data, next_cursor, unread_count } = await listOf(owner, query)
      expect(unread_count).toBe(5)
      seen.push(data.map(({ title }: Shown) => title.split(' ')[0]))
      if (!next_cursor) break
      query = `?limit=2&cursor=${next_cursor}`
    }
    expect(seen).toEqual([['Ed', 'Di'], ['Cy', 'Bob'], ['Ann']])
  })

  test('is of what is unread alone, when asked for', async () => {
    await joinedOf(owner, ['Ann', 'Bob', 'Cy'])
    const { data } = await listOf(owner)
    await markRead(owner, data[1].id)
    const unread = await listOf(owner, '?unread=true')
    expect(unread.data.map(({ id }: Shown) => id)).toEqual([data[0].id, data[2].id])
    expect(unread.unread_count).toBe(2)
    expect((await listOf(owner, '?unread=false')).data).toHaveLength(3)
    await markRead(owner, data[0].id)
    await markRead(owner, data[2].id)
    expect(await listOf(owner, '?unread=true')).toEqual({ data: [], next_cursor: null, unread_count: 0 })
  })

  test('counts no more than 1,000 that are unread', async () => {
    await platform.sql(
      `insert into notifications (id, membership_id, template, category, priority, values, created_at, updated_at)
        select gen_random_uuid(), $1, 'role_changed', 'system', 'high', '{}', now(), now() from generate_series(1, 1001)`,
      [await membershipOf(platform, owner)],
      owner.tenantId,
    )
    expect((await listOf(owner)).unread_count).toBe(1000)
  })

  test.each(['cursor=x', 'limit=0', 'unread=1', 'category=system'])('refuses ?%s', async (query) => {
    expect(outcome(await owner.get(`/v1/notifications?${query}`))).toEqual([400, 'invalid_request'])
  })

  test('is not for an API key', async () => {
    const createdBy = await membershipOf(platform, owner)
    const key = await addApiKey(platform, { tenantId: owner.tenantId, role: 'owner', createdBy })
    expect(outcome(await key.get('/v1/notifications'))).toEqual([403, 'session_required'])
  })
})

describe('reading one', () => {
  test('is noted once, however often it is said, and is in the audit trail', async () => {
    const id = await addNotification(platform, owner, { name: 'Ann', role: 'member' })
    expect((await markRead(owner, id)).status).toBe(204)
    const readAt = platform.clock.now().toISOString()
    platform.clock.advance(1000)
    expect((await markRead(owner, id)).status).toBe(204)
    expect(await listOf(owner)).toMatchObject({ data: [{ id, read_at: readAt }], unread_count: 0 })
    const audit = await platform.sql(
      'select actor_id, action, changed_fields from audit_entries where object_id = $1 order by created_at',
      [id],
      owner.tenantId,
    )
    const entry = { actor_id: owner.userId, action: 'notification.read' }
    expect(audit).toEqual([
      { ...entry, changed_fields: ['read_at'] },
      { ...entry, changed_fields: [] },
    ])
  })

  test('is for nobody else, be they above in the same tenant, in another one, or oneself there', async () => {
    const viewer = await colleague('viewer')
    const id = await addNotification(platform, viewer, { name: 'Ann', role: 'member' })
    const further = await viewer.post('/v1/tenants', {
      company_name: `Further ${companies}`,
      company_email: 'hello@further.example',
      plan: 'free',
      accept_terms: true,
      accept_privacy: true,
    })
    for (const other of [owner, platform.acme, createMember(platform.url, further.body)]) {
      expect(outcome(await markRead(other, id))).toEqual([404, 'not_found'])
      expect(await told(other)).toEqual([])
    }
    expect(outcome(await markRead(owner, randomUUID()))).toEqual([404, 'not_found'])
    expect((await listOf(viewer)).unread_count).toBe(1)
  })
})

describe('the database', () => {
  const valuesOf = (values: unknown) =>
    platform.sql(
      `insert into notifications (id, membership_id, template, category, priority, values, created_at, updated_at)
        select gen_random_uuid(), id, 'x', 'system', 'normal', $1, now(), now() from memberships where tenant_id = app.current_tenant()`,
      [JSON.stringify(values)],
      owner.tenantId,
    )

  const refused = [{ a: null }, { a: true }, { a: ['b'] }, { a: {} }, ['a'], 'a', null]
  test.each(refused.map((values) => [values]))(
    'stores no values but strings and numbers: %j',
    async (values) => {
      await expect(valuesOf(values)).rejects.toMatchObject({ constraint: 'notifications_values_check' })
    },
  )

  test('stores strings and numbers', async () => {
    await valuesOf({ name: 'Ann', count: 2.5 })
    await valuesOf({})
  })
})

test('whoever is removed leaves no notifications behind', async () => {
  const viewer = await colleague('viewer')
  await addNotification(platform, viewer, { name: 'Ann', role: 'member' })
  expect((await owner.delete(`/v1/users/${viewer.userId}`)).status).toBe(204)
  expect(await namesOf(owner)).toEqual([])
})

test('after 90 days they are forgotten, read or not, in every tenant', async () => {
  const owners = [owner, platform.globex]
  for (const each of owners) {
    await addNotification(platform, each, { name: 'old', role: 'member' })
    await markRead(each, await addNotification(platform, each, { name: 'old and read', role: 'member' }))
  }
  platform.clock.advance(1)
  for (const each of owners) await addNotification(platform, each, { name: 'young', role: 'member' })
  platform.clock.advance(90 * dayMs)
  await forgetNotifications(platform.context)
  for (const each of owners) expect(await namesOf(each)).toEqual(['young'])
})

async function namesOf({ tenantId }: Member): Promise<string[]> {
  const query = `select values ->> 'name' as name from notifications where tenant_id = $1`
  return (await platform.sql(query, [tenantId], tenantId)).map(({ name }) => name)
}

/** Somebody who was invited by the owner and has come. */
async function join(role: string): Promise<Member> {
  const { tenantId } = owner
  const email = `grace@${tenantId}.example`
  const { body: invitation } = await owner.post('/v1/invitations', { email, role })
  const query = 'select token_id from invitations where id = $1'
  const [{ token_id }] = await platform.sql(query, [invitation.id], tenantId)
  const mail = { invitation_id: invitation.id, token_id }
  await sendInvitation(platform.context, mail, { tenantId, messageId: `<${randomUUID()}@tenantry>` })
  const token = deriveToken(platform.context, 'accept_invitation', { tokenId: token_id, email })
  const names = { first_name: 'Grace', last_name: 'Hopper' }
  const answer = await platform.post('/auth/accept-invitation', { token, ...names, password: goodPassword })
  return createMember(platform.url, answer.body)
}
