import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { routes } from '../../src/app.ts'
import { isTenantRoute, type Route } from '../../src/http/route.ts'
import { type Member, type Platform, startPlatform } from '../support/platform.ts'
import { sendRaw } from '../support/raw-request.ts'
import { type StripeDouble, startStripeDouble } from '../support/stripe-double/index.ts'
import { addressOf, exampleOf, sentTo } from './examples.ts'

// heron attacks otter through the API. Each fills its tenant with its own word, which nobody else may ever see.
const heronWord = 'canary-heron'
const otterWord = 'canary-otter'
const baseDomain = 'tenantry.example'

const tenantRoutes = routes.filter(isTenantRoute).map((route) => ({ ...route, route }))
const objectRoutes = tenantRoutes.filter(({ params }) => params)
const lists = tenantRoutes.filter(({ route }) => 'cursor' in queryOf(route))
const bodyRoutes = tenantRoutes.filter(({ body }) => body)

let double: StripeDouble
let platform: Platform
let heron: Member
let otter: Member

beforeAll(async () => {
  double = await startStripeDouble()
  platform = await startPlatform({ BASE_DOMAIN: baseDomain, ...double.env })
  heron = await signUp(heronWord)
  otter = await signUp(otterWord)
  for (const [member, word] of [
    [heron, heronWord],
    [otter, otterWord],
  ] as const) {
    // Most routes of a table make the same.
    for (const makeObject of new Set(tenantRoutes.map(({ route }) => exampleOf(route).makeObject))) {
      for (let count = 0; count < 3; count++) await makeObject?.(member, word, platform)
    }
  }
})

afterAll(async () => {
  await platform.stop()
  await double.stop()
})

test.each(tenantRoutes)('$method $path has an example to attack it with', ({ route }) => {
  exampleOf(route)
})

describe.each(tenantRoutes)('$method $path', ({ route, method }) => {
  const path = route.path.replaceAll(/:\w+/g, randomUUID())
  const body = sentTo(route, exampleOf(route).body?.(heronWord))
  const answers = async (headers: Record<string, string>) => {
    const answer = await platform.request(method, path, body, headers)
    return [answer.status, answer.body.code, answer.headers.get('www-authenticate') !== null]
  }
  const bearer = () => ({ Authorization: `Bearer ${heron.token}` })

  test('needs a token, before all else', async () => {
    expect(await answers({})).toEqual([401, 'unauthenticated', true])
    expect(await answers({ 'X-Tenant-ID': heronWord })).toEqual([401, 'unauthenticated', true])
    const [head, , signature] = heron.token.split('.')
    const claims = JSON.parse(Buffer.from(heron.token.split('.')[1] ?? '', 'base64url').toString())
    const forged = Buffer.from(JSON.stringify({ ...claims, tenant_id: otterWord })).toString('base64url')
    const headers = { Authorization: `Bearer ${head}.${forged}.${signature}`, 'X-Tenant-ID': otterWord }
    expect(await answers(headers)).toEqual([401, 'unauthenticated', true])
  })

  test('needs the tenant named', async () => {
    expect(await answers(bearer())).toEqual([400, 'tenant_header_missing', false])
    expect(await answers({ ...bearer(), 'X-Tenant-ID': '' })).toEqual([400, 'tenant_header_missing', false])
  })

  test.each([
    otterWord,
    'no-such-tenant',
    'system-default',
    `${heronWord}, ${otterWord}`,
    heronWord.toUpperCase(),
    `${heronWord}'`,
  ])('refuses the tenant %s', async (name) => {
    expect(await answers({ ...bearer(), 'X-Tenant-ID': name })).toEqual([403, 'tenant_mismatch', false])
  })

  test("refuses the other's host beside one's own header, and two headers", async () => {
    const head = (host: string, ...names: string[]) => {
      const lines = [`${method} ${path} HTTP/1.1`, `Host: ${host}`, `Authorization: Bearer ${heron.token}`]
      lines.push(...names.map((name) => `X-Tenant-ID: ${name}`), 'Content-Length: 0', 'Connection: close')
      return `${lines.join('\r\n')}\r\n\r\n`
    }
    for (const request of [
      head(`${otterWord}.${baseDomain}`, heronWord),
      head(`${otterWord}.${baseDomain}`),
      head('localhost', heronWord, otterWord),
      head(`${heronWord}.${baseDomain}`, otterWord),
    ]) {
      expect(await sendRaw(platform.url, request, 5000)).toMatch(/^HTTP\/1\.1 403 [\s\S]*tenant_mismatch/)
    }
  })
})

describe.each(objectRoutes)("the other's object by $method $path", ({ route, method }) => {
  test('is answered, byte for byte, like one that never was, and stays as it is', async () => {
    const { makeObject, body } = exampleOf(route)
    const theirs = (await makeObject?.(otter, otterWord, platform)) ?? ''
    const path = (id: string) => route.path.replaceAll(/:\w+/g, id)
    // What is done to an object, such as resending an invitation, has a path of its own below it.
    const look = async () => {
      const { request_id, ...seen } = (await otter.get(route.path.replace(/:\w+.*/, theirs))).body
      return seen
    }
    const before = await look()
    const sent = route.body ? body?.(heronWord) : undefined
    for (const verb of new Set([method, 'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])) {
      const toTheirs = await bytesOf(verb, path(theirs), sent)
      expect(toTheirs).toEqual(await bytesOf(verb, path(randomUUID()), sent))
      if (verb === method) expect(toTheirs.status).toBe(404)
    }
    expect(await look()).toEqual(before)
  })
})

describe.each(lists)('the list $method $path', ({ route, path }) => {
  const properties = queryOf(route)
  const filters = Object.keys(properties).filter((name) => !['limit', 'sort', 'cursor'].includes(name))

  test.each(filters)("finds nothing of the other's by %s", async (filter) => {
    for (const value of [otterWord, `${otterWord}@example.com`, '%', 'canary', "' or '1'='1"]) {
      const { body } = await heron.get(`${path}?${new URLSearchParams({ [filter]: value, limit: '100' })}`)
      expect(JSON.stringify(body)).not.toContain(otterWord)
    }
  })

  test.each(properties.sort?.enum ?? [undefined])(
    "sorted by %s, goes on from a cursor of the other's among its own",
    async (sort) => {
      const query = (more: Record<string, string>) =>
        `${path}?${new URLSearchParams({ ...(sort && { sort }), ...more })}`
      const page = await otter.get(query({ limit: '1' }))
      expect(page.body.next_cursor).toEqual(expect.any(String))
      expect(JSON.stringify(page.body)).toContain(otterWord)
      const { status, body } = await heron.get(query({ limit: '100', cursor: page.body.next_cursor }))
      expect(status).toBe(200)
      expect(JSON.stringify(body)).not.toContain(otterWord)
    },
  )

  test.each(['tenant_id', 'subject_tenant_id', 'X-Tenant-ID'])('has no filter %s', async (name) => {
    const { status, body } = await heron.get(`${path}?${name}=${otterWord}`)
    expect([status, body.code]).toEqual([400, 'invalid_request'])
  })
})

describe.each(bodyRoutes)('the body of $method $path', ({ route, method }) => {
  test.each(['tenant_id', 'subject_tenant_id', 'id', 'created_at'])('cannot say %s', async (field) => {
    const { makeObject, body } = exampleOf(route)
    const id = route.params ? ((await makeObject?.(heron, heronWord, platform)) ?? '') : ''
    const sent = { ...body?.(heronWord), [field]: field.endsWith('tenant_id') ? otterWord : randomUUID() }
    const path = route.path.replaceAll(/:\w+/g, id)
    const answer = await heron.request(method, path, sentTo(route, sent))
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request'])
  })
})

test('a member of two tenants still needs a token for each', async () => {
  const { body } = await heron.post('/v1/tenants', exampleOf(routeAt('POST', '/v1/tenants')).body?.('third'))
  for (const [token, name] of [
    [heron.token, body.tenant_id],
    [body.access_token, heronWord],
  ]) {
    const answer = await platform.get('/v1/clients', {
      Authorization: `Bearer ${token}`,
      'X-Tenant-ID': name,
    })
    expect([answer.status, answer.body.code]).toEqual([403, 'tenant_mismatch'])
  }
})

test.each([
  [() => heron, heronWord, otterWord],
  [() => otter, otterWord, heronWord],
])(
  'nothing that is answered to one, or logged for it, holds a word of the other (%#)',
  async (who, own, foreign) => {
    const seen: string[] = []
    for (const { route, method } of tenantRoutes) {
      const { makeObject, makeCaller, body } = exampleOf(route)
      const id = (await makeObject?.(who(), own, platform)) ?? ''
      const caller = (await makeCaller?.(who(), own, platform)) ?? who()
      const path = addressOf(route, id, own)
      const answer = await caller.request(method, path, sentTo(route, body?.(own)))
      expect(answer.status, `${method} ${path}`).toBeLessThan(300)
      seen.push(JSON.stringify([answer.body, ...answer.headers]))
    }
    expect(seen.join()).toContain(own)
    expect(seen.join()).not.toContain(foreign)
    const lines = platform.logLines.filter((line) => JSON.parse(line).tenant_id === own)
    expect(lines.length).toBeGreaterThan(tenantRoutes.length)
    expect(lines.join()).not.toContain(foreign)
  },
)

function signUp(word: string): Promise<Member> {
  const person = { admin_first_name: word, admin_last_name: word }
  return platform.signUp(word, { ...person, plan: 'enterprise', phone: '+33 1 00 00 00 00' })
}

function routeAt(method: string, path: string): Route {
  const found = routes.find((route) => route.method === method && route.path === path)
  if (!found) throw new Error(`no route ${method} ${path}`)
  return found
}

function queryOf({ query }: Route): Record<string, { enum?: string[] }> {
  if (!query) return {}
  const { properties = {} } = z.toJSONSchema(query, { io: 'input', unrepresentable: 'any' })
  return properties as Record<string, { enum?: string[] }>
}

/** heron's answer as it travels, without what differs between any two answers. */
async function bytesOf(method: string, path: string, body: unknown) {
  const response = await fetch(platform.url + path, {
    method,
    headers: {
      Authorization: `Bearer ${heron.token}`,
      'X-Tenant-ID': heronWord,
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(body === undefined || ['GET', 'HEAD'].includes(method) ? {} : { body: JSON.stringify(body) }),
  })
  const id = response.headers.get('x-request-id') ?? ''
  const headers = [...response.headers].filter(([name]) => !['x-request-id', 'date'].includes(name))
  return { status: response.status, headers, text: (await response.text()).replace(id, 'id') }
}
