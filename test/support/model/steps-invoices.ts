import { drawId, drawIfMatch } from './draw.ts'
import {
  dateInParis,
  iso,
  type Model,
  type Operation,
  type Outcome,
  type Row,
  refuse,
  type Tenant,
  tenantOf,
} from './model.ts'
import type { Step } from './steps.ts'
import { listPage } from './steps-lists.ts'
import { findRow, isStale, keep, refuseReference } from './steps-records.ts'

interface Line {
  quantity: string
  unit_price_cents: number
  vat_rate_basis_points: number | null
}

/** VAT is reckoned once for each rate, and half a cent is rounded up. */
function reckon(lines: readonly Line[], tenantsRate: number) {
  const net = lines.reduce(
    (sum, { quantity, unit_price_cents }) => sum + Number(quantity) * unit_price_cents,
    0,
  )
  const bases = new Map<number, number>()
  for (const { quantity, unit_price_cents, vat_rate_basis_points } of lines) {
    const rate = vat_rate_basis_points ?? tenantsRate
    bases.set(rate, (bases.get(rate) ?? 0) + Number(quantity) * unit_price_cents)
  }
  const vat = [...bases].reduce((sum, [rate, base]) => sum + Math.round((base * rate) / 10_000), 0)
  return { net_cents: net, vat_cents: vat, total_cents: net + vat }
}

const needs = { role: 'member', module: 'accounting' } as const

const drafting: Step = {
  name: 'draft an invoice',
  weight: 5,
  role: 'member',
  plan(model, draw, caller) {
    const tenant = tenantOf(caller)
    const lines = Array.from({ length: draw.below(3) }, () => ({
      description: 'Work',
      quantity: String(1 + draw.below(3)),
      unit_price_cents: draw.below(1000),
      vat_rate_basis_points: draw.oneOf([null, 550]),
    }))
    const body = { client_id: draw.once(5) ? null : drawId(draw, model, tenant, 'clients'), lines }
    return {
      method: 'POST',
      path: '/v1/invoices',
      body,
      needs,
      rule() {
        const refusal = refuseReference(tenant, body)
        if (refusal) return refusal
        const { currency, vat_rate_basis_points: rate } = tenant.settings
        const amounts = reckon(lines, rate)
        return {
          status: 201,
          body: {
            ...body,
            ...amounts,
            currency,
            status: 'draft',
            number: null,
            created_at: iso(model.now()),
          },
          audit: ['', 'invoice.created', ''],
          apply: (shown, headers) => keep(model, tenant, 'invoices', shown, headers),
        }
      },
    }
  },
}

const changing: Step = {
  name: 'change an invoice',
  weight: 2,
  role: 'member',
  plan(model, draw, caller) {
    const tenant = tenantOf(caller)
    const id = drawId(draw, model, tenant, 'invoices')
    const headers = drawIfMatch(draw, tenant.rows.invoices.get(id))
    const body = {
      note: draw.oneOf(['Thanks', 'In haste']),
      client_id: drawId(draw, model, tenant, 'clients'),
    }
    return {
      method: 'PATCH',
      path: `/v1/invoices/${id}`,
      body,
      headers,
      needs,
      rule() {
        const row = findRow(tenant, 'invoices', id)
        if (!row) return refuse('not_found')
        if (isStale(row, headers)) return refuse('precondition_failed')
        if (row.shown.status !== 'draft') return refuse('not_editable')
        const refusal = refuseReference(tenant, body)
        if (refusal) return refusal
        const amounts = reckon(row.shown.lines as Line[], tenant.settings.vat_rate_basis_points)
        return {
          status: 200,
          body: { ...row.shown, ...body, ...amounts, updated_at: iso(model.now()) },
          audit: ['', 'invoice.updated', ''],
          apply: (shown, answered) => keep(model, tenant, 'invoices', shown, answered),
        }
      },
    }
  },
}

const deleting: Step = {
  name: 'delete an invoice',
  weight: 1,
  role: 'manager',
  plan(model, draw, caller) {
    const tenant = tenantOf(caller)
    const id = drawId(draw, model, tenant, 'invoices')
    return {
      method: 'DELETE',
      path: `/v1/invoices/${id}`,
      needs: { ...needs, role: 'manager' },
      rule() {
        const row = findRow(tenant, 'invoices', id)
        if (!row) return refuse('not_found')
        if (row.shown.status !== 'draft') return refuse('not_editable')
        return {
          status: 204,
          audit: ['', 'invoice.deleted', id],
          apply: () => void tenant.rows.invoices.delete(id),
        }
      },
    }
  },
}

/** Something done to an invoice as a whole: what it makes of one, or why not. */
function act(name: string, past: string, body: object, become: Become): Step {
  return {
    name: `${name} an invoice`,
    weight: name === 'issue' ? 6 : 2,
    role: 'manager',
    plan(model, draw, caller) {
      const tenant = tenantOf(caller)
      const id = drawId(draw, model, tenant, 'invoices')
      const headers = drawIfMatch(draw, tenant.rows.invoices.get(id))
      return {
        method: 'POST',
        path: `/v1/invoices/${id}/${name}`,
        body,
        headers,
        needs: { ...needs, role: 'manager' },
        rule(): Outcome {
          const row = findRow(tenant, 'invoices', id)
          if (!row) return refuse('not_found')
          if (isStale(row, headers)) return refuse('precondition_failed')
          const now = model.now()
          const changes = become(row, tenant, now)
          if ('code' in changes) return changes as Outcome
          return {
            status: 200,
            body: { ...row.shown, ...changes, updated_at: iso(now) },
            audit: ['', `invoice.${past}`, ''],
            apply(shown, answered) {
              keep(model, tenant, 'invoices', shown, answered)
              if (name === 'issue') tenant.lastInvoice = nextInvoice(tenant, now)
            },
          }
        },
      }
    },
  }
}
type Become = (row: Row, tenant: Tenant, now: number) => object

/** Numbers are the tenant's and the year's, without gaps, and in the order of their days. */
function nextInvoice({ lastInvoice }: Tenant, now: number): { number: number; day: string } {
  const today = dateInParis(now)
  if (!lastInvoice || today.slice(0, 4) > lastInvoice.day.slice(0, 4)) return { number: 1, day: today }
  return { number: lastInvoice.number + 1, day: [today, lastInvoice.day].sort().at(-1) ?? today }
}

const issuing = act('issue', 'issued', {}, ({ shown }, tenant, now) => {
  if (shown.status !== 'draft') return refuse('not_editable')
  const lines = shown.lines as Line[]
  const client = tenant.rows.clients.get(String(shown.client_id))
  if (!client || lines.length === 0) return refuse('invalid_request')
  const { number, day } = nextInvoice(tenant, now)
  const { vat_rate_basis_points: rate } = tenant.settings
  return {
    status: 'issued',
    number: `${day.slice(0, 4)}-${String(number).padStart(4, '0')}`,
    issued_on: day,
    buyer_name: client.shown.name,
    buyer_email: client.shown.email,
    seller_name: tenant.name,
    lines: lines.map((line) => ({ ...line, vat_rate_basis_points: line.vat_rate_basis_points ?? rate })),
    ...reckon(lines, rate),
  }
})

const paying = act('pay', 'paid', {}, ({ shown }, _tenant, now) =>
  shown.status === 'issued'
    ? { status: 'paid', paid_on: dateInParis(now), paid_at: iso(now) }
    : refuse('not_editable'),
)

const voiding = act('void', 'voided', { reason: 'A mistake' }, ({ shown }, _tenant, now) =>
  shown.status === 'issued'
    ? { status: 'void', void_reason: 'A mistake', voided_at: iso(now) }
    : refuse('not_editable'),
)

const listing: Step = {
  name: 'list invoices',
  weight: 2,
  plan: (model, draw, caller): Operation =>
    listPage(model as Model, tenantOf(caller), {
      kind: 'invoices',
      limit: 2 + draw.below(4),
      ...(draw.once(2) && { filter: ['status', draw.oneOf(['draft', 'issued', 'paid', 'void'])] }),
    }),
}

export const invoiceSteps = [drafting, changing, deleting, issuing, paying, voiding, listing]
