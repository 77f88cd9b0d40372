import { randomUUID } from 'node:crypto'
import { type OneTimeSubject, storeToken } from '../../../src/features/sessions/one-time-tokens.ts'
import { runDeletion } from '../deletion.ts'
import { addMember, addPerson } from '../members.ts'
import type { Answer, Member, Platform } from '../platform.ts'
import { goodPassword, signupBody } from '../platform.ts'
import { addSuperAdmin, bearerOf, createApp } from '../super-admins.ts'

/** What examples are made with. */
export interface Hands {
  platform: Platform
  /** A company that has room for everybody; nobody ever calls as its owner. */
  own: Member
  /** The super admin who calls operations of the platform. */
  operator: {
    id: string
    email: string
    password: string
    token: string
    request(method: string, path: string, body?: unknown): Promise<Answer>
  }
  /** A company that nothing else depends on: it can be suspended, cancelled and deleted. */
  victim(): Promise<Member>
  /** Has Stripe's double tell of something, and gives the id that the platform keeps it by. */
  billingEvent(): Promise<string>
}

interface PlatformExample {
  /** What a query has to say. */
  query?: Record<string, string>
  /** A body that is accepted. */
  body?(hands: Hands): Promise<Record<string, unknown>> | Record<string, unknown>
  /** What the path names, by its parameters. */
  object?(hands: Hands): Promise<Record<string, string>> | Record<string, string>
  /** What a list needs to have something to show. */
  prepare?(hands: Hands): Promise<unknown>
  /** Who calls it, where it takes a token of its own kind. */
  token?(hands: Hands): Promise<string>
}

const reason = 'Asked for by telephone'
let made = 0
const another = (word: string) => `${word}-${++made}`

const aTenant = { object: async ({ victim }: Hands) => ({ id: (await victim()).tenantId }) }
const ofTenant = (body?: Record<string, unknown>): PlatformExample => ({
  ...aTenant,
  ...(body && { body: () => ({ ...body }) }),
})
const limits = { users: 5, storage_bytes: 1e9, sites: null, requests_per_minute: 60 }

async function mailedToken({ platform, own }: Hands, purpose: 'reset_password' | 'verify_email') {
  const { userId, email } = await addPerson(platform, own.tenantId, 'member')
  return tokenFor(platform, { purpose, email, subject: { userId } })
}

function tokenFor(
  { context, clock }: Platform,
  {
    tokenId = randomUUID(),
    ...of
  }: {
    purpose: 'reset_password' | 'verify_email' | 'accept_invitation'
    email: string
    subject: OneTimeSubject
    tokenId?: string
  },
): Promise<string> {
  const now = clock.now()
  const token = { ...of, tokenId, now, expiresAt: new Date(now.getTime() + 3_600_000) }
  return context.db.withPlatform('account', (tx) => storeToken(tx, context, token))
}

async function invitationToken({ platform, own: { tenantId, post } }: Hands) {
  const email = `${another('invited')}@example.com`
  const { body } = await post('/v1/invitations', { email, role: 'viewer' })
  const [row] = await platform.sql('select token_id from invitations where id = $1', [body.id], tenantId)
  const subject = { tenantId, invitationId: body.id }
  return tokenFor(platform, { purpose: 'accept_invitation', tokenId: row.token_id, email, subject })
}

async function supportSession({ operator, victim }: Hands) {
  const { tenantId } = await victim()
  const path = `/v1/admin/tenants/${tenantId}/support-sessions`
  const { body } = await operator.request('POST', path, { reason })
  return { id: tenantId, session_id: body.support_session.id as string }
}

async function newAdmin({ platform }: Hands) {
  const admin = await addSuperAdmin(platform)
  const { body } = await admin.logIn()
  return String(body.access_token)
}

/** Of operations outside of tenants: what a document does not say. */
export const platformExamples: Record<string, PlatformExample> = {
  'GET /docs/:file': { object: () => ({ file: 'start.js' }) },
  'GET /signup/check-email': { query: { email: 'owner@acme.example' } },
  'POST /signup': {
    body: () => ({
      ...signupBody(another('Contract')),
      region: 'FR',
      phone: '+33 1 02 03 04',
      locale: 'fr',
      template: 'blank',
    }),
  },
  'POST /auth/login': { body: () => ({ email: 'owner@acme.example', password: goodPassword }) },
  'POST /auth/select-tenant': {
    body: () => ({ tenant_id: 'acme' }),
    token: async ({ platform }) => platform.acme.token,
  },
  'POST /auth/refresh': { body: refreshTokenBody },
  'POST /auth/logout': { body: refreshTokenBody },
  'POST /auth/logout-all': { token: async (hands) => (await viewer(hands)).token },
  'POST /auth/forgot-password': { body: () => ({ email: 'owner@acme.example' }) },
  'POST /auth/resend-verification': { body: () => ({ email: 'owner@acme.example' }) },
  'POST /auth/reset-password': {
    body: async (hands) => ({
      token: await mailedToken(hands, 'reset_password'),
      password: 'another-good-one-8',
    }),
  },
  'POST /auth/verify-email': { body: async (hands) => ({ token: await mailedToken(hands, 'verify_email') }) },
  'POST /auth/accept-invitation': {
    body: async (hands) => ({
      token: await invitationToken(hands),
      first_name: 'Grace',
      last_name: 'Hopper',
      password: 'another-good-one-8',
    }),
  },
  'POST /auth/admin/login': { body: ({ operator: { email, password } }) => ({ email, password }) },
  'POST /auth/admin/totp': { token: newAdmin },
  'POST /auth/admin/totp/confirm': enrolling(),
  'POST /webhooks/stripe': {
    body: () => ({
      object: 'event',
      id: another('evt_contract'),
      type: 'customer.subscription.updated',
      created: 1_772_445_600,
      data: {
        object: { id: 'sub_1', object: 'subscription', customer: 'cus_1', metadata: { tenant_id: 'acme' } },
      },
    }),
  },
  'POST /v1/admin/tenants/:id/credits': {
    ...aTenant,
    body: () => ({ kind: 'grant', amount: 5, reason, idempotency_key: another('grant') }),
  },
  'PATCH /v1/admin/plans/:plan': {
    object: () => ({ plan: 'business' }),
    body: () => ({
      price_cents: 100,
      price_is_minimum: false,
      price_is_per_seat: true,
      stripe_price_id: another('price'),
      limits,
      modules: ['crm'],
      force: true,
    }),
  },
  'GET /v1/admin/plans/:plan/impact': { object: () => ({ plan: 'professional' }) },
  'PATCH /v1/admin/settings': {
    body: () => ({ trial_days: 30, default_region: 'CH', default_language: 'en', reason }),
  },
  'PATCH /v1/admin/notification-templates/:name': {
    object: () => ({ name: 'trial_ending' }),
    body: () => ({
      priority: 'urgent',
      title: { en: 'Soon', fr: 'Bientôt' },
      body: { en: 'On {date}', fr: 'Le {date}' },
      reason,
    }),
  },
  'POST /v1/admin/tenants': {
    body: () => ({
      company_name: another('Initech'),
      code: another('initech'),
      company_email: 'office@initech.example',
      admin_email: `${another('boss')}@initech.example`,
      admin_first_name: 'Bill',
      admin_last_name: 'Lumbergh',
      plan: 'starter',
      region: 'ch',
      phone: '+33 1 23 45 67 89',
      template: 'metalwork',
      trial: true,
      limits,
      settings: { language: 'en', time_zone: 'Europe/Zurich', vat_rate_basis_points: 810, backups: true },
      metadata: { sector: 'metal' },
      standard_user_email: `${another('peter')}@initech.example`,
    }),
  },
  'POST /v1/admin/tenants/:id/members': {
    ...aTenant,
    body: () => ({
      email: `${another('grace')}@acme.example`,
      role: 'member',
      first_name: 'Grace',
      last_name: 'Hopper',
      reason,
    }),
  },
  'GET /v1/admin/tenants/:id': aTenant,
  'PATCH /v1/admin/tenants/:id': ofTenant({
    name: 'Acme & Sons',
    company_email: 'office@acme.example',
    admin_email: 'boss@acme.example',
    phone: '+33 1 23 45 67 89',
    region: 'ch',
    metadata: { sector: 'metal', seats: 12, contacts: [{ name: 'Ada', since: null }] },
    plan: 'starter',
    limits: { ...limits, workflows: 'plan' },
    modules: { ai: true, bi: null },
    trial_ends_at: '2026-03-20T00:00:00Z',
    force: true,
    reason,
  }),
  'POST /v1/admin/tenants/:id/suspend': ofTenant({ reason }),
  'POST /v1/admin/tenants/:id/reactivate': {
    body: () => ({ reason }),
    object: async ({ operator, victim }) => {
      const { tenantId } = await victim()
      await operator.request('POST', `/v1/admin/tenants/${tenantId}/suspend`, { reason })
      return { id: tenantId }
    },
  },
  'POST /v1/admin/tenants/:id/cancel': ofTenant({ reason }),
  'POST /v1/admin/tenants/:id/support-sessions': ofTenant({ reason, minutes: 5, write: true }),
  'GET /v1/admin/tenants/:id/support-sessions': {
    object: async (hands) => ({ id: (await supportSession(hands)).id }),
  },
  'DELETE /v1/admin/tenants/:id/support-sessions/:session_id': { object: supportSession },
  'GET /v1/admin/tenants/:id/explain': aTenant,
  'DELETE /v1/admin/tenants/:id': ofTenant({ reason }),
  'GET /v1/admin/deletions': { prepare: deletion },
  'GET /v1/admin/deletions/:id': { object: deletion },
  'GET /v1/admin/billing-events': { prepare: ({ billingEvent }) => billingEvent() },
  'GET /v1/admin/billing-events/:id': { object: async ({ billingEvent }) => ({ id: await billingEvent() }) },
  'POST /v1/admin/billing-events/:id/replay': {
    object: async ({ billingEvent }) => ({ id: await billingEvent() }),
  },
}

const viewer = ({ platform, own }: Hands) => addMember(platform, own.tenantId, 'viewer')

async function refreshTokenBody(hands: Hands) {
  return { refresh_token: (await viewer(hands)).refreshToken }
}

async function deletion({ platform, operator, victim }: Hands) {
  const { tenantId } = await victim()
  const { body } = await operator.request('DELETE', `/v1/admin/tenants/${tenantId}`, { reason })
  await runDeletion(platform, tenantId)
  return { id: String(body.certificate).split('/').at(-1) ?? '' }
}

/** Somebody enrols once, by a code of the secret that was made for them. */
function enrolling(): PlatformExample {
  let totp = '000000'
  return {
    async token(hands) {
      const token = await newAdmin(hands)
      const { body } = await bearerOf(hands.platform, token).post('/auth/admin/totp')
      totp = createApp(hands.platform, body.secret)()
      return token
    },
    body: () => ({ totp }),
  }
}
