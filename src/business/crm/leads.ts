import { isNil, omit, omitBy } from 'es-toolkit'
import { z } from 'zod'
import type { Tx } from '../../db/database.ts'
import { AppError } from '../../errors.ts'
import { actorOf, writeAuditEntry } from '../../features/audit/audit.ts'
import { originOf } from '../../http/address.ts'
import { checkIfMatch } from '../../http/preconditions.ts'
import { created, type WriteRoute } from '../../http/route.ts'
import { emailSchema, idParams, nameSchema, phoneSchema } from '../../http/schemas.ts'
import { changesOf } from '../columns.ts'
import { defineResource } from '../define-resource.ts'
import { createRoutes } from '../resource-routes.ts'
import type { Row } from '../rows.ts'
import { withErrors } from '../with-errors.ts'
import { clients } from './clients.ts'
import { deals } from './deals.ts'

/** What callers say of a lead's status; that it is converted, only converting it says. */
const saidStatus = z.enum(['new', 'contacted', 'qualified', 'lost'])

const fields = {
  name: nameSchema,
  company: nameSchema.nullish(),
  email: emailSchema.nullish(),
  phone: phoneSchema.nullish(),
  source: z.enum(['website', 'referral', 'phone', 'event', 'other']).default('other'),
  status: z.enum([...saidStatus.options, 'converted']).default('new'),
  notes: z.string().max(20_000).nullish(),
}

const standard = defineResource({
  table: 'leads',
  noun: 'lead',
  label: { en: 'Leads', fr: 'Prospects' },
  module: 'crm',
  fields,
  computed: { client_id: z.uuid().nullable() },
  sortable: ['name'],
  filterable: ['status', 'source', 'client_id'],
  searchable: ['name', 'company', 'email'],
  references: { client_id: 'clients' },
  deletion: 'hard',
  example: {
    name: 'Marvin Martian',
    company: 'Martian Instant Delivery',
    email: 'marvin@mars.example',
    source: 'event',
    status: 'contacted',
  },
})

const body = z
  .strictObject({ ...fields, status: saidStatus.default('new') })
  .meta({ examples: [standard.example] })
const rules = {
  ...standard,
  body,
  changes: changesOf({ ...fields, status: saidStatus }),
  /** Changes one, but for the status of one that is converted. */
  async update(tx: Tx, id: string, values: Row, now: Date) {
    if (values.status !== undefined) {
      const { status } = await standard.lock(tx, id)
      if (status === 'converted') throw new AppError('not_editable')
    }
    return standard.update(tx, id, values, now)
  },
}

/** What may be said of a conversion; the deal is of the client that the lead becomes. */
const conversion = z
  .strictObject({ deal: z.strictObject(omit(deals.body.shape, ['client_id', 'lead_id'])).optional() })
  .prefault({})

/**
 * Makes a client of a lead, and a deal with it where one is given. The client is named after the company, if there is
 * one, since that is who pays.
 * @throws AppError 404 `not_found`, 409 `not_editable` for a lead that is a client already
 */
async function convertLead(tx: Tx, id: string, { deal }: z.output<typeof conversion>, now: Date) {
  const found = await standard.lock(tx, id)
  if (found.status === 'converted') throw new AppError('not_editable')
  const { name, company, email, phone, notes } = found
  const said = omitBy({ name: company ?? name, email, phone, notes }, isNil)
  const client = await clients.create(tx, said, now)
  const lead = await standard.update(tx, id, { status: 'converted', client_id: client.id }, now)
  const madeDeal = deal
    ? await deals.create(tx, { ...deal, client_id: client.id, lead_id: id }, now)
    : undefined
  const changedFields = {
    client: Object.keys(said),
    deal: ['client_id', 'lead_id', ...Object.keys(deal ?? {})],
  }
  return { converted: { lead, client, deal: madeDeal ?? null }, changedFields }
}

const convert: WriteRoute<typeof idParams, z.ZodType, typeof conversion> = {
  scope: 'write',
  method: 'POST',
  path: '/v1/leads/:id/convert',
  summary: 'Make a client of a lead, once, and a deal with it if one is given',
  module: 'crm',
  permission: 'records:write',
  audit: { action: 'lead.converted', objectType: 'lead' },
  params: idParams,
  body: conversion,
  ifMatch: true,
  response: {
    status: 201,
    body: z.strictObject({
      lead: standard.answer,
      client: clients.answer,
      deal: deals.answer.nullable(),
    }),
  },
  errors: ['not_found', 'not_editable'],
  handler: async ({ context, input, request, tx, principal }) => {
    const now = context.clock.now()
    await checkIfMatch(request, () => standard.lock(tx, input.params.id))
    const { converted, changedFields } = await convertLead(tx, input.params.id, input.body, now)
    const made = [
      ['client', converted.client],
      ['deal', converted.deal],
    ] as const
    for (const [type, object] of made) {
      if (!object) continue
      writeAuditEntry(tx, {
        actor: actorOf(principal),
        action: `${type}.created`,
        object: { type, id: object.id },
        changedFields: changedFields[type],
        ...originOf(request),
        now,
      })
    }
    return created(converted, {
      objectId: input.params.id,
      changedFields: ['status', 'client_id'],
    })
  },
}

const routes = createRoutes(rules)

/** Who may become a client. */
export const leads = {
  ...rules,
  routes: { ...routes, update: withErrors(routes.update, 'not_editable'), convert },
}
