import { afterAll, beforeAll, expect, test } from 'vitest'
import { addMember } from '../support/members.ts'
import { type Member, type Platform, startPlatform } from '../support/platform.ts'

let platform: Platform
let mars: Member
let venus: Member
beforeAll(async () => {
  platform = await startPlatform()
  mars = await platform.signUp('Mars', { plan: 'enterprise' })
  venus = await platform.signUp('Venus', { plan: 'enterprise' })
  for (const member of [mars, venus]) await fill(member)
})
afterAll(() => platform.stop())

// In Paris, where both are, the first of these is in March and the second the first instant of June.
const march = '2026-02-28T23:30:00Z'
const june = '2026-05-31T22:00:00Z'

/** The same in each tenant, so that what is another's would show as twice as much. */
async function fill({ tenantId }: Member) {
  const insert = (table: string, columns: string, values: string) =>
    platform.sql(
      `insert into ${table} (tenant_id, id, created_at, updated_at, ${columns})
       select '${tenantId}', gen_random_uuid(), '${march}', '${march}', v.* from (values ${values}) v`,
      [],
      tenantId,
    )
  await platform.sql(
    `insert into clients (tenant_id, id, name, created_at, updated_at)
     values ('${tenantId}', '00000000-0000-4000-8000-00000000000c', 'Client', 'epoch', 'epoch')`,
    [],
    tenantId,
  )
  const client = `'00000000-0000-4000-8000-00000000000c'::uuid`
  const nothing = 'null::timestamptz, null'
  await insert(
    'invoices',
    'client_id, currency, status, number, issued_on, seller_name, buyer_name, paid_on, net_cents, vat_cents, total_cents, paid_at, voided_at, void_reason',
    `(${client}, 'EUR', 'paid', '1', date '2026-02-28', 'S', 'B', date '2026-03-01', 1000, 200, 1200, timestamptz '${march}', ${nothing}),
     (${client}, 'EUR', 'issued', '2', '2026-02-01', 'S', 'B', null, 10, 2, 12, null, ${nothing}),
     (${client}, 'CHF', 'issued', '3', '2026-02-01', 'S', 'B', null, 7, 0, 7, null, ${nothing}),
     (${client}, 'EUR', 'void', '4', '2026-02-01', 'S', 'B', null, 5000, 0, 5000, null, '${march}', 'Twice'),
     (${client}, 'EUR', 'draft', null, null, null, null, null, 9, 0, 9, null, ${nothing})`,
  )
  await insert(
    'deals',
    'title, stage, amount_cents, currency, probability, closed_at, deleted_at',
    `('A', 'won', 1000::bigint, 'EUR', 100, timestamptz '${march}', null::timestamptz),
     ('B', 'lost', 300, 'EUR', 0, '${march}', null), ('C', 'won', 20, 'EUR', 100, '${june}', null),
     ('D', 'won', 4000, 'EUR', 100, '${march}', '${march}'), ('E', 'proposal', 5, 'EUR', 50, null, null)`,
  )
  await platform.sql(
    `insert into workflows (tenant_id, id, name, engine, created_at, updated_at)
     values ('${tenantId}', '00000000-0000-4000-8000-00000000000f', 'Nightly', 'n8n', 'epoch', 'epoch')`,
    [],
    tenantId,
  )
  const workflow = `'00000000-0000-4000-8000-00000000000f'::uuid`
  const took = (ms: number) => `timestamptz '${march}' + interval '${ms} ms', ${ms}`
  await insert(
    'workflow_executions',
    'workflow_id, status, started_at, finished_at, duration_ms',
    `(${workflow}, 'succeeded', timestamptz '${march}', ${took(1000)}), (${workflow}, 'failed', '${march}', ${took(2001)}),
     (${workflow}, 'running', '${march}', null, null), (${workflow}, 'running', '${june}', null, null)`,
  )
  await insert('knowledge_documents', 'title, content, language, content_bytes', `('Doc', 'é', 'fr', 2)`)
  await insert(
    'articles',
    'title, body, status, published_at',
    `('Post', '', 'published', timestamptz '${june}'), ('Draft', '', 'draft', null)`,
  )
}

const dataOf = async (report: string, query = '?from=2026-01&to=2026-06', member = mars) => {
  const { status, body } = await member.get(`/v1/reports/${report}${query}`)
  expect(status, JSON.stringify(body)).toBe(200)
  return body.data
}

test('sales are what was issued and what was paid in each month, but for drafts and void invoices', async () => {
  expect(await dataOf('sales')).toEqual([
    { month: '2026-02', currency: 'CHF', issued_count: 1, issued_cents: 7, paid_count: 0, paid_cents: 0 },
    { month: '2026-02', currency: 'EUR', issued_count: 2, issued_cents: 1212, paid_count: 0, paid_cents: 0 },
    { month: '2026-03', currency: 'EUR', issued_count: 0, issued_cents: 0, paid_count: 1, paid_cents: 1200 },
  ])
})

test("deals are won and lost in months of the tenant's time zone", async () => {
  const inMarch = { won_count: 1, won_cents: 1000, lost_count: 1, lost_cents: 300 }
  const inJune = { won_count: 1, won_cents: 20, lost_count: 0, lost_cents: 0 }
  expect(await dataOf('deals')).toEqual([
    { month: '2026-03', currency: 'EUR', ...inMarch },
    { month: '2026-06', currency: 'EUR', ...inJune },
  ])
  expect(await dataOf('deals', '?from=2026-04&to=2026-05')).toEqual([])
})

test('runs of workflows are counted, and timed where they have ended', async () => {
  const workflow = { workflow_id: '00000000-0000-4000-8000-00000000000f', workflow_name: 'Nightly' }
  expect(await dataOf('executions')).toEqual([
    { month: '2026-03', ...workflow, count: 3, succeeded: 1, failed: 1, average_duration_ms: 1501 },
    { month: '2026-06', ...workflow, count: 1, succeeded: 0, failed: 0, average_duration_ms: null },
  ])
})

test('documents and articles are counted', async () => {
  expect(await dataOf('knowledge')).toEqual([{ month: '2026-03', count: 1, bytes: 2 }])
  expect(await dataOf('content')).toEqual([
    { month: '2026-03', made: 2, published: 0 },
    { month: '2026-06', made: 0, published: 1 },
  ])
})

test('is of the last twelve months unless it is asked for others', async () => {
  const range = async (query: string) => {
    const { status, body } = await mars.get(`/v1/reports/sales${query}`)
    return status === 200 ? [body.from, body.to, body.time_zone] : [status, body.errors[0].path]
  }
  expect(await range('')).toEqual(['2025-04', '2026-03', 'Europe/Paris'])
  expect(await range('?to=2025-12')).toEqual(['2025-01', '2025-12', 'Europe/Paris'])
  expect(await range('?from=2026-03')).toEqual(['2026-03', '2026-03', 'Europe/Paris'])
  expect(await range('?from=2016-04')).toEqual(['2016-04', '2026-03', 'Europe/Paris'])
  expect(await range('?from=2016-03')).toEqual([400, 'query.from'])
  expect(await range('?from=2026-04')).toEqual([400, 'query.from'])
  expect(await range('?from=2026-13')).toEqual([400, 'query.from'])
  expect(await range('?from=0001-01&to=0001-01')).toEqual(['0001-01', '0001-01', 'Europe/Paris'])
  expect(await range('?to=0001-03')).toEqual(['0001-01', '0001-03', 'Europe/Paris'])
  expect(await range('?to=9999-12&from=9999-12')).toEqual(['9999-12', '9999-12', 'Europe/Paris'])
  for (const report of ['deals', 'executions', 'knowledge', 'content']) {
    expect(await dataOf(report, '?from=0001-01&to=0001-01')).toEqual([])
    expect(await dataOf(report, '?from=9999-12&to=9999-12')).toEqual([])
  }
})

test.each([
  ['sales', 'accounting'],
  ['deals', 'crm'],
  ['executions', 'automation'],
  ['knowledge', 'knowledge'],
  ['content', 'content'],
])('who asks for %s needs the module %s beside that of reports', async (report, module) => {
  const viewer = await addMember(platform, 'venus', 'viewer')
  expect(await dataOf(report, '', viewer)).not.toEqual([])
  for (const missing of [module, 'bi']) {
    await platform.forceTenant('venus', `module_overrides = '{"${missing}": false}'`)
    const { status, body } = await viewer.get(`/v1/reports/${report}`)
    expect([status, body.code, body.module]).toEqual([403, 'module_not_in_plan', missing])
  }
  await platform.forceTenant('venus', `module_overrides = '{}'`)
})
