import { v7 as uuidv7 } from 'uuid'
import type { Credentials } from '../../support/openapi/fuzz-operation.ts'
import { type Attack, expectsOneOf, type MakeAttacks } from './attack.ts'
import { forgedTokensFor } from './forged-tokens.ts'
import { attackers } from './paths.ts'
import { namesIn, requestOf } from './requests.ts'

/** Operations of the platform's operators, by everybody of a tenant: about the other's tenant, and by what they hold. */
export const attackOperators: MakeAttacks = async (stage, operation) => {
  if (operation.audience !== 'operators') return []
  const { own, other } = stage.parties
  const example = stage.exampleFor(operation)
  const body = await example.body?.()
  const names = namesIn(operation, 'path')
  const queries = Object.fromEntries(namesIn(operation, 'query').map((name) => [name, other.word]))
  const about = (id: string) => Object.fromEntries(names.map((name) => [name, id]))
  const presented: [by: string, Credentials][] = []
  for (const by of attackers.filter((each) => each !== 'super admin' && each !== 'X-Admin-Key')) {
    const { credentials } = await stage.credentialsOf(by)
    presented.push([by, credentials])
  }
  for (const { says, by, token } of await forgedTokensFor(stage, operation)) {
    if (by !== 'super admin') presented.push([says, [['Authorization', `Bearer ${token}`]]])
  }
  presented.push(
    ["one's own token as key", [['X-Admin-Key', own.member.token]]],
    ["one's own API key as key", [['X-Admin-Key', own.apiKey]]],
    ["the operator's support", [['Authorization', `Bearer ${own.supportToken}`]]],
  )
  return presented.flatMap(([by, headers]): Attack[] => {
    const attack = (says: string, id: string, query = {}): Attack => ({
      kind: 'tokens',
      by: attackers.some((each) => each === by) ? by : 'owner',
      says: `${says}, with ${by}`,
      request: requestOf(operation, { object: about(id), query, headers, body }),
      like: requestOf(operation, { object: about(uuidv7()), headers, body }),
      check: expectsOneOf(401, 403),
    })
    return [
      attack("the operators' own, about the other", other.word, queries),
      ...(names.length > 0 ? [attack("the operators' own, about a person", other.member.userId)] : []),
    ]
  })
}
