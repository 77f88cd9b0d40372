import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { routes } from '../../src/app.ts'
import { createOpenApiDocument } from '../../src/http/openapi.ts'
import { operationsOf } from '../support/openapi/document.ts'
import { routeOf } from '../support/openapi/world.ts'
import { exampleOf } from './examples.ts'
import { attackOperation } from './operations/attack-operation.ts'
import { isInside } from './operations/requests.ts'
import { type AttackStage, openStage, words } from './operations/stage.ts'
import { leaksInMails, leaksInMetrics, sendMails, undeclaredPaths } from './operations/traces.ts'

// canary-heron attacks canary-otter through every operation that the API's description has. Each has filled its tenant
// with its own word, which nobody else may ever see.
const operations = operationsOf(createOpenApiDocument(routes, 'test'))
const inside = operations.filter(isInside)
const named = (list: typeof operations) => list.map((operation) => [operation.name, operation] as const)

test.each(named(inside))('%s has an example to attack it with', (_name, operation) => {
  exampleOf(routeOf(operation))
})

describe('two tenants that have used everything', () => {
  let stage: AttackStage
  beforeAll(async () => {
    stage = await openStage()
  }, 120_000)
  afterAll(async () => {
    if (stage) process.stdout.write(stage.count.tell())
    await stage?.stop()
  })

  test('have seen each their own word, and nothing of the other', () => {
    expect(stage.used.own.length).toBe(inside.length)
    expectNoLeaks(stage.used)
  })

  test('each has its number in what is counted and summed up', () => {
    const telling = ['GET /v1/usage', 'GET /v1/credits', 'GET /v1/deals/pipeline', 'GET /v1/invoices']
    for (const [own, other] of [
      ['own', 'other'],
      ['other', 'own'],
    ] as const) {
      const bodies = stage.used[own].filter(({ name }) => telling.includes(name))
      expect(bodies.length).toBe(telling.length)
      // To whom it is foreign.
      for (const { name, text } of bodies)
        expect([name, ...stage.findLeaks[other](text)].join()).toMatch(/holds \d/)
    }
  })

  test("no request of the other's counts among one's own of the minute", async () => {
    const remaining = async (whose: 'own' | 'other') => {
      const { credentials } = stage.parties[whose]
      const path = '/v1/menu'
      const { headers } = await stage.exchange.send({
        method: 'GET',
        path,
        headers: credentials,
        body: undefined,
      })
      return Number(/"tenant";r=(\d+)/.exec(headers.get('ratelimit') ?? '')?.[1])
    }
    const before = [await remaining('own'), await remaining('other')]
    for (let count = 0; count < 20; count++) await remaining('other')
    expect([(await remaining('own')) + 1, (await remaining('other')) + 21]).toEqual(before)
  })

  describe('nothing is told or changed by an attack on', () => {
    test.each(named(operations))('%s', async (_name, operation) => {
      expect(await attackOperation(stage, operation)).toEqual([])
    })
  })

  test('a member of two tenants still needs a token for each', async () => {
    const { own, other } = stage.parties
    const body = exampleOf(routeOf(operationAt('POST /v1/tenants'))).body?.('third')
    const { body: third } = await own.member.post('/v1/tenants', body)
    for (const [token, name] of [
      [own.member.token, third.tenant_id],
      [third.access_token, own.word],
      [third.access_token, other.word],
    ]) {
      const headers = { Authorization: `Bearer ${token}`, 'X-Tenant-ID': name }
      const answer = await stage.platform.get('/v1/clients', headers)
      expect([answer.status, answer.body.code]).toEqual([403, 'tenant_mismatch'])
    }
  })

  test('whatever each reads afterwards holds nothing of the other', async () => {
    const reads = ({ method }: { method: string }) => method === 'GET'
    expectNoLeaks({ own: await stage.useAll('own', reads), other: await stage.useAll('other', reads) })
  })

  test('no log line of one holds anything of the other', async () => {
    const { logLines } = stage.platform
    await vi.waitFor(() => expect(logLines.length).toBeGreaterThan(stage.count.requests()))
    for (const word of Object.values(words)) {
      const lines = logLines.filter((line) => JSON.parse(line).tenant_id === word)
      expect(lines.length).toBeGreaterThan(inside.length)
    }
    expect(stage.leaksInLog()).toEqual([])
  })

  test('no metric names a tenant', async () => {
    expect(await leaksInMetrics(stage)).toEqual([])
    expect(await undeclaredPaths(stage)).toEqual([])
  })

  test('no mail to people of one holds anything of the other', async () => {
    const mails = await sendMails(stage.platform)
    for (const word of Object.values(words)) {
      const theirs = mails.filter(({ to }) => JSON.stringify(to).includes(word))
      expect(JSON.stringify(theirs.map(({ text }) => text))).toContain(word)
      const toBoth = mails.filter(({ to }) => JSON.stringify(to).includes(stage.both.email))
      expect(JSON.stringify(toBoth.map(({ text }) => text))).toContain(word)
    }
    expect(leaksInMails(stage, mails)).toEqual([])
    expect(stage.leaksInLog()).toEqual([])
  })

  function expectNoLeaks(answers: AttackStage['used']) {
    for (const whose of ['own', 'other'] as const) {
      expect(answers[whose].map(({ text }) => text).join()).toContain(words[whose])
      const leaks = answers[whose].map(({ name, text }) => [name, ...stage.findLeaks[whose](text)])
      expect(leaks.filter(({ length }) => length > 1)).toEqual([])
    }
  }
})

function operationAt(name: string) {
  const found = operations.find((each) => each.name === name)
  if (!found) throw new Error(`no operation ${name}`)
  return found
}
