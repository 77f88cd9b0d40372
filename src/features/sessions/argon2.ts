import { hashSync, type Options, verifySync } from '@node-rs/argon2'

// The threads that hash load this file, and nothing else of Tenantry.

/** argon2id with OWASP's first choice of parameters (Password Storage Cheat Sheet): 19 MiB, 2 passes, 1 lane. */
const parameters: Options = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 }
const parametersInHash = '$argon2id$v=19$m=19456,t=2,p=1$'

/** This file, as a thread is told of it: compiled it has another name. */
export const argon2File = import.meta.filename

/** @returns a PHC string */
export function hash({ password }: { password: string }): string {
  return hashSync(password, parameters)
}

/** Whether the password belongs to the hash. @throws Error when that is no PHC string */
export function verify({ password, hash }: { password: string; hash: string }): boolean {
  return verifySync(hash, password)
}

/** Whether a hash was made with other parameters than today's, so that the next login renews it. */
export function needsRehash(hash: string): boolean {
  return !hash.startsWith(parametersInHash)
}
