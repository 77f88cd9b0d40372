import { v7 as uuidv7 } from 'uuid'
import type { Operation } from '../../support/openapi/document.ts'
import { type Attack, expects, type MakeAttacks } from './attack.ts'
import { isInside, namesIn, requestOf } from './requests.ts'
import type { AttackStage } from './stage.ts'

const neverWas = '"AAAAAAAAAAAAAAAAAAAAAA"'

/** The entity tag of the other's object, beside its id and beside one's own: it tells no more than one that never was. */
export const attackEntityTags: MakeAttacks = async (stage, operation) => {
  if (!isInside(operation) || !namesIn(operation, 'header').includes('If-Match')) return []
  const example = stage.exampleFor(operation)
  const theirs = (await example.object?.('other', undefined)) ?? {}
  const tag = await tagOf(stage, operation, theirs)
  const { credentials, member } = await stage.credentialsOf('owner')
  const own = (await example.object?.('own', member)) ?? {}
  const nothing = Object.fromEntries(namesIn(operation, 'path').map((name) => [name, uuidv7()]))
  const body = await example.body?.()
  const asked = (object: Record<string, string>, tag: string) =>
    requestOf(operation, { object, headers: [...credentials, ['If-Match', tag]], body })
  const attack = (says: string, more: Pick<Attack, 'request' | 'like' | 'check'>): Attack => ({
    kind: 'entity tags',
    by: 'owner',
    says,
    ...more,
  })
  return [
    attack('their tag and id', { request: asked(theirs, tag), like: asked(nothing, tag) }),
    attack('their id and no tag of theirs', { request: asked(theirs, neverWas), like: asked(theirs, tag) }),
    attack('their id, whatever its tag', { request: asked(theirs, '*'), like: asked(nothing, '*') }),
    attack("their tag for one's own", {
      request: asked(own, tag),
      like: asked(own, neverWas),
      check: expects(412, 'precondition_failed'),
    }),
  ]
}

/** What the other is told when they look at their object, which may be called by a longer path. */
async function tagOf(
  stage: AttackStage,
  operation: Operation,
  object: Record<string, string>,
): Promise<string> {
  const shown = stage.operations.find(
    ({ method, path }) =>
      method === 'GET' && (path === operation.path || path === operation.path.replace(/\/[^/{}]+$/, '')),
  )
  if (!shown) throw new Error(`${operation.name} takes If-Match, and nothing shows an entity tag of it`)
  const { headers } = await stage.exchange.send(
    requestOf(shown, { object, headers: stage.parties.other.credentials }),
  )
  const tag = headers.get('etag')
  if (tag === undefined) throw new Error(`${shown.name} shows the other no entity tag`)
  return tag
}
