import pg from 'pg'
import type { PlanNode } from './rules.ts'

/** What became of explaining one statement. */
export type Explained = { plan: PlanNode } | { error: { code: string; message: string } }

/**
 * The plan that connections keep for a statement once they have run it often: without knowing its parameters, and made in
 * the transaction of some tenant.
 * @param sql one statement: what stood behind a semicolon would be run
 * @param tenantId the tenant of the transaction, if it has one
 */
export async function explain(client: pg.Client, sql: string, tenantId?: string): Promise<Explained> {
  await client.query(tenantId ? `begin; set local app.tenant_id = '${tenantId}'` : 'begin')
  try {
    // The simple protocol, which gives no parameters: a plan would be made for those.
    const { rows } = await client.query(`explain (generic_plan, format json) ${sql}`)
    return { plan: rows[0]['QUERY PLAN'][0].Plan }
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error
    return { error: { code: error.code ?? '', message: error.message } }
  } finally {
    await client.query('rollback')
  }
}
