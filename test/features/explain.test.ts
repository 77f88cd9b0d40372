import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { storeEvent } from '../../src/features/billing/inbox.ts'
import { tasks } from '../../src/jobs/tasks.ts'
import { dayMs, hourMs } from '../support/clock-jobs.ts'
import { runCliHere } from '../support/command-line.ts'
import { addPerson } from '../support/members.ts'
import { createCaller, type Platform, startPlatform } from '../support/platform.ts'
import { type StripeDouble, startStripeDouble } from '../support/stripe-double/index.ts'

const key = 'a-key-of-machines-with-40-characters-or-so'

let double: StripeDouble
let platform: Platform
let operator: ReturnType<typeof createCaller>
beforeAll(async () => {
  double = await startStripeDouble()
  platform = await startPlatform({ ...double.env, SUPER_ADMIN_KEY: key })
  double.useClock(platform.clock)
  operator = createCaller(platform.url, { 'X-Admin-Key': key })
})
afterAll(async () => {
  await platform.stop()
  await double.stop()
})

const path = (id: string) => `/v1/admin/tenants/${id}`
const act = async (id: string, what: string, reason: string) => {
  const { status, body } = await operator.post(`${path(id)}/${what}`, { reason })
  expect(status, JSON.stringify(body)).toBe(200)
}
const explain = async (id: string) => {
  const { status, body } = await operator.get(`${path(id)}/explain`)
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}
const sentences = async (id: string): Promise<string[]> =>
  (await explain(id)).steps.map(({ sentence }: { sentence: string }) => sentence)
const summary = async (id: string): Promise<string> => (await explain(id)).summary

const settle = (tenantId: string) => tasks['sync-billing'](platform.context, {}, { tenantId, messageId: '' })
/** What Stripe has to tell arrives and has its effect. */
async function hear(tenantId: string) {
  const made = double.events.length
  await double.deliverAll(platform.url)
  await settle(tenantId)
  return made
}
/** A customer of Stripe's for a tenant. */
async function addCustomer(tenantId: string) {
  const { id } = await double.stripe.customers.create({ metadata: { tenant_id: tenantId } })
  await hear(tenantId)
  return id
}
/** The latest event of a type. */
const latest = (type: string) => double.events.findLast((event) => event.type === type)?.id
/** An event of Stripe that arrives now, and of which Stripe's own state knows nothing. */
async function arrive(
  tenantId: string,
  given: { id: string; type?: string; customer?: string; ageMs?: number },
) {
  const { id, type = 'customer.subscription.updated', customer, ageMs = 0 } = given
  const created = Math.floor((platform.clock.now().getTime() - ageMs) / 1000)
  const object = { object: 'subscription', customer, metadata: { tenant_id: tenantId } }
  const event = { id, object: 'event', type, created, data: { object } }
  await storeEvent(platform.context, event, JSON.stringify(event), 'webhook')
}

describe('what operators and the clock did', () => {
  test('a signup', async () => {
    await platform.signUp('Plain', { plan: 'starter' })
    const { steps, ...present } = await explain('plain')
    expect(present).toEqual({
      tenant_id: 'plain',
      status: 'TRIAL',
      plan: 'STARTER',
      summary:
        'plain is in its trial, which ends on 16 March 2026 at 10:00 UTC. ' +
        'Its plan has been STARTER since 2 March 2026 at 10:00 UTC: Signed up. Stripe knows no customer of it.',
      older_steps: 0,
    })
    const step = {
      kind: 'change',
      at: '2026-03-02T10:00:00.000Z',
      by: 'system',
      from: null,
      cause: 'Signed up',
    }
    expect(steps).toEqual([
      {
        ...step,
        field: 'status',
        to: 'TRIAL',
        sentence: 'On 2 March 2026 at 10:00 UTC the tenant began in the status TRIAL: Signed up.',
      },
      {
        ...step,
        field: 'plan',
        to: 'STARTER',
        sentence: 'On 2 March 2026 at 10:00 UTC the tenant began on the plan STARTER: Signed up.',
      },
    ])
  })

  test('acts of operators, and a trial that is over', async () => {
    await platform.signUp('Acted')
    const change = { plan: 'business', trial_ends_at: '2026-03-09T12:30:00Z', reason: 'A gift.' }
    expect((await operator.patch(path('acted'), change)).status).toBe(200)
    platform.clock.advance(dayMs)
    await act('acted', 'suspend', 'Looks odd')
    expect(await summary('acted')).toContain(
      'An operator suspended acted on 3 March 2026 at 10:00 UTC: Looks odd. Only an operator lifts that, no payment does.',
    )
    await act('acted', 'reactivate', 'All is well')
    expect((await sentences('acted')).slice(2)).toEqual([
      'On 2 March 2026 at 10:00 UTC an operator changed the plan from PROFESSIONAL to BUSINESS: A gift.',
      'On 2 March 2026 at 10:00 UTC an operator moved the end of the trial from 16 March 2026 at 10:00 UTC to 9 March 2026 at 12:30 UTC: A gift.',
      'On 3 March 2026 at 10:00 UTC an operator changed the status from TRIAL to SUSPENDED: Looks odd.',
      'On 3 March 2026 at 10:00 UTC an operator changed the status from SUSPENDED to TRIAL: All is well.',
    ])
    platform.clock.advance(7 * dayMs)
    expect(await summary('acted')).toBe(
      'The trial of acted has been over since 9 March 2026 at 12:30 UTC: it is blocked until it chooses a plan. ' +
        'Its plan has been BUSINESS since 2 March 2026 at 10:00 UTC, by an operator: A gift. ' +
        'Stripe knows no customer of it.',
    )
    await act('acted', 'cancel', 'They asked for it')
    expect(await summary('acted')).toMatch(
      /^An operator cancelled acted on 10 March 2026 at 10:00 UTC: They asked for it. A new subscription brings it back\./,
    )
  })

  test('one that waits for its address, and one whose rows are going', async () => {
    await platform.signUp('Leaving')
    await platform.forceTenant('leaving', `status = 'PENDING'`)
    expect(await summary('leaving')).toMatch(/^leaving has waited since .* for its owner's e-mail address/)
    await platform.forceTenant('leaving', `status = 'DELETING', status_reason = 'Closed'`)
    expect(await summary('leaving')).toMatch(/^leaving has been in deletion since .* UTC: Closed\./)
    await platform.forceTenant('leaving', `status = 'DELETED'`)
    expect(await summary('leaving')).toMatch(/^leaving was deleted on .* UTC; its id stays taken\./)
  })
})

describe('what Stripe said', () => {
  test('a whole life: paid, past due, suspended, paid again, cancelled, subscribed again', async () => {
    const id = 'lively'
    await platform.signUp('Lively')
    const start = platform.clock.now()
    const on = (days: number) => spoken(new Date(start.getTime() + days * dayMs))
    const customer = await addCustomer(id)
    const chosen = await double.subscribe(customer, double.prices.business.id)
    await hear(id)
    const is = (what: string, sub = chosen.id) => `subscription ${sub} is ${what}`
    expect(await summary(id)).toMatch(
      new RegExp(
        `^lively has been active since ${on(0)}: Stripe's event evt_\\w+ \\(.+\\): ${is('active, on the plan BUSINESS')}. ` +
          `Its plan is BUSINESS for the same reason. Stripe said last, on ${on(0)}: ${is('active')}.$`,
      ),
    )

    platform.clock.advance(3 * hourMs)
    expect(await summary(id)).toMatch(/It has not been compared with Stripe since\.$/)
    platform.clock.advance(10 * dayMs - 3 * hourMs)
    double.setStatus(chosen.id, 'past_due')
    await hear(id)
    expect(await summary(id)).toContain(
      `A payment has been due since ${on(10)}: without it access ends on ${on(17)}.`,
    )
    platform.clock.advance(7 * dayMs)
    expect(await summary(id)).toContain(
      `A payment has been due since ${on(10)} and the time of grace was over on ${on(17)}: it is about to be suspended.`,
    )
    await tasks['reconcile-billing'](platform.context, {}, { tenantId: null, messageId: '' })
    expect(await summary(id)).toMatch(
      new RegExp(
        `^lively has been suspended since ${on(17)}: .*${chosen.id} is past_due.* A payment lifts that at once.`,
      ),
    )
    platform.clock.advance(dayMs)
    double.pay(chosen.id)
    await hear(id)
    platform.clock.advance(dayMs)
    double.setStatus(chosen.id, 'canceled')
    await hear(id)
    expect(await summary(id)).toMatch(
      new RegExp(
        `^lively has been cancelled since ${on(19)}: .*${is('canceled')}.* A new subscription brings it back.`,
      ),
    )
    platform.clock.advance(dayMs)
    const again = await double.subscribe(customer, double.prices.starter.id)
    await hear(id)

    const steps = (await explain(id)).steps as { kind: string; sentence: string; event_id?: string }[]
    const changes = steps.filter(({ kind }) => kind === 'change').map(({ sentence }) => sentence)
    const byEvent = ", by Stripe's event evt_\\w+\\.$"
    const byReconciliation = ': Reconciliation with Stripe: .*past_due.*\\.$'
    const expected = [
      `^On ${on(0)} the tenant began in the status TRIAL: Signed up\\.$`,
      `^On ${on(0)} the tenant began on the plan PROFESSIONAL: Signed up\\.$`,
      `^On ${on(0)} the plan changed from PROFESSIONAL to BUSINESS${byEvent}`,
      `^On ${on(0)} the status changed from TRIAL to ACTIVE${byEvent}`,
      `^On ${on(10)} a payment was found to have been due since ${on(10)}${byEvent}`,
      `^On ${on(17)} the status changed from ACTIVE to SUSPENDED${byReconciliation}`,
      `^On ${on(18)} the status changed from SUSPENDED to ACTIVE${byEvent}`,
      `^On ${on(18)} the tenant was past due no longer, as it had been since ${on(10)}${byEvent}`,
      `^On ${on(19)} the status changed from ACTIVE to CANCELLED${byEvent}`,
      `^On ${on(20)} the plan changed from BUSINESS to STARTER${byEvent}`,
      `^On ${on(20)} the status changed from CANCELLED to ACTIVE${byEvent}`,
    ]
    expect(changes).toEqual(expected.map((pattern) => expect.stringMatching(new RegExp(pattern))))
    // Each change stands right behind the event that caused it, or behind another change by it.
    const told = steps.map(({ kind, event_id }) => ({ kind, event_id }))
    for (const [index, { kind, event_id }] of told.entries()) {
      if (kind === 'change' && event_id) expect(told[index - 1]?.event_id).toBe(event_id)
    }
    const created = latest('customer.subscription.created')
    expect(steps.find(({ event_id, kind }) => event_id === created && kind === 'event')?.sentence).toMatch(
      new RegExp(
        `^On ${on(20)} Stripe's event ${created} \\(customer.subscription.created\\) arrived. Stripe said: ${is('active, on the plan STARTER', again.id)}\\.`,
      ),
    )
    // In the order in which all of it happened.
    const at = (await explain(id)).steps.map((step: { at: string }) => step.at)
    expect(at).toEqual(at.toSorted())
  })

  test('an operator holds what Stripe says is over', async () => {
    const id = 'held'
    await platform.signUp('Held')
    const customer = await addCustomer(id)
    const { id: subscription } = await double.subscribe(customer, double.prices.starter.id)
    await hear(id)
    double.setStatus(subscription, 'canceled')
    await hear(id)
    await act(id, 'reactivate', 'Pays by invoice')
    await operator.patch(path(id), { plan: 'enterprise', reason: 'As agreed' })
    await settle(id)
    const at = spoken(platform.clock.now())
    expect(await summary(id)).toBe(
      `held has been active since ${at}: Pays by invoice. An operator set that, and it stands until Stripe says something new. ` +
        `Its plan has been ENTERPRISE since ${at}, by an operator: As agreed. That stands until Stripe says something new. ` +
        `Stripe said last, on ${at}: subscription ${subscription} is canceled.`,
    )
  })

  test('events that changed nothing, are of others, of no weight, late, replayed, or wait', async () => {
    const id = 'noisy'
    await platform.signUp('Noisy')
    const customer = await addCustomer(id)
    await double.subscribe(customer, double.prices.starter.id)
    await hear(id)
    platform.clock.advance(dayMs)
    const at = spoken(platform.clock.now())
    const before = (await sentences(id)).length
    const more = async () => (await sentences(id)).slice(before)

    await arrive(id, { id: 'evt_same', customer })
    expect(await more()).toEqual([
      `On ${at} Stripe's event evt_same (customer.subscription.updated) arrived. It waits to be applied.`,
    ])
    expect(await summary(id)).toMatch(/1 event of Stripe waits to be applied\.$/)
    await settle(id)
    const said = /Stripe said: subscription sub_\w+ is active, on the plan STARTER\. That changed nothing\.$/
    expect(await more()).toEqual([expect.stringMatching(said)])

    await arrive(id, { id: 'evt_theirs', customer: 'cus_other' })
    await settle(id)
    await arrive(id, { id: 'evt_weightless', type: 'invoice.upcoming', customer })
    await arrive(id, { id: 'evt_late', type: 'invoice.upcoming', customer, ageMs: 2 * dayMs })
    expect((await more()).filter((sentence) => !sentence.includes('evt_same')).toSorted()).toEqual([
      `On ${at} Stripe's event evt_late (invoice.upcoming), made on ${spoken(new Date(platform.clock.now().getTime() - 2 * dayMs))}, arrived. Nothing here depends on events of this type.`,
      `On ${at} Stripe's event evt_theirs (customer.subscription.updated) arrived. It is about another customer than this tenant's, and changed nothing.`,
      `On ${at} Stripe's event evt_weightless (invoice.upcoming) arrived. Nothing here depends on events of this type.`,
    ])

    platform.clock.advance(dayMs)
    const replayed = (await explain(id)).steps.find(
      ({ outcome }: { outcome?: string }) => outcome === 'changed',
    )
    const { status } = await operator.post(`/v1/admin/billing-events/${replayed.event_id}/replay`, undefined)
    expect(status).toBe(202)
    const again = async () =>
      (await explain(id)).steps.find(
        (step: { kind: string; event_id?: string }) =>
          step.kind === 'event' && step.event_id === replayed.event_id,
      ).sentence
    expect(await again()).toMatch(
      /An operator had it replayed 1 time\. It changed the plan and the status before, and waits to be applied again\.$/,
    )
    await settle(id)
    expect(await again()).toMatch(
      new RegExp(
        `An operator had it replayed 1 time, and it was applied last on ${spoken(platform.clock.now())}\\. .*It changed the plan and the status before, and nothing this time\\.$`,
      ),
    )
  })

  test('of a long history the newest 200 steps', async () => {
    await platform.signUp('Long')
    await platform.sql(
      `insert into billing_events (id, type, subject_tenant_id, payload, source, occurred_at, received_at, applied_at, outcome)
        select 'evt_long_' || n, 'invoice.upcoming', 'long', '{}', 'webhook', at, at, at, 'ignored'
        from generate_series(1, 450) n, lateral (select $1::timestamptz + n * interval '1 minute' as at) at`,
      [platform.clock.now()],
    )
    const { steps, older_steps } = await explain('long')
    expect([steps.length, older_steps]).toEqual([200, 252])
    expect([steps[0].event_id, steps.at(-1).event_id]).toEqual(['evt_long_251', 'evt_long_450'])
  })
})

test('nobody is named', async () => {
  const person = await addPerson(platform, 'acme', 'owner', { first_name: 'Grace', last_name: 'Hopper' })
  const text = JSON.stringify(await explain('acme'))
  for (const word of [person.email, 'Grace', 'Hopper', platform.acme.email, platform.acme.userId])
    expect(text).not.toContain(word)
})

test.each(['nobody', 'system-default', 'No Id'])('%s is not found', async (id) => {
  const { status, body } = await operator.get(`${path(encodeURIComponent(id))}/explain`)
  expect([status, body.code]).toEqual([404, 'not_found'])
})

test('is for operators alone', async () => {
  expect((await platform.acme.get(`${path('acme')}/explain`)).status).toBe(401)
})

describe('on the command line', () => {
  const cli = (...args: string[]) => runCliHere(platform, 'explain-tenant', ...args)

  test('a heading, the summary, and a line for each step, without colour where no terminal is', async () => {
    await platform.signUp('Printed')
    const { code, stdout } = await cli('printed')
    const [heading, text, empty, ...lines] = stdout.trimEnd().split('\n')
    expect([code, heading, empty]).toEqual([0, 'printed: TRIAL, plan PROFESSIONAL', ''])
    expect(text).toMatch(/^The trial of printed has been over since .*\. Stripe knows no customer of it\.$/)
    expect(lines).toEqual(await sentences('printed'))
  })

  test('--json is what the API answers', async () => {
    const { code, stdout } = await cli('acme', '--json')
    const { summary: _mine, ...printed } = JSON.parse(stdout)
    const { summary: _theirs, ...answered } = await explain('acme')
    expect([code, printed]).toEqual([0, answered])
  })

  test('says so when only the newest steps are told', async () => {
    const { stdout } = await cli('long')
    expect(stdout).toContain('\n\nThe newest 200 steps; 252 older ones are left out.\nOn ')
  })

  test.each([
    ['acm', 'There is no tenant "acm". There is acme.'],
    ['Globexx Inc', 'There is no tenant "Globexx Inc". There is globex.'],
    ['l', 'There is no tenant "l". There are globex, held, leaving, lively, long.'],
    ['golbex', 'There is no tenant "golbex". There is globex.'],
    ['zzz', 'There is no tenant "zzz".'],
    ['system-default', 'There is no tenant "system-default".'],
  ])('%s: %s', async (id, message) => {
    expect(await cli(id)).toEqual({ code: 1, stdout: '', stderr: `${message}\n` })
  })

  test('--help shows an example; a missing id is wrong usage', async () => {
    const { code, stdout } = await cli('--help')
    expect([code, stdout]).toEqual([0, expect.stringContaining('npm run cli -- explain-tenant acme')])
    expect(await cli()).toMatchObject({ code: 2, stdout: '' })
  })
})

/** An instant as it is said. */
function spoken(at: Date): string {
  const months = 'January February March April May June July August September October November December'
  const [day, month] = [at.getUTCDate(), months.split(' ')[at.getUTCMonth()]]
  return `${day} ${month} ${at.getUTCFullYear()} at ${at.toISOString().slice(11, 16)} UTC`
}
