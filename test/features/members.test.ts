import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { withDirectClient } from '../../src/db/direct-client.ts'
import type { Role } from '../../src/features/members/roles.ts'
import { addApiKey, addMember, addPerson, membershipOf, signIn } from '../support/members.ts'
import { type Answer, goodPassword, type Member, type Platform, startPlatform } from '../support/platform.ts'

let platform: Platform
let owner: Member
let admin: Member
beforeAll(async () => {
  platform = await startPlatform()
  owner = platform.acme
  admin = await addMember(platform, 'acme', 'admin')
})
afterAll(() => platform.stop())

const add = (role: Role) => addMember(platform, 'acme', role)
const userPath = ({ userId }: { userId: string }) => `/v1/users/${userId}`
const problem = ({ status, body }: Answer) => [status, body.code]
const look = async (user: { userId: string }) => (await owner.get(userPath(user))).body

/** In the order in which it was written: the clock stands still. */
async function auditOf({ userId }: { userId: string }) {
  return platform.sql(
    `select actor_kind, actor_id, action, object_type, changed_fields from audit_entries
      where object_id = $1 and action not like 'session.%' order by position`,
    [userId],
    'acme',
  )
}

describe('the list of users', () => {
  let initech: Member
  let people: { userId: string; email: string }[]
  beforeAll(async () => {
    initech = await platform.signUp('Initech')
    people = []
    for (const [role, first_name, last_name] of [
      ['admin', 'Peter', 'Gibbons'],
      ['viewer', 'Samir', 'Nagheenanajar'],
      ['viewer', 'Michael', 'Bolton'],
      ['member', 'Milton', '100%_Waddams'],
    ] as const) {
      platform.clock.advance(1000)
      const email = `${first_name}@initech.example`.toLowerCase()
      people.push(await addPerson(platform, 'initech', role, { email, first_name, last_name }))
    }
    await initech.patch(`/v1/users/${people[1]?.userId}`, { status: 'disabled' })
  })

  const emails = async (query: string) => {
    const { status, body } = await initech.get(`/v1/users?${query}`)
    expect(status).toBe(200)
    return body.data.map(({ email }: { email: string }) => email.split('@')[0])
  }

  test('shows who belongs to the tenant, newest first', async () => {
    expect(await emails('')).toEqual(['milton', 'michael', 'samir', 'peter', 'owner'])
    const { body } = await initech.get('/v1/users?limit=2')
    expect(body.data[1]).toEqual({
      id: people[2]?.userId,
      email: 'michael@initech.example',
      first_name: 'Michael',
      last_name: 'Bolton',
      role: 'viewer',
      status: 'active',
      created_at: '2026-03-02T10:00:03.000Z',
    })
  })

  test('goes on from page to page without gap or repeat, also among those of one instant', async () => {
    for (const name of ['a', 'b', 'c'])
      await addPerson(platform, 'initech', 'viewer', { email: `${name}@initech.example` })
    const all = await emails('')
    expect(all).toHaveLength(8)
    const seen: string[] = []
    let next = ''
    do {
      const { body } = await initech.get(`/v1/users?limit=1${next && `&cursor=${next}`}`)
      seen.push(...body.data.map(({ email }: { email: string }) => email.split('@')[0]))
      next = body.next_cursor
    } while (next)
    expect(seen).toEqual(all)
    await platform.sql(
      `delete from memberships where user_id in (select id from users where length(email) = 17)`,
      [],
      'initech',
    )
  })

  test.each([
    ['role=viewer', ['michael', 'samir']],
    ['status=disabled', ['samir']],
    ['role=viewer&status=active', ['michael']],
    ['q=BOLT', ['michael']],
    ['q=mir Nag', ['samir']],
    ['q=peter@', ['peter']],
    ['q=%25', ['milton']],
    ['q=_', ['milton']],
    ['q=nobody', []],
  ])('filtered by %s', async (query, expected) => {
    expect(await emails(query)).toEqual(expected)
  })

  test.each(['role=king', 'status=gone', 'q=', 'cursor=abc', 'email=x@y.example', 'limit=101'])(
    'refuses %s',
    async (query) => {
      expect(problem(await initech.get(`/v1/users?${query}`))).toEqual([400, 'invalid_request'])
    },
  )

  test('one user is as in the list', async () => {
    const { body } = await initech.get('/v1/users?q=michael')
    expect((await initech.get(`/v1/users/${people[2]?.userId}`)).body).toEqual(body.data[0])
  })
})

describe('a user of another tenant is as one that never was', () => {
  test.each(['GET', 'PATCH', 'DELETE', 'POST'])('%s', async (method) => {
    const call = async (id: string) => {
      const path = `/v1/users/${id}${method === 'POST' ? '/transfer-ownership' : ''}`
      const answer = await owner.request(method, path, method === 'PATCH' ? { role: 'viewer' } : undefined)
      return { ...answer.body, request_id: '' }
    }
    const theirs = await call(platform.globex.userId)
    expect(theirs).toMatchObject({ status: 404, code: 'not_found' })
    expect(theirs).toEqual(await call(randomUUID()))
    expect((await platform.globex.get('/v1/me')).body.user.role).toBe('owner')
  })

  test('who belongs to both is changed in one', async () => {
    const bo = await add('member')
    const made = await bo.post('/v1/tenants', {
      company_name: 'Bo Corp',
      company_email: 'bo@corp.example',
      plan: 'free',
      accept_terms: true,
      accept_privacy: true,
    })
    await owner.patch(userPath(bo), { role: 'viewer', status: 'disabled' })
    const credentials = { email: bo.email, password: goodPassword }
    const { body } = await platform.post('/auth/login', credentials)
    expect(body).toMatchObject({ tenant_id: made.body.tenant_id, user: { role: 'owner' } })
  })
})

describe('changing a user', () => {
  test('a role acts at the very next request, whatever the token says', async () => {
    const eve = await add('viewer')
    expect(problem(await eve.post('/v1/clients', { name: 'X' }))).toEqual([403, 'insufficient_role'])
    const { status, body } = await admin.patch(userPath(eve), { role: 'member' })
    expect([status, body.role]).toEqual([200, 'member'])
    expect(body).toEqual(await look(eve))
    expect((await eve.post('/v1/clients', { name: 'X' })).status).toBe(201)
    await admin.patch(userPath(eve), { role: 'viewer' })
    expect(problem(await eve.post('/v1/clients', { name: 'X' }))).toEqual([403, 'insufficient_role'])
  })

  test('who is disabled is out at once, cannot refresh, and signs in again when enabled', async () => {
    const eve = await add('member')
    await admin.patch(userPath(eve), { status: 'disabled' })
    expect(problem(await eve.get('/v1/me'))).toEqual([401, 'unauthenticated'])
    expect(problem(await eve.post('/v1/clients', { name: 'X' }))).toEqual([401, 'unauthenticated'])
    const refresh = () => platform.post('/auth/refresh', { refresh_token: eve.refreshToken })
    expect(problem(await refresh())).toEqual([401, 'invalid_refresh_token'])
    await admin.patch(userPath(eve), { status: 'active' })
    expect(problem(await eve.get('/v1/me')), 'a session that was the reason stays ended').toEqual([
      401,
      'unauthenticated',
    ])
    expect(problem(await refresh())).toEqual([401, 'invalid_refresh_token'])
    expect((await platform.post('/auth/login', { email: eve.email, password: goodPassword })).status).toBe(
      200,
    )
  })

  test('both at once, and each leaves an entry in the audit trail', async () => {
    const eve = await add('member')
    const { body } = await admin.patch(userPath(eve), { role: 'manager', status: 'disabled' })
    expect(body).toMatchObject({ role: 'manager', status: 'disabled' })
    await owner.delete(userPath(eve))
    const common = { actor_kind: 'user', object_type: 'user' }
    expect(await auditOf(eve)).toEqual([
      { ...common, actor_id: admin.userId, action: 'user.updated', changed_fields: ['role', 'status'] },
      { ...common, actor_id: owner.userId, action: 'user.removed', changed_fields: [] },
    ])
  })

  test.each([
    ['nothing', {}],
    ['a role there is not', { role: 'king' }],
    ['a status there is not', { status: 'pending' }],
    ['no role', { role: null }],
    ['a name, which is their own', { first_name: 'Eve' }],
  ])('%s is refused', async (_what, body) => {
    expect(problem(await owner.patch(userPath(admin), body))).toEqual([400, 'invalid_request'])
  })

  test('a refused change leaves no entry', async () => {
    const before = await auditOf(owner)
    expect(problem(await admin.patch(userPath(owner), { role: 'viewer' }))).toEqual([403, 'role_too_high'])
    expect(await auditOf(owner)).toEqual(before)
  })
})

describe('nobody reaches above their own role', () => {
  test('an admin gives any role up to admin, to anybody up to admin', async () => {
    const eve = await add('viewer')
    for (const role of ['member', 'manager', 'admin', 'viewer']) {
      expect((await admin.patch(userPath(eve), { role })).body.role).toBe(role)
    }
    const colleague = await add('admin')
    expect((await admin.patch(userPath(colleague), { role: 'member' })).status).toBe(200)
  })

  test('an admin makes nobody an owner, themselves included', async () => {
    const eve = await add('viewer')
    for (const user of [eve, admin]) {
      expect(problem(await admin.patch(userPath(user), { role: 'owner' }))).toEqual([403, 'role_too_high'])
    }
    expect((await look(admin)).role).toBe('admin')
  })

  test('an admin does nothing to an owner, the last one or not', async () => {
    const other = await add('owner')
    for (const answer of [
      await admin.patch(userPath(other), { role: 'viewer' }),
      await admin.patch(userPath(other), { role: 'owner' }),
      await admin.patch(userPath(other), { status: 'disabled' }),
      await admin.delete(userPath(other)),
    ]) {
      expect(problem(answer)).toEqual([403, 'role_too_high'])
    }
    expect(await look(other)).toMatchObject({ role: 'owner', status: 'active' })
    expect((await owner.delete(userPath(other))).status).toBe(204)
  })

  test('a key acts with its own role, and with its maker’s when that is lower', async () => {
    const eve = await add('viewer')
    const maker = await add('owner')
    const createdBy = await membershipOf(platform, maker)
    const [asOwner, asAdmin] = [
      await addApiKey(platform, { tenantId: 'acme', role: 'owner', createdBy }),
      await addApiKey(platform, { tenantId: 'acme', role: 'admin', createdBy }),
    ]
    expect(problem(await asAdmin.patch(userPath(eve), { role: 'owner' }))).toEqual([403, 'role_too_high'])
    expect(problem(await asAdmin.delete(userPath(maker)))).toEqual([403, 'role_too_high'])
    expect((await asAdmin.patch(userPath(eve), { role: 'admin' })).status).toBe(200)
    expect((await asOwner.patch(userPath(eve), { role: 'owner' })).status).toBe(200)
    await owner.patch(userPath(maker), { role: 'admin' })
    expect(problem(await asOwner.delete(userPath(eve)))).toEqual([403, 'role_too_high'])
    expect((await owner.delete(userPath(eve))).status).toBe(204)
    expect(await auditOf(eve)).toMatchObject([
      { actor_kind: 'api_key', actor_id: asAdmin.userId },
      { actor_kind: 'api_key', actor_id: asOwner.userId },
      { actor_kind: 'user', actor_id: owner.userId },
    ])
    await owner.delete(userPath(maker))
    expect(problem(await asAdmin.get('/v1/users'))).toEqual([401, 'unauthenticated'])
  })

  test.each([
    ['demoted', `update memberships set role = 'viewer' where user_id = $1`, [403, 'insufficient_role']],
    ['disabled', `update memberships set status = 'disabled' where user_id = $1`, [401, 'unauthenticated']],
    ['removed', 'delete from memberships where user_id = $1', [401, 'unauthenticated']],
  ])('who is %s while their own change waits does not make it', async (_what, query, refusal) => {
    const [eve, bob] = [await add('admin'), await add('viewer')]
    await withDirectClient(platform.database.adminUrl, async (client) => {
      await client.query(`begin; set local app.tenant_id = 'acme'`)
      await client.query(query, [eve.userId])
      const change = eve.patch(userPath(bob), { role: 'manager' })
      await vi.waitFor(async () => {
        const waiting = await platform.sql(
          `select pid from pg_stat_activity
            where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0`,
        )
        expect(waiting).toHaveLength(1)
      })
      await client.query('commit')
      expect(problem(await change)).toEqual(refusal)
    })
    expect((await look(bob)).role).toBe('viewer')
  })

  test('everybody may step down', async () => {
    const eve = await add('admin')
    expect((await eve.patch(userPath(eve), { role: 'viewer' })).body.role).toBe('viewer')
    expect(problem(await eve.get('/v1/users'))).toEqual([403, 'insufficient_role'])
  })
})

describe('going', () => {
  test('who is removed has no session left, and can sign in no more', async () => {
    const eve = await add('member')
    const again = await signIn(platform, 'acme', eve.email)
    const { status, body } = await admin.delete(userPath(eve))
    expect([status, body]).toEqual([204, ''])
    for (const { get, refreshToken } of [eve, again]) {
      expect(problem(await get('/v1/me'))).toEqual([401, 'unauthenticated'])
      expect(problem(await platform.post('/auth/refresh', { refresh_token: refreshToken }))).toEqual([
        401,
        'invalid_refresh_token',
      ])
    }
    expect(await platform.sql('select id from sessions where user_id = $1', [eve.userId])).toEqual([])
    const login = await platform.post('/auth/login', { email: eve.email, password: goodPassword })
    expect(problem(login)).toEqual([401, 'invalid_credentials'])
    expect(problem(await admin.get(userPath(eve)))).toEqual([404, 'not_found'])
    expect(problem(await admin.delete(userPath(eve)))).toEqual([404, 'not_found'])
  })

  test.each(['viewer', 'member', 'manager', 'admin', 'owner'] as const)('a %s may leave', async (role) => {
    const eve = await add(role)
    const { status, body } = await eve.post('/v1/me/leave', undefined)
    expect([status, body]).toEqual([204, ''])
    expect(problem(await eve.get('/v1/me'))).toEqual([401, 'unauthenticated'])
    expect(problem(await eve.post('/v1/me/leave', undefined))).toEqual([401, 'unauthenticated'])
    expect(await auditOf(eve)).toEqual([
      {
        actor_kind: 'user',
        actor_id: eve.userId,
        action: 'user.left',
        object_type: 'user',
        changed_fields: [],
      },
    ])
  })

  test('leaving one tenant leaves the sessions in the others', async () => {
    const eve = await add('member')
    const { body } = await eve.post('/v1/tenants', {
      company_name: 'Eve Corp',
      company_email: 'eve@corp.example',
      plan: 'free',
      accept_terms: true,
      accept_privacy: true,
    })
    await eve.post('/v1/me/leave', undefined)
    const me = await platform.get('/v1/me', {
      Authorization: `Bearer ${body.access_token}`,
      'X-Tenant-ID': body.tenant_id,
    })
    expect(me.status).toBe(200)
  })

  test('the API keys of who is gone open nothing', async () => {
    const eve = await add('admin')
    const createdBy = await membershipOf(platform, eve)
    const key = await addApiKey(platform, { tenantId: 'acme', role: 'viewer', createdBy })
    expect((await key.get('/v1/clients')).status).toBe(200)
    await eve.post('/v1/me/leave', undefined)
    expect(problem(await key.get('/v1/clients'))).toEqual([401, 'unauthenticated'])
  })
})
