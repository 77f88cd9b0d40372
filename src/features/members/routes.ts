import { omit, pick } from 'es-toolkit'
import { z } from 'zod'
import { AppError } from '../../errors.ts'
import { originOf } from '../../http/address.ts'
import { noContent, ok, type Read, route } from '../../http/route.ts'
import { nameSchema, timestampSchema } from '../../http/schemas.ts'
import { userOf } from './access.ts'
import { meQuery, updateMe } from './me.ts'
import { roles } from './roles.ts'
import { displaySettings } from './schemas.ts'
import { removeUser } from './users.ts'
import { userRoutes } from './users-routes.ts'

const meAnswer = z.strictObject({
  user: z.strictObject({
    id: z.uuid(),
    email: z.string(),
    first_name: z.string(),
    last_name: z.string(),
    locale: z.string(),
    role: z.enum(roles),
  }),
  tenant: z.strictObject({
    tenant_id: z.string(),
    name: z.string(),
    plan: z.string(),
    status: z.string(),
    trial_ends_at: timestampSchema.nullable(),
    host: z.string().nullable(),
  }),
  settings: z.strictObject({
    theme: z.string(),
    language: z.string(),
    time_zone: z.string(),
    date_format: z.string(),
    currency: z.string(),
  }),
  preferences: z.strictObject({
    theme: z.string().nullable(),
    language: z.string().nullable(),
    time_zone: z.string().nullable(),
    date_format: z.string().nullable(),
  }),
})

const meBody = z
  .strictObject({
    first_name: nameSchema,
    last_name: nameSchema,
    locale: z.enum(['en', 'fr']),
    theme: displaySettings.theme.nullable(),
    language: displaySettings.language.nullable(),
    time_zone: displaySettings.time_zone.nullable(),
    date_format: displaySettings.date_format.nullable(),
  })
  .partial()
  .refine((body) => Object.keys(body).length > 0, 'should hold at least one field')

/** These are the same in all their tenants. */
const fieldsOfPerson = ['first_name', 'last_name', 'locale'] as const

const group = { permission: 'account:self', caller: 'user', whenBlocked: 'allowed' } as const

export const memberRoutes = [
  route({
    ...group,
    scope: 'read',
    method: 'GET',
    path: '/v1/me',
    summary:
      'Who I am, in which tenant, with the settings that hold for me and those of them that are my own',
    response: { status: 200, body: meAnswer },
    errors: ['not_found'],
    handler: async ({ context, read }) => ok((await describeMe(context.config, read)).answer),
  }),

  route({
    ...group,
    // The caller is only checked here: people, and what members prefer, are written by the platform.
    scope: 'read',
    method: 'PATCH',
    path: '/v1/me',
    summary:
      'Change my name and locale in all tenants, and my own settings in this one; null is the tenant’s',
    body: meBody,
    response: { status: 200, body: meAnswer },
    errors: ['not_found'],
    handler: async ({ context, input, request, read }) => {
      const { me } = await describeMe(context.config, read)
      const changes = {
        person: pick(input.body, [...fieldsOfPerson]),
        preferences: omit(input.body, [...fieldsOfPerson]),
      }
      await context.db.withPlatform(
        'account',
        (tx) => updateMe(tx, me, changes, originOf(request), context.clock.now()),
        { tenantId: me.tenantId },
      )
      return ok((await describeMe(context.config, read)).answer)
    },
  }),

  route({
    ...group,
    scope: 'write',
    method: 'POST',
    path: '/v1/me/leave',
    summary: 'Leave the tenant, which the last owner cannot',
    audit: { action: 'user.left', objectType: 'user' },
    response: { status: 204 },
    errors: ['role_too_high', 'last_owner'],
    handler: async ({ context, tx, principal }) => {
      const me = userOf(principal)
      await removeUser(tx, me, 'account:self', me.userId, context.clock.now())
      return noContent({ objectId: me.userId, changedFields: [] })
    },
  }),

  ...userRoutes,
]

async function describeMe({ baseDomain }: { baseDomain: string | undefined }, read: Read) {
  const { rows, principal } = await read((queries, claims) => meQuery(queries, userOf(claims).userId))
  const row = rows[0]
  if (!row) throw new AppError('not_found')
  const { user_id: userId, own_theme, own_language, own_time_zone, own_date_format } = row
  const answer = {
    user: {
      id: userId,
      email: row.email,
      first_name: row.first_name,
      last_name: row.last_name,
      locale: row.locale,
      role: principal.role,
    },
    tenant: {
      tenant_id: row.tenant_id,
      name: row.name,
      plan: row.plan,
      status: row.status,
      trial_ends_at: row.trial_ends_at,
      host: baseDomain ? `${row.tenant_id}.${baseDomain}` : null,
    },
    settings: {
      theme: own_theme ?? row.theme,
      language: own_language ?? row.language,
      time_zone: own_time_zone ?? row.time_zone,
      date_format: own_date_format ?? row.date_format,
      currency: row.currency,
    },
    preferences: {
      theme: own_theme,
      language: own_language,
      time_zone: own_time_zone,
      date_format: own_date_format,
    },
  }
  const { tenantId, membershipId } = userOf(principal)
  return { me: { userId, tenantId, membershipId }, answer }
}
