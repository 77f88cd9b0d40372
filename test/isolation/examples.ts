import type { Route } from '../../src/http/route.ts'
import type { Member } from '../support/platform.ts'

/** What a declaration alone cannot say: a body that is accepted, and how to get an object for the path. */
interface Example {
  /** A valid body with this word wherever a text fits. */
  body?: (word: string) => Record<string, unknown>
  /** Makes an object of the caller's and gives its id, for :id in the path. */
  makeObject?: (member: Member, word: string) => Promise<string>
}

const client = {
  body: (word: string) => ({ name: word, email: `${word}@example.com`, address: word, notes: word }),
  makeObject: async (member: Member, word: string) => {
    const { status, body } = await member.post('/v1/clients', client.body(word))
    if (status !== 201) throw new Error(`no client could be made: ${status}`)
    return body.id as string
  },
}

let companies = 0

const examples: Record<string, Example> = {
  'GET /v1/me': {},
  'POST /v1/tenants': {
    body: (word) => ({
      company_name: `${word} ${++companies}`,
      company_email: `${word}@example.com`,
      plan: 'starter',
      accept_terms: true,
      accept_privacy: true,
    }),
  },
  'GET /v1/clients': client,
  'POST /v1/clients': client,
  'GET /v1/clients/:id': client,
  'PATCH /v1/clients/:id': client,
  'DELETE /v1/clients/:id': client,
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
