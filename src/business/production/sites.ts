import { z } from 'zod'
import { nameSchema } from '../../http/schemas.ts'
import { defineResource } from '../define-resource.ts'

/** Where a tenant works: each name once. */
export const sites = defineResource({
  table: 'sites',
  noun: 'site',
  label: { en: 'Sites', fr: 'Sites' },
  module: 'production',
  fields: {
    name: nameSchema,
    address: z.string().trim().max(1000).nullish(),
    city: nameSchema.nullish(),
    country: z
      .string()
      .regex(/^[A-Z]{2}$/, 'should be the ISO 3166-1 code of a country such as FR')
      .nullish(),
  },
  sortable: ['name'],
  filterable: ['name', 'city', 'country'],
  searchable: ['name', 'city'],
  limits: { sites: 1 },
  unique: ['name'],
  deletion: 'hard',
  example: { name: 'Workshop Lyon', address: '12 rue des Forges', city: 'Lyon', country: 'FR' },
})
