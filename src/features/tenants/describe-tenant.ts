import type { Context } from '../../context.ts'
import type { PlatformTx } from '../../db/database.ts'
import type { TenantId } from '../../db/tenant-id.ts'
import { AppError } from '../../errors.ts'
import { newId } from '../../new-id.ts'
import {
  AccountChangedError,
  holdAccount,
  mailMember,
  type PreparedAccount,
} from '../accounts/operator-accounts.ts'
import type { Origin } from '../audit/audit.ts'
import { auditOperatorAct } from '../audit/operator-audit.ts'
import type { AdminPrincipal } from '../super-admins/access.ts'
import type { SystemSettings } from '../system-settings/system-settings.ts'
import type { FirstMember, NewTenant } from './new-tenant.ts'
import { startOf } from './provision.ts'
import type { TenantFields } from './provision-schemas.ts'

/** Who makes a tenant, and from where. */
export interface ProvisionedBy {
  admin: AdminPrincipal
  origin: Origin
}

/** Accounts of the first members. */
export interface People {
  owner: PreparedAccount & { password?: string }
  standardUser: PreparedAccount | undefined
}

interface TenantToDescribe {
  tenantId: TenantId
  fields: TenantFields
  people: People
  by: ProvisionedBy
  importKey: Buffer | undefined
}

/** The tenant that is to be made, by the settings of the platform at this moment. */
export function describeTenant(
  { clock, config }: Pick<Context, 'clock' | 'config'>,
  { tenantId, fields, people, by, importKey }: TenantToDescribe,
  defaults: SystemSettings,
): NewTenant {
  const { company_name, plan, settings = {}, standard_user_email } = fields
  const now = clock.now()
  const ownEmail = `admin@${tenantId}.${domainOfOwners(config)}`
  const ownerEmail = fields.admin_email ?? ownEmail
  const locale = settings.language ?? defaults.default_language
  const { status, trialEndsAt } = fields.trial
    ? startOf(plan, now, defaults)
    : { status: 'ACTIVE' as const, trialEndsAt: null }
  const member = (account: PreparedAccount, email: string, names: Names = {}): FirstMember => ({
    userId: account.userId,
    membershipId: newId(now),
    holdUser: (tx) => holdAccount(tx, { ...account, email, locale, now, ...fullName(email, fields, names) }),
  })
  const { admin_first_name: first_name, admin_last_name: last_name } = fields
  const owner = member(people.owner, ownerEmail, { first_name, last_name })
  return {
    tenantId,
    name: company_name,
    companyEmail: fields.company_email ?? null,
    adminEmail: ownerEmail,
    phone: fields.phone ?? null,
    region: fields.region ?? defaults.default_region,
    plan,
    status,
    trialEndsAt,
    metadata: fields.metadata,
    limits: fields.limits,
    settings: { ...settings, language: locale },
    template: fields.template,
    owner: fields.admin_email ? owner : { ...owner, holdUser: refuseKnown(owner.holdUser, ownEmail) },
    standardUser:
      people.standardUser && standard_user_email
        ? member(people.standardUser, standard_user_email)
        : undefined,
    importKey,
    agent: 'operator',
    cause: 'Made by an operator',
    audit: (tx, act) => auditOperatorAct(tx, { ...by, ...act, tenantId, now }),
    mail: (tx) => mailMembers(tx, fields, now),
    now,
  }
}

/** Owners who are made without an address have theirs under it. */
export function domainOfOwners({ baseDomain }: Pick<Context['config'], 'baseDomain'>): string {
  return baseDomain ?? 'tenantry.local'
}

interface Names {
  first_name?: string | undefined
  last_name?: string | undefined
}

/** What somebody is called of whom only the address is known; they can change it. */
export function fullName(email: string, { company_name }: { company_name: string }, names: Names) {
  const { first_name = email.slice(0, email.indexOf('@')), last_name = company_name } = names
  return { first_name, last_name }
}

/** Nobody gets into a tenant by an account that has the address of its owner already, whosever that may be. */
function refuseKnown(holdUser: FirstMember['holdUser'], email: string): FirstMember['holdUser'] {
  return async (tx) => {
    try {
      await holdUser(tx)
    } catch (error) {
      if (!(error instanceof AccountChangedError)) throw error
      const errors = [{ path: 'body.admin_email', message: `is required, since ${email} has an account` }]
      throw new AppError('email_taken', { errors })
    }
  }
}

/** An owner whose password was told gets none: their mailbox need not exist. */
async function mailMembers(tx: PlatformTx, fields: TenantFields, now: Date): Promise<void> {
  const { company_name, admin_email, standard_user_email } = fields
  await Promise.all([
    admin_email && mailMember(tx, { email: admin_email, company_name, role: 'owner', now }),
    standard_user_email && mailMember(tx, { email: standard_user_email, company_name, role: 'member', now }),
  ])
}
