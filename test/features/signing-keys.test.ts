import { setTimeout as sleep } from 'node:timers/promises'
import * as jose from 'jose'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { rotateKeys } from '../../src/features/sessions/signing-keys.ts'
import { testSecret } from '../support/cluster.ts'
import { addMember } from '../support/members.ts'
import { type Member, type Platform, startPlatform } from '../support/platform.ts'
import { at, isSignedIn, refreshed, startAnother } from '../support/sessions.ts'

const [second, minute, hour] = [1000, 60_000, 3_600_000]

let platform: Platform
let another: Awaited<ReturnType<typeof startAnother>>
/** How far the time in which a process reads the keys again is ahead of the machine's. */
let ahead = 0
beforeEach(async () => {
  const now = performance.now.bind(performance)
  vi.spyOn(performance, 'now').mockImplementation(() => now() + ahead)
  platform = await startPlatform()
  another = await startAnother(platform)
})
afterEach(async () => {
  await another.stop()
  await platform.stop()
  vi.restoreAllMocks()
})

function advance(ms: number) {
  platform.clock.advance(ms)
  ahead += ms
}

const rotate = (options: Parameters<typeof rotateKeys>[1] = {}, secret = testSecret) =>
  rotateKeys({ ...platform.context, secret }, options)
const kidOf = ({ token }: { token: string }) => jose.decodeProtectedHeader(token).kid

async function publishedBy({ url }: { url: string }): Promise<(string | undefined)[]> {
  const answer = await fetch(`${url}/.well-known/jwks.json`)
  return ((await answer.json()) as jose.JSONWebKeySet).keys.map(({ kid }) => kid)
}

/** A person with a token of each server. */
async function someone() {
  const here = await addMember(platform, 'acme', 'member')
  return { here, there: await refreshed(another, here.refreshToken) }
}

/** Whether this server and the other one take a token. */
const takenBy = (member: Member) =>
  Promise.all([platform, another].map((server) => isSignedIn(at(server, member))))

describe('a rotation', () => {
  test('is published by every server within a second, and signs a minute later', async () => {
    const [before] = await publishedBy(platform)
    const { kid, active_from, removed } = await rotate()
    expect(active_from).toEqual(new Date(platform.clock.now().getTime() + minute))
    expect(removed).toEqual([])

    advance(second + 1)
    for (const server of [platform, another]) expect(await publishedBy(server)).toEqual([kid, before])
    advance(minute - 2 * second)
    for (const bearer of Object.values(await someone())) {
      expect(kidOf(bearer)).toBe(before)
      expect(await takenBy(bearer)).toEqual([true, true])
    }
    advance(second)
    for (const bearer of Object.values(await someone())) {
      expect(kidOf(bearer)).toBe(kid)
      expect(await takenBy(bearer)).toEqual([true, true])
    }
  })

  test('leaves tokens of the key before good until they expire, in every server', async () => {
    const { here, there } = await someone()
    expect(await takenBy(here), 'remembered from here on').toEqual([true, true])
    advance(1)
    const { kid } = await rotate({ aheadSeconds: 0 })
    advance(15 * minute - 2)
    expect(kidOf((await someone()).there)).toBe(kid)
    for (const bearer of [here, there]) {
      expect(kidOf(bearer)).not.toBe(kid)
      expect(await takenBy(bearer)).toEqual([true, true])
    }
    advance(1)
    for (const bearer of [here, there]) expect(await takenBy(bearer)).toEqual([false, false])
  })

  test('in a hurry is taken by a server that has not heard of the key, as soon as it may ask', async () => {
    const { here } = await someone()
    advance(1)
    const { kid } = await rotate({ aheadSeconds: 0 })
    advance(second + 1)
    const bearer = await refreshed(platform, here.refreshToken)
    expect(kidOf(bearer)).toBe(kid)
    expect(await takenBy(bearer)).toEqual([true, true])
  })

  test('removes a key only when its successor has signed for more than an hour', async () => {
    const [oldest] = await publishedBy(platform)
    const { kid: next } = await rotate()
    advance(minute + hour)
    const { kid: third, removed } = await rotate()
    expect(removed).toEqual([])
    advance(1)
    const { kid: fourth, removed: nowRemoved } = await rotate()
    expect(nowRemoved).toEqual([oldest])
    advance(second + 1)
    for (const server of [platform, another]) {
      expect((await publishedBy(server)).sort()).toEqual([next, third, fourth].sort())
    }
  })

  test('after a theft leaves no token of the stolen key good for a second, remembered or not', async () => {
    const { here, there } = await someone()
    expect(await takenBy(here)).toEqual([true, true])
    const stolen = await publishedBy(platform)
    const { kid, removed } = await rotate({ removeOthers: true })
    expect(removed).toEqual(stolen)
    advance(second + 1)
    for (const bearer of [here, there]) expect(await takenBy(bearer)).toEqual([false, false])
    for (const server of [platform, another]) expect(await publishedBy(server)).toEqual([kid])

    const again = await refreshed(another, there.refreshToken)
    expect(kidOf(again)).toBe(kid)
    expect(await takenBy(again)).toEqual([true, true])
  })

  test('twice at once makes two keys, and all servers sign with the same', async () => {
    advance(1)
    const rotations = await Promise.all([rotate({ aheadSeconds: 0 }), rotate({ aheadSeconds: 0 })])
    advance(second + 1)
    const { here, there } = await someone()
    expect(kidOf(here)).toBe(kidOf(there))
    expect(rotations.map(({ kid }) => kid)).toContain(kidOf(here))
    expect(await publishedBy(platform)).toHaveLength(3)
  })
})

describe('a server with another TOKEN_KEY_SECRET', () => {
  let stranger: Awaited<ReturnType<typeof startAnother>>
  beforeEach(async () => {
    stranger = await startAnother(platform, 'another secret, of more than 32 characters')
    advance(second + 1)
  })
  afterEach(() => stranger.stop())

  test('signs with a key of its own, and each takes the tokens of the others', async () => {
    const { here } = await someone()
    const strange = await refreshed(stranger, (await someone()).there.refreshToken)
    expect(kidOf(strange)).not.toBe(kidOf(here))
    for (const bearer of [here, strange]) {
      expect(await takenBy(bearer)).toEqual([true, true])
      expect(await isSignedIn(at(stranger, bearer))).toBe(true)
    }
  })

  test('makes itself another key when all it could open are removed', async () => {
    const { here } = await someone()
    await rotate({ removeOthers: true })
    advance(second + 1)
    const strange = await refreshed(stranger, here.refreshToken)
    advance(second + 1)
    expect(await takenBy(strange)).toEqual([true, true])
    expect(await publishedBy(platform)).toHaveLength(2)
  })
})

test('while the database is away, a server goes on with the keys that it knows', async () => {
  const { here } = await someone()
  const { tokens, db } = another.context
  const away = vi.spyOn(db, 'readPlatform').mockRejectedValue(new Error('away'))
  for (const ms of [800, 201, 1001]) {
    advance(ms)
    expect(await tokens.verifyAccess(here.token)).toMatchObject({ userId: here.userId })
  }
  expect(away).toHaveBeenCalledTimes(3)
})

test('a server that is asked often reads the keys while it goes on with those it knows, but not for longer than a second', async () => {
  const { here } = await someone()
  const { tokens, db } = another.context
  const isTaken = () =>
    tokens.verifyAccess(here.token).then(
      () => true,
      () => false,
    )
  expect(await isTaken()).toBe(true)
  advance(second + 1)
  expect(await isTaken()).toBe(true)

  const answering = Promise.withResolvers<void>()
  const { readPlatform } = db
  const reads = vi.spyOn(db, 'readPlatform').mockImplementation((async (
    ...given: Parameters<typeof readPlatform>
  ) => {
    await answering.promise
    return readPlatform(...given)
  }) as typeof readPlatform)
  await rotate({ removeOthers: true })
  advance(800)
  expect([await isTaken(), await isTaken()], 'while it is read').toEqual([true, true])
  expect(reads).toHaveBeenCalledTimes(1)
  advance(201)
  let isOver = false
  const later = isTaken().finally(() => {
    isOver = true
  })
  await sleep(50)
  expect(isOver, 'a second after it was asked for').toBe(false)
  answering.resolve()
  expect(await later).toBe(false)
  expect(reads).toHaveBeenCalledTimes(1)
})

test('a server remembers ten thousand tokens that it issued or verified, and no more', async () => {
  const { tokens } = platform.context
  const checks = vi.spyOn(crypto.subtle, 'verify')
  const claims = await tokens.verifyUser(platform.acme.token)
  const issue = () => tokens.issueAccess({ ...claims, role: 'owner' })
  const checksOf = async (token: string, by = tokens) => {
    checks.mockClear()
    expect(await by.verifyAccess(token)).toEqual(claims)
    return checks.mock.calls.length
  }
  const first = await issue()
  expect(await checksOf(first), 'issued here').toBe(0)
  const elsewhere = another.context.tokens
  expect(await checksOf(first, elsewhere), 'issued by another').toBe(1)
  expect(await checksOf(first, elsewhere), 'remembered').toBe(0)
  const second = await issue()
  for (let made = 2; made < 10_000; made++) await issue()
  expect(await checksOf(first), 'with ten thousand').toBe(0)
  await issue()
  expect(await checksOf(first), 'with one more, but used before').toBe(0)
  expect(await checksOf(second), 'with one more, and not used').toBe(1)
})
