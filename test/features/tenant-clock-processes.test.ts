import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startWorker } from '../../src/jobs/worker.ts'
import { dayMs, runTask, untilNoJobs } from '../support/clock-jobs.ts'
import { addPerson } from '../support/members.ts'
import { type Platform, startPlatform } from '../support/platform.ts'
import { startAnother } from '../support/sessions.ts'
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'

let sink: SmtpSink
let platform: Platform
let another: Awaited<ReturnType<typeof startAnother>>
beforeAll(async () => {
  sink = await startSmtpSink()
  platform = await startPlatform({ SMTP_URL: sink.url })
  another = await startAnother(platform)
})
afterAll(async () => {
  await another.stop()
  await platform.stop()
  await sink.close()
})

let companies = 0
/** Companies that have signed up now, each with two owners. */
async function foundCompanies(count: number) {
  const tenantIds: string[] = []
  for (let n = 0; n < count; n++) {
    const { tenantId } = await platform.signUp(`Firm ${++companies}`)
    await addPerson(platform, tenantId, 'owner')
    tenantIds.push(tenantId)
  }
  await forgetJobs()
  return tenantIds
}
const forgetJobs = () => platform.sql('delete from graphile_worker._private_jobs')
const mailsOf = (tenantIds: string[]) =>
  platform.sql(
    `select payload ->> 'tenant_id' as tenant, payload ->> 'template' as template, count(*)::int as mails
      from graphile_worker._private_jobs where payload ->> 'tenant_id' = any($1) group by 1, 2 order by 1, 2`,
    [tenantIds],
  )
const entriesOf = async (tenantIds: string[], action: string) => {
  const counts = await Promise.all(
    tenantIds.map((tenantId) =>
      platform.sql(
        'select count(*)::int as n from audit_entries where tenant_id = $1 and action = $2',
        [tenantId, action],
        tenantId,
      ),
    ),
  )
  return counts.map(([{ n }]) => n)
}
/** Both processes twice, all at the same moment. */
const everywhere = (name: 'trial-notices' | 'payment-notices' | 'grace-over') =>
  Promise.all(
    [platform.context, another.context, platform.context, another.context].map((context) =>
      runTask(context, name),
    ),
  )
const each = (tenantIds: string[], template: string) =>
  tenantIds.toSorted().map((tenant) => ({ tenant, template, mails: 2 }))

describe('however many processes run it at the same moment', () => {
  test('the trial notices go out once', async () => {
    for (let round = 0; round < 5; round++) {
      const tenantIds = await foundCompanies(4)
      for (const [days, template] of [
        [11, 'trial_ending'],
        [2, 'trial_ending'],
        [1, 'trial_over'],
      ] as const) {
        platform.clock.advance(days * dayMs)
        await everywhere('trial-notices')
        expect(await mailsOf(tenantIds)).toEqual(each(tenantIds, template))
        await forgetJobs()
        await everywhere('trial-notices')
        expect(await mailsOf(tenantIds), 'it was said').toEqual([])
      }
      expect(await entriesOf(tenantIds, 'tenant.trial_ended')).toEqual([1, 1, 1, 1])
    }
  })

  test('the notices of a payment that is due go out once', async () => {
    for (let round = 0; round < 3; round++) {
      const tenantIds = await foundCompanies(4)
      for (const tenantId of tenantIds) {
        const since = platform.clock.now().toISOString()
        await platform.forceTenant(tenantId, `status = 'ACTIVE', past_due_since = '${since}'`)
      }
      for (const [days, template] of [
        [0, 'payment_failed'],
        [4, 'payment_reminder'],
        [2, 'payment_reminder'],
      ] as const) {
        platform.clock.advance(days * dayMs)
        await everywhere('payment-notices')
        expect(await mailsOf(tenantIds)).toEqual(each(tenantIds, template))
        await forgetJobs()
        await everywhere('payment-notices')
        expect(await mailsOf(tenantIds), 'it was said').toEqual([])
      }
    }
  })

  test('grace ends once', async () => {
    for (let round = 0; round < 5; round++) {
      const tenantIds = await foundCompanies(4)
      for (const tenantId of tenantIds) {
        const since = platform.clock.now().toISOString()
        await platform.forceTenant(tenantId, `status = 'ACTIVE', past_due_since = '${since}'`)
      }
      platform.clock.advance(7 * dayMs)
      await everywhere('grace-over')
      expect(await mailsOf(tenantIds)).toEqual(each(tenantIds, 'suspended'))
      await everywhere('grace-over')
      expect(await mailsOf(tenantIds)).toEqual(each(tenantIds, 'suspended'))
      expect(await entriesOf(tenantIds, 'tenant.suspended')).toEqual([1, 1, 1, 1])
    }
  })
})

test('a tenant that cannot be told keeps no other from being told, and is told when it can be', async () => {
  const [first = '', second = ''] = await foundCompanies(2)
  platform.clock.advance(11 * dayMs)
  await platform.sql(
    `alter table tenants add constraint planted check (tenant_id <> '${first}' or trial_notice is null) not valid`,
  )
  try {
    await expect(runTask(platform.context, 'trial-notices')).rejects.toThrow('failed for 1 tenants')
  } finally {
    await platform.sql('alter table tenants drop constraint planted')
  }
  expect(await mailsOf([first, second])).toEqual(each([second], 'trial_ending'))
  await runTask(platform.context, 'trial-notices')
  expect(await mailsOf([first, second])).toEqual(each([first, second], 'trial_ending'))
})

test('two workers with many jobs of one task send each mail once', async () => {
  const tenantIds = await foundCompanies(10)
  const sentBefore = sink.mails.length
  const workers = await Promise.all(
    [platform.context, another.context].map((context) =>
      startWorker(context, {
        url: platform.database.jobsUrl,
        poolSize: 4,
        poolIdleMs: 10_000,
        onFailure: (err) => expect.unreachable(String(err)),
      }),
    ),
  )
  try {
    platform.clock.advance(13 * dayMs)
    await platform.sql(`select graphile_worker.add_job('trial-notices') from generate_series(1, 8)`)
    await untilNoJobs(platform)
    const subjects = sink.mails.slice(sentBefore).map(({ recipients, subject }) => [...recipients, subject])
    const told = subjects.filter(([, subject]) => subject === 'Your trial ends within 24 hours')
    const people = await platform.sql(
      `select u.email from users u join memberships m on m.user_id = u.id where m.tenant_id = any($1)`,
      [tenantIds],
    )
    expect(people).toHaveLength(20)
    const wanted = people.map(({ email }) => email).toSorted()
    const reached = told.map(([to]) => to).toSorted()
    expect(reached).toEqual(wanted)
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()))
  }
})
