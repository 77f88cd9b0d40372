import { z } from 'zod'
import { toPage } from '../../db/keyset.ts'
import { AppError } from '../../errors.ts'
import { noContent, ok, route } from '../../http/route.ts'
import { idParams, pageOf, pageQuery, timestampSchema } from '../../http/schemas.ts'
import { memberOf, userOf } from './access.ts'
import { roles } from './roles.ts'
import {
  changeUser,
  findUser,
  listUsers,
  memberStatuses,
  removeUser,
  transferOwnership,
  userCursor,
} from './users.ts'

const userAnswer = z.strictObject({
  id: z.uuid(),
  email: z.string(),
  first_name: z.string(),
  last_name: z.string(),
  role: z.enum(roles),
  status: z.enum(memberStatuses),
  created_at: timestampSchema,
})

export const userRoutes = [
  route({
    scope: 'read',
    method: 'GET',
    path: '/v1/users',
    summary: 'List the users of the tenant, newest member first',
    permission: 'users:manage',
    query: z.strictObject({
      ...pageQuery,
      role: z.enum(roles).optional(),
      status: z.enum(memberStatuses).optional(),
      q: z.string().min(1).max(200).optional(),
    }),
    response: { status: 200, body: pageOf(userAnswer) },
    handler: async ({ input, read }) => {
      const { rows } = await read((queries) => listUsers(queries, input.query))
      return ok(toPage(rows, input.query.limit, userCursor))
    },
  }),

  route({
    scope: 'read',
    method: 'GET',
    path: '/v1/users/:id',
    summary: 'One user of the tenant',
    permission: 'users:manage',
    params: idParams,
    response: { status: 200, body: userAnswer },
    errors: ['not_found'],
    handler: async ({ input, read }) => {
      const { rows } = await read((queries) => findUser(queries, input.params.id))
      if (!rows[0]) throw new AppError('not_found')
      return ok(rows[0])
    },
  }),

  route({
    scope: 'write',
    method: 'PATCH',
    path: '/v1/users/:id',
    summary: 'Change the role of a user up to one’s own, disable or enable them',
    permission: 'users:manage',
    caller: 'member',
    audit: { action: 'user.updated', objectType: 'user' },
    params: idParams,
    body: z
      .strictObject({ role: z.enum(roles), status: z.enum(memberStatuses) })
      .partial()
      .refine((body) => Object.keys(body).length > 0, 'should hold at least one field'),
    response: { status: 200, body: userAnswer },
    errors: ['not_found', 'role_too_high', 'last_owner', 'limit_reached', 'payment_required'],
    handler: async ({ context, input, tx, principal }) => {
      const user = await changeUser(tx, memberOf(principal), input.params.id, input.body, context.clock.now())
      return ok(user, { objectId: user.id, changedFields: Object.keys(input.body) })
    },
  }),

  route({
    scope: 'write',
    method: 'DELETE',
    path: '/v1/users/:id',
    summary: 'Remove a user from the tenant and end their sessions in it',
    permission: 'users:manage',
    caller: 'member',
    audit: { action: 'user.removed', objectType: 'user' },
    params: idParams,
    response: { status: 204 },
    errors: ['not_found', 'role_too_high', 'last_owner'],
    handler: async ({ context, input, tx, principal }) => {
      await removeUser(tx, memberOf(principal), 'users:manage', input.params.id, context.clock.now())
      return noContent({ objectId: input.params.id, changedFields: [] })
    },
  }),

  route({
    scope: 'write',
    method: 'POST',
    path: '/v1/users/:id/transfer-ownership',
    summary: 'Make another active user the owner in one’s own place, and oneself an admin',
    permission: 'ownership:transfer',
    caller: 'user',
    audit: { action: 'ownership.transferred', objectType: 'user' },
    params: idParams,
    response: { status: 200, body: userAnswer },
    errors: ['not_found', 'conflict'],
    handler: async ({ context, input, tx, principal }) => {
      const owner = await transferOwnership(tx, userOf(principal), input.params.id, context.clock.now())
      return ok(owner, { objectId: owner.id, changedFields: ['role'] })
    },
  }),
]
