import { tasks } from '../../src/jobs/tasks.ts'
import type { Message } from '../../src/mail.ts'
import type { Platform } from './platform.ts'

/** How many rows every table of the catalogue has, those of the job queue included. */
export async function countAllRows(platform: Platform): Promise<Record<string, number>> {
  const tables = await platform.sql(
    `select c.oid::regclass::text as name from pg_class c
      where c.relnamespace in ('public'::regnamespace, 'app'::regnamespace, 'graphile_worker'::regnamespace)
        and c.relkind in ('r', 'p') and c.relname not in ('rate_limits', 'request_counts') order by 1`,
  )
  const counts = await platform.sql(
    tables.map(({ name }) => `select '${name}' as name, count(*)::int as n from ${name}`).join(' union all '),
  )
  return Object.fromEntries(counts.map(({ name, n }) => [name, n]))
}

/** The mails that jobs are about to send to an address, as they would be sent now. */
export async function mailedTo(platform: Platform, email: string, template?: string): Promise<Message[]> {
  const jobs = await platform.sql(
    `select payload from graphile_worker._private_jobs
      where payload ->> 'email' = $1 and payload ->> 'template' = coalesce($2, payload ->> 'template') order by id`,
    [email, template ?? null],
  )
  const sent: Message[] = []
  const mail = { send: async (message: Message) => void sent.push(message) }
  for (const [index, { payload }] of jobs.entries()) {
    const job = { tenantId: payload.tenant_id, messageId: `<${index}@tenantry.example>` }
    await tasks['send-account-mail']({ ...platform.context, mail }, payload, job)
  }
  return sent
}
