import {
  type ApiKey,
  type Caller,
  isKnown,
  type KindName,
  type Model,
  type Row,
  type Tenant,
} from './model.ts'

/** Takes one choice after the other from random numbers; smaller numbers make the choices that stand first. */
export function drawFrom(numbers: readonly number[]) {
  let taken = 0
  const below = (count: number) => (numbers[taken++] ?? 0) % count
  const oneOf = <T>(list: readonly T[]): T => list[below(list.length)] as T
  return {
    below,
    oneOf,
    /** Whether something happens that does so once in so many times. */
    once: (times: number) => below(times) === times - 1,
  }
}
export type Draw = ReturnType<typeof drawFrom>

/** Who can ask: everybody who is signed in, every key, and now and then one whose session or key is over. */
export function callersOf({ sessions, tenants, now }: Model): Exclude<Caller, { kind: 'operator' }>[] {
  const keys = tenants.flatMap((tenant): ApiKey[] => tenant.keys)
  const all = [...sessions, ...keys]
  // Whose token has expired refreshes it before they ask.
  const isLive = (caller: (typeof all)[number]) =>
    isKnown(caller.kind === 'session' ? { ...caller, tokenUntil: Number.POSITIVE_INFINITY } : caller, now())
  return [...all.filter(isLive), ...all.filter((caller) => !isLive(caller)).slice(-2)]
}

export const nobodysId = '01890000-0000-7000-8000-000000000000'

/** The id of a row: mostly of one that the tenant has, else of one that it had, of the other's, or of none. */
export function drawId(draw: Draw, model: Model, tenant: Tenant, kind: KindName): string {
  const other = otherOf(model, tenant)
  const live = [...tenant.rows[kind].values()].filter(({ isDeleted }) => !isDeleted)
  const [own, others] = [[...tenant.rows[kind].keys()], [...other.rows[kind].keys()]]
  const pools = [
    live.map(({ shown }) => shown.id),
    live.map(({ shown }) => shown.id),
    own,
    others,
    [nobodysId],
  ]
  const pool = pools[[0, 0, 0, 1, 1, 2, 3, 3, 4][draw.below(9)] ?? 0] ?? []
  return pool.length > 0 ? draw.oneOf(pool) : nobodysId
}

export const otherOf = ({ tenants: [one, other] }: Model, tenant: Tenant) => (tenant === one ? other : one)

/** The header If-Match: mostly none, else the present tag or one from before. */
export function drawIfMatch(draw: Draw, row: Row | undefined): Record<string, string> | undefined {
  const choice = draw.below(4)
  if (choice < 2) return undefined
  if (choice === 2) return { 'If-Match': row?.tag ?? '"none"' }
  return { 'If-Match': row?.oldTags.at(-1) ?? '"none"' }
}
