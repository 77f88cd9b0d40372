import { z } from 'zod'
import { originOf } from '../../http/address.ts'
import { ok, route } from '../../http/route.ts'
import { reasonSchema, timestampSchema } from '../../http/schemas.ts'
import { categories, priorities } from '../notifications/preferences.ts'
import { changeTemplate, getTemplateName, listTemplates } from './notification-templates.ts'

/** Control characters are for the lines of a body alone. */
const titleSchema = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^\P{Cc}*$/u, 'should hold no control characters')
const bodySchema = z.string().trim().min(1).max(2000)

const inLanguages = (text: z.ZodString) =>
  z
    .strictObject({ en: text, fr: text })
    .partial()
    .refine((texts) => Object.keys(texts).length > 0, 'should hold at least one field')

const templateBody = z
  .strictObject({
    priority: z.enum(priorities),
    title: inLanguages(titleSchema),
    body: inLanguages(bodySchema),
    reason: reasonSchema,
  })
  .partial()
  .refine(({ reason: _, ...given }) => Object.keys(given).length > 0, 'should hold at least one field')

const texts = z.strictObject({ en: z.string(), fr: z.string() })

const template = z.strictObject({
  name: z.string(),
  category: z.enum(categories),
  priority: z.enum(priorities),
  title: texts,
  body: texts,
  placeholders: z.array(z.strictObject({ name: z.string(), meaning: z.string() })),
  updated_at: timestampSchema,
})

export const notificationTemplateRoutes = [
  route({
    scope: 'admin',
    method: 'GET',
    path: '/v1/admin/notification-templates',
    summary: 'The texts of notifications, and what their placeholders stand for',
    response: { status: 200, body: z.strictObject({ templates: z.array(template) }) },
    handler: async ({ context }) =>
      ok({ templates: await context.db.withPlatform('notifications', listTemplates) }),
  }),

  route({
    scope: 'admin',
    method: 'PATCH',
    path: '/v1/admin/notification-templates/:name',
    summary:
      'Change the priority or the words of a notification, also of those that were sent; its placeholders are in braces',
    params: z.strictObject({ name: z.string() }),
    body: templateBody,
    response: { status: 200, body: template },
    errors: ['not_found'],
    handler: async ({ context, input, request, admin }) => {
      const name = getTemplateName(input.params.name)
      const by = { admin, origin: originOf(request), now: context.clock.now() }
      return ok(
        await context.db.withPlatform('notifications', (tx) => changeTemplate(tx, name, input.body, by)),
      )
    },
  }),
]
