import type { Context } from '../../context.ts'
import { type Database, keepPlatformQueries } from '../../db/database.ts'
import type { TenantId } from '../../db/tenant-id.ts'
import { AppError } from '../../errors.ts'
import { createGates } from '../../gate.ts'
import { type SystemSettings, settingsIn, systemSettingsQuery } from '../system-settings/system-settings.ts'
import { TenantIdTakenError } from './new-tenant.ts'
import { firstFreeOf, randomId, rangeOf, toSlug } from './slug.ts'

/** Companies of one name come one after the other, since all would try the same id; other processes' still race. */
const throughSameName = createGates<string>(1, 1000)
const attempts = 50

/**
 * Makes a tenant under an id that its company's name gives and that is free: companies of one name that come at once all
 * succeed, with different ids.
 * @param make tries to make it, in a transaction of its own, and throws TenantIdTakenError when another took the id first.
 *   It gets the platform's settings, too, as they are just before
 * @throws what make throws otherwise; AppError 503 `overloaded`
 */
export function withFreeTenantId<T>(
  { db }: Pick<Context, 'db'>,
  companyName: string,
  make: (tenantId: TenantId, settings: SystemSettings) => Promise<T>,
): Promise<T> {
  return throughSameName(toSlug(companyName), async () => {
    for (let round = 0; round < attempts; round++) {
      const { tenantId, settings } = await findFreeTenantId(db, companyName)
      try {
        return await make(tenantId, settings)
      } catch (error) {
        if (!(error instanceof TenantIdTakenError)) throw error
      }
    }
    throw new AppError('overloaded')
  })
}

/**
 * The id that a company of this name would get now: the slug, or the slug with the first free number behind it. Another
 * may take it before this one does, so the insert decides. In the same read come the platform's settings.
 */
export async function findFreeTenantId(
  db: Database,
  companyName: string,
): Promise<{ tenantId: TenantId; settings: SystemSettings }> {
  const slug = toSlug(companyName) || randomId()
  const [from, to] = rangeOf(slug)
  const [rows, settings] = await db.readPlatform('signup', (queries) => [
    keptIds({ from, to }),
    systemSettingsQuery(queries),
  ])
  const taken = new Set(rows.map(({ tenant_id }) => tenant_id))
  return { tenantId: firstFreeOf(slug, taken), settings: settingsIn(settings) }
}

const keptIds = keepPlatformQueries((queries, { from, to }: { from: string; to: string }) =>
  queries
    .selectFrom('tenants')
    .select('tenant_id')
    .where('tenant_id', '>=', from)
    .where('tenant_id', '<', to),
)
