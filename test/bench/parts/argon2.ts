import type { Argon2Question } from '../argon2-subject.ts'
import type { Bench } from '../parts.ts'
import type { Contender, Measured } from '../rounds.ts'
import { startSubject } from '../subject.ts'

/** Argon2 alone, in a process of its own, with Tenantry's parameters: verifying on all cores, or hashing one by one. */
export async function openArgon2(
  bench: Bench,
  name: string,
  work: Argon2Question['work'],
): Promise<Contender> {
  const starting = startSubject('argon2-subject.ts', {})
  bench.stopAfter(async () => (await starting.catch(() => undefined))?.stop())
  const subject = await starting
  return {
    name,
    measure: (milliseconds) => subject.ask<Measured>({ work, milliseconds } satisfies Argon2Question),
  }
}
