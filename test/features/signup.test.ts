import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Platform, signupBody, startPlatform } from '../support/platform.ts'

let platform: Platform
beforeAll(async () => {
  platform = await startPlatform()
})
afterAll(() => platform.stop())

const signUp = (company: string, fields: Record<string, unknown> = {}) =>
  platform.post('/signup', signupBody(company, fields))

/** How many rows everything that a signup writes into has by now. */
async function countRows(): Promise<number[]> {
  const tables = ['users', 'tenants', 'memberships', 'tenant_settings', 'audit_entries', 'sessions']
  const counts = await platform.sql(
    tables.map((table) => `select count(*)::int as n from ${table}`).join(' union all '),
  )
  const jobs = await platform.sql('select count(*)::int as n from graphile_worker.jobs')
  return [...counts, ...jobs].map(({ n }) => n)
}

test('a signup answers the tenant, the end of its trial and the tokens of a login', async () => {
  const { status, headers, body } = await signUp('Hooli', { plan: 'business', locale: 'fr', region: 'ch' })
  expect(status).toBe(201)
  expect(headers.get('cache-control')).toBe('no-store')
  expect(body).toEqual({
    success: true,
    tenant_id: 'hooli',
    trial_ends_at: '2026-03-16T10:00:00.000Z',
    login_url: '/login?tenant=hooli',
    access_token: expect.any(String),
    token_type: 'bearer',
    expires_in: 900,
    refresh_token: expect.stringMatching(/^[\w-]{43}\.[\w-]{43}$/),
    user: {
      id: expect.any(String),
      email: 'owner@hooli.example',
      first_name: 'Ada',
      last_name: 'Lovelace',
      locale: 'fr',
      role: 'owner',
    },
  })
})

test('it makes tenant, owner, settings, audit entry, session and the job of the welcome mail', async () => {
  const { body, headers } = await signUp('Initech', { phone: '+33 1 23 45 67 89', region: 'BE' })
  const now = platform.clock.now()
  const one = async (query: string, parameters: unknown[] = ['initech']) =>
    (await platform.sql(query, parameters, 'initech'))[0]

  expect(await one('select * from tenants where tenant_id = $1')).toMatchObject({
    name: 'Initech',
    company_email: 'hello@initech.example',
    admin_email: 'owner@initech.example',
    phone: '+33 1 23 45 67 89',
    region: 'BE',
    plan: 'PROFESSIONAL',
    status: 'TRIAL',
    status_set_by: 'system',
    metadata: {},
    created_at: now,
    trial_ends_at: new Date(now.getTime() + 14 * 86_400_000),
  })
  expect(await one('select * from memberships where tenant_id = $1')).toMatchObject({
    user_id: body.user.id,
    role: 'owner',
    status: 'active',
  })
  expect(await one('select * from tenant_settings where tenant_id = $1')).toMatchObject({
    theme: 'light',
    language: 'fr',
    time_zone: 'Europe/Paris',
    date_format: 'DD/MM/YYYY',
    currency: 'EUR',
    vat_rate_basis_points: 2000,
    automatic_numbering: true,
    backups: true,
    audit: true,
  })
  expect(await one('select * from audit_entries where tenant_id = $1')).toMatchObject({
    actor_kind: 'user',
    actor_id: body.user.id,
    action: 'tenant.created',
    object_type: 'tenant',
    object_id: 'initech',
    ip: '127.0.0.1',
    request_id: headers.get('x-request-id'),
  })
  expect(await one('select * from sessions where subject_tenant_id = $1')).toMatchObject({
    user_id: body.user.id,
    expires_at: new Date(now.getTime() + 30 * 86_400_000),
  })
  const user = await one('select * from users where id = $1', [body.user.id])
  expect(user).toMatchObject({
    email: 'owner@initech.example',
    email_verified_at: null,
    password_changed_at: now,
    terms_accepted_at: now,
    privacy_accepted_at: now,
  })
  expect(user.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  const job = await one(
    `select j.task_identifier, p.payload from graphile_worker.jobs j join graphile_worker._private_jobs p
     using (id) where p.payload->>'tenant_id' = $1`,
  )
  expect(job).toMatchObject({
    task_identifier: 'send-account-mail',
    payload: { template: 'welcome', email: 'owner@initech.example', company_name: 'Initech' },
  })
})

describe('a failure at any step leaves not one row', () => {
  const plants: [step: string, plant: string, undo: string][] = [
    ...['users', 'tenants', 'memberships', 'tenant_settings', 'audit_entries', 'sessions'].map(
      (table): [string, string, string] => [
        `inserting into ${table}`,
        `alter table ${table} add constraint planted check (false) not valid`,
        `alter table ${table} drop constraint planted`,
      ],
    ),
    [
      'enqueueing the mail',
      'alter table graphile_worker._private_jobs add constraint planted check (false) not valid',
      'alter table graphile_worker._private_jobs drop constraint planted',
    ],
    [
      'the commit itself',
      `create function planted() returns trigger language plpgsql as $$ begin raise 'planted'; end $$;
       create constraint trigger planted after insert on sessions deferrable initially deferred
       for each row execute function planted()`,
      'drop trigger planted on sessions; drop function planted',
    ],
  ]

  test.each(plants)('%s', async (_step, plant, undo) => {
    const before = await countRows()
    await platform.sql(plant)
    try {
      const { status, body } = await signUp('Unlucky')
      expect(status).toBeGreaterThanOrEqual(400)
      expect(JSON.stringify(body)).not.toMatch(/planted|constraint|unlucky/i)
    } finally {
      await platform.sql(undo)
    }
    expect(await countRows()).toEqual(before)
  })

  test('and the same company can sign up right after', async () => {
    expect((await signUp('Unlucky')).body.tenant_id).toBe('unlucky')
  })
})

test('FREE has no trial: it starts ACTIVE', async () => {
  const { body } = await signUp('Freebie', { plan: 'Free' })
  expect(body.trial_ends_at).toBeNull()
  const [tenant] = await platform.sql(
    `select status, plan from tenants where tenant_id = 'freebie'`,
    [],
    'freebie',
  )
  expect(tenant).toEqual({ status: 'ACTIVE', plan: 'FREE' })
})

test.each([
  ['pro', 'PROFESSIONAL'],
  ['PrO', 'PROFESSIONAL'],
  ['enterprise', 'ENTERPRISE'],
  ['Starter', 'STARTER'],
])('the plan %s is %s', async (given, plan) => {
  const company = `Plan ${Buffer.from(given).toString('hex')}`
  const { body } = await signUp(company, { plan: given })
  const [tenant] = await platform.sql(
    'select plan from tenants where tenant_id = $1',
    [body.tenant_id],
    body.tenant_id,
  )
  expect(tenant).toEqual({ plan })
})

test.each<[why: string, fields: Record<string, unknown>, path: string]>([
  ['an unknown plan', { plan: 'gold' }, 'body.plan'],
  ['terms not accepted', { accept_terms: false }, 'body.accept_terms'],
  ['terms not mentioned', { accept_terms: undefined }, 'body.accept_terms'],
  ['privacy not accepted', { accept_privacy: 'yes' }, 'body.accept_privacy'],
  ['an unknown field', { is_admin: true }, 'body'],
  ['an unknown region', { region: 'US' }, 'body.region'],
  ['an unknown template', { template: 'bakery' }, 'body.template'],
  ['an unknown language', { locale: 'de' }, 'body.locale'],
  ['no company name', { company_name: '   ' }, 'body.company_name'],
  ['a name with a line break', { admin_first_name: 'Ada\r\nBcc: all@x.example' }, 'body.admin_first_name'],
  ['two addresses', { admin_email: 'a@b.example, c@d.example' }, 'body.admin_email'],
  ['a short password', { admin_password: 'k3$Vq!z' }, 'body.admin_password'],
  [
    'a password of seven characters, each two units of UTF-16',
    { admin_password: '😀🐘🎩🧵🪁🦊🍋' },
    'body.admin_password',
  ],
  ['a long password', { admin_password: 'x1'.repeat(65) }, 'body.admin_password'],
  ['a common password', { admin_password: 'Password123' }, 'body.admin_password'],
  ['a repeated character', { admin_password: 'aaaaaaaaaaaa' }, 'body.admin_password'],
  ['company name and digits', { admin_password: 'Wayneent-2026' }, 'body.admin_password'],
  ['first and last name', { admin_password: 'AdaLovelace1' }, 'body.admin_password'],
  [
    'address and digits',
    { admin_email: 'bruce@wayne.example', admin_password: 'bruce20261' },
    'body.admin_password',
  ],
])('%s is refused', async (_why, fields, path) => {
  const before = await countRows()
  const { status, body } = await signUp('Wayneent', fields)
  expect(status).toBe(400)
  expect(body.code).toBe('invalid_request')
  expect(body.errors.map((error: { path: string }) => error.path)).toEqual([path])
  expect(await countRows()).toEqual(before)
})

test('an address that provisioning would give to the owner of another company is refused', async () => {
  const before = await countRows()
  const email = 'admin@BigCorp.Tenantry.local'
  const { status, body } = await signUp('Squatter', { admin_email: email })
  const message = 'is under a domain that is kept back for the platform'
  expect([status, body.errors]).toEqual([400, [{ path: 'body.admin_email', message }]])
  expect(await countRows()).toEqual(before)
})

test('a known e-mail address is refused, whatever its case', async () => {
  const before = await countRows()
  const { status, body } = await signUp('Another', { admin_email: 'OWNER@Acme.Example' })
  expect([status, body.code]).toEqual([409, 'email_taken'])
  expect(await countRows()).toEqual(before)
})

test('of two signups at once with one address exactly one succeeds and the other leaves nothing', async () => {
  const before = await countRows()
  const both = await Promise.all([
    signUp('First Twin', { admin_email: 'twin@twins.example' }),
    signUp('Second Twin', { admin_email: 'twin@twins.example' }),
  ])
  expect(both.map(({ status }) => status).sort()).toEqual([201, 409])
  expect(await countRows()).toEqual(before.map((count) => count + 1))
})

test('check-email says whether an address has an account', async () => {
  const check = async (email: string) =>
    (await platform.get(`/signup/check-email?email=${encodeURIComponent(email)}`)).body
  expect(await check('nobody@acme.example')).toEqual({ available: true })
  expect(await check('OWNER@acme.example')).toEqual({ available: false })
  expect((await platform.get('/signup/check-email?email=what')).status).toBe(400)
  expect((await platform.get('/signup/check-email')).status).toBe(400)
})
