import { z } from 'zod'
import { roles } from '../members/roles.ts'

/**
 * A password as it is typed, of any length that is worth reading: keyboards spell one character in several ways,
 * so it is normalised (NIST SP 800-63B, 5.1.1.2).
 */
export const passwordText = z.string().max(1000).normalize('NFKC')

/** A password that is chosen: a length in characters, and no composition rules (the same). */
export const passwordSchema = passwordText
  .refine((password) => [...password].length >= 8, 'should have at least 8 characters')
  .refine((password) => [...password].length <= 128, 'should have at most 128 characters')

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

/** What refresh and logout take. */
export const refreshTokenBody = z.strictObject({ refresh_token: z.string().max(1000) })
