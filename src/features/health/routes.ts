import { z } from 'zod'
import { AppError } from '../../errors.ts'
import { ok, route } from '../../http/route.ts'
import { timestampSchema } from '../../http/schemas.ts'
import { isMetricsReader } from './metrics-access.ts'

const readinessAnswer = z.strictObject({
  status: z.enum(['ready', 'not_ready']),
  checks: z.array(z.strictObject({ name: z.string(), ok: z.boolean() })),
})

export const healthRoutes = [
  route({
    scope: 'open',
    method: 'GET',
    path: '/health',
    summary: 'Whether the process lives',
    response: {
      status: 200,
      body: z.strictObject({
        status: z.literal('healthy'),
        service: z.literal('tenantry'),
        timestamp: timestampSchema,
      }),
    },
    handler: async ({ context }) =>
      ok({ status: 'healthy' as const, service: 'tenantry' as const, timestamp: context.clock.now() }),
  }),

  route({
    scope: 'open',
    method: 'GET',
    path: '/health/ready',
    summary: 'Whether the process should get requests, with what it relies on; 503 when not',
    response: { status: 200, body: readinessAnswer },
    otherResponse: { status: 503, body: readinessAnswer },
    handler: async ({ context }) => {
      const { readiness } = context
      const results = readiness.isDraining
        ? [{ name: 'accepting_requests', ok: false }]
        : await readiness.check()
      const isReady = results.every((result) => result.ok)
      return {
        status: isReady ? 200 : 503,
        body: { status: isReady ? 'ready' : 'not_ready', checks: results },
      }
    },
  }),

  route({
    scope: 'open',
    method: 'GET',
    path: '/metrics',
    summary: 'Metrics for Prometheus, from this machine or with METRICS_TOKEN',
    bearer: ['metricsToken'],
    response: { status: 200, contentType: 'text/plain' },
    errors: ['forbidden'],
    handler: async ({ context, request }) => {
      if (!isMetricsReader(context.config, request)) throw new AppError('forbidden')
      const { registry, connections } = context.metrics
      for (const [pool, counts] of Object.entries(context.db.counts())) {
        for (const [state, count] of Object.entries(counts)) connections.set({ pool, state }, count)
      }
      return {
        status: 200,
        text: await registry.metrics(),
        headers: { 'Content-Type': registry.contentType },
      }
    },
  }),
]
