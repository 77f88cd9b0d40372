import { execFile } from 'node:child_process'
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestDatabase, testSecret } from '../support/cluster.ts'
import { createConsumer, root } from '../support/consumer.ts'
import { createTestDatabase } from '../support/database.ts'

const run = promisify(execFile)

let consumer: Awaited<ReturnType<typeof createConsumer>>
let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
  const { files } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  consumer = await createConsumer({
    entry: 'index.ts',
    program: 'consumer.ts',
    // What package.json says belongs to it.
    beside: files.filter((each: string) => each !== 'dist'),
    lib: ['es2024', 'esnext.disposable', 'esnext.iterator'],
  })
})
afterAll(async () => {
  await database.drop()
  await consumer.remove()
})

test('another program has the types, from packages that are installed with this one', async () => {
  const files = await consumer.compile()
  const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'))
  const used = new Set(files.match(/(?<=\/)node_modules\/(@[^/]+\/)?[^/\n]+(?=\/[^\n]*\.d\.)/g))
  expect(used).toContain('node_modules/kysely')
  const notInstalled = [...used].filter((path) => packages[path]?.dev && path !== 'node_modules/typescript')
  expect(notInstalled).toEqual([])
}, 60_000)

test('what is built holds the description of the API as it is committed', async () => {
  const building = join(consumer.folder, 'building')
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
  const { stdout, stderr } = await consumer.run([], env)
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
