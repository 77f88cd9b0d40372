import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { startEmbeddedPostgres } from '../../../src/db/embedded.ts'
import { folderOfClusters } from '../cluster.ts'

/** A PostgreSQL as `npm start` runs it, with all that keeps its data safe, to be killed and started again. */
export interface MortalPostgres {
  /** Of its superuser; another port after each start. */
  adminUrl(): string
  /** SIGKILL to every process of it, at once: what it has not written by now is lost. */
  kill(): void
  /** Starts it again on the same data. */
  revive(): Promise<void>
  stop(): Promise<void>
}

/** Starts one in a folder that nobody else uses. */
export async function startMortalPostgres(): Promise<MortalPostgres> {
  const folder = await mkdtemp(join(await folderOfClusters(), 'tenantry-mortal-'))
  const start = () => startEmbeddedPostgres({ dataDir: folder, log: () => undefined })
  let running = await start()
  return {
    adminUrl: () => running.url,
    kill() {
      const file = readFileSync(join(folder, 'postgres/postmaster.pid'), 'utf8')
      const postmaster = Number(file.split('\n')[0])
      // Stopped, it makes no more children while they are counted.
      process.kill(postmaster, 'SIGSTOP')
      for (const pid of [...childrenOf(postmaster), postmaster]) killOne(pid)
    },
    async revive() {
      const dead = running
      running = await start()
      await dead.stop()
    },
    async stop() {
      await running.stop()
      await rm(folder, { recursive: true, force: true, maxRetries: 10 })
    },
  }
}

function killOne(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    // It has ended by itself since it was counted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function childrenOf(parent: number): number[] {
  return processes().flatMap(([pid, ppid]) => (ppid === parent ? [pid] : []))
}

/** The id of each process of this machine, and that of its parent. */
function processes(): [number, number][] {
  if (process.platform !== 'linux') {
    const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=']).toString().trim().split('\n')
    return lines.map((line) => line.trim().split(/\s+/).map(Number) as [number, number])
  }
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return []
    try {
      // The name of the program stands in parentheses and may hold anything.
      const [, ppid] = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
      return [[Number(name), Number(ppid)] as [number, number]]
    } catch {
      return []
    }
  })
}
