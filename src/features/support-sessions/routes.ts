import { z } from 'zod'
import { toPage } from '../../db/keyset.ts'
import { noContent, ok, route } from '../../http/route.ts'
import { idParams, pageOf, pageQuery } from '../../http/schemas.ts'
import { actorOf } from '../audit/audit.ts'
import { supportSessionAnswer } from './schemas.ts'
import { endSupportSession, listSupportSessions, supportSessionCursor } from './support-sessions.ts'

/** For whoever watches the audit trail, in every status of the tenant: support may look inside it in each. */
const group = { permission: 'audit:read', whenBlocked: 'allowed' } as const

export const supportSessionRoutes = [
  route({
    ...group,
    scope: 'read',
    method: 'GET',
    path: '/v1/support-sessions',
    summary:
      'Which super admins have looked inside the tenant, why, and for how long, newest first; each of their requests is in the audit trail',
    query: z.strictObject(pageQuery),
    response: { status: 200, body: pageOf(supportSessionAnswer) },
    handler: async ({ input, read }) => {
      const { rows } = await read((queries) => listSupportSessions(queries, input.query))
      return ok(toPage(rows, input.query.limit, supportSessionCursor))
    },
  }),

  route({
    ...group,
    scope: 'write',
    method: 'DELETE',
    path: '/v1/support-sessions/:id',
    summary: 'End a support session, at once and for good',
    // Not for one support session to end another, nor itself: who opened it does that outside the tenant.
    caller: 'member',
    audit: { action: 'support_session.ended', objectType: 'support_session' },
    params: idParams,
    response: { status: 204 },
    errors: ['not_found', 'conflict'],
    handler: async ({ context, input, tx, principal }) => {
      await endSupportSession(tx, input.params.id, actorOf(principal), context.clock.now())
      return noContent({ objectId: input.params.id, changedFields: ['ended_at'] })
    },
  }),
]
