import { resources } from '../../src/business/resources.ts'
import type { Route } from '../../src/http/route.ts'
import { giveCredits } from '../support/credits.ts'
import { addMember, addPerson } from '../support/members.ts'
import { addNotification } from '../support/notifications.ts'
import { goodPassword, type Member, type Platform } from '../support/platform.ts'
import { bodyWith } from '../support/resource-examples.ts'
import { addSupportSession } from '../support/support-sessions.ts'

/** What a declaration alone cannot say: a body that is accepted, and how to get an object for the path. */
interface Example {
  /** A valid body with this word wherever a text fits. */
  body?: (word: string) => Record<string, unknown>
  /** Makes an object of the caller's, which the call needs or shows, and gives its id, for :id in the path. */
  makeObject?: (member: Member, word: string, platform: Platform) => Promise<string>
  /** The object is one person's: nobody else of their tenant finds it. */
  isPersonal?: true
  /** Who calls it instead of the member, where it costs the caller their own role or membership. */
  makeCaller?: (member: Member, word: string, platform: Platform) => Promise<Member>
}

/** The standard routes of the business tables, from the example in each definition. */
function examplesOfResources(): Record<string, Example> {
  const examples: [string, Example][] = resources.flatMap((resource) => {
    const { path, noun } = resource
    const body = (word: string) => bodyWith(resource, word)
    const makeObject = async (member: Member, word: string) => {
      const { status, body: answer } = await member.post(path, body(word))
      if (status !== 201) throw new Error(`no ${noun} could be made: ${status} ${JSON.stringify(answer)}`)
      return answer.id as string
    }
    const makeDeleted = async (member: Member, word: string) => {
      const id = await makeObject(member, word)
      const { status } = await member.delete(`${path}/${id}`)
      if (status !== 204) throw new Error(`the ${noun} could not be deleted: ${status}`)
      return id
    }
    return [
      ...['', '/:id'].flatMap((below) =>
        ['GET', 'POST', 'PATCH', 'DELETE'].map((method): [string, Example] => [
          `${method} ${path}${below}`,
          { body, makeObject },
        ]),
      ),
      [`GET ${path}/export`, { makeObject }],
      [`POST ${path}/:id/restore`, { makeObject: makeDeleted }],
    ]
  })
  return Object.fromEntries(examples)
}

const user = {
  body: () => ({ role: 'member' }),
  makeObject: async ({ tenantId }: Member, word: string, platform: Platform) =>
    (await addPerson(platform, tenantId, 'viewer', { first_name: word, last_name: word })).userId,
}
const asFurtherOwner = {
  makeCaller: ({ tenantId }: Member, word: string, platform: Platform) =>
    addMember(platform, tenantId, 'owner', { first_name: word, last_name: word }),
}

let addresses = 0
const invitation = {
  // Of one address there is one invitation at a time.
  body: (word: string) => ({ email: `${word}-${++addresses}@example.com`, role: 'viewer' }),
  makeObject: async (member: Member, word: string) => {
    const { status, body } = await member.post('/v1/invitations', invitation.body(word))
    if (status !== 201) throw new Error(`nobody could be invited: ${status}`)
    return body.id as string
  },
}

const apiKey = {
  body: (word: string) => ({ name: word, role: 'viewer' }),
  makeObject: async (member: Member, word: string) => {
    const { status, body } = await member.post('/v1/api-keys', apiKey.body(word))
    if (status !== 201) throw new Error(`no API key could be made: ${status}`)
    return body.id as string
  },
}

let debits = 0
const credits = {
  // Of one key there is one debit.
  body: (word: string) => ({ amount: 1, reason: word, idempotency_key: `${word}-${++debits}` }),
  makeObject: ({ tenantId }: Member, word: string, platform: Platform) =>
    giveCredits(platform, tenantId, 100, { reason: word }),
}

const notification = {
  isPersonal: true as const,
  makeObject: (member: Member, word: string, platform: Platform) =>
    addNotification(platform, member, { name: word, role: word }),
}

const supportSession = {
  makeObject: ({ tenantId }: Member, word: string, platform: Platform) =>
    addSupportSession(platform, tenantId, word),
}

const billing = {
  body: () => ({ plan: 'starter' }),
  // Whom the portal is for.
  makeObject: async (member: Member) => {
    const { status, body } = await member.post('/v1/billing/checkout', billing.body())
    if (status !== 200) throw new Error(`no customer could be made: ${status} ${body.code}`)
    return ''
  },
}

let companies = 0

const examples: Record<string, Example> = {
  ...examplesOfResources(),
  'GET /v1/me': {},
  'PATCH /v1/me': { body: (word) => ({ first_name: word, last_name: word, theme: 'dark' }) },
  'POST /v1/me/leave': asFurtherOwner,
  'POST /v1/me/password': {
    body: () => ({ current_password: goodPassword, new_password: goodPassword }),
  },
  'POST /v1/tenants': {
    body: (word) => ({
      company_name: `${word} ${++companies}`,
      company_email: `${word}@example.com`,
      plan: 'starter',
      accept_terms: true,
      accept_privacy: true,
    }),
  },
  'GET /v1/users': user,
  'GET /v1/users/:id': user,
  'PATCH /v1/users/:id': user,
  'DELETE /v1/users/:id': user,
  'POST /v1/users/:id/transfer-ownership': { ...user, ...asFurtherOwner },
  'GET /v1/invitations': {},
  'POST /v1/invitations': invitation,
  'POST /v1/invitations/:id/resend': invitation,
  'DELETE /v1/invitations/:id': invitation,
  'GET /v1/api-keys': {},
  'POST /v1/api-keys': apiKey,
  'DELETE /v1/api-keys/:id': apiKey,
  'GET /v1/support-sessions': supportSession,
  'DELETE /v1/support-sessions/:id': supportSession,
  'GET /v1/audit': {},
  'GET /v1/audit/export': {},
  'GET /v1/credits': credits,
  'GET /v1/credits/entries': credits,
  'POST /v1/credits/debits': credits,
  'GET /v1/usage': {},
  'POST /v1/usage-events': {
    body: (word) => ({ metric: 'mails.sent', quantity: 1, idempotency_key: word }),
  },
  'GET /v1/billing/subscription': {},
  'POST /v1/billing/checkout': { body: billing.body },
  'POST /v1/billing/portal': billing,
  'GET /v1/settings': {},
  'GET /v1/notifications': notification,
  'POST /v1/notifications/:id/read': notification,
  'GET /v1/menu': {},
  'GET /v1/notification-preferences': {},
  'PATCH /v1/notification-preferences': {
    body: () => ({ preferences: [{ category: 'stock', minimum_priority: 'high', sound: true }] }),
  },
  'PATCH /v1/settings': { body: () => ({ theme: 'dark', currency: 'CHF', time_zone: 'Europe/Zurich' }) },
}

/** @throws Error for a route inside a tenant that nobody gave an example of, which it needs to be attacked */
export function exampleOf({ method, path, params, body }: Route): Example {
  const name = `${method} ${path}`
  const example = examples[name]
  if (!example || (body && !example.body) || (params && !example.makeObject)) {
    throw new Error(
      `${name} works inside a tenant: add an example of it to test/isolation/examples.ts, so that it is attacked too`,
    )
  }
  return example
}
