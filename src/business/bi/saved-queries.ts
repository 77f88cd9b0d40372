import { once } from 'es-toolkit'
import { z } from 'zod'
import type { TenantQueryBuilder, Tx } from '../../db/database.ts'
import { AppError } from '../../errors.ts'
import type { Claims } from '../../features/members/access.ts'
import { ok, type ReadRoute, type Route } from '../../http/route.ts'
import { idParams, nameSchema } from '../../http/schemas.ts'
import { type AnyResource, defineResource } from '../define-resource.ts'
import { exactNumberSchema } from '../exact-numbers.ts'
import { createRoutes } from '../resource-routes.ts'
import type { Row, RunInsert } from '../rows.ts'
import { catalogueOf } from './catalogue.ts'
import { compileQuery, toResult } from './compile-query.ts'
import { definitionSchema } from './definition.ts'
import { planQuery } from './plan.ts'
import { readBeside } from './read-beside.ts'

const standard = defineResource({
  table: 'saved_queries',
  noun: 'saved_query',
  label: { en: 'Saved queries', fr: 'Requêtes enregistrées' },
  module: 'bi',
  fields: { name: nameSchema, definition: definitionSchema },
  sortable: ['name'],
  searchable: ['name'],
  deletion: 'hard',
  example: {
    name: 'Won by month',
    definition: {
      table: 'deals',
      measures: [{ function: 'count' }, { function: 'sum', field: 'amount_cents' }],
      group_by: [{ field: 'closed_at', by: 'month' }, { field: 'currency' }],
      filters: [{ field: 'stage', operator: 'eq', value: 'won' }],
      order: [{ by: 'closed_at_month', direction: 'desc' }],
      limit: 100,
    },
  },
})

const resultSchema = z.strictObject({
  columns: z.array(z.strictObject({ name: z.string(), kind: z.string() })),
  rows: z.array(z.array(z.union([exactNumberSchema, z.number(), z.string(), z.boolean(), z.null()]))),
  is_cut: z.boolean(),
})

function savedQuery(queries: TenantQueryBuilder, id: string) {
  return queries
    .selectFrom('saved_queries')
    .innerJoin('tenant_settings', 'tenant_settings.tenant_id', 'saved_queries.tenant_id')
    .select(['saved_queries.definition', 'tenant_settings.time_zone'])
    .where('saved_queries.id', '=', id)
}

/**
 * Queries that a tenant keeps, as data: each is checked against the catalogue when it is kept, and again whenever it is
 * run, since tables change and modules come and go.
 * @param tables gives the resources that can be asked, of which these are one
 */
export function savedQueriesOver(tables: () => readonly (AnyResource & { routes: Record<string, Route> })[]) {
  const catalogue = once(() => catalogueOf(tables()))

  function check(said: Row): void {
    if (said.definition !== undefined) planQuery(catalogue(), said.definition, 'body.definition')
  }

  const run: ReadRoute<typeof idParams, z.ZodType, z.ZodType> = {
    scope: 'read',
    method: 'GET',
    path: '/v1/saved-queries/:id/run',
    summary:
      'The present result of a saved query; sums above 2^53 − 1 as text, and is_cut where there are more rows',
    module: 'bi',
    permission: 'records:read',
    params: idParams,
    response: { status: 200, body: resultSchema },
    errors: ['not_found'],
    handler: async ({ context, input, read }) => {
      let caller: Claims | undefined
      const { rows } = await read((queries, claims) => {
        caller = claims
        return savedQuery(queries, input.params.id)
      })
      const saved = rows[0]
      if (!saved || !caller) throw new AppError('not_found')
      const plan = planQuery(catalogue(), saved.definition, 'definition')
      const found = await readBeside(context, caller, plan.table, (queries) =>
        compileQuery(queries, plan, saved.time_zone),
      )
      return ok(toResult(plan, found))
    },
  }

  const rules = {
    ...standard,
    async create(tx: Tx, input: Row, now: Date, run?: RunInsert) {
      check(input)
      return standard.create(tx, input, now, run)
    },
    async update(tx: Tx, id: string, values: Row, now: Date) {
      check(values)
      return standard.update(tx, id, values, now)
    },
  }

  return { ...rules, routes: { ...createRoutes(rules), run } }
}
