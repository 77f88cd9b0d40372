import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'

/** A server in a process of its own, as `npm start` runs it. */
export interface ServerProcess {
  url: string
  /** Ends it and waits until it is gone. */
  end(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

/** Starts src/main.ts with this environment alone, in a folder where no .env of a developer lies. */
export async function startServerProcess(env: Record<string, string>): Promise<ServerProcess> {
  const { found, end } = await startProcess(
    new URL('../../src/main.ts', import.meta.url),
    env,
    /"url":"(http:[^"]+)","msg":"listening"/,
  )
  return { url: found, end }
}

/**
 * Starts several servers in one process, on a database that is migrated already: several die at once when it is killed,
 * and it starts in a fraction of the time that as many processes take.
 * @param env what all have in common
 * @param each what one of them has beside that
 */
export async function startSmallServers(
  env: Record<string, string>,
  each: Record<string, string>[],
): Promise<{ urls: string[]; end: ServerProcess['end'] }> {
  const { found, end } = await startProcess(
    new URL('./small-servers.ts', import.meta.url),
    { ...env, SMALL_SERVERS: JSON.stringify(each) },
    /^listening at (.+)$/m,
  )
  return { urls: found.split(' '), end }
}

/** @param sign what it says, and what of that is wanted, when it is ready */
async function startProcess(file: URL, env: Record<string, string>, sign: RegExp) {
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env
  const child = spawn(process.execPath, [file.pathname], {
    cwd: tmpdir(),
    env: { PATH, HOME, NODE_COMPILE_CACHE, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const found = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk
      const said = sign.exec(output)
      if (said) resolve(said[1] as string)
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    void gone.then(() => reject(new Error(`the server stopped before it listened:\n${output}`)))
  })
  return {
    found,
    async end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM') {
      child.kill(signal)
      await gone
    },
  }
}
