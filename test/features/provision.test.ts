import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTenant, ProvisioningError } from '../../src/features/tenants/create-tenant.ts'
import type { Message } from '../../src/mail.ts'
import { auditOf, platformAudit, signInOperator } from '../support/operators.ts'
import { goodPassword, type Platform, signupBody, startPlatform } from '../support/platform.ts'
import { countAllRows, mailedTo } from '../support/provisioning.ts'

let platform: Platform
let operator: Awaited<ReturnType<typeof signInOperator>>
beforeAll(async () => {
  platform = await startPlatform({ BASE_DOMAIN: 'app.example' })
  operator = await signInOperator(platform)
})
afterAll(() => platform.stop())

const provision = (fields: object = {}) =>
  operator.post('/v1/admin/tenants', { company_name: 'Initech', ...fields })
const provisioned = async (fields: object = {}) => {
  const { status, body } = await provision(fields)
  expect(status, JSON.stringify(body)).toBe(201)
  return body
}
const add = (tenantId: string, fields: object) =>
  operator.post(`/v1/admin/tenants/${tenantId}/members`, { role: 'member', ...fields })
const logIn = (email: string, password: string, tenantId?: string) =>
  platform.post('/auth/login', { email, password }, tenantId ? { 'X-Tenant-ID': tenantId } : {})
const rowsOf = (tenantId: string, table: string, columns = '*') =>
  platform.sql(`select ${columns} from ${table} where tenant_id = $1`, [tenantId], tenantId)
const personOf = async (email: string) =>
  (await platform.sql('select * from users where email = $1', [email]))[0]
/** As if they had followed the link in their first mail. */
const verify = (email: string) =>
  platform.sql('update users set email_verified_at = created_at where email = $1', [email])
/** Lets time pass; the operator signs in again then. */
const later = async (ms: number) => {
  platform.clock.advance(ms)
  operator = await signInOperator(platform)
}
const tokenIn = ({ text }: Message) => /token=([\w-]+)/.exec(text)?.[1] ?? ''
const codeOf = ({ status, body }: { status: number; body: { code?: string } }) => [status, body.code]

describe('a tenant of which only the name is said', () => {
  test('is ACTIVE on STARTER at once, and its owner signs in with the password of the answer', async () => {
    const { status, headers, body } = await provision({ company_name: 'L’Épicerie du Coin' })
    expect([status, headers.get('cache-control')]).toEqual([201, 'no-store'])
    expect(body).toEqual({
      tenant_id: 'lepicerie-du-coin',
      id: 'lepicerie-du-coin',
      name: 'L’Épicerie du Coin',
      status: 'ACTIVE',
      plan: 'STARTER',
      region: 'FR',
      trial_ends_at: null,
      host: 'lepicerie-du-coin.app.example',
      owner: {
        user_id: expect.any(String),
        email: 'admin@lepicerie-du-coin.app.example',
        password: expect.stringMatching(/^[\w-]{24}$/),
      },
    })
    const { email, password, user_id } = body.owner
    const login = await logIn(email, password)
    expect(login.body.user).toMatchObject({ id: user_id, role: 'owner', locale: 'fr', first_name: 'admin' })
    expect(platform.logLines.join()).not.toContain(password)
    expect(await mailedTo(platform, email)).toEqual([])
  })

  test('has settings, preferences, counters and both audit trails, and each step is a line of the log', async () => {
    const answer = await provision({ company_name: 'Steps' })
    const { owner } = answer.body
    const requestId = answer.headers.get('x-request-id')
    expect(await rowsOf('steps', 'tenant_settings')).toMatchObject([
      {
        theme: 'light',
        language: 'fr',
        time_zone: 'Europe/Paris',
        date_format: 'DD/MM/YYYY',
        currency: 'EUR',
        vat_rate_basis_points: 2000,
        automatic_numbering: true,
        backups: true,
        audit: true,
      },
    ])
    const preferences = await rowsOf('steps', 'notification_preferences')
    expect(preferences.map(({ category }) => category).sort()).toEqual([
      'production',
      'project',
      'stock',
      'system',
    ])
    expect(preferences[0]).toMatchObject({
      minimum_priority: 'normal',
      email: true,
      push: true,
      sound: false,
    })
    const seats = await rowsOf('steps', 'limit_counters', 'limit_name, used')
    expect(seats).toHaveLength(6)
    expect(seats).toContainEqual({ limit_name: 'users', used: '1' })

    const common = {
      action: 'tenant.created',
      object_type: 'tenant',
      object_id: 'steps',
      request_id: requestId,
    }
    expect(await auditOf(platform, 'steps')).toMatchObject([
      { ...common, actor_kind: 'operator', actor_id: operator.id, ip: '127.0.0.1' },
    ])
    const inPlatform = (await platformAudit(platform)).filter((entry) => entry.subject_tenant_id === 'steps')
    expect(inPlatform).toMatchObject([{ ...common, actor_kind: 'super_admin', actor_id: operator.id }])
    const history = await platform.sql(
      `select field, to_value, agent from tenant_changes where subject_tenant_id = 'steps' order by id`,
    )
    expect(history).toEqual([
      { field: 'status', to_value: 'ACTIVE', agent: 'operator' },
      { field: 'plan', to_value: 'STARTER', agent: 'operator' },
    ])

    const lines = platform.logLines.map((line) => JSON.parse(line))
    const steps = lines.filter(
      (line) => line.tenant_id === 'steps' && line.request_id === requestId && line.step,
    )
    expect(steps.map(({ step }) => step)).toEqual([
      'tenant',
      'owner',
      'settings',
      'notification_preferences',
      'template',
      'limits',
      'mails',
    ])
    expect(await personOf(owner.email)).toMatchObject({ email_verified_at: null, terms_accepted_at: null })
  })

  test('gets the slug with a number where that is taken, also when several come at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => provision({ company_name: 'Umbrella' })),
    )
    expect(answers.map(({ body }) => body.tenant_id).sort()).toEqual([
      'umbrella',
      'umbrella-2',
      'umbrella-3',
      'umbrella-4',
      'umbrella-5',
    ])
    expect(await provisioned({ company_name: '株式会社テスト' })).toMatchObject({
      tenant_id: expect.stringMatching(/^tenant-[0-9a-f]{8}$/),
    })
  })
})

test('everything that is said of a tenant is what it has', async () => {
  const body = await provisioned({
    company_name: 'Hooli',
    code: 'hooli-xyz',
    company_email: 'Hello@Hooli.example',
    admin_email: 'gavin@hooli.example',
    admin_first_name: 'Gavin',
    admin_last_name: 'Belson',
    plan: 'pro',
    region: 'ch',
    phone: '+41 22 123 45 67',
    template: 'metalwork',
    trial: true,
    limits: { users: 10, sites: 2, workflows: null },
    settings: { language: 'en', time_zone: 'Europe/Zurich', currency: 'CHF', vat_rate_basis_points: 810 },
    metadata: { segment: 'forge', seats: { sold: 10 } },
    standard_user_email: 'jared@hooli.example',
  })
  expect(body).toEqual({
    tenant_id: 'hooli-xyz',
    id: 'hooli-xyz',
    name: 'Hooli',
    status: 'TRIAL',
    plan: 'PROFESSIONAL',
    region: 'CH',
    trial_ends_at: '2026-03-16T10:00:00.000Z',
    host: 'hooli-xyz.app.example',
    owner: { user_id: expect.any(String), email: 'gavin@hooli.example' },
    standard_user: { user_id: expect.any(String), email: 'jared@hooli.example' },
  })
  const { body: detail } = await operator.get('/v1/admin/tenants/hooli-xyz')
  expect(detail).toMatchObject({
    company_email: 'hello@hooli.example',
    admin_email: 'gavin@hooli.example',
    phone: '+41 22 123 45 67',
    metadata: { segment: 'forge', seats: { sold: 10 } },
    settings: { theme: 'light', language: 'en', time_zone: 'Europe/Zurich', currency: 'CHF' },
    limit_overrides: { users: 10, sites: 2, workflows: null },
    users_by_role: { owner: 1, member: 1 },
  })
  expect(detail.limits.users).toEqual({ used: 2, limit: 10, resets_at: null })
  const categories = await rowsOf('hooli-xyz', 'material_categories', 'name, position')
  expect(categories).toContainEqual({ name: 'Stainless steel', position: 2 })
  expect(await rowsOf('hooli-xyz', 'notification_preferences', 'id')).toHaveLength(8)
  expect(await personOf('gavin@hooli.example')).toMatchObject({ first_name: 'Gavin', locale: 'en' })
  const actions = (await auditOf(platform, 'hooli-xyz')).map(({ action }) => action)
  expect(actions).toEqual(['tenant.created', 'user.added'])
})

describe('whoever has no account', () => {
  test('chooses a password by mail within 7 days, and their address is confirmed by that', async () => {
    await provisioned({ company_name: 'Globochem', admin_email: 'ceo@globochem.example' })
    const [mail] = await mailedTo(platform, 'ceo@globochem.example')
    expect(mail?.subject).toBe('Vous faites partie de Globochem')
    expect(mail?.text).toContain('comme propriétaire')
    expect(mail?.text).toContain('dans les 7 jours')
    await later(6 * 86_400_000)
    const chosen = { token: tokenIn(mail as Message), password: goodPassword }
    expect((await platform.post('/auth/reset-password', chosen)).status).toBe(204)
    expect((await logIn('ceo@globochem.example', goodPassword)).body.tenant_id).toBe('globochem')
    expect((await personOf('ceo@globochem.example')).email_verified_at).toEqual(platform.clock.now())
    // Once, as every link.
    expect(codeOf(await platform.post('/auth/reset-password', chosen))).toEqual([400, 'token_invalid'])
  })

  test('asks for another link when the first one is over', async () => {
    await provisioned({ company_name: 'Late', admin_email: 'ceo@late.example', settings: { language: 'en' } })
    const [mail] = await mailedTo(platform, 'ceo@late.example')
    expect(mail?.text).toContain('as owner')
    await later(7 * 86_400_000 + 1)
    const token = tokenIn(mail as Message)
    const late = await platform.post('/auth/reset-password', { token, password: goodPassword })
    expect(codeOf(late)).toEqual([400, 'token_invalid'])
  })

  test('owns several companies that are made one after the other, or at once', async () => {
    const email = 'owner@several.example'
    const names = ['Several One', 'Several Two', 'Several Three', 'Several Four']
    const made = await Promise.all(
      names.map((company_name, index) =>
        provisioned({
          company_name,
          admin_email: index % 2 ? email : 'other@several.example',
          standard_user_email: index % 2 ? 'other@several.example' : email,
        }),
      ),
    )
    expect(
      new Set(made.flatMap(({ owner, standard_user }) => [owner.user_id, standard_user.user_id])).size,
    ).toBe(2)
    expect(await mailedTo(platform, email)).toHaveLength(4)
  })
})

describe('whoever has an account', () => {
  test('that is confirmed gets a further company, and a mail without a link', async () => {
    await verify(platform.acme.email)
    const body = await provisioned({ company_name: 'Acme Two', admin_email: 'OWNER@acme.example' })
    expect(body.owner).toEqual({ user_id: platform.acme.userId, email: platform.acme.email })
    const [mail] = await mailedTo(platform, platform.acme.email, 'member_added')
    expect(mail?.subject).toBe('You belong to Acme Two now')
    expect(mail?.text).toContain('Sign in with the account that you have already')
    expect(mail?.text).not.toContain('token=')
    const login = await logIn(platform.acme.email, goodPassword, 'acme-two')
    expect(login.body.user.role).toBe('owner')
  })

  test('that nobody has confirmed gets into nothing: somebody else may have made it', async () => {
    const { email } = platform.globex
    const refused = [
      await provision({ admin_email: email }),
      await provision({ standard_user_email: email }),
      await add('acme', { email }),
    ]
    expect(refused.map(codeOf)).toEqual(Array(3).fill([409, 'account_not_verified']))
    expect(refused.map(({ body }) => body.errors[0].path)).toEqual([
      'body.admin_email',
      'body.standard_user_email',
      'body.email',
    ])
    expect(await platform.sql('select from tenants where admin_email = $1', [email])).toHaveLength(1)
  })

  test('of the very address that an owner would get, owns nothing either', async () => {
    // Made before the domain was set, say: signup refuses it.
    const { userId } = await platform.signUp('Squatter')
    await platform.sql(`update users set email = 'admin@wanted.app.example' where id = $1`, [userId])
    const { status, body } = await provision({ company_name: 'Wanted' })
    expect([status, body.code, body.errors[0].path]).toEqual([409, 'email_taken', 'body.admin_email'])
    const other = {
      company_name: 'Wanted Too',
      code: 'wanted-too',
      standard_user_email: 'admin@wanted-too.app.example',
    }
    expect(codeOf(await provision(other))).toEqual([409, 'conflict'])
  })
})

describe('is refused, with what would be right:', () => {
  const notAnId = 'should be 1 to 40 lower-case letters, digits and hyphens, with no hyphen at either end'
  test.each([
    ['plan', { plan: 'gold' }, 'should be one of FREE, STARTER, PROFESSIONAL, BUSINESS, ENTERPRISE'],
    ['region', { region: 'US' }, 'should be one of DZ, CH, FR, BE, CA'],
    ['template', { template: 'bakery' }, 'should be one of agency, blank, metalwork, school'],
    ['code', { code: 'Hooli' }, notAnId],
    ['code', { code: '-hooli' }, notAnId],
    ['code', { code: 'admin' }, 'is kept back for the platform'],
    ['code', { code: 'system-default' }, 'is kept back for the platform'],
    ['trial', { plan: 'free', trial: true }, 'is not for the plan FREE'],
    ['limits.users', { limits: { users: 'plan' } }, 'should be a whole number, or null for unlimited'],
    [
      'settings.time_zone',
      { settings: { time_zone: 'Paris' } },
      'should be the name of a time zone such as Europe/Paris',
    ],
    [
      'standard_user_email',
      { admin_email: 'one@one.example', standard_user_email: 'One@one.example' },
      'should be another address than admin_email',
    ],
  ])('%s of %j', async (field, fields, message) => {
    const { status, body } = await provision(fields)
    expect([status, body.errors]).toEqual([400, [{ path: `body.${field}`, message }]])
  })

  test.each([
    { company_name: '' },
    { unknown: 1 },
    { limits: { seats: 1 } },
    { settings: { audit: false } },
    { metadata: [] },
    { metadata: JSON.parse('{"__proto__": 1}') },
    { password: goodPassword },
  ])('%j', async (fields) => {
    expect(codeOf(await provision(fields))).toEqual([400, 'invalid_request'])
  })

  test('an owner’s address, to whoever signs up with it before; the domain itself is open', async () => {
    const signUp = (admin_email: string) => platform.post('/signup', signupBody('Early', { admin_email }))
    expect(codeOf(await signUp('admin@big-corp.app.example'))).toEqual([400, 'invalid_request'])
    for (const email of ['ada@app.example', 'ada@myapp.example', 'ada@big-corp.tenantry.local']) {
      expect((await signUp(email)).status, email).toBe(201)
    }
    expect((await provisioned({ company_name: 'Big Corp' })).owner.email).toBe('admin@big-corp.app.example')
  })

  test('an id that somebody has, or had', async () => {
    await provisioned({ code: 'once' })
    expect(codeOf(await provision({ code: 'once' }))).toEqual([409, 'tenant_id_taken'])
    await platform.forceTenant('once', `status = 'DELETED'`)
    expect(codeOf(await provision({ code: 'once' }))).toEqual([409, 'tenant_id_taken'])
    const racing = await Promise.all(Array.from({ length: 4 }, () => provision({ code: 'wanted-by-four' })))
    expect(racing.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409])
  })

  test('limits that its first members are over', async () => {
    const { status, body } = await provision({
      limits: { users: 1 },
      standard_user_email: 'two@initech.example',
    })
    expect([status, body.code, body.over]).toEqual([
      409,
      'usage_over_limits',
      [{ limit: 'users', used: 2, allowed: 1 }],
    ])
    expect(codeOf(await provision({ limits: { users: 0 } }))).toEqual([409, 'usage_over_limits'])
  })
})

describe('a failure leaves not one row anywhere, and names the step:', () => {
  const steps = [
    'tenant',
    'import',
    'owner',
    'standard_user',
    'settings',
    'notification_preferences',
    'template',
    'limits',
    'mails',
  ] as const
  const input = {
    companyName: 'Unlucky',
    adminEmail: 'owner@unlucky.example',
    standardUserEmail: 'user@unlucky.example',
    template: 'metalwork',
    limits: { users: 10 },
  }
  const by = { admin: { kind: 'command_line' }, origin: { ip: null, requestId: 'a test' } } as const

  test.each(steps)('after %s', async (failing) => {
    const before = await countAllRows(platform)
    const done: string[] = []
    const cause = new Error('planted')
    const onStep = (step: string) => {
      done.push(step)
      if (step === failing) throw cause
    }
    const importKey = Buffer.alloc(32)
    const failure = await createTenant(platform.context, input, by, { onStep, importKey }).catch((e) => e)
    expect(failure).toBeInstanceOf(ProvisioningError)
    expect([failure.step, failure.cause]).toEqual([failing, cause])
    expect(done).toEqual(steps.slice(0, steps.indexOf(failing) + 1))
    expect(await countAllRows(platform)).toEqual(before)
  })

  test.each([
    ['tenants', 'tenant'],
    ['users', 'owner'],
    ['tenant_settings', 'settings'],
    ['material_categories', 'template'],
    ['limit_counters', 'limits'],
    ['graphile_worker._private_jobs', 'mails'],
    ['audit_entries', 'commit'],
  ])('when %s raises', async (table, step) => {
    const before = await countAllRows(platform)
    await platform.sql(`create function planted() returns trigger language plpgsql as $$ begin raise 'planted'; end $$;
      create trigger planted before insert on ${table} for each row execute function planted()`)
    try {
      const { status, body } = await provision({
        admin_email: 'owner@unlucky.example',
        standard_user_email: 'other@unlucky.example',
        template: 'metalwork',
      })
      expect([status, body.code, body.step]).toEqual([500, 'provisioning_failed', step])
      expect(JSON.stringify(body)).not.toMatch(/planted|unlucky/)
    } finally {
      await platform.sql(`drop trigger planted on ${table}; drop function planted`)
    }
    expect(await countAllRows(platform)).toEqual(before)
  })

  test('and the same can be made right after', async () => {
    const made = await createTenant(platform.context, input, by)
    expect(made).toMatchObject({ tenant_id: 'unlucky', owner: { email: 'owner@unlucky.example' } })
    expect((await auditOf(platform, 'unlucky'))[0]).toMatchObject({
      actor_kind: 'operator',
      actor_id: 'command line',
    })
  })

  test('what the import is given is checked as what the API is sent', async () => {
    const wrong = { companyName: 'Wrong', adminEmail: 'nobody', limits: { users: -1 } }
    const { code, errors } = await createTenant(platform.context, wrong, by).catch((error) => error)
    expect([code, errors.map(({ path }: { path: string }) => path)]).toEqual([
      'invalid_request',
      ['adminEmail', 'limits.users'],
    ])
    const theirs = { companyName: 'Wrong', standardUserEmail: platform.globex.email }
    await expect(createTenant(platform.context, theirs, by)).rejects.toMatchObject({
      code: 'account_not_verified',
      errors: [{ path: 'standardUserEmail' }],
    })
  })
})

describe('a member whom an operator adds', () => {
  test('takes a seat and is told by mail, and both audit trails have it with the reason', async () => {
    const { tenant_id } = await provisioned({ company_name: 'Growing' })
    const reason = 'Asked for by telephone'
    const { status, body } = await add(tenant_id, { email: 'New@growing.example', role: 'admin', reason })
    expect([status, body]).toEqual([
      201,
      { tenant_id, user_id: expect.any(String), email: 'new@growing.example', role: 'admin' },
    ])
    expect(await rowsOf(tenant_id, 'limit_counters', 'used')).toContainEqual({ used: '2' })
    const [mail] = await mailedTo(platform, 'new@growing.example')
    expect(mail?.text).toContain('comme administrateur')
    const token = tokenIn(mail as Message)
    await platform.post('/auth/reset-password', { token, password: goodPassword })
    expect((await logIn('new@growing.example', goodPassword)).body.user.role).toBe('admin')
    const entry = { action: 'user.added', object_type: 'user', object_id: body.user_id, reason }
    expect(await auditOf(platform, tenant_id)).toContainEqual(expect.objectContaining(entry))
    const [inPlatform] = await platform.sql(
      `select action, object_type, object_id, reason from platform_audit_entries where action = 'user.added'
        and subject_tenant_id = $1`,
      [tenant_id],
    )
    expect(inPlatform).toEqual(entry)
  })

  test('is refused without a seat, twice, and where there is no tenant any more', async () => {
    const { tenant_id } = await provisioned({ company_name: 'Full', limits: { users: 2 } })
    expect((await add(tenant_id, { email: 'two@full.example' })).status).toBe(201)
    const full = await add(tenant_id, { email: 'three@full.example' })
    expect([full.status, full.body]).toMatchObject([403, { code: 'limit_reached', used: 2, allowed: 2 }])
    expect(await personOf('three@full.example')).toBeUndefined()
    expect(codeOf(await add(tenant_id, { email: 'two@full.example' }))).toEqual([409, 'already_member'])
    await operator.post(`/v1/admin/tenants/${tenant_id}/cancel`, { reason: 'Gone' })
    const gone = await add(tenant_id, { email: 'four@full.example' })
    expect(codeOf(gone)).toEqual([409, 'status_not_allowed'])
    expect(codeOf(await add('nobody', { email: 'four@full.example' }))).toEqual([404, 'not_found'])
    expect(codeOf(await add('system-default', { email: 'four@full.example' }))).toEqual([404, 'not_found'])
  })

  test('takes the seat that their invitation held', async () => {
    const company = await platform.signUp('Inviting', { plan: 'free' })
    await company.post('/v1/invitations', { email: 'guest@inviting.example', role: 'viewer' })
    expect((await add(company.tenantId, { email: 'guest@inviting.example' })).status).toBe(201)
    expect(await rowsOf(company.tenantId, 'invitations', 'status')).toEqual([{ status: 'revoked' }])
    expect(await rowsOf(company.tenantId, 'limit_counters', 'used')).toContainEqual({ used: '2' })
  })
})
