import { z } from 'zod'
import { roles } from '../members/roles.ts'

/** NIST SP 800-63B, 5.1.1.2: length and no composition rules. */
export const passwordSchema = z.string().min(8).max(128)

/** The tokens of a login. */
export const loginSchema = z.strictObject({
  access_token: z.string(),
  token_type: z.literal('bearer'),
  expires_in: z.int(),
  refresh_token: z.string(),
  tenant_id: z.string(),
  user: z.strictObject({
    id: z.uuid(),
    email: z.string(),
    first_name: z.string(),
    last_name: z.string(),
    locale: z.string(),
    role: z.enum(roles),
  }),
})

/** The choice that a member of several tenants gets instead. */
export const tenantChoiceSchema = z.strictObject({
  tenants: z.array(z.strictObject({ tenant_id: z.string(), name: z.string(), role: z.enum(roles) })),
  selection_token: z.string(),
})
