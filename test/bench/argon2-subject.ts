import { availableParallelism } from 'node:os'
import { hash, type Options, verify } from '@node-rs/argon2'
import { needsRehash } from '../../src/features/sessions/argon2.ts'
import { median } from './rounds.ts'
import { answerQuestions } from './subject.ts'

/** Verify on all cores, or hash one after the other, for so long. */
export type Argon2Question = { work: 'verify' | 'hash'; milliseconds: number }

/** What Tenantry hashes with. */
const parameters: Options = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 }
const password = 'correct-horse-7'
const known = await hash(password, parameters)
if (needsRehash(known)) throw new Error('Tenantry hashes with other parameters than these')

/** Nothing but argon2: the least that a login and a signup can take. */
async function measure({ work, milliseconds }: Argon2Question) {
  const cpuBefore = process.cpuUsage()
  const times: number[] = []
  const start = performance.now()
  const repeat = async () => {
    for (let now = start; now < start + milliseconds; now = performance.now()) {
      await (work === 'verify' ? verify(known, password) : hash(password, parameters))
      times.push(performance.now() - now)
    }
  }
  await Promise.all(Array.from({ length: work === 'verify' ? availableParallelism() : 1 }, repeat))
  const perSecond = (times.length * 1000) / (performance.now() - start)
  const { user, system } = process.cpuUsage(cpuBefore)
  const p99Ms = times.toSorted((a, b) => a - b)[Math.floor((times.length - 1) * 0.99)]
  return { perSecond, cpuMicros: (user + system) / times.length, p50Ms: median(times), p99Ms }
}

answerQuestions(measure)
