import { camelCase, mapKeys, snakeCase } from 'es-toolkit'
import type { Context } from '../../context.ts'
import type { TenantId } from '../../db/tenant-id.ts'
import { AppError, type InputError } from '../../errors.ts'
import {
  AccountChangedError,
  makePassword,
  newUserId,
  prepareAccount,
} from '../accounts/operator-accounts.ts'
import { type Keep, keepNothing } from '../idempotency/kept-answers.ts'
import type { LimitName, PlanName } from '../plans/plans.ts'
import type { SettingsChanges } from '../settings/settings.ts'
import { readSystemSettings } from '../system-settings/system-settings.ts'
import { describeTenant, type People, type ProvisionedBy } from './describe-tenant.ts'
import { withFreeTenantId } from './free-tenant-id.ts'
import { AlreadyImportedError, type NewTenant, TenantIdTakenError } from './new-tenant.ts'
import { type ProvisioningStep, provisionTenant, type Region } from './provision.ts'
import { type TenantFields, tenantFieldsSchema } from './provision-schemas.ts'
import type { TenantStatus } from './status.ts'

/** What provisioning needs, where no server runs, too. */
export type ProvisioningTools = Pick<Context, 'db' | 'clock' | 'passwords' | 'config' | 'log'>

/** What an operator says of a tenant that is to be made. Names of plans and regions are taken in any case. */
export interface CreateTenantInput {
  companyName: string
  /** Becomes the tenant_id; without it the name gives one. */
  code?: string
  companyEmail?: string
  /**
   * The owner's address: an account that there is, or one that is made, and then they choose a password by mail. Without
   * it the owner is admin@<tenant_id>.<BASE_DOMAIN or tenantry.local>, with a password that is told once.
   */
  adminEmail?: string
  adminFirstName?: string
  adminLastName?: string
  /** STARTER unless it is named. */
  plan?: string
  region?: string
  phone?: string
  /** A file of db/templates; `blank` unless it is named. */
  template?: string
  /** Begins with a trial, which FREE has none of; else it is ACTIVE at once. */
  trial?: boolean
  /** Instead of the plan's; null is unlimited. */
  limits?: Partial<Record<LimitName, number | null>>
  settings?: SettingsChanges
  metadata?: Record<string, unknown>
  /** A further member, of the role `member`. */
  standardUserEmail?: string
}

/** A tenant that was made. */
export interface CreatedTenant {
  tenant_id: string
  /** The same. */
  id: string
  name: string
  status: TenantStatus
  plan: PlanName
  region: Region
  trial_ends_at: Date | null
  /** Null without BASE_DOMAIN. */
  host: string | null
  /** The password only of an owner who gets no mail, and only here. */
  owner: { user_id: string; email: string; password?: string }
  standard_user?: { user_id: string; email: string }
}

export interface CreateTenantOptions {
  /** Called after each step; what it throws makes the step fail. */
  onStep?: (step: ProvisioningStep) => void
  /** The line of a file, so that it is made into a tenant once. */
  importKey?: Buffer
  /** Has a repeated request answered again instead of made once more. */
  keep?: Keep
}

/** A tenant could not be made, and nothing of it was kept. */
export class ProvisioningError extends AppError {
  override name = 'ProvisioningError'
  readonly step: ProvisioningStep

  constructor(step: ProvisioningStep, cause: unknown) {
    super('provisioning_failed', { members: { step }, cause })
    this.step = step
  }
}

/**
 * Makes a tenant for an operator: owner, standard user, settings, notification preferences, the rows of its template,
 * limits, history, entries in both audit trails and the jobs of its mails in one transaction.
 * @throws AppError 400 `invalid_request`; 409 `tenant_id_taken`, `email_taken`, `account_not_verified`, `conflict`,
 *   `usage_over_limits`; 503 `overloaded`; ProvisioningError with the step that failed otherwise
 */
export async function createTenant(
  tools: ProvisioningTools,
  input: CreateTenantInput,
  by: ProvisionedBy,
  options: CreateTenantOptions = {},
): Promise<CreatedTenant> {
  const parsed = tenantFieldsSchema.safeParse(mapKeys(input, (_, name) => snakeCase(name)))
  if (!parsed.success) {
    const errors = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
    throw new AppError('invalid_request', { errors: errors.map(asGiven) })
  }
  try {
    return await createTenantOf(tools, parsed.data, by, options)
  } catch (error) {
    if (!(error instanceof AppError) || !error.errors) throw error
    const { code, members, errors } = error
    throw new AppError(code, { members, errors: errors.map(asGiven), cause: error })
  }
}

/** What is wrong with a field, under the name that CreateTenantInput has for it. */
function asGiven({ path, message }: InputError): InputError {
  const [first = '', ...more] = path.replace(/^body\./, '').split('.')
  return { path: [camelCase(first), ...more].join('.'), message }
}

/** The same for what has been validated. @throws as createTenant; AlreadyImportedError */
export async function createTenantOf(
  tools: ProvisioningTools,
  fields: TenantFields,
  by: ProvisionedBy,
  options: CreateTenantOptions = {},
): Promise<CreatedTenant> {
  for (let round = 0; ; round++) {
    const people = await preparePeople(tools, fields)
    const make = (tenantId: TenantId) => attempt(tools, { tenantId, fields, people, by, options })
    try {
      return await (fields.code ? make(fields.code) : withFreeTenantId(tools, fields.company_name, make))
    } catch (error) {
      if (error instanceof TenantIdTakenError) throw new AppError('tenant_id_taken')
      if (!isOutOfDate(error)) throw error
      if (round === lastRound) throw new AppError('conflict', { cause: error })
    }
  }
}

const lastRound = 5

/** Others made an account of the same address meanwhile, or the same two accounts the other way round. */
function isOutOfDate(error: unknown): boolean {
  const { cause } = error as { cause?: { code?: unknown } }
  return error instanceof AccountChangedError || cause?.code === deadlockDetected
}
const deadlockDetected = '40P01'

/** Hashes and looks outside the transaction. */
async function preparePeople(tools: ProvisioningTools, fields: TenantFields): Promise<People> {
  const { admin_email, standard_user_email } = fields
  const [owner, standardUser] = await Promise.all([
    admin_email
      ? prepareAccount(tools, { email: admin_email, path: 'body.admin_email' })
      : { userId: newUserId(tools), ...(await makePassword(tools)) },
    standard_user_email
      ? prepareAccount(tools, { email: standard_user_email, path: 'body.standard_user_email' })
      : undefined,
  ])
  return { owner, standardUser }
}

interface Attempt {
  tenantId: TenantId
  fields: TenantFields
  people: People
  by: ProvisionedBy
  options: CreateTenantOptions
}

async function attempt(tools: ProvisioningTools, given: Attempt): Promise<CreatedTenant> {
  const { tenantId, people, by, options } = given
  const { importKey, keep = keepNothing } = options
  const { db, log } = tools
  let step: ProvisioningStep = 'tenant'
  const request_id = by.origin.requestId
  const watcher = {
    begins: (begun: ProvisioningStep) => {
      step = begun
    },
    onStep: (done: ProvisioningStep) => {
      log.info({ tenant_id: tenantId, step: done, request_id }, 'tenant provisioned')
      options.onStep?.(done)
    },
  }
  try {
    const tenant = await db.withPlatform(
      'tenants',
      (tx) =>
        keep(tx, async () => {
          const made = describeTenant(tools, { ...given, importKey }, await readSystemSettings(tx))
          await provisionTenant(tx, made, watcher)
          return answer(tools, made, people.owner.password, given.fields.standard_user_email)
        }),
      { tenantId },
    )
    log.info({ tenant_id: tenantId, plan: tenant.plan, request_id }, 'tenant created')
    return tenant
  } catch (error) {
    throw error instanceof AppError || passed.some((kind) => error instanceof kind)
      ? error
      : new ProvisioningError(step, error)
  }
}

const passed = [TenantIdTakenError, AlreadyImportedError, AccountChangedError]

function answer(
  { config }: ProvisioningTools,
  tenant: NewTenant,
  password: string | undefined,
  standardUserEmail: string | undefined,
): CreatedTenant {
  const { tenantId, name, status, plan, region, trialEndsAt, adminEmail, owner, standardUser } = tenant
  return {
    tenant_id: tenantId,
    id: tenantId,
    name,
    status,
    plan,
    region,
    trial_ends_at: trialEndsAt,
    host: config.baseDomain ? `${tenantId}.${config.baseDomain}` : null,
    owner: { user_id: owner.userId, email: adminEmail, ...(password !== undefined && { password }) },
    ...(standardUser &&
      standardUserEmail && { standard_user: { user_id: standardUser.userId, email: standardUserEmail } }),
  }
}
