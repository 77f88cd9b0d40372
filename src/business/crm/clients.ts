import { z } from 'zod'
import { emailSchema, nameSchema, phoneSchema } from '../../http/schemas.ts'
import { defineResource } from '../define-resource.ts'
import { importRoute } from '../import-rows.ts'

const standard = defineResource({
  table: 'clients',
  noun: 'client',
  label: { en: 'Clients', fr: 'Clients' },
  module: 'crm',
  fields: {
    name: nameSchema,
    email: emailSchema.nullish(),
    phone: phoneSchema.nullish(),
    address: z.string().trim().max(1000).nullish(),
    notes: z.string().max(20_000).nullish(),
  },
  sortable: ['name'],
  filterable: ['name', 'email'],
  searchable: ['name', 'email'],
  deletion: 'hard',
  example: { name: 'Wile E. Coyote', email: 'wile@desert.example', phone: '+33 1 23 45 67 89' },
})

/** Whom a tenant works for. */
export const clients = { ...standard, routes: { import: importRoute(standard), ...standard.routes } }
