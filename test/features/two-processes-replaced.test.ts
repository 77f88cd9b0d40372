import { setTimeout as sleep } from 'node:timers/promises'
import { parseCrontab } from 'graphile-worker'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { closeContext, createContext } from '../../src/context.ts'
import { crontab } from '../../src/jobs/tasks.ts'
import { createLog } from '../../src/log.ts'
import { startServer } from '../../src/server.ts'
import { startBeforeCron } from '../support/before-cron.ts'
import { testSecret } from '../support/cluster.ts'
import { runCli } from '../support/command-line.ts'
import { createCaller, goodPassword, signupBody } from '../support/platform.ts'
import { type ServerProcess, startServerProcess } from '../support/server-process.ts'
import {
  type Bearer,
  type Migrated,
  patienceMs,
  startTwoProcesses,
  type TwoProcesses,
  told,
} from '../support/two-processes.ts'

// Two servers while their keys are replaced, their listeners cut off, the clock strikes, and they are replaced and killed.
// On a database of its own, since on a clone of the tests' template the clock wakes nothing.
/** How long after the start the servers see the next run of every five minutes: they should be up before it. */
const untilCronMs = 20_000

let two: TwoProcesses
let owner: Bearer
beforeAll(async () => {
  two = await startTwoProcesses({ before: signUpLongAgo, start: bothBeforeCron })
  owner = await two.signUp('Initech')
}, patienceMs)
afterAll(() => two?.stop(), patienceMs)

const bothBeforeCron = (env: Record<string, string>) =>
  startBeforeCron(env, () => Promise.all([startServerProcess(env), startServerProcess(env)]), untilCronMs)

/** Two companies of months ago: what the end of their trials should have brought is due since the servers were down. */
async function signUpLongAgo({ dataDir, ...urls }: Migrated): Promise<void> {
  const config = readConfig({ NODE_ENV: 'test', DATA_DIR: dataDir, RATE_LIMITS: 'off' })
  const clock = { now: () => new Date('2026-03-02T10:00:00.000Z') }
  const log = createLog('silent')
  const context = await createContext({ config, log, ...urls, tokenKeySecret: testSecret, clock })
  const server = await startServer(context, { host: '127.0.0.1', port: 0 })
  for (const company of ['Acme', 'Globex']) {
    const { status } = await createCaller(server.url).post('/signup', signupBody(company))
    expect(status).toBe(201)
  }
  await server.close(2000)
  await closeContext(context)
}

test('a key that replaces all others does so in both, and one that is added shows in both', {
  timeout: patienceMs,
}, async () => {
  const session = await two.signUp('Hooli')
  const published = async () =>
    Promise.all(
      two.servers.map(async ({ url }) => {
        const { body } = await createCaller(url).get('/.well-known/jwks.json')
        return body.keys.map(({ kid }: { kid: string }) => kid)
      }),
    )
  const rotate = async (...options: string[]) => {
    const { code, stdout, stderr } = await runCli(['rotate-keys', '--json', ...options], two.env)
    expect(code, stderr).toBe(0)
    return JSON.parse(stdout).kid as string
  }
  const within = { timeout: 30_000, interval: 50 }
  const only = await rotate('--remove-others')
  await vi.waitFor(async () => expect(await published()).toEqual([[only], [only]]), within)
  expect(await two.toldByEach(session)).toEqual(['401 unauthenticated', '401 unauthenticated'])
  const { body } = await session.post('/auth/refresh', { refresh_token: session.refreshToken })
  expect(await two.toldByEach(two.bearer(body))).toEqual([200, 200])

  const added = await rotate('--in', '60')
  const both = [added, only].toSorted()
  const seen = async () => (await published()).map((kids) => kids.toSorted())
  await vi.waitFor(async () => expect(await seen()).toEqual([both, both]), within)
  const renewed = await owner.post('/auth/refresh', { refresh_token: owner.refreshToken })
  owner = two.bearer(renewed.body)
})

test('while nobody hears of new jobs, what has ended stays ended, and mail goes out all the same', {
  timeout: patienceMs,
}, async () => {
  const session = await createCaller(two.balancer.url).post('/auth/login', {
    email: owner.email,
    password: goodPassword,
  })
  const ending = two.bearer(session.body)
  expect(await two.toldByEach(ending)).toEqual([200, 200])
  const cut = () =>
    two.sql(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and query ilike 'listen%'`,
    )
  expect((await cut()).length, 'the listener of each worker').toBeGreaterThanOrEqual(2)
  expect(told(await ending.post('/auth/logout', { refresh_token: ending.refreshToken }))).toBe(204)
  const ended = '401 unauthenticated'
  expect(await two.toldByEach(ending), 'the one that has ended it knows').toContain(ended)
  await vi.waitFor(async () => expect(await two.toldByEach(ending)).toEqual([ended, ended]), {
    timeout: 5000,
    interval: 25,
  })
  await cut()
  const email = 'linus@initech.example'
  expect(told(await owner.post('/v1/invitations', { email, role: 'member' }))).toBe(201)
  await two.sink.untilMailTo(email, 'invites you')
})

const atOnce = 6
/** Sends requests of all kinds without a pause, until told to stop. */
function startTraffic() {
  let isOver = false
  const answers: (number | string)[] = []
  const work = async (index: number) => {
    while (!isOver) {
      const answer =
        index % 2
          ? await owner.get('/v1/clients?limit=5')
          : await owner.post('/v1/clients', { name: 'Traffic' })
      answers.push(answer.status < 300 ? answer.status : `${answer.status} ${JSON.stringify(answer.body)}`)
    }
  }
  const working = Promise.all(Array.from({ length: atOnce }, (_, index) => work(index)))
  return {
    answers,
    async stop() {
      isOver = true
      await working
    },
  }
}
const countTraffic = async () =>
  (await two.sql(`select count(*)::int as n from clients where name = 'Traffic'`))[0].n as number

test('one after the other is replaced under traffic, and no request is lost', {
  timeout: patienceMs,
}, async () => {
  const fresh = await Promise.all([startServerProcess(two.env), startServerProcess(two.env)])
  const traffic = startTraffic()
  try {
    for (const [index, next] of fresh.entries()) {
      const [old] = two.servers.splice(index, 1, next) as [ServerProcess]
      two.balancer.add(next.url)
      const ended = old.end('SIGTERM')
      await two.balancer.untilLeftOut(old.url)
      await ended
    }
    await sleep(100)
  } finally {
    await traffic.stop()
  }
  const lost = traffic.answers.filter((answer) => typeof answer === 'string')
  expect(lost).toEqual([])
  const made = traffic.answers.filter((answer) => answer === 201).length
  expect(await countTraffic()).toBe(made)
  for (const { url } of two.servers) expect(two.balancer.served.get(url)).toBeGreaterThan(0)
  process.stdout.write(
    `Two processes: ${traffic.answers.length} requests while both were replaced, none lost\n`,
  )
})

test('what is due by the clock while both run, and was while none did, is done once', {
  timeout: patienceMs,
}, async () => {
  const ofTrials = () =>
    two.sink.mails
      .filter(({ subject }) => /trial/i.test(subject))
      .flatMap(({ recipients }) => recipients)
      .toSorted()
  const wanted = ['owner@acme.example', 'owner@globex.example']
  await vi.waitFor(() => expect(ofTrials()).toEqual(wanted), { timeout: patienceMs / 2, interval: 50 })
  const known = await two.sql(
    `select identifier, last_execution is not null as "hasRun" from graphile_worker._private_known_crontabs`,
  )
  const all = parseCrontab(crontab).map(({ identifier }) => identifier)
  expect(known.map(({ identifier }) => identifier).toSorted()).toEqual(all.toSorted())
  expect(known.filter(({ hasRun }) => hasRun).map(({ identifier }) => identifier)).toEqual(
    expect.arrayContaining(['trial-notices', 'grace-over', 'seal-audit']),
  )
  for (const tenantId of ['acme', 'globex']) {
    const query = `select count(*)::int as n from audit_entries where tenant_id = $1 and action = 'tenant.trial_ended'`
    const [entries] = await two.sql(query, [tenantId])
    expect(entries.n).toBe(1)
  }
  expect(ofTrials()).toEqual(wanted)
})

test('one that is killed takes with it what it had under way, and the other goes on', {
  timeout: patienceMs,
}, async () => {
  const madeBefore = await countTraffic()
  const traffic = startTraffic()
  const [killed, other] = two.servers as [ServerProcess, ServerProcess]
  try {
    await sleep(200)
    await killed.end('SIGKILL')
    await two.balancer.untilLeftOut(killed.url)
    const before = traffic.answers.length
    await vi.waitFor(() => expect(traffic.answers.length).toBeGreaterThan(before + 50), { timeout: 60_000 })
  } finally {
    await traffic.stop()
  }
  const lost = traffic.answers.filter((answer) => typeof answer === 'string')
  expect(lost.length, 'as many as were under way there').toBeLessThanOrEqual(atOnce)
  for (const each of lost) expect(each).toContain(killed.url)
  const made = traffic.answers.filter((answer) => answer === 201).length
  const stored = (await countTraffic()) - madeBefore
  expect(stored).toBeGreaterThanOrEqual(made)
  expect(stored, 'with those whose answer was lost').toBeLessThanOrEqual(made + lost.length)
  const there = createCaller(other.url, {
    Authorization: `Bearer ${owner.token}`,
    'X-Tenant-ID': owner.tenantId,
  })
  expect(told(await there.get('/v1/me'))).toBe(200)
})
