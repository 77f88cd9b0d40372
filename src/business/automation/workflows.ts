import { mapKeys } from 'es-toolkit'
import { z } from 'zod'
import type { Route } from '../../http/route.ts'
import { nameSchema } from '../../http/schemas.ts'
import { defineResource } from '../define-resource.ts'
import { jsonObject } from '../json-object.ts'
import { stateRoutes } from './state-routes.ts'
import { executionRoutes } from './workflow-executions.ts'

const standard = defineResource({
  table: 'workflows',
  noun: 'workflow',
  label: { en: 'Workflows', fr: 'Workflows' },
  module: 'automation',
  fields: {
    name: nameSchema,
    description: z.string().max(20_000).nullish(),
    engine: z.enum(['n8n', 'bolt', 'bmad']),
    definition: jsonObject(512).default({}),
    is_active: z.boolean().default(true),
  },
  sortable: ['name'],
  filterable: ['engine', 'is_active'],
  searchable: ['name', 'description'],
  large: ['definition'],
  limits: { workflows: 1 },
  // Its executions stay, and so it does.
  deletion: 'soft',
  example: {
    name: 'Order the sheets of a production order',
    engine: 'n8n',
    definition: { nodes: [{ name: 'Webhook' }, { name: 'Send mail' }] },
  },
})

const named = (prefix: string, routes: object) =>
  mapKeys(routes as Record<string, Route>, (_route, name) => `${prefix}.${String(name)}`)

/** What an engine outside does for a tenant, with its executions and what it keeps between them. */
export const workflows = {
  ...standard,
  routes: {
    ...standard.routes,
    ...named('executions', executionRoutes),
    ...named('states', stateRoutes),
  },
}
