import { expect, vi } from 'vitest'
import type { Platform } from './platform.ts'

/**
 * Waits until autovacuum does nothing in a platform's database: while it analyses a table it is a transaction like any
 * other, and what was written since it began is not sealed yet.
 */
export async function untilNoAutovacuum(platform: Platform): Promise<void> {
  await vi.waitFor(
    async () => {
      const working = await platform.sql(
        `select pid from pg_stat_activity where datname = current_database() and backend_type = 'autovacuum worker'`,
      )
      expect(working).toEqual([])
    },
    { timeout: 20_000 },
  )
}

/** Keeps autovacuum away from the tables of a platform's database. */
export async function stopAutovacuum(platform: Platform): Promise<void> {
  await platform.sql(`do $$
    declare
      t regclass;
    begin
      for t in select oid from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' loop
        execute format('alter table %s set (autovacuum_enabled = false)', t);
      end loop;
    end $$`)
}
