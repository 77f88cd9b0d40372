import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { withDirectClient } from '../../src/db/direct-client.ts'
import { sendInvitation } from '../../src/features/invitations/send-invitation.ts'
import { addApiKey, addMember, membershipOf, signIn } from '../support/members.ts'
import {
  type Answer,
  createMember,
  goodPassword,
  type Member,
  type Platform,
  startPlatform,
} from '../support/platform.ts'
import { isSignedIn, join, setMembership, setStatus } from '../support/sessions.ts'
import { type SmtpSink, startSmtpSink, tokenIn } from '../support/smtp-sink.ts'

let sink: SmtpSink
let platform: Platform
let acme: Member
let globex: Member
beforeAll(async () => {
  sink = await startSmtpSink()
  platform = await startPlatform({ SMTP_URL: sink.url, APP_URL: 'https://app.example/' }, { worker: true })
  acme = platform.acme
  globex = platform.globex
  // Their trials would be over within these tests.
  for (const { tenantId } of [acme, globex]) {
    await setStatus(platform, tenantId, 'ACTIVE')
    // More people than their plan has seats for.
    await platform.forceTenant(tenantId, `limit_overrides = '{"users": null}'`)
  }
})
afterAll(async () => {
  await platform.stop()
  await sink.close()
})
afterEach(() => vi.restoreAllMocks())

const week = 7 * 86_400_000
const code = ({ status, body }: Answer) => [status, body.code]
const grace = { first_name: 'Grace', last_name: 'Hopper', password: 'a-good-one-for-grace' }

/** Moves the clock further than an access token lives. */
async function later(ms: number) {
  platform.clock.advance(ms)
  acme = await signIn(platform, 'acme', acme.email)
  globex = await signIn(platform, 'globex', globex.email)
}

let people = 0
const somebody = () => `somebody-${++people}@people.example`

async function invite(inviter: Member, email = somebody(), role = 'member') {
  const { status, body } = await inviter.post('/v1/invitations', { email, role })
  if (status !== 201) throw new Error(`no invitation was made: ${status} ${JSON.stringify(body)}`)
  return body as { id: string; email: string }
}

/** Invites and waits for the mail. */
async function inviteByMail(inviter: Member, email = somebody(), role = 'member') {
  const { id } = await invite(inviter, email, role)
  const mail = await sink.untilMailTo(email, 'invites you')
  return { id, email, mail, token: tokenIn(mail) }
}

const accept = (token: string, more: object = {}, headers: Record<string, string> = {}) =>
  platform.post('/auth/accept-invitation', { token, ...more }, headers)
const logIn = (email: string, password: string, tenantId = 'acme') =>
  platform.post('/auth/login', { email, password }, { 'X-Tenant-ID': tenantId })
const listed = async (id: string, member = acme) =>
  (await member.get('/v1/invitations?limit=100')).body.data.find((each: { id: string }) => each.id === id)
const auditOf = (id: string) =>
  platform.sql(
    'select actor_kind, actor_id, action, changed_fields from audit_entries where object_id = $1 order by action',
    [id],
    'acme',
  )

describe('inviting', () => {
  test('brings a mail, by which a new person joins in the role they were invited in', async () => {
    const email = somebody()
    const { status, body: invitation } = await acme.post('/v1/invitations', { email, role: 'manager' })
    expect(status).toBe(201)
    const now = platform.clock.now()
    expect(invitation).toEqual({
      id: expect.any(String),
      email,
      role: 'manager',
      status: 'pending',
      invited_by: acme.userId,
      created_at: now.toISOString(),
      expires_at: new Date(now.getTime() + week).toISOString(),
      accepted_at: null,
    })
    const mail = await sink.untilMailTo(email)
    expect(mail.subject).toBe('Ada Lovelace invites you to Acme')
    expect(mail.text).toMatch(/^https:\/\/app\.example\/accept-invitation\?token=[\w-]{43}$/m)

    platform.clock.advance(1000)
    const { status: answered, headers, body: login } = await accept(tokenIn(mail), grace)
    expect(answered).toBe(200)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(login).toMatchObject({
      tenant_id: 'acme',
      token_type: 'bearer',
      user: { email, first_name: 'Grace', last_name: 'Hopper', locale: 'en', role: 'manager' },
    })
    expect((await createMember(platform.url, login).get('/v1/clients')).status).toBe(200)
    const tokens = await platform.sql('select used_at from one_time_tokens where invitation_id = $1', [
      invitation.id,
    ])
    expect(tokens).toEqual([{ used_at: platform.clock.now() }])
    expect((await logIn(email, grace.password)).body.user.role).toBe('manager')
    expect(await listed(invitation.id)).toEqual({
      ...invitation,
      status: 'accepted',
      accepted_at: platform.clock.now().toISOString(),
    })
    expect(await auditOf(invitation.id)).toEqual([
      {
        actor_kind: 'user',
        actor_id: login.user.id,
        action: 'invitation.accepted',
        changed_fields: ['status', 'accepted_at'],
      },
      {
        actor_kind: 'user',
        actor_id: acme.userId,
        action: 'invitation.created',
        changed_fields: ['email', 'role'],
      },
    ])
    const [user] = await platform.sql(
      'select email_verified_at, terms_accepted_at from users where email = $1',
      [email],
    )
    expect(user, 'the token proves the mailbox, and the company has accepted the terms').toEqual({
      email_verified_at: platform.clock.now(),
      terms_accepted_at: null,
    })
  })

  test('writes in the language of the person, or of who invites when nobody knows them', async () => {
    const french = await platform.signUp('Bonjour', { locale: 'fr', admin_first_name: 'Zoé' })
    const { email } = await invite(french)
    expect((await sink.untilMailTo(email)).subject).toBe('Zoé Lovelace vous invite chez Bonjour')
    const english = await platform.signUp('Hello')
    await invite(french, english.email)
    expect((await sink.untilMailTo(english.email, 'Bonjour')).subject).toBe(
      'Zoé Lovelace invites you to Bonjour',
    )
  })

  test('stores the token nowhere', async () => {
    const { id, token } = await inviteByMail(acme)
    const [row] = await platform.sql(
      `select (select to_jsonb(i)::text from invitations i where id = $1)
          || (select string_agg(to_jsonb(t)::text, '') from one_time_tokens t)
          || coalesce((select string_agg(to_jsonb(j)::text, '') from graphile_worker._private_jobs j), '') as text`,
      [id],
      'acme',
    )
    expect(row.text).toContain(id)
    expect(row.text).not.toContain(token)
    expect(platform.logLines.join('')).not.toContain(token)
  })

  test('gives no role above one’s own, and is not for everybody', async () => {
    const admin = await addMember(platform, 'acme', 'admin')
    const ask = (member: Member, role: string) => member.post('/v1/invitations', { email: somebody(), role })
    expect(code(await ask(admin, 'owner'))).toEqual([403, 'role_too_high'])
    expect((await ask(admin, 'admin')).status).toBe(201)
    const manager = await addMember(platform, 'acme', 'manager')
    expect(code(await ask(manager, 'viewer'))).toEqual([403, 'insufficient_role'])
    expect(code(await manager.get('/v1/invitations'))).toEqual([403, 'insufficient_role'])
  })

  test('by an API key is in the name of who made it, up to the key’s role', async () => {
    const createdBy = await membershipOf(platform, acme)
    const key = await addApiKey(platform, { tenantId: 'acme', role: 'admin', createdBy })
    const ask = (role: string) => key.post('/v1/invitations', { email: somebody(), role })
    expect((await ask('member')).body.invited_by).toBe(acme.userId)
    expect(code(await ask('owner'))).toEqual([403, 'role_too_high'])
  })

  test.each(['active', 'disabled'])('refuses who is a member already, even %s', async (status) => {
    const member = await addMember(platform, 'acme', 'viewer')
    await setMembership(platform, member, { status })
    const answer = await acme.post('/v1/invitations', { email: member.email.toUpperCase(), role: 'viewer' })
    expect(code(answer)).toEqual([409, 'already_member'])
  })

  test('refuses who is invited already, however the address is written; another tenant may', async () => {
    const { email } = await invite(acme)
    for (const each of [email, email.toUpperCase()]) {
      const again = await acme.post('/v1/invitations', { email: each, role: 'viewer' })
      expect(code(again)).toEqual([409, 'already_invited'])
    }
    await invite(globex, email)
  })

  test('of twenty invitations of one address at once one is made', async () => {
    const email = somebody()
    const invitation = { email, role: 'viewer' }
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => acme.post('/v1/invitations', invitation)),
    )
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(answers.filter(({ body }) => body.code === 'already_invited')).toHaveLength(19)

    await later(week)
    const again = await Promise.all(
      Array.from({ length: 20 }, () => acme.post('/v1/invitations', invitation)),
    )
    expect(again.map(({ status }) => status).sort()).toEqual([201, ...Array(19).fill(409)])
    const { body } = await acme.get('/v1/invitations?limit=100')
    const own = body.data.filter((each: { email: string }) => each.email === email)
    expect(own.map(({ status }: { status: string }) => status)).toEqual(['pending', 'expired'])
  })

  test.each([
    ['no address', { role: 'viewer' }],
    ['what is no address', { email: 'grace', role: 'viewer' }],
    ['no role', { email: 'grace@people.example' }],
    ['a role that does not exist', { email: 'grace@people.example', role: 'emperor' }],
    ['a further field', { email: 'grace@people.example', role: 'viewer', token_id: randomUUID() }],
  ])('refuses %s', async (_what, body) => {
    expect(code(await acme.post('/v1/invitations', body))).toEqual([400, 'invalid_request'])
  })
})

describe('the job', () => {
  const job = { tenantId: 'acme', messageId: '<1@tenantry>' }
  const tokenIdOf = async (id: string) =>
    (await platform.sql('select token_id from invitations where id = $1', [id], 'acme'))[0].token_id as string

  test('that fails sends the same token when it is tried again', async () => {
    const jobs = () => platform.sql('select 1 from graphile_worker._private_jobs')
    await vi.waitFor(async () => expect(await jobs()).toEqual([]), { timeout: 10_000 })
    sink.refuseNext(1)
    const { email } = await invite(acme)
    await vi.waitFor(() => expect(sink.refused.at(-1)?.recipients).toEqual([email]), { timeout: 10_000 })
    // Instead of waiting as long as the queue would.
    await vi.waitFor(
      async () => {
        const moved = await platform.sql(
          'update graphile_worker._private_jobs set run_at = now() where attempts = 1 and locked_at is null returning id',
        )
        expect(moved).toHaveLength(1)
      },
      { timeout: 10_000 },
    )
    const [refused, mail] = [sink.refused.at(-1), await sink.untilMailTo(email)]
    expect(mail.messageId).toBe(refused?.messageId)
    expect(refused && tokenIn(refused)).toBe(tokenIn(mail))
    expect((await accept(tokenIn(mail), grace)).status).toBe(200)
  })

  test('that runs once more behind its own end brings no used token back', async () => {
    const { id, token } = await inviteByMail(acme)
    const token_id = await tokenIdOf(id)
    expect((await accept(token, grace)).status).toBe(200)
    const send = vi.spyOn(platform.context.mail, 'send')
    await sendInvitation(platform.context, { invitation_id: id, token_id }, job)
    expect(send).not.toHaveBeenCalled()
    expect(code(await accept(token, grace))).toEqual([400, 'token_invalid'])
  })

  test.each([
    ['was revoked', (id: string) => acme.delete(`/v1/invitations/${id}`)],
    ['was sent again since', (id: string) => acme.post(`/v1/invitations/${id}/resend`, undefined)],
    ['is over', () => later(week)],
  ])('sends nothing for an invitation that %s', async (_what, happen) => {
    const { id } = await inviteByMail(acme)
    const mail = { invitation_id: id, token_id: await tokenIdOf(id) }
    const send = vi.spyOn(platform.context.mail, 'send').mockResolvedValue()
    const sent = () => send.mock.calls.filter(([{ messageId }]) => messageId === job.messageId)
    await sendInvitation(platform.context, mail, job)
    expect(sent()).toHaveLength(1)
    await happen(id)
    await sendInvitation(platform.context, mail, job)
    expect(sent()).toHaveLength(1)
  })

  test('of another tenant does not find it', async () => {
    const { id } = await inviteByMail(acme)
    const send = vi.spyOn(platform.context.mail, 'send')
    const mail = { invitation_id: id, token_id: await tokenIdOf(id) }
    await sendInvitation(platform.context, mail, { ...job, tenantId: 'globex' })
    expect(send).not.toHaveBeenCalled()
  })
})

describe('the list', () => {
  test('goes through all invitations page by page, newest first, and filters by how they stand', async () => {
    let pages = await platform.signUp('Pages')
    const overdue = await invite(pages)
    await later(week - 1)
    pages = await signIn(platform, 'pages', pages.email)
    const revoked = await invite(pages)
    await pages.delete(`/v1/invitations/${revoked.id}`)
    platform.clock.advance(1)
    const pending = await invite(pages)
    const ids = async (query: string) => {
      const { body } = await pages.get(`/v1/invitations?${query}`)
      return body.data.map(({ id }: { id: string }) => id)
    }
    expect(await ids('')).toEqual([pending.id, revoked.id, overdue.id])
    expect(await ids('status=pending')).toEqual([pending.id])
    expect(await ids('status=revoked')).toEqual([revoked.id])
    expect(await ids('status=expired')).toEqual([overdue.id])
    expect(await ids('status=accepted')).toEqual([])
    expect(await listed(overdue.id, pages)).toMatchObject({ status: 'expired' })

    const first = (await pages.get('/v1/invitations?limit=2')).body
    expect(first.data.map(({ id }: { id: string }) => id)).toEqual([pending.id, revoked.id])
    const second = (await pages.get(`/v1/invitations?limit=2&cursor=${first.next_cursor}`)).body
    expect(second).toMatchObject({ data: [{ id: overdue.id }], next_cursor: null })
    expect((await pages.get('/v1/invitations?status=lost')).status).toBe(400)
  })
})

describe('sending again', () => {
  const resend = (id: string, member = acme) => member.post(`/v1/invitations/${id}/resend`, undefined)

  test('brings a new link and another week, and the link before opens nothing', async () => {
    const { id, email, token: old } = await inviteByMail(acme)
    await later(week - 1000)
    const { status, body } = await resend(id)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      id,
      status: 'pending',
      expires_at: new Date(platform.clock.now().getTime() + week).toISOString(),
    })
    expect(code(await accept(old, grace)), 'at once, not only when the mail goes out').toEqual([
      400,
      'token_invalid',
    ])
    const token = tokenIn(await sink.untilMailTo(email))
    expect(token).not.toBe(old)
    expect(code(await accept(old, grace))).toEqual([400, 'token_invalid'])
    platform.clock.advance(2000)
    expect((await accept(token, grace)).status).toBe(200)
    expect((await auditOf(id)).map(({ action }) => action)).toContain('invitation.resent')
  })

  test('brings an expired one back', async () => {
    const { id, email, token: old } = await inviteByMail(acme)
    await later(week)
    expect(await listed(id)).toMatchObject({ status: 'expired' })
    expect((await resend(id)).status).toBe(200)
    expect(code(await accept(old, grace))).toEqual([400, 'token_invalid'])
    expect((await accept(tokenIn(await sink.untilMailTo(email)), grace)).status).toBe(200)
  })

  test('does not bring back one behind which there is a later one, until that is over too', async () => {
    const { id, email } = await invite(acme)
    await later(week)
    const newer = await invite(acme, email)
    expect(code(await resend(id))).toEqual([409, 'already_invited'])
    await later(week)
    expect((await resend(id)).status).toBe(200)
    expect(await listed(newer.id)).toMatchObject({ status: 'expired' })
  })

  test('is not for those that were accepted or revoked, nor for members', async () => {
    const accepted = await inviteByMail(acme)
    await accept(accepted.token, grace)
    expect(code(await resend(accepted.id))).toEqual([409, 'conflict'])
    const revoked = await invite(acme)
    await acme.delete(`/v1/invitations/${revoked.id}`)
    expect(code(await resend(revoked.id))).toEqual([409, 'conflict'])
    const { id, email } = await invite(acme)
    await addMember(platform, 'acme', 'viewer', { email })
    expect(code(await resend(id))).toEqual([409, 'already_member'])
    expect(code(await resend(randomUUID()))).toEqual([404, 'not_found'])
  })

  test('gives no role above one’s own', async () => {
    const admin = await addMember(platform, 'acme', 'admin')
    const { id } = await invite(acme, undefined, 'owner')
    expect(code(await resend(id, admin))).toEqual([403, 'role_too_high'])
  })

  test('is in the name of who does so', async () => {
    const admin = await addMember(platform, 'acme', 'admin')
    const { id, email } = await inviteByMail(admin)
    await acme.delete(`/v1/users/${admin.userId}`)
    expect(await listed(id)).toMatchObject({ invited_by: null })
    expect((await resend(id)).body.invited_by).toBe(acme.userId)
    expect((await accept(tokenIn(await sink.untilMailTo(email)), grace)).status).toBe(200)
  })
})

describe('revoking', () => {
  test('makes the link void, and room for another invitation', async () => {
    const { id, email, token } = await inviteByMail(acme)
    expect((await acme.delete(`/v1/invitations/${id}`)).status).toBe(204)
    expect(code(await accept(token, grace))).toEqual([400, 'token_invalid'])
    expect(await listed(id)).toMatchObject({ status: 'revoked' })
    expect((await auditOf(id)).map(({ action }) => action)).toEqual([
      'invitation.created',
      'invitation.revoked',
    ])
    const again = await inviteByMail(acme, email)
    expect((await accept(again.token, grace)).status).toBe(200)
  })

  test('is for pending ones only', async () => {
    const revoke = (id: string) => acme.delete(`/v1/invitations/${id}`)
    const accepted = await inviteByMail(acme)
    await accept(accepted.token, grace)
    expect(code(await revoke(accepted.id))).toEqual([409, 'conflict'])
    expect(await listed(accepted.id)).toMatchObject({ status: 'accepted' })
    const revoked = await invite(acme)
    await revoke(revoked.id)
    expect(code(await revoke(revoked.id))).toEqual([409, 'conflict'])
    const overdue = await invite(acme)
    await later(week)
    expect(code(await revoke(overdue.id))).toEqual([409, 'conflict'])
    expect(code(await revoke(randomUUID()))).toEqual([404, 'not_found'])
  })

  test.each([
    ['revoking', (id: string) => acme.delete(`/v1/invitations/${id}`)],
    ['sending again', (id: string) => acme.post(`/v1/invitations/${id}/resend`, undefined)],
  ])('%s waits for who is accepting, and comes too late', async (_what, ask) => {
    const { id } = await invite(acme)
    const answer = await withDirectClient(platform.database.adminUrl, async (client) => {
      await client.query("begin; set local app.tenant_id = 'acme'")
      await client.query("update invitations set status = 'accepted' where id = $1", [id])
      const asked = ask(id)
      await vi.waitFor(
        async () => {
          const waiting = await platform.sql(
            "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
          )
          expect(waiting).toHaveLength(1)
        },
        { timeout: 10_000 },
      )
      await client.query('commit')
      return asked
    })
    expect(code(answer)).toEqual([409, 'conflict'])
    expect(await listed(id)).toMatchObject({ status: 'accepted' })
  })
})

describe('a token that opens nothing', () => {
  const refused = async (token: string) =>
    expect(code(await accept(token, grace))).toEqual([400, 'token_invalid'])

  test('is one that was used, is unknown, or of something else', async () => {
    const { token } = await inviteByMail(acme)
    expect((await accept(token, grace)).status).toBe(200)
    for (const each of [token, '', 'x', 'A'.repeat(43), `${token}A`]) await refused(each)
    const reset = { email: globex.email }
    await platform.post('/auth/forgot-password', reset)
    await refused(tokenIn(await sink.untilMailTo(globex.email, 'password')))
  })

  test('is one that is over, to the millisecond', async () => {
    const [late, inTime] = [await inviteByMail(acme), await inviteByMail(acme)]
    await later(week - 1)
    expect((await accept(inTime.token, grace)).status).toBe(200)
    platform.clock.advance(1)
    await refused(late.token)
  })

  test('is one whose invitation is over, whatever the token says', async () => {
    const { id, token } = await inviteByMail(acme)
    await platform.sql(
      'update invitations set expires_at = $1 where id = $2',
      [platform.clock.now(), id],
      'acme',
    )
    await refused(token)
  })

  test('costs no hash of a password, nor says what else is wrong', async () => {
    const hash = vi.spyOn(platform.context.passwords, 'hash')
    await refused('A'.repeat(43))
    const { id, token } = await inviteByMail(acme)
    await acme.delete(`/v1/invitations/${id}`)
    await refused(token)
    expect(code(await accept(token))).toEqual([400, 'token_invalid'])
    expect(hash).not.toHaveBeenCalled()
  })

  test('is one whose inviter was removed', async () => {
    const inviter = await addMember(platform, 'acme', 'admin')
    const { token } = await inviteByMail(inviter)
    await acme.delete(`/v1/users/${inviter.userId}`)
    await refused(token)
  })

  test.each([
    ['is disabled', { status: 'disabled' }, { status: 'active' }],
    ['has a lower role by now', { role: 'viewer' }, { role: 'admin' }],
    ['may not invite any more', { role: 'manager' }, { role: 'admin' }],
  ])('is one whose inviter %s, and is good again with them', async (_what, change, back) => {
    const inviter = await addMember(platform, 'acme', 'admin')
    const { token } = await inviteByMail(inviter)
    await setMembership(platform, inviter, change)
    await refused(token)
    await setMembership(platform, inviter, back)
    expect((await accept(token, grace)).status).toBe(200)
  })

  test('is one whose inviter is lower than the role by now', async () => {
    const inviter = await addMember(platform, 'acme', 'owner')
    const { token } = await inviteByMail(inviter, undefined, 'owner')
    await setMembership(platform, inviter, { role: 'admin' })
    await refused(token)
  })

  test.each(['CANCELLED', 'DELETING', 'DELETED'])('is one of a tenant that is %s', async (status) => {
    const company = await platform.signUp(`Was ${status}`)
    const { token } = await inviteByMail(company)
    await setStatus(platform, company.tenantId, status)
    await refused(token)
    await setStatus(platform, company.tenantId, 'SUSPENDED')
    expect((await accept(token, grace)).status, 'where there may be members it is good').toBe(200)
  })

  test('is one whose invitation changed while a password was hashed', async () => {
    const { passwords } = platform.context
    const { hash } = passwords
    const meanwhile = (happen: () => Promise<unknown>) =>
      vi.spyOn(passwords, 'hash').mockImplementationOnce(async (password) => {
        await happen()
        return hash(password)
      })
    const revoked = await inviteByMail(acme)
    meanwhile(() => acme.delete(`/v1/invitations/${revoked.id}`))
    await refused(revoked.token)
    const resent = await inviteByMail(acme)
    meanwhile(() => acme.post(`/v1/invitations/${resent.id}/resend`, undefined))
    await refused(resent.token)
    const inviter = await addMember(platform, 'acme', 'admin')
    const { token } = await inviteByMail(inviter)
    meanwhile(() => setMembership(platform, inviter, { role: 'viewer' }))
    await refused(token)
  })
})

describe('a new person', () => {
  test('is told which fields a new account needs, and the token stays good', async () => {
    const { token } = await inviteByMail(acme)
    const message = 'is required for a new account'
    const { status, body } = await accept(token)
    expect([status, body.code]).toEqual([400, 'invalid_request'])
    expect(body.errors).toEqual(
      ['first_name', 'last_name', 'password'].map((name) => ({ path: `body.${name}`, message })),
    )
    const { first_name, password } = grace
    expect((await accept(token, { first_name, password })).body.errors).toEqual([
      { path: 'body.last_name', message },
    ])
    const french = await accept(token, {}, { 'Accept-Language': 'fr' })
    expect(french.body.errors[0].message).toBe('est obligatoire pour un nouveau compte')
    expect((await accept(token, grace)).status).toBe(200)
  })

  test('needs a password that nobody guesses', async () => {
    const email = `pomegranate-${++people}@people.example`
    const { token } = await inviteByMail(acme, email)
    const messageFor = async (password: string) => {
      const { status, body } = await accept(token, { ...grace, password })
      expect([status, body.errors?.[0]?.path]).toEqual([400, 'body.password'])
      return body.errors[0].message
    }
    expect(await messageFor('short')).toBe('should have at least 8 characters')
    expect(await messageFor('password123')).toBe('is one of the most common passwords')
    for (const own of ['GraceHopper1', 'acme-2026-acme', 'pomegranate99']) {
      expect(await messageFor(own)).toBe('is made of your own or the company’s names')
    }
    expect((await accept(token, grace)).status).toBe(200)
  })

  test('gets in once, however often they try at the same time', async () => {
    const { email, token } = await inviteByMail(acme)
    const answers = await Promise.all(Array.from({ length: 10 }, () => accept(token, grace)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ body }) => body.code === 'token_invalid')).toHaveLength(9)
    const [row] = await platform.sql(
      `select (select count(*)::int from memberships m join users u on u.id = m.user_id where u.email = $1) as members,
        (select count(*)::int from sessions s join users u on u.id = s.user_id where u.email = $1) as sessions`,
      [email],
      'acme',
    )
    expect(row).toEqual({ members: 1, sessions: 1 })
  })

  test('is none of anything when something fails, and can try again', async () => {
    const { email, token } = await inviteByMail(acme)
    await platform.sql('alter table sessions add constraint planted check (false) not valid')
    try {
      expect((await accept(token, grace)).status).toBeGreaterThanOrEqual(400)
    } finally {
      await platform.sql('alter table sessions drop constraint planted')
    }
    expect(await platform.sql('select 1 from users where email = $1', [email])).toEqual([])
    expect((await accept(token, grace)).status).toBe(200)
  })

  test('invited by two companies chooses a password at one, and then belongs to both', async () => {
    const email = somebody()
    const [one, two] = [await inviteByMail(acme, email), await inviteByMail(globex, email)]
    const answers = await Promise.all([accept(one.token, grace), accept(two.token, grace)])
    expect(answers.map(code).sort()).toEqual([
      [200, undefined],
      [409, 'email_taken'],
    ])
    const left = answers[0].status === 200 ? two : one
    expect((await accept(left.token, { password: grace.password })).status).toBe(200)
    for (const tenantId of ['acme', 'globex']) {
      expect((await logIn(email, grace.password, tenantId)).status).toBe(200)
    }
  })
})

describe('a person with a verified address', () => {
  const own = { password: goodPassword }

  test('joins with their password, and is signed in', async () => {
    const person = await addMember(platform, 'globex', 'viewer')
    const { id, token } = await inviteByMail(acme, person.email)
    const { status, body } = await accept(token, own)
    expect([status, body.tenant_id]).toEqual([200, 'acme'])
    expect(body.user).toMatchObject({ id: person.userId, role: 'member' })
    expect(await isSignedIn(createMember(platform.url, body))).toBe(true)
    expect((await logIn(person.email, goodPassword)).body.user).toMatchObject({
      id: person.userId,
      role: 'member',
    })
    expect(await isSignedIn(person), 'where they were before').toBe(true)
    expect((await auditOf(id))[0]).toMatchObject({ action: 'invitation.accepted', actor_id: person.userId })
  })

  test('who cannot show that the account is theirs does not get in: the link proves the mailbox only', async () => {
    const person = await addMember(platform, 'globex', 'viewer')
    const { id, token } = await inviteByMail(acme, person.email)
    const alone = await accept(token)
    expect(code(alone)).toEqual([400, 'invalid_request'])
    expect(alone.body.errors).toEqual([{ path: 'body.password', message: 'is required' }])
    expect(code(await accept(token, { password: 'another-good-one' }))).toEqual([401, 'invalid_credentials'])
    expect(await listed(id)).toMatchObject({ status: 'pending' })
    expect((await accept(token, own)).status).toBe(200)
  })

  test('whose password is changed while it is looked at is asked again', async () => {
    const person = await addMember(platform, 'globex', 'viewer')
    const { token } = await inviteByMail(acme, person.email)
    const { passwords } = platform.context
    const { verify } = passwords
    vi.spyOn(passwords, 'verify').mockImplementationOnce(async (password, hash) => {
      await platform.sql(`update users set password_hash = 'another' where id = $1`, [person.userId])
      return verify(password, hash)
    })
    expect(code(await accept(token, own))).toEqual([409, 'conflict'])
    expect(
      await platform.sql(
        `select from memberships where user_id = $1 and tenant_id = 'acme'`,
        [person.userId],
        'acme',
      ),
    ).toEqual([])
  })

  test.each([
    ['names', { first_name: 'Grace', last_name: 'Hopper' }],
    ['all that makes a new account', grace],
  ])('who gives %s is refused, and nothing of theirs is changed', async (_what, given) => {
    const person = await addMember(platform, 'globex', 'viewer', { first_name: 'Own' })
    const { token } = await inviteByMail(acme, person.email)
    const hash = vi.spyOn(platform.context.passwords, 'hash')
    expect(code(await accept(token, given))).toEqual([409, 'email_taken'])
    expect(hash).not.toHaveBeenCalled()
    expect((await logIn(person.email, goodPassword, 'globex')).body.user.first_name).toBe('Own')
    expect((await accept(token, own)).status).toBe(200)
  })

  test('who became a member in another way is one already', async () => {
    const person = await addMember(platform, 'globex', 'viewer')
    const { id, token } = await inviteByMail(acme, person.email)
    await join(platform, 'acme', person)
    expect(code(await accept(token, own))).toEqual([409, 'already_member'])
    expect(await listed(id)).toMatchObject({ status: 'pending' })
  })

  test('joins once of ten times at once', async () => {
    const person = await addMember(platform, 'globex', 'viewer')
    const { token } = await inviteByMail(acme, person.email)
    const answers = await Promise.all(Array.from({ length: 10 }, () => accept(token, own)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 400 || status === 409)).toHaveLength(9)
  })
})

describe('an address that somebody else signed up with, and nobody verified', () => {
  const theirs = { password: 'known-to-the-attacker' }
  async function hijack(company: string, email: string) {
    const attacker = await platform.signUp(company, { admin_email: email, admin_password: theirs.password })
    const { body } = await logIn(email, theirs.password, attacker.tenantId)
    return { attacker, refresh_token: body.refresh_token }
  }

  test('is its owner’s from then on: other password, other names, no session left', async () => {
    const email = somebody()
    const { attacker, refresh_token } = await hijack('Trap', email)
    const { token } = await inviteByMail(acme, email)
    expect((await accept(token)).body.errors.map(({ path }: { path: string }) => path)).toEqual([
      'body.first_name',
      'body.last_name',
      'body.password',
    ])
    expect(await isSignedIn(attacker), 'so far nobody has shown anything').toBe(true)

    platform.clock.advance(1000)
    const { status, body } = await accept(token, grace)
    expect(status).toBe(200)
    expect(body.user).toMatchObject({ id: attacker.userId, first_name: 'Grace', last_name: 'Hopper' })
    expect(await isSignedIn(createMember(platform.url, body))).toBe(true)
    expect(await isSignedIn(attacker)).toBe(false)
    expect((await platform.post('/auth/refresh', { refresh_token })).status).toBe(401)
    for (const tenantId of ['acme', 'trap']) {
      expect((await logIn(email, theirs.password, tenantId)).status).toBe(401)
    }
    expect((await logIn(email, grace.password)).status).toBe(200)
    await sink.untilMailTo(email, 'password was changed')
    const told = await platform.sql(
      'select action, subject_tenant_id from platform_audit_entries where object_id = $1',
      [attacker.userId],
    )
    expect(told).toEqual([{ action: 'user.password_reset', subject_tenant_id: 'acme' }])
  })

  test('so too when they sign up while the invitation is being accepted', async () => {
    const { email, token } = await inviteByMail(acme)
    const { passwords } = platform.context
    const { hash } = passwords
    let attacker: Member | undefined
    vi.spyOn(passwords, 'hash').mockImplementationOnce(async (password) => {
      attacker = (await hijack('Quick', email)).attacker
      return hash(password)
    })
    const { status, body } = await accept(token, grace)
    expect([status, body.user.id]).toEqual([200, attacker?.userId])
    expect(attacker && (await isSignedIn(attacker))).toBe(false)
    expect((await logIn(email, theirs.password)).status).toBe(401)
  })

  test('also when the owner of the address has followed the link that it brought them', async () => {
    const email = somebody()
    const { attacker } = await hijack('Confirmed Trap', email)
    await platform.sql('update users set email_verified_at = now() where email = $1', [email])
    const { token } = await inviteByMail(acme, email)
    for (const given of [{}, grace, { password: grace.password }])
      expect((await accept(token, given)).status).not.toBe(200)
    const selected = { tenant_id: 'acme' }
    const headers = { Authorization: `Bearer ${attacker.token}` }
    expect((await platform.post('/auth/select-tenant', selected, headers)).status).toBe(403)
  })

  test('but not when its person verifies it meanwhile', async () => {
    const email = somebody()
    const { attacker: person } = await hijack('Mine', email)
    const { token } = await inviteByMail(acme, email)
    const { passwords } = platform.context
    const { hash } = passwords
    vi.spyOn(passwords, 'hash').mockImplementationOnce(async (password) => {
      await platform.sql('update users set email_verified_at = now() where email = $1', [email])
      return hash(password)
    })
    expect(code(await accept(token, grace))).toEqual([409, 'email_taken'])
    expect(await isSignedIn(person)).toBe(true)
    expect((await accept(token, theirs)).status).toBe(200)
  })
})

test.each([
  ['no token', grace],
  ['a token that is no text', { ...grace, token: 7 }],
  ['an endless token', { ...grace, token: 'x'.repeat(1001) }],
  ['a further field', { ...grace, token: 'x', role: 'owner' }],
  ['an empty name', { ...grace, token: 'x', first_name: ' ' }],
])('accepting with %s is a bad request', async (_what, body) => {
  expect(code(await platform.post('/auth/accept-invitation', body))).toEqual([400, 'invalid_request'])
})
