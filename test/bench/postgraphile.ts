import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { JWK } from 'jose'
import { readKeys, type Stage } from './stage.ts'
import { type Subject, startSubject } from './subject.ts'

export interface PostgraphileOptions {
  databaseUrl: string
  /** whose tokens are good */
  keys: JWK[]
}

const run = promisify(execFile)
const folder = join(import.meta.dirname, 'postgraphile')
const installLimitMs = 180_000

/**
 * Installs what test/bench/postgraphile/package-lock.json names, unless it is there: 300 MB that nothing else needs.
 * @throws Error that says why it cannot be installed
 */
export async function installPostgraphile(): Promise<void> {
  if (existsSync(join(folder, 'node_modules', '.package-lock.json'))) return
  console.log('PostGraphile is installed for the comparison, once: npm ci in test/bench/postgraphile')
  const parameters = ['ci', '--no-audit', '--no-fund', '--ignore-scripts']
  await run('npm', parameters, { cwd: folder, timeout: installLimitMs }).catch((error) => {
    throw new Error(`npm ci failed: ${String(error.stderr || error.message).trim()}`)
  })
}

/** Starts PostGraphile over the same table, as a role under the same policy. */
export async function startPostgraphile(stage: Stage): Promise<Subject> {
  const options: PostgraphileOptions = { databaseUrl: stage.boundUrl, keys: await readKeys(stage) }
  return startSubject('postgraphile/subject.mjs', options)
}
