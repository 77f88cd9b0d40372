import { AppError } from '../errors.ts'
import type { BatchResult, StatementResult } from './batch.ts'
import { control, escapeLiteral, NotBegunError, type Statement, TransactionError } from './statements.ts'
import { parseTenantId, type TenantId } from './tenant-id.ts'

/** A transaction that only reads. */
export const beginRead = control('BEGIN READ ONLY')
/** A transaction that a server which only replicates refuses. */
export const beginWrite = control('BEGIN READ WRITE')

/** Why the platform looks across tenants, for whoever watches the server. */
export function setReason(reason: string): Statement {
  return control(`SET LOCAL application_name = ${escapeLiteral(`tenantry ${reason}`)}`)
}

/** What writes a row that refers to the tenant takes this lock anyhow; who only changes its row does not wait for it. */
export function holdTenant(tenantId: TenantId): Statement {
  return { sql: 'select from tenants where tenant_id = $1 for key share', values: [tenantId] }
}

/** Whose rows the policies show until the transaction ends. @throws TransactionError for what is not a tenant id */
export function setTenant(tenantId: TenantId): Statement {
  if (!parseTenantId(tenantId)) throw new TransactionError('not a tenant id')
  return { ...control(`SET LOCAL app.tenant_id = ${escapeLiteral(tenantId)}`), isNeverNamed: true }
}

/**
 * Whether BEGIN and what came with it, settings and perhaps a lock, took hold: each is answered by a tag that its text
 * begins with.
 * @throws NotBegunError when they did not
 */
export function checkBegun(begin: readonly Statement[], answers: readonly StatementResult[]): void {
  const tags = answers.slice(0, begin.length).map(({ command }) => command)
  if (begin.every(({ sql }, index) => sql.toUpperCase().startsWith(`${tags[index]} `))) return
  throw new NotBegunError(`BEGIN was answered with ${tags.join(', ')}`)
}

/** What a transaction begins with. */
export interface Begin {
  /** BEGIN itself, and what has to have taken hold. */
  settings: readonly Statement[]
  /** Queries that go ahead of all others; whatever they are answered but an error is right. */
  behind: readonly Statement[]
}

/** What kept a transaction from beginning, of the answers to what it begins with and to more behind that. */
export function refusalOf(
  { settings, behind }: Begin,
  { answers, error }: BatchResult,
): { error: unknown } | undefined {
  if (error && answers.length < settings.length) return { error: whyNotBegun(error) }
  if (error && answers.length < settings.length + behind.length) return { error }
  try {
    checkBegun(settings, answers)
    return undefined
  } catch (failure) {
    return { error: failure }
  }
}

/**
 * What to throw when BEGIN or one of its settings was answered with an error: that error, or AppError 503
 * `database_unavailable` for 0A000, with which a server that nobody has promoted yet refuses BEGIN READ WRITE. It will be
 * promoted, or another one.
 */
function whyNotBegun(error: unknown): unknown {
  const isOfReplica = (error as { code?: unknown }).code === '0A000'
  return isOfReplica ? new AppError('database_unavailable', { cause: error }) : error
}
