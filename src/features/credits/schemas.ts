import { z } from 'zod'
import { idempotencyKeySchema, reasonSchema } from '../../http/schemas.ts'
import { mostCredits } from './credits.ts'

/** What every change of credits says of itself. */
export const changeFields = {
  amount: z.int().min(1).max(mostCredits),
  reason: reasonSchema,
  idempotency_key: idempotencyKeySchema,
}
