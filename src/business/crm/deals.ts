import { sql } from 'kysely'
import { z } from 'zod'
import type { Tx } from '../../db/database.ts'
import { settingsFields } from '../../features/settings/schemas.ts'
import { settingsQuery } from '../../features/settings/settings.ts'
import { ok, type ReadRoute } from '../../http/route.ts'
import { dateSchema, nameSchema, timestampSchema } from '../../http/schemas.ts'
import { defineResource } from '../define-resource.ts'
import { exactNumberSchema, toExactNumber } from '../exact-numbers.ts'
import { createRoutes } from '../resource-routes.ts'
import type { Row, RunInsert } from '../rows.ts'
import { isClosed, pipelineQuery, probabilityOf, type Stage, stages } from './pipeline.ts'

const fields = {
  title: nameSchema,
  client_id: z.uuid().toLowerCase().nullish(),
  lead_id: z.uuid().toLowerCase().nullish(),
  stage: z.enum(stages).default('lead'),
  amount_cents: z.int().min(0).max(1_000_000_000_000_000).default(0),
  currency: settingsFields.currency,
  probability: z.int().min(0).max(100),
  expected_close_on: dateSchema.nullish(),
}

const standard = defineResource({
  table: 'deals',
  noun: 'deal',
  label: { en: 'Deals', fr: 'Affaires' },
  module: 'crm',
  fields,
  computed: { closed_at: timestampSchema.nullable() },
  sortable: ['title', 'amount_cents'],
  filterable: ['stage', 'client_id', 'lead_id', 'currency'],
  searchable: ['title'],
  references: { client_id: 'clients', lead_id: 'leads' },
  deletion: 'soft',
  example: {
    title: 'Roof of the town hall',
    stage: 'proposal',
    amount_cents: 250_000,
    currency: 'EUR',
    probability: 60,
    expected_close_on: '2026-06-30',
  },
})

/** What makes a deal: the currency is the tenant's and the probability that of its stage, unless it says another. */
const body = z
  .strictObject({
    ...fields,
    currency: fields.currency.optional(),
    probability: fields.probability.optional(),
  })
  .meta({ examples: [standard.example] })

/** What is said of a new deal, and what follows from it. */
async function completed(tx: Tx, said: z.output<typeof body>, now: Date): Promise<Row> {
  return {
    ...said,
    currency: said.currency ?? (await settingsQuery(tx).executeTakeFirstOrThrow()).currency,
    probability: said.probability ?? probabilityOf[said.stage],
    ...(isClosed(said.stage) && { closed_at: now }),
  }
}

/**
 * What is to be changed, and what follows from it: who enters a stage gets its probability, and whoever is won or lost
 * is closed from then on, until a change of stage opens the deal again.
 */
function followed(changes: Row & { stage?: Stage }, now: Date): Row {
  const { stage } = changes
  if (stage === undefined) return changes
  const unlessIn = (column: string, value: unknown, type: string) =>
    sql`case when stage = ${stage} then ${sql.ref(column)} else ${value}::${sql.raw(type)} end`
  return {
    probability: unlessIn('probability', probabilityOf[stage], 'integer'),
    ...changes,
    closed_at: isClosed(stage) ? unlessIn('closed_at', now, 'timestamptz') : null,
  }
}

const pipeline: ReadRoute<z.ZodType, z.ZodType, z.ZodType> = {
  scope: 'read',
  method: 'GET',
  path: '/v1/deals/pipeline',
  summary: 'What the deals in each stage amount to by currency, in full and weighted by probability',
  module: 'crm',
  permission: 'records:read',
  response: {
    status: 200,
    body: z.strictObject({
      data: z.array(
        z.strictObject({
          stage: z.enum(stages),
          currency: z.string(),
          count: z.int(),
          amount_cents: exactNumberSchema,
          weighted_amount_cents: exactNumberSchema,
        }),
      ),
    }),
  },
  handler: async ({ read }) => {
    const { rows } = await read(pipelineQuery)
    const data = rows.map((row) => ({
      ...row,
      amount_cents: toExactNumber(row.amount_cents),
      weighted_amount_cents: toExactNumber(row.weighted_amount_cents),
    }))
    return ok({ data })
  },
}

const rules = {
  ...standard,
  body,
  create: async (tx: Tx, said: Row, now: Date, run?: RunInsert) =>
    standard.create(tx, await completed(tx, said as z.output<typeof body>, now), now, run),
  update: (tx: Tx, id: string, changes: Row, now: Date) =>
    standard.update(tx, id, followed(changes, now), now),
}

const routes = createRoutes(rules)

/** What is being sold, to whom, and how far it has got. */
export const deals = {
  ...rules,
  routes: {
    pipeline,
    ...routes,
    update: {
      ...routes.update,
      summary: 'Change fields of a deal; a deal that was won or lost is open again in another stage',
    },
  },
}
