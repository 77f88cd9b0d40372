import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { readStatements } from '../support/plan-guard/statements.ts'

const root = join(import.meta.dirname, '../..')

/** Lines of their own that prepare a statement, which is sent when its author is no longer on the stack. */
function send(role: string, sql: string): string {
  return `{
    const statement = { sql: '${sql}' }
    channel('tenantry.prepared').publish(statement)
    await undefined
    channel('tenantry.sent').publish({ user: 'a_${role}', statements: [statement] })
  }`
}

test('a process writes down each text of each role with up to five places, and nothing that has no plan', async () => {
  // Inside the repository: elsewhere nothing counts as a place.
  const folder = await mkdtemp(join(root, 'test/plans/collected-'))
  try {
    const script = join(folder, 'sends.mjs')
    await writeFile(
      script,
      [
        "import { channel } from 'node:diagnostics_channel'",
        ...Array.from({ length: 7 }, () => send('tenant', 'select 1')),
        send('tenant', 'set local app.tenant_id = 1'),
        `for (let times = 0; times < 200; times++) ${send('tenant', 'select 2')}`,
        // Another role may have other authors.
        send('platform', 'select 2'),
        send('platform', 'select 2'),
        "channel('tenantry.sent').publish({ user: 'a_tenant', statements: [{ sql: 'select 3' }, { sql: 'BEGIN' }] })",
      ].join('\n'),
    )
    const collect = join(root, 'test/support/plan-guard/collect.ts')
    await promisify(execFile)(process.execPath, [`--import=${collect}`, script], {
      env: { ...process.env, NODE_OPTIONS: '', COLLECT_STATEMENTS: folder },
    })
    const statements = await readStatements(folder)
    const told = statements.map(({ role, sql, places }) => [role, sql, places.length])
    expect(told).toEqual([
      ['tenant', 'select 1', 5],
      ['tenant', 'select 2', 1],
      ['platform', 'select 2', 2],
      ['tenant', 'select 3', 1],
    ])
    expect(statements[0]?.places[0]?.[0]).toMatch(/sends\.mjs:\d+$/)
  } finally {
    await rm(folder, { recursive: true })
  }
})
