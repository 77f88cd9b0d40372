import { loadEnvironment, readConfig } from '../config.ts'
import { type Check, checkDatabaseAt } from '../db/doctor.ts'
import { checkMigrations, migrate } from '../db/migrate.ts'
import { describeRoles } from '../db/roles.ts'
import { hasDatabase, roleSettings, withAdminUrl } from './database.ts'
import { exitCodes, log, print } from './output.ts'

/** Migrates, and says what was applied. @returns the exit code */
export async function runMigrate(to: number | undefined, asJson?: boolean): Promise<number> {
  const config = readConfig(loadEnvironment())
  const given = await roleSettings(config)
  const { applied, warnings } = await withAdminUrl(config, (adminUrl) =>
    migrate({ ...given, adminUrl, to, log }),
  )
  for (const warning of warnings) log(`warning: ${warning}`)
  print(asJson, { applied, warnings }, () =>
    applied.length > 0 ? `${applied.length} applied, newest ${applied.at(-1)}` : 'nothing to do',
  )
  return exitCodes.ok
}

/** Says what migrate would do, and makes nothing. @returns the exit code */
export async function runCheck(to: number | undefined, asJson?: boolean): Promise<number> {
  const config = readConfig(loadEnvironment())
  const found = hasDatabase(config)
    ? await withAdminUrl(config, (adminUrl) => checkMigrations({ adminUrl, to }))
    : await checkMigrations({ adminUrl: undefined, to })
  const lines = Object.entries(found).flatMap(([state, names]) => names.map((name) => `${state} ${name}`))
  print(asJson, found, () => (lines.length > 0 ? lines.join('\n') : 'up to date'))
  return lines.length > 0 ? exitCodes.outOfDate : exitCodes.ok
}

/** Checks what the isolation of tenants relies on. @returns the exit code */
export async function runDoctor(asJson?: boolean): Promise<number> {
  const config = readConfig(loadEnvironment())
  const given = await roleSettings(config)
  const checks = await withAdminUrl(config, (adminUrl) => {
    const { tenant, platform } = describeRoles({ ...given, adminUrl })
    return checkDatabaseAt({ tenantUrl: tenant.url, platformUrl: platform.url })
  })
  print(asJson, { checks }, () => checks.map(describe).join('\n'))
  return checks.some(({ ok, severity }) => !ok && severity === 'fatal') ? exitCodes.failed : exitCodes.ok
}

function describe({ name, ok, severity, detail }: Check): string {
  if (ok) return `ok       ${name}`
  return `${severity === 'fatal' ? 'FAILED ' : 'warning'}  ${name}: ${detail}`
}
