/*
 * Runs one attack in a process of its own, so that its memory and file descriptors are not those of a test. What
 * startAttack runs: it tells when the attack is at its height, and goes on until it is killed.
 */
import { type AttackName, attacks } from './attacks.ts'
import type { Target } from './wire.ts'

const { ATTACK, TARGET = '{}' } = process.env
const target: Target = JSON.parse(TARGET)
const tally = await attacks[ATTACK as AttackName](target)
process.send?.(tally)
// Nothing that was sent needs an answer any more, but the connections stay.
setInterval(() => undefined, 1000)
