import type { Draw } from './draw.ts'
import type { ApiKey, Model, Operation, Role, Session } from './model.ts'
import type { Stage } from './play.ts'
import { clockSteps } from './steps-clock.ts'
import { creditSteps } from './steps-credits.ts'
import { invitationSteps } from './steps-invitations.ts'
import { invoiceSteps } from './steps-invoices.ts'
import { listSteps } from './steps-lists.ts'
import { memberSteps } from './steps-members.ts'
import { operatorSteps } from './steps-operator.ts'
import { recordSteps } from './steps-records.ts'
import { sessionSteps } from './steps-sessions.ts'

/** Something that somebody inside a tenant may ask for. */
export interface Step {
  name: string
  /** How often it comes up, beside the others. */
  weight: number
  /** Mostly it is somebody of this role at least who asks. */
  role?: Role
  /** Undefined where there is nothing that it could be about. */
  plan(model: Model, draw: Draw, caller: Session | ApiKey): Operation | undefined
}

/** Something that the operator may ask for. */
export interface OperatorStep {
  name: string
  weight: number
  planOfOperator(model: Model, draw: Draw): Operation | undefined
}

/** Something that is no request: time goes by, jobs run. */
export interface Happening {
  name: string
  weight: number
  happen(stage: Stage, draw: Draw): Promise<void>
}

export const allSteps: (Step | OperatorStep | Happening)[] = [
  ...recordSteps,
  ...listSteps,
  ...invoiceSteps,
  ...invitationSteps,
  ...memberSteps,
  ...sessionSteps,
  ...creditSteps,
  ...operatorSteps,
  ...clockSteps,
]
