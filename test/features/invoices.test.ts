import { randomUUID } from 'node:crypto'
import { parse } from 'csv-parse/sync'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { lockInvoice } from '../../src/business/accounting/drafts.ts'
import { issueInvoice } from '../../src/business/accounting/issuing.ts'
import type { TenantId } from '../../src/db/tenant-id.ts'
import { deleteTenant } from '../../src/features/deletion/delete-tenant.ts'
import { type Member, type Platform, startPlatform } from '../support/platform.ts'

let platform: Platform
let acme: Member
let clientId: string
beforeAll(async () => {
  platform = await startPlatform()
  acme = platform.acme
  clientId = await addClient(acme)
})
afterAll(() => platform.stop())

const twoLines = [
  { description: 'Railing', quantity: '2.5', unit_price_cents: 4999 },
  { description: 'Plan', unit_price_cents: 1990, vat_rate_basis_points: 550 },
]

async function addClient(member: Member): Promise<string> {
  return (await member.post('/v1/clients', { name: 'Wayne' })).body.id
}

async function draft(fields: Record<string, unknown> = {}, member = acme) {
  const { status, body, headers } = await member.post('/v1/invoices', {
    client_id: clientId,
    lines: twoLines,
    ...fields,
  })
  expect(status, JSON.stringify(body)).toBe(201)
  return { ...body, etag: headers.get('etag') }
}

async function issued(fields: Record<string, unknown> = {}, member = acme) {
  const { id } = await draft(fields, member)
  return act(id, 'issue', {}, member)
}

async function act(id: string, name: 'issue' | 'pay' | 'void', body: unknown, member = acme) {
  const answer = await member.post(`/v1/invoices/${id}/${name}`, body)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return answer.body
}

const refused = async (answer: Promise<{ status: number; body: { code: string } }>) => {
  const { status, body } = await answer
  return [status, body.code]
}

describe('a draft', () => {
  test('has its lines in their order, what they add up to, and the currency of the settings', async () => {
    const { etag: _, ...made } = await draft({ due_on: '2026-04-01', note: 'Thanks' })
    const now = platform.clock.now().toISOString()
    expect(made).toEqual({
      id: expect.any(String),
      client_id: clientId,
      due_on: '2026-04-01',
      note: 'Thanks',
      currency: 'EUR',
      status: 'draft',
      number: null,
      issued_on: null,
      seller_name: null,
      buyer_name: null,
      buyer_email: null,
      buyer_address: null,
      paid_on: null,
      paid_at: null,
      voided_at: null,
      void_reason: null,
      net_cents: 12_498 + 1990,
      vat_cents: 2500 + 109,
      total_cents: 17_097,
      created_at: now,
      updated_at: now,
      lines: [
        { position: 1, ...twoLines[0], vat_rate_basis_points: null, net_cents: 12_498 },
        { position: 2, ...twoLines[1], quantity: '1', net_cents: 1990 },
      ],
    })
    expect((await acme.get(`/v1/invoices/${made.id}`)).body).toEqual(made)
    const { lines: _lines, ...brief } = made
    expect((await acme.get('/v1/invoices?q=thank')).body.data).toContainEqual(brief)
  })

  test('can be empty, of another currency, and say quantities in any form', async () => {
    const made = await draft({ client_id: null, currency: 'CHF', lines: [] })
    expect(made).toMatchObject({ client_id: null, currency: 'CHF', total_cents: 0, lines: [] })
    const lines = ['1.500', '-0.001', '0', '999999.999'].map((quantity) => ({
      description: 'x',
      quantity,
      unit_price_cents: 1,
    }))
    const { body } = await acme.patch(`/v1/invoices/${made.id}`, { lines })
    expect(body.lines.map(({ quantity }: { quantity: string }) => quantity)).toEqual([
      '1.5',
      '-0.001',
      '0',
      '999999.999',
    ])
  })

  test('has up to 200 lines, which a change replaces', async () => {
    const lines = Array.from({ length: 200 }, (_, i) => ({
      description: `Line ${i}`,
      quantity: `${i}.${i}`.slice(0, 5).replace(/\.$/, ''),
      unit_price_cents: i * 7,
    }))
    const made = await draft({ lines })
    expect(made.lines.map(({ description }: { description: string }) => description)).toEqual(
      lines.map(({ description }) => description),
    )
    const { body } = await acme.patch(`/v1/invoices/${made.id}`, { lines: twoLines.slice(1) })
    expect(body).toMatchObject({ net_cents: 1990, vat_cents: 109, total_cents: 2099 })
    expect(body.lines).toHaveLength(1)
    const kept = await acme.patch(`/v1/invoices/${made.id}`, { note: 'Changed' })
    expect(kept.body).toMatchObject({ note: 'Changed', total_cents: 2099, lines: body.lines })
  })

  test.each<[what: string, path: string, fields: Record<string, unknown>]>([
    ['201 lines', 'body.lines', { lines: Array.from({ length: 201 }, () => twoLines[0]) }],
    [
      'too much in sum',
      'body.lines',
      { lines: [{ description: 'x', quantity: '2', unit_price_cents: 9e12 }] },
    ],
    ['a quantity in floating point', 'body.lines.0.quantity', { lines: [{ ...twoLines[0], quantity: 1.5 }] }],
    ['four places', 'body.lines.0.quantity', { lines: [{ ...twoLines[0], quantity: '0.0001' }] }],
    [
      'a price below zero',
      'body.lines.0.unit_price_cents',
      { lines: [{ ...twoLines[0], unit_price_cents: -1 }] },
    ],
    [
      'a part of a cent',
      'body.lines.0.unit_price_cents',
      { lines: [{ ...twoLines[0], unit_price_cents: 0.5 }] },
    ],
    [
      'a rate above 100 %',
      'body.lines.1.vat_rate_basis_points',
      { lines: [twoLines[0], { ...twoLines[1], vat_rate_basis_points: 10_001 }] },
    ],
    ['no currency', 'body.currency', { currency: 'EURO' }],
    ['what only rules write', 'body', { status: 'issued' }],
    ['a total', 'body', { total_cents: 1 }],
    ['a net amount', 'body.lines.0', { lines: [{ ...twoLines[0], net_cents: 1 }] }],
  ])('of %s is refused', async (_what, path, fields) => {
    const { status, body } = await acme.post('/v1/invoices', fields)
    expect([status, body.errors?.[0]?.path]).toEqual([400, path])
    const { id, etag: _, ...before } = await draft()
    expect((await acme.patch(`/v1/invoices/${id}`, fields)).status).toBe(400)
    expect((await acme.get(`/v1/invoices/${id}`)).body).toEqual({ id, ...before })
  })

  test('is deleted with its lines', async () => {
    const { id } = await draft()
    expect((await acme.delete(`/v1/invoices/${id}`)).status).toBe(204)
    const lines = 'select from invoice_lines where invoice_id = $1'
    expect(await platform.sql(lines, [id], acme.tenantId)).toEqual([])
  })

  test('keeps its client', async () => {
    const client_id = await addClient(acme)
    const { id } = await draft({ client_id })
    expect(await refused(acme.delete(`/v1/clients/${client_id}`))).toEqual([409, 'in_use'])
    await acme.delete(`/v1/invoices/${id}`)
    expect((await acme.delete(`/v1/clients/${client_id}`)).status).toBe(204)
  })
})

test('an export has the lines', async () => {
  const member = await platform.signUp('Exporting')
  const invoice = await issued({ client_id: await addClient(member) }, member)
  const empty = await draft({ client_id: null, lines: [] }, member)
  const textOf = async (query: string): Promise<string> => {
    const { body } = await member.get(`/v1/invoices/export${query}`)
    return body
  }
  const shown = await Promise.all(
    [empty, invoice].map(async ({ id }) => (await member.get(`/v1/invoices/${id}`)).body),
  )
  const objects = (await textOf('?format=ndjson'))
    .trim()
    .split('\n')
    .map((each) => JSON.parse(each))
  expect(objects).toHaveLength(2)
  expect(objects).toEqual(expect.arrayContaining(shown))
  const rows = parse(await textOf(''), { columns: true }) as { id: string; lines: string }[]
  const linesById = new Map(rows.map(({ id, lines }) => [id, JSON.parse(lines)]))
  expect(linesById).toEqual(new Map(shown.map(({ id, lines }) => [id, lines])))
})

describe('issuing', () => {
  test('needs a client and a line', async () => {
    const { id } = await draft({ client_id: null, lines: [] })
    const { status, body } = await acme.post(`/v1/invoices/${id}/issue`, {})
    expect([status, body.errors]).toEqual([
      400,
      [
        { path: 'client_id', message: 'is required' },
        { path: 'lines', message: 'is required' },
      ],
    ])
  })

  test('fixes the rate of each line to what the settings say at that moment', async () => {
    const member = await platform.signUp('Rates')
    const client_id = await addClient(member)
    const { id, vat_cents } = await draft({ client_id }, member)
    expect(vat_cents).toBe(2500 + 109)
    await member.patch('/v1/settings', { vat_rate_basis_points: 810 })
    const invoice = await act(id, 'issue', undefined, member)
    expect(invoice).toMatchObject({ status: 'issued', number: '2026-0001', issued_on: '2026-03-02' })
    // 8.1 % of 124.98 are 10.12338.
    expect(invoice).toMatchObject({ net_cents: 14_488, vat_cents: 1012 + 109, total_cents: 15_609 })
    const rates = invoice.lines.map((line: { vat_rate_basis_points: number }) => line.vat_rate_basis_points)
    expect(rates).toEqual([810, 550])
    await member.patch('/v1/settings', { vat_rate_basis_points: 2000 })
    expect((await member.get(`/v1/invoices/${id}`)).body).toEqual(invoice)
  })

  test('keeps what seller and buyer are called at that moment', async () => {
    const member = await platform.signUp('Wayne Steel')
    const buyer = { name: 'Wayne', email: 'bruce@wayne.example', address: '1 Gotham Square' }
    const client = await member.post('/v1/clients', { ...buyer, name: 'Wane' })
    const { id } = await draft({ client_id: client.body.id }, member)
    await member.patch(`/v1/clients/${client.body.id}`, { name: buyer.name })
    const invoice = await act(id, 'issue', {}, member)
    expect(invoice).toMatchObject({
      seller_name: 'Wayne Steel',
      buyer_name: buyer.name,
      buyer_email: buyer.email,
      buyer_address: buyer.address,
    })
    await member.patch(`/v1/clients/${client.body.id}`, { name: 'Kent', email: null, address: null })
    await platform.forceTenant(member.tenantId, "name = 'Kent Steel'")
    expect((await member.get(`/v1/invoices/${id}`)).body).toEqual(invoice)
    const nameless = await issued({ client_id: client.body.id }, member)
    expect(nameless).toMatchObject({ seller_name: 'Kent Steel', buyer_email: null, buyer_address: null })
  })

  test('is refused where the rate of the settings makes the amounts too large', async () => {
    const member = await platform.signUp('Much')
    await member.patch('/v1/settings', { vat_rate_basis_points: 0 })
    const lines = [{ description: 'Tower', unit_price_cents: 1e13 }]
    const { id } = await draft({ client_id: await addClient(member), lines }, member)
    await member.patch('/v1/settings', { vat_rate_basis_points: 1 })
    const { status, body } = await member.post(`/v1/invoices/${id}/issue`, {})
    expect([status, body.errors]).toEqual([400, [{ path: 'lines', message: 'should add up to less' }]])
  })
})

describe('what was issued', () => {
  test('is paid, today unless a day is said', async () => {
    const first = await issued()
    expect(await act(first.id, 'pay', undefined)).toEqual({
      ...first,
      status: 'paid',
      paid_on: '2026-03-02',
      paid_at: platform.clock.now().toISOString(),
    })
  })

  test('is paid on a day between that of its issue and today', async () => {
    const member = await platform.signUp('Paying')
    const { id } = await draft({ client_id: await addClient(member) }, member)
    await platform.context.db.withTenant(member.tenantId as TenantId, async (tx) =>
      issueInvoice(tx, await lockInvoice(tx, id), {}, new Date('2026-02-26T12:00:00Z')),
    )
    for (const paid_on of ['2026-02-25', '2026-03-03', '9999-12-31']) {
      const { status, body } = await member.post(`/v1/invoices/${id}/pay`, { paid_on })
      const message = 'should be between the day of issue and today'
      expect([status, body.errors]).toEqual([400, [{ path: 'body.paid_on', message }]])
    }
    expect((await act(id, 'pay', { paid_on: '2026-02-27' }, member)).paid_on).toBe('2026-02-27')
  })

  test('is paid on the day it was issued, where that is tomorrow by now', async () => {
    const member = await platform.signUp('Moved')
    await member.patch('/v1/settings', { time_zone: 'Pacific/Kiritimati' })
    const client_id = await addClient(member)
    const [one, other] = [await issued({ client_id }, member), await issued({ client_id }, member)]
    await member.patch('/v1/settings', { time_zone: 'Pacific/Niue' })
    for (const [{ id }, body] of [
      [one, {}],
      [other, { paid_on: other.issued_on }],
    ]) {
      expect((await act(id, 'pay', body, member)).paid_on).toBe('2026-03-03')
    }
  })

  test('is made void, and keeps its number', async () => {
    const invoice = await issued()
    expect(await act(invoice.id, 'void', { reason: 'Wrong client' })).toEqual({
      ...invoice,
      status: 'void',
      voided_at: platform.clock.now().toISOString(),
      void_reason: 'Wrong client',
    })
  })

  test.each([
    ['draft', [], ['pay', 'void']],
    ['issued', ['issue'], ['issue', 'PATCH', 'DELETE']],
    ['paid', ['issue', 'pay'], ['issue', 'pay', 'void', 'PATCH', 'DELETE']],
    ['void', ['issue', 'void'], ['issue', 'pay', 'void', 'PATCH', 'DELETE']],
  ])('as %s is not changed in any other way', async (status, acts, others) => {
    const bodies: Record<string, unknown> = { void: { reason: 'x' }, PATCH: { note: 'x' }, DELETE: undefined }
    const { id } = await draft()
    for (const name of acts) await acme.post(`/v1/invoices/${id}/${name}`, bodies[name] ?? {})
    const { body: before } = await acme.get(`/v1/invoices/${id}`)
    expect(before.status).toBe(status)
    for (const name of others) {
      const isMethod = name === name.toUpperCase()
      const path = isMethod ? `/v1/invoices/${id}` : `/v1/invoices/${id}/${name}`
      const body = name in bodies ? bodies[name] : {}
      const answer = acme.request(isMethod ? name : 'POST', path, body)
      expect(await refused(answer), name).toEqual([409, 'not_editable'])
    }
    expect((await acme.get(`/v1/invoices/${id}`)).body).toEqual(before)
  })

  test('leaves an audit entry for each act', async () => {
    const { id } = await issued()
    await act(id, 'pay', {})
    const other = await issued()
    await act(other.id, 'void', { reason: 'x' })
    const query = 'select action from audit_entries where object_id = $1 order by position'
    const actions = async (of: string) =>
      (await platform.sql(query, [of], acme.tenantId)).map(({ action }) => action)
    expect(await actions(id)).toEqual(['invoice.created', 'invoice.issued', 'invoice.paid'])
    expect(await actions(other.id)).toEqual(['invoice.created', 'invoice.issued', 'invoice.voided'])
  })

  test('is done only to the state that the caller knows', async () => {
    const { id, etag } = await draft()
    const actIf = (name: string, body: unknown, ifMatch: string) =>
      acme.post(`/v1/invoices/${id}/${name}`, body, { 'If-Match': ifMatch })
    // Nothing but a line is another.
    const lines = [twoLines[0], { ...twoLines[1], description: 'Drawing' }]
    const changed = await acme.patch(`/v1/invoices/${id}`, { lines })
    expect((await actIf('issue', {}, etag)).status).toBe(412)
    const first = await actIf('issue', {}, changed.headers.get('etag') ?? '')
    expect(first.status).toBe(200)
    expect((await actIf('pay', {}, etag)).status).toBe(412)
    expect((await actIf('void', { reason: 'x' }, changed.headers.get('etag') ?? '')).status).toBe(412)
    expect((await actIf('void', { reason: 'x' }, first.headers.get('etag') ?? '')).status).toBe(200)
  })
})

describe('the database holds what was issued, whoever writes', () => {
  let invoiceId: string
  beforeAll(async () => {
    invoiceId = (await issued()).id
  })

  const changes = [
    `update invoices set note = 'x' where id = $1`,
    `update invoices set updated_at = updated_at where id = $1`,
    `update invoices set total_cents = total_cents + 1, vat_cents = vat_cents + 1 where id = $1`,
    `update invoices set number = '2026-9999' where id = $1`,
    `update invoices set buyer_name = 'x' where id = $1`,
    `update invoices set buyer_email = 'x' where id = $1`,
    `update invoices set buyer_address = 'x' where id = $1`,
    `update invoices set seller_name = 'x' where id = $1`,
    `update invoices set status = 'draft', number = null, issued_on = null where id = $1`,
    `update invoices set status = 'paid', paid_on = '2026-03-02', paid_at = '2026-03-02', note = 'x' where id = $1`,
    `delete from invoices where id = $1`,
    `delete from invoice_lines where invoice_id = $1`,
    `update invoice_lines set updated_at = updated_at where invoice_id = $1`,
    `update invoice_lines set invoice_id = gen_random_uuid() where invoice_id = $1`,
    `insert into invoice_lines (id, invoice_id, position, description, quantity, unit_price_cents, net_cents, created_at,
      updated_at) values (gen_random_uuid(), $1, 7, 'x', 1, 1, 1, '2026-03-02', '2026-03-02')`,
  ]
  test.each(changes)('%s', async (statement) => {
    await expect(platform.sql(statement, [invoiceId], acme.tenantId)).rejects.toMatchObject({ code: 'TN006' })
  })

  test('but not a draft', async () => {
    for (const statement of changes) {
      if (/number|paid_on|status|gen_random|buyer|seller/.test(statement)) continue
      const { id } = await draft()
      await platform.sql(statement, [id], acme.tenantId)
    }
  })

  test.each([
    `update invoice_lines set net_cents = 0`,
    `update invoice_counters set created_at = updated_at`,
    `delete from invoice_counters`,
    `insert into invoices (id, client_id, currency, net_cents, vat_cents, total_cents, created_at, updated_at, status, number,
      issued_on) values (gen_random_uuid(), '${randomUUID()}', 'EUR', 0, 0, 0, now(), now(), 'issued', '1', now())`,
  ])('the role of tenants may not %s', async (statement) => {
    const tenantId = acme.tenantId as TenantId
    await expect(
      platform.context.db.withTenant(tenantId, (tx) => sql.raw(statement).execute(tx)),
    ).rejects.toMatchObject({ code: '42501' })
  })

  test.each([
    `update invoices set buyer_name = 'x' where id = $1`,
    `update invoices set buyer_address = 'x' where id = $1`,
    `update invoices set status = 'issued', number = 'x', issued_on = '2026-03-02' where id = $1`,
  ])('a draft has no buyer, and what is issued has one: %s', async (statement) => {
    const { id } = await draft()
    await expect(platform.sql(statement, [id], acme.tenantId)).rejects.toMatchObject({ code: '23514' })
  })

  test('nothing is paid before it was issued', async () => {
    const paid = `update invoices set status = 'paid', paid_on = '2026-03-01', paid_at = '2026-03-02' where id = $1`
    await expect(platform.sql(paid, [invoiceId], acme.tenantId)).rejects.toMatchObject({ code: '23514' })
  })

  test.each([
    `update invoice_counters set last_number = last_number + 2`,
    `update invoice_counters set last_number = last_number`,
    `update invoice_counters set last_number = last_number - 1`,
    `update invoice_counters set last_number = 1`,
    `update invoice_counters set last_number = 2, last_issued_on = last_issued_on + 365`,
    `update invoice_counters set last_number = last_number + 1, last_issued_on = last_issued_on - 1`,
    `insert into invoice_counters (id, last_number, last_issued_on, created_at, updated_at)
      values (gen_random_uuid(), 7, '2026-03-02', now(), now())`,
  ])('numbers go up by one: %s', async (statement) => {
    await issued()
    await issued()
    await expect(
      platform.context.db.withTenant(acme.tenantId as TenantId, (tx) => sql.raw(statement).execute(tx)),
    ).rejects.toMatchObject({ code: 'TN006' })
  })

  test('a line that comes while its invoice is issued waits, and is refused', async () => {
    const { id } = await draft()
    let late: Promise<unknown> | undefined
    await platform.context.db.withTenant(acme.tenantId as TenantId, async (tx) => {
      await issueInvoice(tx, await lockInvoice(tx, id), {}, platform.clock.now())
      late = platform.sql(changes.at(-1) ?? '', [id], acme.tenantId).catch(({ code }) => code)
      await vi.waitFor(async () => {
        const waiting = `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`
        expect(await platform.sql(waiting)).toHaveLength(1)
      })
    })
    expect(await late).toBe('TN006')
  })

  test('until the tenant goes, with all it has', async () => {
    const member = await platform.signUp('Leaving')
    const client_id = await addClient(member)
    const paid = await issued({ client_id }, member)
    await act(paid.id, 'pay', {}, member)
    await act((await issued({ client_id }, member)).id, 'void', { reason: 'x' }, member)
    await issued({ client_id }, member)
    await draft({ client_id }, member)
    const { tables } = await deleteTenant(platform.context, {
      tenantId: member.tenantId as TenantId,
      reason: 'Only a test',
      admin: { kind: 'command_line' },
      origin: { ip: null, requestId: 'command line' },
      now: platform.clock.now(),
    })
    for (const [table, before] of [
      ['invoices', 4],
      ['invoice_lines', 8],
      ['invoice_counters', 1],
    ]) {
      expect(tables, String(table)).toContainEqual(expect.objectContaining({ table, before, after: 0 }))
    }
  })
})

describe('at the same time', () => {
  // So that nobody waits for a connection while the first is done already.
  beforeAll(async () => {
    await Promise.all(Array.from({ length: 20 }, () => acme.get('/v1/invoices')))
  })

  test('an invoice is issued once by twenty', async () => {
    const { id } = await draft()
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => acme.post(`/v1/invoices/${id}/issue`, {})),
    )
    const [first, ...others] = answers.sort((a, b) => a.status - b.status)
    expect(first?.status).toBe(200)
    expect(others.map(({ body }) => body.code)).toEqual(Array(19).fill('not_editable'))
    const after = (await issued()).number
    expect(Number(after.slice(5))).toBe(Number(first?.body.number.slice(5)) + 1)
  })

  test('it is either changed and then issued, or issued as it was', async () => {
    for (let round = 0; round < 5; round++) {
      const { id } = await draft()
      const lines = [{ description: 'Other', unit_price_cents: 100 * round + 1 }]
      const [change, issue] = await Promise.all([
        acme.patch(`/v1/invoices/${id}`, { lines }),
        acme.post(`/v1/invoices/${id}/issue`, {}),
      ])
      expect(issue.status).toBe(200)
      expect([200, 409]).toContain(change.status)
      const { body } = await acme.get(`/v1/invoices/${id}`)
      expect(body).toEqual(issue.body)
      const isChanged = change.status === 200
      expect([body.lines.length, body.net_cents]).toEqual(isChanged ? [1, 100 * round + 1] : [2, 14_488])
    }
  })

  test('it is either paid or made void', async () => {
    for (let round = 0; round < 5; round++) {
      const { id } = await issued()
      const answers = await Promise.all([
        acme.post(`/v1/invoices/${id}/pay`, {}),
        acme.post(`/v1/invoices/${id}/void`, { reason: 'x' }),
      ])
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
    }
  })
})
