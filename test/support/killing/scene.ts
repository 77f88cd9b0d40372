import type { Random } from '../random.ts'
import type { Company } from './companies.ts'
import type { Place, Victim } from './place.ts'

/** What goes on at a place when something is killed. */
export interface Scene {
  place: Place
  companies: Company[]
  /** Companies that Stripe knows: their status is its word, so nothing else is done in them. */
  billed: BilledCompany[]
  random: Random
}
export interface BilledCompany extends Company {
  subscriptionId: string
}

/** Something that somebody does, step by step; whoever gets no answer asks again when what was killed is back. */
export type Flow = () => Promise<void>

export interface Operation {
  /** About as many messages go from the server, and from the worker, to PostgreSQL while it is done. */
  messages: Record<Exclude<Victim, 'postgres'>, number>
  /** Makes what it needs, and gives what is done at once then. */
  prepare(scene: Scene): Promise<Flow[]>
}

/** How long jobs may take, from when what was killed is back. */
export const jobsMs = 60_000
