import { z } from 'zod'
import { originOf } from '../../http/address.ts'
import { exportFormatSchema, exportReply, exportResponse } from '../../http/export-format.ts'
import { ok, route } from '../../http/route.ts'
import { instantSchema, pageOf, pageQuery, timestampSchema } from '../../http/schemas.ts'
import {
  actorKinds,
  cursorOf,
  exportedColumns,
  listEntries,
  selectEntries,
  toEntryPage,
} from './audit-list.ts'
import { recordAct } from './record-act.ts'

/** So many entries of an export are held in memory at a time, and read in one go. */
const entriesPerRead = 1000

const text = z.string().min(1).max(255).optional()

const filters = {
  actor_kind: z.enum(actorKinds).optional(),
  actor_id: text,
  action: text,
  object_type: text,
  object_id: text,
  from: instantSchema.optional(),
  to: instantSchema.optional(),
}

const entryAnswer = z.strictObject({
  id: z.uuid(),
  actor_kind: z.enum(actorKinds),
  actor_id: z.string(),
  /** Of a user who is still a member; null of everybody else. */
  actor_name: z.string().nullable(),
  actor_email: z.string().nullable(),
  action: z.string(),
  object_type: z.string(),
  object_id: z.string(),
  changed_fields: z.array(z.string()),
  reason: z.string().nullable(),
  ip: z.string().nullable(),
  request_id: z.string(),
  created_at: timestampSchema,
})

export const auditRoutes = [
  route({
    scope: 'read',
    method: 'GET',
    path: '/v1/audit',
    summary:
      'What was done in the tenant and by whom, the newest first: by actor, action, object, and from one instant until before another',
    permission: 'audit:read',
    query: z.strictObject({ ...pageQuery, ...filters }),
    response: { status: 200, body: pageOf(entryAnswer) },
    handler: async ({ input, read }) => {
      const { rows } = await read((queries) => listEntries(queries, input.query))
      return ok(toEntryPage(rows, input.query))
    },
  }),

  route({
    scope: 'read',
    method: 'GET',
    path: '/v1/audit/export',
    summary:
      'The audit trail as a file, CSV or a JSON object on each line, the newest first; the export is an entry itself',
    permission: 'audit:read',
    whenBlocked: 'allowed',
    query: z.strictObject({ format: exportFormatSchema, ...filters }),
    response: exportResponse,
    handler: async ({ context, input, request, read, check }) => {
      const { format, ...wanted } = input.query
      const principal = await check()
      if (request.method === 'GET') {
        const object = { type: 'tenant', id: principal.tenantId }
        await recordAct(context, principal, { action: 'audit.exported', object, origin: originOf(request) })
      }
      const day = context.clock.now().toISOString().slice(0, 10)
      return exportReply({
        tenantId: principal.tenantId,
        format,
        name: `audit-${principal.tenantId}-${day}`,
        columns: exportedColumns,
        rowsPerPage: entriesPerRead,
        // Each page is read in a transaction of its own, together with the check of the caller. Entries are only ever
        // added, and pages go from the newest to the oldest: so they fit together.
        async readPage(after) {
          const page = { after, limit: entriesPerRead }
          return (await read((queries) => selectEntries(queries, wanted, page))).rows
        },
        cursorOf,
        toCells: (entry) => ({ ...entry, changed_fields: entry.changed_fields.join(' ') }),
      })
    },
  }),
]
