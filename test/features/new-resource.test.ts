import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeResource } from '../../src/cli/new-resource.ts'

const project = join(import.meta.dirname, '../..')
const list = 'src/business/resources.ts'
let root: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tenantry-scaffold-'))
  for (const path of ['db/migrations', list, 'src/openapi.json']) {
    await mkdir(join(root, dirname(path)), { recursive: true })
    await cp(join(project, path), join(root, path), { recursive: true })
  }
})
afterEach(() => rm(root, { recursive: true }))

const read = (file: string) => readFile(join(root, file), 'utf8')
const everything = async () => (await readdir(root, { recursive: true })).sort()

test('a new business table is a migration, a definition, and a line of the list of resources', async () => {
  const before = await read(list)
  const newest = (await readdir(join(root, 'db/migrations'))).sort().at(-1) as string
  const next = String(Number(newest.slice(0, 4)) + 1).padStart(4, '0')
  const files = await writeResource(root, { name: 'scaffolded-things', module: 'crm' })
  const migration = `db/migrations/${next}_scaffolded_things.sql`
  expect(files).toEqual([migration, 'src/business/crm/scaffolded-things.ts', list])

  // The table is one as they all are, but for what it holds.
  const columns = (text: string) => text.slice(text.indexOf('('), text.indexOf(');'))
  const clients = columns(await read('db/migrations/0003_clients.sql'))
  const ownColumns = ['email', 'phone', 'address', 'notes'].map((name) => `  ${name} text,\n`)
  const plain = ownColumns.reduce((text, line) => text.replace(line, ''), clients)
  expect(columns(await read(migration))).toBe(
    plain.replace('  created_at', '  notes text check (length(notes) <= 20000),\n  created_at'),
  )
  const definition = await read(files[1] as string)
  expect(definition).toContain('export const scaffoldedThings = defineResource({')
  expect(definition).toContain("noun: 'scaffolded_thing',")

  const added = (await read(list)).split('\n').filter((line) => !before.split('\n').includes(line))
  expect(added).toEqual([
    "import { scaffoldedThings } from './crm/scaffolded-things.ts'",
    '  scaffoldedThings,',
  ])
  const imports = (await read(list)).match(/(?<=from ')\.\/[^']+/g)
  expect(imports).toEqual(imports?.toSorted())
})

test.each([
  ['clients', 'is there already'],
  ['credits', 'is there already'],
  ['reports', 'is there already'],
  ['audit-entries', 'is there already'],
  ['reminder', 'is no name for a table'],
  ['Reminders', 'is no name for a table'],
  ['invoice_reminders', 'is no name for a table'],
  ['../reminders', 'is no name for a table'],
  ['references', 'is no name for a table'],
  ['class', 'is no name for a table'],
  ['arguments', 'is no name for a table'],
  ['resources', 'is no name for a table'],
  // The schema of an error.
  ['problems', 'is there already'],
  [`${'x'.repeat(40)}s`, 'is no name for a table'],
])('%s is refused: it %s', async (name, message) => {
  const before = await everything()
  await expect(writeResource(root, { name, module: 'crm' })).rejects.toThrow(message)
  expect(await everything()).toEqual(before)
})

test('what is only the name of a column is free, and what was written a moment ago is not', async () => {
  await writeResource(root, { name: 'notes', module: 'crm' })
  const again = writeResource(root, { name: 'notes', module: 'knowledge' })
  await expect(again).rejects.toThrow('notes is there already')
})

test('nothing is left of what fails halfway, and nothing is written over', async () => {
  await mkdir(join(root, 'src/business/crm'), { recursive: true })
  await writeFile(join(root, 'src/business/crm/trade-fairs.ts'), 'mine')
  const before = await everything()
  const listBefore = await read(list)
  await expect(writeResource(root, { name: 'trade-fairs', module: 'crm' })).rejects.toThrow('EEXIST')
  expect(await everything()).toEqual(before)
  expect(await read('src/business/crm/trade-fairs.ts')).toBe('mine')
  expect(await read(list)).toBe(listBefore)
})

test('where there is no source, as in a built package, it says so', async () => {
  await rm(join(root, 'src'), { recursive: true })
  const writing = writeResource(root, { name: 'trade-fairs', module: 'crm' })
  await expect(writing).rejects.toThrow('there is no src/business/resources.ts here')
})
