import { resources } from '../../src/business/resources.ts'
import type { Route } from '../../src/http/route.ts'
import { giveCredits } from '../support/credits.ts'
import { addMember, addPerson } from '../support/members.ts'
import { addNotification } from '../support/notifications.ts'
import { goodPassword, type Member, type Platform } from '../support/platform.ts'
import { bodyWith, numberOf } from '../support/resource-examples.ts'
import { addSupportSession } from '../support/support-sessions.ts'

/** What a declaration alone cannot say: a body that is accepted, and how to get an object for the path. */
interface Example {
  /** A valid body, or a line of one, with this word wherever a text fits, and its number where an amount does. */
  body?: (word: string) => Record<string, unknown>
  /** The query that it cannot do without, with this word where a text fits. */
  query?: (word: string) => Record<string, string>
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
  body: (word: string) => ({
    amount: numberOf(word) ?? 1,
    reason: word,
    idempotency_key: `${word}-${++debits}`,
  }),
  makeObject: ({ tenantId }: Member, word: string, platform: Platform) =>
    giveCredits(platform, tenantId, 3 * (numberOf(word) ?? 100), { reason: word }),
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

/** An order that something can be done to, such as starting it; `acts` is what was done to it before. */
function order(...acts: string[]): Example {
  const path = '/v1/production/orders'
  return {
    makeObject: async (member, word) => {
      const number = `${word}-${++orders}`
      const { status, body } = await member.post(path, { number, title: word })
      if (status !== 201) throw new Error(`no order could be made: ${status}`)
      for (const act of acts) await member.post(`${path}/${body.id}/${act}`, undefined)
      return body.id
    },
  }
}
let orders = 0

/** An invoice that something can be done to, such as paying it, when it was issued before. */
function invoice(isIssued: boolean, body?: Example['body']): Example {
  const draft = (word: string) => ({
    note: word,
    lines: [{ description: word, unit_price_cents: numberOf(word) ?? 100 }],
  })
  return {
    body: body ?? draft,
    makeObject: async (member, word) => {
      const client = await member.post('/v1/clients', { name: word })
      const { status, body: made } = await member.post('/v1/invoices', {
        ...draft(word),
        client_id: client.body.id,
      })
      if (status !== 201) throw new Error(`no invoice could be made: ${status}`)
      if (isIssued) await member.post(`/v1/invoices/${made.id}/issue`, {})
      return made.id
    },
  }
}

/** A workflow, and what may be said of one of its executions. */
const workflow: Example = {
  body: (word) => ({ external_id: word, input: { word } }),
  makeObject: (member, word) => made(member, '/v1/workflows', { name: word, engine: 'n8n' }),
}

const execution: Example = {
  body: (word) => ({ status: 'failed', output: { word }, error: word }),
  makeObject: async (member, word, platform) => {
    const id = await workflow.makeObject?.(member, word, platform)
    return made(member, `/v1/workflows/${id}/executions`, workflow.body?.(word))
  },
}

/** The id is that of the workflow and the key of the value that it keeps. */
const state: Example = {
  body: (word) => ({ value: { word } }),
  makeObject: async (member, word, platform) => {
    const id = (await workflow.makeObject?.(member, word, platform)) ?? ''
    const { status } = await member.request('PUT', `/v1/workflows/${id}/states/${id}`, state.body?.(word))
    if (status !== 201) throw new Error(`no value could be kept: ${status}`)
    return id
  },
}

async function made(member: Member, path: string, body: unknown): Promise<string> {
  const answer = await member.post(path, body)
  if (answer.status !== 201) throw new Error(`POST ${path}: ${answer.status} ${answer.body.code}`)
  return answer.body.id
}

let companies = 0

const ofResources = examplesOfResources()

const examples: Record<string, Example> = {
  ...ofResources,
  'POST /v1/clients/import': { body: (word) => ({ name: word, email: `${word}@example.com` }) },
  'POST /v1/leads/:id/convert': {
    body: (word) => ({ deal: { title: word, amount_cents: numberOf(word) ?? 100 } }),
    makeObject: ofResources['POST /v1/leads']?.makeObject,
  },
  'GET /v1/deals/pipeline': {},
  'POST /v1/workflows/:id/executions': workflow,
  'GET /v1/workflow-executions': execution,
  'GET /v1/workflow-executions/export': execution,
  'GET /v1/workflow-executions/:id': execution,
  'POST /v1/workflow-executions/:id/finish': execution,
  'GET /v1/workflow-states': state,
  'GET /v1/workflow-states/export': state,
  'GET /v1/workflows/:id/states/:key': state,
  'PUT /v1/workflows/:id/states/:key': state,
  'DELETE /v1/workflows/:id/states/:key': state,
  'GET /v1/reports/sales': {},
  'GET /v1/reports/deals': {},
  'GET /v1/reports/executions': {},
  'GET /v1/reports/knowledge': {},
  'GET /v1/reports/content': {},
  'GET /v1/saved-queries/:id/run': { makeObject: ofResources['POST /v1/saved-queries']?.makeObject },
  'POST /v1/invoices': invoice(false),
  'PATCH /v1/invoices/:id': invoice(false),
  'POST /v1/invoices/:id/issue': invoice(false, () => ({ number: null })),
  'POST /v1/invoices/:id/pay': invoice(true, () => ({ paid_on: '2026-03-02' })),
  'POST /v1/invoices/:id/void': invoice(true, (word) => ({ reason: word })),
  'GET /v1/knowledge-documents/search': { query: (word) => ({ q: word }) },
  'POST /v1/production/orders/:id/start': order(),
  'POST /v1/production/orders/:id/finish': order('start'),
  'POST /v1/production/orders/:id/cancel': order(),
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
    body: (word) => ({ metric: 'mails.sent', quantity: numberOf(word) ?? 1, idempotency_key: word }),
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

/** What is sent as the body of a call: where the route takes lines, one line. */
export function sentTo(route: Route, body: unknown): unknown {
  if (body === undefined || route.scope !== 'write' || !route.bodyType) return route.body ? body : undefined
  const isRaw = typeof body === 'string' || body instanceof Uint8Array
  return new Blob([isRaw ? (body as string) : JSON.stringify(body)], { type: route.bodyType })
}

/** The address of a call of a route: with this id in its path, and with the query that it cannot do without. */
export function addressOf(route: Route, id: string, word: string): string {
  const query = new URLSearchParams(exampleOf(route).query?.(word)).toString()
  return route.path.replaceAll(/:\w+/g, id) + (query && `?${query}`)
}
