import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { withDirectClient } from '../../src/db/direct-client.ts'
import { testSecret } from '../support/cluster.ts'
import { createUnmigratedDatabase } from '../support/database.ts'
import { addMember } from '../support/members.ts'
import { createCaller, type Member, type Platform, signupBody, startPlatform } from '../support/platform.ts'
import { startServerProcess } from '../support/server-process.ts'
import {
  at,
  isSignedIn,
  refresh,
  refreshed,
  setMembership,
  setStatus,
  startAnother,
} from '../support/sessions.ts'
import { startWire } from '../support/wire.ts'

describe('two servers on one database', () => {
  let platform: Platform
  let another: Awaited<ReturnType<typeof startAnother>>
  beforeAll(async () => {
    platform = await startPlatform()
    another = await startAnother(platform)
  })
  afterAll(async () => {
    await another.stop()
    await platform.stop()
  })

  /** Somebody whom both servers know, so that each remembers their token, and what they may do. */
  async function knownToBoth() {
    const here = await addMember(platform, 'acme', 'member')
    const there = at(another, here)
    for (const member of [here, there]) expect(await ask(member)).toBe(201)
    return { here, there }
  }
  const within = { timeout: 5000, interval: 25 }
  const ask = async (member: Member) => {
    const { status, body } = await member.post('/v1/clients', { name: 'Wayne' })
    return status === 201 ? 201 : [status, body.code]
  }
  const bearer = ({ token }: Member) => ({ Authorization: `Bearer ${token}` })

  test.each<
    [what: string, end: (member: Member & { refreshToken: string }) => Promise<unknown>, answer: unknown]
  >([
    [
      'a logout',
      ({ refreshToken }) => platform.post('/auth/logout', { refresh_token: refreshToken }),
      [401, 'unauthenticated'],
    ],
    [
      'a logout everywhere',
      (member) => platform.request('POST', '/auth/logout-all', undefined, bearer(member)),
      [401, 'unauthenticated'],
    ],
    [
      'a refresh token used a third time',
      async ({ refreshToken }) => {
        const { body } = await refresh(platform, refreshToken)
        await refresh(platform, body.refresh_token)
        await refresh(platform, refreshToken)
      },
      [401, 'unauthenticated'],
    ],
    [
      'a removed membership',
      ({ userId }) => platform.sql('delete from memberships where user_id = $1', [userId], 'acme'),
      [401, 'unauthenticated'],
    ],
    [
      'a disabled membership',
      (member) => setMembership(platform, member, { status: 'disabled' }),
      [401, 'unauthenticated'],
    ],
    [
      'a lower role',
      (member) => setMembership(platform, member, { role: 'viewer' }),
      [403, 'insufficient_role'],
    ],
  ])(
    '%s in one acts there at the next request, and in the other within a second',
    async (_what, end, answer) => {
      const { here, there } = await knownToBoth()
      await end(here)
      expect(await ask(here)).toEqual(answer)
      await vi.waitFor(async () => expect(await ask(there)).toEqual(answer), within)
    },
  )

  test('a suspension by an operator acts on the next write in both, and on what the other reads within a second', async () => {
    const { here, there } = await knownToBoth()
    await setStatus(platform, 'acme', 'SUSPENDED', 'operator')
    for (const member of [there, here]) expect(await ask(member)).toEqual([403, 'tenant_suspended'])
    const read = async (member: Member) => (await member.get('/v1/clients')).status
    expect(await read(here)).toBe(403)
    await vi.waitFor(async () => expect(await read(there)).toBe(403), within)
    await setStatus(platform, 'acme', 'ACTIVE')
  })

  test('a higher role, too', async () => {
    const { here, there } = await knownToBoth()
    await setMembership(platform, here, { role: 'viewer' })
    await vi.waitFor(async () => expect(await ask(there)).toEqual([403, 'insufficient_role']), within)
    expect((await there.get('/v1/clients')).status, 'who is remembered as a viewer').toBe(200)
    await setMembership(platform, here, { role: 'manager' })
    expect(await ask(here)).toBe(201)
    await vi.waitFor(async () => expect(await ask(there)).toBe(201), within)
  })

  test('refreshes of one token that race through both get the same successor', async () => {
    const { here } = await knownToBoth()
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => refresh(index % 2 ? platform : another, here.refreshToken)),
    )
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200))
    const [successor = '', ...others] = new Set(answers.map(({ body }) => body.refresh_token as string))
    expect(others).toEqual([])
    expect((await refresh(another, successor)).status).toBe(200)
  })
})

test('a server that is killed between the rotation and its answer keeps nobody out', async () => {
  const database = await createUnmigratedDatabase()
  const wire = await startWire(database.adminUrl)
  const env = { DATABASE_URL: wire.url(database.adminUrl), TOKEN_KEY_SECRET: testSecret }
  const first = await startServerProcess(env)
  let second: typeof first | undefined
  try {
    const { body } = await createCaller(first.url).post('/signup', signupBody('Acme'))
    const isRotated = () =>
      withDirectClient(database.adminUrl, async (admin) => {
        const { rows } = await admin.query('select previous_token_hash is not null as yes from sessions')
        return rows[0].yes as boolean
      })
    expect(await isRotated()).toBe(false)

    // The worker commits, too, over connections of its own.
    let rotating: number | undefined
    let killed: Promise<void> | undefined
    let sql = ''
    wire.onMessage = (message) => {
      if (/^update "sessions"/.test(message.sql)) rotating = message.connection
      if (message.connection !== rotating) return 'forward'
      if (message.type === 'B') sql = message.sql
      if (message.type !== 'S' || !/^commit/.test(sql)) return 'forward'
      killed = first.end('SIGKILL')
      return 'cut after'
    }
    await expect(refresh(first, body.refresh_token)).rejects.toThrow('fetch failed')
    await killed
    await vi.waitFor(async () => expect(await isRotated()).toBe(true), { timeout: 10_000 })

    wire.onMessage = () => 'forward'
    second = await startServerProcess(env)
    const retried = await refreshed(second, body.refresh_token)
    expect(retried.refreshToken).not.toBe(body.refresh_token)
    expect(await isSignedIn(retried)).toBe(true)
    expect((await refresh(second, retried.refreshToken)).status).toBe(200)
  } finally {
    await first.end('SIGKILL')
    await second?.end()
    await wire.close()
    await database.drop()
  }
})
