import { dictionary } from '@zxcvbn-ts/language-common'
import { deburr } from 'es-toolkit'
import type { Logger } from 'pino'
import { Piscina } from 'piscina'
import { AppError } from '../../errors.ts'
import { argon2File, type Computation, type computeAll, type Outcome } from './argon2.ts'

/**
 * Hashes and checks passwords on threads of its own, a bounded number at once. Node's thread pool is left to those who
 * sign tokens and look up names, which would wait behind hashes there.
 */
export interface Passwords {
  /** @returns a PHC string. @throws AppError 503 `overloaded` when too many wait or it is closed; Error when a thread ends */
  hash(password: string): Promise<string>
  /**
   * Whether the password belongs to the hash. Without a hash (an unknown user) it costs the same and is false.
   * @throws as hash; Error when the hash is no PHC string
   */
  verify(password: string, hash: string | undefined): Promise<boolean>
  /** Ends the threads; what is under way or in line rejects, the latter with 503 `overloaded`. */
  close(): Promise<void>
}

/** A computation that waits for a thread, and the promise of its outcome. */
interface Waiting extends PromiseWithResolvers<string | boolean> {
  computation: Computation
}

/**
 * The most that a thread takes from the line at once. A hash goes through 19 MiB and so empties the processor's caches; when
 * several end together, the rest of their requests, in Node and in PostgreSQL, fills them again once for all. With more, the
 * first of them would only wait longer for the last.
 */
const mostTogether = 8

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
    // What finds fewer threads than there should be waits its turn.
    stricterFIFO: true,
    recordTiming: false,
  })
  threads.on('error', (err) => log.error({ err }, 'a thread that hashes passwords ended'))
  const line: Waiting[] = []
  let idle = atOnce
  // In line or on a thread: of those that it took together all but one still wait.
  let unfinished = 0
  let closed: Promise<void> | undefined
  /** Gives each idle thread its share of the line, and leaves the others theirs, so that none has nothing to do. */
  function handOut() {
    // Where one could not start again, Piscina tries it anew when it is given something.
    while (line.length > 0 && (idle > 0 || threads.threads.length < atOnce)) {
      const share = Math.ceil(line.length / atOnce)
      void compute(line.splice(0, Math.min(share, mostTogether)))
    }
  }
  async function compute(group: Waiting[]): Promise<void> {
    idle--
    try {
      const computations = group.map(({ computation }) => computation)
      const outcomes: ReturnType<typeof computeAll> = await threads.run(computations, { name: 'computeAll' })
      for (const [index, { resolve, reject }] of group.entries()) {
        const outcome = outcomes[index] as Outcome
        if (outcome.status === 'fulfilled') resolve(outcome.value)
        else reject(outcome.reason)
      }
    } catch (error) {
      // The thread has ended, and with it what it had computed.
      for (const { reject } of group) reject(error)
    } finally {
      idle++
      handOut()
    }
  }
  async function run(computation: Computation): Promise<string | boolean> {
    // A closed pool that is given work starts its threads anew.
    if (closed !== undefined) throw new AppError('overloaded')
    if (unfinished >= atOnce + waiting) throw new AppError('overloaded')
    const own = { computation, ...Promise.withResolvers<string | boolean>() }
    unfinished++
    line.push(own)
    handOut()
    return own.promise.finally(() => unfinished--)
  }
  function close(): Promise<void> {
    for (const { reject } of line.splice(0)) reject(new AppError('overloaded'))
    closed ??= threads.destroy()
    return closed
  }
  // One for each thread, which shows that they have started.
  const hashes = Array.from({ length: atOnce }, () => run({ password: 'the password of nobody' }))
  const [nobody] = (await Promise.all(hashes).catch(async (error) => {
    await close()
    throw error
  })) as [string]
  return {
    hash: async (password) => (await run({ password })) as string,
    async verify(password, hash) {
      const matches = await run({ password, hash: hash ?? nobody })
      return matches === true && hash !== undefined
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
