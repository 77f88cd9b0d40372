import { tasks } from '../../src/jobs/tasks.ts'
import type { Platform } from './platform.ts'

/** Does the job of a deletion, here and now. */
export function runDeletion({ context }: Pick<Platform, 'context'>, tenantId: string): Promise<void> {
  return tasks['delete-tenant'](context, {}, { tenantId, messageId: '' })
}

/** How many rows every table holds that belong to a tenant or name it, but for empty ones: asked past every guard. */
export async function rowsOf(platform: Platform, tenantId: string): Promise<Record<string, number>> {
  const tables = await platform.sql(
    `select c.oid::regclass::text as name, a.attname as key from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attname in ('tenant_id', 'subject_tenant_id')
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1`,
  )
  const counts: Record<string, number> = {}
  for (const { name, key } of tables) {
    const query = `select count(*)::int as n from ${name} where ${key} = $1`
    const [row] = await platform.sql(query, [tenantId], tenantId)
    if (row.n > 0) counts[name] = row.n
  }
  return counts
}

/** The tables that name a tenant for good. */
export const keptTables = ['deletion_certificates', 'platform_audit_entries', 'tenant_changes', 'tenants']

/** Gives a tenant many clients, past every guard. */
export async function addClients(platform: Platform, tenantId: string, count: number): Promise<void> {
  await platform.sql(
    `insert into clients (tenant_id, id, name, email, created_at, updated_at)
      select $1, gen_random_uuid(), 'Client ' || n, 'client-' || n || '@example.com', now(), now()
      from generate_series(1, $2::int) n`,
    [tenantId, count],
    tenantId,
  )
}
