import { hashToken, type RefreshToken, readRefreshToken } from '../../../src/features/sessions/sessions.ts'
import { goodPassword } from '../platform.ts'
import { tokenIn } from '../smtp-sink.ts'
import { addClient, type Company, done, founderBody, logIn, next } from './companies.ts'
import { prepareDeletions } from './deletions.ts'
import { deliverEvents } from './deliveries.ts'
import type { Place } from './place.ts'
import { jobsMs, type Operation } from './scene.ts'
import { prepareStrikes } from './strikes.ts'

/** So long a used refresh token gets the same successor, less what a request takes. */
const graceMs = 9_000

/** Every operation that is under way when something is killed, several times at once and in several tenants. */
export const operations = {
  signup: {
    messages: { server: 560, worker: 140 },
    async prepare({ place, companies }) {
      const shared = `Race ${next()}`
      // Two of the names make one slug.
      const names = [shared, shared.replace(' ', '-'), `Company ${next()}`]
      return [...names.map((name) => () => signUp(place, name)), () => addCompany(place, first(companies))]
    },
  },
  invite: {
    messages: { server: 340, worker: 180 },
    async prepare({ place, companies }) {
      return companies.map((company) => () => inviteAndAccept(place, company))
    },
  },
  refresh: {
    messages: { server: 170, worker: 0 },
    async prepare({ place, companies }) {
      return companies.map((company) => () => rotate(place, company, 3))
    },
  },
  webhook: {
    messages: { server: 350, worker: 300 },
    prepare: deliverEvents,
  },
  invoice: {
    messages: { server: 520, worker: 0 },
    async prepare({ place, companies }) {
      const sellers = await Promise.all(
        companies.slice(0, 2).map(async (company) => ({
          company,
          clientId: await addClient(place, company),
        })),
      )
      return sellers.flatMap(({ company, clientId }) =>
        [1, 2, 3].map(() => () => issueInvoice(place, company, clientId)),
      )
    },
  },
  delete: {
    messages: { server: 240, worker: 450 },
    prepare: prepareDeletions,
  },
  clock: {
    messages: { server: 0, worker: 3500 },
    prepare: prepareStrikes,
  },
} satisfies Record<string, Operation>
export type OperationName = keyof typeof operations

function first<T>(list: readonly T[]): T {
  return list[0] as T
}

/** With no key to repeat it by: who asks again learns that the address is taken, and has an account. */
async function signUp(place: Place, name: string): Promise<void> {
  const body = founderBody(name)
  const { admin_email: email, admin_password: password } = body
  const outcome = await place.ask({ path: '/signup', body })
  if (outcome.status === 409 && outcome.unknownSince !== undefined) {
    await done(place, { path: '/auth/login', body: { email, password } })
  } else if (outcome.status !== 201) {
    place.violations.push(`a signup answered ${outcome.status} ${outcome.body.code}`)
  }
  place.know(
    email,
    `${email} has signed up`,
    `select count(*) = 1 from tenants join memberships using (tenant_id) join users on users.id = user_id
      where tenants.name = $1 and users.email = $2 and memberships.role = 'owner'`,
    [name, email],
  )
  if (outcome.status === 201) await confirmSession(place, outcome.body.refresh_token)
  place.expectMail(email, name)
}

async function addCompany(place: Place, { headers, email }: Company): Promise<void> {
  const name = `Further ${next()}`
  await done(place, {
    path: '/v1/tenants',
    headers: { ...headers, 'Idempotency-Key': name },
    body: {
      company_name: name,
      company_email: 'hello@further.example',
      plan: 'starter',
      accept_terms: true,
      accept_privacy: true,
    },
  })
  place.know(name, `${name} is there once`, 'select count(*) = 1 from tenants where name = $1', [name])
  place.expectMail(email, name)
}

async function inviteAndAccept(place: Place, company: Company): Promise<void> {
  const email = `invited-${next()}@people.example`
  await done(place, {
    path: '/v1/invitations',
    headers: { ...company.headers, 'Idempotency-Key': email },
    body: { email, role: 'member' },
  })
  const isThere = `select count(*) = 1 from invitations where tenant_id = $1 and email = $2`
  place.know(email, `${email} is invited once`, isThere, [company.tenantId, email])
  place.expectMail(email, '/accept-invitation?token=')
  const mail = await place.until(
    `the invitation of ${email}`,
    jobsMs + 20_000,
    async () => place.sink.mailsTo(email)[0],
  )
  const accepted = await place.ask({
    path: '/auth/accept-invitation',
    body: { token: tokenIn(mail), first_name: 'Grace', last_name: 'Hopper', password: goodPassword },
  })
  if (accepted.status === 400 && accepted.unknownSince !== undefined) {
    const { status } = await logIn(place, email, company.tenantId)
    if (status !== 200) place.violations.push(`${email} has used up the invitation and cannot sign in`)
  } else if (accepted.status !== 200) {
    place.violations.push(`an acceptance was answered ${accepted.status} ${accepted.body.code}`)
  }
  place.know(
    `${email} joined`,
    `${email} is a member`,
    `select count(*) = 1 from memberships join users on users.id = user_id
      where tenant_id = $1 and email = $2 and status = 'active'`,
    [company.tenantId, email],
  )
}

/** A session holds the token that was given last, or follows on it. */
async function confirmSession(place: Place, token: string): Promise<void> {
  const { lookup, secret } = readRefreshToken(token) as RefreshToken
  place.know(
    `session ${lookup}`,
    'the refresh token that was given last is good',
    `select count(*) = 1 from sessions where lookup_hash = $1 and $2 in (token_hash, previous_token_hash)`,
    [hashToken(lookup), hashToken(secret)],
  )
}

/** Each time with the token that came last: while nobody knows what became of a rotation, with the one before. */
async function rotate(place: Place, company: Company, times: number): Promise<void> {
  for (let time = 0; time < times; time++) {
    const request = { path: '/auth/refresh', body: { refresh_token: company.refreshToken } }
    let outcome = await place.ask(request)
    const { unknownSince } = outcome
    const isLate = () => unknownSince !== undefined && performance.now() - unknownSince > graceMs
    if (outcome.status === 200 && unknownSince !== undefined) {
      const again = await place.ask(request)
      if (again.status === 200 && again.body.refresh_token !== outcome.body.refresh_token) {
        place.violations.push('a refresh token that was asked for twice has two successors')
      }
      outcome = again
    }
    if (outcome.status !== 200) {
      // Too late it counts as stolen: the session has ended, and the person signs in anew.
      if (!isLate())
        place.violations.push(`a refresh was answered ${outcome.status}, though nothing was late`)
      outcome = await logIn(place, company.email, company.tenantId)
    }
    company.refreshToken = outcome.body.refresh_token
    company.headers.Authorization = `Bearer ${outcome.body.access_token}`
    await confirmSession(place, company.refreshToken)
  }
}

/** A draft, its number, and credits for it: each by a key, so that asking again has no second effect. */
async function issueInvoice(place: Place, company: Company, client_id: string): Promise<void> {
  const note = `invoice ${next()}`
  const { headers, tenantId } = company
  const post = async (path: string, step: string, body: unknown) => {
    const key = { 'Idempotency-Key': `${note} ${step}` }
    return (await done(place, { path, headers: { ...headers, ...key }, body })).body
  }
  const lines = [{ description: 'Balustrade', quantity: '2', unit_price_cents: 10_000 }]
  const draft = await post('/v1/invoices', 'draft', { client_id, note, lines })
  const isThere = 'select count(*) = 1 from invoices where tenant_id = $1 and note = $2'
  place.know(note, `${note} is there once`, isThere, [tenantId, note])
  const issued = await post(`/v1/invoices/${draft.id}/issue`, 'issue', {})
  place.know(
    `${note} issued`,
    `${note} has the number ${issued.number}`,
    `select count(*) = 1 from invoices where tenant_id = $1 and id = $2 and number = $3 and status = 'issued'`,
    [tenantId, draft.id, issued.number],
  )
  const debit = { amount: 5, reason: note, idempotency_key: note }
  const { operation_id } = await post('/v1/credits/debits', 'debit', debit)
  place.know(
    `${note} debited`,
    `${note} has cost its credits once`,
    `select count(*) = 1 and bool_and(id = $2) from credit_operations where tenant_id = $1 and reason = $3`,
    [tenantId, operation_id, note],
  )
}
