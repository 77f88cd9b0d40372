import { setTimeout as sleep } from 'node:timers/promises'
import type { Compilable, CompiledQuery } from 'kysely'
import type { Database, Tx } from '../../../src/db/database.ts'

/** How long a planted fault leaves between the two halves of what belongs together. */
const gapMs = 300

/** Faults that a server may be given, so that it is seen whether they are found. */
export type Plant = 'answers before the commit' | 'audits in a second transaction'

/** A database of a server with this fault in its transactions inside tenants; without one, the same database. */
export function plant(db: Database, fault: string | undefined): Database {
  if (fault === 'answers before the commit') return answeringEarly(db)
  return fault === 'audits in a second transaction' ? auditingApart(db) : db
}

function answeringEarly(db: Database): Database {
  return {
    ...db,
    withTenant: (tenantId, work) =>
      new Promise((resolve, reject) => {
        const committed = db.withTenant(tenantId, async (tx) => {
          const value = await work(tx)
          resolve(value)
          await sleep(gapMs)
          return value
        })
        committed.catch(reject)
      }),
  }
}

function auditingApart(db: Database): Database {
  return {
    ...db,
    async withTenant(tenantId, work) {
      const audits: CompiledQuery[] = []
      const value = await db.withTenant(tenantId, (tx) => work(keepingAudits(tx, audits)))
      void sleep(gapMs).then(() =>
        db.withTenant(tenantId, async (tx) => {
          for (const each of audits) tx.atCommit({ compile: () => each })
        }),
      )
      return value
    },
  }
}

/** A handle that puts aside what is meant for the audit trail. */
function keepingAudits(tx: Tx, audits: CompiledQuery[]): Tx {
  const atCommit = (query: Compilable | (() => Compilable | undefined)) => {
    const compiled = typeof query === 'function' ? undefined : query.compile()
    if (compiled?.sql.startsWith('insert into "audit_entries"')) audits.push(compiled)
    else tx.atCommit(query)
  }
  return new Proxy(tx, {
    get(target, name) {
      if (name === 'atCommit') return atCommit
      const value = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
