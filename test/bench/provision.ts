import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readConfig } from '../../src/config.ts'
import { openDatabase } from '../../src/db/database.ts'
import { createPasswords, type Passwords } from '../../src/features/sessions/passwords.ts'
import { createTenant } from '../../src/features/tenants/create-tenant.ts'
import { createLog } from '../../src/log.ts'
import { startStage } from './stage.ts'

// What an operator waits for: one tenant after another with the template metalwork, an owner and a standard user, with
// and without hashing their passwords; then a file of 1,000 lines on the command line, of which half have owners who get
// a mail, and the same file once more, when nothing is left to make.
const times = 300
const lines = 1000

const stage = await startStage({ fsync: true })
try {
  const { adminUrl, tenantUrl, platformUrl, jobsUrl, tokenKeySecret, folder } = stage
  const config = readConfig({ NODE_ENV: 'test', DATA_DIR: folder })
  const { db } = openDatabase({ ...config.database, tenantUrl, platformUrl, onError: () => undefined })
  const log = createLog('silent')
  const clock = { now: () => new Date() }
  console.log(stage.postgres)

  const hashing = await createPasswords(config.passwordHashes, log)
  const notHashing: Passwords = { ...hashing, hash: async () => 'x'.repeat(97) }
  const by = { admin: { kind: 'command_line' }, origin: { ip: null, requestId: 'benchmark' } } as const
  for (const [name, passwords] of Object.entries({ 'with argon2id': hashing, without: notHashing })) {
    const taken: number[] = []
    for (let round = 0; round < times; round++) {
      const input = {
        companyName: `One ${name} ${round}`,
        template: 'metalwork',
        adminEmail: `owner-${round}@${name.replaceAll(' ', '-')}.example`,
        standardUserEmail: `user-${round}@${name.replaceAll(' ', '-')}.example`,
        limits: { users: 10, sites: 2 },
      }
      const start = performance.now()
      await createTenant({ db, clock, passwords, config, log }, input, by)
      taken.push(performance.now() - start)
    }
    taken.sort((a, b) => a - b)
    const at = (share: number) => `${(taken[Math.floor(times * share)] as number).toFixed(1)} ms`
    console.log(`one provision, ${name}: p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}`)
  }
  await db.close()

  const path = join(folder, 'tenants.csv')
  const rows = Array.from(
    { length: lines },
    (_, n) => `Company ${n % 200},${n % 2 ? `owner-${n}@file.example` : ''},metalwork,10`,
  )
  await writeFile(path, ['company_name,admin_email,template,limit_users', ...rows].join('\n'))
  const env = {
    ...process.env,
    DATABASE_URL: adminUrl,
    TENANT_DATABASE_URL: tenantUrl,
    PLATFORM_DATABASE_URL: platformUrl,
    JOBS_DATABASE_URL: jobsUrl,
    TOKEN_KEY_SECRET: tokenKeySecret,
    DATA_DIR: folder,
  }
  for (const run of ['from a file', 'the same file again']) {
    const start = performance.now()
    const { stdout, stderr } = await runCli(['create-tenant', '--from', path], env)
    const seconds = (performance.now() - start) / 1000
    const summary = stderr.trim().split('\n').at(-1)
    console.log(
      `${lines} ${run}: ${seconds.toFixed(1)} s, ${(lines / seconds).toFixed(0)} per second: ${summary}; ${stdout.trim().split('\n').length - 1} lines of output`,
    )
  }
} finally {
  await stage.stop()
}

function runCli(args: string[], env: NodeJS.ProcessEnv) {
  const program = join(import.meta.dirname, '../../src/cli.ts')
  const written = { stdout: '', stderr: '' }
  return new Promise<typeof written>((resolve) => {
    const child = spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].on('data', (chunk) => {
        written[name] += chunk
      })
    }
    child.once('close', () => resolve(written))
  })
}
