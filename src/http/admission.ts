import type { Response } from 'express'
import type { Context } from '../context.ts'
import { recordKeyUse } from '../features/api-keys/key-use.ts'
import {
  type Access,
  type Claims,
  checkAccess,
  checkMember,
  type Principal,
} from '../features/members/access.ts'
import { accessQuery } from '../features/members/access-queries.ts'
import type { TenantRoute } from './route.ts'
import { countRequest } from './tenant-rate-limit.ts'

/** What is known of a caller, if it lets them in: nobody is refused by what may have been set right elsewhere. */
export function findKnown(
  { rememberedAccess, clock }: Context,
  route: TenantRoute,
  claims: Claims,
): readonly Access[] | undefined {
  const known = rememberedAccess.find(claims, route.module)
  try {
    if (known) checkAccess(known, claims, route, clock.now())
    return known
  } catch {
    return undefined
  }
}

/**
 * Looks the caller up and nothing else: who may not call at all is told that before what is wrong with the input.
 * @throws AppError as admit
 */
export async function checkAlone(
  context: Context,
  route: TenantRoute,
  claims: Claims,
  response: Response,
): Promise<Principal> {
  const [access] = await context.db.readTenant(claims.tenantId, () => [accessQuery(claims, route.module)])
  const principal = admit(context, route, claims, access, response)
  recordKeyUse(context, claims, access)
  return principal
}

/**
 * Lets the caller in, and counts the request against their tenant's plan.
 * @param options `isOlder`: their access was not read just now
 * @throws AppError as checkAccess; 429 `too_many_requests`
 */
export function admit(
  context: Context,
  route: TenantRoute,
  claims: Claims,
  access: readonly Access[],
  response: Response,
  options: { isOlder?: boolean } = {},
): Principal {
  const now = context.clock.now()
  countRequest(context, claims, checkMember(access, now), response, options)
  return checkAccess(access, claims, route, now)
}
