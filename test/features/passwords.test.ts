import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'
import type { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createPasswords, refuseWeakPassword } from '../../src/features/sessions/passwords.ts'
import { root } from '../support/consumer.ts'
import { type Answer, goodPassword, type Platform, signupBody, startPlatform } from '../support/platform.ts'

/** Holds up the threads' work on request, and knows what they were given. */
const running = vi.hoisted(() => {
  // Another file may have loaded what is to be held up, where files share a process.
  vi.resetModules()
  return { hold: Promise.resolve(), groups: [] as unknown[][] }
})
vi.mock('piscina', async (importOriginal) => {
  const original = await importOriginal<typeof import('piscina')>()
  class Piscina extends original.Piscina {
    override async run(...task: Parameters<typeof original.Piscina.prototype.run>) {
      running.groups.push(task[0])
      await running.hold
      return super.run(...task)
    }
  }
  return { ...original, Piscina }
})

describe('a burst', () => {
  let platform: Platform
  beforeAll(async () => {
    platform = await startPlatform({ PASSWORD_HASHES_AT_ONCE: '1', PASSWORD_HASHES_WAITING: '2' })
  })
  afterAll(() => platform.stop())

  const right = { email: 'owner@acme.example', password: goodPassword }
  const wrong = { ...right, password: 'not the password' }
  const unknown = { ...right, email: 'nobody@acme.example' }
  const logIn = (body: object) => platform.post('/auth/login', body)

  /** Sends them all while no computation comes to an end, until all but `left` of them are answered. */
  async function press(requests: (() => Promise<Answer>)[], left: number) {
    const { promise, resolve: release } = Promise.withResolvers<void>()
    running.hold = promise
    const early: Answer[] = []
    const late: Answer[] = []
    let isReleased = false
    const all = requests.map(async (send) => {
      const answer = await send()
      const answers = isReleased ? late : early
      answers.push(answer)
    })
    try {
      await vi.waitFor(() => expect(early.length).toBe(requests.length - left), { timeout: 10_000 })
    } finally {
      isReleased = true
      release()
      await Promise.all(all)
    }
    return { early, late }
  }

  test.each([
    ['the right password', [right]],
    ['a wrong password', [wrong]],
    ['unknown addresses', [unknown]],
    ['all of these', [right, wrong, unknown]],
  ])(
    'of logins with %s finds one at work and two in line; the rest are told when to come back',
    async (_what, bodies) => {
      const requests = Array.from(
        { length: 20 },
        (_, index) => () => logIn(bodies[index % bodies.length] ?? {}),
      )
      const { early, late } = await press(requests, 3)
      for (const { status, headers, body } of early) {
        expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'overloaded', '1'])
      }
      for (const { status } of late) expect([200, 401]).toContain(status)
      expect((await logIn(right)).status, 'and then it is over').toBe(200)
    },
  )

  test('of signups stands in the same line', async () => {
    const signups = Array.from(
      { length: 10 },
      (_, index) => () => platform.post('/signup', signupBody(`Burst ${index}`)),
    )
    const { early, late } = await press(signups, 3)
    expect(early.map(({ status }) => status)).toEqual(Array(7).fill(503))
    expect(late.map(({ status }) => status)).toEqual([201, 201, 201])
  })

  test('leaves alone what needs no password', async () => {
    const logins = Array.from({ length: 5 }, () => () => logIn(right))
    const me = async () => {
      const answer = await platform.acme.get('/v1/me')
      expect(answer.status).toBe(200)
      return answer
    }
    await press([...logins, me, me], 3)
  })
})

const open = (atOnce: number, waiting: number) =>
  createPasswords({ atOnce, waiting }, { error: (fields: object) => expect(fields).toBe('never called') })

/** Makes a hasher, and tells of its threads as they start. */
async function createWatched(atOnce: number) {
  const threads: Worker[] = []
  const note = (thread: Worker) => threads.push(thread)
  process.on('worker', note)
  const passwords = await open(atOnce, 100)
  return { passwords, threads, stopNoting: () => process.off('worker', note) }
}

test('there are as many threads as may compute at once, and no more', async () => {
  const { passwords, threads, stopNoting } = await createWatched(2)
  await Promise.all(Array.from({ length: 10 }, () => passwords.hash('x')))
  expect(threads.length).toBe(2)
  stopNoting()
  await passwords.close()
})

test('a place is given back when a computation fails', async () => {
  const passwords = await open(1, 0)
  await expect(passwords.verify('x', 'no hash')).rejects.toThrow()
  expect(await passwords.verify('x', await passwords.hash('x'))).toBe(true)
  await passwords.close()
})

test('what Node’s thread pool does comes in between, however many are hashed', async () => {
  // As many as that pool has threads.
  const passwords = await open(4, 100)
  const firsts: string[] = []
  for (let round = 0; round < 10; round++) {
    const hashes = Array.from({ length: 12 }, () => passwords.hash('x').then(() => 'a hash'))
    const digest = crypto.subtle.digest('SHA-256', new Uint8Array(32)).then(() => 'a digest')
    firsts.push(await Promise.race([...hashes, digest]))
    await Promise.all(hashes)
  }
  expect(firsts).toContain('a digest')
  await passwords.close()
})

test('a thread that ends by itself takes with it all that it was given, and another comes for the line', async () => {
  const { passwords, threads, stopNoting } = await createWatched(1)
  const [first, ...together] = Array.from({ length: 4 }, () => passwords.hash('x'))
  const lost = Promise.allSettled(together)
  await first
  const behind = passwords.hash('x')
  await threads[0]?.terminate()
  expect((await lost).map(({ status }) => status)).toEqual(Array(3).fill('rejected'))
  expect(await behind).toMatch(/^\$argon2id\$/)
  expect(await passwords.verify('x', await passwords.hash('x'))).toBe(true)
  expect(threads.length).toBe(2)
  stopNoting()
  await passwords.close()
})

test('threads that cannot start again for a while start with what is asked for afterwards', async () => {
  const { passwords, threads, stopNoting } = await createWatched(2)
  const end = (thread: Worker) => void thread.terminate()
  process.on('worker', end)
  const before = Promise.allSettled(Array.from({ length: 7 }, () => passwords.hash('x')))
  await Promise.all(threads.slice().map((thread) => thread.terminate()))
  // Those that were to replace them.
  await vi.waitFor(() => expect(threads.length).toBeGreaterThan(2))
  await vi.waitFor(() => expect(threads.every(({ threadId }) => threadId < 0)).toBe(true))
  process.off('worker', end)
  const hashes = await Promise.all(Array.from({ length: 7 }, () => passwords.hash('x')))
  expect(new Set(hashes).size).toBe(7)
  await before
  stopNoting()
  await passwords.close()
})

test('who asks first is served first', async () => {
  const passwords = await open(1, 100)
  const order: number[] = []
  await Promise.all(
    Array.from({ length: 20 }, async (_, index) => {
      await passwords.hash('x')
      order.push(index)
    }),
  )
  expect(order).toEqual(order.toSorted((one, other) => one - other))
  await passwords.close()
})

test.each([
  [1, 21, [1, 8, 8, 4]],
  [1, 4, [1, 3]],
  [2, 8, [1, 1, 3, 2, 1]],
  [4, 4, [1, 1, 1, 1]],
])(
  '%s threads share a line of %s, each its part of it and at most 8 at once',
  async (atOnce, count, sizes) => {
    const passwords = await open(atOnce, 100)
    running.groups = []
    const hashes = await Promise.all(Array.from({ length: count }, () => passwords.hash('x')))
    expect(new Set(hashes).size).toBe(count)
    expect(running.groups.map(({ length }) => length)).toEqual(sizes)
    await passwords.close()
  },
)

test('those that are computed together have each their own outcome', async () => {
  const passwords = await open(1, 100)
  const [ofX, ofY] = await Promise.all([passwords.hash('x'), passwords.hash('y')])
  running.groups = []
  const outcomes = await Promise.allSettled([
    passwords.verify('x', ofX),
    passwords.verify('x', ofX),
    passwords.verify('x', ofY),
    passwords.verify('x', 'no hash'),
    passwords.verify('the password of nobody', undefined),
    passwords.hash('x'),
    passwords.verify('y', ofY),
  ])
  expect(running.groups.map(({ length }) => length)).toEqual([1, 6])
  expect(outcomes.map((outcome) => ('value' in outcome ? outcome.value : outcome.status))).toEqual([
    ...[true, true, false, 'rejected', false, expect.stringMatching(/^\$argon2id\$/), true],
  ])
  await passwords.close()
})

test('those that a thread has taken together still count as waiting', async () => {
  const passwords = await open(1, 3)
  const [first, ...together] = Array.from({ length: 4 }, () => passwords.hash('x'))
  await first
  const last = passwords.hash('x')
  await expect(passwords.hash('x')).rejects.toMatchObject({ code: 'overloaded' })
  await Promise.all([...together, last])
  await passwords.close()
})

test('what is in line when it is closed is not computed', async () => {
  const passwords = await open(1, 100)
  running.groups = []
  const lost = Promise.allSettled(Array.from({ length: 5 }, () => passwords.hash('x')))
  await passwords.close()
  const codes = (await lost).map((outcome) => outcome.status === 'rejected' && outcome.reason.code)
  expect(codes).toEqual([undefined, ...Array(4).fill('overloaded')])
  expect(running.groups.length).toBe(1)
})

test('what is closed stays closed', async () => {
  const { passwords, threads, stopNoting } = await createWatched(3)
  await Promise.all([passwords.close(), passwords.close()])
  await expect(passwords.hash('x')).rejects.toMatchObject({ code: 'overloaded' })
  expect(threads.length).toBe(3)
  stopNoting()
})

test('without room for its threads it does not start', async () => {
  // A thread takes some file descriptors; in a process of its own, whose error would otherwise be everybody's.
  const program = `import { createPasswords } from './src/features/sessions/passwords.ts'
    await createPasswords({ atOnce: 64, waiting: 1 }, console).catch(() => console.log('told'))`
  const args = [
    '-c',
    'ulimit -n 60; exec "$@"',
    'bash',
    process.execPath,
    '--input-type=module',
    '-e',
    program,
  ]
  const { stdout } = await promisify(execFile)('bash', args, { cwd: root })
  expect(stdout).toContain('told')
})

test('closing ends the threads', async () => {
  const { passwords, threads, stopNoting } = await createWatched(2)
  stopNoting()
  const exits = Promise.all(threads.map((thread) => once(thread, 'exit')))
  const lost = passwords.hash('x')
  await Promise.all([passwords.close(), expect(lost).rejects.toThrow()])
  expect((await exits).length).toBe(2)
})

describe('a password is refused', () => {
  const context = ['Épicerie Łódź', 'ada@acmeholding.example', 'Ada', 'Lovelace', 'Acme', 'Газпром']
  const refuse = (password: string) => () => refuseWeakPassword(password, context, 'body.password')
  const messageOf = (password: string) => {
    try {
      refuse(password)()
    } catch (error) {
      return (error as { errors?: { path: string; message: string }[] }).errors?.[0]
    }
  }

  test.each(['password123', 'PASSWORD123', 'Pàsswörd123', 'iloveyou1', 'qwertyuiop'])(
    'when it is common, however it is written: %s',
    (password) => {
      expect(messageOf(password)).toEqual({
        path: 'body.password',
        message: 'is one of the most common passwords',
      })
    },
  )

  test.each(['aaaaaaaaaaaa', 'abababababab', '111111111'])('when it repeats itself: %s', (password) => {
    expect(messageOf(password)?.message).toMatch(/repeats too few|most common/)
  })

  test.each([
    'lovelace1815',
    'LOVELACE-1815',
    'ada.lovelace',
    'Adalovelace!!',
    'Épicerie-2026',
    'epicerielodz',
    'acmeholding1',
    'Acme-Acme-Acme',
    'газпром2026',
  ])('when it is made of the names around it: %s', (password) => {
    expect(messageOf(password)?.message).toBe('is made of your own or the company’s names')
  })

  test.each(['correct-horse-7', 'acme buys horses', '株式会社は長い言葉です', 'k3$Vq!zT9#', 'lovelacegrace'])(
    'and not otherwise: %s',
    (password) => {
      expect(refuse(password)).not.toThrow()
    },
  )
})
