import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestDatabase, testSecret } from '../support/cluster.ts'
import { createTestDatabase } from '../support/database.ts'

const root = join(import.meta.dirname, '../..')
const tsc = join(root, 'node_modules/typescript/bin/tsc')
const run = promisify(execFile)

// A folder of another program, with this package in its node_modules: what package.json says belongs to it, built.
let folder: string
let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
  folder = await mkdtemp(join(tmpdir(), 'tenantry-import-'))
  const installed = join(folder, 'node_modules/tenantry')
  await mkdir(installed, { recursive: true })
  await copyFile(join(root, 'package.json'), join(installed, 'package.json'))
  await symlink(join(root, 'node_modules'), join(installed, 'node_modules'))
  const { files } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  for (const name of files.filter((each: string) => each !== 'dist')) {
    await symlink(join(root, name), join(installed, name))
  }
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
      files: [join(root, 'src/index.ts')],
    }),
  )
  await copyFile(join(root, 'test/consumer/consumer.ts'), join(folder, 'consumer.ts'))
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
  await writeFile(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        module: 'nodenext',
        target: 'es2024',
        lib: ['es2024', 'esnext.disposable', 'esnext.iterator'],
        types: ['node'],
        typeRoots: [join(root, 'node_modules/@types')],
        strict: true,
        skipLibCheck: true,
        noEmit: true,
      },
      files: ['consumer.ts'],
    }),
  )
  await run(process.execPath, [tsc, '-p', join(folder, 'tsconfig.build.json')])
})
afterAll(async () => {
  await database.drop()
  await rm(folder, { recursive: true, force: true })
})

test('another program has the types, from packages that are installed with this one', async () => {
  const { stdout } = await run(process.execPath, [tsc, '-p', folder, '--listFiles'])
  const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'))
  const used = new Set(stdout.match(/(?<=\/)node_modules\/(@[^/]+\/)?[^/\n]+(?=\/[^\n]*\.d\.)/g))
  expect(used).toContain('node_modules/kysely')
  const notInstalled = [...used].filter((path) => packages[path]?.dev && path !== 'node_modules/typescript')
  expect(notInstalled).toEqual([])
}, 60_000)

test('what is built holds the description of the API as it is committed', async () => {
  const building = join(folder, 'building')
  await mkdir(building)
  await symlink(join(root, 'src'), join(building, 'src'))
  await writeFile(join(building, 'one.ts'), 'export {}')
  const compilerOptions = { outDir: 'dist', types: [], lib: ['es5'], noCheck: true }
  await writeFile(
    join(building, 'tsconfig.build.json'),
    JSON.stringify({ compilerOptions, files: ['one.ts'] }),
  )
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  const PATH = `${join(root, 'node_modules/.bin')}:${process.env.PATH}`
  await run('sh', ['-c', scripts.build], { cwd: building, env: { ...process.env, PATH } })
  const built = await readFile(join(building, 'dist/openapi.json'), 'utf8')
  expect(built === (await readFile(join(root, 'src/openapi.json'), 'utf8'))).toBe(true)
})

test('another program makes, lists, looks at and deletes tenants, without a server', async () => {
  const { PATH, NODE_COMPILE_CACHE } = process.env
  const env = {
    PATH,
    NODE_COMPILE_CACHE,
    DATABASE_URL: database.adminUrl,
    TENANT_DATABASE_URL: database.tenantUrl,
    PLATFORM_DATABASE_URL: database.platformUrl,
    TOKEN_KEY_SECRET: testSecret,
    LOG_LEVEL: 'warn',
  }
  const { stdout, stderr } = await run(process.execPath, ['consumer.ts'], { cwd: folder, env })
  expect(stderr).toBe('')
  const { made, listed, report, materials, isKeptApart, certificate, codes } = JSON.parse(stdout)
  expect(made).toMatchObject({
    tenant_id: 'imported-company',
    plan: 'PROFESSIONAL',
    owner: { email: 'admin@imported-company.tenantry.local', password: expect.any(String) },
  })
  expect(listed.map(({ tenant_id }: { tenant_id: string }) => tenant_id)).toEqual([
    'another-one',
    'imported-company',
  ])
  expect(report).toMatchObject({
    tenant_id: 'imported-company',
    limits: { users: { used: 1, limit: 10 }, sites: { limit: null } },
  })
  expect([materials > 0, isKeptApart]).toEqual([true, true])
  expect(certificate).toMatchObject({
    tenant_id: 'imported-company',
    status: 'done',
    requested_by: { kind: 'system', id: 'command line' },
  })
  expect(codes).toEqual(['not_found', 'not_found', 'invalid_request', 'invalid_request'])
})
