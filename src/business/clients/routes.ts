import { z } from 'zod'
import { toPage } from '../../db/keyset.ts'
import { AppError } from '../../errors.ts'
import { created, noContent, ok, route } from '../../http/route.ts'
import {
  emailSchema,
  idParams,
  nameSchema,
  pageOf,
  pageQuery,
  phoneSchema,
  timestampSchema,
} from '../../http/schemas.ts'
import {
  clientCursor,
  clientSorts,
  createClient,
  deleteClient,
  findClient,
  listClients,
  updateClient,
} from './clients.ts'

const clientFields = {
  name: nameSchema,
  email: emailSchema.nullish(),
  phone: phoneSchema.nullish(),
  address: z.string().trim().max(1000).nullish(),
  notes: z.string().max(20_000).nullish(),
}

const clientAnswer = z.strictObject({
  id: z.uuid(),
  name: z.string(),
  email: z.string().nullable(),
  phone: z.string().nullable(),
  address: z.string().nullable(),
  notes: z.string().nullable(),
  created_at: timestampSchema,
  updated_at: timestampSchema,
})

const group = { module: 'crm' } as const

export const clientRoutes = [
  route({
    ...group,
    scope: 'read',
    method: 'GET',
    path: '/v1/clients',
    summary: 'List clients, newest first unless sorted otherwise',
    permission: 'records:read',
    query: z.strictObject({
      ...pageQuery,
      sort: z.enum(clientSorts).default('-created_at'),
      name: z.string().max(200).optional(),
      email: z.string().toLowerCase().max(254).optional(),
      q: z.string().min(1).max(200).optional(),
    }),
    response: { status: 200, body: pageOf(clientAnswer) },
    handler: async ({ input, read }) => {
      const { limit, sort } = input.query
      const { rows } = await read((queries) => listClients(queries, input.query))
      return ok(toPage(rows, limit, (client) => clientCursor(sort, client)))
    },
  }),

  route({
    ...group,
    scope: 'write',
    method: 'POST',
    path: '/v1/clients',
    summary: 'Make a client',
    permission: 'records:write',
    audit: { action: 'client.created', objectType: 'client' },
    idempotent: true,
    body: z.strictObject(clientFields),
    response: { status: 201, body: clientAnswer },
    handler: async ({ context, input, tx }) => {
      const client = await createClient(tx, input.body, context.clock.now())
      return created(client, { objectId: client.id, changedFields: Object.keys(input.body) })
    },
  }),

  route({
    ...group,
    scope: 'read',
    method: 'GET',
    path: '/v1/clients/:id',
    summary: 'One client',
    permission: 'records:read',
    params: idParams,
    response: { status: 200, body: clientAnswer },
    errors: ['not_found'],
    handler: async ({ input, read }) => {
      const { rows } = await read((queries) => findClient(queries, input.params.id))
      if (!rows[0]) throw new AppError('not_found')
      return ok(rows[0])
    },
  }),

  route({
    ...group,
    scope: 'write',
    method: 'PATCH',
    path: '/v1/clients/:id',
    summary: 'Change fields of a client; null empties one',
    permission: 'records:write',
    audit: { action: 'client.updated', objectType: 'client' },
    params: idParams,
    body: z.strictObject(clientFields).partial().refine(hasFields, 'should hold at least one field'),
    response: { status: 200, body: clientAnswer },
    errors: ['not_found'],
    handler: async ({ context, input, tx }) => {
      const client = await updateClient(tx, input.params.id, input.body, context.clock.now())
      return ok(client, { objectId: client.id, changedFields: Object.keys(input.body) })
    },
  }),

  route({
    ...group,
    scope: 'write',
    method: 'DELETE',
    path: '/v1/clients/:id',
    summary: 'Delete a client',
    permission: 'records:delete',
    audit: { action: 'client.deleted', objectType: 'client' },
    params: idParams,
    response: { status: 204 },
    errors: ['not_found'],
    handler: async ({ input, tx }) => {
      await deleteClient(tx, input.params.id)
      return noContent({ objectId: input.params.id, changedFields: [] })
    },
  }),
]

function hasFields(body: object): boolean {
  return Object.keys(body).length > 0
}
