import { z } from 'zod'
import { originOf } from '../../http/address.ts'
import { ok, route } from '../../http/route.ts'
import { reasonSchema, timestampSchema } from '../../http/schemas.ts'
import { regions } from '../tenants/provision.ts'
import { changeSystemSettings, showSystemSettings } from './system-settings.ts'

const settings = z.strictObject({
  trial_days: z.int().min(1).max(90),
  signups_open: z.boolean(),
  default_region: z.enum(regions),
  default_language: z.enum(['en', 'fr']),
})

const settingsBody = settings
  .partial()
  .extend({ reason: reasonSchema.optional() })
  .refine(({ reason: _, ...given }) => Object.keys(given).length > 0, 'should hold at least one field')

const group = {
  path: '/v1/admin/settings',
  response: { status: 200, body: settings.extend({ updated_at: timestampSchema }) },
} as const

export const systemSettingsRoutes = [
  route({
    ...group,
    scope: 'admin',
    method: 'GET',
    summary: 'The settings of the platform',
    handler: async ({ context }) => ok(await context.db.withPlatform('system settings', showSystemSettings)),
  }),

  route({
    ...group,
    scope: 'admin',
    method: 'PATCH',
    summary: 'Change settings of the platform: they hold for what begins from now on',
    body: settingsBody,
    handler: async ({ context, input, request, admin }) => {
      const by = { admin, origin: originOf(request), now: context.clock.now() }
      return ok(
        await context.db.withPlatform('system settings', (tx) => changeSystemSettings(tx, input.body, by)),
      )
    },
  }),
]
