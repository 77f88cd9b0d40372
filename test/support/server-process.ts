import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A server in a process of its own, as `npm start` runs it. */
export interface ServerProcess {
  url: string
  /** Ends it and waits until it is gone. */
  end(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

/** Starts src/main.ts with this environment alone, in a folder where no .env of a developer lies. */
export async function startServerProcess(env: Record<string, string>): Promise<ServerProcess> {
  const { PATH, HOME } = process.env
  const main = join(import.meta.dirname, '../../src/main.ts')
  const child = spawn(process.execPath, [main], {
    cwd: tmpdir(),
    env: { PATH, HOME, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk
      const listening = /"url":"(http:[^"]+)","msg":"listening"/.exec(output)
      if (listening) resolve(listening[1] as string)
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    void gone.then(() => reject(new Error(`the server stopped before it listened:\n${output}`)))
  })
  return {
    url,
    async end(signal = 'SIGTERM') {
      child.kill(signal)
      await gone
    },
  }
}
