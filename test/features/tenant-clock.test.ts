import { parseCrontab } from 'graphile-worker'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { TenantId } from '../../src/db/tenant-id.ts'
import { changeStatus } from '../../src/features/tenants/status.ts'
import { crontab } from '../../src/jobs/tasks.ts'
import { dayMs, hourMs, runJobs, untilNoJobs } from '../support/clock-jobs.ts'
import { addMember, addPerson, signIn } from '../support/members.ts'
import { type Answer, type Member, type Platform, startPlatform } from '../support/platform.ts'
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'

let sink: SmtpSink
let platform: Platform
beforeEach(async () => {
  sink = await startSmtpSink()
  platform = await startPlatform({ SMTP_URL: sink.url, APP_URL: 'https://app.example.com' }, { worker: true })
})
afterEach(async () => {
  await platform.stop()
  await sink.close()
})

const tenant = async (tenantId: string) =>
  (
    await platform.sql(
      `select status, status_set_by, status_reason, trial_notice, trial_ends_at, past_due_since
        from tenants where tenant_id = $1`,
      [tenantId],
      tenantId,
    )
  )[0]

const subscribe = (tenantId: string) =>
  platform.context.db.withPlatform(
    'tenants',
    (tx) =>
      changeStatus(tx, {
        tenantId: tenantId as TenantId,
        to: 'ACTIVE',
        agent: 'billing',
        actor: { kind: 'system', id: 'billing' },
        cause: 'subscribed',
        ip: null,
        requestId: 'a test',
        now: platform.clock.now(),
      }),
    { tenantId: tenantId as TenantId },
  )

const setPastDue = (tenantId: string) =>
  platform.sql(
    'update tenants set past_due_since = $1 where tenant_id = $2',
    [platform.clock.now(), tenantId],
    tenantId,
  )

const outcome = ({ status, body }: Answer) => [status, body.code]

test('the tasks are woken every five minutes, or every hour', () => {
  const wakings = parseCrontab(crontab).map(({ task, match }) => {
    const minutes = Array.from({ length: 60 }, (_, min) => min)
    const isEachHour = Array.from({ length: 24 }, (_, hour) => hour)
    const matching = minutes.filter((min) =>
      isEachHour.every((hour) => match({ min, hour, date: 29, month: 2, dow: 4 })),
    )
    return [task, matching.length]
  })
  expect(wakings).toEqual(
    expect.arrayContaining([
      ['trial-notices', 12],
      ['payment-notices', 12],
      ['grace-over', 12],
      ['recount-seats', 1],
    ]),
  )
})

test('thirty days of seven companies', async () => {
  const { clock, acme, globex } = platform
  const signedUpAt = clock.now().getTime()
  const french = await platform.signUp('Bonjour', { locale: 'fr', admin_first_name: 'Zoé' })
  const late = await platform.signUp('Late')
  const free = await platform.signUp('Gratis', { plan: 'free' })
  const blocked = await platform.signUp('Blocked')
  const cancelled = await platform.signUp('Cancelled')
  const second = await addPerson(platform, 'acme', 'owner')
  const disabled = await addPerson(platform, 'acme', 'owner')
  await acme.patch(`/v1/users/${disabled.userId}`, { status: 'disabled' })
  await addPerson(platform, 'acme', 'admin')
  const colleague = await addPerson(platform, 'late', 'member')

  const seen: [day: number, to: string, subject: string][] = []
  let read = 0
  const requests: Record<string, unknown[]> = {}
  const note = async (what: string, { email, tenantId }: Member) => {
    const member = await signIn(platform, tenantId, email)
    requests[what] = [
      outcome(await member.get('/v1/clients')),
      outcome(await member.post('/v1/invitations', { email: `${read}@new.example`, role: 'viewer' })),
    ]
  }
  const events: Record<number, () => Promise<unknown>> = {
    1: () => subscribe('late'),
    5: () => subscribe(globex.tenantId),
    12: () => platform.forceTenant('blocked', `status = 'SUSPENDED', status_set_by = 'operator'`),
    12.5: () => platform.forceTenant('cancelled', `status = 'CANCELLED'`),
    13.75: () => note('acme, day 13.75', acme),
    14: () => note('acme, day 14', acme),
    19: () => note('late, day 19', late),
    20: () => setPastDue('late'),
    20.25: async () => {
      await note('late, day 20.25', late)
      const owner = await signIn(platform, 'late', late.email)
      const made = await owner.post('/v1/clients', { name: 'Wayne Enterprises' })
      const removed = await owner.delete(`/v1/users/${colleague.userId}`)
      requests['late, other writes'] = [made.status, removed.status]
    },
    26.75: () => note('late, day 26.75', late),
    27.25: () => note('late, day 27.25', late),
    30: async () => {
      await note('globex, day 30', globex)
      await note('free, day 30', free)
    },
  }
  for (let hour = 0; hour <= 30 * 24; hour += 6) {
    const day = hour / 24
    expect(clock.now().getTime()).toBe(signedUpAt + day * dayMs)
    await events[day]?.()
    await runJobs(platform)
    for (const { recipients, subject } of sink.mails.slice(read)) {
      // Those that the events of this test send.
      if (!subject.includes(' invites you ')) seen.push([day, recipients.join(), subject])
    }
    read = sink.mails.length
    clock.advance(6 * hourMs)
  }

  const bySignup = (a: unknown[], b: unknown[]) => JSON.stringify(a).localeCompare(JSON.stringify(b))
  const owners = [acme, globex, late, free, blocked, cancelled]
  const trial = (day: number, subject: string, ...to: { email: string }[]) =>
    to.map(({ email }) => [day, email, subject])
  expect(seen.sort(bySignup)).toEqual(
    [
      ...trial(0, 'Welcome, Ada', ...owners),
      ...trial(0, 'Bienvenue, Zoé', french),
      ...trial(11, 'Your trial ends within 3 days', acme, second, blocked, cancelled),
      ...trial(11, "Votre essai se termine d'ici 3 jours", french),
      ...trial(13, 'Your trial ends within 24 hours', acme, second),
      ...trial(13, "Votre essai se termine d'ici 24 heures", french),
      ...trial(14, 'Your trial has ended', acme, second),
      ...trial(14, 'Votre essai est terminé', french),
      ...trial(20, 'A payment has failed', late),
      ...trial(24, 'The access of Late ends within 3 days', late),
      ...trial(26, 'The access of Late ends within 24 hours', late),
      ...trial(27, 'Late is suspended', late),
    ].sort(bySignup),
  )
  expect(requests).toEqual({
    'acme, day 13.75': [
      [200, undefined],
      [201, undefined],
    ],
    'acme, day 14': [
      [402, 'trial_expired'],
      [402, 'trial_expired'],
    ],
    'late, day 19': [
      [200, undefined],
      [201, undefined],
    ],
    'late, day 20.25': [
      [200, undefined],
      [402, 'payment_required'],
    ],
    'late, other writes': [201, 204],
    'late, day 26.75': [
      [200, undefined],
      [402, 'payment_required'],
    ],
    'late, day 27.25': [
      [402, 'payment_required'],
      [402, 'payment_required'],
    ],
    'globex, day 30': [
      [200, undefined],
      [201, undefined],
    ],
    'free, day 30': [
      [200, undefined],
      [201, undefined],
    ],
  })
  expect(await tenant('acme')).toMatchObject({ status: 'TRIAL', trial_notice: 'over' })
  expect(await tenant('late')).toMatchObject({
    status: 'SUSPENDED',
    status_set_by: 'billing',
    status_reason: 'Payment overdue since 2026-03-22',
  })
  expect(await tenant('gratis')).toMatchObject({ status: 'ACTIVE', trial_notice: null })
  const ends = await platform.sql(
    `select actor_kind, actor_id, reason, changed_fields from audit_entries
      where action = 'tenant.trial_ended' and tenant_id = 'acme'`,
    [],
    'acme',
  )
  expect(ends).toEqual([
    {
      actor_kind: 'system',
      actor_id: 'trial-notices',
      reason: 'The trial ended at 2026-03-16T10:00:00.000Z',
      changed_fields: ['trial_notice'],
    },
  ])
  const failures = platform.logLines.filter((line) => line.includes('"level":"error"'))
  expect(failures).toEqual([])
}, 180_000)

describe('the end of a trial', () => {
  test('comes with the clock, to the millisecond, whether jobs run or not', async () => {
    const { clock, acme } = platform
    clock.advance(14 * dayMs - 1)
    const owner = await signIn(platform, 'acme', acme.email)
    expect((await owner.get('/v1/clients')).status).toBe(200)
    clock.advance(1)
    const refusal = async () => {
      const [english, french] = [
        await owner.get('/v1/clients'),
        await owner.post('/v1/clients', { name: 'x' }, { 'Accept-Language': 'fr' }),
      ]
      return [english, french].map(({ status, body }) => [status, body.code, body.detail])
    }
    const expected = [
      [402, 'trial_expired', 'Your trial has ended: choose a plan'],
      [402, 'trial_expired', 'Essai terminé, souscrivez'],
    ]
    expect(await refusal()).toEqual(expected)
    await runJobs(platform)
    expect(await refusal()).toEqual(expected)
  })

  test('that comes while no job runs is told as what it is', async () => {
    const { clock, acme } = platform
    clock.advance(9 * dayMs)
    await runJobs(platform)
    const before = sink.mailsTo(acme.email).length
    clock.advance(6 * dayMs)
    await runJobs(platform)
    clock.advance(hourMs)
    await runJobs(platform)
    const told = sink.mailsTo(acme.email).slice(before)
    expect(told.map(({ subject }) => subject)).toEqual(['Your trial has ended'])
    expect(told[0]?.text).toContain('https://app.example.com/billing')
  })

  test('that is near when jobs run again is told with the time there is left', async () => {
    const { clock, acme } = platform
    const subjects = () => sink.mailsTo(acme.email).map(({ subject }) => subject)
    await runJobs(platform)
    clock.advance(12.5 * dayMs)
    await runJobs(platform)
    expect(subjects().at(-1)).toBe('Your trial ends within 2 days')
    clock.advance(1.4 * dayMs)
    await runJobs(platform)
    expect(subjects().at(-1)).toBe('Your trial ends within 24 hours')
  })

  test('that is moved is told of again', async () => {
    const { clock, acme } = platform
    await runJobs(platform)
    const before = sink.mailsTo(acme.email).length
    clock.advance(15 * dayMs)
    await runJobs(platform)
    const end = new Date(clock.now().getTime() + 10 * dayMs)
    await platform.sql(
      `update tenants set trial_ends_at = $1, trial_notice = null where tenant_id = 'acme'`,
      [end],
      'acme',
    )
    for (let day = 0; day <= 10; day++) {
      await runJobs(platform)
      clock.advance(dayMs)
    }
    expect(
      sink
        .mailsTo(acme.email)
        .slice(before)
        .map(({ subject }) => subject),
    ).toEqual([
      'Your trial has ended',
      'Your trial ends within 3 days',
      'Your trial ends within 24 hours',
      'Your trial has ended',
    ])
  })

  test('of a mail that waits for the mail server: what is true no more is not sent', async () => {
    const { clock, acme, globex } = platform
    await runJobs(platform)
    const before = sink.mails.length
    clock.advance(11 * dayMs)
    await platform.sql(`select graphile_worker.add_job('trial-notices')`)
    sink.refuseNext(2)
    const untilWaiting = async () => {
      await expect
        .poll(async () => {
          const jobs = await platform.sql(
            `select attempts from graphile_worker.jobs where task_identifier = 'send-tenant-mail'
              and attempts > 0 and locked_at is null`,
          )
          return jobs.length
        })
        .toBe(2)
    }
    await untilWaiting()
    await subscribe(globex.tenantId)
    clock.advance(dayMs)
    await platform.sql('update graphile_worker._private_jobs set run_at = now()')
    await untilNoJobs(platform)
    const sent = sink.mails.slice(before).map(({ recipients, subject }) => [...recipients, subject])
    expect(sent).toEqual([[acme.email, 'Your trial ends within 2 days']])
  })
})

describe('while a payment is due', () => {
  test('nobody new takes a seat, and everything else goes on', async () => {
    const { acme } = platform
    await subscribe('acme')
    const invited = await acme.post('/v1/invitations', { email: 'early@new.example', role: 'viewer' })
    const member = await addMember(platform, 'acme', 'member')
    const other = await addPerson(platform, 'acme', 'member')
    await setPastDue('acme')

    const english = await acme.post('/v1/invitations', { email: 'new@new.example', role: 'viewer' })
    expect([...outcome(english), english.body.detail]).toEqual([402, 'payment_required', 'Payment required'])
    const french = await acme.post(
      '/v1/invitations',
      { email: 'new@new.example', role: 'viewer' },
      { 'Accept-Language': 'fr' },
    )
    expect(french.body.detail).toBe('Paiement requis')
    expect((await acme.get('/v1/invitations')).body.data).toHaveLength(1)

    expect((await member.post('/v1/clients', { name: 'Wayne Enterprises' })).status).toBe(201)
    expect((await member.get('/v1/clients')).body.data).toHaveLength(1)
    const path = `/v1/users/${other.userId}`
    expect((await acme.patch(path, { role: 'admin' })).status).toBe(200)
    expect((await acme.patch(path, { status: 'disabled' })).status).toBe(200)
    expect(outcome(await acme.patch(path, { status: 'active' }))).toEqual([402, 'payment_required'])
    expect((await acme.delete(`/v1/users/${member.userId}`)).status).toBe(204)
    const resent = await acme.post(`/v1/invitations/${invited.body.id}/resend`, undefined)
    expect(resent.status, 'this one has its seat').toBe(200)
    expect((await acme.delete(`/v1/invitations/${invited.body.id}`)).status).toBe(204)

    await platform.sql(`update tenants set past_due_since = null where tenant_id = 'acme'`, [], 'acme')
    const again = await acme.post('/v1/invitations', { email: 'new@new.example', role: 'viewer' })
    expect(again.status).toBe(201)
  })

  test('seven days go by to the millisecond, and who pays before is left alone', async () => {
    const { clock, acme, globex } = platform
    for (const { tenantId } of [acme, globex]) await subscribe(tenantId)
    for (const { tenantId } of [acme, globex]) await setPastDue(tenantId)
    clock.advance(7 * dayMs - 1)
    await runJobs(platform)
    expect(await tenant('acme')).toMatchObject({ status: 'ACTIVE' })
    await platform.sql(`update tenants set past_due_since = null where tenant_id = 'globex'`, [], 'globex')
    clock.advance(1)
    await runJobs(platform)
    expect(await tenant('acme')).toMatchObject({ status: 'SUSPENDED', status_set_by: 'billing' })
    expect(await tenant('globex')).toMatchObject({ status: 'ACTIVE' })
    const suspended = sink.mailsTo(acme.email).filter(({ subject }) => subject === 'Acme is suspended')
    expect(suspended).toHaveLength(1)

    await subscribe('acme')
    expect(await tenant('acme')).toMatchObject({ status: 'ACTIVE', past_due_since: null })
    await runJobs(platform)
    expect(await tenant('acme'), 'they have paid').toMatchObject({ status: 'ACTIVE' })
  })

  test('a tenant on trial, or stopped already, is not suspended for it', async () => {
    const { clock } = platform
    await setPastDue('acme')
    await platform.forceTenant('globex', `status = 'CANCELLED', past_due_since = '2026-03-01'`)
    clock.advance(8 * dayMs)
    await runJobs(platform)
    expect(await tenant('acme')).toMatchObject({ status: 'TRIAL' })
    expect(await tenant('globex')).toMatchObject({ status: 'CANCELLED' })
  })
})
