import { execFile } from 'node:child_process'
import { chown, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { TroubledPostgres } from './postgres.ts'

const run = promisify(execFile)

/** A file system of a few megabytes, in memory. */
export interface SmallDisk {
  path: string
  /** Writes until nothing more fits. */
  fill(): Promise<void>
  /** Makes it large enough for everything. */
  makeRoom(): Promise<void>
  remove(): Promise<void>
}

/**
 * Mounts a small disk for a PostgreSQL to write on.
 * @returns why not, where that is not to be had: it takes root
 */
export async function mountSmallDisk(
  megabytes: number,
  { account }: Pick<TroubledPostgres, 'account'>,
): Promise<SmallDisk | string> {
  const path = await mkdtemp(join(tmpdir(), 'tenantry-disk-'))
  const size = (wanted: number) => `size=${wanted}m,mode=700`
  try {
    await run('mount', ['-t', 'tmpfs', '-o', size(megabytes), 'tmpfs', path])
  } catch (error) {
    await rm(path, { recursive: true })
    return `a file system cannot be mounted here: ${(error as Error).message.trim()}`
  }
  await giveTo({ account }, path)
  return {
    path,
    async fill() {
      await writeFile(join(path, 'everything'), Buffer.alloc(megabytes * 1024 * 1024)).catch((error) => {
        if (error.code !== 'ENOSPC') throw error
      })
    },
    async makeRoom() {
      await run('mount', ['-o', `remount,${size(1024)}`, path])
    },
    async remove() {
      await run('umount', ['--lazy', path])
      await rm(path, { recursive: true })
    },
  }
}

/** Makes a PostgreSQL the owner of a folder and of all that is in it. */
export async function giveTo({ account }: Pick<TroubledPostgres, 'account'>, folder: string): Promise<void> {
  const { uid, gid } = account
  if (uid === undefined || gid === undefined) return
  await chown(folder, uid, gid)
  for (const name of await readdir(folder, { recursive: true })) await chown(join(folder, name), uid, gid)
}
