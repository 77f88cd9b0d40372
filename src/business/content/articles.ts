import { sql } from 'kysely'
import { z } from 'zod'
import type { Tx } from '../../db/database.ts'
import { nameSchema, timestampSchema } from '../../http/schemas.ts'
import { defineResource } from '../define-resource.ts'
import { createRoutes } from '../resource-routes.ts'
import type { Row, RunInsert } from '../rows.ts'

const standard = defineResource({
  table: 'articles',
  noun: 'article',
  label: { en: 'Articles', fr: 'Articles' },
  module: 'content',
  fields: {
    title: nameSchema,
    slug: z
      .string()
      .trim()
      .toLowerCase()
      .max(200)
      .regex(
        /^[a-z0-9]+(-[a-z0-9]+)*$/,
        'should be words of lower-case letters and digits, with one hyphen between two',
      )
      .nullish(),
    body: z.string().max(200_000),
    status: z.enum(['draft', 'published']).default('draft'),
  },
  computed: { published_at: timestampSchema.nullable() },
  sortable: ['title'],
  filterable: ['slug', 'status'],
  searchable: ['title'],
  large: ['body'],
  limits: { articles_per_week: 1 },
  unique: ['slug'],
  deletion: 'hard',
  example: {
    title: 'Why galvanised steel lasts',
    slug: 'why-galvanised-steel-lasts',
    body: 'Zinc gives first.',
  },
})

/** Since when it is published, and no longer once it is a draft again; by when it is said again nothing changes. */
function withPublication(values: Row, now: Date): Row {
  if (values.status === undefined) return values
  const published_at = values.status === 'published' ? sql`coalesce(published_at, ${now})` : null
  return { ...values, published_at }
}

const rules = {
  ...standard,
  create: (tx: Tx, input: Row, now: Date, run?: RunInsert) =>
    standard.create(tx, { ...input, published_at: input.status === 'published' ? now : null }, now, run),
  update: (tx: Tx, id: string, values: Row, now: Date) =>
    standard.update(tx, id, withPublication(values, now), now),
}

/** What a tenant writes: so many in a week, and each slug once. */
export const articles = { ...rules, routes: createRoutes(rules) }
