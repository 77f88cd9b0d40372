import { z } from 'zod'
import { nameSchema } from '../../http/schemas.ts'
import { defineResource } from '../define-resource.ts'
import { jsonObject } from '../json-object.ts'

/** What was found out about a tenant's business, from what. */
export const businessAnalyses = defineResource({
  table: 'business_analyses',
  noun: 'business_analysis',
  label: { en: 'Analyses', fr: 'Analyses' },
  module: 'ai',
  fields: {
    title: nameSchema,
    kind: z.enum(['swot', 'forecast', 'market', 'competitors', 'customers']),
    status: z.enum(['draft', 'running', 'done', 'failed']).default('draft'),
    input: jsonObject(512).default({}),
    result: jsonObject(512).nullish(),
  },
  sortable: ['title'],
  filterable: ['kind', 'status'],
  searchable: ['title'],
  large: ['input', 'result'],
  deletion: 'hard',
  example: {
    title: 'Where we stand in spring',
    kind: 'swot',
    status: 'done',
    input: { year: 2026 },
    result: { strengths: ['Stainless steel'], weaknesses: ['Copper'] },
  },
})
