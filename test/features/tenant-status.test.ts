import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Context } from '../../src/context.ts'
import { withDirectClient } from '../../src/db/direct-client.ts'
import type { TenantId } from '../../src/db/tenant-id.ts'
import {
  type Agent,
  changeStatus,
  type StatusChange,
  type TenantStatus,
  tenantStatuses,
} from '../../src/features/tenants/status.ts'
import { addPerson, signIn } from '../support/members.ts'
import { type Platform, signupBody, startPlatform } from '../support/platform.ts'
import { refresh, setStatus, startAnother } from '../support/sessions.ts'

/** Every change there is, with who may cause it. What is not here is refused. */
const allowed = `
PENDING    TRIAL      system operator
PENDING    ACTIVE     system operator
PENDING    CANCELLED  operator
PENDING    DELETING   operator
TRIAL      ACTIVE     billing operator
TRIAL      SUSPENDED  billing operator
TRIAL      CANCELLED  billing operator
TRIAL      DELETING   operator
ACTIVE     SUSPENDED  billing operator
ACTIVE     CANCELLED  billing operator
ACTIVE     DELETING   operator
SUSPENDED  TRIAL      operator
SUSPENDED  ACTIVE     billing operator
SUSPENDED  SUSPENDED  operator
SUSPENDED  CANCELLED  billing operator
SUSPENDED  DELETING   operator
CANCELLED  ACTIVE     billing operator
CANCELLED  DELETING   operator
DELETING   DELETED    system operator`
  .trim()
  .split('\n')
  .map((line) => {
    const [from, to, ...agents] = line.split(/\s+/)
    return { from, to, agents }
  })

const agents: Agent[] = ['system', 'billing', 'operator']

function isAllowed(from: TenantStatus, setBy: Agent, to: TenantStatus, agent: Agent): boolean {
  if (from === 'SUSPENDED' && setBy === 'operator' && agent !== 'operator') return false
  return allowed.some((row) => row.from === from && row.to === to && row.agents.includes(agent))
}

let platform: Platform
beforeAll(async () => {
  platform = await startPlatform()
})
afterAll(() => platform.stop())

const acme = 'acme' as TenantId
const origin = { ip: null, requestId: 'a test' }

function change(to: TenantStatus, more: Partial<StatusChange> = {}, context: Context = platform.context) {
  const agent = more.agent ?? 'operator'
  const actor =
    agent === 'operator' ? { kind: 'operator' as const, id: 'ops' } : { kind: 'system' as const, id: agent }
  const whole = { to, agent, actor, cause: 'a good one', ...origin, now: platform.clock.now(), ...more }
  return context.db.withPlatform('tenants', (tx) => changeStatus(tx, { tenantId: acme, ...whole }), {
    tenantId: acme,
  })
}

class Undone extends Error {}

/** What an attempt comes to, which is undone in any case. */
async function tryOut(attempt: () => Promise<unknown>): Promise<string> {
  try {
    await attempt()
  } catch (error) {
    return error instanceof Undone ? 'allowed' : (error as { code: string }).code
  }
  throw new Error('it was not undone')
}

/** Runs statements as a role inside acme; what they throw rolls them back. */
function asRole(role: 'tenant' | 'platform', query: string) {
  return withDirectClient(platform.database[`${role}Url`], async (client) => {
    await client.query(`begin; set local app.tenant_id = 'acme'`)
    await client.query(query)
    await client.query('commit')
  })
}

describe('of all changes there could be', () => {
  const states = tenantStatuses.flatMap((from) => agents.map((setBy) => ({ from, setBy })))

  test.each(states)('from $from, set by $setBy, those of the table are possible', async ({ from, setBy }) => {
    await setStatus(platform, 'acme', from, setBy)
    const expected: Record<string, string> = {}
    const byFunction: typeof expected = {}
    const byTrigger: typeof expected = {}
    await withDirectClient(platform.database.platformUrl, async (client) => {
      for (const to of tenantStatuses) {
        for (const agent of agents) {
          const what = `${to} by ${agent}`
          expected[what] = isAllowed(from, setBy, to, agent) ? 'allowed' : 'refused'
          const outcome = await tryOut(() =>
            platform.context.db.withPlatform(
              'tenants',
              async (tx) => {
                const actor = { kind: 'system' as const, id: agent }
                const now = platform.clock.now()
                await changeStatus(tx, { tenantId: acme, to, agent, actor, cause: 'test', ...origin, now })
                throw new Undone()
              },
              { tenantId: acme },
            ),
          )
          byFunction[what] = outcome === 'status_not_allowed' ? 'refused' : outcome
          // Where nothing changes the trigger has nothing to refuse.
          if (to === from && agent === setBy) {
            byTrigger[what] = expected[what]
            continue
          }
          await client.query(`begin; set local app.tenant_id = 'acme'`)
          const raw = await tryOut(async () => {
            await client.query(
              `update tenants set status = $1, status_set_by = $2 where tenant_id = 'acme'`,
              [to, agent],
            )
            throw new Undone()
          })
          await client.query('rollback')
          byTrigger[what] = raw === 'TN000' ? 'refused' : raw
        }
      }
    })
    expect(byFunction).toEqual(expected)
    expect(byTrigger).toEqual(expected)
  })

  test('the table knows every status, and each but the first can be reached', () => {
    const reached = new Set(allowed.map(({ to }) => to))
    expect([...reached].sort()).toEqual(tenantStatuses.filter((status) => status !== 'PENDING').sort())
  })
})

describe('past the function', () => {
  beforeEach(() => setStatus(platform, 'acme', 'SUSPENDED', 'operator'))
  const statusOf = async () =>
    (await platform.sql(`select status from tenants where tenant_id = 'acme'`, [], 'acme'))[0].status

  test('the tenant role changes no status, be it a possible one', async () => {
    for (const assignment of [`status = 'ACTIVE'`, `status_set_by = 'operator'`, `past_due_since = null`]) {
      await expect(asRole('tenant', `update tenants set ${assignment}`)).rejects.toMatchObject({
        code: '42501',
      })
    }
    expect(await statusOf()).toBe('SUSPENDED')
  })

  test.each([
    `status = 'ACTIVE', status_set_by = 'billing'`,
    `status_set_by = 'billing'`,
    `status = 'DELETED', status_set_by = 'operator'`,
    `status = 'PENDING', status_set_by = 'operator'`,
  ])('the platform role does not set %s', async (assignments) => {
    await expect(asRole('platform', `update tenants set ${assignments}`)).rejects.toMatchObject({
      code: 'TN000',
    })
    expect(await statusOf()).toBe('SUSPENDED')
  })

  test('nor by insert … on conflict, or merge', async () => {
    const columns =
      'tenant_id, name, region, plan, status, status_set_by, status_changed_at, created_at, updated_at'
    const upsert = `insert into tenants (${columns})
      values ('acme', 'Acme', 'FR', 'FREE', 'ACTIVE', 'billing', now(), now(), now())
      on conflict (tenant_id) do update set status = excluded.status, status_set_by = excluded.status_set_by`
    const merge = `merge into tenants t using (values (1)) v on t.tenant_id = 'acme'
      when matched then update set status = 'ACTIVE', status_set_by = 'system'`
    for (const query of [upsert, merge]) {
      await expect(asRole('platform', query)).rejects.toMatchObject({ code: 'TN000' })
    }
    expect(await statusOf()).toBe('SUSPENDED')
  })

  /** Begins a tenant as a status, and undoes it. */
  const begin = (status: string) =>
    withDirectClient(platform.database.platformUrl, async (client) => {
      await client.query(`begin; set local app.tenant_id = 'newcomer'`)
      await client.query(
        `insert into tenants (tenant_id, name, region, plan, status, status_set_by, status_changed_at,
          trial_ends_at, created_at, updated_at)
          values ('newcomer', 'New', 'FR', 'FREE', $1, 'operator', now(), now(), now(), now())`,
        [status],
      )
      await client.query('rollback')
    })

  test.each(['SUSPENDED', 'CANCELLED', 'DELETING', 'DELETED'])('no tenant begins as %s', async (status) => {
    await expect(begin(status)).rejects.toMatchObject({ code: 'TN000' })
  })

  test.each(['PENDING', 'TRIAL', 'ACTIVE'])('a tenant may begin as %s', (status) => begin(status))
})

/** What there is to see of changes, oldest first. */
const entries = () =>
  platform.sql(
    `select action, changed_fields, reason, actor_kind, actor_id, object_id from audit_entries
      where tenant_id = 'acme' and object_type = 'tenant' and action <> 'tenant.created' order by ctid`,
    [],
    'acme',
  )
const mails = () =>
  platform.sql(
    `select p.payload ->> 'template' as template, p.payload ->> 'user_id' as user_id
      from graphile_worker._private_jobs p join graphile_worker.jobs j using (id)
      where j.task_identifier = 'send-tenant-mail' order by id`,
  )
const tenant = async () =>
  (
    await platform.sql(
      `select status, status_set_by, status_reason, status_changed_at, trial_ends_at, trial_notice, past_due_since
        from tenants where tenant_id = 'acme'`,
      [],
      'acme',
    )
  )[0]

/** Puts acme into a state, and forgets what was before. */
async function startOver(assignments = `status = 'TRIAL', status_set_by = 'system'`) {
  const trial = `trial_ends_at = '2026-03-16T10:00:00Z', trial_notice = null, past_due_since = null`
  await platform.forceTenant('acme', trial)
  await platform.forceTenant('acme', assignments)
  await platform.sql('truncate audit_entries')
  await platform.sql('delete from graphile_worker._private_jobs')
}

describe('a change', () => {
  beforeEach(() => startOver())

  test('leaves one entry with its cause and what changed, and the tenant says why it is so', async () => {
    platform.clock.advance(1000)
    await change('SUSPENDED', { cause: 'Chargeback of invoice 12' })
    expect(await entries()).toEqual([
      {
        action: 'tenant.suspended',
        changed_fields: ['status'],
        reason: 'Chargeback of invoice 12',
        actor_kind: 'operator',
        actor_id: 'ops',
        object_id: 'acme',
      },
    ])
    expect(await tenant()).toMatchObject({
      status: 'SUSPENDED',
      status_set_by: 'operator',
      status_reason: 'Chargeback of invoice 12',
      status_changed_at: platform.clock.now(),
      trial_ends_at: new Date('2026-03-16T10:00:00Z'),
    })
  })

  test.each<[from: string, to: TenantStatus, action: string, changed: string[]]>([
    [`'PENDING'`, 'TRIAL', 'tenant.trial_started', ['status']],
    [
      `'TRIAL', trial_notice = '1_day'`,
      'ACTIVE',
      'tenant.activated',
      ['status', 'trial_ends_at', 'trial_notice'],
    ],
    [
      `'SUSPENDED', trial_ends_at = null, past_due_since = now()`,
      'ACTIVE',
      'tenant.activated',
      ['status', 'past_due_since'],
    ],
    [`'SUSPENDED', trial_notice = '1_day'`, 'TRIAL', 'tenant.trial_resumed', ['status']],
    [`'ACTIVE', past_due_since = now()`, 'SUSPENDED', 'tenant.suspended', ['status']],
    [`'ACTIVE', past_due_since = now()`, 'CANCELLED', 'tenant.cancelled', ['status', 'past_due_since']],
    [`'CANCELLED', trial_ends_at = null`, 'ACTIVE', 'tenant.activated', ['status']],
    [`'ACTIVE'`, 'DELETING', 'tenant.deletion_started', ['status']],
    [`'DELETING'`, 'DELETED', 'tenant.deleted', ['status']],
  ])('from %s to %s is said to be %s of %j', async (from, to, action, changed) => {
    await startOver(`status_set_by = 'system', status = ${from}`)
    const before = await tenant()
    await change(to)
    expect(await entries()).toMatchObject([{ action, changed_fields: changed, reason: 'a good one' }])
    const after = await tenant()
    for (const name of ['trial_ends_at', 'trial_notice', 'past_due_since']) {
      expect(after[name], name).toEqual(changed.includes(name) ? null : before[name])
    }
  })

  test('to a trial with another end lets the owners be reminded anew', async () => {
    await startOver(`status = 'SUSPENDED', status_set_by = 'operator', trial_notice = 'over'`)
    const trialEndsAt = new Date('2026-04-01T00:00:00Z')
    await change('TRIAL', { trialEndsAt })
    expect(await tenant()).toMatchObject({ status: 'TRIAL', trial_ends_at: trialEndsAt, trial_notice: null })
    expect((await entries())[0].changed_fields).toEqual(['status', 'trial_notice', 'trial_ends_at'])
  })

  test.each(['ACTIVE', 'SUSPENDED', 'CANCELLED'] as const)(
    'to %s by Stripe’s word ends the trial',
    async (to) => {
      await startOver(`status = 'TRIAL', status_set_by = 'system', trial_notice = '3_days'`)
      await change(to, { agent: 'billing' })
      expect(await tenant()).toMatchObject({ status: to, trial_ends_at: null, trial_notice: null })
      expect((await entries())[0].changed_fields).toEqual(['status', 'trial_ends_at', 'trial_notice'])
    },
  )

  test('back to a trial that never was, or was paid for, is refused', async () => {
    await startOver(`status = 'SUSPENDED', status_set_by = 'operator', trial_ends_at = null`)
    await expect(change('TRIAL')).rejects.toMatchObject({ code: 'status_not_allowed' })
    expect(await entries()).toEqual([])
  })

  test('that is told goes to each active owner and to nobody else', async () => {
    const second = await addPerson(platform, 'acme', 'owner')
    await addPerson(platform, 'acme', 'admin')
    const gone = await addPerson(platform, 'acme', 'owner')
    await platform.sql(`update memberships set status = 'disabled' where user_id = $1`, [gone.userId], 'acme')
    await change('SUSPENDED', { agent: 'billing' })
    const owners = [platform.acme.userId, second.userId]
    const told = (template: string) => owners.map((user_id) => ({ template, user_id }))
    expect(await mails()).toEqual(told('suspended'))
    await change('SUSPENDED', { cause: 'an operator wants it so, too' })
    expect(await mails(), 'they have been told').toHaveLength(2)
    await change('CANCELLED')
    expect(await mails()).toEqual([...told('suspended'), ...told('cancelled')])
    await platform.sql('delete from memberships where user_id <> $1', [platform.acme.userId], 'acme')
  })

  test('that is refused says from where to where, and leaves nothing', async () => {
    const before = await tenant()
    await expect(change('TRIAL')).rejects.toMatchObject({
      code: 'status_not_allowed',
      status: 409,
      members: { from: 'TRIAL', to: 'TRIAL' },
    })
    expect([await tenant(), await entries(), await mails()]).toEqual([before, [], []])
  })

  test('of a tenant that is not there is not found', async () => {
    const nobody = { tenantId: 'nobody' as TenantId }
    await expect(change('SUSPENDED', nobody)).rejects.toMatchObject({ code: 'not_found' })
  })

  test('whose transaction fails leaves no status, no entry and no mail', async () => {
    const before = await tenant()
    const { db, clock } = platform.context
    const failing = db.withPlatform(
      'tenants',
      async (tx) => {
        const actor = { kind: 'operator' as const, id: 'ops' }
        const common = { tenantId: acme, agent: 'operator' as const, actor, cause: 'test', ...origin }
        await changeStatus(tx, { ...common, to: 'SUSPENDED', now: clock.now() })
        throw new Error('behind it')
      },
      { tenantId: acme },
    )
    await expect(failing).rejects.toThrow('behind it')
    expect([await tenant(), await entries(), await mails()]).toEqual([before, [], []])
  })

  test('whose entry cannot be written does not happen', async () => {
    const before = await tenant()
    await platform.sql(
      `alter table audit_entries add constraint planted check (action <> 'tenant.suspended') not valid`,
    )
    try {
      await expect(change('SUSPENDED')).rejects.toMatchObject({ code: '23514' })
    } finally {
      await platform.sql('alter table audit_entries drop constraint planted')
    }
    expect([await tenant(), await entries(), await mails()]).toEqual([before, [], []])
  })

  test('whose mail cannot be enqueued does not happen', async () => {
    const before = await tenant()
    await platform.sql(
      'alter table graphile_worker._private_jobs add constraint planted check (false) not valid',
    )
    try {
      await expect(change('SUSPENDED')).rejects.toMatchObject({ code: '23514' })
    } finally {
      await platform.sql('alter table graphile_worker._private_jobs drop constraint planted')
    }
    expect([await tenant(), await entries(), await mails()]).toEqual([before, [], []])
  })
})

describe('at the same time, in two processes', () => {
  let another: Awaited<ReturnType<typeof startAnother>>
  beforeAll(async () => {
    another = await startAnother(platform)
  })
  afterAll(() => another.stop())
  const together = (changes: ((context: Context) => Promise<unknown>)[]) =>
    Promise.allSettled(changes.map((each, index) => each(index % 2 ? another.context : platform.context)))

  test('ten suspensions come one after the other, and the owner hears of it once', async () => {
    for (let round = 0; round < 5; round++) {
      await startOver()
      const outcomes = await together(
        Array.from(
          { length: 10 },
          (_, index) => (context: Context) => change('SUSPENDED', { cause: `suspension ${index}` }, context),
        ),
      )
      expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([])
      expect(await entries()).toHaveLength(10)
      expect(await mails()).toEqual([{ template: 'suspended', user_id: platform.acme.userId }])
    }
  })

  test('ten payments of a suspended tenant make it active once', async () => {
    for (let round = 0; round < 5; round++) {
      await startOver(`status = 'SUSPENDED', status_set_by = 'billing', past_due_since = now()`)
      const outcomes = await together(
        Array.from(
          { length: 10 },
          () => (context: Context) => change('ACTIVE', { agent: 'billing' }, context),
        ),
      )
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect(outcome.reason.code).toBe('status_not_allowed')
      }
      expect(await entries()).toHaveLength(1)
    }
  })

  test('whatever is wanted at once, what happens is a way through the table', async () => {
    const wanted: [TenantStatus, Agent][] = [
      ['SUSPENDED', 'operator'],
      ['CANCELLED', 'operator'],
      ['ACTIVE', 'billing'],
      ['SUSPENDED', 'billing'],
      ['ACTIVE', 'operator'],
      ['CANCELLED', 'billing'],
      ['TRIAL', 'operator'],
      ['DELETING', 'operator'],
    ]
    const ways = new Set<string>()
    for (let round = 0; round < 20; round++) {
      await startOver()
      const order = wanted.map((_, index) => (index + round) % wanted.length)
      const outcomes = await together(
        order.map((index) => {
          const [to, agent] = wanted[index] as (typeof wanted)[number]
          return (context: Context) => change(to, { agent, cause: String(index) }, context)
        }),
      )
      let [status, setBy]: [TenantStatus, Agent] = ['TRIAL', 'system']
      const way = await entries()
      for (const { reason } of way) {
        const [to, agent] = wanted[Number(reason)] as (typeof wanted)[number]
        expect(isAllowed(status, setBy, to, agent), `${status} to ${to} by ${agent}`).toBe(true)
        ;[status, setBy] = [to, agent]
      }
      expect(await tenant()).toMatchObject({ status, status_set_by: setBy })
      expect(way).toHaveLength(outcomes.filter((outcome) => outcome.status === 'fulfilled').length)
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect(outcome.reason.code).toBe('status_not_allowed')
      }
      ways.add(way.map(({ reason }) => reason).join(' '))
    }
    expect(ways.size, 'they went more than one way').toBeGreaterThan(1)
  })
})

describe('a blocked tenant', () => {
  test.each([
    ['PENDING', 'tenant_pending'],
    ['TRIAL', 'trial_expired'],
    ['SUSPENDED', 'payment_required'],
    ['CANCELLED', 'tenant_cancelled'],
  ])('%s still signs in, refreshes and sees who it is, and nothing else', async (status, code) => {
    const company = `Blocked ${status}`
    const { tenantId, email } = await platform.signUp(company)
    await platform.forceTenant(
      tenantId,
      `status = '${status}', status_set_by = 'billing', trial_ends_at = '2026-01-01T00:00:00Z'`,
    )
    const owner = await signIn(platform, tenantId, email)
    expect((await refresh(platform, owner.refreshToken)).status).toBe(200)
    const me = await owner.get('/v1/me')
    expect([me.status, me.body.tenant?.status]).toEqual([200, status])
    for (const answer of [
      await owner.get('/v1/clients'),
      await owner.get('/v1/users'),
      await owner.post('/v1/invitations', { email: 'a@example.com', role: 'viewer' }),
      await owner.get('/v1/api-keys'),
    ]) {
      expect(answer.body.code).toBe(code)
    }
    const credentials = { email, password: signupBody(company).admin_password }
    expect((await platform.post('/auth/login', credentials)).status, 'without naming the tenant').toBe(200)
  })
})
