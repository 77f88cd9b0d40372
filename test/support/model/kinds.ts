import { type Draw, drawId } from './draw.ts'
import { iso, type KindName, type Model, type Tenant } from './model.ts'

export type Values = Record<string, unknown>

/** A kind of business records, and what is special about it. */
interface Kind {
  noun: string
  module: string
  isSoft?: true
  limit?: 'sites' | 'workflows'
  isNameUnique?: true
  /** What is said of one. */
  draw(draw: Draw, model: Model, tenant: Tenant): Values
  /** What is shown of one beside that, of one that is made and of one that is changed. */
  complete(said: Values, tenant: Tenant, now: number, before?: Values): Values
  sort: string
  filter: string
}

const treeNames = ['Ash', 'Birch', 'Cedar'] as const
const probabilities = { lead: 10, proposal: 50, won: 100, lost: 0 } as const
const stages = Object.keys(probabilities) as (keyof typeof probabilities)[]
const isClosed = (stage: unknown) => stage === 'won' || stage === 'lost'

/** Of the own ones, or the other tenant's, or none. */
const drawClient = (draw: Draw, model: Model, tenant: Tenant) =>
  draw.below(2) === 0 ? null : drawId(draw, model, tenant, 'clients')

export const kinds: Record<Exclude<KindName, 'invoices'>, Kind> = {
  clients: {
    noun: 'client',
    module: 'crm',
    draw: (draw) => ({ name: draw.oneOf(treeNames), email: draw.oneOf([null, 'tree@wood.example']) }),
    complete: (said) => ({ phone: null, address: null, notes: null, ...said }),
    sort: 'name',
    filter: 'email',
  },
  deals: {
    noun: 'deal',
    module: 'crm',
    isSoft: true,
    draw: (draw, model, tenant) => ({
      title: draw.oneOf(treeNames),
      client_id: drawClient(draw, model, tenant),
      stage: draw.oneOf(stages),
      amount_cents: draw.below(1000),
    }),
    // Who enters a stage gets its probability, and is closed from then on if it is the last one.
    complete(said, tenant, now, before) {
      const stage = (said.stage ?? before?.stage) as keyof typeof probabilities
      const entered = { probability: probabilities[stage], closed_at: isClosed(stage) ? iso(now) : null }
      const fresh = { lead_id: null, currency: tenant.settings.currency, expected_close_on: null }
      return { ...(before ?? fresh), ...(stage !== before?.stage && entered), ...said }
    },
    sort: 'amount_cents',
    filter: 'stage',
  },
  projects: {
    noun: 'project',
    module: 'projects',
    isSoft: true,
    draw: (draw, model, tenant) => ({
      name: draw.oneOf(treeNames),
      client_id: drawClient(draw, model, tenant),
      status: draw.oneOf(['planned', 'active', 'done']),
    }),
    complete: (said) => ({ description: null, starts_on: null, ends_on: null, budget_cents: null, ...said }),
    sort: 'name',
    filter: 'client_id',
  },
  sites: {
    noun: 'site',
    module: 'production',
    limit: 'sites',
    isNameUnique: true,
    draw: (draw) => ({
      name: draw.oneOf([...treeNames, 'Dogwood', 'Elm', 'Fir']),
      city: draw.oneOf([null, 'Lyon']),
    }),
    complete: (said) => ({ address: null, country: null, ...said }),
    sort: 'name',
    filter: 'city',
  },
  workflows: {
    noun: 'workflow',
    module: 'automation',
    isSoft: true,
    limit: 'workflows',
    draw: (draw) => ({
      name: draw.oneOf(treeNames),
      engine: draw.oneOf(['n8n', 'bolt']),
      is_active: draw.below(2) === 0,
    }),
    complete: (said) => ({ description: null, ...said }),
    sort: 'name',
    filter: 'engine',
  },
}
export type RecordKind = keyof typeof kinds
export const recordKinds = Object.keys(kinds) as RecordKind[]
