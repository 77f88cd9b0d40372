import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Context } from '../../src/context.ts'
import { AppError } from '../../src/errors.ts'
import { errorHandler } from '../../src/http/error-handler.ts'
import { observe } from '../../src/http/observe.ts'
import { createOpenApiDocument } from '../../src/http/openapi.ts'
import { ok, type Reply, route } from '../../src/http/route.ts'
import { serve } from '../../src/http/serve.ts'
import { createMetrics } from '../../src/metrics.ts'
import { listen } from '../isolation/disaster-server.ts'
import { createCheck } from '../support/openapi/check-answer.ts'
import { type Operation, operationsOf } from '../support/openapi/document.ts'
import { createExchange, type Exchange } from '../support/openapi/exchange.ts'
import { fuzzOperation, type Stage } from '../support/openapi/fuzz-operation.ts'

// What the contract's test would say of operations that do not do what their documentation says.

const example = { name: 'Grace', count: 3 }
type Thing = typeof example
type Handler = (thing: Thing) => Promise<Reply> | Reply
const thing = z.strictObject({ name: z.string().max(50), count: z.int().min(0).max(1000) })
const shown = z.strictObject({ name: z.string(), count: z.int() })

/** Operations by their path, each with a fault of its own. */
const handlers: Record<string, Handler> = {
  sound: (thing) => answer(thing),
  'member-of-another-type': (thing) => answer({ ...thing, count: thing.name.startsWith('Grace') ? 3 : '3' }),
  'member-too-many': (thing) => answer({ ...thing, ...(thing.count === 1000 && { secret: 's' }) }),
  'failure-at-an-odd-text': ({ name, ...more }) => {
    if (/\p{Cf}|\p{Extended_Pictographic}/u.test(name)) throw new Error('no such character')
    return answer({ name, ...more })
  },
  'code-that-is-not-documented': (thing) => {
    if (thing.count > 500) throw new AppError('not_editable')
    return answer(thing)
  },
  'status-that-is-not-documented': (thing) => ({ ...answer(thing), status: thing.count === 0 ? 202 : 201 }),
  'header-that-is-missing': (thing) => (thing.count === 0 ? { status: 201, body: thing } : answer(thing)),
  'header-that-is-not-documented': (thing) => ({ ...answer(thing), headers: { ETag: '"1"', Location: '/' } }),
  'text-instead-of-json': (thing) =>
    thing.count > 3
      ? { ...answer(undefined), text: 'done', headers: { 'Content-Type': 'text/plain' } }
      : answer(thing),
  'method-without-a-name': (thing) => answer(thing),
}
const answer = (body: unknown): Reply => ({ status: 201, body, headers: { ETag: '"1"' } })

const routes = Object.entries(handlers).map(([name, handle]) =>
  route({
    scope: 'open',
    method: 'POST',
    path: `/planted/${name}`,
    summary: name,
    body: thing,
    response: { status: 201, body: shown, etag: true },
    handler: async ({ input }) => handle(input.body),
  }),
)
const silent = route({
  scope: 'open',
  method: 'GET',
  path: '/planted/body-where-none-is',
  summary: 'body-where-none-is',
  response: { status: 204 },
  // Node sends no body with 204.
  handler: async (): Promise<Reply> => ({ status: 200, body: {} }),
})
const quiet = route({
  scope: 'open',
  method: 'GET',
  path: '/planted/warning-in-the-log',
  summary: 'warning-in-the-log',
  query: z.strictObject({ q: z.string().optional() }),
  response: { status: 200, body: z.strictObject({}) },
  handler: async ({ context, input }) => {
    if (input.query.q) context.log.warn('asked for something')
    return ok({})
  },
})
const all = [...routes, silent, quiet]

const document = createOpenApiDocument(all, 'test')
const check = createCheck(document)
const operations = operationsOf(document)

let server: Server
let exchange: Exchange
const logged: string[] = []
beforeAll(async () => {
  const log = pino({ level: 'warn' }, { write: (line: string) => void logged.push(line) })
  // Without checkAnswers the server does not notice.
  const context = { log, metrics: createMetrics(), checkAnswers: false } as unknown as Context
  server = await listen(mount(context))
  exchange = createExchange(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
afterAll(() => {
  exchange.close()
  server.close()
})

/** The operations as src/app.ts serves them; of one, other methods are served as well. */
function mount(context: Context) {
  const app = express().use(observe(context))
  for (const each of all) {
    const method = each.method.toLowerCase() as 'get' | 'post'
    const mounted = app.route(each.path)[method](serve(context, each))
    if (each.path.endsWith('method-without-a-name')) mounted.all(serve(context, each))
    mounted.all(() => {
      throw new AppError('method_not_allowed', {
        headers: { Allow: each.method === 'GET' ? 'GET, HEAD' : each.method },
      })
    })
  }
  return app.use(errorHandler(context))
}

/** The sentence that the test of the contract fails with, or undefined when it passes. */
async function failureOf(path: string, numRuns = 300): Promise<string | undefined> {
  const operation = operations.find((each) => each.path === `/planted/${path}`) as Operation
  const stage: Stage = {
    exchange,
    otherTenantId: 'globex',
    exampleFor: () => ({ body: async () => ({ ...example }) }),
    credentialsOf: async () => ({ credentials: [] }),
    renew: () => undefined,
    referred: async () => '',
    signatureOf: () => '',
    takeFailures: () => logged.splice(0),
  }
  try {
    await fuzzOperation(stage, check, document, operation, { numRuns, seed: 1 })
    return undefined
  } catch (error) {
    const { message, cause } = error as Error
    return `${message}\n${(cause as Error | undefined)?.message}`
  }
}

test('what does as it says passes', async () => {
  expect(await failureOf('sound', 100)).toBeUndefined()
})

describe('is found out:', () => {
  test.each([
    ['member-of-another-type', /body\/count must be integer/],
    ['member-too-many', /must NOT have additional properties.*secret/],
    ['failure-at-an-odd-text', /failed with 500 internal_error/],
    ['code-that-is-not-documented', /status 409 is not documented/],
    ['status-that-is-not-documented', /status 202 is not documented/],
    ['header-that-is-missing', /header etag is missing/],
    ['header-that-is-not-documented', /header location is not documented/],
    ['text-instead-of-json', /content-type text\/plain is not documented for 201/],
    ['body-where-none-is', /status 200 is not documented/],
    ['warning-in-the-log', /logged .*asked for something/],
    ['method-without-a-name', /a method that is not there was answered with 201/],
  ])('%s', async (path, sentence) => {
    expect(await failureOf(path)).toMatch(sentence)
  })
})
