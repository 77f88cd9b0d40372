import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { collectingEnvironment } from './plan-guard/child-processes.ts'

/** A server in a process of its own, as `npm start` runs it. */
export interface ServerProcess {
  url: string
  pid: number
  /** What it has written so far, to either stream. */
  output(): string
  /** Ends it and waits until it is gone. */
  end(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

/** Starts src/main.ts with this environment alone, in a folder where no .env of a developer lies. */
export async function startServerProcess(env: Record<string, string>): Promise<ServerProcess> {
  const { found, ...server } = await startProcess(
    new URL('../../src/main.ts', import.meta.url),
    env,
    /"url":"(http:[^"]+)","msg":"listening"/,
  )
  return { url: found, ...server }
}

/**
 * Starts several servers in one process, on a database that is migrated already: several die at once when it is killed,
 * and it starts in a fraction of the time that as many processes take.
 * @param env what all have in common
 * @param each what one of them has beside that
 * @param openFiles how many files and connections the process may have open, where not as many as this one
 */
export async function startSmallServers(
  env: Record<string, string>,
  each: Record<string, string>[],
  { openFiles }: { openFiles?: number } = {},
): Promise<Omit<ServerProcess, 'url'> & { urls: string[] }> {
  const { found, ...server } = await startProcess(
    new URL('./small-servers.ts', import.meta.url),
    { ...env, SMALL_SERVERS: JSON.stringify(each) },
    /^listening at (.+)$/m,
    openFiles,
  )
  return { urls: found.split(' '), ...server }
}

/**
 * Starts a program with this environment alone, and waits until it says that it is ready.
 * @param sign what it says, and what of that is wanted, when it is ready
 */
export async function startProcess(file: URL, env: Record<string, string>, sign: RegExp, openFiles?: number) {
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env
  const limited = ['-c', `ulimit -n ${openFiles} && exec "$0" "$1"`, process.execPath, file.pathname]
  const [program, args] = openFiles ? ['sh', limited] : [process.execPath, [file.pathname]]
  const child = spawn(program, args, {
    cwd: tmpdir(),
    env: { PATH, HOME, NODE_COMPILE_CACHE, PORT: '0', ...collectingEnvironment(), ...env },
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
    pid: child.pid as number,
    output: () => output,
    async end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM') {
      child.kill(signal)
      await gone
    },
  }
}
