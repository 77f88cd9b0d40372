import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { withDirectClient } from '../../src/db/direct-client.ts'
import { dayMs, runTask } from '../support/clock-jobs.ts'
import { addPerson, signIn } from '../support/members.ts'
import { type Member, type Platform, startPlatform } from '../support/platform.ts'
import { setStatus, startAnother } from '../support/sessions.ts'

let platform: Platform
let another: Awaited<ReturnType<typeof startAnother>>
let tenants = 0
let owner: Member
beforeAll(async () => {
  platform = await startPlatform()
  another = await startAnother(platform)
})
afterAll(async () => {
  await another.stop()
  await platform.stop()
})
beforeEach(async () => {
  owner = await platform.signUp(`Company ${++tenants}`)
  await setStatus(platform, owner.tenantId, 'ACTIVE')
  platform.logLines.length = 0
})
// Whatever a test does, no counter was off without its doing.
afterEach(async () => {
  await recount()
  expect(complaints().map(({ tenant_id }) => tenant_id)).toEqual([])
})

/** Lets time pass; the owner's token would not outlive it. */
async function wait(ms: number) {
  platform.clock.advance(ms)
  owner = await signIn(platform, owner.tenantId, owner.email)
}
const recount = () => runTask(platform.context, 'recount-seats')
const invite = async (name: string) => {
  const { status, body } = await owner.post('/v1/invitations', {
    email: `${name}@new.example`,
    role: 'viewer',
  })
  expect(status, JSON.stringify(body)).toBe(201)
  return body.id as string
}
const complaints = () =>
  platform.logLines.map((line) => JSON.parse(line)).filter(({ msg }) => /counter of seats/.test(msg))
const counted = async () => {
  const [row] = await platform.sql(
    `select used::int from limit_counters where tenant_id = $1 and limit_name = 'users'`,
    [owner.tenantId],
    owner.tenantId,
  )
  return row.used
}
const setCounter = (used: number) =>
  platform.sql(
    `update limit_counters set used = $1 where tenant_id = $2 and limit_name = 'users'`,
    [used, owner.tenantId],
    owner.tenantId,
  )
const stored = async () =>
  (
    await platform.sql(
      'select status from invitations where tenant_id = $1 order by created_at, email',
      [owner.tenantId],
      owner.tenantId,
    )
  ).map(({ status }) => status)

describe('a recount of seats', () => {
  test('gives back those of overdue invitations, and no others', async () => {
    await invite('early')
    await wait(3 * dayMs)
    await invite('later')
    await wait(4 * dayMs - 1)
    await recount()
    expect([await stored(), await counted()]).toEqual([['pending', 'pending'], 3])
    await wait(1)
    await recount()
    expect([await stored(), await counted()]).toEqual([['expired', 'pending'], 2])
    await recount()
    expect([await stored(), await counted()]).toEqual([['expired', 'pending'], 2])
  })

  test('opens the way for the next invitation of a full tenant', async () => {
    await platform.sql(
      `update tenants set limit_overrides = '{"users": 2}' where tenant_id = $1`,
      [owner.tenantId],
      owner.tenantId,
    )
    const id = await invite('first')
    await wait(7 * dayMs)
    await recount()
    expect(await counted()).toBe(1)
    await invite('second')
    const resent = await owner.post(`/v1/invitations/${id}/resend`, undefined)
    expect([resent.status, resent.body.code]).toEqual([403, 'limit_reached'])
  })

  test.each([
    ['too high', 7, 6],
    ['too low', 0, -1],
  ])('puts a counter right that is %s, and says so', async (_what, used, excess) => {
    const offs = async () =>
      Number(/^seat_counters_off_total (\d+)$/m.exec((await platform.get('/metrics')).body)?.[1])
    const before = await offs()
    await setCounter(used)
    await recount()
    expect(await counted()).toBe(1)
    expect(complaints()).toMatchObject([{ level: 'error', tenant_id: owner.tenantId, expired: 0, excess }])
    expect(await offs()).toBe(before + 1)
    platform.logLines.length = 0
  })

  test('tells what was overdue from what was wrong', async () => {
    await invite('one')
    await invite('two')
    await wait(7 * dayMs)
    await setCounter(4)
    await recount()
    expect(await counted()).toBe(1)
    expect(complaints()).toMatchObject([{ expired: 2, excess: 3 }])
    platform.logLines.length = 0
  })

  test('does not wait for an invitation that somebody is at: it is the next run’s', async () => {
    const id = await invite('busy')
    await invite('idle')
    await wait(7 * dayMs)
    await withDirectClient(platform.database.adminUrl, async (client) => {
      await client.query(`begin; set local app.tenant_id = '${owner.tenantId}'`)
      await client.query('select from invitations where id = $1 for update', [id])
      await recount()
      await client.query('rollback')
    })
    expect([await stored(), await counted()]).toEqual([['pending', 'expired'], 2])
    await recount()
    expect([await stored(), await counted()]).toEqual([['expired', 'expired'], 1])
  })

  test('counts members who can come in, and leaves out tenants that are gone', async () => {
    const gone = await addPerson(platform, owner.tenantId, 'member')
    await addPerson(platform, owner.tenantId, 'member')
    expect((await owner.patch(`/v1/users/${gone.userId}`, { status: 'disabled' })).status).toBe(200)
    await recount()
    expect(await counted()).toBe(2)
    await setStatus(platform, owner.tenantId, 'DELETING')
    await setCounter(9)
    await recount()
    expect(await counted()).toBe(9)
  })

  test('of one tenant that fails is logged, and keeps no other from being counted', async () => {
    const first = owner
    owner = await platform.signUp(`Company ${++tenants}`)
    await invite('overdue')
    await wait(7 * dayMs)
    await platform.sql(
      `delete from limit_counters where tenant_id = $1 and limit_name = 'users'`,
      [first.tenantId],
      first.tenantId,
    )
    await expect(recount()).rejects.toThrow('failed for 1 tenants')
    expect(await counted()).toBe(1)
    expect(platform.logLines.join('')).toContain(`"tenant_id":"${first.tenantId}"`)
    await setStatus(platform, first.tenantId, 'DELETED')
  })

  test('in two processes at once finds nothing wrong in what the other has done', async () => {
    for (let round = 0; round < 5; round++) {
      await invite(`one-${round}`)
      await invite(`two-${round}`)
      await wait(7 * dayMs)
      await Promise.all([recount(), runTask(another.context, 'recount-seats')])
      expect(await counted()).toBe(1)
      expect(complaints()).toEqual([])
    }
  })

  test('while everybody invites, sends again, revokes and goes is right, and stands in nobody’s way', async () => {
    for (let round = 0; round < 5; round++) {
      const overdue = await Promise.all(['a', 'b', 'c', 'd'].map((name) => invite(`${name}-${round}`)))
      await wait(7 * dayMs)
      const fresh = await Promise.all(['e', 'f'].map((name) => invite(`${name}-${round}`)))
      const people = await Promise.all([1, 2].map(() => addPerson(platform, owner.tenantId, 'member')))
      const [answers] = await Promise.all([
        Promise.all([
          ...overdue.slice(0, 2).map((id) => owner.post(`/v1/invitations/${id}/resend`, undefined)),
          ...fresh.map((id) => owner.delete(`/v1/invitations/${id}`)),
          ...people.map(({ userId }) => owner.delete(`/v1/users/${userId}`)),
          ...['g', 'h'].map((name) =>
            owner.post('/v1/invitations', { email: `${name}-${round}@new.example`, role: 'viewer' }),
          ),
        ]),
        ...[platform.context, another.context].flatMap((context) =>
          Array.from({ length: 3 }, () => runTask(context, 'recount-seats')),
        ),
      ])
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 204, 204, 204, 204, 201, 201])
      expect(await counted()).toBe(5)
      expect(complaints()).toEqual([])
      await wait(7 * dayMs)
      await recount()
      expect(await counted()).toBe(1)
    }
  })
})
