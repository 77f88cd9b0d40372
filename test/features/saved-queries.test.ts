import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { catalogueOf, type QueryableTable } from '../../src/business/bi/catalogue.ts'
import { compileQuery } from '../../src/business/bi/compile-query.ts'
import { functions, operators, periods } from '../../src/business/bi/definition.ts'
import { planQuery } from '../../src/business/bi/plan.ts'
import { resources } from '../../src/business/resources.ts'
import { inTransaction, withDirectClient } from '../../src/db/direct-client.ts'
import { tenantQueries } from '../../src/db/handles.ts'
import { AppError } from '../../src/errors.ts'
import { addMember } from '../support/members.ts'
import { type Member, type Platform, startPlatform } from '../support/platform.ts'

let platform: Platform
let mars: Member
let venus: Member
beforeAll(async () => {
  platform = await startPlatform()
  mars = await platform.signUp('Mars', { plan: 'enterprise' })
  venus = await platform.signUp('Venus', { plan: 'enterprise' })
  const deals = [
    ['Crater', 'won', 'EUR', 1000],
    ['Canal', 'won', 'EUR', 500],
    ['Canyon', 'won', 'CHF', 70],
    ['Dune', 'proposal', 'EUR', 9],
    ["Robert'); drop table deals; --", 'lead', 'EUR', 0],
  ] as const
  for (const [title, stage, currency, amount_cents] of deals) {
    await made(mars, '/v1/deals', { title, stage, currency, amount_cents })
  }
  const { id } = await made(mars, '/v1/deals', { title: 'Deleted', stage: 'won', currency: 'EUR' })
  expect((await mars.delete(`/v1/deals/${id}`)).status).toBe(204)
  await made(venus, '/v1/deals', { title: 'canary-of-venus', stage: 'won', currency: 'EUR' })
})
afterAll(() => platform.stop())

async function made(member: Member, path: string, body: object) {
  const answer = await member.post(path, body)
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  return answer.body
}
const save = (definition: object, member = mars) =>
  member.post('/v1/saved-queries', { name: 'Asked', definition })
async function run(definition: object, member = mars) {
  const { status, body } = await save(definition, member)
  expect(status, JSON.stringify(body)).toBe(201)
  return member.get(`/v1/saved-queries/${body.id}/run`)
}
async function resultOf(definition: object, member = mars) {
  const { status, body } = await run(definition, member)
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}
async function refusalOf(definition: object) {
  const { status, body } = await save(definition)
  expect([status, body.code], JSON.stringify(definition)).toEqual([400, 'invalid_request'])
  return body.errors as { path: string; message: string }[]
}
const won = { field: 'stage', operator: 'eq', value: 'won' }

describe('a saved query', () => {
  test('shows rows, sorted and filtered, without those that are deleted', async () => {
    const definition = { table: 'deals', fields: ['title', 'amount_cents'], filters: [won] }
    const order = [{ by: 'amount_cents', direction: 'desc' }]
    expect(await resultOf({ ...definition, order })).toEqual({
      columns: [
        { name: 'title', kind: 'text' },
        { name: 'amount_cents', kind: 'integer' },
      ],
      rows: [
        ['Crater', 1000],
        ['Canal', 500],
        ['Canyon', 70],
      ],
      is_cut: false,
    })
    const cut = await resultOf({ ...definition, order, limit: 2 })
    expect([cut.rows.length, cut.is_cut]).toEqual([2, true])
  })

  test('adds up groups', async () => {
    const definition = {
      table: 'deals',
      group_by: [{ field: 'currency' }],
      measures: [
        { function: 'count' },
        ...['sum', 'avg', 'min', 'max'].map((each) => ({ function: each, field: 'amount_cents' })),
        { function: 'count', field: 'client_id' },
      ],
      filters: [won],
      order: [{ by: 'sum_amount_cents', direction: 'desc' }],
    }
    const { columns, rows } = await resultOf(definition)
    expect(columns.map(({ name }: { name: string }) => name)).toEqual([
      'currency',
      'count',
      'sum_amount_cents',
      'avg_amount_cents',
      'min_amount_cents',
      'max_amount_cents',
      'count_client_id',
    ])
    expect(rows).toEqual([
      ['EUR', 2, 1500, 750, 500, 1000, 0],
      ['CHF', 1, 70, 70, 70, 70, 0],
    ])
    const { group_by: _, order: __, ...ofAll } = definition
    expect((await resultOf(ofAll)).rows).toEqual([[3, 1570, 1570 / 3, 70, 1000, 0]])
  })

  test('tells the days, weeks and months of the tenant apart, not those of UTC', async () => {
    const saturn = await platform.signUp('Saturn', { plan: 'enterprise' })
    await saturn.patch('/v1/settings', { time_zone: 'Europe/Paris' })
    await platform.sql(
      `insert into clients (tenant_id, id, name, created_at, updated_at)
       select 'saturn', gen_random_uuid(), at, at, at from unnest($1::timestamptz[]) at`,
      // In Paris the first of March, a Sunday, in winter time, and the first of June, a Monday, in summer time.
      [['2026-02-28T23:00:00Z', '2026-05-31T21:59:00Z', '2026-05-31T22:00:00Z']],
      'saturn',
    )
    const by = async (period: string) =>
      (
        await resultOf(
          {
            table: 'clients',
            measures: [{ function: 'count' }],
            group_by: [{ field: 'created_at', by: period }],
          },
          saturn,
        )
      ).rows
    expect(await by('day')).toEqual([
      ['2026-03-01', 1],
      ['2026-05-31', 1],
      ['2026-06-01', 1],
    ])
    expect(await by('week')).toEqual([
      ['2026-02-23', 1],
      ['2026-05-25', 1],
      ['2026-06-01', 1],
    ])
    expect(await by('month')).toEqual([
      ['2026-03-01', 1],
      ['2026-05-01', 1],
      ['2026-06-01', 1],
    ])
  })

  test('compares by each operator, and counts what is empty as unequal', async () => {
    const titles = async (field: string, operator: string, value: unknown) =>
      (
        await resultOf({
          table: 'deals',
          fields: ['title'],
          filters: [won, { field, operator, value }],
          order: [{ by: 'title' }],
        })
      ).rows.flat()
    expect(await titles('amount_cents', 'gt', 70)).toEqual(['Canal', 'Crater'])
    expect(await titles('amount_cents', 'lte', 500)).toEqual(['Canal', 'Canyon'])
    expect(await titles('amount_cents', 'in', [70, 1000])).toEqual(['Canyon', 'Crater'])
    expect(await titles('amount_cents', 'in', [])).toEqual([])
    expect(await titles('title', 'contains', 'CAN')).toEqual(['Canal', 'Canyon'])
    expect(await titles('title', 'contains', '%')).toEqual([])
    expect(await titles('currency', 'ne', 'EUR')).toEqual(['Canyon'])
    expect(await titles('client_id', 'ne', randomUUID())).toHaveLength(3)
    expect(await titles('client_id', 'is_null', false)).toEqual([])
    expect(await titles('created_at', 'lt', '2026-03-02T11:00:00+01:00')).toEqual([])
    expect(await titles('created_at', 'gte', '2026-03-02T11:00:00+01:00')).toHaveLength(3)
  })

  test.each([
    [{ table: 'users', fields: ['id'] }, 'table'],
    [{ table: 'tenants', fields: ['name'] }, 'table'],
    [{ table: 'deals', fields: ['tenant_id'] }, 'fields.0'],
    [{ table: 'deals', fields: ['deleted_at'] }, 'fields.0'],
    [{ table: 'clients', fields: ['name', 'notes'] }, 'fields.1'],
    [{ table: 'credentials', fields: ['encrypted_secret'] }, 'fields.0'],
    [{ table: 'credentials', fields: ['secret'] }, 'fields.0'],
    [
      {
        table: 'deals',
        fields: ['title'],
        filters: [{ field: 'tenant_id', operator: 'eq', value: 'venus' }],
      },
      'filters.0.field',
    ],
    [
      { table: 'deals', measures: [{ function: 'count' }], group_by: [{ field: 'tenant_id' }] },
      'group_by.0.field',
    ],
    [{ table: 'deals', measures: [{ function: 'max', field: 'tenant_id' }] }, 'measures.0.field'],
    [{ table: 'deals', measures: [{ function: 'sum', field: 'title' }] }, 'measures.0.field'],
    [{ table: 'deals', measures: [{ function: 'sum' }] }, 'measures.0.field'],
    [{ table: 'deals', measures: [{ function: 'pg_sleep', field: 'amount_cents' }] }, 'measures.0.function'],
    [
      { table: 'deals', measures: [{ function: 'count' }], group_by: [{ field: 'created_at', by: 'epoch' }] },
      'group_by.0.by',
    ],
    [
      { table: 'deals', measures: [{ function: 'count' }], group_by: [{ field: 'title', by: 'day' }] },
      'group_by.0.field',
    ],
    [{ table: 'deals', fields: ['title'], order: [{ by: 'tenant_id' }] }, 'order.0.by'],
    [{ table: 'deals', measures: [{ function: 'count' }], order: [{ by: 'title' }] }, 'order.0.by'],
    [
      { table: 'deals', fields: ['title'], filters: [{ field: 'stage', operator: '~', value: 'x' }] },
      'filters.0.operator',
    ],
    [
      { table: 'deals', fields: ['title'], filters: [{ field: 'stage', operator: 'gt', value: 'x' }] },
      'filters.0.operator',
    ],
    [
      { table: 'deals', fields: ['title'], filters: [{ field: 'amount_cents', operator: 'eq', value: '1' }] },
      'filters.0.value',
    ],
    [
      { table: 'deals', fields: ['title'], filters: [{ field: 'amount_cents', operator: 'in', value: 1 }] },
      'filters.0.value',
    ],
    [{ table: 'deals', fields: ['title', 'title'] }, undefined],
    [{ table: 'deals' }, undefined],
    [{ table: 'deals', fields: ['title'], measures: [{ function: 'count' }] }, undefined],
    [{ table: 'deals', fields: ['title'], group_by: [{ field: 'stage' }] }, undefined],
    [{ table: 'deals', fields: ['title'], limit: 1001 }, 'limit'],
    [{ table: 'deals', fields: ['title'], where: 'true' }, undefined],
  ])('cannot be %j', async (definition, place) => {
    const [error] = await refusalOf(definition)
    expect(error?.path).toBe(['body.definition', place].filter(Boolean).join('.'))
  })

  test('is told what is wrong in French, too', async () => {
    const definition = { table: 'deals', fields: ['x'], filters: [{ ...won, value: 1 }] }
    const { body } = await mars.post(
      '/v1/saved-queries',
      { name: 'x', definition },
      { 'Accept-Language': 'fr' },
    )
    expect(body.errors[0].message).toMatch(/^devrait être une valeur parmi id, title/)
    expect(body.errors[1].message).toBe('devrait être une valeur de type text')
  })

  test('is checked when it is changed, as when it was made', async () => {
    const { id } = (await save({ table: 'deals', fields: ['title'] })).body
    const change = async (definition: object) =>
      (await mars.patch(`/v1/saved-queries/${id}`, { definition })).status
    expect(await change({ table: 'users', fields: ['email'] })).toBe(400)
    expect(await change({ table: 'leads', fields: ['name'] })).toBe(200)
  })

  test.each([
    ['a table', { table: 'gone', fields: ['title'] }, 'definition.table'],
    ['a column', { table: 'deals', fields: ['title', 'gone'] }, 'definition.fields.1'],
    [
      'a column that it filters by',
      { table: 'deals', fields: ['title'], filters: [{ ...won, field: 'gone' }] },
      'definition.filters.0.field',
    ],
    ['a shape', { sql: 'select * from users' }, 'definition.table'],
  ])('that was kept while there was %s of which there is none now is refused', async (_, kept, path) => {
    const { id } = (await save({ table: 'deals', fields: ['title'] })).body
    await platform.sql('update saved_queries set definition = $2 where id = $1', [id, kept], 'mars')
    const { status, body } = await mars.get(`/v1/saved-queries/${id}/run`)
    expect([status, body.code, body.errors[0].path]).toEqual([400, 'invalid_request', path])
  })

  test('is answered with 503 when it takes too long', async () => {
    const hasty = await startPlatform({ STATEMENT_TIMEOUT_MS: '500' })
    try {
      const owner = await hasty.signUp('Hasty', { plan: 'enterprise' })
      const { id } = (await save({ table: 'deals', fields: ['title'] }, owner)).body
      await withDirectClient(hasty.database.adminUrl, (admin) =>
        inTransaction(admin, async () => {
          await admin.query('lock table deals in access exclusive mode')
          const { status, body } = await owner.get(`/v1/saved-queries/${id}/run`)
          expect([status, body.code]).toEqual([503, 'overloaded'])
        }),
      )
    } finally {
      await hasty.stop()
    }
  })
})

describe('who runs one', () => {
  const definition = { table: 'deals', fields: ['title'] }

  test("needs the module of the table beside that of reports, and that it is the tenant's own", async () => {
    const jupiter = await platform.signUp('Jupiter', { plan: 'enterprise' })
    const { id } = (await save(definition, jupiter)).body
    expect((await mars.get(`/v1/saved-queries/${id}/run`)).status).toBe(404)
    const refused = async (modules: object) => {
      const set = `module_overrides = '${JSON.stringify(modules)}'`
      await platform.forceTenant('jupiter', set)
      const { status, body } = await jupiter.get(`/v1/saved-queries/${id}/run`)
      return [status, body.code, body.module]
    }
    expect(await refused({ crm: false })).toEqual([403, 'module_not_in_plan', 'crm'])
    expect(await refused({ bi: false })).toEqual([403, 'module_not_in_plan', 'bi'])
    expect(await refused({})).toEqual([200, undefined, undefined])
  })

  test('may be a viewer, who keeps none of their own', async () => {
    const viewer = await addMember(platform, 'mars', 'viewer')
    const { id } = (await save(definition)).body
    expect((await viewer.get(`/v1/saved-queries/${id}/run`)).status).toBe(200)
    expect((await save(definition, viewer)).body.code).toBe('insufficient_role')
  })
})

const catalogue = catalogueOf(resources)
const hostile = [
  `'; drop table deals; --`,
  `" or 1=1; --`,
  `title", (select string_agg(tenant_id, ',') from tenants) as "x`,
  `amount_cents) from deals; select (1`,
  'deals d cross join tenants',
  'public.deals',
  'pg_catalog.pg_authid',
  '$1',
  '\\" union select',
  '__proto__',
  'constructor',
  'toString',
  'TITLE',
  'title\u200b',
  `\ud800`,
  `x\0`,
  '*',
  '1',
]

describe('nothing but data', () => {
  /** A definition with one text wherever a text fits. */
  const places: Record<string, (text: string) => object> = {
    table: (text) => ({ table: text, fields: ['title'] }),
    fields: (text) => ({ table: 'deals', fields: [text] }),
    measures: (text) => ({ table: 'deals', measures: [{ function: 'count', field: text }] }),
    function: (text) => ({ table: 'deals', measures: [{ function: text, field: 'amount_cents' }] }),
    group_by: (text) => ({ table: 'deals', measures: [{ function: 'count' }], group_by: [{ field: text }] }),
    by: (text) => ({
      table: 'deals',
      measures: [{ function: 'count' }],
      group_by: [{ field: 'created_at', by: text }],
    }),
    filter: (text) => ({ table: 'deals', fields: ['title'], filters: [{ ...won, field: text }] }),
    operator: (text) => ({ table: 'deals', fields: ['title'], filters: [{ ...won, operator: text }] }),
    order: (text) => ({ table: 'deals', fields: ['title'], order: [{ by: text }] }),
    direction: (text) => ({ table: 'deals', fields: ['title'], order: [{ by: 'title', direction: text }] }),
  }

  test.each(Object.keys(places))('is taken as %s', async (place) => {
    for (const text of hostile) await refusalOf(places[place]?.(text) ?? {})
  })

  test('is compared with, and finds what is so called', async () => {
    const find = async (operator: string, value: unknown) =>
      (
        await resultOf({
          table: 'deals',
          fields: ['title'],
          filters: [{ field: 'title', operator, value }],
        })
      ).rows.flat()
    const title = "Robert'); drop table deals; --"
    expect(await find('eq', title)).toEqual([title])
    expect(await find('in', [title, '{"a"}', 'NULL'])).toEqual([title])
    expect(await find('contains', "'); drop")).toEqual([title])
    for (const text of hostile.filter((each) => each.isWellFormed() && !each.includes('\0'))) {
      expect(await find('eq', text)).toEqual([])
      expect(await find('in', [text])).toEqual([])
    }
  })

  test('comes into the text of a query', () => {
    const text = fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: 'binary', maxLength: 40 }))
    const tables = fc.constantFrom(...catalogue.values())
    const names = (table: QueryableTable) =>
      fc.oneof(
        { weight: 30, arbitrary: fc.constantFrom(...table.columns.keys()) },
        { weight: 1, arbitrary: text },
      )
    const definitions = tables.chain((table) => {
      const name = names(table)
      const rows = fc.record({ fields: fc.uniqueArray(name, { minLength: 1, maxLength: 3 }) })
      const groups = fc.record({
        measures: fc.array(fc.record({ function: fc.constantFrom(...functions), field: name }), {
          minLength: 1,
          maxLength: 2,
        }),
        group_by: fc.array(fc.record({ field: name }), { minLength: 1, maxLength: 1 }),
      })
      const texts = [...table.columns].flatMap(([column, { kind }]) => (kind === 'text' ? [column] : []))
      const filters = fc.array(
        fc.record({
          field: fc.oneof(
            { weight: 30, arbitrary: fc.constantFrom('id', ...texts) },
            { weight: 1, arbitrary: text },
          ),
          operator: fc.constantFrom('eq', 'ne', 'contains'),
          value: text,
        }),
        { maxLength: 2 },
      )
      const shared = { table: fc.constant(table.name), filters }
      return fc.tuple(fc.record(shared), fc.oneof(rows, groups)).map(([one, other]) => ({ ...one, ...other }))
    })
    let planned = 0
    fc.assert(
      fc.property(definitions, (definition) => {
        const sql = sqlOf(definition)
        if (sql === undefined) return
        planned++
        const known = [
          ...(catalogue.get(definition.table)?.columns.keys() ?? []),
          definition.table,
          'deleted_at',
        ]
        const names = sql.match(/"[^"]*"/g) ?? []
        const foreign = names.filter((name) => !known.includes(name.slice(1, -1)) && !/^"c\d"$/.test(name))
        const rest = sql.replaceAll(/"[^"]*"/g, '')
        expect([foreign, /^[a-z0-9$()[\]:.,*<>=' _]*$/.test(rest) ? '' : rest]).toEqual([[], ''])
      }),
      { numRuns: 300 },
    )
    expect(planned).toBeGreaterThan(50)
  })

  function sqlOf(definition: object): string | undefined {
    try {
      return compileQuery(tenantQueries, planQuery(catalogue, definition, 'x'), "UTC'; --").compile().sql
    } catch (error) {
      if (error instanceof AppError && error.code === 'invalid_request') return undefined
      throw error
    }
  }
})

describe.each([...catalogue.values()].map((table) => ({ name: table.name, table })))(
  'of $name',
  ({ name, table }) => {
    test('everything that can be asked is answered, and nothing by which its tenant could be told', async () => {
      expect([...table.columns.keys()]).toEqual(expect.arrayContaining(['id', 'created_at']))
      expect([...table.columns.keys()].filter((column) => /tenant|secret$|deleted_at/.test(column))).toEqual(
        [],
      )
      const values: Record<string, unknown> = {
        text: 'x',
        uuid: randomUUID(),
        integer: 2 ** 53 - 1,
        number: 1.5,
        boolean: true,
        date: '2026-03-02',
        instant: '2026-03-02T10:00:00Z',
      }
      const plans = [...table.columns].flatMap(([field, { kind }]) => [
        { fields: [field], order: [{ by: field, direction: 'desc' }] },
        ...functions.map((each) => ({
          measures: [{ function: each, field }],
          group_by: [{ field: 'id' }],
          order: [{ by: `${each}_${field}` }],
        })),
        ...[undefined, ...periods].map((by) => ({
          measures: [{ function: 'count' }],
          group_by: [
            { field, ...(by && { by }) },
            { field: 'created_at', by: 'day' },
          ],
          order: [{ by: 'count' }, { by: by ? `${field}_${by}` : field }],
        })),
        ...operators.map((operator) => ({
          measures: [{ function: 'count' }],
          filters: [
            {
              field,
              operator,
              value:
                operator === 'in'
                  ? [values[kind], values[kind]]
                  : operator === 'is_null'
                    ? true
                    : values[kind],
            },
          ],
        })),
      ])
      const asked = plans.flatMap((plan) => {
        try {
          return [planQuery(catalogue, { table: name, ...plan }, 'x')]
        } catch {
          return []
        }
      })
      expect(asked.length).toBeGreaterThan(5 * table.columns.size)
      await platform.context.db.readTenant('mars' as never, (queries) =>
        asked.map((plan) => compileQuery(queries, plan, 'Europe/Paris')),
      )
      const shown = [...table.columns].filter(([, { isLong }]) => !isLong).map(([column]) => column)
      const result = await resultOf({ table: name, fields: shown.slice(0, 20) })
      expect(JSON.stringify(result)).not.toContain('canary-of-venus')
    })
  },
)
