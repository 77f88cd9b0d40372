import fc from 'fast-check'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { searchQuery } from '../../src/business/knowledge/search-terms.ts'
import { wordsOf } from '../../src/business/knowledge/words.ts'
import type { TenantId } from '../../src/db/tenant-id.ts'
import { type Member, type Platform, startPlatform } from '../support/platform.ts'

const path = '/v1/knowledge-documents'
let platform: Platform
beforeAll(async () => {
  platform = await startPlatform()
})
afterAll(() => platform.stop())

let companies = 0
let reader: Member
const anotherReader = async () => {
  reader = await platform.signUp(`Reader ${++companies}`)
}
beforeAll(anotherReader)
const write = async (title: string, content: string, language = 'en', member = reader): Promise<string> => {
  const { status, body } = await member.post(path, { title, content, language })
  expect(status, JSON.stringify(body)).toBe(201)
  return body.id
}
const search = async (q: string, member = reader) => {
  const { status, body } = await member.get(`${path}/search?${new URLSearchParams({ q })}`)
  expect(status, JSON.stringify(body)).toBe(200)
  return body.data as {
    id: string
    title: string
    rank: number
    excerpt: { before: string; match: string; after: string }
  }[]
}
const titles = async (q: string) => (await search(q)).map(({ title }) => title)

describe('words', () => {
  test('are found by their stems in the language of their document', async () => {
    await write('Runs', 'Two of us were running welding machines.')
    await write('Chantiers', 'Les chantiers ouverts sont fermés le dimanche.', 'fr')
    expect(await titles('run')).toEqual(['Runs'])
    expect(await titles('machine welded')).toEqual(['Runs'])
    expect(await titles('chantier ouvert')).toEqual(['Chantiers'])
    // In French "sont" says nothing, and "the" would be a word like another.
    expect(await titles('sont fermée')).toEqual(['Chantiers'])
    expect(await titles('fermee')).toEqual([])
    expect(await titles('dimanche fermé')).toEqual(['Chantiers'])
    expect(await titles('the machines')).toEqual(['Runs'])
  })

  test.each([
    ['electricite', 'L’ÉLECTRICITÉ'],
    ['Électricité', 'electricite'],
    ['coeur', 'Cœur'],
    ['e\u0301te\u0301 indien', 'été indien'],
    ['strasse', 'Straße'],
    ['fin', 'ﬁn'],
    ['москва', 'МОСКВА'],
    ['東京', '東京タワー'],
    ['2026-001', 'F-2026-001/B'],
  ])('%s finds %s, whatever case and accents', async (q, content) => {
    const id = await write('A note', content, 'fr')
    expect((await search(q)).map((each) => each.id)).toContain(id)
  })

  test('have to be there all, in any order, and the last may be a beginning', async () => {
    await anotherReader()
    await write('Both', 'stainless steel, galvanised')
    await write('One', 'steel')
    expect(await titles('steel stainless')).toEqual(['Both'])
    expect((await titles('steel')).sort()).toEqual(['Both', 'One'])
    expect(await titles('steel galv')).toEqual(['Both'])
    expect(await titles('galv steel'), 'the first one is whole').toEqual([])
    expect(await titles('steel ga'), 'two letters are no beginning').toEqual([])
    expect(await titles('steel copper')).toEqual([])
  })

  test('in the title count most, then those that are there often', async () => {
    await write('Once', 'argon, and something else')
    await write('Often', 'argon argon argon argon')
    await write('Argon', 'Nothing more of it')
    await write('Beginning', 'argonauts everywhere')
    const found = await search('argon')
    expect(found.map(({ title }) => title)).toEqual(['Argon', 'Often', 'Once', 'Beginning'])
    expect(found.map(({ rank }) => rank)).toEqual([4, 2.386, 1, 0.5])
    const { body } = await reader.get(`${path}/search?q=argon&limit=2`)
    expect(body.data).toHaveLength(2)
  })

  test.each(['...', 'the of', '%', '_', `' or '1'='1`, '\\', ':* & !', '<->', '\u{10ffff}', '😀'])(
    'that are none, such as %s, find nothing',
    async (q) => {
      expect(await search(q)).toEqual([])
    },
  )

  test('are asked for', async () => {
    for (const query of ['', '?q=', '?q=%20', `?q=${'x'.repeat(201)}`, '?q=x&limit=51', '?q=x&cursor=x']) {
      expect((await reader.get(`${path}/search${query}`)).status, query).toBe(400)
    }
  })

  test('follow what becomes of the document', async () => {
    const id = await write('First title', 'copper')
    await reader.patch(`${path}/${id}`, { content: 'brass' })
    expect([await titles('copper'), await titles('brass')]).toEqual([[], ['First title']])
    await reader.patch(`${path}/${id}`, { title: 'Second title', tags: ['metal'] })
    expect([await titles('first'), await titles('second brass')]).toEqual([[], ['Second title']])
    await reader.patch(`${path}/${id}`, { content: 'Welding of machines' })
    expect(await titles('welded machine')).toEqual(['Second title'])
    await reader.patch(`${path}/${id}`, { language: 'fr' })
    expect(await titles('welded machine'), 'in French that is another word').toEqual([])
    await reader.delete(`${path}/${id}`)
    expect(await titles('second')).toEqual([])
  })

  test('begin where they are said to, in characters', async () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'É', 'œ', '😀', '𝒳', ' ', '-', '\u0301', '漢', '1'),
      maxLength: 40,
    })
    await fc.assert(
      fc.asyncProperty(text, async (text) => {
        const characters = [...text]
        for (const { word, firstAt, count } of await wordsOf(text)) {
          expect((await wordsOf(characters.slice(firstAt).join('')))[0]?.word).toBe(word)
          expect(count).toBeGreaterThan(0)
        }
      }),
      { numRuns: 300 },
    )
  })

  test('of a long text are counted while others have their turns, and none is cut in two', async () => {
    let turns = 0
    let isOver = false
    const turn = () => {
      turns++
      if (!isOver) setImmediate(turn)
    }
    setImmediate(turn)
    const found = await wordsOf('Été welding '.repeat(10_000))
    isOver = true
    expect(turns).toBeGreaterThan(50)
    expect(found).toEqual([
      { word: 'été', plain: 'ete', count: 10_000, firstAt: 0 },
      { word: 'welding', plain: 'welding', count: 10_000, firstAt: 4 },
    ])
  })

  test.each([
    ['letters that come to eighteen each', '\ufdfa'.repeat(10_000)],
    ['accents in the wrong order', `a${'\u0301\u0323'.repeat(5000)}`],
    ['letters that are pairs', '\u{1d4b3}'.repeat(10_000)],
  ])('that are too long, of %s, are cut before anything is made of them', async (_what, text) => {
    const normalize = vi.spyOn(String.prototype, 'normalize')
    try {
      const [found] = await wordsOf(text)
      expect([...(found?.word ?? '')].length).toBeLessThanOrEqual(60)
      const lengths = normalize.mock.contexts.map((context) => String(context).length)
      expect(Math.max(...lengths)).toBeLessThan(500)
    } finally {
      normalize.mockRestore()
    }
  })

  test('are the same however their accents are written, up to where they are cut', async () => {
    const word = 'ǖ'.repeat(70)
    const [composed] = await wordsOf(word)
    expect((await wordsOf(word.normalize('NFD')))[0]).toEqual(composed)
    expect(composed?.word).toBe('ǖ'.repeat(60))
  })
})

describe('an excerpt', () => {
  test('shows the first of the words and what stands around it, as it was written', async () => {
    await write('Énergie', 'Avant : 😀😀 l’Électricité <b>coûte</b> cher.', 'fr')
    expect((await search('electricite'))[0]?.excerpt).toEqual({
      before: 'Avant : 😀😀 l’',
      match: 'Électricité',
      after: ' <b>coûte</b> cher.',
    })
    expect((await search('cher coute'))[0]?.excerpt.match).toBe('coûte')
  })

  test('is of so many characters, however long the text is', async () => {
    await write('Long', `${'avant '.repeat(1000)}aiguille${' après'.repeat(1000)}`, 'fr')
    const [found] = await search('aiguille')
    expect(found?.excerpt).toEqual({
      before: 'avant '.repeat(14).slice(-80),
      match: 'aiguille',
      after: ' après'.repeat(40).slice(0, 192),
    })
  })

  test('is the beginning when the word is in the title alone', async () => {
    await write('Zinc', 'Nothing of it here')
    expect((await search('zinc'))[0]?.excerpt).toEqual({ before: '', match: '', after: 'Nothing of it here' })
  })
})

describe('a search stays inside its tenant', () => {
  test('whatever others wrote, with the same words and with their own', async () => {
    await anotherReader()
    const other = await platform.signUp(`Reader ${++companies}`)
    const ours = await write('Ours', 'shared words, heronword')
    await write('Theirs', 'shared words, otterword', 'en', other)
    expect((await search('shared')).map(({ id }) => id)).toEqual([ours])
    for (const q of ['otterword', 'ott', 'shared otterword', 'theirs']) expect(await search(q)).toEqual([])
    expect(await search('otterword', other)).toHaveLength(1)
  })

  test('and looks each word up in the index, where one tenant has most of the rows and a word is nearly everywhere', async () => {
    await anotherReader()
    const { tenantId } = reader
    await platform.sql(
      `insert into knowledge_documents (tenant_id, id, title, content, content_bytes, language, created_at, updated_at)
       select $1, gen_random_uuid(), 'Document ' || i, 'text', 4, 'en', 'epoch', 'epoch' from generate_series(1, 300) i`,
      [tenantId],
      tenantId,
    )
    await platform.sql(
      `insert into knowledge_terms (tenant_id, id, document_id, language, term, weight, first_at, created_at, updated_at)
       select $1, gen_random_uuid(), d.id, 'en', case n when 1 then 'common' else 'rare' || i % 50 || 'n' || n end,
         1, 0, 'epoch', 'epoch'
       from (select id, substr(title, 10)::int as i from knowledge_documents where tenant_id = $1) d, generate_series(1, 20) n`,
      [tenantId],
      tenantId,
    )
    await platform.sql('analyze knowledge_terms, knowledge_documents')
    for (const q of ['common', 'rare7n5', 'common rare7n5', 'common rare', 'nowhere']) {
      const plan = await planOf(tenantId, q)
      const reads = nodesOf(plan).filter((node) => node['Relation Name'] === 'knowledge_terms')
      expect(
        reads.map((node) => node['Index Name']),
        q,
      ).toEqual(Array(2).fill('knowledge_terms_term'))
      for (const { 'Index Cond': condition } of reads) {
        for (const column of ['tenant_id =', 'language =', /term [=>]/]) expect(condition).toMatch(column)
      }
    }
    expect(await search('common rare7n5')).toHaveLength(6)
  })
})

interface PlanNode {
  'Relation Name'?: string
  'Index Name'?: string
  'Index Cond'?: string
  Plans?: PlanNode[]
}

/** How the tenant role searches, under row security. */
async function planOf(tenantId: string, q: string): Promise<PlanNode> {
  const client = new pg.Client(platform.database.tenantUrl)
  await client.connect()
  try {
    const { sql, parameters } = await compiled(tenantId, q)
    await client.query(`begin; set local app.tenant_id = '${tenantId}'`)
    const { rows } = await client.query(`explain (format json) ${sql}`, [...parameters])
    return rows[0]['QUERY PLAN'][0].Plan
  } finally {
    await client.end()
  }
}

async function compiled(tenantId: string, q: string) {
  const words = await wordsOf(q)
  let query: ReturnType<typeof searchQuery> | undefined
  await platform.context.db.readTenant(tenantId as TenantId, (queries) => {
    query = searchQuery(queries, words, 20)
    return [query]
  })
  if (!query) throw new Error('no query was built')
  return query.compile()
}

function nodesOf(plan: PlanNode): PlanNode[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)]
}
