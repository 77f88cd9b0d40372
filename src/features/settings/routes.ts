import { z } from 'zod'
import { AppError } from '../../errors.ts'
import { ok, route } from '../../http/route.ts'
import { timestampSchema } from '../../http/schemas.ts'
import { settingsFields } from './schemas.ts'
import { settingsQuery, updateSettings } from './settings.ts'

const settingsBody = z
  .strictObject(settingsFields)
  .partial()
  .refine((body) => Object.keys(body).length > 0, 'should hold at least one field')

const settingsAnswer = z.strictObject({
  theme: z.string(),
  language: z.string(),
  time_zone: z.string(),
  date_format: z.string(),
  currency: z.string(),
  vat_rate_basis_points: z.int(),
  automatic_numbering: z.boolean(),
  backups: z.boolean(),
  audit: z.literal(true),
  updated_at: timestampSchema,
})

const group = { path: '/v1/settings', permission: 'settings:manage' } as const

export const settingsRoutes = [
  route({
    ...group,
    scope: 'read',
    method: 'GET',
    summary: 'The settings of the tenant, which hold for each member who prefers nothing else',
    response: { status: 200, body: settingsAnswer },
    errors: ['not_found'],
    handler: async ({ read }) => {
      const { rows } = await read(settingsQuery)
      if (!rows[0]) throw new AppError('not_found')
      return ok(rows[0])
    },
  }),

  route({
    ...group,
    scope: 'write',
    method: 'PATCH',
    summary: 'Change settings of the tenant; that an audit trail is kept is none of them',
    audit: { action: 'settings.updated', objectType: 'settings' },
    body: settingsBody,
    response: { status: 200, body: settingsAnswer },
    handler: async ({ context, input, tx }) => {
      const { id, ...settings } = await updateSettings(tx, input.body, context.clock.now())
      return ok(settings, { objectId: id, changedFields: Object.keys(input.body) })
    },
  }),
]
