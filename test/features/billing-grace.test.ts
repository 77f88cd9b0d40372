import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { tasks } from '../../src/jobs/tasks.ts'
import {
  addCustomer,
  applyEvents,
  deliverAndApply,
  startBilledPlatform,
  tenantState,
} from '../support/billed-tenants.ts'
import { dayMs, runTask } from '../support/clock-jobs.ts'
import { signIn } from '../support/members.ts'
import { auditOf } from '../support/operators.ts'
import type { Member, Platform } from '../support/platform.ts'
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'
import type { StripeDouble } from '../support/stripe-double/index.ts'

let sink: SmtpSink
let billed: Awaited<ReturnType<typeof startBilledPlatform>>
let platform: Platform
let double: StripeDouble
beforeAll(async () => {
  sink = await startSmtpSink()
  billed = await startBilledPlatform({ SMTP_URL: sink.url, APP_URL: 'https://app.example.com' })
  platform = billed.platform
  double = billed.double
})
afterAll(async () => {
  await billed.stop()
  await sink.close()
})
beforeEach(async () => {
  platform.clock.advance(1000)
  // Those of the tests before are not looked at any more.
  await platform.sql('delete from graphile_worker._private_jobs')
})

let companies = 0
/** A company that pays for BUSINESS. */
async function foundPaying(fields = {}) {
  const member = await platform.signUp(`Company ${++companies}`, fields)
  const customer = await addCustomer(platform, double, member.tenantId)
  const { id } = await double.subscribe(customer, double.prices.business.id)
  await deliverAndApply(platform, double, member.tenantId)
  await platform.sql('delete from graphile_worker._private_jobs')
  return { ...member, subscription: id }
}
/** Has what Stripe did take effect; the jobs that would do so are done then. */
async function settle({ tenantId }: Member) {
  await deliverAndApply(platform, double, tenantId)
  await takeComparisons(tenantId)
}
const takeComparisons = (tenantId: string) =>
  platform.sql(
    `delete from graphile_worker._private_jobs
      where payload ->> 'tenant_id' = $1 and payload ->> 'template' is null returning id`,
    [tenantId],
  )
const stateOf = ({ tenantId }: Member) => tenantState(platform, tenantId)

/** The owner, signed in by now. */
const ownerOf = ({ tenantId, email }: Member) => signIn(platform, tenantId, email)

/** What the owner has been told since this was asked last. */
async function told({ tenantId }: Member): Promise<string[]> {
  const jobs = await platform.sql(
    `delete from graphile_worker._private_jobs
      where payload ->> 'tenant_id' = $1 and payload ->> 'template' is not null
      returning id, payload ->> 'template' as template`,
    [tenantId],
  )
  return jobs.sort((one, other) => one.id - other.id).map(({ template }) => template)
}
/** Runs what runs by itself, and the comparison if that has asked for one. @returns whether it has */
async function runClockJobs({ tenantId }: Member): Promise<boolean> {
  await runTask(platform.context, 'payment-notices')
  await runTask(platform.context, 'grace-over')
  const asked = await takeComparisons(tenantId)
  if (asked.length > 0) await applyEvents(platform, tenantId)
  return asked.length > 0
}

describe('a payment that failed', () => {
  test('is waited for for seven days, with reminders and without new seats; then access ends', async () => {
    const company = await foundPaying()
    const failedAt = platform.clock.now()
    double.setStatus(company.subscription, 'past_due')
    platform.clock.advance(dayMs)
    await settle(company)
    expect(await stateOf(company)).toMatchObject({ status: 'ACTIVE', past_due_since: failedAt })
    expect(await told(company)).toEqual(['payment_failed'])
    const owner = await ownerOf(company)
    const invited = await owner.post('/v1/invitations', { email: 'new@new.example', role: 'viewer' })
    expect([invited.status, invited.body.code]).toEqual([402, 'payment_required'])
    expect((await owner.post('/v1/clients', { name: 'Wayne Enterprises' })).status).toBe(201)

    const days: Record<number, string[]> = {}
    for (let hours = 24; hours < 7 * 24; hours += 6) {
      expect(await runClockJobs(company)).toBe(false)
      const templates = await told(company)
      if (templates.length > 0) days[hours / 24] = templates
      platform.clock.advance(dayMs / 4)
    }
    expect(days).toEqual({ 4: ['payment_reminder'], 6: ['payment_reminder'] })
    platform.clock.advance(-1)
    expect(await runClockJobs(company)).toBe(false)
    expect(await stateOf(company)).toMatchObject({ status: 'ACTIVE' })
    platform.clock.advance(1)
    expect(await runClockJobs(company)).toBe(true)
    const since = failedAt.toISOString()
    expect(await stateOf(company)).toMatchObject({
      status: 'SUSPENDED',
      status_set_by: 'billing',
      status_reason: `Stripe: subscription ${company.subscription} is past_due since ${since}, its grace is over, on the plan BUSINESS`,
    })
    expect(await told(company)).toEqual(['suspended'])
    expect((await (await ownerOf(company)).get('/v1/clients')).body.code).toBe('payment_required')
    expect(await runClockJobs(company), 'once').toBe(false)
    expect(await told(company)).toEqual([])

    double.pay(company.subscription)
    await settle(company)
    expect(await stateOf(company)).toMatchObject({
      status: 'ACTIVE',
      past_due_since: null,
      past_due_notice: null,
    })
    expect((await (await ownerOf(company)).get('/v1/clients')).status).toBe(200)
    expect(await told(company)).toEqual([])

    platform.clock.advance(dayMs)
    double.setStatus(company.subscription, 'past_due')
    await settle(company)
    expect(await stateOf(company)).toMatchObject({
      status: 'ACTIVE',
      past_due_since: platform.clock.now(),
      past_due_notice: 'failed',
    })
    expect(await told(company)).toEqual(['payment_failed'])
  })

  test('and is made good ends it at once, as both trails of it say', async () => {
    const company = await foundPaying()
    double.setStatus(company.subscription, 'past_due')
    await settle(company)
    platform.clock.advance(dayMs)
    double.pay(company.subscription)
    await settle(company)
    expect(await stateOf(company)).toMatchObject({ past_due_since: null, past_due_notice: null })
    expect((await auditOf(platform, company.tenantId)).slice(-2)).toMatchObject([
      { action: 'tenant.payment_due', changed_fields: ['past_due_since'] },
      { action: 'tenant.payment_settled', changed_fields: ['past_due_since'] },
    ])
    await told(company)
    platform.clock.advance(9 * dayMs)
    await runClockJobs(company)
    expect(await told(company), 'nothing is due').toEqual([])
    const owner = await ownerOf(company)
    const invited = await owner.post('/v1/invitations', { email: 'new@new.example', role: 'viewer' })
    expect(invited.status).toBe(201)
  })

  test('and is given up by Stripe suspends at once, and is not said to be settled', async () => {
    const company = await foundPaying()
    double.setStatus(company.subscription, 'past_due')
    await settle(company)
    await told(company)
    double.setStatus(company.subscription, 'unpaid')
    await settle(company)
    expect(await stateOf(company)).toMatchObject({ status: 'SUSPENDED', past_due_since: null })
    expect(await told(company)).toEqual(['suspended'])
    expect((await auditOf(platform, company.tenantId)).slice(-2)).toMatchObject([
      { action: 'tenant.suspended', changed_fields: ['status'] },
      { action: 'tenant.updated', changed_fields: ['past_due_since'] },
    ])
  })

  test.each([
    [3, 'payment_failed', '3_days'],
    [4.5, 'payment_reminder', '1_day'],
    [6.5, 'payment_reminder', null],
  ])('and is learnt of after %d days is told as what it is by then: %s', async (days, template, next) => {
    const company = await foundPaying()
    double.setStatus(company.subscription, 'past_due')
    platform.clock.advance(days * dayMs)
    await settle(company)
    expect(await told(company)).toEqual([template])
    await runClockJobs(company)
    expect(await told(company)).toEqual([])
    platform.clock.advance((6.75 - days) * dayMs)
    await runClockJobs(company)
    expect(await told(company), 'after a time without jobs the last one only').toEqual(
      next ? ['payment_reminder'] : [],
    )
    expect(await stateOf(company)).toMatchObject({ past_due_notice: '1_day' })
  })

  test('and is learnt of when grace is over suspends, with that mail only', async () => {
    const company = await foundPaying()
    double.setStatus(company.subscription, 'past_due')
    platform.clock.advance(7 * dayMs)
    await settle(company)
    expect(await stateOf(company)).toMatchObject({ status: 'SUSPENDED' })
    expect(await told(company)).toEqual(['suspended'])
  })
})

describe('when grace is over', () => {
  test('who has paid while word of it was lost is not suspended', async () => {
    const company = await foundPaying()
    double.setStatus(company.subscription, 'past_due')
    await settle(company)
    await told(company)
    double.pay(company.subscription)
    platform.clock.advance(7 * dayMs)
    expect(await runClockJobs(company)).toBe(true)
    expect(await stateOf(company)).toMatchObject({ status: 'ACTIVE', past_due_since: null })
    expect(await told(company)).not.toContain('suspended')
  })

  test('and Stripe does not answer they go on, and each run asks again', async () => {
    const company = await foundPaying()
    double.setStatus(company.subscription, 'past_due')
    await settle(company)
    platform.clock.advance(8 * dayMs)
    for (let run = 0; run < 2; run++) {
      double.fail(500, 2)
      await expect(runClockJobs(company)).rejects.toMatchObject({ type: 'StripeAPIError' })
      expect(await stateOf(company)).toMatchObject({ status: 'ACTIVE' })
    }
    await runClockJobs(company)
    expect(await stateOf(company)).toMatchObject({ status: 'SUSPENDED' })
  })

  test('of a tenant without a customer the clock alone decides', async () => {
    const company = await platform.signUp(`Company ${++companies}`)
    const since = platform.clock.now().toISOString()
    await platform.forceTenant(
      company.tenantId,
      `status = 'ACTIVE', past_due_since = '${since}', trial_ends_at = null`,
    )
    platform.clock.advance(7 * dayMs)
    expect(await runClockJobs(company)).toBe(false)
    expect(await stateOf(company)).toMatchObject({
      status: 'SUSPENDED',
      status_reason: `Payment overdue since ${since.slice(0, 10)}`,
    })
  })
})

describe('the mail', () => {
  async function mailOf(company: Member, template: 'payment_failed' | 'payment_reminder' | 'suspended') {
    const before = sink.mails.length
    const job = { tenantId: company.tenantId, messageId: `<${template}.${before}@tenantry.example>` }
    await tasks['send-tenant-mail'](platform.context, { template, user_id: company.userId }, job)
    return sink.mails.slice(before)[0]
  }

  test('says in the owner’s language what is due, and until when', async () => {
    const english = await foundPaying()
    const french = await foundPaying({ locale: 'fr' })
    for (const { subscription, ...company } of [english, french]) {
      double.setStatus(subscription, 'past_due')
      await settle(company)
    }
    const name = (company: Member) => company.tenantId.replace('company-', 'Company ')
    const mails = async () => {
      const all: unknown[] = []
      for (const template of ['payment_failed', 'payment_reminder', 'suspended'] as const) {
        for (const company of [english, french]) all.push((await mailOf(company, template))?.subject)
      }
      return all
    }
    expect(await mails()).toEqual([
      'A payment has failed',
      'Un paiement a échoué',
      `The access of ${name(english)} ends within 7 days`,
      `L'accès de ${name(french)} se ferme d'ici 7 jours`,
      undefined,
      undefined,
    ])
    platform.clock.advance(6 * dayMs)
    const failed = await mailOf(english, 'payment_failed')
    expect(failed?.text).toContain('Everything goes on for 1 more day, but nobody new can join.')
    expect(failed?.text).toContain('https://app.example.com/billing')
    const reminder = await mailOf(french, 'payment_reminder')
    expect(reminder?.subject).toBe(`L'accès de ${name(french)} se ferme d'ici 24 heures`)
    expect(reminder?.text).toContain("Sans règlement, l'accès se ferme d'ici 24 heures")
    platform.clock.advance(dayMs)
    expect(await mails(), 'it is true no more, or not yet').toEqual(Array(6).fill(undefined))
    for (const company of [english, french]) await runClockJobs(company)
    expect(await mails()).toEqual([
      ...Array(4).fill(undefined),
      `${name(english)} is suspended`,
      `${name(french)} est suspendu`,
    ])
  })
})
