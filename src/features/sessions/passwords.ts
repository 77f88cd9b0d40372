import { hash as argon2Hash, verify as argon2Verify, type Options } from '@node-rs/argon2'
import { dictionary } from '@zxcvbn-ts/language-common'
import { deburr } from 'es-toolkit'
import { AppError } from '../../errors.ts'
import { createGate } from '../../gate.ts'

/** argon2id with OWASP's first choice of parameters (Password Storage Cheat Sheet): 19 MiB, 2 passes, 1 lane. */
const parameters: Options = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 }
const parametersInHash = '$argon2id$v=19$m=19456,t=2,p=1$'

/** Hashes and checks passwords on the thread pool, a bounded number at once. */
export interface Passwords {
  /** @returns a PHC string. @throws AppError 503 `overloaded` when too many wait */
  hash(password: string): Promise<string>
  /**
   * Whether the password belongs to the hash. Without a hash (an unknown user) it costs the same and is false.
   * @throws AppError 503 `overloaded` when too many wait
   */
  verify(password: string, hash: string | undefined): Promise<boolean>
}

/** Makes the hasher; `atOnce` bounds its memory to 19 MiB each, `waiting` how many more may be in line. */
export async function createPasswords(atOnce: number, waiting: number): Promise<Passwords> {
  const gate = createGate(atOnce, waiting)
  async function bounded<T>(work: () => Promise<T>): Promise<T> {
    await gate.enter()
    try {
      return await work()
    } finally {
      gate.leave()
    }
  }
  const nobody = await argon2Hash('the password of nobody', parameters)
  return {
    hash: (password) => bounded(() => argon2Hash(password, parameters)),
    async verify(password, hash) {
      const matches = await bounded(() => argon2Verify(hash ?? nobody, password))
      return matches && hash !== undefined
    },
  }
}

/** Whether a hash was made with other parameters than today's, so that the next login renews it. */
export function needsRehash(hash: string): boolean {
  return !hash.startsWith(parametersInHash)
}

const shortest = 8
const noWord = /[^\p{L}\p{N}]+/gu
const commonPasswords = new Set(
  dictionary['passwords-common'].map(String).filter((password) => password.length >= shortest),
)

/**
 * Refuses passwords that guessers try first (NIST SP 800-63B, 5.1.1.2): common ones, and ones made of the
 * person's or company's own words. No composition rules. Length is the schema's matter.
 * @param context words such as the company's name and the e-mail address
 * @throws AppError 400 `invalid_request` that names `path`
 */
export function refuseWeakPassword(password: string, context: string[], path: string): void {
  const folded = deburr(password).toLowerCase()
  if (commonPasswords.has(folded)) refuse(path, 'is one of the most common passwords')
  if (new Set(folded).size < 3) refuse(path, 'repeats too few characters')
  // The longest first: "acme" out of "acmeholding" would leave a word that looks like one of theirs.
  const words = context
    .flatMap((text) => deburr(text).toLowerCase().split(noWord))
    .filter((word) => word.length >= 3)
    .sort((one, other) => other.length - one.length)
  let rest = folded.replaceAll(noWord, '')
  const before = rest.length
  for (const word of words) rest = rest.replaceAll(word, '')
  if (rest.length < before && rest.replace(/\p{N}/gu, '').length < 4) {
    refuse(path, 'is made of your own or the company’s names')
  }
}

function refuse(path: string, message: string): never {
  throw new AppError('invalid_request', { errors: [{ path, message }] })
}
