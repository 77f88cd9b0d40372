import { afterAll, beforeAll, expect, test } from 'vitest'
import { addClients, keptTables, rowsOf, runDeletion } from '../support/deletion.ts'
import { signInOperator } from '../support/operators.ts'
import { type Platform, startPlatform } from '../support/platform.ts'

// A tenant whose rows take longer to count than a statement may take: each of its rows keeps whoever reads it waiting.
// A batch of deletions is not kept waiting: of the 2 s that it may take it needs 0.14, so that a slow machine does, too.
const statementTimeoutMs = 2_000
const secondsPerRow = 0.002
let platform: Platform
let operator: Awaited<ReturnType<typeof signInOperator>>
beforeAll(async () => {
  platform = await startPlatform({ STATEMENT_TIMEOUT_MS: String(statementTimeoutMs) })
  operator = await signInOperator(platform)
  await addClients(platform, 'acme', 1_500)
  await sleepOnClients('not like', secondsPerRow)
})
afterAll(() => platform.stop())

/** Makes statements slow that purge, or all others: so many seconds for every client. */
async function sleepOnClients(purging: 'like' | 'not like', seconds: number) {
  await platform.sql('drop policy if exists slow on clients')
  await platform.sql(`create policy slow on clients as restrictive for select
    using (case when current_query() ${purging} '%purge_batch%' then pg_sleep(${seconds}) is not null else true end)`)
}

const reason = 'Asked for by its owner'

test('a dry run counts it all the same, and how large it is', async () => {
  const { status, body } = await operator.delete('/v1/admin/tenants/acme?dry_run=true')
  expect(status).toBe(200)
  const clients = body.tables.find(({ table }: { table: string }) => table === 'clients')
  expect(clients).toMatchObject({ rows: 1_500, kept: null })
  const [{ bytes }] = await platform.sql(
    `select sum(28 + pg_column_size(tenant_id) + pg_column_size(id) + pg_column_size(name) + pg_column_size(email)
      + pg_column_size(created_at) + pg_column_size(updated_at))::int as bytes from clients where tenant_id = 'acme'`,
  )
  expect(clients.bytes).toBeGreaterThanOrEqual(bytes)
})

test('it is deleted; while a step fails, the certificate says what it waits for, and nothing of the inside', async () => {
  const { body } = await operator.request('DELETE', '/v1/admin/tenants/acme', { reason })
  const certificate = async () => (await operator.get(body.certificate)).body
  await sleepOnClients('like', 1)
  await expect(runDeletion(platform, 'acme')).rejects.toMatchObject({ code: '57014' })
  expect(await certificate()).toMatchObject({
    status: 'running',
    waits_for: 'The database, to delete the rows, which has failed',
  })
  await sleepOnClients('not like', secondsPerRow)
  await runDeletion(platform, 'acme')
  expect(await certificate()).toMatchObject({ status: 'done', waits_for: null })
  const { tables } = await certificate()
  expect(tables).toContainEqual({ table: 'clients', before: 1_500, after: 0, kept: null })
  expect(Object.keys(await rowsOf(platform, 'acme')).sort()).toEqual(keptTables)
})

test('what cannot even be counted is waited for in words, too', async () => {
  await addClients(platform, 'globex', 1)
  await sleepOnClients('not like', (2 * statementTimeoutMs) / 1_000)
  const { body } = await operator.request('DELETE', '/v1/admin/tenants/globex', { reason })
  await expect(runDeletion(platform, 'globex')).rejects.toMatchObject({ code: '57014' })
  expect((await operator.get(body.certificate)).body).toMatchObject({
    status: 'running',
    rows_total: null,
    waits_for: 'The database, to count the rows, which has failed',
  })
})
