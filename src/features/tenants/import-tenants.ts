import { AppError } from '../../errors.ts'
import { type CreatedTenant, createTenantOf, type ProvisioningTools } from './create-tenant.ts'
import type { ProvisionedBy } from './describe-tenant.ts'
import { countImportLines, type ImportLine, readImportLines } from './import-file.ts'
import { AlreadyImportedError } from './new-tenant.ts'
import type { ColumnProblem } from './tenant-texts.ts'

/** Who follows an import. */
export interface ImportListener {
  /** The file can be read, and has so many lines. */
  started(total: number): void
  /** Right after the tenant's transaction: what it says is told this once. */
  made(line: number, tenant: CreatedTenant): void
  failed(line: number, why: ColumnProblem[] | AppError): void
  /** A line is dealt with, made or not. */
  done(): void
}

/** How the lines of a file came out. */
export interface ImportResult {
  made: number
  /** Made by an earlier run. */
  alreadyThere: number
  failed: number
}

/** So many tenants are made at a time: what hashes their passwords is the bottleneck. */
const atOnce = 4

/**
 * Makes a tenant of each line of a CSV file. A line that was made by an earlier run, by what it says, is passed over, also
 * when that run was killed: the tenant's own transaction keeps its line. A line that fails keeps none of the others back.
 * @throws ImportFileError when the file cannot be read, before anything is made; AppError 503 `database_unavailable`
 */
export async function importTenants(
  tools: ProvisioningTools,
  path: string,
  by: ProvisionedBy,
  listener: ImportListener,
): Promise<ImportResult> {
  listener.started(await countImportLines(path))
  const result: ImportResult = { made: 0, alreadyThere: 0, failed: 0 }
  const lines = readImportLines(path)
  const workOff = async () => {
    for await (const line of lines) {
      result[await importLine(tools, line, by, listener)]++
      listener.done()
    }
  }
  await Promise.all(Array.from({ length: atOnce }, workOff))
  return result
}

async function importLine(
  tools: ProvisioningTools,
  given: ImportLine,
  by: ProvisionedBy,
  listener: ImportListener,
): Promise<keyof ImportResult> {
  const { line } = given
  if (given.problems) {
    listener.failed(line, given.problems)
    return 'failed'
  }
  try {
    if (await isImported(tools, given.key)) return 'alreadyThere'
    listener.made(line, await createTenantOf(tools, given.fields, by, { importKey: given.key }))
    return 'made'
  } catch (error) {
    if (error instanceof AlreadyImportedError) return 'alreadyThere'
    // Without a database none of the others can be made.
    if (!(error instanceof AppError) || error.code === 'database_unavailable') throw error
    listener.failed(line, error)
    return 'failed'
  }
}

/** Asked before a password is hashed in vain. */
async function isImported({ db }: ProvisioningTools, key: Buffer): Promise<boolean> {
  const found = await db.withPlatform('tenants', (tx) =>
    tx.selectFrom('tenant_imports').select('created_at').where('key', '=', key).execute(),
  )
  return found.length > 0
}
