import { randomBytes } from 'node:crypto'
import { link, mkdir, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from './config.ts'

/**
 * The secret that passwords of database roles and keys are derived from: TOKEN_KEY_SECRET, or in development the
 * one in `<dataDir>/secrets.json`, made at the first call. Two processes that make it at once get the same one.
 * @throws Error when the file is there and holds no secret: a new one would lock out what the old one made
 */
export async function loadTokenKeySecret(
  config: Pick<Config, 'tokenKeySecret' | 'dataDir' | 'isProduction'>,
): Promise<string> {
  if (config.tokenKeySecret) return config.tokenKeySecret
  // readConfig refuses this first; no production system shall ever live on a secret it made up itself.
  if (config.isProduction) throw new Error('TOKEN_KEY_SECRET: required in production')
  const path = join(config.dataDir, 'secrets.json')
  return (await readSecret(path)) ?? (await makeSecret(config.dataDir, path))
}

async function readSecret(path: string): Promise<string | undefined> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  const secret = parseSecret(text)
  if (secret === undefined) {
    throw new Error(`${path} holds no tokenKeySecret: restore it, or remove the folder to begin anew.`)
  }
  return secret
}

function parseSecret(text: string): string | undefined {
  try {
    const { tokenKeySecret } = JSON.parse(text)
    return typeof tokenKeySecret === 'string' && tokenKeySecret.length >= 32 ? tokenKeySecret : undefined
  } catch {
    return undefined
  }
}

/** The file appears under its name with its whole content or not at all; whoever comes second uses the first's. */
async function makeSecret(folder: string, path: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  const tokenKeySecret = randomBytes(32).toString('base64url')
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(`${JSON.stringify({ tokenKeySecret })}\n`)
    await file.sync()
    await link(draft, path)
    return tokenKeySecret
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    const other = await readSecret(path)
    if (other === undefined) throw error
    return other
  } finally {
    await file.close()
    await rm(draft, { force: true })
  }
}
