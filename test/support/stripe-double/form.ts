export type FormValue = string | FormValue[] | Form
export interface Form {
  [name: string]: FormValue
}

type Entry = [path: string[], value: string]

/** Reads a form as Stripe does: `items[0][price]=p&expand[]=customer` nests. */
export function readForm(text: string): Form {
  return nest([...new URLSearchParams(text)].map(([key, value]) => [key.match(/[^[\]]+|\[\]/g) ?? [], value]))
}

function nest(entries: Entry[]): Form {
  const groups = new Map<string, Entry[]>()
  for (const [[first = '', ...rest], value] of entries) {
    const name = first === '[]' ? String(groups.size) : first
    groups.set(name, [...(groups.get(name) ?? []), [rest, value]])
  }
  return Object.fromEntries([...groups].map(([name, inner]) => [name, branchOf(inner)]))
}

function branchOf(entries: Entry[]): FormValue {
  const leaf = entries.findLast(([path]) => path.length === 0)
  if (leaf) return leaf[1]
  const form = nest(entries)
  return Object.keys(form).every((name, index) => name === String(index)) ? Object.values(form) : form
}
