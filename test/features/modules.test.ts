import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { addApiKey, addMember, membershipOf } from '../support/members.ts'
import { signInOperator } from '../support/operators.ts'
import { type Answer, type Member, type Platform, startPlatform } from '../support/platform.ts'
import { at, setStatus, startAnother } from '../support/sessions.ts'

let platform: Platform
let another: Awaited<ReturnType<typeof startAnother>>
let operator: Awaited<ReturnType<typeof signInOperator>>
let acme: Member
let apiKey: Member
/** Whoever asks for a tenant, and where, and is told at their very next request. */
let callers: Record<string, Pick<Member, 'get'>>
/** Whose access another process remembers for less than a second. */
let remembered: Pick<Member, 'get'>
beforeAll(async () => {
  platform = await startPlatform()
  another = await startAnother(platform)
  operator = await signInOperator(platform)
  acme = platform.acme
  const createdBy = await membershipOf(platform, acme)
  apiKey = await addApiKey(platform, { tenantId: 'acme', role: 'owner', createdBy })
  callers = {
    'a session': acme,
    'an API key': apiKey,
    'an API key in another process': at(another, apiKey),
  }
  remembered = at(another, acme)
})
afterAll(async () => {
  await another.stop()
  await platform.stop()
})
beforeEach(async () => {
  await setPlan(all)
  await setModules({ crm: null })
  await setStatus(platform, 'acme', 'ACTIVE')
})

const all = ['crm', 'accounting', 'projects', 'knowledge', 'automation', 'content', 'production', 'voice']
const withoutCrm = all.filter((name) => name !== 'crm')

async function expectDone(answer: Promise<Answer>) {
  const { status, body } = await answer
  expect(status, JSON.stringify(body)).toBe(200)
}
const setPlan = (modules: string[], plan = 'professional') =>
  expectDone(operator.patch(`/v1/admin/plans/${plan}`, { modules }))
const setModules = (modules: object) => expectDone(operator.patch('/v1/admin/tenants/acme', { modules }))

/** What each caller is told at their very next request, and a session in another process within a second. */
async function expectOfAll(expected: number | string) {
  const expectOf = async (who: string, caller: Pick<Member, 'get'>) => {
    const { status, body } = await caller.get('/v1/clients')
    expect(status === 200 ? status : `${status} ${body.code}`, who).toBe(expected)
  }
  for (const [who, caller] of Object.entries(callers)) await expectOf(who, caller)
  const within = { timeout: 5000, interval: 25 }
  await vi.waitFor(() => expectOf('a session in another process', remembered), within)
}
const refused = '403 module_not_in_plan'

describe('acts on the very next request, and for a session in another process within a second:', () => {
  test('a module that is taken out of the plan, and put back', async () => {
    await expectOfAll(200)
    await setPlan(withoutCrm)
    await expectOfAll(refused)
    await setPlan(all)
    await expectOfAll(200)
  })

  test('a module that a tenant loses, and gets back', async () => {
    await setModules({ crm: false })
    await expectOfAll(refused)
    expect((await platform.globex.get('/v1/clients')).status, 'others of the plan keep it').toBe(200)
    await setModules({ crm: null })
    await expectOfAll(200)
  })

  test('a module that a tenant has beside its plan', async () => {
    await setPlan(withoutCrm)
    await setModules({ crm: true })
    await expectOfAll(200)
    expect((await platform.globex.get('/v1/clients')).status).toBe(403)
    await setModules({ crm: null })
    await expectOfAll(refused)
  })

  test('a plan that has it, and one that has not', async () => {
    await setPlan(['accounting'], 'starter')
    await expectDone(operator.patch('/v1/admin/tenants/acme', { plan: 'starter' }))
    await expectOfAll(refused)
    await expectDone(operator.patch('/v1/admin/tenants/acme', { plan: 'pro' }))
    await expectOfAll(200)
    await setPlan(['crm', 'accounting'], 'starter')
  })
})

describe('the refusal', () => {
  test('names the module and the plans that have it, in the order of the catalogue', async () => {
    await setPlan(withoutCrm)
    const { status, body } = await acme.get('/v1/clients')
    expect(status).toBe(403)
    expect(body).toMatchObject({
      code: 'module_not_in_plan',
      module: 'crm',
      plans: ['FREE', 'STARTER', 'BUSINESS', 'ENTERPRISE'],
      detail: 'This module is not part of your plan: see plans for those that have it.',
    })
    const french = await acme.get('/v1/clients', { 'Accept-Language': 'fr' })
    expect(french.body.detail).toBe(
      'Ce module ne fait pas partie de votre offre : voyez plans pour celles qui le comprennent.',
    )
  })

  test('names them also to a tenant that lost it by itself', async () => {
    await setModules({ crm: false })
    const { body } = await acme.get('/v1/clients')
    expect(body.plans).toEqual(['FREE', 'STARTER', 'PROFESSIONAL', 'BUSINESS', 'ENTERPRISE'])
  })

  test.each<[method: string, path: string, body?: object]>([
    ['GET', '/v1/clients'],
    ['POST', '/v1/clients', { name: 'Wayne Enterprises' }],
    ['GET', '/v1/clients/019cadfd-8900-7723-9a3e-f4ec085d2b1b'],
    ['PATCH', '/v1/clients/019cadfd-8900-7723-9a3e-f4ec085d2b1b', { name: 'Wayne' }],
    ['DELETE', '/v1/clients/019cadfd-8900-7723-9a3e-f4ec085d2b1b'],
  ])('meets %s %s', async (method, path, body) => {
    await setModules({ crm: false })
    const answer = await acme.request(method, path, body)
    expect([answer.status, answer.body.code]).toEqual([403, 'module_not_in_plan'])
  })

  test('meets nothing that belongs to no module', async () => {
    await setPlan([])
    for (const path of ['/v1/me', '/v1/users', '/v1/invitations', '/v1/api-keys']) {
      expect((await acme.get(path)).status, path).toBe(200)
    }
  })

  test('comes after the status and before the role', async () => {
    await setModules({ crm: false })
    const viewer = await addMember(platform, 'acme', 'viewer')
    const create = () => viewer.post('/v1/clients', { name: 'Wayne Enterprises' })
    expect((await create()).body.code).toBe('module_not_in_plan')
    await setStatus(platform, 'acme', 'SUSPENDED', 'billing')
    expect((await create()).body.code).toBe('payment_required')
    await setStatus(platform, 'acme', 'ACTIVE')
    await setModules({ crm: null })
    expect((await create()).body.code).toBe('insufficient_role')
  })
})

test('a module of the most expensive plan alone opens by an exception, and by nothing else', async () => {
  const modulesOf = async () => (await operator.get('/v1/admin/tenants/acme')).body.modules
  expect(await modulesOf()).toEqual(all)
  await setModules({ ai: true })
  expect(await modulesOf()).toEqual([...all, 'ai'])
  await expectDone(operator.patch('/v1/admin/tenants/acme', { plan: 'enterprise', modules: { ai: null } }))
  expect(await modulesOf()).toEqual([...all, 'ai', 'bi'])
  await expectDone(operator.patch('/v1/admin/tenants/acme', { plan: 'free' }))
  expect(await modulesOf()).toEqual(['crm'])
})
