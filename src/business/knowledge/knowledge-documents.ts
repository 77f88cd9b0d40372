import { z } from 'zod'
import type { Tx } from '../../db/database.ts'
import { consume, release } from '../../features/plans/limits.ts'
import { ok, route } from '../../http/route.ts'
import { nameSchema, timestampSchema } from '../../http/schemas.ts'
import { defineResource } from '../define-resource.ts'
import { createRoutes } from '../resource-routes.ts'
import type { Row } from '../rows.ts'
import { withErrors } from '../with-errors.ts'
import { indexTerms, searchQuery, toFound, wordsOfContent } from './search-terms.ts'
import { wordsOf } from './words.ts'

const languages = z.enum(['en', 'fr'])

const standard = defineResource({
  table: 'knowledge_documents',
  noun: 'knowledge_document',
  label: { en: 'Documents', fr: 'Documents' },
  module: 'knowledge',
  fields: {
    title: nameSchema,
    content: z.string().max(500_000),
    // Left out: that of the tenant's settings.
    language: languages.optional(),
    tags: z.array(nameSchema.max(50)).max(20).default([]),
    source_url: z
      .url({ protocol: /^https?$/ })
      .max(2000)
      .regex(/^\P{Cc}*$/u, 'should hold no control characters')
      .nullish(),
  },
  computed: { content_bytes: z.int() },
  sortable: ['title'],
  filterable: ['title', 'language'],
  searchable: ['title'],
  large: ['content'],
  deletion: 'hard',
  example: {
    title: 'How we weld stainless steel',
    content: 'Clean the joint. Purge with argon. Let it cool slowly.',
    language: 'en',
    tags: ['welding'],
    source_url: 'https://wiki.example.com/welding',
  },
})

const rules = {
  ...standard,

  /** Makes one, found by its words from then on; the bytes of its content in UTF-8 are taken of the tenant's storage. */
  async create(tx: Tx, input: Row, now: Date) {
    const words = await wordsOfContent(String(input.content))
    const language = input.language ?? (await settingsLanguage(tx))
    const content_bytes = Buffer.byteLength(String(input.content))
    const document = await standard.create(tx, { ...input, language, content_bytes }, now)
    await indexTerms(tx, document, words, now)
    consume(tx, { storage_bytes: content_bytes }, now)
    return document
  },

  /** Changes one, and takes or gives back what its content is longer or shorter by. */
  async update(tx: Tx, id: string, values: Row, now: Date) {
    const said = findable.filter((name) => values[name] !== undefined)
    if (said.length === 0) return standard.update(tx, id, values, now)
    // Before the lock, since that of a long text takes its time.
    const words = values.content === undefined ? undefined : await wordsOfContent(String(values.content))
    const before = await standard.lock(tx, id)
    if (said.every((name) => values[name] === before[name])) return standard.update(tx, id, values, now)
    const content_bytes = Buffer.byteLength(String(values.content ?? before.content))
    const document = await standard.update(tx, id, { ...values, content_bytes }, now)
    await indexTerms(tx, document, words ?? (await wordsOfContent(document.content)), now)
    release(tx, { storage_bytes: before.content_bytes }, { now })
    consume(tx, { storage_bytes: content_bytes }, now)
    return document
  },

  /** Deletes one with its words, and gives its bytes back. */
  async remove(tx: Tx, id: string, now: Date) {
    const { content_bytes } = await standard.lock(tx, id)
    await standard.remove(tx, id, now)
    release(tx, { storage_bytes: content_bytes }, { now })
  },
}

/** What the words depend on that a document is found by. */
const findable = ['title', 'content', 'language'] as const

async function settingsLanguage(tx: Tx): Promise<string> {
  const { language } = await tx.selectFrom('tenant_settings').select('language').executeTakeFirstOrThrow()
  return language
}

const found = z.strictObject({
  id: z.uuid(),
  title: z.string(),
  language: languages,
  tags: z.array(z.string()),
  source_url: z.string().nullable(),
  rank: z.number(),
  excerpt: z.strictObject({ before: z.string(), match: z.string(), after: z.string() }),
  created_at: timestampSchema,
  updated_at: timestampSchema,
})

const search = route({
  scope: 'read',
  method: 'GET',
  path: `${standard.path}/search`,
  summary:
    'Documents with every word of q, by their stems and without regard to accents; the last may be a beginning',
  module: standard.module,
  permission: 'records:read',
  query: z.strictObject({
    q: z.string().trim().min(1).max(200),
    limit: z.coerce.number().int().min(1).max(50).default(20),
  }),
  response: { status: 200, body: z.strictObject({ data: z.array(found) }) },
  handler: async ({ input, read }) => {
    const { q, limit } = input.query
    const words = await wordsOf(q)
    const { rows } = await read((queries) => searchQuery(queries, words, limit))
    return ok({ data: rows.map(toFound) })
  },
})

const routes = createRoutes(rules)

/** What a tenant knows: texts that are found by their words. */
export const knowledgeDocuments = {
  ...rules,
  routes: {
    search,
    ...routes,
    create: withErrors(routes.create, 'limit_reached'),
    update: withErrors(routes.update, 'limit_reached'),
  },
}
