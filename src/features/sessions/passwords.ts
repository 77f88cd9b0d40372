import { dictionary } from '@zxcvbn-ts/language-common'
import { deburr } from 'es-toolkit'
import type { Logger } from 'pino'
import { Piscina } from 'piscina'
import { AppError } from '../../errors.ts'
import { createGate } from '../../gate.ts'
import { argon2File, type hash, type verify } from './argon2.ts'

/**
 * Hashes and checks passwords on threads of its own, a bounded number at once. Node's thread pool is left to those who
 * sign tokens and look up names, which would wait behind hashes there.
 */
export interface Passwords {
  /** @returns a PHC string. @throws AppError 503 `overloaded` when too many wait */
  hash(password: string): Promise<string>
  /**
   * Whether the password belongs to the hash. Without a hash (an unknown user) it costs the same and is false.
   * @throws AppError 503 `overloaded` when too many wait
   */
  verify(password: string, hash: string | undefined): Promise<boolean>
  /** Ends the threads; what is under way or in line rejects. */
  close(): Promise<void>
}

/** What a thread can be asked for. */
interface Work {
  hash: typeof hash
  verify: typeof verify
}

/**
 * Makes the hasher, and starts its threads.
 * @param bounds `atOnce`: how many threads there are, each of which takes 19 MiB more while it computes; `waiting`: how
 *   many more computations may be in line
 * @throws Error when they cannot start
 */
export async function createPasswords(
  { atOnce, waiting }: { atOnce: number; waiting: number },
  log: Pick<Logger, 'error'>,
): Promise<Passwords> {
  const threads = new Piscina({
    filename: argon2File,
    minThreads: atOnce,
    maxThreads: atOnce,
    // One is computed, and the next is there when it ends.
    concurrentTasksPerWorker: 2,
    // Without it some wait until nobody is behind them any more.
    stricterFIFO: true,
    recordTiming: false,
  })
  threads.on('error', (err) => log.error({ err }, 'a thread that hashes passwords ended'))
  // Piscina keeps the line; this bounds it.
  const gate = createGate(atOnce + waiting, 0)
  let closed: Promise<void> | undefined
  async function run<Name extends keyof Work>(name: Name, task: Parameters<Work[Name]>[0]) {
    // Piscina would start anew.
    if (closed !== undefined) throw new AppError('overloaded')
    await gate.enter()
    try {
      return (await threads.run(task, { name })) as ReturnType<Work[Name]>
    } finally {
      gate.leave()
    }
  }
  function close(): Promise<void> {
    closed ??= threads.destroy()
    return closed
  }
  // One for each thread, which shows that they have started.
  const hashes = Array.from({ length: atOnce }, () => run('hash', { password: 'the password of nobody' }))
  const [nobody] = (await Promise.all(hashes).catch(async (error) => {
    await close()
    throw error
  })) as [string]
  return {
    hash: (password) => run('hash', { password }),
    async verify(password, hash) {
      const matches = await run('verify', { password, hash: hash ?? nobody })
      return matches && hash !== undefined
    },
    close,
  }
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
