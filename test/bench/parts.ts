import type { HandwrittenOptions } from './handwritten-subject.ts'
import type { Pace, Row } from './rounds.ts'
import type { TenantryChoices } from './servers.ts'
import type { Bearer, Stage } from './stage.ts'
import type { Subject } from './subject.ts'

/** A number that is not a rate beside another's. */
export interface Figure {
  name: string
  value: number
  /** as it stands behind the number: ms, MB, per second, × */
  unit: string
  note?: string
}

/** What a figure or a ratio should be, and whether it is. */
export interface Target {
  text: string
  isMet: boolean
}

/** One table of the result. */
export interface PartResult {
  title: string
  rows?: Row[]
  figures?: Figure[]
  targets?: Target[]
  /** What the reader has to know to read it right, and what was left out and why. */
  notes?: string[]
}

/** What every part may use. */
export interface Bench {
  stage: Stage
  /** owners, each of a tenant of their own, with a token that was made for this part: it is good for 15 minutes */
  bearers: Bearer[]
  /** The same with new tokens, for what takes nearly as long as those are good for. */
  signIn(): Promise<Bearer[]>
  /** all tenants, those of the bearers among them; each has the same number of clients */
  tenantIds: string[]
  /** a short run that tries everything and whose figures say little */
  quick: boolean
  pace: Pace
  /** without a log and without rate limits unless said otherwise; stopped after the part, as are all that it opens */
  openTenantry(choices?: TenantryChoices): Promise<Subject>
  openHandwritten(way: HandwrittenOptions['way']): Promise<Subject>
  /** What else has to be ended after the part, in reverse order, also when the run is interrupted. */
  stopAfter(stop: () => Promise<void>): void
}

/** Some of the benchmark that can be run alone. */
export interface Part {
  /** what `--only` calls it */
  name: string
  /** @returns its tables; throws when a subject answers wrongly or fails */
  run(bench: Bench): Promise<PartResult[]>
}

/** @returns a target, and whether the figure meets it */
export function aim(figure: number, of: string, than: '≥' | '≤', bound: number): Target {
  const isMet = than === '≥' ? figure >= bound : figure <= bound
  return { text: `${figure.toFixed(2)} × ${of} (target ${than} ${bound})`, isMet }
}
