import { z } from 'zod'
import { toPage } from '../../db/keyset.ts'
import { created, noContent, ok, route } from '../../http/route.ts'
import {
  idParams,
  instantSchema,
  nameSchema,
  pageOf,
  pageQuery,
  timestampSchema,
} from '../../http/schemas.ts'
import { userOf } from '../members/access.ts'
import { roles } from '../members/roles.ts'
import { apiKeyCursor, createApiKey, listApiKeys, revokeApiKey } from './api-keys.ts'

const apiKeyAnswer = z.strictObject({
  id: z.uuid(),
  name: z.string(),
  role: z.enum(roles),
  /** Null when the person is no member any more; the key opens nothing then. */
  created_by: z.uuid().nullable(),
  created_at: timestampSchema,
  expires_at: timestampSchema.nullable(),
  last_used_at: timestampSchema.nullable(),
  revoked_at: timestampSchema.nullable(),
})

const group = { permission: 'api_keys:manage' } as const

export const apiKeyRoutes = [
  route({
    ...group,
    scope: 'read',
    method: 'GET',
    path: '/v1/api-keys',
    summary: 'List API keys, newest first, those included that were revoked; never with their secrets',
    query: z.strictObject(pageQuery),
    response: { status: 200, body: pageOf(apiKeyAnswer) },
    handler: async ({ input, read }) => {
      const { rows } = await read((queries) => listApiKeys(queries, input.query))
      return ok(toPage(rows, input.query.limit, apiKeyCursor))
    },
  }),

  route({
    ...group,
    scope: 'write',
    method: 'POST',
    path: '/v1/api-keys',
    summary: 'Make an API key; only this answer shows it: it is null when answered again',
    // A chain of keys, each made by the one before, could hardly be revoked.
    caller: 'user',
    audit: { action: 'api_key.created', objectType: 'api_key' },
    body: z.strictObject({
      name: nameSchema,
      role: z.enum(roles),
      expires_at: instantSchema.nullish(),
    }),
    response: { status: 201, body: apiKeyAnswer.extend({ key: z.string().nullable() }) },
    secrets: ['key'],
    errors: ['role_too_high'],
    handler: async ({ context, input, tx, principal }) => {
      const made = await createApiKey(tx, input.body, userOf(principal), context.clock.now())
      return created(made, { objectId: made.id, changedFields: Object.keys(input.body) })
    },
  }),

  route({
    ...group,
    scope: 'write',
    method: 'DELETE',
    path: '/v1/api-keys/:id',
    summary: 'Revoke an API key, at once and for good',
    audit: { action: 'api_key.revoked', objectType: 'api_key' },
    params: idParams,
    response: { status: 204 },
    errors: ['not_found'],
    handler: async ({ context, input, tx }) => {
      await revokeApiKey(tx, input.params.id, context.clock.now())
      return noContent({ objectId: input.params.id, changedFields: ['revoked_at'] })
    },
  }),
]
