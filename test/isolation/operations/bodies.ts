import { v7 as uuidv7 } from 'uuid'
import { addPerson } from '../../support/members.ts'
import { type Document, lookUp, type Schema } from '../../support/openapi/document.ts'
import { type Attack, expects, type MakeAttacks } from './attack.ts'
import { jsonOf, namesIn, requestOf } from './requests.ts'

type Place = string[]

/** Ids of the other's in each reference, however deep, and fields that say whose or which a thing is to be. */
export const attackBodies: MakeAttacks = async (stage, operation) => {
  const [media] = operation.body?.content.values() ?? []
  const example = stage.exampleFor(operation)
  const body = await example.body?.()
  if (operation.audience !== 'tenant' || !media?.schema || !body) return []
  const { credentials, member } = await stage.credentialsOf('owner')
  const headers = (await example.credentials?.()) ?? credentials
  const object = namesIn(operation, 'path').length > 0 ? await example.object?.('own', member) : undefined
  const asked = (body: unknown) => requestOf(operation, { object, headers, body })
  const attacks: Attack[] = []
  const add = (attack: Omit<Attack, 'kind' | 'by'>) =>
    attacks.push({ kind: 'bodies', by: 'owner', ...attack })
  const { word, member: other } = stage.parties.other

  for (const place of objectsIn(stage.document, media.schema, body)) {
    for (const name of ['tenant_id', 'subject_tenant_id', 'id', 'created_at']) {
      if (hasProperty(stage.document, media.schema, [...place, name])) continue
      const value = name.endsWith('tenant_id') ? word : uuidv7()
      add({
        says: `${[...place, name].join('.')} of one's own choice`,
        request: asked(withValue(body, [...place, name], value)),
        check: expects(400, 'invalid_request'),
      })
    }
  }
  for (const { place, isId } of referencesOf(stage.document, media.schema)) {
    const name = place.at(-1) ?? ''
    const isTenant = name === 'tenant_id'
    const theirs = isTenant
      ? [word]
      : isId
        ? [await stage.referred(name, 'other'), other.userId]
        : // One that nothing else is asked about: heron may say it from now on.
          [(await addPerson(stage.platform, word, 'viewer')).userId]
    const nothing = isTenant ? 'no-such-tenant' : uuidv7()
    for (const value of theirs) {
      add({
        says: `their ${place.join('.')}`,
        request: asked(withValue(body, place, value)),
        // What is a text of anybody's choice is taken, whatever it says.
        ...((isId || isTenant) && {
          like: asked(withValue(body, place, nothing)),
          check: (answer) =>
            answer.status >= 400 && answer.status < 500
              ? []
              : [`their id was taken: ${answer.status} ${JSON.stringify(jsonOf(answer))}`],
        }),
      })
    }
  }
  return attacks
}

/** Where a body refers to something: by ids, or by names such as `client_id`. */
function referencesOf(
  document: Document,
  given: Schema,
  place: Place = [],
): { place: Place; isId: boolean }[] {
  if (place.length > 8) return []
  const schema: Schema = lookUp(document, given)
  const name = place.findLast((each) => each !== '0') ?? ''
  const inside = [
    ...[...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])].flatMap((each) =>
      referencesOf(document, each, place),
    ),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, each]) =>
      referencesOf(document, each, [...place, name]),
    ),
    ...(schema.items ? referencesOf(document, schema.items, [...place, '0']) : []),
  ]
  if (schema.format === 'uuid') return [{ place, isId: true }]
  const isNamedSo = /_ids?$/.test(name) && [schema.type].flat().includes('string')
  return isNamedSo ? [{ place, isId: false }] : inside
}

/** The objects in a body whose members their schema names. */
function objectsIn(document: Document, given: Schema, value: unknown, place: Place = []): Place[] {
  const schema: Schema = lookUp(document, given)
  if (typeof value !== 'object' || value === null) return []
  const choices = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]
  if (choices.length > 0) return choices.flatMap((each) => objectsIn(document, each, value, place))
  const inside = Object.entries(value).flatMap(([name, each]) => {
    const member = Array.isArray(value) ? schema.items : schema.properties?.[name]
    return member ? objectsIn(document, member, each, [...place, name]) : []
  })
  return schema.properties ? [place, ...inside] : inside
}

function hasProperty(document: Document, given: Schema, [name, ...below]: Place): boolean {
  const schema: Schema = lookUp(document, given)
  if (name === undefined) return true
  const next = schema.properties?.[name] ?? schema.items
  return next !== undefined && hasProperty(document, next, below)
}

/** The body with another value at a place; what the place stands in is made where it is not there. */
function withValue(body: unknown, [name, ...below]: Place, value: unknown): unknown {
  if (name === undefined) return value
  if (name === '0') {
    const [first, ...rest] = Array.isArray(body) ? body : []
    return [withValue(first, below, value), ...rest]
  }
  const members = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
  return Array.isArray(body)
    ? body.map((each, index) => (String(index) === name ? withValue(each, below, value) : each))
    : { ...members, [name]: withValue(members[name], below, value) }
}
