import type { Operation } from '../../support/openapi/document.ts'
import type { Received, Sent } from '../../support/openapi/exchange.ts'
import type { Attack, MakeAttacks } from './attack.ts'
import { attackBodies } from './bodies.ts'
import { attackCursors } from './cursors.ts'
import { attackEntityTags } from './entity-tags.ts'
import { attackIdempotencyKeys } from './idempotency-keys.ts'
import { attackOpenly } from './open-operations.ts'
import { attackOperators } from './operators.ts'
import { attackPaths } from './paths.ts'
import { attackQueries } from './queries.ts'
import { bytesOf } from './requests.ts'
import { differenceOf } from './rows-of.ts'
import type { AttackStage } from './stage.ts'
import { attackTenants } from './tenants.ts'
import { attackTokens } from './tokens.ts'

const makers: MakeAttacks[] = [
  attackPaths,
  attackQueries,
  attackCursors,
  attackBodies,
  attackIdempotencyKeys,
  attackEntityTags,
  attackTenants,
  attackTokens,
  attackOperators,
  attackOpenly,
]

/** Requests under way at a time. */
const atOnce = 6

/**
 * Attacks an operation of the document in every way.
 * @returns what is wrong, sentence by sentence: answers that tell of the other tenant, or differ from those about what
 *   never was, rows of the other's that have changed, and log lines of one with what is the other's
 */
export async function attackOperation(stage: AttackStage, operation: Operation): Promise<string[]> {
  const attacks: Attack[] = []
  for (const make of makers) attacks.push(...(await make(stage, operation)))
  const before = await stage.look()
  const faults: string[] = []
  const left = [...attacks]
  async function work() {
    for (let attack = left.shift(); attack; attack = left.shift()) {
      faults.push(...(await carryOut(stage, operation, attack)))
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  for (const table of differenceOf(before, await stage.look()))
    faults.push(`the other's ${table} have changed`)
  return [...faults, ...stage.leaksInLog()]
}

async function carryOut(stage: AttackStage, operation: Operation, attack: Attack): Promise<string[]> {
  const { kind, by, request, like } = attack
  const { method } = request
  async function send(sent: Sent): Promise<Received> {
    stage.count.add({ operation: operation.name, kind, by })
    if (by.startsWith('support')) stage.askedBySupport.add(`${sent.method} ${sent.path.split('?')[0]}`)
    return stage.exchange.send(sent)
  }
  const answer = await send(request)
  const faults = faultsOf(stage, operation, request, answer)
  faults.push(...((await attack.check?.(answer)) ?? []))
  if (like) {
    const other = await send(like)
    // Of two things that were made the answers differ, and are looked into by themselves.
    const areMade = method !== 'GET' && answer.status === other.status && answer.status < 300
    if (!areMade && bytesOf(answer) !== bytesOf(other)) {
      faults.push(`differs from the answer about what never was:\n${bytesOf(answer)}\n--\n${bytesOf(other)}`)
    }
  }
  const name = `${kind}: ${attack.says}, by ${by}: ${method} ${request.path}`
  return faults.map((fault) => `${name} ${fault}`)
}

function faultsOf(
  { findLeaks }: AttackStage,
  { audience, method, answers }: Operation,
  request: Sent,
  answer: Received,
): string[] {
  const text = [...answer.headers].join('\n') + answer.text
  // What is for anybody may say again what it was asked about, such as whether a name is taken.
  const faults = findLeaks.own(text, `${request.path} ${request.body?.toString()}`, audience === 'anybody')
  const isDocumented = request.method !== method || answers.has(answer.status)
  if (!isDocumented || answer.status >= 500) faults.push(`was answered with ${answer.status} ${answer.text}`)
  return faults
}
