import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Context } from '../../src/context.ts'
import { withDirectClient } from '../../src/db/direct-client.ts'
import type { TenantId } from '../../src/db/tenant-id.ts'
import { deriveToken } from '../../src/features/sessions/one-time-tokens.ts'
import { tasks } from '../../src/jobs/tasks.ts'
import { addClients, keptTables, rowsOf, runDeletion } from '../support/deletion.ts'
import { addMember } from '../support/members.ts'
import { signInOperator } from '../support/operators.ts'
import { goodPassword, type Member, type Platform, startPlatform } from '../support/platform.ts'
import { join } from '../support/sessions.ts'

// A deletion meets whoever is in the tenant, or joins another one, at that moment; dies anywhere; and runs twice.
let platform: Platform
let operator: Awaited<ReturnType<typeof signInOperator>>
beforeAll(async () => {
  platform = await startPlatform()
  operator = await signInOperator(platform)
})
afterAll(() => platform.stop())

async function requestDeletion({ tenantId }: Member): Promise<string> {
  const path = `/v1/admin/tenants/${tenantId}`
  const { body } = await operator.request('DELETE', path, { reason: 'Asked for by its owner' })
  return body.certificate
}

const certificateAt = async (path: string) => (await operator.get(path)).body
const countOf = (certificate: { tables: { table: string; before: number }[] }, name: string) =>
  certificate.tables.find(({ table }) => table === name)?.before

/** Runs work while somebody else's transaction stands open behind a statement. */
async function whileHeld(statement: string, work: () => Promise<void>): Promise<void> {
  await withDirectClient(platform.database.adminUrl, async (client) => {
    await client.query('begin')
    await client.query(statement)
    await work()
    await client.query('commit')
  })
}

const untilWaiting = (count: number) =>
  vi.waitFor(
    async () => {
      const [row] = await platform.sql(
        `select count(distinct pid)::int as n from pg_locks join pg_stat_activity using (pid)
          where not granted and datname = current_database()`,
      )
      expect(row.n).toBe(count)
    },
    { timeout: 10_000, interval: 5 },
  )

/** Waits until a deletion has looked several times whether it may go on. */
async function untilLooking() {
  const spy = vi.spyOn(platform.context.db, 'withPlatform')
  await vi.waitFor(() =>
    expect(spy.mock.calls.filter(([why]) => why === 'deletion').length).toBeGreaterThan(6),
  )
  spy.mockRestore()
}

async function expectNothingLeft({ tenantId }: Member) {
  expect(Object.keys(await rowsOf(platform, tenantId)).sort()).toEqual(keptTables)
}

test('whoever was let in before is waited for, and what they write goes, too', async () => {
  const company = await platform.signUp('Writes')
  const answers: Promise<unknown>[] = []
  let path = ''
  // Until then the request has been let in, and has written nothing.
  await whileHeld('lock table clients in share row exclusive mode', async () => {
    const writing = company.post('/v1/clients', { name: 'Just in time' })
    answers.push(writing.then(({ status }) => expect(status).toBe(201)))
    await untilWaiting(1)
    path = await requestDeletion(company)
    answers.push(runDeletion(platform, company.tenantId))
    await untilLooking()
    expect(await certificateAt(path)).toMatchObject({ rows_total: null, rows_deleted: 0 })
  })
  await Promise.all(answers)
  await expectNothingLeft(company)
  expect(countOf(await certificateAt(path), 'clients')).toBe(1)
})

test('whatever the platform does inside a tenant is waited for, before it has written a row', async () => {
  const company = await platform.signUp('Looked At')
  const path = await requestDeletion(company)
  const tenantId = company.tenantId as TenantId
  const [begun, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const inside = platform.context.db.withPlatform(
    'tenants',
    async (tx) => {
      await tx.selectFrom('plans').select('plan').execute()
      begun.resolve()
      await ended.promise
    },
    { tenantId },
  )
  await begun.promise
  const deletion = runDeletion(platform, tenantId)
  await untilLooking()
  expect(await certificateAt(path)).toMatchObject({ rows_total: null })
  ended.resolve()
  await inside
  await deletion
  await expectNothingLeft(company)
})

test('whoever is just joining is waited for, and goes with the tenant', async () => {
  const company = await platform.signUp('Invites')
  const email = 'newcomer@home.example'
  await company.post('/v1/invitations', { email, role: 'member' })
  const token = await tokenOf(company)
  const answers: Promise<unknown>[] = []
  let path = ''
  await whileHeld('lock table memberships in share row exclusive mode', async () => {
    const names = { first_name: 'Grace', last_name: 'Hopper', password: goodPassword }
    const accepting = platform.post('/auth/accept-invitation', { token, ...names })
    answers.push(accepting.then(({ status }) => expect(status).toBe(200)))
    await untilWaiting(1)
    path = await requestDeletion(company)
    answers.push(runDeletion(platform, company.tenantId))
    await untilLooking()
    expect(await certificateAt(path)).toMatchObject({ rows_total: null })
  })
  await Promise.all(answers)
  await expectNothingLeft(company)
  expect(await certificateAt(path)).toMatchObject({ status: 'done', users_deleted: 2 })
  expect(await platform.sql('select from users where email = $1', [email])).toEqual([])
})

test('who is just joining another tenant stays, and keeps nothing of this one', async () => {
  const company = await platform.signUp('Leaves')
  const mover = await addMember(platform, company.tenantId, 'member')
  await requestDeletion(company)
  let deletion: Promise<void> | undefined
  await withDirectClient(platform.database.adminUrl, async (client) => {
    await client.query(`begin; set local app.tenant_id = 'globex'`)
    await client.query(
      `insert into memberships (tenant_id, id, user_id, role, status, created_at, updated_at)
        values ('globex', gen_random_uuid(), $1, 'member', 'active', now(), now())`,
      [mover.userId],
    )
    deletion = runDeletion(platform, company.tenantId)
    await untilWaiting(1)
    await client.query('commit')
  })
  await deletion
  await expectNothingLeft(company)
  const credentials = { email: mover.email, password: goodPassword }
  expect((await platform.post('/auth/login', credentials)).body.tenant_id).toBe('globex')
})

test('who comes too late to join another tenant is told so, and nobody else waits meanwhile', async () => {
  const company = await platform.signUp('Leaves First')
  const { userId, email } = await addMember(platform, company.tenantId, 'member')
  await platform.globex.post('/v1/invitations', { email, role: 'member' })
  const token = await tokenOf(platform.globex)
  await requestDeletion(company)
  let deletion: Promise<void> | undefined
  let joining: Promise<{ status: number; body: { code: string } }> | undefined
  // The members are deleted and held by then.
  await whileHeld(`select from known_addresses where person_id = '${userId}' for update`, async () => {
    deletion = runDeletion(platform, company.tenantId)
    await untilWaiting(1)
    joining = platform.post('/auth/accept-invitation', { token, password: goodPassword })
    await untilWaiting(2)
    const { globex } = platform
    const { status, body } = await globex.post('/v1/clients', { name: 'Meanwhile' })
    expect(status).toBe(201)
    expect((await globex.patch(`/v1/clients/${body.id}`, { name: 'In between' })).status).toBe(200)
    expect((await globex.delete(`/v1/clients/${body.id}`)).status).toBe(204)
    expect((await globex.patch('/v1/me', { first_name: 'Ida' })).status).toBe(200)
    const login = { email: globex.email, password: goodPassword }
    expect((await platform.post('/auth/login', login)).status).toBe(200)
    expect((await platform.signUp('Meanwhile')).tenantId).toBe('meanwhile')
    const strong = await platform.sql(
      `select mode from pg_locks l join pg_database d on d.oid = l.database
        where locktype = 'relation' and datname = current_database() and mode not in
          ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock')`,
    )
    expect(strong).toEqual([])
  })
  await deletion
  expect(await joining).toMatchObject({
    status: 400,
    body: {
      errors: expect.arrayContaining([{ path: 'body.first_name', message: 'is required for a new account' }]),
    },
  })
  expect(await platform.sql('select from users where id = $1', [userId])).toEqual([])
  await expectNothingLeft(company)
})

test('wherever it dies, the next run goes on, until all is done', async () => {
  const company = await platform.signUp('Dies Often')
  const other = await addMember(platform, company.tenantId, 'member')
  await join(platform, 'globex', other)
  await addClients(platform, company.tenantId, 2_100)
  const path = await requestDeletion(company)
  const left: number[] = []
  for (let steps = 0; ; steps++) {
    // In turn before the commit of a transaction and behind it.
    const context = dyingAfter(Math.floor(steps / 2), steps % 2 === 0 ? 'before' : 'behind')
    const died = await runDeletion({ context }, company.tenantId).then(
      () => false,
      (error) => error instanceof Died || Promise.reject(error),
    )
    left.push(Object.keys(await rowsOf(platform, company.tenantId)).length)
    if (!died) break
  }
  expect(left.length).toBeGreaterThan(10)
  expect(left).toEqual(left.toSorted((one, next) => next - one))
  await expectNothingLeft(company)
  const certificate = await certificateAt(path)
  expect(certificate).toMatchObject({
    status: 'done',
    users_deleted: 1,
    rows_deleted: certificate.rows_total,
  })
})

test('several runs at once do the work of one', async () => {
  const company = await platform.signUp('Hurried')
  await addClients(platform, company.tenantId, 3_000)
  const path = await requestDeletion(company)
  await Promise.all([1, 2, 3].map(() => runDeletion(platform, company.tenantId)))
  await expectNothingLeft(company)
  const certificate = await certificateAt(path)
  expect(certificate).toMatchObject({
    status: 'done',
    rows_deleted: certificate.rows_total,
    users_deleted: 1,
  })
})

class Died extends Error {}

/** A process that dies after so many transactions of a deletion, before the commit of the next or behind it. */
function dyingAfter(transactions: number, when: 'before' | 'behind'): Context {
  let begun = 0
  const { db } = platform.context
  return {
    ...platform.context,
    db: {
      ...db,
      withPlatform: async (reason, work, options) => {
        const isLast = begun++ === transactions
        const value = await db.withPlatform(
          reason,
          async (tx) => {
            const made = await work(tx)
            if (isLast && when === 'before') throw new Died()
            return made
          },
          options,
        )
        if (isLast) throw new Died()
        return value
      },
    },
  }
}

/** Sends the mail of a tenant's one invitation, and gives the token in it. */
async function tokenOf({ tenantId }: Member): Promise<string> {
  const [invitation] = await platform.sql(
    'select id, token_id, email from invitations where tenant_id = $1',
    [tenantId],
    tenantId,
  )
  const { id, token_id: tokenId, email } = invitation
  const job = { tenantId, messageId: '' }
  await tasks['send-invitation'](platform.context, { invitation_id: id, token_id: tokenId }, job)
  return deriveToken(platform.context, 'accept_invitation', { tokenId, email })
}
