import { z } from 'zod'
import { timestampSchema } from '../../http/schemas.ts'
import { enders } from './support-sessions.ts'

/** A support session as answers show it. */
export const supportSessionAnswer = z.strictObject({
  id: z.uuid(),
  super_admin_id: z.uuid(),
  super_admin_email: z.string(),
  reason: z.string(),
  is_read_only: z.boolean(),
  created_at: timestampSchema,
  expires_at: timestampSchema,
  ended_at: timestampSchema.nullable(),
  /** Null unless somebody has ended it. */
  ended_by_kind: z.enum(enders).nullable(),
  ended_by: z.string().nullable(),
})
