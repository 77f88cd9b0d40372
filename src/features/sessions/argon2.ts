import { hashSync, type Options, verifySync } from '@node-rs/argon2'

// The threads that hash load this file, and nothing else of Tenantry.

/** argon2id with OWASP's first choice of parameters (Password Storage Cheat Sheet): 19 MiB, 2 passes, 1 lane. */
const parameters: Options = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 }
const parametersInHash = '$argon2id$v=19$m=19456,t=2,p=1$'

/** This file, as a thread is told of it: compiled it has another name. */
export const argon2File = import.meta.filename

/** What a thread is asked: to hash the password or, where a hash is given, whether the password belongs to it. */
export interface Computation {
  password: string
  hash?: string
}

/** The hash, as a PHC string, or whether the password belongs; rejected where the given hash is no PHC string. */
export type Outcome = PromiseSettledResult<string | boolean>

/** Computes them one after the other. @returns the outcome of each, in the same order: one that fails spares the others */
export function computeAll(computations: Computation[]): Outcome[] {
  return computations.map(({ password, hash }) => {
    try {
      const value = hash === undefined ? hashSync(password, parameters) : verifySync(hash, password)
      return { status: 'fulfilled', value }
    } catch (reason) {
      return { status: 'rejected', reason }
    }
  })
}

/** Whether a hash was made with other parameters than today's, so that the next login renews it. */
export function needsRehash(hash: string): boolean {
  return !hash.startsWith(parametersInHash)
}
