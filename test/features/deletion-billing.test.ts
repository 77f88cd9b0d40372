import { afterAll, beforeAll, expect, test } from 'vitest'
import { addCustomer, deliverAndApply, startBilledPlatform } from '../support/billed-tenants.ts'
import { keptTables, rowsOf, runDeletion } from '../support/deletion.ts'
import { createCaller, type Platform } from '../support/platform.ts'
import type { StripeDouble } from '../support/stripe-double/index.ts'

const key = 'a-key-of-machines-with-40-characters-or-so'
let billed: Awaited<ReturnType<typeof startBilledPlatform>>
let platform: Platform
let double: StripeDouble
let operator: ReturnType<typeof createCaller>
beforeAll(async () => {
  billed = await startBilledPlatform({ SUPER_ADMIN_KEY: key })
  platform = billed.platform
  double = billed.double
  operator = createCaller(platform.url, { 'X-Admin-Key': key })
})
afterAll(() => billed.stop())

let companies = 0
async function foundPaying() {
  const { tenantId } = await platform.signUp(`Company ${++companies}`)
  const customer = await addCustomer(platform, double, tenantId)
  const { id } = await double.subscribe(customer, double.prices.business.id)
  await deliverAndApply(platform, double, tenantId)
  platform.clock.advance(1000)
  return { tenantId, customer, subscription: id }
}

async function requestDeletion(tenantId: string): Promise<string> {
  const { body } = await operator.request('DELETE', `/v1/admin/tenants/${tenantId}`, { reason: 'Asked for' })
  return body.certificate
}
const certificateAt = async (path: string) => (await operator.get(path)).body
const statusAtStripe = async (id: string) => (await double.stripe.subscriptions.retrieve(id)).status

test('nothing goes before Stripe has ended the subscription, and nothing of who paid is kept', async () => {
  const { tenantId, customer, subscription } = await foundPaying()
  // Of the same customer, from before it was known whose it is.
  await platform.sql(
    `update billing_events set subject_tenant_id = null where id = (
      select id from billing_events where subject_tenant_id = $1 order by id limit 1)`,
    [tenantId],
  )
  const path = await requestDeletion(tenantId)
  // The client tries once more by itself.
  double.fail(500, 2, /^\/v1\/subscriptions/)
  await expect(runDeletion(platform, tenantId)).rejects.toThrow()
  expect(await certificateAt(path)).toMatchObject({
    status: 'running',
    rows_deleted: 0,
    waits_for: expect.stringMatching(/^Stripe, to end the subscription: \w+/),
  })
  await runDeletion(platform, tenantId)
  expect(await statusAtStripe(subscription)).toBe('canceled')
  expect(await certificateAt(path)).toMatchObject({ status: 'done', waits_for: null })
  expect(Object.keys(await rowsOf(platform, tenantId)).sort()).toEqual(keptTables)
  const events = () => platform.sql('select id from billing_events where customer_id = $1', [customer])
  expect(await events()).toEqual([])
  // What Stripe still sends: of the end of the subscription, for one.
  const late = await double.deliverAll(platform.url)
  expect(late.length).toBeGreaterThan(0)
  expect(new Set(late.map(({ status }) => status))).toEqual(new Set([200]))
  expect(await events()).toEqual([])
  expect(Object.keys(await rowsOf(platform, tenantId)).sort()).toEqual(keptTables)
})

test('without keys of Stripe it goes on, and says so in the log', async () => {
  const { tenantId } = await foundPaying()
  const path = await requestDeletion(tenantId)
  await runDeletion({ context: { ...platform.context, billing: undefined } }, tenantId)
  expect((await certificateAt(path)).status).toBe('done')
  expect(platform.logLines.filter((line) => line.includes('Stripe is not told'))).toHaveLength(1)
})
