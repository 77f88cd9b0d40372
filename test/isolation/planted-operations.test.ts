import type { Request } from 'express'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { clients } from '../../src/business/crm/clients.ts'
import { deals } from '../../src/business/crm/deals.ts'
import { leads } from '../../src/business/crm/leads.ts'
import { AppError, type ErrorCode } from '../../src/errors.ts'
import { planAdminRoutes } from '../../src/features/plans/admin-routes.ts'
import { createMail } from '../../src/mail.ts'
import { numberOf } from '../support/resource-examples.ts'
import { attackOperation } from './operations/attack-operation.ts'
import { believing, type Plant, plantOn, type Spoil } from './operations/plants.ts'
import { type AttackStage, openStage, words } from './operations/stage.ts'
import { leaksInMails, leaksInMetrics, sendMails, undeclaredPaths } from './operations/traces.ts'

// What the attacks on every operation would say of routes that tell one tenant of another, or let it in.
let stage: AttackStage
beforeAll(async () => {
  stage = await openStage(({ path }) => /^\/v1\/(clients|leads)(\/\{id\})?$/.test(path))
})
afterAll(() => stage?.stop())

const { get, list, create, update } = clients.routes
const theirName = 'select id, name, notes from clients where id = $1'
const find = async (id: unknown) => (await stage.platform.sql(theirName, [id], words.other))[0]
const found = (body: unknown) => ({ status: 200, body })

/** What happens where the sound route does not find the object, because it is the other's. */
const ofTheirs =
  (spoil: (theirs: { id: string; name: string }) => unknown): Spoil =>
  async ({ input }, sound) => {
    try {
      return await sound()
    } catch (error) {
      const isMissing = error instanceof AppError && error.code === 'not_found'
      const theirs = isMissing && (await find(input.params.id))
      const made = theirs && (await spoil(theirs))
      if (made) return found(made)
      throw error
    }
  }

/** What the sound list finds, unless the other has something to add. */
const withTheirs =
  (look: (query: Record<string, string>) => Promise<unknown>): Spoil =>
  async ({ input }, sound) => {
    const reply = await sound()
    const theirs = await look(input.query)
    return theirs ? found({ data: [theirs], next_cursor: null }) : reply
  }

const refuse = (code: ErrorCode) => () => {
  throw new AppError(code)
}

const isHeron = (request: Request) => request.headers['x-tenant-id'] === words.own

const keptByKey = new Map<string, unknown>()
const anything = { status: 200, body: z.any() }

const plants: [name: string, plant: () => Plant, fault: RegExp][] = [
  [
    'reads-by-id-in-any-tenant',
    () => ({ routes: [get], spoil: ofTheirs((theirs) => theirs), declare: { response: anything } }),
    /ids in the path: their id, by viewer.* holds canary-otter/s,
  ],
  [
    'tells-by-another-code-that-it-is-there',
    () => ({ routes: [get], spoil: ofTheirs(refuse('conflict')), declare: { errors: ['conflict'] } }),
    /ids in the path: their id, by owner.* differs from the answer about what never was/,
  ],
  [
    'names-its-owner-in-an-error',
    () => ({
      routes: [get],
      spoil: ofTheirs(({ name }) => {
        throw new AppError('invalid_request', { errors: [{ path: 'path.id', message: `is ${name}` }] })
      }),
    }),
    /ids in the path: .* holds canary-otter/s,
  ],
  [
    'names-its-owner-in-a-header',
    () => ({
      routes: [get],
      spoil: ofTheirs(({ name }) => {
        throw new AppError('not_found', { headers: { 'X-Owner': name } })
      }),
    }),
    /x-owner,canary-otter/,
  ],
  [
    'logs-what-it-found',
    () => ({
      routes: [get],
      spoil: ofTheirs(({ name }) => stage.platform.context.log.info({ tenant_id: words.own, name }, 'found')),
    }),
    /a log line of canary-heron holds canary-otter/,
  ],
  [
    'changes-what-it-does-not-show',
    () => ({
      routes: [get],
      spoil: ofTheirs(async ({ id }) => {
        await stage.platform.sql('update clients set name = name where id = $1', [id], words.other)
      }),
    }),
    /the other's clients have changed/,
  ],
  [
    'finds-by-words-in-any-tenant',
    () => ({
      routes: [list],
      declare: { response: anything },
      spoil: withTheirs(async ({ name }) => {
        const named = 'select name from clients where name = $1'
        return (await stage.platform.sql(named, [name], words.other))[0]
      }),
    }),
    /queries: canary-otter \d+ as name, .* holds canary-otter/s,
  ],
  [
    'finds-by-reference-in-any-tenant',
    () => ({
      routes: [leads.routes.list],
      declare: { response: anything },
      spoil: withTheirs(async ({ client_id }) => (await find(client_id)) && 'something'),
    }),
    /queries: their id as client_id, .* differs/,
  ],
  [
    'goes-on-where-the-cursor-was-made',
    () => ({
      routes: [list],
      declare: { response: anything },
      spoil: withTheirs(({ cursor = '' }) => {
        const [, id] = /,"([^"]+)"]$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
        return find(id)
      }),
    }),
    /cursors: their cursor, .* holds canary-otter/s,
  ],
  [
    'takes-references-to-any-tenant',
    () => ({
      routes: [deals.routes.create],
      declare: { response: { status: 201, body: z.any() } },
      async spoil({ input }, sound) {
        if (!(await find(input.body.client_id))) return sound()
        input.body.client_id = null
        return sound()
      },
    }),
    /bodies: their client_id, .* their id was taken/,
  ],
  [
    'lets-the-body-say-whose-it-is',
    () => ({
      routes: [create],
      declare: { body: z.object({ ...(create.body as z.ZodObject).shape }).strip() },
    }),
    /bodies: tenant_id of one's own choice, .* expected 400 invalid_request, was 201/,
  ],
  [
    'keeps-answers-by-their-key-alone',
    () => ({
      routes: [create],
      async spoil({ request }, sound) {
        const key = String(request.headers['idempotency-key'])
        const kept = keptByKey.get(key)
        const reply = await sound()
        if (request.headers['idempotency-key'] !== undefined) keptByKey.set(key, kept ?? reply.body)
        return kept ? { ...reply, body: kept, json: undefined } : reply
      },
    }),
    /idempotency keys: their key and body, .* was answered with theirs/,
  ],
  [
    'keeps-answers-by-key-and-person',
    () => ({
      routes: [create],
      async spoil({ request }, sound) {
        const { sub } = decodeJwt(String(request.headers.authorization).slice('Bearer '.length))
        const key = `${sub} ${request.headers['idempotency-key']}`
        const reply = await sound()
        const kept = keptByKey.get(key) ?? reply.body
        keptByKey.set(key, kept)
        return { ...reply, body: kept, json: undefined }
      },
    }),
    /idempotency keys: .* by the owner of both companies: .* was answered with theirs/,
  ],
  [
    'sums-up-what-others-have',
    () => ({
      routes: [list],
      declare: { response: anything },
      async spoil({ request }, sound) {
        const reply = await sound()
        return isHeron(request) ? found({ sum: 2 * (numberOf(words.other) ?? 0) }) : reply
      },
    }),
    /queries: .* holds 15555542/s,
  ],
  [
    'tells-everybody-what-was-asked-for',
    () => {
      let asked: unknown
      return {
        routes: [get, list],
        declare: { response: anything },
        async spoil({ input, request }, sound) {
          if (await find(input.params?.id)) asked = input.params.id
          const reply = await sound()
          return isHeron(request) && asked && !input.params?.id ? found({ data: [{ id: asked }] }) : reply
        },
      }
    },
    /queries: .* holds [0-9a-f]{8}-/s,
  ],
  [
    'compares-entity-tags-in-any-tenant',
    () => ({
      routes: [update, get],
      async spoil({ input, request }, sound) {
        const isOurs = request.headers['if-match'] === '"AAAAAAAAAAAAAAAAAAAAAA"'
        if (isOurs && (await find(input.params.id))) throw new AppError('precondition_failed')
        return sound()
      },
    }),
    /entity tags: their id and no tag of theirs, .* differs/,
  ],
  [
    'forgets-to-compare-the-header',
    () => ({
      routes: [get],
      before(request, _response, next) {
        if (request.headers['x-tenant-id']) request.headers['x-tenant-id'] = words.own
        next()
      },
    }),
    /tenants named: the tenant canary-otter, .* expected 403 tenant_mismatch, was 404/,
  ],
  [
    'lets-the-header-choose-the-tenant',
    () => ({
      routes: [list],
      declare: { response: anything },
      before(request, _response, next) {
        const { token } = stage.parties.own.member
        if (request.headers.authorization === `Bearer ${token}` && request.headers['x-tenant-id']) {
          request.headers['x-named'] = request.headers['x-tenant-id']
          request.headers['x-tenant-id'] = words.own
        }
        next()
      },
      async spoil({ request }, sound) {
        const reply = await sound()
        const named = request.headers['x-named']
        if (named !== words.other) return reply
        const data = await stage.platform.sql('select name from clients', [], named)
        return found({ data, next_cursor: null })
      },
    }),
    /tenants named: the tenant canary-otter, .* holds canary-otter/s,
  ],
  [
    'believes-the-forwarded-host',
    () => ({
      routes: [get],
      before(request, _response, next) {
        delete request.headers['x-forwarded-host']
        next()
      },
    }),
    /tenants named: their X-Forwarded-Host, one's own name, .* expected 403 tenant_mismatch, was 404/,
  ],
  [
    'believes-what-a-token-says',
    () => ({ routes: [list], context: believing(stage.platform.context) }),
    /tokens: no algorithm beside canary-otter, .* holds canary-otter/s,
  ],
  [
    'lets-members-do-what-operators-do',
    () => ({
      routes: planAdminRoutes.filter(({ method, path }) => method === 'GET' && path === '/v1/admin/plans'),
      before(_request, response) {
        response.json({ tenant: words.other })
      },
    }),
    /tokens: the operators' own, about the other, with viewer, .* holds canary-otter/s,
  ],
]

test.each(plants)('%s', async (name, plant, fault) => {
  expect(await faultsOf(name, plant())).toContainEqual(expect.stringMatching(fault))
})

test('the sound routes that they are made of have no fault', async () => {
  expect(await faultsOf('sound', { routes: [get, list, create, update, leads.routes.list] })).toEqual([])
})

test('a metric with a word of a tenant is noticed', async () => {
  expect(await leaksInMetrics(stage)).toEqual([])
  const { metrics } = stage.platform.context
  metrics.jobs.inc({ task: words.other, outcome: 'done' })
  expect((await leaksInMetrics(stage)).join()).toMatch(/the metrics: holds canary-otter/)
})

test('a metric with a part of a tenant in a path is noticed', async () => {
  const path = `/v1/clients ${words.other.slice(-5)}`
  expect(await undeclaredPaths(stage)).not.toContain(path)
  stage.platform.context.metrics.requests.observe({ method: 'GET', path, status: 200 }, 0)
  expect(await undeclaredPaths(stage)).toContain(path)
})

test('a mail to one that speaks of the other is noticed', async () => {
  expect(leaksInMails(stage, await sendMails(stage.platform))).toEqual([])
  const { dataDir } = stage.platform
  const mail = createMail({ from: 'a@example.com', dataDir })
  const news = { subject: 'News', text: `Of ${words.other}` }
  await mail.send({ ...news, to: `owner@${words.own}.example`, messageId: '<planted@example.com>' })
  await mail.send({ ...news, to: stage.both.email, messageId: '<of-one@example.com>' })
  const text = `Of ${words.other} and ${words.own}`
  await mail.send({ ...news, text, to: stage.both.email, messageId: '<of-two@example.com>' })
  const leaks = leaksInMails(stage, await sendMails(stage.platform))
  const toBoth = leaks.filter((leak) => leak.includes(stage.both.email))
  expect(toBoth).toEqual(Object.values(words).map(() => expect.stringMatching(/holds canary-/)))
  expect(leaks.join()).toMatch(/a mail to .*owner@canary-heron\.example.* holds canary-otter/s)
})

async function faultsOf(name: string, plant: Plant): Promise<string[]> {
  const planted = await plantOn(stage, name, plant)
  try {
    const faults: string[] = []
    for (const operation of planted.stage.operations) {
      faults.push(...(await attackOperation(planted.stage, operation)))
    }
    return faults
  } finally {
    planted.stop()
  }
}
