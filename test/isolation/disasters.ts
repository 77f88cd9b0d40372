import { setTimeout as wait } from 'node:timers/promises'
import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { Tx } from '../../src/db/database.ts'
import type { Platform } from '../support/platform.ts'
import type { Handler } from './disaster-server.ts'

/** Each writes a row for acme and then goes wrong. */
export const disasters: [what: string, status: number, handler: Handler][] = [
  [
    'throws',
    500,
    async (tx) => {
      await leaveRow(tx)
      throw new Error('planted')
    },
  ],
  [
    'goes on writing after it has returned',
    204,
    async (tx) => {
      wait(20)
        .then(() => leaveRow(tx))
        .catch(() => undefined)
    },
  ],
  [
    'forgets an await',
    500,
    async (tx) => {
      // The first has its answer before anybody ends the transaction: it may come with that of the check of the caller.
      await leaveRow(tx)
      leaveRow(tx).catch(() => undefined)
    },
  ],
  [
    'loses one of several statements',
    500,
    async (tx) => {
      await Promise.all([
        leaveRow(tx),
        sql`select 1 / 0`.execute(tx),
        leaveRow(tx),
        sql`select pg_sleep(0.1)`.execute(tx),
      ])
    },
  ],
  [
    'swallows an error',
    500,
    async (tx) => {
      await leaveRow(tx)
      await sql`select 1 / 0`.execute(tx).catch(() => undefined)
    },
  ],
  [
    'leaves a savepoint open',
    500,
    async (tx) => {
      await leaveRow(tx)
      tx.savepoint(() => wait(200)).catch(() => undefined)
    },
  ],
  [
    'tries to become globex',
    500,
    async (tx) => {
      await leaveRow(tx)
      await sql`set local app.tenant_id = 'globex'`.execute(tx).catch(() => undefined)
      await leaveRow(tx)
    },
  ],
  [
    'writes into globex',
    500,
    async (tx) => {
      await leaveRow(tx)
      await leaveRow(tx, 'globex')
    },
  ],
  [
    'is too slow',
    503,
    async (tx) => {
      await leaveRow(tx)
      await sql`set local statement_timeout = 50`.execute(tx)
      await sql`select pg_sleep(5)`.execute(tx)
    },
  ],
  [
    'is cancelled by an administrator',
    503,
    async (tx, platform) => {
      await leaveRow(tx)
      await Promise.all([sql`select pg_sleep(5)`.execute(tx), signal(platform, 'pg_cancel_backend')])
    },
  ],
  [
    'loses its server in mid-statement',
    503,
    async (tx, platform) => {
      await leaveRow(tx)
      await Promise.all([sql`select pg_sleep(5)`.execute(tx), signal(platform, 'pg_terminate_backend')])
    },
  ],
  [
    'loses its server between two statements',
    503,
    async (tx, platform) => {
      await leaveRow(tx)
      await signal(platform, 'pg_terminate_backend', 'idle in transaction')
      await leaveRow(tx)
    },
  ],
  [
    'loses its server before the commit',
    503,
    async (tx, platform) => {
      await leaveRow(tx)
      await signal(platform, 'pg_terminate_backend', 'idle in transaction')
    },
  ],
]

/** A row that should not be there afterwards. */
export async function leaveRow(tx: Tx, tenantId?: string): Promise<void> {
  const now = new Date()
  const row = { id: uuidv7(), name: 'leftover', created_at: now, updated_at: now }
  await tx
    .insertInto('clients')
    .values(tenantId ? { ...row, tenant_id: tenantId } : row)
    .execute()
}

/** Signals the backend in which acme's transaction runs, as an administrator. */
async function signal(platform: Platform, how: string, state = 'active'): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const rows = await platform.sql(
      `select ${how}(pid) from pg_stat_activity where datname = current_database() and state = $1
        and usename like '%_tenant' and (state <> 'active' or query like '%pg_sleep(5)%')`,
      [state],
    )
    if (rows.length > 0) return
    await wait(10)
  }
  throw new Error(`no backend is ${state}`)
}
