import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { routes } from '../../src/app.ts'
import { withDirectClient } from '../../src/db/direct-client.ts'
import type { TenantId } from '../../src/db/tenant-id.ts'
import { parseApiKey } from '../../src/features/api-keys/key-format.ts'
import { recordKeyUse } from '../../src/features/api-keys/key-use.ts'
import type { Access, Claims } from '../../src/features/members/access.ts'
import { accessQuery } from '../../src/features/members/access-queries.ts'
import { isTenantRoute } from '../../src/http/route.ts'
import { addMember, membershipOf } from '../support/members.ts'
import { type Answer, type Member, type Platform, startPlatform } from '../support/platform.ts'

let platform: Platform
let acme: Member
beforeAll(async () => {
  platform = await startPlatform()
  acme = platform.acme
})
afterAll(() => platform.stop())
afterEach(() => vi.restoreAllMocks())

const minute = 60_000
const code = ({ status, body }: Answer) => [status, body.code]

async function makeKey(maker: Member, fields: Record<string, unknown> = {}) {
  const { status, body } = await maker.post('/v1/api-keys', { name: 'Shop', role: 'member', ...fields })
  if (status !== 201) throw new Error(`no key was made: ${status} ${JSON.stringify(body)}`)
  return body as { id: string; key: string }
}

/** Calls the API with a key, as its own tenant unless told otherwise. */
function withKey(key: string, tenantId = 'acme') {
  const headers = { Authorization: `Bearer ${key}`, 'X-Tenant-ID': tenantId }
  return {
    get: (path: string) => platform.get(path, headers),
    post: (path: string, body: unknown) => platform.post(path, body, headers),
    request: (method: string, path: string) => platform.request(method, path, undefined, headers),
  }
}

const listed = async (id: string) =>
  (await acme.get('/v1/api-keys?limit=100')).body.data.find((each: { id: string }) => each.id === id)

describe('making a key', () => {
  test('shows it once, and stores nothing it could be read from', async () => {
    const expires_at = '2026-12-24T18:00:00.000Z'
    const { status, body } = await acme.post('/v1/api-keys', { name: 'Shop', role: 'viewer', expires_at })
    expect(status).toBe(201)
    const { key, ...shown } = body
    expect(shown).toEqual({
      id: expect.any(String),
      name: 'Shop',
      role: 'viewer',
      created_by: acme.userId,
      created_at: platform.clock.now().toISOString(),
      expires_at,
      last_used_at: null,
      revoked_at: null,
    })
    expect(key).toMatch(/^tnt_acme_[0-9a-f]{32}[A-Za-z0-9_-]{32}[0-9a-f]{8}$/)
    expect(await listed(body.id)).toEqual(shown)

    const secret = key.slice(-40, -8)
    const [row] = await platform.sql(
      'select to_jsonb(k) - $1 as rest, secret_hash from api_keys k where id = $2',
      ['secret_hash', body.id],
      'acme',
    )
    expect(row.secret_hash).toEqual(createHash('sha256').update(secret).digest())
    expect(JSON.stringify(row.rest)).not.toContain(secret)
  })

  test('two keys have nothing in common but their tenant', async () => {
    const [one, two] = [await makeKey(acme), await makeKey(acme)]
    expect(one.id).not.toBe(two.id)
    expect(one.key.slice(-40, -8)).not.toBe(two.key.slice(-40, -8))
  })

  test('gives it a role up to the maker’s own', async () => {
    const admin = await addMember(platform, 'acme', 'admin')
    expect(code(await admin.post('/v1/api-keys', { name: 'x', role: 'owner' }))).toEqual([
      403,
      'role_too_high',
    ])
    expect((await admin.post('/v1/api-keys', { name: 'x', role: 'admin' })).status).toBe(201)
  })

  test('is for admins and above, as are the list and revoking', async () => {
    const manager = await addMember(platform, 'acme', 'manager')
    const { id } = await makeKey(acme)
    for (const answer of [
      await manager.post('/v1/api-keys', { name: 'x', role: 'viewer' }),
      await manager.get('/v1/api-keys'),
      await manager.delete(`/v1/api-keys/${id}`),
    ]) {
      expect(code(answer)).toEqual([403, 'insufficient_role'])
    }
  })

  test.each([
    ['an expiry that is over', { expires_at: '2026-03-02T09:59:59Z' }],
    ['an expiry right now', { expires_at: '2026-03-02T10:00:00Z' }],
    ['an expiry that is no instant', { expires_at: '2026-12-24' }],
    ['an expiry that does not exist', { expires_at: '2026-02-30T10:00:00Z' }],
    ['a role that does not exist', { role: 'emperor' }],
    ['no name', { name: ' ' }],
    ['a secret of one’s own', { key: 'tnt_acme_x' }],
  ])('refuses %s', async (_what, fields) => {
    const { status, body } = await acme.post('/v1/api-keys', { name: 'Shop', role: 'viewer', ...fields })
    expect([status, body.code]).toEqual([400, 'invalid_request'])
  })

  test('says what is wrong with an expiry, also in French', async () => {
    const past = { name: 'Shop', role: 'viewer', expires_at: '2020-01-01T00:00:00Z' }
    const english = await acme.post('/v1/api-keys', past)
    expect(english.body.errors).toEqual([{ path: 'body.expires_at', message: 'should be in the future' }])
    const french = await acme.post('/v1/api-keys', past, { 'Accept-Language': 'fr' })
    expect(french.body.errors[0].message).toBe('devrait être dans le futur')
  })

  test('takes the last instant there is', async () => {
    const { id } = await makeKey(acme, { expires_at: '9999-12-31T23:59:59-12:00' })
    expect((await listed(id)).expires_at).toBe('+010000-01-01T11:59:59.000Z')
  })

  test('leaves no key in the log', async () => {
    const { key } = await makeKey(acme)
    await withKey(key).get('/v1/clients')
    await withKey(`${key}0`).get('/v1/clients')
    platform.context.log.info({ made: { key } }, 'a careless line')
    const log = platform.logLines.join('')
    expect(log).toContain('a careless line')
    expect(log).not.toContain(key.slice(-40, -8))
  })
})

describe('using a key', () => {
  test('opens its tenant, named by the header', async () => {
    const { key } = await makeKey(acme)
    const { status, body } = await withKey(key).post('/v1/clients', { name: 'Ordered by key' })
    expect(status).toBe(201)
    expect((await acme.get(`/v1/clients/${body.id}`)).body.name).toBe('Ordered by key')
    expect((await withKey(key).get(`/v1/clients/${body.id}`)).status).toBe(200)
  })

  test('needs the header, and the header needs to match', async () => {
    const { key } = await makeKey(acme)
    const bare = await platform.get('/v1/clients', { Authorization: `Bearer ${key}` })
    expect(code(bare)).toEqual([400, 'tenant_header_missing'])
    expect(code(await withKey(key, 'globex').get('/v1/clients'))).toEqual([403, 'tenant_mismatch'])
  })

  test('never allows more than its role', async () => {
    const { key } = await makeKey(acme, { role: 'viewer' })
    expect((await withKey(key).get('/v1/clients')).status).toBe(200)
    expect(code(await withKey(key).post('/v1/clients', { name: 'x' }))).toEqual([403, 'insufficient_role'])
  })

  test('never allows more than its maker’s role of this moment', async () => {
    const admin = await addMember(platform, 'acme', 'admin')
    const { key } = await makeKey(admin, { role: 'manager' })
    const create = () => withKey(key).post('/v1/clients', { name: 'x' })
    expect((await create()).status).toBe(201)
    await acme.patch(`/v1/users/${admin.userId}`, { role: 'viewer' })
    expect(code(await create())).toEqual([403, 'insufficient_role'])
    expect((await withKey(key).get('/v1/clients')).status).toBe(200)
    await acme.patch(`/v1/users/${admin.userId}`, { role: 'owner' })
    expect((await create()).status).toBe(201)
    expect((await withKey(key).get('/v1/api-keys')).body.code, 'nor more than its own').toBe(
      'insufficient_role',
    )
    await acme.delete(`/v1/users/${admin.userId}`)
  })

  test('ends with its maker’s membership', async () => {
    const admin = await addMember(platform, 'acme', 'admin')
    const { id, key } = await makeKey(admin)
    const status = async () => (await withKey(key).get('/v1/clients')).status
    expect(await status()).toBe(200)
    await acme.patch(`/v1/users/${admin.userId}`, { status: 'disabled' })
    expect(await status()).toBe(401)
    await acme.patch(`/v1/users/${admin.userId}`, { status: 'active' })
    expect(await status()).toBe(200)
    await acme.delete(`/v1/users/${admin.userId}`)
    expect(await status()).toBe(401)
    expect(await listed(id)).toMatchObject({ created_by: null })
  })

  test('goes on until it expires, to the millisecond', async () => {
    const initech = await platform.signUp('Initech')
    const expires_at = new Date(platform.clock.now().getTime() + minute).toISOString()
    const { key } = await makeKey(initech, { expires_at })
    platform.clock.advance(minute - 1)
    expect((await withKey(key, 'initech').get('/v1/clients')).status).toBe(200)
    platform.clock.advance(1)
    expect(code(await withKey(key, 'initech').get('/v1/clients'))).toEqual([401, 'unauthenticated'])
  })

  test('is refused while the tenant is blocked', async () => {
    const blocked = await platform.signUp('Blocked')
    const { key } = await makeKey(blocked)
    await platform.forceTenant('blocked', `status = 'SUSPENDED'`)
    expect(code(await withKey(key, 'blocked').get('/v1/clients'))).toEqual([402, 'payment_required'])
  })

  const personal = routes.filter((route) => isTenantRoute(route) && route.caller === 'user')
  test.each(personal.map(({ method, path }) => [method, path]))(
    'does not allow %s %s',
    async (method, path) => {
      const { key } = await makeKey(acme, { role: 'owner' })
      const answer = await withKey(key).request(method, path.replace(':id', acme.userId))
      expect(code(answer)).toEqual([403, 'session_required'])
    },
  )

  test('cannot make a further key', async () => {
    const { key } = await makeKey(acme, { role: 'owner' })
    const answer = await withKey(key).post('/v1/api-keys', { name: 'x', role: 'viewer' })
    expect(code(answer)).toEqual([403, 'session_required'])
  })

  test('signs for what is written with it', async () => {
    const { id, key } = await makeKey(acme)
    const { body } = await withKey(key).post('/v1/clients', { name: 'Audited' })
    const entries = await platform.sql(
      'select actor_kind, actor_id, action from audit_entries where object_id = $1',
      [body.id],
      'acme',
    )
    expect(entries).toEqual([{ actor_kind: 'api_key', actor_id: id, action: 'client.created' }])
  })
})

describe('a token that is no good key is a 401', () => {
  const refused = async (key: string, tenantId = 'acme') => {
    const answer = await withKey(key, tenantId).get('/v1/clients')
    expect(code(answer)).toEqual([401, 'unauthenticated'])
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="tenantry", error="invalid_token"')
  }
  /** A key with the right checksum for whatever it says. */
  const forge = (text: string) => text + crc32(text).toString(16).padStart(8, '0')
  const flipped = (key: string, at: number) =>
    key.slice(0, at) + (key.at(at) === 'a' ? 'b' : 'a') + key.slice(at + 1)

  test('with another checksum', async () => {
    const { key } = await makeKey(acme)
    const last = key.length - 1
    expect(parseApiKey(key)).toBeDefined()
    expect(parseApiKey(flipped(key, last)), 'no database is asked').toBeUndefined()
    await refused(flipped(key, last))
  })

  test('with another secret', async () => {
    const { key } = await makeKey(acme)
    await refused(forge(flipped(key, key.length - 20).slice(0, -8)))
  })

  test('with another key’s secret', async () => {
    const [one, two] = [await makeKey(acme), await makeKey(acme)]
    await refused(forge(one.key.slice(0, -40) + two.key.slice(-40, -8)))
  })

  test('with another tenant’s key under one’s own name', async () => {
    const { key } = await makeKey(acme)
    const body = key.slice(0, -8)
    await refused(forge(body.replace('tnt_acme_', 'tnt_globex_')), 'globex')
    expect(forge(body), 'so it is the tenant that makes the difference').toBe(key)
  })

  test('cut short, made longer, or of nobody', async () => {
    const { key } = await makeKey(acme)
    for (const each of [key.slice(0, -1), `${key}0`, 'tnt_', forge(`tnt_acme_${'0'.repeat(64)}`)])
      await refused(each)
  })

  test('revoked, from the very next request on', async () => {
    const { id, key } = await makeKey(acme)
    expect((await withKey(key).get('/v1/clients')).status).toBe(200)
    expect((await acme.delete(`/v1/api-keys/${id}`)).status).toBe(204)
    await refused(key)
    expect(await listed(id)).toMatchObject({ id, revoked_at: platform.clock.now().toISOString() })
    expect((await acme.delete(`/v1/api-keys/${id}`)).status, 'there is nothing left to revoke').toBe(404)
    const entries = await platform.sql(
      'select actor_id, action, changed_fields from audit_entries where object_id = $1 order by action',
      [id],
      'acme',
    )
    expect(entries).toEqual([
      { actor_id: acme.userId, action: 'api_key.created', changed_fields: ['name', 'role'] },
      { actor_id: acme.userId, action: 'api_key.revoked', changed_fields: ['revoked_at'] },
    ])
  })

  test('where only a session’s token is read', async () => {
    const { key } = await makeKey(acme)
    const headers = { Authorization: `Bearer ${key}` }
    for (const [path, body] of [
      ['/auth/select-tenant', { tenant_id: 'acme' }],
      ['/auth/logout-all', undefined],
    ] as const) {
      expect(code(await platform.post(path, body, headers))).toEqual([401, 'unauthenticated'])
    }
  })
})

describe('the list', () => {
  test('goes through all keys page by page, newest first', async () => {
    const pages = await platform.signUp('Pages')
    const made: string[] = []
    for (let count = 0; count < 5; count++) {
      // Two of one instant among them.
      if (count !== 3) platform.clock.advance(1)
      made.unshift((await makeKey(pages)).id)
    }
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const { body } = await pages.get(`/v1/api-keys?limit=1${cursor ? `&cursor=${cursor}` : ''}`)
      seen.push(...body.data.map(({ id }: { id: string }) => id))
      cursor = body.next_cursor
    } while (cursor)
    const [last, ...two] = made
    expect(seen).toEqual([last, ...two.slice(0, 2).sort().reverse(), ...two.slice(2)])
  })

  test('never holds a secret', async () => {
    const { key } = await makeKey(acme)
    const text = JSON.stringify((await acme.get('/v1/api-keys?limit=100')).body)
    expect(text).not.toContain(key.slice(-40, -8))
    expect(text).not.toContain('secret')
  })
})

describe('the last use', () => {
  const lastUse = async (id: string) => (await listed(id)).last_used_at
  const untilUsed = (id: string, at: Date) =>
    vi.waitFor(async () => expect(await lastUse(id)).toBe(at.toISOString()), { timeout: 5000 })
  /** The transactions that were begun to store a use: all others of a reading request are one message. */
  const stores = () => vi.spyOn(platform.context.db, 'withTenant')

  test('is stored beside the request, once a minute', async () => {
    const { id, key } = await makeKey(acme)
    expect(await lastUse(id)).toBeNull()
    const started = stores()
    const first = platform.clock.now()
    await Promise.all(Array.from({ length: 20 }, () => withKey(key).get('/v1/clients')))
    await untilUsed(id, first)

    platform.clock.advance(minute - 1)
    started.mockClear()
    await withKey(key).get('/v1/clients')
    expect(started).not.toHaveBeenCalled()
    platform.clock.advance(1)
    await withKey(key).get('/v1/clients')
    await untilUsed(id, platform.clock.now())
    expect(started).toHaveBeenCalledOnce()
  })

  test('is one write for many requests at once', async () => {
    const { id, key } = await makeKey(acme)
    const [before] = await platform.sql('select xmin::text from api_keys where id = $1', [id], 'acme')
    const used = platform.clock.now()
    await Promise.all(Array.from({ length: 20 }, () => withKey(key).get('/v1/clients')))
    await untilUsed(id, used)
    const [after] = await platform.sql('select xmin::text from api_keys where id = $1', [id], 'acme')
    expect(after.xmin).not.toBe(before.xmin)
    await withKey(key).get('/v1/clients')
    expect(await platform.sql('select xmin::text from api_keys where id = $1', [id], 'acme')).toEqual([after])
  })

  test('counts for writing requests, for those that end in an error, and for those that cannot be read', async () => {
    for (const use of [
      (key: string) => withKey(key).post('/v1/clients', { name: 'x' }),
      (key: string) => withKey(key).request('DELETE', `/v1/clients/${acme.userId}`),
      (key: string) => withKey(key).post('/v1/clients', { name: 7 }),
    ]) {
      const { id, key } = await makeKey(acme, { role: 'manager' })
      await use(key)
      await untilUsed(id, platform.clock.now())
    }
  })

  test('that another process has stored since this one read the key is left as it is', async () => {
    const { id, key } = await makeKey(acme)
    await withKey(key).get('/v1/clients')
    const first = platform.clock.now()
    await untilUsed(id, first)
    platform.clock.advance(minute - 1)
    const claims = parseApiKey(key) as Claims
    const started = stores()
    recordKeyUse(platform.context, claims, [{ key_last_used_at: null } as Access])
    await started.mock.results[0]?.value
    expect(await lastUse(id)).toBe(first.toISOString())
  })

  test('is not told of a key that was refused', async () => {
    const { id, key } = await makeKey(acme)
    await acme.delete(`/v1/api-keys/${id}`)
    const started = stores()
    await withKey(key).get('/v1/clients')
    expect(started).not.toHaveBeenCalled()
    expect(await lastUse(id)).toBeNull()
  })

  test('that cannot be stored is a line in the log and nothing to the caller', async () => {
    const { id, key } = await makeKey(acme)
    await platform.sql('alter table api_keys add constraint planted check (last_used_at is null) not valid')
    platform.logLines.length = 0
    try {
      expect((await withKey(key).get('/v1/clients')).status).toBe(200)
      const line = 'last use of an API key not stored'
      await vi.waitFor(() => expect(platform.logLines.join('')).toContain(line), { timeout: 10_000 })
    } finally {
      await platform.sql('alter table api_keys drop constraint planted')
    }
    await withKey(key).get('/v1/clients')
    await untilUsed(id, platform.clock.now())
  })
})

describe('among 10,000 keys and 10,000 members of the tenant, and as many keys of another', () => {
  interface PlanNode {
    'Relation Name'?: string
    'Index Name'?: string
    'Index Cond'?: string
    'Actual Rows': number
    'Actual Loops': number
    'Rows Removed by Filter'?: number
    Plans?: PlanNode[]
  }
  const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)]
  let small: Member
  beforeAll(async () => {
    small = await platform.signUp('Small')
    const insertKeys = `insert into api_keys (tenant_id, id, name, role, secret_hash, created_by, created_at, updated_at)
      select $1, gen_random_uuid(), 'Many', 'viewer', sha256(n::text::bytea), $2, now(), now()
      from generate_series(1, 10000) n`
    for (const tenant of [acme, platform.globex]) {
      const maker = await membershipOf(platform, tenant)
      await platform.sql(insertKeys, [tenant.tenantId, maker], tenant.tenantId)
    }
    await platform.sql(`insert into users
        (id, email, first_name, last_name, locale, password_hash, password_changed_at, created_at, updated_at)
      select gen_random_uuid(), n || '@many.example', 'A', 'B', 'en', '', now(), now(), now()
      from generate_series(1, 10000) n`)
    await platform.sql(
      `insert into memberships (tenant_id, id, user_id, role, status, created_at, updated_at)
        select 'acme', gen_random_uuid(), id, 'viewer', 'active', now(), now()
        from users where email like '%@many.example'`,
      [],
      'acme',
    )
    await platform.sql('analyze')
  })

  async function keyClaims(tenant: Member): Promise<Claims> {
    return parseApiKey((await makeKey(tenant)).key) as Claims
  }

  async function sessionClaims({ tenantId }: Member): Promise<Claims> {
    const text = `select id, user_id from sessions where subject_tenant_id = $1 order by created_at desc limit 1`
    const [{ id: sessionId, user_id: userId }] = await platform.sql(text, [tenantId])
    return { kind: 'user', userId, sessionId, tenantId: tenantId as TenantId }
  }

  /** The statement that checks who asks, as it is sent. */
  async function statementFor(claims: Claims) {
    let statement = { sql: '', parameters: [] as readonly unknown[] }
    await platform.context.db.readTenant(claims.tenantId, () => {
      const query = accessQuery(claims, undefined)
      statement = query.compile()
      return [query]
    })
    return { tenantId: claims.tenantId, ...statement }
  }
  const literal = (value: unknown) =>
    value instanceof Buffer ? `'\\x${value.toString('hex')}'` : `'${value}'`

  const plans = [
    ['a plan of its own', 'force_custom_plan', () => acme],
    ['a plan that is kept', 'force_generic_plan', () => acme],
    ['a plan that was made for a tenant with one key and one member', 'force_generic_plan', () => small],
    ['a plan that was kept since', 'auto', () => small],
  ] as const
  const callers = [
    [
      'one is found by one read of its primary key, and so is its maker',
      keyClaims,
      ['api_keys', 'memberships'],
    ],
    ['who has signed in is found by one read of their membership', sessionClaims, ['memberships']],
  ] as const
  const cases = callers.flatMap(([found, claimsOf, tables]) =>
    plans.map(([what, mode, madeFor]) => ({ found, what, claimsOf, tables, mode, madeFor })),
  )

  test.each(cases)('$found: by $what', async ({ claimsOf, tables, mode, madeFor }) => {
    const before = await statementFor(await claimsOf(madeFor()))
    const statement = await statementFor(await claimsOf(acme))
    const plan = await withDirectClient(platform.database.tenantUrl, async (client) => {
      const execute = async ({ tenantId, parameters }: typeof statement) => {
        await client.query(
          `begin; set local app.tenant_id = '${tenantId}'; set local plan_cache_mode = ${mode}`,
        )
        const { rows } = await client.query(
          `explain (analyze, format json) execute access (${parameters.map(literal).join(', ')})`,
        )
        await client.query('commit')
        return rows[0]['QUERY PLAN'][0].Plan as PlanNode
      }
      await client.query(`prepare access as ${statement.sql}`)
      // PostgreSQL plans anew five times before it keeps a plan.
      for (let count = 0; count < 6; count++) await execute(before)
      return execute(statement)
    })
    expect(plan['Actual Rows']).toBe(1)
    for (const table of tables) {
      const reads = nodesOf(plan).filter((node) => node['Relation Name'] === table)
      expect(reads).toEqual([
        expect.objectContaining({
          'Index Name': `${table}_pkey`,
          'Index Cond': expect.stringMatching(/tenant_id = .*AND \(id >= .*AND \(id <= /),
          'Actual Rows': 1,
          'Actual Loops': 1,
        }),
      ])
      expect(reads[0]?.['Rows Removed by Filter'] ?? 0).toBe(0)
    }
  })

  test('no password hash is computed', async () => {
    const { key } = await makeKey(acme)
    const verify = vi.spyOn(platform.context.passwords, 'verify')
    const hash = vi.spyOn(platform.context.passwords, 'hash')
    expect((await withKey(key).get('/v1/clients')).status).toBe(200)
    expect([verify.mock.calls, hash.mock.calls]).toEqual([[], []])
  })
})
