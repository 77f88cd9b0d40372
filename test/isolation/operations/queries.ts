import { v7 as uuidv7 } from 'uuid'
import { lookUp, type Operation, type Schema } from '../../support/openapi/document.ts'
import { type Attack, expects, expectsOneOf, type MakeAttacks } from './attack.ts'
import { isInside, jsonOf, namesIn, requestOf } from './requests.ts'
import type { AttackStage } from './stage.ts'

/** What is no filter: the size, order and place of a page, and the format of an export. */
const unrelated = ['limit', 'cursor', 'sort', 'format']

/** The other's words and ids in each filter, and filters that no operation has. */
export const attackQueries: MakeAttacks = async (stage, operation) => {
  if (!isInside(operation)) return []
  const attacks: Attack[] = []
  const { credentials: headers } = await stage.credentialsOf('owner')
  const example = stage.exampleFor(operation)
  const object = Object.fromEntries(namesIn(operation, 'path').map((name) => [name, uuidv7()]))
  const body = await example.body?.()
  const names = namesIn(operation, 'query')
  const asked = (query: Record<string, string>) =>
    requestOf(operation, {
      object,
      query: { ...example.query, ...(names.includes('limit') && { limit: '100' }), ...query },
      headers,
      body,
    })
  const add = (says: string, attack: Pick<Attack, 'request' | 'like' | 'check'>) =>
    attacks.push({ kind: 'queries', by: 'owner', says, ...attack })

  for (const name of ['tenant_id', 'subject_tenant_id', 'X-Tenant-ID']) {
    const { word } = stage.parties.other
    add(`no filter ${name}`, { request: asked({ [name]: word }), check: expects(400, 'invalid_request') })
  }
  if (names.includes('sort')) {
    for (const sort of ['tenant_id', '-tenant_id', '(select 1)']) {
      add(`sorted by ${sort}`, { request: asked({ sort }), check: expects(400, 'invalid_request') })
    }
  }
  const seen = await firstOf(stage, operation)
  for (const { name, in: place, schema = {} } of operation.parameters) {
    const { enum: words, format } = lookUp<Schema>(stage.document, schema)
    if (place !== 'query' || unrelated.includes(name) || words) continue
    if (format === 'uuid') {
      for (const value of [await stage.referred(name, 'other'), stage.parties.other.member.userId]) {
        add(`their id as ${name}`, {
          request: asked({ [name]: value }),
          like: asked({ [name]: uuidv7() }),
          check: expects(200),
        })
      }
      continue
    }
    const { word, member } = stage.parties.other
    const values = [word, member.email, `${word}@example.com`, member.userId, '%', 'canary', "' or '1'='1"]
    const known = seen?.[name]
    if (typeof known === 'string') values.push(known)
    for (const value of values) {
      // What nobody else can have is answered like what nobody has.
      const isTheirs = value.includes(word) || value === member.userId
      add(`${value} as ${name}`, {
        request: asked({ [name]: value }),
        ...(isTheirs && { like: asked({ [name]: neverWas(value, word) }) }),
        check: expectsOneOf(200, 400),
      })
    }
  }
  return attacks
}

/** A text of the same shape that is in nobody's tenant. */
function neverWas(value: string, word: string): string {
  return value.includes(word) ? value.replaceAll(word, 'canary-nobody') : uuidv7()
}

/** The first thing that the other finds by this operation: its values are what a filter of theirs would find. */
async function firstOf(
  stage: AttackStage,
  operation: Operation,
): Promise<Record<string, unknown> | undefined> {
  if (!namesIn(operation, 'query').includes('limit') || namesIn(operation, 'path').length > 0)
    return undefined
  const { credentials: headers, word } = stage.parties.other
  const own = stage.exampleFor(operation).query
  const query = own && Object.fromEntries(Object.keys(own).map((name) => [name, word]))
  return jsonOf(await stage.exchange.send(requestOf(operation, { query, headers })))?.data?.[0]
}
