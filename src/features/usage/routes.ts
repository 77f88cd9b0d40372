import { z } from 'zod'
import { ok, route } from '../../http/route.ts'
import { idempotencyKeySchema, instantSchema, timestampSchema } from '../../http/schemas.ts'
import { countedLimits } from '../plans/plans.ts'
import { findUsage, reportUsage } from './usage.ts'
import { isNameOfLimit, recordUsage } from './usage-events.ts'

const eventFields = {
  metric: z
    .string()
    .regex(
      /^[a-z][a-z0-9_.]{0,99}$/,
      'should be a lower-case letter, then lower-case letters, digits, dots and underscores',
    )
    .refine((metric) => !isNameOfLimit(metric), 'is the name of a limit of the plans'),
  quantity: z.int().min(1).max(1_000_000_000),
  occurred_at: instantSchema.optional(),
  idempotency_key: idempotencyKeySchema,
}

/** One event is a batch of one, and errors name it so; a union of both could not say which field is wrong. */
const eventsBody = z
  .preprocess(
    (body) =>
      typeof body === 'object' && body !== null && !Array.isArray(body) && !('events' in body)
        ? { events: [body] }
        : body,
    z.strictObject({ events: z.array(z.strictObject(eventFields)).min(1).max(1000) }),
  )
  .meta({
    // The documentation has both.
    override: ({ jsonSchema }) => {
      const batch = { ...jsonSchema }
      const { events } = batch.properties as { events: { items: typeof batch } }
      for (const key of Object.keys(jsonSchema)) delete jsonSchema[key as keyof typeof jsonSchema]
      jsonSchema.anyOf = [events.items, batch]
    },
  })

const limitUsage = z.strictObject({
  used: z.number(),
  limit: z.number().nullable(),
  resets_at: timestampSchema.nullable(),
})

export const usageRoutes = [
  route({
    scope: 'write',
    method: 'POST',
    path: '/v1/usage-events',
    summary:
      'Record one usage event, or up to 1,000 as events: all or none, and each idempotency_key counts once',
    permission: 'records:write',
    audit: { action: 'usage.recorded', objectType: 'usage_event' },
    body: eventsBody,
    response: { status: 200, body: z.strictObject({ accepted: z.int(), duplicates: z.int() }) },
    errors: ['idempotency_key_reused', 'limit_reached'],
    handler: async ({ context, input, tx }) => {
      const { events } = input.body
      const wereNew = await recordUsage(tx, events, context.clock.now())
      const accepted = wereNew.filter((isNew) => isNew).length
      return ok(
        { accepted, duplicates: events.length - accepted },
        {
          objectId: events[0]?.idempotency_key ?? '',
          changedFields: accepted > 0 ? Object.keys(eventFields) : [],
        },
      )
    },
  }),

  route({
    scope: 'read',
    method: 'GET',
    path: '/v1/usage',
    summary: "What is used of each limit, and the tenant's last 30 days",
    permission: 'records:read',
    response: {
      status: 200,
      body: z.strictObject({
        limits: z.record(z.enum(countedLimits), limitUsage),
        days: z.array(
          z.strictObject({
            day: z.iso.date(),
            limits: z.record(z.enum(countedLimits), z.number()),
            metrics: z.record(z.string(), z.number()),
          }),
        ),
      }),
    },
    handler: async ({ context, read }) => {
      const { rows } = await read((queries) => findUsage(queries, context.clock.now()))
      if (!rows[0]) throw new Error('every tenant has settings')
      return ok(reportUsage(rows[0]))
    },
  }),
]
