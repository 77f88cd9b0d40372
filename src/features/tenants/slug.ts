import { randomBytes } from 'node:crypto'
import { deburr } from 'es-toolkit'
import type { Database } from '../../db/database.ts'
import { parseTenantId, type TenantId } from '../../db/tenant-id.ts'

const longest = 40

/** Ids that would be mistaken for a part of the platform, so no company gets them. */
const reserved = new Set(
  `about account accounts admin administrator api app apps assets auth billing blog cdn console contact dashboard
  default dev developer developers docs download email ftp graphql health help home imap internal legal localhost
  login logout mail me metrics mx news null ns ns1 ns2 oauth operator ops owner platform pop portal pricing privacy
  public register root security settings shop signin signup smtp staging static stats status stripe support
  super-admin superadmin sys sysadmin system system-default team tenant tenantry tenants terms test undefined user
  users v1 webhook webhooks well-known www`.split(/\s+/),
)

/**
 * The slug of a company's name: lower case, accents removed, apostrophes dropped, every other run of characters
 * outside a-z and 0-9 one hyphen, at most 40 characters. Empty when nothing of the name is left.
 */
export function toSlug(name: string): string {
  const plain = deburr(name.normalize('NFC')).toLowerCase()
  return cut(plain.replace(/['’‘ʼ`´]/g, '').replace(/[^a-z0-9]+/g, '-'), longest)
}

/** Whether an id is kept back for the platform. */
export function isReserved(slug: string): boolean {
  return reserved.has(slug)
}

/**
 * The id that a company of this name would get now: the slug, or the slug with the first free number behind it.
 * Another signup may take it before this one does, so the insert decides.
 */
export async function findFreeTenantId(db: Database, name: string): Promise<TenantId> {
  const slug = toSlug(name)
  if (slug === '') return asTenantId(`tenant-${randomBytes(4).toString('hex')}`)
  // Every candidate begins with this stem; '.' is the character after '-', and '~' comes after all of a slug's.
  const [from, to] =
    slug.length <= longest - 12
      ? [slug, `${slug}.`]
      : [slug.slice(0, longest - 12), `${slug.slice(0, longest - 12)}~`]
  const [rows] = await db.readPlatform('signup', (queries) => [
    queries
      .selectFrom('tenants')
      .select('tenant_id')
      .where('tenant_id', '>=', from)
      .where('tenant_id', '<', to),
  ])
  const taken = new Set(rows.map((row) => row.tenant_id))
  if (!taken.has(slug) && !isReserved(slug)) return asTenantId(slug)
  for (let number = 2; ; number++) {
    const suffix = `-${number}`
    const candidate = cut(slug, longest - suffix.length) + suffix
    if (!taken.has(candidate) && !isReserved(candidate)) return asTenantId(candidate)
  }
}

function cut(text: string, length: number): string {
  return text.replace(/^-+/, '').slice(0, length).replace(/-+$/, '')
}

function asTenantId(text: string): TenantId {
  const tenantId = parseTenantId(text)
  if (!tenantId) throw new Error('a slug that is no tenant id')
  return tenantId
}
