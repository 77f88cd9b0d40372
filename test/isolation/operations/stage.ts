import { mapValues } from 'es-toolkit'
import { routes } from '../../../src/app.ts'
import { limitNames } from '../../../src/features/plans/plans.ts'
import { createOpenApiDocument } from '../../../src/http/openapi.ts'
import { addApiKey, addMember, addMembership, addPerson, enter, membershipOf } from '../../support/members.ts'
import { type Document, type Operation, operationsOf } from '../../support/openapi/document.ts'
import type { Received, Sent } from '../../support/openapi/exchange.ts'
import type { Credentials, Holder, OperationExample } from '../../support/openapi/fuzz-operation.ts'
import { startWorld } from '../../support/openapi/world.ts'
import type { Member } from '../../support/platform.ts'
import { numberOf } from '../../support/resource-examples.ts'
import { openSupport } from '../../support/support-sessions.ts'
import { createFindLeaks, type FindLeaks } from './canaries.ts'
import { createCount } from './count.ts'
import { type ForgedToken, forgeTokens } from './forged-tokens.ts'
import { createLogReader } from './log-lines.ts'
import { isInside, requestOf } from './requests.ts'
import { createLook, idsOf } from './rows-of.ts'

/** heron attacks otter. Each fills its tenant with its own word, which is its id, too, and with its number. */
export const words: Record<Holder, string> = { own: 'canary-heron', other: 'canary-otter' }

/** A tenant, and by what it can be called. */
export interface Party {
  word: string
  member: Member
  credentials: Credentials
  refreshToken: string
  apiKey: string
  supportToken: string
}

export type AttackStage = Awaited<ReturnType<typeof openStage>>

/**
 * A world in which two tenants have used every operation, so that each is full of its word.
 * @param which only these
 */
export async function openStage(which: (operation: Operation) => boolean = isInside) {
  const document: Document = createOpenApiDocument(routes, 'test')
  const operations = operationsOf(document)
  const world = await startWorld({
    own: { name: words.own, word: words.own },
    other: { name: words.other, word: words.other },
  })
  const { platform, operator, exchange } = world
  for (const { tenantId } of [world.own, world.other]) {
    const limits = Object.fromEntries(limitNames.map((name) => [name, numberOf(tenantId)]))
    await platform.forceTenant(tenantId, `limit_overrides = '${JSON.stringify(limits)}'`)
  }
  const both = await addPerson(platform, world.own.tenantId, 'owner', { email: 'both@people.example' })
  await addMembership(platform, world.other.tenantId, both.userId, 'owner')
  const parties: Record<Holder, Party> = {
    own: await partyOf('own', world.own),
    other: await partyOf('other', world.other),
  }

  async function partyOf(whose: Holder, member: Member): Promise<Party> {
    const word = words[whose]
    const { tenantId } = member
    // What operators say of a tenant is its own, too.
    const of = (more: object) => ({ reason: word, ...more })
    const path = `/v1/admin/tenants/${tenantId}`
    await operator.request('PATCH', path, of({ metadata: { [word]: word }, region: 'FR' }))
    await operator.request('POST', `${path}/suspend`, of({}))
    await operator.request('POST', `${path}/reactivate`, of({}))
    const person = { first_name: word, last_name: word, email: `viewer@${word}.example` }
    const { refreshToken } = await addMember(platform, tenantId, 'viewer', person)
    const createdBy = await membershipOf(platform, member)
    return {
      word,
      member,
      refreshToken,
      credentials: credentialsOf(member.token, tenantId),
      apiKey: (await addApiKey(platform, { tenantId, role: 'admin', createdBy })).token,
      supportToken: (await openSupport(platform, operator, { tenantId, write: true, reason: word })).token,
    }
  }

  /** An operation as a tenant uses it itself: with an example of its own. */
  async function useExample(operation: Operation, whose: Holder): Promise<{ sent: Sent; answer: Received }> {
    const { credentials, word } = parties[whose]
    const example = world.exampleFor(operation)
    const object = await example.object?.(whose, undefined)
    const sent = requestOf(operation, {
      object,
      query: mapValues(example.query ?? {}, (value) => value.replaceAll(words.own, word)),
      headers: (await example.credentials?.(whose)) ?? credentials,
      body: await example.body?.(word),
    })
    return { sent, answer: await exchange.send(sent) }
  }

  /**
   * These operations as a tenant uses them itself.
   * @returns the answer of each, as a text with its headers
   * @throws Error when one is refused
   */
  async function useAll(whose: Holder, which: (operation: Operation) => boolean) {
    const answers: { name: string; text: string }[] = []
    for (const operation of operations.filter((each) => isInside(each) && which(each))) {
      const { answer } = await useExample(operation, whose)
      if (answer.status >= 300) throw new Error(`${operation.name}: ${answer.status} ${answer.text}`)
      answers.push({ name: operation.name, text: [...answer.headers].join('\n') + answer.text })
    }
    return answers
  }

  const [usedByOwn, usedByOther] = await Promise.all([useAll('own', which), useAll('other', which)])
  const ids = {
    own: await idsOf(platform, parties.own.member.tenantId),
    other: await idsOf(platform, parties.other.member.tenantId),
  }
  /** What the support of the attacking tenant has sent, by method and path: its audit tells so. */
  const askedBySupport = new Set<string>()
  for (const each of Object.values(ids)) each.delete(both.userId)
  /** By who reads: what is the other one's. */
  const findLeaks: Record<Holder, FindLeaks> = {
    own: createFindLeaks({ ...secretsOf('other'), ids: ids.other }, askedBySupport),
    other: createFindLeaks({ ...secretsOf('own'), ids: ids.own }, new Set()),
  }

  /** What is made for an attack is of its tenant alone, too. */
  function exampleFor(operation: Operation): OperationExample {
    const example = world.exampleFor(operation)
    if (!isInside(operation)) return example
    return {
      ...example,
      async object(whose, caller) {
        const object = (await example.object?.(whose, caller)) ?? {}
        for (const id of Object.values(object)) ids[whose].add(id)
        return object
      },
    }
  }

  let forged: Promise<ForgedToken[]> | undefined
  return {
    ...world,
    document,
    operations,
    parties,
    used: { own: usedByOwn, other: usedByOther },
    useAll,
    exampleFor,
    askedBySupport,
    /** An id that the attacker has from now on as a text of its own. */
    letBeSaid: (id: string) => void ids.other.delete(id),
    /** Somebody who owns both companies, and whose account is of neither. */
    both,
    enterAsBoth: (whose: Holder) => enter(platform, parties[whose].member.tenantId, both),
    findLeaks,
    look: await createLook(platform, parties.other.member.tenantId, both.userId),
    leaksInLog: createLogReader(platform.logLines, parties, findLeaks),
    count: createCount(),
    /** Made once: what makes a token no good stays the same. */
    forgedTokens() {
      forged ??= forgeTokens({ platform, operator, parties })
      return forged
    },
  }
}

function secretsOf(whose: Holder): { word: string; number: number } {
  const word = words[whose]
  const number = numberOf(word)
  if (number === undefined) throw new Error(`${word} has no number`)
  return { word, number }
}

/** What the bearer of a token presents inside a tenant. */
export function credentialsOf(token: string, tenantId: string): Credentials {
  return [
    ['Authorization', `Bearer ${token}`],
    ['X-Tenant-ID', tenantId],
  ]
}
