import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { routes } from '../../src/app.ts'
import { resources } from '../../src/business/resources.ts'
import { roles } from '../../src/features/members/roles.ts'
import { sectionsOf } from '../../src/features/menu/menu.ts'
import { moduleNames } from '../../src/features/plans/plans.ts'
import { isTenantRoute } from '../../src/http/route.ts'
import { addApiKey, addMember, membershipOf } from '../support/members.ts'
import { signInOperator } from '../support/operators.ts'
import { type Member, type Platform, startPlatform } from '../support/platform.ts'

const sections = sectionsOf(resources)
const items = sections.flatMap((section) => section.items)
const lists = new Map(
  routes.flatMap((route) =>
    isTenantRoute(route) && route.method === 'GET' ? [[route.path as string, route]] : [],
  ),
)
describe('the declaration', () => {
  test('leads to lists that there are', () => {
    expect(items.map(({ path }) => path).filter((path) => !lists.has(path))).toEqual([])
  })

  test('names each place once', () => {
    for (const names of [
      items.map(({ id }) => id),
      items.map(({ path }) => path),
      sections.map(({ id }) => id),
    ]) {
      expect(new Set(names).size).toBe(names.length)
    }
  })

  test.each(items)('asks for $path what its list asks for', ({ path, permission, module }) => {
    const list = lists.get(path)
    expect({ permission, module }).toEqual({ permission: list?.permission, module: list?.module })
  })
})

describe('the menu', () => {
  let platform: Platform
  let operator: Awaited<ReturnType<typeof signInOperator>>
  let acme: Member
  beforeAll(async () => {
    platform = await startPlatform()
    operator = await signInOperator(platform)
    acme = platform.acme
  })
  afterAll(() => platform.stop())

  type Section = { id: string; label: string; items: { id: string; label: string; path: string }[] }
  const menuOf = async (member: Member): Promise<Section[]> => {
    const { status, body } = await member.get('/v1/menu')
    expect(status, JSON.stringify(body)).toBe(200)
    return body.sections
  }
  const pathsOf = async (member: Member) =>
    (await menuOf(member)).flatMap((section) => section.items.map(({ path }) => path))
  const setModules = async (modules: object) =>
    expect((await operator.patch('/v1/admin/tenants/acme', { modules })).status).toBe(200)

  test.each(roles.flatMap((role) => [true, false].map((crm) => ({ role, crm }))))(
    'of $role holds what the API lets them read, and nothing else (crm: $crm)',
    async ({ role, crm }) => {
      await setModules({ crm })
      const member = await addMember(platform, 'acme', role)
      const shown = await pathsOf(member)
      for (const { path } of items) {
        // Without keys of Stripe, who may see the bill is told that there is none.
        const { status } = await member.get(path)
        expect(status !== 403, path).toBe(shown.includes(path))
      }
    },
  )

  test('of a tenant follows its plan, and what it has or has not beside it', async () => {
    await setModules({ crm: null })
    const headingsOf = async (member: Member) => (await menuOf(member)).map(({ id }) => id)
    const common = ['administration', 'account']
    // PROFESSIONAL has all modules but ai and bi.
    const others = moduleNames.filter((module) => !['crm', 'ai', 'bi'].includes(module))
    expect(await headingsOf(acme)).toEqual(['crm', ...others, ...common])
    await setModules({ crm: false })
    expect(await headingsOf(acme)).toEqual([...others, ...common])
    await platform.sql(`update plans set modules = '{}' where plan = 'PROFESSIONAL'`)
    await setModules({ crm: null })
    expect(await headingsOf(acme)).toEqual(common)
    await setModules({ crm: true })
    expect(await headingsOf(acme)).toEqual(['crm', ...common])
  })

  test('speaks the language of the person, else of their company', async () => {
    const viewer = await addMember(platform, 'globex', 'viewer')
    const administration = async () =>
      (await menuOf(viewer)).find(({ id }) => id === 'administration') as Section
    expect(await administration()).toEqual({
      id: 'administration',
      label: 'Administration',
      items: [
        { id: 'usage', label: 'Utilisation', path: '/v1/usage', permission: 'records:read' },
        { id: 'credits', label: 'Crédits', path: '/v1/credits', permission: 'records:read' },
      ],
    })
    await platform.globex.patch('/v1/settings', { language: 'en' })
    expect((await administration()).items.map(({ label }) => label)).toEqual(['Usage', 'Credits'])
    await viewer.patch('/v1/me', { language: 'fr' })
    expect((await administration()).items.map(({ label }) => label)).toEqual(['Utilisation', 'Crédits'])
  })

  test('is for people, not for API keys', async () => {
    const createdBy = await membershipOf(platform, acme)
    const key = await addApiKey(platform, { tenantId: 'acme', role: 'owner', createdBy })
    const { status, body } = await key.get('/v1/menu')
    expect([status, body.code]).toEqual([403, 'session_required'])
  })
})
