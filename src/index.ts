import { loadEnvironment, readConfig } from './config.ts'
import { createBilling } from './features/billing/stripe.ts'
import type { FullCertificate } from './features/deletion/certificates.ts'
import { deleteTenant as deleteTenantIn } from './features/deletion/delete-tenant.ts'
import { createPasswords, type Passwords } from './features/sessions/passwords.ts'
import { getTenantId } from './features/tenants/admin.ts'
import {
  type CreatedTenant,
  type CreateTenantInput,
  createTenant as createTenantIn,
} from './features/tenants/create-tenant.ts'
import {
  type ListedTenant,
  listTenants as listTenantsIn,
  type TenantFilters,
  type TenantList,
} from './features/tenants/tenant-list.ts'
import { getTenantReport, type TenantReport } from './features/tenants/tenant-report.ts'
import { createLog } from './log.ts'
import { openTools, type Tools } from './tools.ts'

export { ConfigError } from './config.ts'
export { AppError, type ErrorCode, type InputError } from './errors.ts'
export type { CreatedTenant, CreateTenantInput, FullCertificate, ListedTenant, TenantFilters, TenantReport }

/** An opened Tenantry: what the functions of this package work on. */
export interface Tenantry {
  /** Ends the threads that hash passwords, and what they compute with an error; then closes the connections to the database. */
  close(): Promise<void>
}

type Opened = Tools & { passwords: Passwords }
const opened = new WeakMap<Tenantry, Opened>()

/**
 * Opens the database of a Tenantry server, which need not run. Nothing listens and no jobs are worked off: mails and the
 * like wait for a server. Its log goes to standard error, as much of it as LOG_LEVEL says.
 * @param environment settings as in the environment of the server; without it they are read from there and from `.env`
 * @throws ConfigError that names bad settings; Error that says to run migrate first
 */
export async function openTenantry(environment = loadEnvironment()): Promise<Tenantry> {
  const config = readConfig(environment)
  const log = createLog(config.logLevel, process.stderr)
  const tools = await openTools(config, { log, tell: (line) => log.info(line) })
  const passwords = await createPasswords(config.passwordHashes, log).catch(async (error) => {
    await tools.close()
    throw error
  })
  const tenantry: Tenantry = {
    close: async () => {
      await passwords.close()
      await tools.close()
    },
  }
  opened.set(tenantry, { ...tools, passwords })
  return tenantry
}

function toolsOf(tenantry: Tenantry): Opened {
  const tools = opened.get(tenantry)
  if (!tools) throw new TypeError('not what openTenantry gave')
  return tools
}

/** As whom another program acts: it reaches the database as the command line does, and stands so in the audit trails. */
const by = { admin: { kind: 'command_line' }, origin: { ip: null, requestId: 'import' } } as const

/**
 * Makes a tenant with its owner and all that belongs to it, or nothing of it. Its mails wait for a server to send them.
 * @returns with a password of the owner where none was asked for, this once
 * @throws AppError `invalid_request`, `tenant_id_taken`, `email_taken`, `account_not_verified`, `conflict`,
 *   `usage_over_limits`, `overloaded`; `provisioning_failed` with the member `step`
 */
export function createTenant(tenantry: Tenantry, tenant: CreateTenantInput): Promise<CreatedTenant> {
  return createTenantIn(toolsOf(tenantry), tenant, by)
}

/**
 * Lists tenants, the newest first unless `sort` says otherwise, 100 of them unless `limit` does.
 * @returns with the cursor of the next page, null behind the last one
 * @throws AppError `invalid_request` for a cursor of another sort or other filters
 */
export function listTenants(
  tenantry: Tenantry,
  { limit = 100, sort = '-created_at', ...list }: Partial<TenantList> = {},
): Promise<{ tenants: ListedTenant[]; next_cursor: string | null }> {
  return toolsOf(tenantry).db.withPlatform('tenants', (tx) => listTenantsIn(tx, { limit, sort, ...list }))
}

/**
 * Says how a tenant does: what it is, may use and uses, and whether it is kept apart from others.
 * @throws AppError `not_found`
 */
export async function getTenantStatus(tenantry: Tenantry, id: string): Promise<TenantReport> {
  const tools = toolsOf(tenantry)
  const { baseDomain } = tools.config
  return getTenantReport(tools, { tenantId: getTenantId(id), baseDomain, now: tools.clock.now() })
}

/**
 * Deletes every row of a tenant here and now and keeps its id; what was interrupted goes on when it is called again.
 * @returns the certificate: what was counted before and after
 * @throws AppError `not_found`, also for a tenant that was deleted; what Stripe's client throws as long as a subscription
 *   may still be charged
 */
export async function deleteTenant(
  tenantry: Tenantry,
  id: string,
  { reason }: { reason: string },
): Promise<FullCertificate> {
  const tools = toolsOf(tenantry)
  const act = { ...by, tenantId: getTenantId(id), reason, now: tools.clock.now() }
  return deleteTenantIn({ ...tools, billing: createBilling(tools.config.stripe) }, act)
}
