import { omit } from 'es-toolkit'
import { z } from 'zod'
import type { Tx } from '../../db/database.ts'
import { AppError } from '../../errors.ts'
import { checkIfMatch, etagOf } from '../../http/preconditions.ts'
import { created, ok, type WriteRoute } from '../../http/route.ts'
import { idParams, nameSchema, timestampSchema } from '../../http/schemas.ts'
import { defineResource } from '../define-resource.ts'
import { jsonObject } from '../json-object.ts'
import type { RunInsert } from '../rows.ts'

const outcomes = z.enum(['succeeded', 'failed', 'cancelled'])

const said = {
  // What the engine calls it.
  external_id: nameSchema.nullish(),
  input: jsonObject(64).default({}),
}
const outcome = {
  output: jsonObject(64).nullish(),
  error: z.string().min(1).max(10_000).nullish(),
}

const standard = defineResource({
  table: 'workflow_executions',
  noun: 'workflow_execution',
  label: { en: 'Executions', fr: 'Exécutions' },
  module: 'automation',
  fields: { workflow_id: z.uuid().toLowerCase(), ...said },
  computed: {
    status: z.enum(['running', ...outcomes.options]),
    ...outcome,
    started_at: timestampSchema,
    finished_at: timestampSchema.nullable(),
    duration_ms: z.int().nullable(),
  },
  filterable: ['workflow_id', 'status', 'external_id'],
  large: ['input', 'output', 'error'],
  references: { workflow_id: 'workflows' },
  deletion: 'hard',
  example: {
    workflow_id: '01956fd5-0000-7000-8000-000000000000',
    external_id: '4711',
    input: { order: 'PO-2026-001' },
  },
})

/**
 * Notes that an engine has begun to run a workflow. The workflow is held until the transaction ends, so that it is active
 * and there for as long.
 * @param run sends the insert; nothing can be sent behind it
 * @throws AppError 404 `not_found`, 409 `workflow_inactive`
 */
async function startExecution(
  tx: Tx,
  workflowId: string,
  input: { external_id?: string | null | undefined; input: object },
  now: Date,
  run: RunInsert,
) {
  const workflow = await tx
    .selectFrom('workflows')
    .select('is_active')
    .where('id', '=', workflowId)
    .where('deleted_at', 'is', null)
    .forShare()
    .executeTakeFirst()
  if (!workflow) throw new AppError('not_found')
  if (!workflow.is_active) throw new AppError('workflow_inactive')
  return standard.create(tx, { ...input, workflow_id: workflowId, started_at: now }, now, run)
}

/**
 * Notes how a run of a workflow ended, once: of several who say it at the same time, one does. The workflow may be
 * inactive or deleted by then.
 * @throws AppError 404 `not_found`, 409 `not_editable` for one that has ended already
 */
async function finishExecution(tx: Tx, id: string, result: z.output<typeof finishing>, now: Date) {
  const { status, started_at } = await standard.lock(tx, id)
  if (status !== 'running') throw new AppError('not_editable')
  // The process that noted the start may have had a clock ahead of this one's.
  const finished_at = now < started_at ? started_at : now
  const duration_ms = finished_at.getTime() - started_at.getTime()
  return standard.update(tx, id, { ...result, finished_at, duration_ms }, now)
}

const starting = z
  .strictObject(said)
  .prefault({})
  .meta({ examples: [omit(standard.example, ['workflow_id'])] })
const finishing = z
  .strictObject({ status: outcomes, ...outcome })
  .meta({ examples: [{ status: 'succeeded', output: { sheets: 12 } }] })

const start: WriteRoute<typeof idParams, z.ZodType, typeof starting> = {
  scope: 'write',
  method: 'POST',
  path: '/v1/workflows/:id/executions',
  summary: 'Note that an engine runs a workflow, which counts for the month; Tenantry itself runs nothing',
  module: standard.module,
  permission: 'workflows:run',
  limits: { executions_per_month: 1 },
  audit: { action: 'workflow_execution.started', objectType: standard.noun },
  params: idParams,
  body: starting,
  response: { status: 201, body: standard.answer, etag: true },
  errors: ['not_found', 'workflow_inactive'],
  handler: async ({ context, input, tx, finish }) => {
    const { params, body } = input
    const audited = (id: string) => ({ objectId: id, changedFields: Object.keys(body) })
    const execution = await startExecution(tx, params.id, body, context.clock.now(), (id, query) =>
      finish(audited(id), query),
    )
    const reply = created(execution, audited(execution.id))
    return { ...reply, headers: { ETag: etagOf(execution) } }
  },
}

const finish: WriteRoute<typeof idParams, z.ZodType, typeof finishing> = {
  scope: 'write',
  method: 'POST',
  path: `${standard.path}/:id/finish`,
  summary: 'Say how an execution ended, once',
  module: standard.module,
  permission: 'workflows:run',
  audit: { action: 'workflow_execution.finished', objectType: standard.noun },
  params: idParams,
  body: finishing,
  ifMatch: true,
  response: { status: 200, body: standard.answer, etag: true },
  errors: ['not_found', 'not_editable'],
  handler: async ({ context, input, request, tx }) => {
    const { id } = input.params
    await checkIfMatch(request, () => standard.lock(tx, id))
    const execution = await finishExecution(tx, id, input.body, context.clock.now())
    const reply = ok(execution, { objectId: id, changedFields: Object.keys(input.body) })
    return { ...reply, headers: { ETag: etagOf(execution) } }
  },
}

/**
 * What is told of each run of a workflow, by whoever runs it. It is a record of what was counted for the month: it ends
 * once, and is neither changed nor deleted, whatever becomes of the workflow.
 */
export const executionRoutes = {
  ...omit(standard.routes, ['create', 'update', 'remove', 'restore']),
  start,
  finish,
}
