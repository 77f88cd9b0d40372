import type { OpenApiDocument } from '../openapi.ts'

const name = 'JsonValue'
const anonymous = /^__schema\d+$/

/**
 * Gives every z.json() the one name JsonValue: a schema that holds itself is made a component, called by a number that
 * changes with whatever is declared before it.
 * @throws Error for another schema that holds itself and has no name, which `.meta({ id })` gives it
 */
export function nameJsonValues(document: OpenApiDocument): OpenApiDocument {
  const { schemas = {} } = document.components ?? {}
  const texts = Object.entries(schemas).filter(([key]) => anonymous.test(key))
  const kinds = new Set(
    texts.map(([key, schema]) => JSON.stringify(schema).replaceAll(`/${key}"`, `/${name}"`)),
  )
  if (kinds.size > 1) throw new Error('a schema that holds itself has no name')
  return JSON.parse(JSON.stringify(document), (key, value) => {
    if (key === '$ref') return value.replace(/(?<=\/)__schema\d+$/, name)
    if (key !== 'schemas') return value
    const named = Object.entries(value).map(([each, schema]) => [anonymous.test(each) ? name : each, schema])
    return Object.fromEntries(named)
  })
}
