import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { closeContext, createContext } from '../../src/context.ts'
import { type OpenedDatabase, openDatabase } from '../../src/db/database.ts'
import { userOf } from '../../src/db/roles.ts'
import { checkTemplates } from '../../src/features/tenants/check-templates.ts'
import { createTenant } from '../../src/features/tenants/create-tenant.ts'
import { listTemplates, readTemplates } from '../../src/features/tenants/templates.ts'
import { testSecret } from '../support/cluster.ts'
import { type Platform, signupBody, startPlatform } from '../support/platform.ts'

let platform: Platform
let opened: OpenedDatabase
let folder: string
beforeAll(async () => {
  platform = await startPlatform()
  const { tenantUrl, platformUrl } = platform.database
  const { database } = platform.context.config
  opened = openDatabase({ ...database, tenantUrl, platformUrl, onError: () => undefined })
  folder = await mkdtemp(join(tmpdir(), 'tenantry-templates-'))
})
afterAll(async () => {
  await opened.db.close()
  await platform.stop()
  await rm(folder, { recursive: true })
})

const categoriesOf = async (tenantId: string) => {
  const query = 'select name from material_categories where tenant_id = $1 order by position'
  return (await platform.sql(query, [tenantId], tenantId)).map(({ name }) => name)
}

describe('a template', () => {
  test.each([...listTemplates()])('%s is written as its file says', async (name, { rows, description }) => {
    expect([description.en, description.fr]).toEqual([expect.stringMatching(/./), expect.stringMatching(/./)])
    const by = { admin: { kind: 'command_line' }, origin: { ip: null, requestId: 'a test' } } as const
    const input = { companyName: `From ${name}`, template: name }
    const { tenant_id } = await createTenant(platform.context, input, by)
    for (const [table, wanted] of Object.entries(rows)) {
      const written = await platform.sql(
        `select * from ${table} where tenant_id = $1`,
        [tenant_id],
        tenant_id,
      )
      expect(written).toHaveLength(wanted.length)
      expect(written).toEqual(expect.arrayContaining(wanted.map((row) => expect.objectContaining(row))))
    }
  })

  test('of metalwork has its materials, and blank has none', async () => {
    expect(await categoriesOf('from-metalwork')).toEqual(
      expect.arrayContaining(['Steel', 'Aluminium', 'Stainless steel', 'Copper', 'Brass']),
    )
    expect(await categoriesOf('from-blank')).toEqual([])
  })

  test('is for whoever signs up, and for a further company, too', async () => {
    const { tenantId } = await platform.signUp('Ferronnerie', { template: 'metalwork' })
    expect(await categoriesOf(tenantId)).toContain('Brass')
    const { admin_email, admin_password, admin_first_name, admin_last_name, ...company } = signupBody('Lycée')
    const further = await platform.acme.post('/v1/tenants', { ...company, template: 'school' })
    expect(await categoriesOf(further.body.tenant_id)).toContain('Textbooks')
  })

  test('that there is not is refused with those that there are', async () => {
    const message = 'should be one of agency, blank, metalwork, school'
    const { status, body } = await platform.post('/signup', signupBody('Bakery', { template: 'bakery' }))
    expect([status, body.errors]).toEqual([400, [{ path: 'body.template', message }]])
    const french = await platform.post('/signup', signupBody('Bakery', { template: 'bakery' }), {
      'Accept-Language': 'fr',
    })
    expect(french.body.errors[0].message).toBe(
      'devrait être une valeur parmi agency, blank, metalwork, school',
    )
  })
})

describe('a folder of templates', () => {
  const description = { en: 'A try', fr: 'Un essai' }
  /** Writes one file into the folder and says what is wrong with it. */
  async function problemsOf(content: unknown, file = 'bakery.json'): Promise<string> {
    const path = join(folder, file)
    await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content))
    try {
      await checkTemplates(opened.ask.platform, readTemplates(folder))
      return 'none'
    } catch (error) {
      expect((error as Error).name).toBe('TemplateError')
      return (error as Error).message
    } finally {
      await rm(path)
    }
  }
  const withRows = (rows: object) => problemsOf({ description, rows })
  const withRow = (row: object) => withRows({ material_categories: [{ name: 'Flour' }, row] })

  beforeAll(async () => {
    const role = userOf(platform.database.platformUrl)
    await platform.sql(`create table planted_things (
        tenant_id text collate "C" not null default app.current_tenant() references tenants, id uuid not null,
        small smallint, big bigint, share numeric(5,2), is_open boolean, tags text[], extra jsonb, day date,
        at timestamptz(3), short varchar(3), area point, twice integer generated always as (2) stored,
        created_at timestamptz(3) not null, updated_at timestamptz(3) not null, primary key (tenant_id, id));
      grant insert on planted_things to "${role}"`)
  })
  afterAll(() => platform.sql('drop table planted_things'))

  test('takes one more file, and nothing else is to be done', async () => {
    expect(await withRow({ name: 'Butter', description: null, position: 2 })).toBe('none')
    expect(await problemsOf({ description, rows: {} })).toBe('none')
    const things = {
      small: 1,
      big: 2 ** 53 - 1,
      share: 12.5,
      is_open: true,
      tags: ['a'],
      extra: { any: [1] },
      day: '2026-03-02',
      at: '2026-03-02T10:00:00Z',
      short: 'abc',
    }
    expect(await withRows({ planted_things: [things, {}] })).toBe('none')
  })

  test.each([
    ['no JSON', '{', 'bakery.json: is not JSON'],
    ['a list', [], 'bakery.json'],
    ['no French', { description: { en: 'A try' }, rows: {} }, 'bakery.json, description, fr:'],
    ['another member', { description, rows: {}, more: 1 }, 'bakery.json'],
    [
      'rows that are no list',
      { description, rows: { material_categories: {} } },
      'table material_categories:',
    ],
    [
      'a row that is none',
      { description, rows: { material_categories: [{ name: 'Flour' }, 1] } },
      'table material_categories, row 2:',
    ],
  ])('refuses %s', async (_, content, message) => {
    expect(await problemsOf(content)).toContain(message)
  })

  test('refuses a file whose name nobody could ask for', async () => {
    expect(await problemsOf({ description, rows: {} }, 'My Bakery.json')).toContain(
      'My Bakery.json: a template is called',
    )
  })

  test.each([
    ['a table that is not there', 'ovens', 'there is no such table'],
    ['a table of nobody', 'plans', 'belongs to no tenant: it has no tenant_id'],
    [
      'a table that the platform role may not insert into',
      'clients',
      'the platform role may not insert into it',
    ],
    ['a table that the platform role may read', 'memberships', 'the platform role may read it'],
    ['a table that has its rows already', 'audit_entries', 'is written for every tenant already'],
  ])('refuses %s', async (_, table, message) => {
    expect(await withRows({ [table]: [{}] })).toContain(`bakery.json, table ${table}: ${message}`)
  })

  test.each([
    ['a column that is not there', { name: 'Butter', colour: 'red' }, 'colour: there is no such column'],
    ['a column that is missing', { position: 2 }, 'name: is missing, and has no default'],
    ['null where something is needed', { name: null }, 'name: should not be null'],
    ['a number for a text', { name: 1 }, 'name: should be a text'],
    [
      'a text for a number',
      { name: 'Butter', position: '2' },
      'position: should be a whole number of at most 2147483647',
    ],
    [
      'a number that is too large',
      { name: 'Butter', position: 2 ** 31 },
      'position: should be a whole number of at most 2147483647',
    ],
    ['what provisioning gives', { name: 'Butter', tenant_id: 'acme' }, 'tenant_id: is given by provisioning'],
  ])('refuses %s, and says in which row', async (_, row, message) => {
    const place = 'bakery.json, table material_categories, row 2, column '
    expect(await withRow(row)).toBe(`db/templates:\n${place}${message}`)
  })

  test.each([
    ['small', 32_768],
    ['big', 0.5],
    ['share', '12'],
    ['is_open', 1],
    ['tags', ['a', 1]],
    ['extra', '\0'],
    ['day', '02/03/2026'],
    ['day', '2026-02-30'],
    ['at', '2026-03-02'],
    ['area', '(1,2)'],
    ['twice', 4],
  ])('refuses in %s: %j', async (column, value) => {
    const place = `bakery.json, table planted_things, row 1, column ${column}: `
    expect(await withRows({ planted_things: [{ [column]: value }] })).toContain(place)
  })

  test('tells of everything that is wrong at once', async () => {
    const rows = { ovens: [], material_categories: [{ name: 1 }, { colour: 'red' }] }
    expect((await withRows(rows)).split('\n')).toHaveLength(1 + 1 + 1 + 2)
  })
})

describe('a server does not start', () => {
  const start = () => {
    const { config, log } = platform.context
    const { tenantUrl, platformUrl } = platform.database
    return createContext({ config, log, tenantUrl, platformUrl, tokenKeySecret: testSecret }).then(
      closeContext,
      (error) => error.message,
    )
  }

  test('on a database whose tables a template does not fit', async () => {
    await platform.sql('alter table material_categories rename description to details')
    const place = 'agency.json, table material_categories, row 1, column description: there is no such column'
    expect(await start()).toContain(place)
    await platform.sql('alter table material_categories rename details to description')
    expect(await start()).toBeUndefined()
  })

  test('on a database that does not let the platform role fill a template’s table', async () => {
    const role = userOf(platform.database.platformUrl)
    await platform.sql(`revoke insert on material_categories from "${role}"`)
    expect(await start()).toContain(
      'metalwork.json, table material_categories: the platform role may not insert',
    )
    await platform.sql(`grant insert on material_categories to "${role}"`)
  })
})
