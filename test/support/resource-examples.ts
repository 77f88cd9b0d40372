import { columnOf } from '../../src/business/columns.ts'
import type { AnyResource } from '../../src/business/define-resource.ts'

type Body = Record<string, unknown>
let made = 0

/**
 * A body that makes one of a resource: its example, with a word in every text that can hold it. References are left out:
 * they are of somebody.
 */
export function bodyWith(resource: AnyResource, word: string): Body {
  made++
  return withTexts(resource, [`${word} ${made}`, `${word}-${made}`, `${word}-${made}@example.com`])
}

function withTexts(resource: AnyResource, texts: string[]): Body {
  const entries = Object.entries(resource.fields).map(([name, field]) => {
    const { kind, schema } = columnOf(field)
    const isText = kind === 'text' && !(name in resource.references)
    const fitting = isText ? texts.find((text) => schema.safeParse(text).success) : undefined
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
