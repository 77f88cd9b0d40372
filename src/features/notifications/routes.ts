import { z } from 'zod'
import { ok, route } from '../../http/route.ts'
import { userOf } from '../members/access.ts'
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

const group = {
  path: '/v1/notification-preferences',
  permission: 'account:self',
  caller: 'user',
  response: { status: 200, body: preferencesAnswer },
} as const

export const notificationRoutes = [
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
      const preferences = await updatePreferences(tx, principal.membershipId, changes, now)
      const changedFields = changes.flatMap(({ category, ...given }) =>
        Object.keys(given).map((field) => `${category}.${field}`),
      )
      return ok({ preferences }, { objectId: userOf(principal).userId, changedFields })
    },
  }),
]
