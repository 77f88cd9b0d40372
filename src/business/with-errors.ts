import type { ErrorCode } from '../errors.ts'

/** A route that can answer further codes, such as `conflict` where a name is unique. */
export function withErrors<Route extends { errors?: ErrorCode[] }>(
  route: Route,
  ...codes: ErrorCode[]
): Route {
  return { ...route, errors: [...(route.errors ?? []), ...codes] }
}
