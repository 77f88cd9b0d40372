import { v7 as uuidv7 } from 'uuid'
import { isAtLeast, type Role, roles } from '../../../src/features/members/roles.ts'
import { lookUp, type Operation, type Schema } from '../../support/openapi/document.ts'
import { type Caller, callers } from '../../support/openapi/sketches.ts'
import { type Attack, expects, expectsOneOf, type MakeAttacks } from './attack.ts'
import { isInside, namesIn, requestOf } from './requests.ts'
import type { AttackStage } from './stage.ts'

/** Everybody of the attacking tenant, and those without one. */
export const attackers: Caller[] = callers.filter((caller) => !caller.startsWith('the owner of a company'))

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

/** The other's object by its id, in each parameter of the path, by everybody and by every method. */
export const attackPaths: MakeAttacks = async (stage, operation) => {
  const names = namesIn(operation, 'path')
  if (!isInside(operation) || names.length === 0) return []
  const example = stage.exampleFor(operation)
  const theirs = (await example.object?.('other', undefined)) ?? {}
  const body = await example.body?.()
  const nothing = Object.fromEntries(names.map((name) => [name, uuidv7()]))
  const attacks: Attack[] = []

  for (const by of attackers) {
    const { credentials: headers } = await stage.credentialsOf(by)
    const request = (object: Record<string, string>) =>
      requestOf(operation, { object, query: example.query, headers, body })
    attacks.push({
      kind: 'ids in the path',
      by,
      says: 'their id',
      request: request(theirs),
      like: request(nothing),
      check: expectedOf(operation, by),
    })
  }

  const { credentials: headers } = await stage.credentialsOf('owner')
  const request = (object: Record<string, string>) =>
    requestOf(operation, { object, query: example.query, headers, body })
  for (const method of methods.filter((each) => each !== operation.method)) {
    attacks.push({
      kind: 'methods at the path',
      by: 'owner',
      says: `their id by ${method}`,
      request: withMethod(request(theirs), method),
      like: withMethod(request(nothing), method),
    })
  }
  if (names.length > 1) {
    const { member } = await stage.credentialsOf('owner')
    for (const name of names) {
      // What is no id there is a text of anybody's choice, which may be one's own from now on.
      if (!isId(stage, operation, name)) stage.letBeSaid(theirs[name] ?? '')
      const own = (await example.object?.('own', member)) ?? {}
      attacks.push({
        kind: 'ids in the path',
        by: 'owner',
        says: `their ${name} among one's own`,
        request: request({ ...own, [name]: theirs[name] ?? '' }),
        like: request({ ...own, [name]: uuidv7() }),
      })
    }
  }
  return attacks
}

function isId({ document }: AttackStage, { parameters }: Operation, name: string): boolean {
  const found = parameters.find((each) => each.in === 'path' && each.name === name)
  return lookUp<Schema>(document, found?.schema ?? {}).format === 'uuid'
}

function withMethod<Sent extends { method: string; body?: unknown }>(sent: Sent, method: string): Sent {
  return { ...sent, method, ...(['GET', 'HEAD'].includes(method) && { body: undefined }) }
}

/** Who may call it finds nothing; others are told that they may not, or are nobody. */
function expectedOf({ lowestRole }: Operation, by: Caller) {
  const role = roles.find((each) => each === by)
  if (!role) return expectsOneOf(401, 403, 404)
  return isAtLeast(role, (lowestRole ?? 'viewer') as Role)
    ? expects(404, 'not_found')
    : expects(403, 'insufficient_role')
}
