import { omit } from 'es-toolkit'
import { sql } from 'kysely'
import { z } from 'zod'
import type { Tx } from '../../db/database.ts'
import { AppError } from '../../errors.ts'
import { etagOf } from '../../http/preconditions.ts'
import { created, type WriteRoute } from '../../http/route.ts'
import { type idParams, nameSchema, timestampSchema } from '../../http/schemas.ts'
import { newId } from '../../new-id.ts'
import type { Vault } from '../../secrets.ts'
import { defineResource, type ResourceWrite } from '../define-resource.ts'

const kinds = z.enum(['api_key', 'basic', 'oauth2', 'header'])

const rule =
  'should have 1 to 20 names of letters, digits, underscores, dots and hyphens, each with a text of 1 to 10000 characters'

/** Its parts by name. In one rule about the whole: what is wrong with a part would be told with the part's name. */
const secretSchema = z
  .record(z.string(), z.string())
  .refine((secret) => {
    const parts = Object.entries(secret)
    return parts.length >= 1 && parts.length <= 20 && parts.every(([name, text]) => isPart(name, text))
  }, rule)
  .describe(`Such as user and password; ${rule}`)

function isPart(name: string, text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/.test(name) && text.length >= 1 && text.length <= 10_000
}

const standard = defineResource({
  table: 'credentials',
  noun: 'credential',
  label: { en: 'Credentials', fr: 'Identifiants' },
  module: 'automation',
  fields: { name: nameSchema, kind: kinds },
  // That it is another secret shows, since the secret itself does not.
  computed: { secret_version: z.int(), secret_updated_at: timestampSchema },
  sortable: ['name'],
  filterable: ['kind'],
  searchable: ['name'],
  deletion: 'hard',
  example: { name: 'Mailbox of the workshop', kind: 'basic' },
})

const fields = { ...standard.fields, secret: secretSchema }
const example = { ...standard.example, secret: { user: 'workshop', password: 'correct horse' } }
const body = z
  .strictObject({ name: nameSchema, kind: kinds, secret: secretSchema })
  .meta({ examples: [example] })
const changes = body
  .partial()
  .refine((said) => Object.keys(said).length > 0, 'should hold at least one field')

/** Of one row of one tenant: as another row, or another tenant's, it cannot be read. */
const purposeOf = (tenantId: string, id: string) => `credential ${id} of ${tenantId}` as const
const encrypt = (vault: Vault, tenantId: string, id: string, secret: Record<string, string>) =>
  vault.encrypt(purposeOf(tenantId, id), JSON.stringify(secret))

async function createCredential(
  tx: Tx,
  { vault, tenantId }: { vault: Vault; tenantId: string },
  { secret, ...said }: z.output<typeof body>,
  now: Date,
) {
  const id = newId(now)
  const encrypted_secret = await encrypt(vault, tenantId, id, secret)
  const times = { secret_updated_at: now, created_at: now, updated_at: now }
  await tx
    .insertInto('credentials')
    .values({ ...said, id, encrypted_secret, ...times })
    .execute()
  return standard.lock(tx, id)
}

/**
 * The secret of a credential, for what calls an engine. It is in memory then, and is to go nowhere but to the engine.
 * @throws AppError 404 `not_found`; Error when it was encrypted for another row, or under another TOKEN_KEY_SECRET
 */
export async function readCredential(
  tx: Tx,
  vault: Vault,
  id: string,
): Promise<{ kind: z.output<typeof kinds>; secret: Record<string, string> }> {
  const row = await tx
    .selectFrom('credentials')
    .select(['tenant_id', 'kind', 'encrypted_secret'])
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) throw new AppError('not_found')
  const text = await vault.decrypt(purposeOf(row.tenant_id, id), row.encrypted_secret)
  if (text === undefined) throw new Error(`credential ${id} cannot be decrypted`)
  return { kind: kinds.parse(row.kind), secret: secretSchema.parse(JSON.parse(text)) }
}

const create: ResourceWrite<typeof body> = {
  ...standard.routes.create,
  summary: 'Make a credential; its secret is encrypted and never shown',
  body,
  handler: async ({ context, input, tx, principal }) => {
    const { tenantId } = principal
    const now = context.clock.now()
    const credential = await createCredential(tx, { vault: context.vault, tenantId }, input.body, now)
    const reply = created(credential, { objectId: credential.id, changedFields: Object.keys(input.body) })
    return { ...reply, headers: { ETag: etagOf(credential) } }
  },
}

const update: WriteRoute<typeof idParams, z.ZodType, typeof changes> = {
  ...standard.routes.update,
  summary: 'Change fields of a credential, or replace its secret',
  body: changes,
  handler: async (call) => {
    const { context, input, principal } = call
    const { secret } = input.body
    const values = {
      ...omit(input.body, ['secret']),
      ...(secret && {
        encrypted_secret: await encrypt(context.vault, principal.tenantId, input.params.id, secret),
        secret_version: sql`secret_version + 1`,
        secret_updated_at: context.clock.now(),
      }),
    }
    const reply = await standard.routes.update.handler({
      ...call,
      input: { ...input, body: values as never },
    })
    const changedFields = Object.keys(input.body)
    return { ...reply, audited: { objectId: input.params.id, changedFields } }
  },
}

/** What engines sign in with elsewhere. */
export const credentials = {
  ...standard,
  fields,
  example,
  body,
  changes,
  routes: { ...standard.routes, create, update },
}
