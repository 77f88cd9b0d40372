import { v7 as uuidv7 } from 'uuid'
import type { Context } from '../../context.ts'
import type { PlatformTx } from '../../db/database.ts'
import type { TenantId } from '../../db/tenant-id.ts'
import { AppError } from '../../errors.ts'
import { createGates } from '../../gate.ts'
import { enqueueJob } from '../../jobs/queue.ts'
import { newMailedToken } from '../accounts/account-mails.ts'
import type { Origin } from '../audit/audit.ts'
import type { UserClaims } from '../members/access.ts'
import type { PlanName } from '../plans/plans.ts'
import { refuseWeakPassword } from '../sessions/passwords.ts'
import {
  answerWithTokens,
  isSessionLive,
  type OpenedSession,
  openSession,
  type UserAnswer,
} from '../sessions/sessions.ts'
import { provisionTenant, type Region, startOf, TenantIdTakenError } from '../tenants/provision.ts'
import { findFreeTenantId, toSlug } from '../tenants/slug.ts'

/** What a company says of itself. */
export interface CompanyInput {
  company_name: string
  company_email: string
  plan: PlanName
  region: Region
  phone: string | null
}

/** What a company and its first person say of themselves. */
export interface SignupInput extends CompanyInput {
  admin_email: string
  admin_password: string
  admin_first_name: string
  admin_last_name: string
  locale: 'en' | 'fr'
}

/** Signups of one name come one after the other, since all would try the same id; other processes' still race. */
const throughSameName = createGates<string>(1, 1000)
const attempts = 50

/**
 * Signs a company up: user, tenant, owner, settings, audit entry, session and the welcome mail's job in one
 * transaction. Simultaneous signups of one name all succeed, with different ids. Where the address has to be
 * confirmed first, the tenant waits for that, without a session, and the mail asks for it.
 * @throws AppError 409 `email_taken`, 400 `invalid_request` for a weak password, 503 `overloaded`
 */
export async function signUp(context: Context, input: SignupInput, origin: Origin) {
  const { config, db, clock, passwords } = context
  const { company_name, admin_email, admin_first_name, admin_last_name } = input
  refuseWeakPassword(
    input.admin_password,
    [company_name, admin_email.split('@')[0] ?? '', input.company_email, admin_first_name, admin_last_name],
    'body.admin_password',
  )
  const isKnown = await db.withPlatform('signup', (tx) => isEmailKnown(tx, admin_email))
  if (isKnown) throw new AppError('email_taken')
  const passwordHash = await passwords.hash(input.admin_password)

  const now = clock.now()
  const user: UserAnswer = {
    id: uuidv7({ msecs: now.getTime() }),
    email: admin_email,
    first_name: admin_first_name,
    last_name: admin_last_name,
    locale: input.locale,
  }
  const isPending = config.emailVerification === 'required'
  const made = await makeTenant(context, { input, user, origin, now, isPending }, async (tx) => {
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
  return answer(context, made, user)
}

/**
 * Makes a further company for a person who is signed in.
 * @throws AppError 403 `email_not_verified` where the address has to be confirmed first, so that at most one company
 *   of a person waits for that; 401 `unauthenticated` when their session was ended meanwhile; 503 `overloaded`
 */
export async function addCompany(
  context: Context,
  input: CompanyInput,
  user: UserAnswer,
  { userId, sessionId }: UserClaims,
  origin: Origin,
) {
  const now = context.clock.now()
  const made = await makeTenant(context, { input, user, origin, now, isPending: false }, async (tx) => {
    // Held until the new session is there: a new password ends the sessions behind its own lock of this row.
    const { email_verified_at } = await tx
      .selectFrom('users')
      .select('email_verified_at')
      .where('id', '=', userId)
      .forShare()
      .executeTakeFirstOrThrow()
    if (!(await isSessionLive(tx, sessionId, userId))) throw new AppError('unauthenticated')
    if (context.config.emailVerification === 'required' && email_verified_at === null)
      throw new AppError('email_not_verified')
  })
  return answer(context, made, user)
}

/** What makeTenant makes, and for whom. */
interface TenantToMake {
  input: CompanyInput
  user: UserAnswer
  origin: Origin
  now: Date
  isPending: boolean
}

interface MadeTenant {
  tenantId: TenantId
  trialEndsAt: Date | null
  /** None while the tenant waits for its owner's address to be confirmed. */
  session: OpenedSession | undefined
}

async function makeTenant(
  context: Context,
  { input, user, origin, now, isPending }: TenantToMake,
  holdUser: (tx: PlatformTx) => Promise<void>,
): Promise<MadeTenant> {
  const { db, log } = context
  const membershipId = uuidv7({ msecs: now.getTime() })
  const { status, trialEndsAt } = isPending
    ? { status: 'PENDING' as const, trialEndsAt: null }
    : startOf(input.plan, now)
  const attempt = async () => {
    const tenantId = await db.withPlatform('signup', (tx) => findFreeTenantId(tx, input.company_name))
    try {
      const session = await db.withPlatform(
        'signup',
        async (tx) => {
          await holdUser(tx)
          await provisionTenant(tx, {
            tenantId,
            name: input.company_name,
            companyEmail: input.company_email,
            adminEmail: user.email,
            phone: input.phone,
            region: input.region,
            plan: input.plan,
            status,
            trialEndsAt,
            ownerId: user.id,
            membershipId,
            ...origin,
            now,
          })
          const mail = { email: user.email, ...newMailedToken('verify_email', now) }
          if (isPending) {
            await enqueueJob(tx, 'send-account-mail', { template: 'verify_email', ...mail })
            return undefined
          }
          const { company_name } = input
          await enqueueJob(tx, 'send-account-mail', { template: 'welcome', company_name, ...mail })
          return openSession(tx, context, { userId: user.id, tenantId, membershipId, ip: origin.ip, now })
        },
        { tenantId },
      )
      log.info({ tenant_id: tenantId, plan: input.plan, request_id: origin.requestId }, 'tenant created')
      return { tenantId, trialEndsAt, session }
    } catch (error) {
      if (error instanceof TenantIdTakenError) return undefined
      throw error
    }
  }
  return throughSameName(toSlug(input.company_name), async () => {
    for (let round = 0; round < attempts; round++) {
      const made = await attempt()
      if (made) return made
    }
    throw new AppError('overloaded')
  })
}

async function answer(context: Context, { tenantId, trialEndsAt, session }: MadeTenant, user: UserAnswer) {
  const common = {
    success: true as const,
    tenant_id: tenantId,
    trial_ends_at: trialEndsAt,
    login_url: `/login?tenant=${tenantId}`,
  }
  if (!session) return common
  return { ...common, ...(await answerWithTokens(context, session, { user, tenantId, role: 'owner' })) }
}

/** Whether an address, in lower case, has an account. */
export async function isEmailKnown(tx: PlatformTx, email: string): Promise<boolean> {
  const row = await tx.selectFrom('users').select('id').where('email', '=', email).executeTakeFirst()
  return row !== undefined
}
