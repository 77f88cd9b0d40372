import { omit } from 'es-toolkit'
import { z } from 'zod'
import { AppError } from '../../errors.ts'
import { etagOf, ifMatchOf } from '../../http/preconditions.ts'
import { created, noContent, ok, type Route, route } from '../../http/route.ts'
import { idParams } from '../../http/schemas.ts'
import { putState, removeState, stateKey, stateQuery, workflowStates } from './workflow-states.ts'

const { module, noun, answer, routes } = workflowStates
const path = '/v1/workflows/:id/states/:key'
const params = z.strictObject({ ...idParams.shape, key: stateKey })
const response = { status: 200, body: answer, etag: true } as const

const get = route({
  scope: 'read',
  method: 'GET',
  path,
  summary: 'What a workflow keeps under a key between its executions',
  module,
  permission: 'records:read',
  params,
  response,
  errors: ['not_found'],
  handler: async ({ input, read }) => {
    const { id: workflowId, key } = input.params
    const { rows } = await read((queries) => stateQuery(queries, { workflowId, key }))
    if (!rows[0]) throw new AppError('not_found')
    return { ...ok(rows[0]), headers: { ETag: etagOf(rows[0]) } }
  },
})

const put = route({
  scope: 'write',
  method: 'PUT',
  path,
  summary: 'Keep a value under a key of a workflow, over what was there; 201 where nothing was',
  module,
  permission: 'workflows:run',
  audit: { action: `${noun}.written`, objectType: noun },
  params,
  body: z
    .strictObject({ value: answer.shape.value as z.ZodType })
    .meta({ examples: [{ value: workflowStates.example.value }] }),
  ifMatch: true,
  response,
  otherResponse: { status: 201, body: answer },
  errors: ['not_found'],
  handler: async ({ context, input, request, tx }) => {
    const { id: workflowId, key } = input.params
    const { value } = input.body
    const said = { value, ifMatch: ifMatchOf(request), now: context.clock.now() }
    const state = await putState(tx, { workflowId, key }, said)
    const answerWith = state.version === 1 ? created : ok
    const reply = answerWith(state, { objectId: state.id, changedFields: ['value'] })
    return { ...reply, headers: { ETag: etagOf(state) } }
  },
})

const remove = route({
  scope: 'write',
  method: 'DELETE',
  path,
  summary: 'Forget what a workflow keeps under a key',
  module,
  permission: 'records:delete',
  audit: { action: `${noun}.deleted`, objectType: noun },
  params,
  ifMatch: true,
  response: { status: 204 },
  errors: ['not_found'],
  handler: async ({ input, request, tx }) => {
    const { id: workflowId, key } = input.params
    const objectId = await removeState(tx, { workflowId, key }, ifMatchOf(request))
    return noContent({ objectId, changedFields: [] })
  },
})

/** What workflows keep: all of it as a list, and each value by its key. */
export const stateRoutes: Record<string, Route> = {
  ...(omit(routes, ['get', 'create', 'update', 'remove', 'restore']) as Record<string, Route>),
  get,
  put,
  remove,
}
