import { v7 as uuidv7 } from 'uuid'
import type { Context } from '../../context.ts'
import type { PlatformTx } from '../../db/database.ts'
import type { TenantId } from '../../db/tenant-id.ts'
import { AppError } from '../../errors.ts'
import { createGates } from '../../gate.ts'
import { enqueueJob } from '../../jobs/queue.ts'
import type { PlanName } from '../plans/plans.ts'
import { refuseWeakPassword } from '../sessions/passwords.ts'
import { answerWithTokens, type OpenedSession, openSession, type UserAnswer } from '../sessions/sessions.ts'
import { provisionTenant, type Region, TenantIdTakenError, trialDays } from '../tenants/provision.ts'
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

/** Where a request came from, for the audit trail. */
export interface Origin {
  ip: string | null
  requestId: string
}

/** Signups of one name come one after the other, since all would try the same id; other processes' still race. */
const throughSameName = createGates<string>(1, 1000)
const attempts = 50

/**
 * Signs a company up: user, tenant, owner, settings, audit entry, session and the welcome mail's job in one
 * transaction. Simultaneous signups of one name all succeed, with different ids.
 * @throws AppError 409 `email_taken`, 400 `invalid_request` for a weak password, 503 `overloaded`
 */
export async function signUp(context: Context, input: SignupInput, origin: Origin) {
  const { db, clock, passwords } = context
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
  const made = await makeTenant(context, input, user, origin, now, async (tx) => {
    const inserted = await tx
      .insertInto('users')
      .values({
        ...user,
        password_hash: passwordHash,
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
 * @throws AppError 503 `overloaded`
 */
export async function addCompany(context: Context, input: CompanyInput, user: UserAnswer, origin: Origin) {
  const made = await makeTenant(context, input, user, origin, context.clock.now(), async () => undefined)
  return answer(context, made, user)
}

interface MadeTenant {
  tenantId: TenantId
  trialEndsAt: Date | null
  session: OpenedSession
}

async function makeTenant(
  context: Context,
  input: CompanyInput,
  user: UserAnswer,
  origin: Origin,
  now: Date,
  makeUser: (tx: PlatformTx) => Promise<void>,
): Promise<MadeTenant> {
  const { db, log } = context
  const isFree = input.plan === 'FREE'
  const trialEndsAt = isFree ? null : new Date(now.getTime() + trialDays * 86_400_000)
  const attempt = async () => {
    const tenantId = await db.withPlatform('signup', (tx) => findFreeTenantId(tx, input.company_name))
    try {
      const session = await db.withPlatform(
        'signup',
        async (tx) => {
          await makeUser(tx)
          await provisionTenant(tx, {
            tenantId,
            name: input.company_name,
            companyEmail: input.company_email,
            adminEmail: user.email,
            phone: input.phone,
            region: input.region,
            plan: input.plan,
            status: isFree ? 'ACTIVE' : 'TRIAL',
            trialEndsAt,
            ownerId: user.id,
            ...origin,
            now,
          })
          await enqueueJob(tx, 'send-mail', {
            template: 'welcome',
            to: user.email,
            locale: user.locale,
            values: { first_name: user.first_name, company_name: input.company_name, tenant_id: tenantId },
          })
          return openSession(tx, { userId: user.id, tenantId, now })
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

async function answer(context: Context, made: MadeTenant, user: UserAnswer) {
  const { tenantId, trialEndsAt, session } = made
  return {
    success: true as const,
    trial_ends_at: trialEndsAt,
    login_url: `/login?tenant=${tenantId}`,
    ...(await answerWithTokens(context, session, { user, tenantId, role: 'owner' })),
  }
}

/** Whether an address, in lower case, has an account. */
export async function isEmailKnown(tx: PlatformTx, email: string): Promise<boolean> {
  const row = await tx.selectFrom('users').select('id').where('email', '=', email).executeTakeFirst()
  return row !== undefined
}
