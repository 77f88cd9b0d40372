import type pg from 'pg'
import type { Roles } from '../../src/db/roles.ts'
import { catalogQueries } from './dump-queries.ts'

/**
 * What the migrations and policies made, as text: schemas, tables, functions, policies and rights of public and
 * app, and our own function in the queue's schema. One set of catalogue queries that reads the same on
 * PostgreSQL 15 to 18, since pg_dump's text changes with its version.
 */
export async function dumpSchema(client: pg.Client, roles: Roles): Promise<string> {
  await client.query('set search_path = pg_catalog')
  const sections: string[] = []
  for (const sql of catalogQueries) {
    const { rows } = await client.query<{ line: string }>(sql)
    sections.push(...rows.map((row) => row.line))
  }
  return `${withPlainNames(sections.join('\n\n'), roles)}\n`
}

/** The roles are named after the database; in the dump it is called tenantry. */
function withPlainNames(text: string, roles: Roles): string {
  const names = new Map([
    [roles.owner.name, 'tenantry_owner'],
    [roles.tenant.name, 'tenantry_tenant'],
    [roles.platform.name, 'tenantry_platform'],
    [roles.jobs.name, 'tenantry_jobs'],
    [roles.purger, 'tenantry_purger'],
  ])
  let plain = text
  for (const [name, common] of names) {
    plain = plain.replaceAll(`«${name}»`, common).replaceAll(`'${name}'`, `'${common}'`)
  }
  return plain.replaceAll(/«(.*?)»/g, '$1')
}
