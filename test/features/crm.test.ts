import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pipelineQuery } from '../../src/business/crm/pipeline.ts'
import { inTransaction, withDirectClient } from '../../src/db/direct-client.ts'
import { tenantQueries } from '../../src/db/handles.ts'
import { addMember } from '../support/members.ts'
import { type Member, type Platform, startPlatform } from '../support/platform.ts'

let platform: Platform
let acme: Member
let globex: Member
beforeAll(async () => {
  platform = await startPlatform()
  ;({ acme, globex } = platform)
})
afterAll(() => platform.stop())

const made = async (path: string, body: object, member = acme) => {
  const answer = await member.post(path, body)
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  return answer.body
}
const makeLead = (fields: object = {}) => made('/v1/leads', { name: 'Marvin Martian', ...fields })
const makeDeal = (fields: object = {}, member = acme) =>
  made('/v1/deals', { title: 'Roof of the town hall', ...fields }, member)
const actionsOn = async (id: string) => {
  const query = 'select action from audit_entries where object_id = $1 order by position'
  return (await platform.sql(query, [id], 'acme')).map(({ action }) => action)
}
const clientsOf = async (search: string) =>
  (await acme.get(`/v1/clients?q=${encodeURIComponent(search)}&limit=100`)).body.data

describe('a lead', () => {
  test('becomes a client, with a deal', async () => {
    const { id } = await makeLead({
      company: 'Martian Delivery',
      email: 'marvin@mars.example',
      notes: 'Wants a view',
    })
    const { status, body } = await acme.post(`/v1/leads/${id}/convert`, {
      deal: { title: 'A ray', amount_cents: 5_000, stage: 'negotiation' },
    })
    expect(status, JSON.stringify(body)).toBe(201)
    const { lead, client, deal } = body
    expect(client).toMatchObject({
      name: 'Martian Delivery',
      email: 'marvin@mars.example',
      notes: 'Wants a view',
    })
    expect(lead).toMatchObject({ id, status: 'converted', client_id: client.id })
    expect(deal).toMatchObject({ client_id: client.id, lead_id: id, stage: 'negotiation', probability: 75 })
    expect((await acme.get(`/v1/leads/${id}`)).body).toEqual(lead)
    expect((await acme.get(`/v1/clients/${client.id}`)).body).toEqual(client)
    expect((await acme.get(`/v1/deals/${deal.id}`)).body).toEqual(deal)
    expect(await actionsOn(id)).toEqual(['lead.created', 'lead.converted'])
    expect(await actionsOn(client.id)).toEqual(['client.created'])
    expect(await actionsOn(deal.id)).toEqual(['deal.created'])
    const query = 'select changed_fields as fields from audit_entries where object_id = $1'
    const [made] = await platform.sql(query, [client.id], 'acme')
    expect(made?.fields.sort()).toEqual(['email', 'name', 'notes'])
  })

  test('becomes a client of its own name where there is no company, and without a deal', async () => {
    const { id } = await makeLead({ name: 'Elmer Fudd', status: 'lost' })
    const { status, body } = await acme.post(`/v1/leads/${id}/convert`, undefined)
    expect([status, body.client.name, body.deal]).toEqual([201, 'Elmer Fudd', null])
  })

  // More than once: of the first the server's connections are being opened, so they come one after the other.
  test.each([1, 2, 3])('becomes one client, however many convert it at once (%i)', async (round) => {
    const company = `At once ${round}`
    const { id } = await makeLead({ company })
    const deal = { title: `Once ${round}` }
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => acme.post(`/v1/leads/${id}/convert`, { deal })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(19).fill(409)])
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe('not_editable')
    expect(await clientsOf(company)).toHaveLength(1)
    expect((await acme.get(`/v1/deals?q=Once ${round}`)).body.data).toHaveLength(1)
  })

  test('stays a lead when its deal is not valid', async () => {
    const { id } = await makeLead({ company: 'Never converted' })
    const { status, body } = await acme.post(`/v1/leads/${id}/convert`, {
      deal: { title: 'Of whom?', client_id: randomUUID() },
    })
    expect([status, body.code]).toEqual([400, 'invalid_request'])
    expect(await clientsOf('Never converted')).toEqual([])
    expect((await acme.get(`/v1/leads/${id}`)).body.status).toBe('new')
  })

  test('is not said to be converted, and a converted one is nothing else', async () => {
    expect((await acme.post('/v1/leads', { name: 'Bugs', status: 'converted' })).status).toBe(400)
    const { id } = await makeLead()
    expect((await acme.patch(`/v1/leads/${id}`, { status: 'converted' })).status).toBe(400)
    expect((await acme.patch(`/v1/leads/${id}`, { status: 'qualified' })).body.status).toBe('qualified')
    await acme.post(`/v1/leads/${id}/convert`, {})
    const refused = await acme.patch(`/v1/leads/${id}`, { status: 'new' })
    expect([refused.status, refused.body.code]).toEqual([409, 'not_editable'])
    const noted = await acme.patch(`/v1/leads/${id}`, { notes: 'Pays late' })
    expect([noted.status, noted.body.notes]).toEqual([200, 'Pays late'])
  })

  test('keeps the client that it became', async () => {
    const { id } = await makeLead()
    const { client } = (await acme.post(`/v1/leads/${id}/convert`, {})).body
    const refused = await acme.delete(`/v1/clients/${client.id}`)
    expect([refused.status, refused.body.code]).toEqual([409, 'in_use'])
    expect((await acme.delete(`/v1/leads/${id}`)).status).toBe(204)
    expect((await acme.delete(`/v1/clients/${client.id}`)).status).toBe(204)
  })

  test("is converted by whoever may write, and is nobody else's", async () => {
    const { id } = await makeLead()
    const viewer = await addMember(platform, 'acme', 'viewer')
    expect((await viewer.post(`/v1/leads/${id}/convert`, {})).body.code).toBe('insufficient_role')
    expect((await globex.post(`/v1/leads/${id}/convert`, {})).status).toBe(404)
    const member = await addMember(platform, 'acme', 'member')
    expect((await member.post(`/v1/leads/${id}/convert`, {})).status).toBe(201)
  })
})

describe('a deal', () => {
  test("is in the tenant's currency, and as probable as its stage, unless it says otherwise", async () => {
    expect((await globex.patch('/v1/settings', { currency: 'CHF' })).status).toBe(200)
    expect(await makeDeal({ stage: 'qualified' }, globex)).toMatchObject({
      currency: 'CHF',
      probability: 25,
    })
    expect(await makeDeal({ currency: 'DZD', probability: 33 }, globex)).toMatchObject({
      currency: 'DZD',
      probability: 33,
    })
  })

  test('is closed when it is won or lost, and open again in any other stage', async () => {
    const { id, closed_at } = await makeDeal({ probability: 42 })
    expect(closed_at).toBeNull()
    const change = async (changes: object) => {
      const { status, body } = await acme.patch(`/v1/deals/${id}`, changes)
      expect(status, JSON.stringify(body)).toBe(200)
      return [body.stage, body.probability, body.closed_at]
    }
    const won = platform.clock.now().toISOString()
    expect(await change({ stage: 'lead' }), 'the stage it is in already').toEqual(['lead', 42, null])
    expect(await change({ stage: 'won' })).toEqual(['won', 100, won])
    platform.clock.advance(60_000)
    expect(await change({ stage: 'won' })).toEqual(['won', 100, won])
    expect(await change({ title: 'Both roofs' })).toEqual(['won', 100, won])
    expect(await change({ stage: 'lost' })).toEqual(['lost', 0, platform.clock.now().toISOString()])
    expect(await change({ stage: 'negotiation' })).toEqual(['negotiation', 75, null])
    expect(await change({ stage: 'proposal', probability: 10 })).toEqual(['proposal', 10, null])
    expect((await acme.patch(`/v1/deals/${id}`, { closed_at: won })).status).toBe(400)
    expect((await makeDeal({ stage: 'lost' })).closed_at).toBe(platform.clock.now().toISOString())
  })
})

describe('the pipeline', () => {
  let mars: Member
  beforeAll(async () => {
    mars = await platform.signUp('Mars')
  })
  const pipelineOf = async (member: Member) => {
    const { status, body } = await member.get('/v1/deals/pipeline')
    expect(status, JSON.stringify(body)).toBe(200)
    return body.data
  }

  test('adds up what a count by hand adds up', async () => {
    expect(await pipelineOf(mars)).toEqual([])
    for (const [stage, currency, amount_cents, probability] of [
      ['won', 'EUR', 1_001, 10],
      ['lost', 'EUR', 5_000, 90],
      ['proposal', 'EUR', 33, 50],
      ['proposal', 'EUR', 34, 50],
      ['proposal', 'CHF', 1, 50],
      ['lead', 'EUR', 7, 3],
      ['lead', 'EUR', 49, 1],
    ] as const) {
      await makeDeal({ stage, currency, amount_cents, probability }, mars)
    }
    const { id } = await makeDeal({ stage: 'lead', currency: 'EUR', amount_cents: 999 }, mars)
    expect((await mars.delete(`/v1/deals/${id}`)).status).toBe(204)
    await makeDeal({ stage: 'proposal', currency: 'EUR', amount_cents: 1_000_000 })
    const line = (
      stage: string,
      currency: string,
      count: number,
      amount_cents: number,
      weighted_amount_cents: number,
    ) => ({
      stage,
      currency,
      count,
      amount_cents,
      weighted_amount_cents,
    })
    expect(await pipelineOf(mars)).toEqual([
      // 0.21 and 0.49 are 0.70: rounded once.
      line('lead', 'EUR', 2, 56, 1),
      // A half goes up.
      line('proposal', 'CHF', 1, 1, 1),
      line('proposal', 'EUR', 2, 67, 34),
      line('won', 'EUR', 1, 1_001, 1_001),
      line('lost', 'EUR', 1, 5_000, 0),
    ])
  })

  test('loses no digit of a sum that is no exact number in JSON', async () => {
    const jupiter = await platform.signUp('Jupiter')
    for (let i = 0; i < 10; i++) {
      const amount_cents = 1_000_000_000_000_000 - (i === 0 ? 1 : 0)
      await makeDeal({ stage: 'won', currency: 'EUR', amount_cents }, jupiter)
    }
    expect(await pipelineOf(jupiter)).toEqual([
      {
        stage: 'won',
        currency: 'EUR',
        count: 10,
        amount_cents: '9999999999999999',
        weighted_amount_cents: '9999999999999999',
      },
    ])
  })

  test('can be read from one index, which holds all that it adds up', async () => {
    const { sql, parameters } = pipelineQuery(tenantQueries).compile()
    const rows = await withDirectClient(platform.database.tenantUrl, (tenant) =>
      inTransaction(tenant, async () => {
        // Of a table this small nothing is worth an index, and what is in it matters little to whether one would do.
        for (const scan of ['seqscan', 'bitmapscan', 'indexscan'])
          await tenant.query(`set local enable_${scan} = off`)
        await tenant.query(`set local app.tenant_id = 'mars'`)
        return (await tenant.query(`explain ${sql}`, [...parameters])).rows
      }),
    )
    const text = rows.map((row) => row['QUERY PLAN']).join('\n')
    expect(text).toContain('Index Only Scan using deals_pipeline')
  })
})
