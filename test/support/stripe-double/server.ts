import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Endpoint } from './endpoint.ts'
import { catalogueEndpoints } from './endpoints/catalogue.ts'
import { checkoutEndpoints } from './endpoints/checkout.ts'
import { clockAndEventEndpoints } from './endpoints/clocks-and-events.ts'
import { customerEndpoints } from './endpoints/customers.ts'
import { invoiceEndpoints } from './endpoints/invoices.ts'
import { subscriptionEndpoints } from './endpoints/subscriptions.ts'
import { apiVersion } from './events.ts'
import { type Form, readForm } from './form.ts'
import { answerHostedPage } from './hosted-pages.ts'
import { type Answer, answerToError, createIdempotency } from './idempotency.ts'
import { expandPaths } from './lists.ts'
import { InvalidParams } from './params.ts'
import { Refusal } from './refusal.ts'
import { copyOf, findAny, type Store } from './store.ts'
import type { Traffic } from './traffic.ts'

const endpoints: Endpoint[] = [
  ...customerEndpoints,
  ...catalogueEndpoints,
  ...checkoutEndpoints,
  ...subscriptionEndpoints,
  ...invoiceEndpoints,
  ...clockAndEventEndpoints,
]

export interface ServerParts {
  store: Store
  traffic: Traffic
  port: number
  isKey: (key: string) => boolean
  /** Has happen what is due. */
  tick: () => void
  completeCheckout: (sessionId: string) => void
}

/** Listens on the loopback interface and answers as Stripe does. */
export async function listen(parts: ServerParts) {
  const { store, traffic, tick } = parts
  const answerOnce = createIdempotency(store)
  let base = ''

  async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    let body = ''
    for await (const chunk of req.setEncoding('utf8')) body += chunk
    const { method = 'GET' } = req
    const { pathname: path, search } = new URL(req.url ?? '/', base)
    if (answerHostedPage(parts, req, res, path)) return
    const form = { query: readForm(search.slice(1)), body: readForm(body) }
    const key = headerOf(req, 'idempotency-key')
    traffic.requests.push({ method, path, ...(key && { idempotencyKey: key }), ...form })
    tick()
    const requestId = store.newId('req')
    const failure = traffic.takeFailure(path)
    if (failure === 'timeout') return
    const answering = () => {
      const refusal = refusalOf(req, failure, parts.isKey)
      if (refusal) return { answer: answerToError(refusal), done: () => undefined }
      const params: Form = { ...form.query, ...form.body }
      const act = () => {
        store.request = { id: requestId, idempotency_key: key ?? null }
        try {
          return carryOut(store, base, method, path, params)
        } finally {
          store.request = { id: null, idempotency_key: null }
        }
      }
      if (method === 'POST' && key) return answerOnce(key, JSON.stringify([method, path, params]), act)
      return { answer: act(), done: () => undefined }
    }
    const { answer, done } = orRefusal(answering)
    await traffic.pass(path)
    done()
    if (failure === 'cut') return void req.socket.destroy()
    res.writeHead(answer.status, {
      'Content-Type': 'application/json',
      'Request-Id': requestId,
      'Stripe-Version': apiVersion,
      ...(key && { 'Idempotency-Key': key }),
      ...answer.headers,
    })
    res.end(JSON.stringify(answer.body, null, 2))
  }

  const server = createServer((req, res) => {
    handle(req, res).catch((error: Error) => {
      if (res.headersSent) return void res.destroy()
      // A mistake of the double: no status of Stripe's, so that nobody takes it for one.
      res.writeHead(501, { 'Content-Type': 'application/json' })
      res.end(JSON.stringify({ error: { type: 'double_error', message: error.stack } }))
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(parts.port, '127.0.0.1', resolve)
  })
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url: base,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function orRefusal(answering: () => { answer: Answer; done: () => void }) {
  try {
    return answering()
  } catch (error) {
    return { answer: answerToError(error), done: () => undefined }
  }
}

/** @throws InvalidParams what was refused before anything was done */
function carryOut(store: Store, base: string, method: string, path: string, params: Form): Answer {
  const found = endpoints.find((each) => each.method === method && each.path.test(path))
  if (!found) {
    throw new InvalidParams(404, {
      type: 'invalid_request_error',
      message: `Unrecognized request URL (${method}: ${path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`,
    })
  }
  try {
    const id = decodeURIComponent(found.path.exec(path)?.[1] ?? '')
    const body = copyOf(found.answer({ store, id, params, base }))
    const { expand } = params
    if (Array.isArray(expand)) expandPaths(body, expand.map(String), (each) => findAny(store, each))
    return { status: 200, body, headers: {} }
  } catch (error) {
    if (error instanceof InvalidParams) throw error
    return answerToError(error)
  }
}

/** What keeps a request from being carried out at all. */
function refusalOf(
  req: IncomingMessage,
  failure: 429 | 500 | 'cut' | undefined,
  isKey: (key: string) => boolean,
): Refusal | undefined {
  const key = /^Bearer (\S+)$/.exec(headerOf(req, 'authorization') ?? '')?.[1] ?? ''
  if (!isKey(key)) {
    const message = key
      ? `Invalid API Key provided: ${key.slice(0, 8)}***`
      : 'You did not provide an API key.'
    return new Refusal(401, { type: 'invalid_request_error', message })
  }
  const version = headerOf(req, 'stripe-version')
  if (version && version !== apiVersion) {
    return new Refusal(400, {
      type: 'invalid_request_error',
      message: `Invalid Stripe API version: ${version}`,
    })
  }
  if (failure === 429) {
    const message = 'Request rate limit exceeded.'
    return new Refusal(429, { type: 'invalid_request_error', code: 'rate_limit', message })
  }
  if (failure === 500) {
    return new Refusal(500, { type: 'api_error', message: 'An unknown error occurred.' })
  }
  return undefined
}

function headerOf(req: IncomingMessage, name: string): string | undefined {
  const value = req.headers[name]
  return Array.isArray(value) ? value[0] : value
}
