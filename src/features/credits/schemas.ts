import { z } from 'zod'
import { mostCredits } from './credits.ts'

/** What every change of credits says of itself. */
export const changeFields = {
  amount: z.int().min(1).max(mostCredits),
  reason: z
    .string()
    .trim()
    .min(1)
    .max(1000)
    .regex(/^\P{Cc}*$/u, 'should hold no control characters'),
  idempotency_key: z.string().min(1).max(200),
}
