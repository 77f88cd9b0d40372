import type { Operation } from '../../support/openapi/document.ts'
import type { Received, Sent } from '../../support/openapi/exchange.ts'
import { jsonOf } from './requests.ts'
import type { AttackStage } from './stage.ts'

/** What an attack turns against its operation. */
export type Kind =
  | 'ids in the path'
  | 'methods at the path'
  | 'queries'
  | 'cursors'
  | 'bodies'
  | 'idempotency keys'
  | 'entity tags'
  | 'tenants named'
  | 'tokens'

/** One request of the attacker's, and what its answer has to be. */
export interface Attack {
  kind: Kind
  by: string
  says: string
  request: Sent
  /** The same about what never was: the two answers are alike, byte for byte. */
  like?: Sent
  /** What is wrong with the answer. */
  check?(answer: Received): string[] | Promise<string[]>
}

/** The attacks of one kind, or of a few, on an operation; none where they do not fit it. */
export type MakeAttacks = (stage: AttackStage, operation: Operation) => Promise<Attack[]>

/** Wants this status, and this code where one is named. */
export function expects(status: number, code?: string): (answer: Received) => string[] {
  return (answer) => {
    const given = jsonOf(answer)?.code
    const isThat = answer.status === status && (code === undefined || given === code)
    return isThat ? [] : [`expected ${status} ${code ?? ''}, was ${answer.status} ${given ?? ''}`]
  }
}

/** Wants one of these statuses. */
export function expectsOneOf(...statuses: number[]): (answer: Received) => string[] {
  return ({ status }) => (statuses.includes(status) ? [] : [`expected one of ${statuses}, was ${status}`])
}
