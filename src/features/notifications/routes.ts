import { z } from 'zod'
import { noContent, ok, route } from '../../http/route.ts'
import { idParams, pageOf, pageQuery, timestampSchema } from '../../http/schemas.ts'
import { userOf } from '../members/access.ts'
import { listNotifications, markAsRead, toNotifications } from './notifications.ts'
import {
  categories,
  completePreferences,
  preferencesQuery,
  priorities,
  updatePreferences,
} from './preferences.ts'

const fields = {
  minimum_priority: z.enum(priorities),
  email: z.boolean(),
  push: z.boolean(),
  sound: z.boolean(),
}

const change = z
  .strictObject(fields)
  .partial()
  .extend({ category: z.enum(categories) })
  .refine((given) => Object.keys(given).length > 1, 'should hold at least one field beside category')

const preferencesBody = z.strictObject({
  preferences: z
    .array(change)
    .min(1)
    .refine(
      (changes) => new Set(changes.map(({ category }) => category)).size === changes.length,
      'should name each category once',
    ),
})

const preferencesAnswer = z.strictObject({
  preferences: z.array(z.strictObject({ category: z.enum(categories), ...fields })),
})

const notificationsAnswer = pageOf(
  z.strictObject({
    id: z.uuid(),
    category: z.enum(categories),
    priority: z.enum(priorities),
    title: z.string(),
    body: z.string(),
    read_at: timestampSchema.nullable(),
    created_at: timestampSchema,
  }),
).extend({ unread_count: z.int() })

const trueOrFalse = z.enum(['true', 'false']).transform((text) => text === 'true')

const own = { permission: 'account:self', caller: 'user' } as const

const group = {
  ...own,
  path: '/v1/notification-preferences',
  response: { status: 200, body: preferencesAnswer },
} as const

export const notificationRoutes = [
  route({
    ...own,
    scope: 'read',
    method: 'GET',
    path: '/v1/notifications',
    summary:
      'What I was told in this tenant, newest first, in my language, and how much of it I have not read',
    query: z.strictObject({ ...pageQuery, unread: trueOrFalse.optional() }),
    response: { status: 200, body: notificationsAnswer },
    handler: async ({ input, read }) => {
      const { rows } = await read((queries, claims) =>
        listNotifications(queries, userOf(claims).userId, input.query),
      )
      return ok(toNotifications(rows, input.query.limit))
    },
  }),

  route({
    ...own,
    scope: 'write',
    method: 'POST',
    path: '/v1/notifications/:id/read',
    summary: 'Note that I have read a notification',
    audit: { action: 'notification.read', objectType: 'notification' },
    params: idParams,
    response: { status: 204 },
    errors: ['not_found'],
    handler: async ({ context, input, tx, principal }) => {
      const { id } = input.params
      const isNew = await markAsRead(tx, userOf(principal).membershipId, id, context.clock.now())
      return noContent({ objectId: id, changedFields: isNew ? ['read_at'] : [] })
    },
  }),

  route({
    ...group,
    scope: 'read',
    method: 'GET',
    summary: 'Of which notifications I want to be told in this tenant, and how',
    handler: async ({ read }) => {
      const { rows } = await read((queries, claims) => preferencesQuery(queries, userOf(claims).userId))
      return ok({ preferences: completePreferences(rows) })
    },
  }),

  route({
    ...group,
    scope: 'write',
    method: 'PATCH',
    summary: 'Change what is given of my notification preferences in this tenant',
    audit: { action: 'notification_preferences.updated', objectType: 'user' },
    body: preferencesBody,
    handler: async ({ context, input, tx, principal }) => {
      const changes = input.body.preferences
      const now = context.clock.now()
      const { userId, membershipId } = userOf(principal)
      const preferences = await updatePreferences(tx, membershipId, changes, now)
      const changedFields = changes.flatMap(({ category, ...given }) =>
        Object.keys(given).map((field) => `${category}.${field}`),
      )
      return ok({ preferences }, { objectId: userId, changedFields })
    },
  }),
]
