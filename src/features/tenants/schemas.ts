import { z } from 'zod'
import { regions } from './provision.ts'
import { tenantStatuses } from './status.ts'

/** One of several names in upper case, written in any. */
function inAnyCase<Name extends string>(names: readonly Name[]) {
  return z.string().transform((text, issues) => {
    const name = names.find((each) => each === text.trim().toUpperCase())
    if (name !== undefined) return name
    issues.addIssue({ code: 'custom', message: `should be one of ${names.join(', ')}` })
    return z.NEVER
  })
}

/** A region in any case. */
export const regionSchema = inAnyCase(regions)

/** A status in any case. */
export const tenantStatusSchema = inAnyCase(tenantStatuses)

/** Tenants by status. The total is of those that are being deleted, too, but not of those that were. */
export const tenantCountsSchema = z.strictObject({
  total: z.int(),
  pending: z.int(),
  active: z.int(),
  trial: z.int(),
  suspended: z.int(),
  cancelled: z.int(),
})

const longestMetadata = 16 * 1024
const mostMembers = 50

const metadataKey = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/,
    'should be a letter or digit, then up to 63 letters, digits, underscores, dots and hyphens',
  )

/** What operators keep of a tenant: any JSON by keys that a query can name. */
export const metadataSchema = z
  .record(metadataKey, z.json())
  .refine((metadata) => Object.keys(metadata).length <= mostMembers, 'should have at most 50 keys')
  .refine(
    (metadata) => Buffer.byteLength(JSON.stringify(metadata)) <= longestMetadata,
    'should be at most 16 KiB of JSON',
  )

/** A filter by a member of the metadata, `metadata.<key>`: the key. */
export function metadataKeyOf(name: string): string | undefined {
  const key = /^metadata\.(.+)$/s.exec(name)?.[1]
  return key !== undefined && metadataKey.safeParse(key).success ? key : undefined
}
