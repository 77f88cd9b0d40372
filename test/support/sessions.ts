import { expect, vi } from 'vitest'
import { closeContext, createContext } from '../../src/context.ts'
import { withDirectClient } from '../../src/db/direct-client.ts'
import { startServer } from '../../src/server.ts'
import { testSecret } from './cluster.ts'
import { type Answer, createCaller, createMember, type Member, type Platform } from './platform.ts'

/** Presents a refresh token to a server. */
export function refresh({ url }: { url: string }, refreshToken: string) {
  return createCaller(url).post('/auth/refresh', { refresh_token: refreshToken })
}

/** The bearer of the tokens that a refresh gives. */
export async function refreshed(server: { url: string }, refreshToken: string) {
  const { status, body } = await refresh(server, refreshToken)
  if (status !== 200) throw new Error(`refresh answered ${status}: ${JSON.stringify(body)}`)
  return { ...createMember(server.url, body), refreshToken: body.refresh_token as string }
}

/** Whether an access token is still good for anything. */
export async function isSignedIn(member: Pick<Member, 'get'>): Promise<boolean> {
  const { status, body } = await member.get('/v1/me')
  if (status !== 200 && body.code !== 'unauthenticated') throw new Error(`/v1/me answered ${status}`)
  return status === 200
}

/** The sessions that a person has. */
export function sessionsOf(platform: Platform, { userId }: { userId: string }) {
  return platform.sql('select * from sessions where user_id = $1', [userId])
}

/** Makes somebody a member of a further tenant. */
export async function join(platform: Platform, tenantId: string, { userId }: { userId: string }) {
  await platform.sql(
    `insert into memberships (tenant_id, id, user_id, role, status, created_at, updated_at)
      values ($1, gen_random_uuid(), $2, 'member', 'active', now(), now())`,
    [tenantId, userId],
    tenantId,
  )
}

/** Changes somebody's membership of their tenant behind the API's back, as another process may. */
export async function setMembership(
  platform: Platform,
  { tenantId, userId }: { tenantId: string; userId: string },
  change: { role?: string; status?: string },
) {
  const [[column, value] = []] = Object.entries(change)
  const query = `update memberships set ${column} = $1 where user_id = $2 and tenant_id = $3`
  await platform.sql(query, [value, userId, tenantId], tenantId)
}

/** Changes a tenant's status behind the API's back. */
export async function setStatus(platform: Platform, tenantId: string, status: string, setBy = 'system') {
  await platform.forceTenant(tenantId, `status = '${status}', status_set_by = '${setBy}'`)
}

/** The same bearer, asking another server. */
export function at({ url }: { url: string }, { token, tenantId, userId, email }: Member): Member {
  return createMember(url, { access_token: token, tenant_id: tenantId, user: { id: userId, email } })
}

/** A second server on the platform's database, with pools, keys and memory of its own; same clock. */
export async function startAnother(platform: Platform, tokenKeySecret = testSecret) {
  const context = await createContext({ ...platform.context, ...platform.database, tokenKeySecret })
  const server = await startServer(context, { host: '127.0.0.1', port: 0 })
  return {
    context,
    url: server.url,
    async stop() {
      await server.close(2000)
      await closeContext(context)
    },
  }
}

/**
 * Holds a lock until one request after the other waits for it, or for those in front of it; then lets them go on, after
 * a last statement of whoever held it.
 */
export async function whileLocked(
  platform: Platform,
  lock: string,
  requests: (() => Promise<Answer>)[],
  last = 'select',
): Promise<Answer[]> {
  const answers: Promise<Answer>[] = []
  await withDirectClient(platform.database.adminUrl, async (client) => {
    await client.query('begin')
    await client.query(lock)
    for (const request of requests) {
      answers.push(request())
      await vi.waitFor(async () => expect(await countWaiting(platform)).toBe(answers.length), {
        timeout: 10_000,
      })
    }
    await client.query(last)
    await client.query('commit')
  })
  return Promise.all(answers)
}

async function countWaiting(platform: Platform): Promise<number> {
  const [row] = await platform.sql(
    `select count(distinct pid)::int as n from pg_locks join pg_stat_activity using (pid)
      where not granted and datname = current_database()`,
  )
  return row.n
}
