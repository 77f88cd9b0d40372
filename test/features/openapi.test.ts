import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { Ajv2020 } from 'ajv/dist/2020.js'
import express from 'express'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { routes } from '../../src/app.ts'
import { AppError, problems } from '../../src/errors.ts'
import { codesOf } from '../../src/http/error-codes.ts'
import { errorHandler } from '../../src/http/error-handler.ts'
import { observe } from '../../src/http/observe.ts'
import { createOpenApiDocument, printOpenApiDocument } from '../../src/http/openapi.ts'
import { ok, route } from '../../src/http/route.ts'
import { serve } from '../../src/http/serve.ts'
import { version } from '../../src/version.ts'
import { apiFiles, describeApi, generateTypes } from '../support/api-files.ts'
import { createCaller, type Platform, startPlatform } from '../support/platform.ts'

const methods = ['get', 'post', 'patch', 'put', 'delete']

// biome-ignore lint/suspicious/noExplicitAny: each test says what it expects of a part of the document
type Part = any

let document: Part
let platform: Platform
beforeAll(async () => {
  document = JSON.parse(JSON.stringify(createOpenApiDocument(routes, '1.2.3')))
  platform = await startPlatform()
})
afterAll(() => platform.stop())

const operations = (): [name: string, operation: Part][] =>
  Object.entries<object>(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => [`${method} ${path}`, operation] as const),
  ) as never

function lookUp(part: Part): Part {
  if (typeof part?.$ref !== 'string') return part
  const names: string[] = part.$ref.slice(2).split('/')
  return names.reduce((at, name) => at?.[name.replaceAll('~1', '/').replaceAll('~0', '~')], document)
}

describe('what is committed', () => {
  test('is what the routes declare: src/openapi.json and src/client/api.ts', async () => {
    // Making the types also checks the document by the rules of OpenAPI 3.1.
    const made = await describeApi()
    expect((await readFile(apiFiles.document, 'utf8')) === made.document, 'run npm run generate').toBe(true)
    expect((await readFile(apiFiles.types, 'utf8')) === made.types, 'run npm run generate').toBe(true)
  }, 60_000)

  test('is what the server answers to anybody', async () => {
    const response = await fetch(`${platform.url}/openapi.json`)
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(response.headers.get('cache-control')).toBe('public, max-age=300')
    const printed = printOpenApiDocument(createOpenApiDocument(routes, version))
    expect((await response.text()) === printed).toBe(true)
  })

  test.each([
    ['a member that OpenAPI has not', { answers: {} }, 'is not expected here'],
    [
      'a reference to nothing',
      { responses: { 200: { $ref: '#/components/responses/None' } } },
      "Can't resolve $ref",
    ],
    ['no success', { responses: { 404: { description: 'Not Found' } } }, '2XX'],
  ])('would not be made of a document with %s', async (_what, operation, complaint) => {
    const paths = { '/a': { get: { operationId: 'getA', security: [], ...operation } } }
    const wrong = { openapi: '3.1.0', info: { title: 'Wrong', version: '1' }, paths }
    await expect(generateTypes(JSON.stringify(wrong))).rejects.toThrow(complaint)
  })
})

describe('the document', () => {
  test('has every route there is, and nothing else', () => {
    const declared = routes.map(
      ({ method, path }) => `${method.toLowerCase()} ${path.replaceAll(/:(\w+)/g, '{$1}')}`,
    )
    expect(
      operations()
        .map(([name]) => name)
        .sort(),
    ).toEqual(declared.sort())
    expect(
      Object.values<object>(document.paths)
        .flatMap(Object.keys)
        .filter((key) => !methods.includes(key)),
    ).toEqual([])
  })

  test('names each operation in a way that code can use', () => {
    const ids = operations().map(([, { operationId }]) => operationId)
    expect(ids.filter((id) => !/^(get|post|patch|put|delete)[A-Z][A-Za-z0-9]*$/.test(id))).toEqual([])
    expect(ids).toEqual(expect.arrayContaining(['getClients', 'patchClientsById', 'postAuthLogin']))
  })

  test('has an example of every code, and each example is what its schema allows', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false })
    ajv.addSchema(document, 'api')
    const seen = new Set<string>()
    for (const [name, response] of Object.entries<Part>(document.components.responses)) {
      const media = response.content['application/problem+json']
      const place = `api#/components/responses/${name}/content/application~1problem+json/schema`
      const validate = ajv.compile({ $ref: place })
      for (const [code, example] of Object.entries<Part>(media.examples)) {
        const { value } = lookUp(example)
        expect([validate(value), validate.errors, value.code]).toEqual([true, null, code])
        expect(validate({ ...value, code: 'another_code' })).toBe(false)
        seen.add(code)
      }
    }
    // Nobody answers these from a route: the one says that none is there by that method.
    const unseen = Object.keys(problems).filter((code) => !seen.has(code))
    expect(unseen).toEqual(['method_not_allowed'])
  })
})

describe('an operation', () => {
  const operationOf = (name: string) => operations().find(([each]) => each === name)?.[1]
  const headersIn = (name: string) =>
    operationOf(name)
      .parameters.map(lookUp)
      .filter((each: { in: string }) => each.in === 'header')
      .map((each: { name: string }) => each.name)
  const codesIn = (name: string, status: number) =>
    Object.keys(lookUp(operationOf(name).responses[status]).content['application/problem+json'].examples)

  test('inside a tenant takes a token or a key, and the header that names the tenant', () => {
    expect(operationOf('get /v1/clients').security).toEqual([{ accessToken: [] }, { apiKey: [] }])
    expect(headersIn('get /v1/clients')).toEqual(['X-Tenant-ID', 'Accept-Language'])
    expect(operationOf('get /v1/clients')).toMatchObject({
      tags: ['crm'],
      'x-permission': 'records:read',
      'x-lowest-role': 'viewer',
      'x-module': 'crm',
    })
    expect(codesIn('get /v1/clients', 403)).toContain('module_not_in_plan')
    expect(codesIn('get /v1/clients', 400)).toEqual([
      'invalid_request',
      'malformed_request',
      'tenant_header_missing',
    ])
  })

  test('that only a person may call takes no key', () => {
    expect(operationOf('get /v1/me').security).toEqual([{ accessToken: [] }])
    expect(codesIn('get /v1/me', 403)).toContain('session_required')
  })

  test('of the platform’s operators takes a super admin’s token or the key of machines', () => {
    expect(operationOf('get /v1/admin/tenants').security).toEqual([{ superAdminToken: [] }, { adminKey: [] }])
    expect(operationOf('post /v1/admin/tenants/{id}/support-sessions').security).toEqual([
      { superAdminToken: [] },
    ])
  })

  test('that is public asks for nothing', () => {
    expect(operationOf('get /signup/plans').security).toEqual([])
    expect(operationOf('get /metrics').security).toEqual([{}, { metricsToken: [] }])
  })

  test('that makes something takes Idempotency-Key, and says when an answer is repeated', () => {
    expect(headersIn('post /v1/clients')).toContain('Idempotency-Key')
    expect(operationOf('post /v1/clients').responses[201].headers).toHaveProperty('Idempotency-Replayed')
    expect(codesIn('post /v1/clients', 422)).toEqual(['idempotency_key_reused'])
    expect(headersIn('post /auth/login')).not.toContain('Idempotency-Key')
  })

  test('that changes something takes If-Match, and gives the new ETag', () => {
    expect(headersIn('patch /v1/clients/{id}')).toContain('If-Match')
    expect(operationOf('patch /v1/clients/{id}').responses[200].headers).toHaveProperty('ETag')
    expect(codesIn('patch /v1/clients/{id}', 412)).toEqual(['precondition_failed'])
  })

  test('shows an object of a resource by its name, with instants as text', () => {
    const { schema } = operationOf('get /v1/clients/{id}').responses[200].content['application/json']
    expect(schema).toEqual({ $ref: '#/components/schemas/Client' })
    expect(lookUp(schema).properties.created_at).toEqual({ type: 'string', format: 'date-time' })
  })

  test('with text for an answer says of which types', () => {
    expect(Object.keys(operationOf('get /v1/audit/export').responses[200].content)).toEqual([
      'text/csv',
      'application/x-ndjson',
    ])
    expect(Object.keys(operationOf('get /metrics').responses[200].content)).toEqual(['text/plain'])
  })

  test('that can succeed in two ways has both, and where something is found goes along', () => {
    const { responses } = operationOf('delete /v1/admin/tenants/{id}')
    expect(Object.keys(responses)).toEqual(expect.arrayContaining(['200', '202']))
    expect(responses[202].headers).toHaveProperty('Location')
  })

  test('takes any number of members of the metadata as filters', () => {
    const { parameters } = operationOf('get /v1/admin/tenants')
    expect(parameters.find((each: { name?: string }) => each.name === 'metadata')).toMatchObject({
      style: 'form',
      explode: true,
      schema: { additionalProperties: { type: 'string' } },
    })
  })

  test('cannot have the name of another, nor one answer for success and failure', () => {
    const one = {
      scope: 'open',
      method: 'GET',
      summary: '',
      response: { status: 200 },
      handler: async () => ok({}),
    } as const
    const twice = [route({ ...one, path: '/v1/things' }), route({ ...one, path: '/things' })]
    expect(() => createOpenApiDocument(twice, '1')).toThrow('two operations are called getThings')
    const both = route({ ...one, path: '/things', response: { status: 404 }, errors: ['not_found'] })
    expect(() => createOpenApiDocument([both], '1')).toThrow('answers 404 as a success and as a problem')
  })
})

describe('in tests', () => {
  const declaration = {
    scope: 'open',
    method: 'GET',
    path: '/probe',
    summary: 'A probe',
    query: z.strictObject({ members: z.string().optional() }),
    response: { status: 200, body: z.strictObject({}) },
  } as const

  async function ask(probe: Parameters<typeof serve>[1], query = '') {
    const app = express()
    app.use(observe(platform.context))
    app.get('/probe', serve(platform.context, probe))
    app.use(errorHandler(platform.context))
    const server = app.listen(0, '127.0.0.1')
    await once(server, 'listening')
    try {
      const { port } = server.address() as AddressInfo
      const { status, body } = await createCaller(`http://127.0.0.1:${port}`).get(`/probe${query}`)
      return [status, body.code]
    } finally {
      server.close()
    }
  }
  /** Where it was told, and of what; logs hold no messages. */
  function lastFailure() {
    const lines = platform.logLines.map((line) => JSON.parse(line))
    const { err } = lines.findLast(({ msg }) => msg === 'request failed')
    return [/at (\w+)/.exec(err.stack)?.[1], err.cause.code]
  }

  const refuse = async ({ input }: { input: { query: { members?: string | undefined } } }) => {
    throw new AppError('limit_reached', {
      members: input.query.members ? {} : { limit: 'users', used: 2, allowed: 2, resets_at: null },
    })
  }

  test('a code that its route does not declare is told as a bug, and one that it declares is answered', async () => {
    expect(await ask(route({ ...declaration, handler: refuse }))).toEqual([500, 'internal_error'])
    expect(lastFailure()).toEqual(['checkError', 'limit_reached'])
    expect(await ask(route({ ...declaration, errors: ['limit_reached'], handler: refuse }))).toEqual([
      403,
      'limit_reached',
    ])
  })

  test('so is a problem with other members than its code has', async () => {
    const probe = route({ ...declaration, errors: ['limit_reached'], handler: refuse })
    expect(await ask(probe, '?members=none')).toEqual([500, 'internal_error'])
    expect(lastFailure()).toEqual(['checkError', 'limit_reached'])
  })

  test('a route’s codes are those of its scope, of what it declares, and those that it lists', () => {
    const codesAt = (path: string, method: string) => {
      const found = routes.find((each) => each.path === path && each.method === method)
      return found && codesOf(found)
    }
    expect(codesAt('/health', 'GET')).toEqual(['invalid_request', 'malformed_request', 'internal_error'])
    expect(codesAt('/v1/me', 'GET')).not.toContain('trial_expired')
    expect(codesAt('/v1/clients/:id', 'PATCH')).toEqual(
      expect.arrayContaining(['precondition_failed', 'support_read_only', 'insufficient_role', 'not_found']),
    )
  })
})
