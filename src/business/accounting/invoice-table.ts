import { z } from 'zod'
import { settingsFields } from '../../features/settings/schemas.ts'
import { dateSchema, reasonSchema, timestampSchema } from '../../http/schemas.ts'
import { defineResource } from '../define-resource.ts'
import { mostCents } from './amounts.ts'

const amountSchema = z.int().min(-mostCents).max(mostCents)

/** Invoices without their lines, which are rows of another table. */
export const invoiceTable = defineResource({
  table: 'invoices',
  noun: 'invoice',
  label: { en: 'Invoices', fr: 'Factures' },
  module: 'accounting',
  fields: {
    client_id: z.uuid().toLowerCase().nullish(),
    due_on: dateSchema.nullish(),
    note: z.string().max(5000).nullish(),
  },
  computed: {
    currency: settingsFields.currency,
    status: z.enum(['draft', 'issued', 'paid', 'void']),
    number: z.string().nullable(),
    issued_on: dateSchema.nullable(),
    // Of the tenant and the client as they were when it was issued.
    seller_name: z.string().nullable(),
    buyer_name: z.string().nullable(),
    buyer_email: z.string().nullable(),
    buyer_address: z.string().nullable(),
    paid_on: dateSchema.nullable(),
    paid_at: timestampSchema.nullable(),
    voided_at: timestampSchema.nullable(),
    void_reason: reasonSchema.nullable(),
    net_cents: amountSchema,
    vat_cents: amountSchema,
    total_cents: amountSchema,
  },
  filterable: ['status', 'client_id', 'number', 'currency', 'issued_on', 'due_on'],
  searchable: ['number', 'note'],
  references: { client_id: 'clients' },
  deletion: 'hard',
  example: { due_on: '2026-04-01', note: 'Thank you for your order.' },
})
