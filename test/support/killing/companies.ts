import { goodPassword, signupBody } from '../platform.ts'
import type { Outcome, Place, Request } from './place.ts'

/** A company that lives through all that is killed around it, as its owner. */
export interface Company {
  tenantId: string
  email: string
  refreshToken: string
  headers: Record<string, string>
}

let made = 0

/** A number that nothing else in this process has. */
export const next = () => ++made

/** What somebody says who signs up; the address begins with `founder-`. */
export function founderBody(name = `Company ${next()}`) {
  return signupBody(name, { admin_email: `founder-${next()}@people.example` })
}

/** Signs up a company with room for everybody, and with credits. */
export async function found(place: Place): Promise<Company> {
  const { body } = await done(place, { path: '/signup', body: founderBody() })
  const company = {
    tenantId: body.tenant_id,
    email: body.user.email,
    refreshToken: body.refresh_token,
    headers: { Authorization: `Bearer ${body.access_token}`, 'X-Tenant-ID': body.tenant_id },
  }
  await place.sql(`update tenants set limit_overrides = '{"users": null}' where tenant_id = $1`, [
    company.tenantId,
  ])
  await done(place, {
    path: `/v1/admin/tenants/${company.tenantId}/credits`,
    headers: place.adminHeaders,
    body: { kind: 'grant', amount: 1_000_000, reason: 'to be spent', idempotency_key: `grant-${next()}` },
  })
  return company
}

/** Signs a person in to a tenant. */
export function logIn(place: Place, email: string, tenantId: string): Promise<Outcome> {
  return place.ask({
    path: '/auth/login',
    headers: { 'X-Tenant-ID': tenantId },
    body: { email, password: goodPassword },
  })
}

/** Asks for what cannot be refused. @throws Error when it is */
export async function done(place: Place, request: Request): Promise<Outcome> {
  const outcome = await place.ask(request)
  if (outcome.status >= 300) {
    throw new Error(`${request.path} answered ${outcome.status}: ${JSON.stringify(outcome.body)}`)
  }
  return outcome
}

/** A client of a company. @returns its id */
export async function addClient(place: Place, { headers }: Company): Promise<string> {
  const request = { path: '/v1/clients', headers, body: { name: `Client ${next()}` } }
  const { id } = (await done(place, request)).body
  // Of a server that answers too early, only what is done from now on is to be seen.
  await place.until('a client', 10_000, async () => {
    const [row] = await place.sql('select count(*) = 1 as is_there from clients where id = $1', [id])
    return row.is_there
  })
  return id
}
