import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** The folder of the project. */
export const root = join(import.meta.dirname, '../..')
const tsc = join(root, 'node_modules/typescript/bin/tsc')
const run = promisify(execFile)

/** Which part of the package another program has, and which of test/consumer it is. */
interface Consumer {
  /** A file of src, with all that it imports. */
  entry: string
  /** A file of test/consumer. */
  program: string
  /** What of the project lies in the package beside what is built of the entry. */
  beside?: string[]
  /** Libraries of TypeScript beyond those of its target. */
  lib?: string[]
}

/** A folder of another program, with this package in its node_modules: package.json, and what is built of an entry. */
export async function createConsumer({ entry, program, beside = [], lib }: Consumer) {
  const folder = await mkdtemp(join(tmpdir(), 'tenantry-consumer-'))
  const installed = join(folder, 'node_modules/tenantry')
  const typeRoots = [join(root, 'node_modules/@types')]
  await mkdir(installed, { recursive: true })
  await copyFile(join(root, 'package.json'), join(installed, 'package.json'))
  for (const name of ['node_modules', ...beside]) await symlink(join(root, name), join(installed, name))
  await writeFile(
    join(folder, 'tsconfig.build.json'),
    JSON.stringify({
      extends: join(root, 'tsconfig.build.json'),
      // Types are checked elsewhere.
      compilerOptions: {
        outDir: join(installed, 'dist'),
        rootDir: join(root, 'src'),
        typeRoots,
        sourceMap: false,
        noCheck: true,
      },
      include: [],
      files: [join(root, 'src', entry)],
    }),
  )
  await copyFile(join(root, 'test/consumer', program), join(folder, program))
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
  await writeFile(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        module: 'nodenext',
        target: 'es2024',
        ...(lib && { lib }),
        types: ['node'],
        typeRoots,
        strict: true,
        skipLibCheck: true,
        noEmit: true,
      },
      files: [program],
    }),
  )
  await run(process.execPath, [tsc, '-p', join(folder, 'tsconfig.build.json')])
  return {
    folder,
    /** Compiles the program, and gives the names of all files that it took. */
    compile: async () => (await run(process.execPath, [tsc, '-p', folder, '--listFiles'])).stdout,
    /** Runs the program in its folder. */
    run: (args: string[] = [], env: NodeJS.ProcessEnv = process.env) =>
      run(process.execPath, [program, ...args], { cwd: folder, env }),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}
