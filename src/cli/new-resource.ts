import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { camelCase, pascalCase } from 'es-toolkit'
import { type ModuleName, moduleNames } from '../features/plans/plans.ts'
import { parseOneOf } from './arguments.ts'
import type { AddCommand } from './command.ts'
import { exitCodes, print } from './output.ts'

/** `new-resource`: writes the migration and the definition of a business table, and puts it on the list. */
export const addNewResource: AddCommand = (program, done) => {
  program
    .command('new-resource')
    .description('write the migration and the definition of a new business table')
    .argument('<name>', 'what it holds, in the plural and with hyphens, such as invoices-reminders')
    .requiredOption(
      '--module <module>',
      `the part of the API it belongs to: ${moduleNames.join(', ')}`,
      parseOneOf(moduleNames, (text) => moduleNames.find((name) => name === text.toLowerCase())),
    )
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExample:\n  npm run cli -- new-resource invoices-reminders --module crm')
    .action(async (name: string, { module, json }: { module: ModuleName; json?: boolean }) => {
      const files = await writeResource(join(import.meta.dirname, '../..'), { name, module })
      print(json, { files }, () =>
        [
          ...files.map((file) => `wrote ${file}`),
          '',
          'Say in both what it holds, and then:',
          '  npm run generate   brings the schema, the types and the API’s description up to date',
          '  npm test           attacks it with all the others',
        ].join('\n'),
      )
      done(exitCodes.ok)
    })
}

/** What ends like a plural and cannot be the name of a table, of a constant, or of one on the list. */
const reserved = ['arguments', 'as', 'implements', 'is', 'overlaps', 'references', 'resources', 'this']

/**
 * Writes a migration and a definition into a project and puts the definition on its list of resources. When
 * anything fails, nothing is left of it.
 * @returns the files, from the project's folder on
 * @throws Error for a name that is none, or is taken, and where there is no source to write into
 */
export async function writeResource(
  root: string,
  { name, module }: { name: string; module: ModuleName },
): Promise<string[]> {
  const list = 'src/business/resources.ts'
  if (!existsSync(join(root, list))) throw new Error(`there is no ${list} here: this needs the source`)
  const isPlural = /^[a-z]+(-[a-z]+)*(?<!s)s$/.test(name)
  if (!isPlural || name.length > 40 || reserved.includes(name)) {
    throw new Error(
      `${name} is no name for a table: that is a plural of up to 40 letters, such as trade-fairs`,
    )
  }
  const migrations = (await readdir(join(root, 'db/migrations'))).filter((file) => file.endsWith('.sql'))
  await refuseTaken(root, name, migrations)
  const numbers = migrations.map((file) => Number(file.slice(0, 4)) || 0)
  const number = String(Math.max(...numbers) + 1).padStart(4, '0')
  const migration = `db/migrations/${number}_${toTable(name)}.sql`
  const definition = `src/business/${module}/${name}.ts`
  const before = await readFile(join(root, list), 'utf8')

  const written: string[] = []
  const write = async (file: string, text: string) => {
    const path = join(root, file)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text, { flag: 'wx' })
    written.push(path)
  }
  try {
    await write(migration, migrationOf(name))
    await write(definition, definitionOf(name, module))
    await write(`${list}.new`, withResource(before, name, module))
    await rename(join(root, `${list}.new`), join(root, list))
  } catch (error) {
    await Promise.all(written.map((path) => rm(path, { force: true })))
    throw error
  }
  return [migration, definition, list]
}

/** Also what is no table, but a path of the API or one of its schemas, is taken. */
async function refuseTaken(root: string, name: string, migrations: string[]): Promise<void> {
  const table = new RegExp(`^create (unlogged )?table ${toTable(name)}\\b`, 'm')
  const texts = await Promise.all(
    migrations.map((file) => readFile(join(root, 'db/migrations', file), 'utf8')),
  )
  const { paths, components } = JSON.parse(await readFile(join(root, 'src/openapi.json'), 'utf8')) as {
    paths: object
    components: { schemas: object }
  }
  const isPath = Object.keys(paths).some((path) => `${path}/`.startsWith(`/v1/${name}/`))
  const isSchema = pascalCase(singular(name)) in components.schemas
  if (texts.some((text) => table.test(text)) || isPath || isSchema)
    throw new Error(`${name} is there already`)
}

const toTable = (name: string) => name.replaceAll('-', '_')
const toWords = (name: string) => name.replaceAll('-', ' ')

function singular(plural: string): string {
  if (plural.endsWith('ies')) return `${plural.slice(0, -3)}y`
  return /(ss|sh|ch|x|z)es$/.test(plural) ? plural.slice(0, -2) : plural.slice(0, -1)
}

function migrationOf(name: string): string {
  const table = toTable(name)
  return `-- ${capitalized(toWords(name))} of a tenant.
create table ${table} (
  tenant_id text collate "C" not null default app.current_tenant() references tenants,
  id uuid not null,
  name text not null check (length(name) between 1 and 200),
  notes text check (length(notes) <= 20000),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id)
);
create index ${table}_created_at on ${table} (tenant_id, created_at desc, id desc);
create index ${table}_name on ${table} (tenant_id, name collate "C", id);
`
}

function definitionOf(name: string, module: ModuleName): string {
  const words = toWords(name)
  return `import { z } from 'zod'
import { nameSchema } from '../../http/schemas.ts'
import { defineResource } from '../define-resource.ts'

/** ${capitalized(words)} of a tenant. */
export const ${camelCase(name)} = defineResource({
  table: '${toTable(name)}',
  noun: '${singular(toTable(name))}',
  // In French it is yours to say.
  label: { en: '${capitalized(words)}', fr: '${capitalized(words)}' },
  module: '${module}',
  fields: {
    name: nameSchema,
    notes: z.string().max(20_000).nullish(),
  },
  sortable: ['name'],
  filterable: ['name'],
  searchable: ['name'],
  deletion: 'hard',
  example: { name: '${capitalized(singular(words))}', notes: 'The first one.' },
})
`
}

/** The list with one more, its import in the order of paths. */
function withResource(list: string, name: string, module: ModuleName): string {
  const path = `./${module}/${name}.ts`
  const lines = list.split('\n')
  const pathOf = (line: string) => /^import .* from '(.*)'$/.exec(line)?.[1]
  const imports = lines.filter((line) => pathOf(line)?.startsWith('./'))
  const next = imports.find((line) => (pathOf(line) as string) > path)
  const at = next === undefined ? lines.indexOf(imports.at(-1) as string) + 1 : lines.indexOf(next)
  lines.splice(at, 0, `import { ${camelCase(name)} } from '${path}'`)
  // In front of what is made of all the others.
  const start = lines.findIndex((line) => line.includes('export const resources'))
  const end = lines.findIndex((line, index) => index > start && /^( {2}\/\/|\])/.test(line))
  lines.splice(end, 0, `  ${camelCase(name)},`)
  return lines.join('\n')
}

function capitalized(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}
