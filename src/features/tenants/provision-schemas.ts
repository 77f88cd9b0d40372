import { z } from 'zod'
import { parseTenantId } from '../../db/tenant-id.ts'
import { emailSchema, nameSchema, phoneSchema, reasonSchema } from '../../http/schemas.ts'
import { roles } from '../members/roles.ts'
import { amountSchema, limitsOf, planNameSchema, requestsSchema } from '../plans/schemas.ts'
import { settingsFields } from '../settings/schemas.ts'
import { metadataSchema, regionSchema } from './schemas.ts'
import { isReserved } from './slug.ts'
import { listTemplates } from './templates.ts'

/** A template by its name. */
export const templateSchema = z.string().transform((name, issues) => {
  if (listTemplates().has(name)) return name
  const names = [...listTemplates().keys()]
  issues.addIssue({ code: 'custom', message: `should be one of ${names.join(', ')}` })
  return z.NEVER
})

const notAnId = 'should be 1 to 40 lower-case letters, digits and hyphens, with no hyphen at either end'

/** What a tenant is to have for its id. */
const codeSchema = z.string().transform((code, issues) => {
  const tenantId = parseTenantId(code)
  if (tenantId && !isReserved(tenantId)) return tenantId
  issues.addIssue({ code: 'custom', message: tenantId ? 'is kept back for the platform' : notAnId })
  return z.NEVER
})

/** A limit of the tenant's own. */
const ownLimit = (schema: z.ZodType<number>) =>
  z.union([schema, z.null()], 'should be a whole number, or null for unlimited')

/** What an operator says of a tenant that is to be made. */
export const tenantFieldsSchema = z
  .strictObject({
    company_name: nameSchema,
    code: codeSchema.optional(),
    company_email: emailSchema.optional(),
    admin_email: emailSchema.optional(),
    admin_first_name: nameSchema.optional(),
    admin_last_name: nameSchema.optional(),
    plan: planNameSchema.default('STARTER'),
    region: regionSchema.optional(),
    phone: phoneSchema.optional(),
    template: templateSchema.default('blank'),
    trial: z.boolean().default(false),
    limits: z.strictObject(limitsOf(ownLimit(amountSchema), ownLimit(requestsSchema))).optional(),
    settings: z.strictObject(settingsFields).partial().optional(),
    metadata: metadataSchema.optional(),
    standard_user_email: emailSchema.optional(),
  })
  .refine(({ plan, trial }) => !(trial && plan === 'FREE'), {
    path: ['trial'],
    message: 'is not for the plan FREE',
  })
  .refine(({ admin_email: owner, standard_user_email: user }) => user === undefined || user !== owner, {
    path: ['standard_user_email'],
    message: 'should be another address than admin_email',
  })
export type TenantFields = z.output<typeof tenantFieldsSchema>

/** What an operator says of somebody who is to join a tenant. */
export const memberFieldsSchema = z.strictObject({
  email: emailSchema,
  role: z.enum(roles),
  first_name: nameSchema.optional(),
  last_name: nameSchema.optional(),
  reason: reasonSchema.optional(),
})
export type MemberFields = z.output<typeof memberFieldsSchema>
