import type { Attack } from './attack.ts'
import { readingAttacks } from './reading-attacks.ts'
import { writingAttacks } from './writing-attacks.ts'

const attacks: Attack[] = [...readingAttacks, ...writingAttacks]

/** The attacks of a kind that this PostgreSQL has the syntax for. */
export function attacksOn(majorVersion: number): Attack[] {
  return attacks.filter(({ since = 0 }) => since <= majorVersion)
}

/** The attack of this name. */
export function byName(name: string): Attack {
  const found = attacks.find((attack) => attack.name === name)
  if (!found) throw new Error(`no attack ${name}`)
  return found
}
