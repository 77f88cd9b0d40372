import { isDeepStrictEqual } from 'node:util'
import { type Draw, drawId, drawIfMatch } from './draw.ts'
import { kinds, type RecordKind, recordKinds, type Values } from './kinds.ts'
import {
  iso,
  type KindName,
  type Model,
  type Operation,
  type Outcome,
  type Refusal,
  type Row,
  refuse,
  refuseOver,
  type Tenant,
  tenantOf,
} from './model.ts'
import type { Step } from './steps.ts'

/** Mostly one of which there is something. */
function drawKind(draw: Draw, { rows }: Tenant, among = recordKinds): RecordKind {
  const filled = among.filter((kind) => rows[kind].size > 0)
  return draw.oneOf(filled.length > 0 && !draw.once(6) ? filled : among)
}

/** A row of this tenant that is not deleted: another tenant's is none. */
export function findRow({ rows }: Tenant, kind: KindName, id: string): Row | undefined {
  const row = rows[kind].get(id)
  return row?.isDeleted ? undefined : row
}

/** Whoever names a state of a row changes it in that state only. */
export const isStale = (row: Row, headers: Operation['headers']) =>
  headers?.['If-Match'] !== undefined && headers['If-Match'] !== row.tag

/** What a row refers to has to be there, in this tenant. */
export function refuseReference(tenant: Tenant, { client_id }: Values): Refusal | undefined {
  if (typeof client_id !== 'string' || findRow(tenant, 'clients', client_id)) return undefined
  return refuse('invalid_request', { errors: [{ path: 'body.client_id' }] })
}

/** What rows refer to stays, also those that are deleted and can be restored. */
const isInUse = ({ rows }: Tenant, id: string) =>
  [rows.deals, rows.projects, rows.invoices].some((table) =>
    [...table.values()].some(({ shown }) => shown.client_id === id),
  )

/** Of a row as it was left by its deletion. */
const unknownTag = ''

/** Takes the row of an answer into the model; the same representation has the same tag. */
export function keep(
  model: Model,
  tenant: Tenant,
  kind: KindName,
  shown: Row['shown'],
  headers: Headers,
): void {
  const tag = headers.get('etag') ?? ''
  const before = tenant.rows[kind].get(shown.id)
  if (
    before &&
    before.tag !== unknownTag &&
    isDeepStrictEqual(before.shown, shown) !== (before.tag === tag)
  ) {
    throw new Error('the entity tag is another exactly where the representation is')
  }
  const oldTags = before
    ? [...before.oldTags, ...([tag, unknownTag].includes(before.tag) ? [] : [before.tag])]
    : []
  tenant.rows[kind].set(shown.id, { shown, tag, oldTags, isDeleted: false })
  if (!before) model.names.set(shown.id, `${kind}-${tenant.rows[kind].size}-of-${tenant.name}`)
}

const namesTaken = (tenant: Tenant, name: unknown, except?: Row) =>
  [...tenant.rows.sites.values()].some((row) => row !== except && row.shown.name === name)

const creating: Step = {
  name: 'make a record',
  weight: 16,
  role: 'member',
  plan(model, draw, caller) {
    const kind = draw.oneOf(recordKinds)
    const { noun, module, limit, isNameUnique, complete, draw: drawValues } = kinds[kind]
    const tenant = tenantOf(caller)
    const body = drawValues(draw, model, tenant)
    return {
      method: 'POST',
      path: `/v1/${kind}`,
      body,
      needs: { role: 'member', module },
      rule() {
        const refusal =
          refuseReference(tenant, body) ??
          (isNameUnique && namesTaken(tenant, body.name) ? refuse('conflict') : undefined) ??
          (limit && refuseOver(tenant, limit))
        if (refusal) return refusal
        const now = model.now()
        const times = { created_at: iso(now), updated_at: iso(now) }
        return {
          status: 201,
          body: { ...complete(body, tenant, now), ...times },
          audit: ['', `${noun}.created`, ''],
          apply: (shown, headers) => keep(model, tenant, kind, shown, headers),
        }
      },
    }
  },
}

const changing: Step = {
  name: 'change a record',
  weight: 8,
  role: 'member',
  plan(model, draw, caller) {
    const tenant = tenantOf(caller)
    const kind = drawKind(draw, tenant)
    const { noun, module, isNameUnique, complete, draw: drawValues } = kinds[kind]
    const id = drawId(draw, model, tenant, kind)
    const values = Object.entries(drawValues(draw, model, tenant))
    const body = Object.fromEntries(draw.below(2) === 0 ? values.slice(0, 1) : values.slice(1))
    const headers = drawIfMatch(draw, tenant.rows[kind].get(id))
    return {
      method: 'PATCH',
      path: `/v1/${kind}/${id}`,
      body,
      headers,
      needs: { role: 'member', module },
      rule() {
        const row = findRow(tenant, kind, id)
        if (!row) return refuse('not_found')
        if (isStale(row, headers)) return refuse('precondition_failed')
        const refusal = refuseReference(tenant, body)
        if (refusal) return refusal
        if (isNameUnique && namesTaken(tenant, body.name, row)) return refuse('conflict')
        const now = model.now()
        return {
          status: 200,
          body: {
            ...row.shown,
            ...complete(body, tenant, now, row.shown),
            updated_at: iso(now),
          },
          audit: ['', `${noun}.updated`, ''],
          apply: (shown, answered) => keep(model, tenant, kind, shown, answered),
        }
      },
    }
  },
}

const deleting: Step = {
  name: 'delete a record',
  weight: 10,
  role: 'manager',
  plan(model, draw, caller) {
    const tenant = tenantOf(caller)
    const kind = drawKind(draw, tenant)
    const { noun, module, isSoft } = kinds[kind]
    const id = drawId(draw, model, tenant, kind)
    const headers = drawIfMatch(draw, tenant.rows[kind].get(id))
    const isForGood = isSoft && draw.once(3)
    return {
      method: 'DELETE',
      path: `/v1/${kind}/${id}${isForGood ? '?for_good=true' : ''}`,
      headers,
      needs: { role: 'manager', module },
      rule(): Outcome {
        const row = findRow(tenant, kind, id)
        const gone = tenant.rows[kind].get(id)
        // Of one that is deleted there is no present state that If-Match could name.
        if (!row && (headers || !isForGood || !gone)) return refuse('not_found')
        if (row && isStale(row, headers)) return refuse('precondition_failed')
        if (kind === 'clients' && isInUse(tenant, id)) return refuse('in_use')
        return {
          status: 204,
          audit: ['', `${noun}.deleted`, id],
          apply() {
            if (!isSoft || isForGood) tenant.rows[kind].delete(id)
            else if (row) row.isDeleted = true
            if (!row) return
            row.shown = { ...row.shown, updated_at: iso(model.now()) }
            row.oldTags.push(row.tag)
            row.tag = unknownTag
          },
        }
      },
    }
  },
}

const restoring: Step = {
  name: 'restore a record',
  weight: 3,
  role: 'manager',
  plan(model, draw, caller) {
    const tenant = tenantOf(caller)
    const soft = recordKinds.filter((name) => kinds[name].isSoft)
    const kind = drawKind(draw, tenant, soft)
    const { noun, module, limit } = kinds[kind]
    const deleted = [...tenant.rows[kind].values()].filter((row) => row.isDeleted)
    const id =
      deleted.length > 0 && !draw.once(3) ? draw.oneOf(deleted).shown.id : drawId(draw, model, tenant, kind)
    return {
      method: 'POST',
      path: `/v1/${kind}/${id}/restore`,
      needs: { role: 'manager', module },
      rule() {
        const row = tenant.rows[kind].get(id)
        if (!row?.isDeleted) return refuse('not_found')
        const refusal = limit && refuseOver(tenant, limit)
        if (refusal) return refusal
        return {
          status: 200,
          body: { ...row.shown, updated_at: iso(model.now()) },
          audit: ['', `${noun}.restored`, ''],
          apply: (shown, headers) => keep(model, tenant, kind, shown, headers),
        }
      },
    }
  },
}

const getting: Step = {
  name: 'read a record',
  weight: 6,
  plan(model, draw, caller) {
    const tenant = tenantOf(caller)
    const kind = drawKind(draw, tenant)
    const id = drawId(draw, model, tenant, kind)
    return {
      method: 'GET',
      path: `/v1/${kind}/${id}`,
      needs: { role: 'viewer', module: kinds[kind].module },
      rule() {
        const row = findRow(tenant, kind, id)
        if (!row) return refuse('not_found')
        return {
          status: 200,
          body: row.shown,
          apply: (shown, headers) => keep(model, tenant, kind, shown, headers),
        }
      },
    }
  },
}

export const recordSteps = [creating, changing, deleting, restoring, getting]
