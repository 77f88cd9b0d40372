import { execFile } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'
import { runCommandLine } from '../../src/cli.ts'
import { testSecret } from './cluster.ts'
import { collectingEnvironment } from './plan-guard/child-processes.ts'
import type { Platform } from './platform.ts'

const program = join(import.meta.dirname, '../../src/cli.ts')

/** Runs one command as a shell would, with this environment alone, in a folder where no .env of a developer lies. */
export function runCli(args: string[], env: Record<string, string>, cwd = tmpdir()) {
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env
  const options = { env: { PATH, HOME, NODE_COMPILE_CACHE, ...collectingEnvironment(), ...env }, cwd }
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const child = execFile(process.execPath, [program, ...args], options, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    )
  })
}

/** The settings with which the command line finds a platform's database. */
export function settingsOf({ database, dataDir, context }: Platform): Record<string, string> {
  return {
    DATABASE_URL: database.adminUrl,
    TENANT_DATABASE_URL: database.tenantUrl,
    PLATFORM_DATABASE_URL: database.platformUrl,
    JOBS_DATABASE_URL: database.jobsUrl,
    TOKEN_KEY_SECRET: testSecret,
    DATA_DIR: dataDir,
    BASE_DOMAIN: context.config.baseDomain ?? '',
  }
}

/**
 * Runs one command on a platform's database in this process, which saves most of the time of one of its own; with the
 * environment and standard streams of this process set aside meanwhile, so one at a time.
 */
export async function runCliHere(platform: Platform, ...args: string[]) {
  const folder = process.cwd()
  const written = { stdout: '', stderr: '' }
  try {
    // Where no .env of a developer lies.
    process.chdir(platform.dataDir)
    for (const [name, value] of Object.entries(settingsOf(platform))) vi.stubEnv(name, value)
    for (const name of ['stdout', 'stderr'] as const) {
      vi.spyOn(process[name], 'write').mockImplementation((chunk) => {
        written[name] += chunk
        return true
      })
    }
    const code = await runCommandLine(args)
    return { code, ...written }
  } finally {
    vi.unstubAllEnvs()
    vi.restoreAllMocks()
    process.chdir(folder)
  }
}
