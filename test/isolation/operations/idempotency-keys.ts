import { randomUUID } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import type { Operation } from '../../support/openapi/document.ts'
import type { Received, Sent } from '../../support/openapi/exchange.ts'
import type { Attack, MakeAttacks } from './attack.ts'
import { commonIds } from './canaries.ts'
import { bytesOf, isInside, namesIn, requestOf } from './requests.ts'
import { type AttackStage, credentialsOf } from './stage.ts'

/** A key that the other has used, with the same body: it has its effect among one's own, and is answered for that. */
export const attackIdempotencyKeys: MakeAttacks = async (stage, operation) => {
  if (!isInside(operation) || !namesIn(operation, 'header').includes('Idempotency-Key')) return []
  const example = stage.exampleFor(operation)
  const key: [string, string] = ['Idempotency-Key', randomUUID()]
  const body = await example.body?.('shared')
  const theirs = await example.object?.('other', undefined)
  const theirHeaders = (await example.credentials?.('other')) ?? stage.parties.other.credentials
  const first = requestOf(operation, { object: theirs, headers: [...theirHeaders, key], body })
  const theirAnswer = await useThere(stage, operation, first)

  const { credentials, member } = await stage.credentialsOf('owner')
  const once = await example.credentials?.()
  const headers = [...(once ?? credentials), key]
  const own = await example.object?.('own', member)
  const request = requestOf(operation, { object: own, headers, body })
  const attacks: Attack[] = [
    {
      kind: 'idempotency keys',
      by: 'owner',
      says: 'their key and body',
      request,
      check: isOnesOwn(stage, request, theirAnswer, !once),
    },
  ]
  // Whom it costs their membership would be lost for the next operation.
  if (!once) attacks.push(await useInBoth(stage, operation))
  if (namesIn(operation, 'path').length > 0) {
    const { credentials: stranger } = stage.parties.own
    const nothing = Object.fromEntries(namesIn(operation, 'path').map((name) => [name, uuidv7()]))
    attacks.push({
      kind: 'idempotency keys',
      by: 'owner',
      says: 'their whole request',
      // By somebody who has not used the key before.
      request: requestOf(operation, { object: theirs, headers: [...stranger, key], body }),
      like: requestOf(operation, {
        object: nothing,
        headers: [...stranger, ['Idempotency-Key', randomUUID()]],
        body,
      }),
    })
  }
  return attacks
}

/** Somebody who owns both companies uses one key in each. */
async function useInBoth(stage: AttackStage, operation: Operation): Promise<Attack> {
  const example = stage.exampleFor(operation)
  const key: [string, string] = ['Idempotency-Key', randomUUID()]
  const body = await example.body?.('shared')
  const requestIn = async (whose: 'own' | 'other') => {
    // Each time with a session of its own: to change a password ends the others.
    const member = await stage.enterAsBoth(whose)
    const object = await example.object?.(whose, member)
    return requestOf(operation, {
      object,
      headers: [...credentialsOf(member.token, member.tenantId), key],
      body,
    })
  }
  const theirAnswer = await useThere(stage, operation, await requestIn('other'))
  const request = await requestIn('own')
  return {
    kind: 'idempotency keys',
    by: 'the owner of both companies',
    says: 'their key and body of the other company',
    request,
    check: isOnesOwn(stage, request, theirAnswer, true),
  }
}

async function useThere(stage: AttackStage, operation: Operation, request: Sent): Promise<Received> {
  const answer = await stage.exchange.send(request)
  if (answer.status < 300) return answer
  throw new Error(`${operation.name} refuses the other its key: ${answer.status} ${answer.text}`)
}

/** Wants an effect of the request's own, which a repeat is told again, unless whoever asked is gone by then. */
function isOnesOwn(stage: AttackStage, request: Sent, theirAnswer: Received, canRepeat: boolean) {
  return async (answer: Received): Promise<string[]> => {
    const faults = answer.status >= 300 ? [`was refused: ${answer.status} ${answer.text}`] : []
    if (answer.headers.has('idempotency-replayed')) faults.push('was answered with what was kept')
    // Who did it may be the same person.
    const common = commonIds(answer.text, theirAnswer.text).filter((id) => id !== stage.both.userId)
    if (common.length > 0) faults.push(`was answered with theirs: ${common}`)
    if (!canRepeat) return faults
    const again = await stage.exchange.send(request)
    return again.headers.has('idempotency-replayed') && again.status === answer.status
      ? faults
      : [...faults, `was not kept as one's own: ${bytesOf(again)}`]
  }
}
