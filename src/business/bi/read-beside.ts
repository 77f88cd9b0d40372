import type { Compilable, InferResult } from 'kysely'
import type { Context } from '../../context.ts'
import type { TenantQueryBuilder } from '../../db/database.ts'
import { type Claims, checkAccess } from '../../features/members/access.ts'
import { accessQuery } from '../../features/members/access-queries.ts'
import type { Permission } from '../../features/members/roles.ts'
import type { ModuleName } from '../../features/plans/plans.ts'

/**
 * Reads what belongs to a module beside that of the route, for a caller whom the route has let in: they need the other
 * module and what it asks of a role, too.
 * @throws AppError as checkAccess: 403 `module_not_in_plan`, `insufficient_role`
 */
export async function readBeside<Query extends Compilable>(
  context: Context,
  claims: Claims,
  { module, permission }: { module: ModuleName; permission: Permission },
  build: (queries: TenantQueryBuilder) => Query,
): Promise<InferResult<Query>> {
  const [access, rows] = await context.db.readTenant(claims.tenantId, (queries) => [
    accessQuery(claims, module),
    build(queries),
  ])
  checkAccess(access, claims, { method: 'GET', scope: 'read', module, permission }, context.clock.now())
  return rows as InferResult<Query>
}
