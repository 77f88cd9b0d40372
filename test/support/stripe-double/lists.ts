import { refuse, refuseMissing } from './refusal.ts'

interface Paging {
  limit?: number | undefined
  starting_after?: string | undefined
  ending_before?: string | undefined
  created?: number | { gt?: number; gte?: number; lt?: number; lte?: number } | undefined
}

/**
 * A page of a list, the newest first.
 * @param made in the order in which they were made
 * @throws Refusal 400 for a limit that is none, or a cursor that is unknown
 */
export function pageOf<T extends { id: string; object: string; created: number }>(
  made: Iterable<T>,
  url: string,
  { limit = 10, starting_after, ending_before, created }: Paging,
) {
  if (limit < 1 || limit > 100) refuse('Invalid integer: should be from 1 to 100', { param: 'limit' })
  if (starting_after && ending_before) {
    refuse('You cannot parameterize both starting_after and ending_before.', { param: 'starting_after' })
  }
  const all = [...made]
    .reverse()
    .toSorted((one, other) => other.created - one.created)
    .filter((each) => isWithin(each.created, created))
  const position = (id: string, param: string) => {
    const index = all.findIndex((each) => each.id === id)
    return index < 0 ? refuseMissing(all[0]?.object ?? 'object', id, param) : index
  }
  const end = ending_before ? position(ending_before, 'ending_before') : undefined
  const start = starting_after ? position(starting_after, 'starting_after') + 1 : 0
  const data = end === undefined ? all.slice(start, start + limit) : all.slice(Math.max(0, end - limit), end)
  const has_more = end === undefined ? start + limit < all.length : end - limit > 0
  return { object: 'list' as const, data, has_more, url }
}

function isWithin(instant: number, range: Paging['created']): boolean {
  if (range === undefined) return true
  if (typeof range === 'number') return instant === range
  const { gt = -Infinity, gte = -Infinity, lt = Infinity, lte = Infinity } = range
  return instant > gt && instant >= gte && instant < lt && instant <= lte
}

/**
 * Puts objects in the place of their ids, as `expand` says.
 * @param answer plain JSON, changed in place
 * @throws Refusal 400 for what is not there or is no id
 */
export function expandPaths(answer: object, paths: readonly string[], find: (id: string) => unknown): void {
  for (const path of paths) {
    const names = path.split('.')
    if (names.length > 4) refuse('You cannot expand more than 4 levels of a property.', { param: 'expand' })
    expandPath(answer, names, path, find)
  }
}

function expandPath(at: object, [name = '', ...rest]: string[], path: string, find: (id: string) => unknown) {
  const owner = at as Record<string, unknown>
  const value = owner[name]
  if (value === null) return
  if (value === undefined) refuse(`This property cannot be expanded (${path}).`, { param: 'expand' })
  if (typeof value === 'string') {
    const found = find(value)
    if (!found) refuse(`This property cannot be expanded (${path}).`, { param: 'expand' })
    owner[name] = JSON.parse(JSON.stringify(found))
  }
  const inner = owner[name]
  if (rest.length === 0) return
  for (const each of Array.isArray(inner) ? inner : [inner]) expandPath(each as object, rest, path, find)
}
