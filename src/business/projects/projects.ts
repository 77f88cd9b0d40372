import { z } from 'zod'
import type { Tx } from '../../db/database.ts'
import { dateSchema, nameSchema } from '../../http/schemas.ts'
import { defineResource } from '../define-resource.ts'
import { createRoutes } from '../resource-routes.ts'
import { explainCheck, type Row, type RunInsert } from '../rows.ts'

const standard = defineResource({
  table: 'projects',
  noun: 'project',
  label: { en: 'Projects', fr: 'Projets' },
  module: 'projects',
  fields: {
    name: nameSchema,
    description: z.string().max(20_000).nullish(),
    client_id: z.uuid().toLowerCase().nullish(),
    status: z.enum(['planned', 'active', 'on_hold', 'done']).default('planned'),
    starts_on: dateSchema.nullish(),
    ends_on: dateSchema.nullish(),
    budget_cents: z.int().min(0).nullish(),
  },
  sortable: ['name'],
  filterable: ['name', 'client_id', 'status', 'starts_on', 'ends_on'],
  searchable: ['name', 'description'],
  references: { client_id: 'clients' },
  deletion: 'soft',
  example: {
    name: 'Town hall, roof',
    status: 'active',
    starts_on: '2026-04-01',
    ends_on: '2026-09-30',
    budget_cents: 12_500_000,
  },
})

const explainDates = <T>(work: Promise<T>) =>
  explainCheck(
    'projects_ends_behind_start',
    { path: 'body.ends_on', message: 'should not be before starts_on' },
    work,
  )

const rules = {
  ...standard,
  create: (tx: Tx, input: Row, now: Date, run?: RunInsert) =>
    explainDates(standard.create(tx, input, now, run)),
  update: (tx: Tx, id: string, values: Row, now: Date) => explainDates(standard.update(tx, id, values, now)),
}

/** What a tenant undertakes, for a client or itself. */
export const projects = { ...rules, routes: createRoutes(rules) }
