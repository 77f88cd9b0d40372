import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

const kilobytesInMegabyte = 1024

/**
 * Resident memory of a process, in MiB (VmRSS of /proc/<pid>/status).
 * @throws Error where there is no /proc, or no such process
 */
export async function readResidentMemory(pid: number): Promise<number> {
  return (await readKilobytes(`/proc/${pid}/status`, 'VmRSS')) / kilobytesInMegabyte
}

/**
 * Memory of an embedded PostgreSQL with all of its processes, in MiB. What they share is counted once (the sum of Pss of
 * /proc/<pid>/smaps_rollup): the sum of their resident memory would count the shared buffers with every connection.
 * @throws Error where there is no /proc, or no PostgreSQL on that folder
 */
export async function readPostgresMemory(dataDir: string): Promise<number> {
  const [first] = (await readFile(join(dataDir, 'postgres/postmaster.pid'), 'utf8')).split('\n')
  const children = await readFile(`/proc/${first}/task/${first}/children`, 'utf8')
  let sum = 0
  for (const pid of [first, ...children.trim().split(' ')]) {
    // A connection may have been closed since.
    sum += await readKilobytes(`/proc/${pid}/smaps_rollup`, 'Pss').catch(() => 0)
  }
  return sum / kilobytesInMegabyte
}

async function readKilobytes(file: string, name: string): Promise<number> {
  const line = (await readFile(file, 'utf8')).split('\n').find((each) => each.startsWith(`${name}:`))
  if (!line) throw new Error(`${file} says nothing of ${name}`)
  return Number(line.split(/\s+/)[1])
}
