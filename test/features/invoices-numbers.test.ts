import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lockInvoice } from '../../src/business/accounting/drafts.ts'
import { issueInvoice } from '../../src/business/accounting/issuing.ts'
import type { TenantId } from '../../src/db/tenant-id.ts'
import { type Member, type Platform, startPlatform } from '../support/platform.ts'

let platform: Platform
beforeAll(async () => {
  platform = await startPlatform()
})
afterAll(() => platform.stop())

let companies = 0

/** A company of its own, so that its numbers begin with 1. */
async function open(settings?: Record<string, unknown>) {
  const member = await platform.signUp(`Numbers ${++companies}`)
  if (settings) await member.patch('/v1/settings', settings)
  const { body: client } = await member.post('/v1/clients', { name: 'Wayne' })
  return { member, clientId: client.id as string }
}

type Company = Awaited<ReturnType<typeof open>>

async function draft({ member, clientId }: Company, client_id: string | null = clientId): Promise<string> {
  const lines = [{ description: 'x', unit_price_cents: 100 }]
  const { body } = await member.post('/v1/invoices', { client_id, lines })
  return body.id
}

/** As many drafts as that, past every guard. */
async function drafts({ member: { tenantId }, clientId }: Company, count: number): Promise<string[]> {
  const rows = await platform.sql(
    `with drafts as (
        insert into invoices (tenant_id, id, client_id, currency, net_cents, vat_cents, total_cents, created_at, updated_at)
        select $1, gen_random_uuid(), $2, 'EUR', 100, 20, 120, now(), now() from generate_series(1, $3::int)
        returning id)
      insert into invoice_lines (tenant_id, id, invoice_id, position, description, quantity, unit_price_cents, net_cents,
        created_at, updated_at)
      select $1, gen_random_uuid(), id, 1, 'x', 1, 100, 100, now(), now() from drafts returning invoice_id`,
    [tenantId, clientId, count],
    tenantId,
  )
  return rows.map(({ invoice_id }) => invoice_id)
}

const issue = (member: Member, id: string, body: unknown = {}) =>
  member.post(`/v1/invoices/${id}/issue`, body)
const issueNew = async (company: Company, body: unknown = {}) =>
  (await issue(company.member, await draft(company), body)).body.number as string

/** Issues one at an instant that the clock does not show, and does more in the same transaction. */
async function issueAt(company: Company, at: string, more?: (pid: number) => Promise<unknown>) {
  const id = await draft(company)
  await platform.context.db.withTenant(company.member.tenantId as TenantId, async (tx) => {
    await issueInvoice(tx, await lockInvoice(tx, id), {}, new Date(at))
    if (!more) return
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx)
    await more(rows[0]?.pid ?? 0)
  })
  return (await company.member.get(`/v1/invoices/${id}`)).body
}

/** The numbers of a year from the first on. */
const upTo = (count: number, year = 2026) =>
  Array.from({ length: count }, (_, i) => `${year}-${String(i + 1).padStart(4, '0')}`)

const numbersOf = async ({ member }: Company): Promise<string[]> => {
  const query = 'select number from invoices where tenant_id = $1 and number is not null order by number'
  return (await platform.sql(query, [member.tenantId], member.tenantId)).map(({ number }) => number)
}

describe('fifty who issue at once', () => {
  test('get the numbers from 1 to 50, in each of two companies', async () => {
    const both = [await open(), await open()]
    const all = await Promise.all(
      both.map(async (company) => ({ member: company.member, ids: await drafts(company, 50) })),
    )
    const answers = await Promise.all(
      all.flatMap(({ member, ids }) => ids.map(async (id) => (await issue(member, id)).status)),
    )
    expect(answers).toEqual(Array(100).fill(200))
    for (const company of both) expect(await numbersOf(company)).toEqual(upTo(50))
  })

  test('leave no gap where some fail before they have a number, and some after', async () => {
    const company = await open()
    const ids = await drafts(company, 50)
    const undone = ids.filter((_id, index) => index % 5 === 0)
    const unready = await Promise.all(Array.from({ length: 10 }, () => draft(company, null)))
    // The audit entry goes out with the commit: by then the invoice has its number.
    await platform.sql(`alter table audit_entries add constraint planted
      check (action <> 'invoice.issued' or object_id <> all ('{${undone}}')) not valid`)
    try {
      const answers = await Promise.all([...ids, ...unready].map((id) => issue(company.member, id)))
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(40)
      expect(answers.filter(({ status }) => status === 400)).toHaveLength(20)
    } finally {
      await platform.sql('alter table audit_entries drop constraint planted')
    }
    expect(await numbersOf(company)).toEqual(upTo(40))
    await Promise.all(undone.map((id) => issue(company.member, id)))
    expect(await numbersOf(company)).toEqual(upTo(50))
  })
})

test('whoever is undone, or loses the connection, has used no number', async () => {
  const company = await open()
  const at = '2026-03-02T10:00:00Z'
  expect((await issueAt(company, at)).number).toBe('2026-0001')
  await expect(issueAt(company, at, () => Promise.reject(new Error('undone')))).rejects.toThrow('undone')
  await expect(
    issueAt(company, at, (pid) => platform.sql('select pg_terminate_backend($1, 5000)', [pid])),
  ).rejects.toThrow()
  expect((await issueAt(company, at)).number).toBe('2026-0002')
})

test('what is void keeps its number, and no draft has one', async () => {
  const company = await open()
  const id = await draft(company)
  await issue(company.member, id)
  await company.member.post(`/v1/invoices/${id}/void`, { reason: 'Wrong' })
  await company.member.delete(`/v1/invoices/${await draft(company)}`)
  expect(await issueNew(company)).toBe('2026-0002')
  expect(await numbersOf(company)).toEqual(upTo(2))
})

test('the year begins where the tenant is, and numbers begin anew with it', async () => {
  const paris = await open()
  const montreal = await open({ time_zone: 'America/Montreal' })
  const numberAt = async (company: Company, at: string) => {
    const { number, issued_on } = await issueAt(company, at)
    return [number, issued_on]
  }
  expect(await numberAt(paris, '2026-12-31T22:59:59.999Z')).toEqual(['2026-0001', '2026-12-31'])
  expect(await numberAt(paris, '2026-12-31T23:00:00Z')).toEqual(['2027-0001', '2027-01-01'])
  expect(await numberAt(paris, '2027-06-01T00:00:00Z')).toEqual(['2027-0002', '2027-06-01'])
  expect(await numberAt(montreal, '2026-12-31T23:00:00Z')).toEqual(['2026-0001', '2026-12-31'])
  expect(await numberAt(montreal, '2027-01-01T04:59:59.999Z')).toEqual(['2026-0002', '2026-12-31'])
  expect(await numberAt(montreal, '2027-01-01T05:00:00Z')).toEqual(['2027-0001', '2027-01-01'])
})

test('what is numbered later is never of an earlier day, not of a tenant that has moved west either', async () => {
  const company = await open({ time_zone: 'Pacific/Auckland' })
  const numberAt = async (at: string) => {
    const { number, issued_on } = await issueAt(company, at)
    return [number, issued_on]
  }
  expect(await numberAt('2026-12-30T11:00:00Z')).toEqual(['2026-0001', '2026-12-31'])
  await company.member.patch('/v1/settings', { time_zone: 'America/Montreal' })
  expect(await numberAt('2026-12-30T11:00:01Z')).toEqual(['2026-0002', '2026-12-31'])
  await company.member.patch('/v1/settings', { time_zone: 'Pacific/Auckland' })
  expect(await numberAt('2026-12-31T11:00:00Z')).toEqual(['2027-0001', '2027-01-01'])
  await company.member.patch('/v1/settings', { time_zone: 'America/Montreal' })
  expect(await numberAt('2026-12-31T11:00:01Z')).toEqual(['2027-0002', '2027-01-01'])
  expect(await numberAt('2027-01-02T12:00:00Z')).toEqual(['2027-0003', '2027-01-02'])
})

test('of thirty who issue at once as a year begins, by clocks that differ, none is out of order', async () => {
  const company = await open()
  const clocks = ['2026-12-30T22:59:59Z', '2026-12-31T22:59:59Z', '2026-12-31T23:00:00Z']
  const made = await Promise.all(
    Array.from({ length: 30 }, (_, place) => issueAt(company, clocks[place % 3] ?? '')),
  )
  const inOrder = made.sort((a, b) => (a.number < b.number ? -1 : 1))
  const daysOf = inOrder.map(({ issued_on }) => issued_on)
  expect(daysOf).toEqual(daysOf.toSorted())
  for (const { number, issued_on } of inOrder) expect(number.slice(0, 4)).toBe(issued_on.slice(0, 4))
  const of2026 = inOrder.filter(({ number }) => number.startsWith('2026')).length
  expect(inOrder.map(({ number }) => number)).toEqual([...upTo(of2026), ...upTo(30 - of2026, 2027)])
})

test('behind 9999 a number has a further digit', async () => {
  const company = await open()
  await issueNew(company)
  const { tenantId } = company.member
  await platform.sql('alter table invoice_counters disable trigger invoice_counters_count')
  const count = 'update invoice_counters set last_number = 9998 where tenant_id = $1'
  await platform.sql(count, [tenantId], tenantId)
  await platform.sql('alter table invoice_counters enable trigger invoice_counters_count')
  expect([await issueNew(company), await issueNew(company)]).toEqual(['2026-9999', '2026-10000'])
})

describe('a company that gives numbers by hand', () => {
  let company: Company
  beforeAll(async () => {
    company = await open({ automatic_numbering: false })
  })

  test('says each of them, once', async () => {
    const id = await draft(company)
    const without = await issue(company.member, id)
    expect([without.status, without.body.errors]).toEqual([
      400,
      [{ path: 'body.number', message: 'is required' }],
    ])
    expect((await issue(company.member, id, { number: ' F/26 1 ' })).body.number).toBe('F/26 1')
    const again = await issue(company.member, await draft(company), { number: 'F/26 1' })
    expect([again.status, again.body.code]).toEqual([409, 'conflict'])
    expect(await issueNew(await open({ automatic_numbering: false }), { number: 'F/26 1' })).toBe('F/26 1')
  })

  test('gives one number to one of ten at once', async () => {
    const ids = await drafts(company, 10)
    const answers = await Promise.all(ids.map((id) => issue(company.member, id, { number: 'F/26 2' })))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(409)])
  })

  test('has those passed over when numbers are automatic again, which nobody gives then', async () => {
    await issueNew(company, { number: '2026-0001' })
    await issueNew(company, { number: '2026-0003' })
    await company.member.patch('/v1/settings', { automatic_numbering: true })
    const id = await draft(company)
    const given = await issue(company.member, id, { number: '2026-0009' })
    expect([given.status, given.body.errors]).toEqual([
      400,
      [{ path: 'body.number', message: 'is given automatically' }],
    ])
    expect([await issueNew(company), await issueNew(company)]).toEqual(['2026-0002', '2026-0004'])
  })
})
