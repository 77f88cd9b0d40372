import type { Context } from '../../context.ts'
import type { Database, PlatformQueryBuilder, PlatformTx } from '../../db/database.ts'
import type { TenantId } from '../../db/tenant-id.ts'
import { AppError } from '../../errors.ts'
import { enqueueJob } from '../../jobs/queue.ts'
import { newId } from '../../new-id.ts'
import { newMailedToken } from '../accounts/account-mails.ts'
import { type Origin, writeAuditEntry } from '../audit/audit.ts'
import { type Keep, keepNothing } from '../idempotency/kept-answers.ts'
import type { UserClaims } from '../members/access.ts'
import type { PlanName } from '../plans/plans.ts'
import { refuseWeakPassword } from '../sessions/passwords.ts'
import {
  isSessionLive,
  newSession,
  openFirstSession,
  signMeanwhile,
  type UserAnswer,
} from '../sessions/sessions.ts'
import {
  readSystemSettings,
  refuseClosedSignups,
  systemSettingsQuery,
} from '../system-settings/system-settings.ts'
import { domainOfOwners } from '../tenants/describe-tenant.ts'
import { withFreeTenantId } from '../tenants/free-tenant-id.ts'
import type { ProvisioningAct } from '../tenants/new-tenant.ts'
import { provisionTenant, type Region, startOf } from '../tenants/provision.ts'

/** What a company says of itself. */
export interface CompanyInput {
  company_name: string
  company_email: string
  plan: PlanName
  /** Without one, the platform's default. */
  region?: Region | undefined
  phone: string | null
  /** A file of db/templates. */
  template: string
}

/** What a company and its first person say of themselves. */
export interface SignupInput extends CompanyInput {
  admin_email: string
  admin_password: string
  admin_first_name: string
  admin_last_name: string
  locale: 'en' | 'fr'
}

/**
 * Signs a company up: user, tenant, owner, settings, audit entry, session and the welcome mail's job in one
 * transaction. Simultaneous signups of one name all succeed, with different ids. Where the address has to be
 * confirmed first, the tenant waits for that, without a session, and the mail asks for it.
 * @throws AppError 403 `signups_closed`; 409 `email_taken`, 400 `invalid_request` for a weak password or an address
 *   that is kept back, 503 `overloaded`
 */
export async function signUp(context: Context, input: SignupInput, origin: Origin) {
  const { config, db, clock, passwords } = context
  const { company_name, admin_email, admin_first_name, admin_last_name } = input
  refuseReservedEmail(config, admin_email)
  refuseWeakPassword(
    input.admin_password,
    [company_name, admin_email.split('@')[0] ?? '', input.company_email, admin_first_name, admin_last_name],
    'body.admin_password',
  )
  const hashing = passwords.hash(input.admin_password)
  // The database looks meanwhile; whoever it refuses does not wait for the hash.
  hashing.catch(() => undefined)
  const [[settings], known] = await db.readPlatform('signup', (queries) => [
    systemSettingsQuery(queries),
    userWithEmail(queries, admin_email),
  ])
  if (!settings) throw new Error('system_settings has no row')
  refuseClosedSignups(settings)
  if (known.length > 0) throw new AppError('email_taken')
  const passwordHash = await hashing

  const now = clock.now()
  const user: UserAnswer = {
    id: newId(now),
    email: admin_email,
    first_name: admin_first_name,
    last_name: admin_last_name,
    locale: input.locale,
  }
  const isPending = config.emailVerification === 'required'
  return makeTenant(context, { input, user, origin, now, isPending }, async (tx) => {
    const inserted = await tx
      .insertInto('users')
      .values({
        ...user,
        password_hash: passwordHash,
        password_changed_at: now,
        terms_accepted_at: now,
        privacy_accepted_at: now,
        created_at: now,
        updated_at: now,
      })
      .onConflict((conflict) => conflict.column('email').doNothing())
      .executeTakeFirst()
    if (inserted.numInsertedOrUpdatedRows !== 1n) throw new AppError('email_taken')
  })
}

/** Who took the address of an owner whom an operator is yet to make would keep that tenant from being made. */
function refuseReservedEmail(config: Context['config'], email: string): void {
  if (!email.endsWith(`.${domainOfOwners(config)}`)) return
  const message = 'is under a domain that is kept back for the platform'
  throw new AppError('invalid_request', { errors: [{ path: 'body.admin_email', message }] })
}

/**
 * Makes a further company for a person who is signed in.
 * @throws AppError 403 `signups_closed`; 403 `email_not_verified` where the address has to be confirmed first, so that at most one company
 *   of a person waits for that; 401 `unauthenticated` when their session was ended meanwhile; 503 `overloaded`
 */
export async function addCompany(
  context: Context,
  input: CompanyInput,
  user: UserAnswer,
  { userId, sessionId }: UserClaims,
  origin: Origin,
  keep: Keep,
) {
  const now = context.clock.now()
  const company = { input, user, origin, now, isPending: false, keep }
  return makeTenant(context, company, async (tx) => {
    // Held until the new session is there: a new password ends the sessions behind its own lock of this row.
    const person = await tx
      .selectFrom('users')
      .select('email_verified_at')
      .where('id', '=', userId)
      .forShare()
      .executeTakeFirst()
    // Who belonged to one tenant only goes with it.
    if (!person || !(await isSessionLive(tx, sessionId, userId))) throw new AppError('unauthenticated')
    if (context.config.emailVerification === 'required' && person.email_verified_at === null)
      throw new AppError('email_not_verified')
  })
}

interface MadeTenant {
  tenantId: TenantId
  trialEndsAt: Date | null
}

/** What makeTenant makes, and for whom. */
interface TenantToMake {
  input: CompanyInput
  user: UserAnswer
  origin: Origin
  now: Date
  isPending: boolean
  keep?: Keep
}

async function makeTenant(
  context: Context,
  { input, user, origin, now, isPending, keep = keepNothing }: TenantToMake,
  holdUser: (tx: PlatformTx) => Promise<void>,
) {
  const { db, log } = context
  const { company_name, plan } = input
  const request_id = origin.requestId
  const membershipId = newId(now)
  const mail = { email: user.email, ...newMailedToken('verify_email', now) }
  return withFreeTenantId(context, company_name, async (tenantId) => {
    const onStep = (step: string) => log.info({ tenant_id: tenantId, step, request_id }, 'tenant provisioned')
    const session = isPending ? undefined : newSession({ tenantId, ip: origin.ip, now })
    const signed = session && signMeanwhile(context, session, { user, tenantId, role: 'owner' })
    const make = async (tx: PlatformTx) => {
      const settings = await readSystemSettings(tx)
      refuseClosedSignups(settings)
      const { status, trialEndsAt } = isPending
        ? { status: 'PENDING' as const, trialEndsAt: null }
        : startOf(plan, now, settings)
      const tenant = {
        tenantId,
        name: company_name,
        companyEmail: input.company_email,
        adminEmail: user.email,
        phone: input.phone,
        region: input.region ?? settings.default_region,
        plan,
        status,
        trialEndsAt,
        settings: { language: settings.default_language },
        template: input.template,
        owner: { userId: user.id, membershipId, holdUser },
        agent: 'system',
        cause: 'Signed up',
        audit: (_: PlatformTx, act: ProvisioningAct) =>
          writeAuditEntry(tx, { actor: { kind: 'user', id: user.id }, ...act, ...origin, now }),
        mail: () =>
          isPending
            ? enqueueJob(tx, 'send-account-mail', { template: 'verify_email', ...mail })
            : enqueueJob(tx, 'send-account-mail', { template: 'welcome', company_name, ...mail }),
        now,
      } as const
      // Asked for ahead of the steps, so that it is ready to leave with COMMIT when they are answered.
      if (session) openFirstSession(tx, context, session, { userId: user.id, membershipId })
      await provisionTenant(tx, tenant, { onStep })
      return { tenantId, trialEndsAt }
    }
    const made = await db.withPlatform(
      'signup',
      (tx) =>
        keep(
          tx,
          () => make(tx),
          (made) => answerWithoutTokens(context, made, user),
        ),
      { tenantId },
    )
    log.info({ tenant_id: tenantId, plan, request_id }, 'tenant created')
    return { ...describe(made), ...(await signed?.()) }
  })
}

/** What is given when a request comes again under its Idempotency-Key: all but the tokens, which are never stored. */
function answerWithoutTokens({ tokens }: Context, made: MadeTenant, user: UserAnswer) {
  const { tenantId: tenant_id } = made
  const withoutTokens = { access_token: null, refresh_token: null, expires_in: tokens.accessSeconds }
  return {
    ...describe(made),
    ...withoutTokens,
    token_type: 'bearer',
    tenant_id,
    user: { ...user, role: 'owner' },
  }
}

function describe({ tenantId, trialEndsAt }: MadeTenant) {
  return {
    success: true as const,
    tenant_id: tenantId,
    trial_ends_at: trialEndsAt,
    login_url: `/login?tenant=${tenantId}`,
  }
}

/** Whether an address, in lower case, has an account. */
export async function isEmailKnown(db: Database, email: string): Promise<boolean> {
  const [known] = await db.readPlatform('signup', (queries) => [userWithEmail(queries, email)])
  return known.length > 0
}

function userWithEmail(queries: PlatformQueryBuilder, email: string) {
  return queries.selectFrom('users').select('id').where('email', '=', email)
}
