import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { goodPassword, type Platform, startPlatform } from '../support/platform.ts'

const root = join(import.meta.dirname, '../..')
const tsc = join(root, 'node_modules/typescript/bin/tsc')
const run = promisify(execFile)

// A folder of another program, with this package in its node_modules: package.json and the client alone, built.
let folder: string
let platform: Platform
beforeAll(async () => {
  platform = await startPlatform()
  folder = await mkdtemp(join(tmpdir(), 'tenantry-client-'))
  const installed = join(folder, 'node_modules/tenantry')
  await mkdir(installed, { recursive: true })
  await copyFile(join(root, 'package.json'), join(installed, 'package.json'))
  await symlink(join(root, 'node_modules'), join(installed, 'node_modules'))
  await writeFile(
    join(folder, 'tsconfig.build.json'),
    JSON.stringify({
      extends: join(root, 'tsconfig.build.json'),
      // Types are checked elsewhere.
      compilerOptions: {
        outDir: join(installed, 'dist'),
        rootDir: join(root, 'src'),
        typeRoots: [join(root, 'node_modules/@types')],
        sourceMap: false,
        noCheck: true,
      },
      include: [],
      files: [join(root, 'src/client/client.ts')],
    }),
  )
  await copyFile(join(root, 'test/consumer/client.ts'), join(folder, 'client.ts'))
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
  await writeFile(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        module: 'nodenext',
        target: 'es2024',
        types: ['node'],
        typeRoots: [join(root, 'node_modules/@types')],
        strict: true,
        skipLibCheck: true,
        noEmit: true,
      },
      files: ['client.ts'],
    }),
  )
  await run(process.execPath, [tsc, '-p', join(folder, 'tsconfig.build.json')])
})
afterAll(async () => {
  await platform.stop()
  await rm(folder, { recursive: true, force: true })
})

test('another program has the types of every path, input and answer, and what is wrong does not compile', async () => {
  const { stdout } = await run(process.execPath, [tsc, '-p', folder, '--listFiles'])
  expect(stdout).toContain('tenantry/dist/client/api.d.ts')
}, 60_000)

test('another program signs in, makes, changes and lists, and sees in types what went wrong', async () => {
  const given = [platform.url, platform.acme.email, goodPassword]
  const { stdout, stderr } = await run(process.execPath, ['client.ts', ...given], { cwd: folder })
  expect(stderr).toBe('')
  expect(JSON.parse(stdout)).toEqual({
    made: expect.objectContaining({ name: 'Wile E. Coyote', email: 'wile@desert.example', phone: null }),
    stage: 'lead',
    phone: '+33 1 23 45 67 89',
    names: ['Wile E. Coyote'],
    codes: ['precondition_failed', 'not_found', 'unauthenticated', 'invalid_request'],
    paths: ['body.name'],
  })
})
