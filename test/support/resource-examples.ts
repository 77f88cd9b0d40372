import { columnOf } from '../../src/business/columns.ts'
import type { AnyResource } from '../../src/business/define-resource.ts'

type Body = Record<string, unknown>
let made = 0

/** Of tenants that are told apart by what stands in them: no sum of the one's few is one of the other's. */
const numbers: Record<string, number> = { 'canary-heron': 8_888_883, 'canary-otter': 7_777_771 }

/** The number that belongs to a word, as an amount or a quantity; most have none. */
export function numberOf(word: string): number | undefined {
  return numbers[word]
}

/**
 * A body that makes one of a resource: its example, with a word in every text that can hold it, and the word's number in
 * every number. References are left out: they are of somebody.
 */
export function bodyWith(resource: AnyResource, word: string): Body {
  made++
  const texts = [`${word} ${made}`, `${word}-${made}`, `${word}-${made}@example.com`]
  return withTexts(resource, texts, numberOf(word))
}

function withTexts(resource: AnyResource, texts: string[], number?: number): Body {
  const entries = Object.entries(resource.fields).map(([name, field]) => {
    const { kind, schema } = columnOf(field)
    const isText = kind === 'text' && !(name in resource.references)
    const isNumber = kind === 'integer' || kind === 'number'
    const candidates = isText ? texts : isNumber && number !== undefined ? [number] : []
    const fitting = candidates.find((each) => schema.safeParse(each).success)
    return [name, fitting ?? resource.example[name]] as const
  })
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
}

/** A row of a resource's table, but for tenant_id and id: its references are to what `idOf` gives. */
export function rowWith(
  resource: AnyResource,
  { canary, idOf }: { canary: string; idOf(table: string): string },
): Body {
  const values: Body = { ...resource.body.parse(withTexts(resource, [canary, `${canary}@example.com`])) }
  for (const [name, table] of Object.entries(resource.references)) values[name] = idOf(table)
  const entries = Object.entries(values).filter(([name]) => resource.table.columns.has(name))
  return Object.fromEntries(
    entries.map(([name, value]) => {
      const isJson = resource.table.columns.get(name)?.kind === 'json'
      return [name, isJson ? JSON.stringify(value) : value]
    }),
  )
}
