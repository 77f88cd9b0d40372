import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { setLimits, usageOf } from '../support/limits.ts'
import { type Member, type Platform, startPlatform } from '../support/platform.ts'

const path = '/v1/knowledge-documents'
let platform: Platform
beforeAll(async () => {
  platform = await startPlatform()
})
afterAll(() => platform.stop())

let companies = 0
/** A company that may keep so many bytes. */
async function companyWith(storage_bytes: number): Promise<Member> {
  const member = await platform.signUp(`Library ${++companies}`)
  await setLimits(platform, member.tenantId, { storage_bytes })
  return member
}
const usedOf = async ({ tenantId }: Member) => (await usageOf(platform, tenantId, 'storage_bytes')).used
const make = async (member: Member, content: string, fields: object = {}) => {
  const answer = await member.post(path, { title: 'A note', content, ...fields })
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  return answer.body
}
const countIn = async ({ tenantId }: Member, table: 'knowledge_documents' | 'knowledge_terms') => {
  const query = `select count(*)::int as n from ${table} where tenant_id = $1`
  return (await platform.sql(query, [tenantId], tenantId))[0].n as number
}
/** Each term with where its row lies and what wrote it: another one after every write. */
const versionsOf = async ({ tenantId }: Member) => {
  const query = `select term, format('%s by %s', ctid, xmin) as version from knowledge_terms where tenant_id = $1`
  const rows = await platform.sql(query, [tenantId], tenantId)
  return new Map(rows.map(({ term, version }) => [term as string, version as string]))
}
const foundBy = async (member: Member, q: string) => {
  const { status, body } = await member.get(`${path}/search?${new URLSearchParams({ q })}`)
  expect(status).toBe(200)
  return body.data.map(({ id }: { id: string }) => id)
}

describe('a document', () => {
  test('is in the language of the settings, unless it says another', async () => {
    const member = await companyWith(1000)
    expect(await make(member, 'bonjour')).toMatchObject({ language: 'fr', tags: [], source_url: null })
    await member.patch('/v1/settings', { language: 'en' })
    expect((await make(member, 'hello')).language).toBe('en')
    expect((await make(member, 'bonjour', { language: 'fr' })).language).toBe('fr')
  })

  test('is shown with its content, and listed without', async () => {
    const member = await companyWith(1000)
    const { id, content } = await make(member, 'long\n text ')
    expect(content).toBe('long\n text ')
    expect((await member.get(`${path}/${id}`)).body.content).toBe(content)
    const [listed] = (await member.get(path)).body.data
    expect(listed).toMatchObject({ id, content_bytes: 11 })
    expect(listed).not.toHaveProperty('content')
  })

  test.each<[string, object]>([
    ['an address that runs something', { source_url: 'javascript:alert(1)' }],
    ['an address that is none', { source_url: 'wiki' }],
    ['an address with a control character', { source_url: 'https://wiki.example/a\u0007b' }],
    ['a language nobody knows the stems of', { language: 'de' }],
    ['a tag that is empty', { tags: [' '] }],
    ['its own size', { content_bytes: 1 }],
    ['a content that is too long', { content: 'x'.repeat(500_001) }],
  ])('cannot have %s', async (_what, fields) => {
    const { status, body } = await platform.acme.post(path, { title: 'A note', content: 'x', ...fields })
    expect([status, body.code]).toEqual([400, 'invalid_request'])
  })

  test('of half a million characters, each word another, is made and found', async () => {
    const member = await companyWith(1e9)
    let content = ''
    for (let word = 0; content.length < 499_990; word++) content += `${word.toString(36)}x `
    const { id } = await make(member, content.padEnd(500_000, '.'))
    expect(await usedOf(member)).toBe(500_000)
    expect(await foundBy(member, 'rsx')).toEqual([id])
    expect((await member.delete(`${path}/${id}`)).status).toBe(204)
    expect([await usedOf(member), await countIn(member, 'knowledge_terms')]).toEqual([0, 0])
  })

  test('that is changed has no more of its words written than differ', async () => {
    const member = await companyWith(1000)
    const { id } = await make(member, 'copper brass zinc Zinc tin', { title: 'Old metals', language: 'en' })
    const change = async (fields: object) => {
      const before = await versionsOf(member)
      const answer = await member.patch(`${path}/${id}`, fields)
      expect(answer.status, JSON.stringify(answer.body)).toBe(200)
      const after = await versionsOf(member)
      const terms = [...new Set([...before.keys(), ...after.keys()])]
      return terms.filter((term) => before.get(term) !== after.get(term)).sort()
    }
    const same = { title: 'Old metals', content: 'copper brass zinc Zinc tin', language: 'en' }
    expect(await change(same)).toEqual([])
    expect(await change({ title: 'Old metals', tags: ['new'] })).toEqual([])
    expect(await change({ title: 'New metals of tin' })).toEqual(['new', 'old', 'tin'])
    expect(await change({ title: 'New metals' })).toEqual(['tin'])
    expect(await change({ content: 'copper brass zinc Zinc tin, zinc and lead' })).toEqual(['lead', 'zinc'])
    expect(await foundBy(member, 'new lead')).toEqual([id])
    expect(await change({ content: '' })).toEqual(['brass', 'copper', 'lead', 'tin', 'zinc'])
    expect(await change({ title: '...' })).toEqual(['metal', 'new'])
    expect(await countIn(member, 'knowledge_terms')).toBe(0)
  })
})

describe('the storage of a tenant', () => {
  test('holds the bytes of the contents in UTF-8, whatever becomes of the documents', async () => {
    const member = await companyWith(1000)
    const { id, content_bytes } = await make(member, 'é€😀')
    expect(content_bytes).toBe(2 + 3 + 4)
    await make(member, '')
    expect(await usedOf(member)).toBe(9)
    const change = async (fields: object) => {
      const answer = await member.patch(`${path}/${id}`, fields)
      expect(answer.status, JSON.stringify(answer.body)).toBe(200)
      return [answer.body.content_bytes, await usedOf(member)]
    }
    expect(await change({ title: 'Another title of some length', tags: ['new'] })).toEqual([9, 9])
    expect(await change({ content: 'twenty bytes, no more' })).toEqual([21, 21])
    expect(await change({ content: 'four' })).toEqual([4, 4])
    expect(await change({ language: 'en' })).toEqual([4, 4])
    await member.delete(`${path}/${id}`)
    expect(await usedOf(member)).toBe(0)
  })

  test('has room for one of a hundred documents that come at once', async () => {
    const member = await companyWith(25)
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        member.post(path, { title: `${i}`, content: 'thirteen bytes'.slice(1) }),
      ),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(99).fill(403)])
    for (const { body } of answers.filter(({ status }) => status === 403)) {
      expect(body).toMatchObject({ code: 'limit_reached', limit: 'storage_bytes', used: 13, allowed: 25 })
    }
    expect([await usedOf(member), await countIn(member, 'knowledge_documents')]).toEqual([13, 1])
  })

  test('is what the content came to, when many change it at once and somebody deletes it', async () => {
    const member = await companyWith(100_000)
    const { id } = await make(member, 'a word')
    const write = (length: number) => member.patch(`${path}/${id}`, { content: 'x'.repeat(length) })
    const written = await Promise.all(Array.from({ length: 20 }, (_, i) => write(100 + i)))
    expect(written.map(({ status }) => status)).toEqual(Array(20).fill(200))
    const { content } = (await member.get(`${path}/${id}`)).body
    expect(await usedOf(member)).toBe(content.length)

    const removed = Promise.all([member.delete(`${path}/${id}`), member.delete(`${path}/${id}`)])
    const late = await Promise.all(Array.from({ length: 10 }, (_, i) => write(i)))
    expect((await removed).map(({ status }) => status).sort()).toEqual([204, 404])
    for (const { status } of late) expect([200, 404]).toContain(status)
    expect([await usedOf(member), await countIn(member, 'knowledge_terms')]).toEqual([0, 0])
  })

  test('too small for a change leaves the document and its words as they were; a shorter one goes through', async () => {
    const member = await companyWith(20)
    const { id } = await make(member, 'galvanised')
    const answer = await member.patch(`${path}/${id}`, { content: 'stainless steel everywhere' })
    expect([answer.status, answer.body.limit, answer.body.used]).toEqual([403, 'storage_bytes', 10])
    expect([await foundBy(member, 'galvanised'), await foundBy(member, 'stainless')]).toEqual([[id], []])
    await setLimits(platform, member.tenantId, { storage_bytes: 5 })
    expect((await member.patch(`${path}/${id}`, { title: 'Of the same size' })).status).toBe(200)
    expect((await member.patch(`${path}/${id}`, { content: 'stainless' })).status).toBe(200)
    expect(await usedOf(member)).toBe(9)
  })

  test('is as it was after a write that failed', async () => {
    const member = await companyWith(1000)
    const { id } = await make(member, 'before')
    await platform.sql('alter table knowledge_terms add constraint planted check (weight < 0) not valid')
    try {
      expect((await member.post(path, { title: 'A note', content: 'lost' })).status).toBe(400)
      expect((await member.patch(`${path}/${id}`, { content: 'lost as well' })).status).toBe(400)
    } finally {
      await platform.sql('alter table knowledge_terms drop constraint planted')
    }
    expect([await usedOf(member), await countIn(member, 'knowledge_documents')]).toEqual([6, 1])
    expect(await foundBy(member, 'before')).toEqual([id])
  })
})
