import { execFile } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const program = join(import.meta.dirname, '../../src/cli.ts')

/** Runs one command as a shell would, with this environment alone, in a folder where no .env of a developer lies. */
export function runCli(args: string[], env: Record<string, string>, cwd = tmpdir()) {
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env
  const options = { env: { PATH, HOME, NODE_COMPILE_CACHE, ...env }, cwd }
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const child = execFile(process.execPath, [program, ...args], options, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    )
  })
}
