import { z } from 'zod'
import { nameSchema } from '../../http/schemas.ts'
import { defineResource } from '../define-resource.ts'

/** What a tenant makes things of, in an order of its own: each name once. Templates fill them, db/templates. */
export const materialCategories = defineResource({
  table: 'material_categories',
  noun: 'material_category',
  label: { en: 'Material categories', fr: 'Catégories de matières' },
  module: 'production',
  fields: {
    name: nameSchema,
    description: z.string().trim().max(2000).nullish(),
    position: z.int().min(0).max(1_000_000).default(0),
  },
  sortable: ['name', 'position'],
  filterable: ['name'],
  searchable: ['name', 'description'],
  unique: ['name'],
  deletion: 'hard',
  example: { name: 'Stainless steel', description: '1.4301 (304) and 1.4404 (316L)', position: 2 },
})
