import { addClient, type Company, done, next } from './companies.ts'
import type { Place } from './place.ts'
import { type Flow, jobsMs, type Scene } from './scene.ts'

/** Two tenants go, and a client and a member of each of two that stay. */
export async function prepareDeletions({ place, companies }: Scene): Promise<Flow[]> {
  const doomed = await Promise.all([makeDoomed(place), makeDoomed(place)])
  const inside = await Promise.all(
    companies.slice(0, 2).map(async (company) => ({
      company,
      clientId: await addClient(place, company),
      userId: await addUser(place, company),
    })),
  )
  return [
    ...doomed.map((tenantId) => () => deleteTenant(place, tenantId)),
    ...inside.flatMap(({ company, clientId, userId }) => [
      () => deleteOf(place, company, `/v1/clients/${clientId}`, 'clients', 'id', clientId),
      () => deleteOf(place, company, `/v1/users/${userId}`, 'memberships', 'user_id', userId),
    ]),
  ]
}

async function addUser(place: Place, { tenantId }: Company): Promise<string> {
  const body = { email: `added-${next()}@people.example`, role: 'member' }
  const path = `/v1/admin/tenants/${tenantId}/members`
  return (await done(place, { path, headers: place.adminHeaders, body })).body.user_id
}

/** A tenant with two people and so many rows that they go in several batches. */
async function makeDoomed(place: Place): Promise<string> {
  const body = {
    company_name: `Doomed ${next()}`,
    plan: 'business',
    standard_user_email: `doomed-${next()}@people.example`,
  }
  const made = await done(place, { path: '/v1/admin/tenants', headers: place.adminHeaders, body })
  await place.sql(
    `insert into clients (tenant_id, id, name, created_at, updated_at)
      select $1, gen_random_uuid(), 'Client ' || n, now(), now() from generate_series(1, 1500) n`,
    [made.body.tenant_id],
  )
  // Its people are told before: whom to write to goes with them.
  await place.until('the mails to whoever is to go', jobsMs, async () => {
    const [row] = await place.sql(
      `select count(*)::int as jobs from graphile_worker._private_jobs where payload->>'tenant_id' = $1`,
      [made.body.tenant_id],
    )
    return row.jobs === 0
  })
  return made.body.tenant_id
}

async function deleteTenant(place: Place, tenantId: string): Promise<void> {
  const outcome = await place.ask({
    method: 'DELETE',
    path: `/v1/admin/tenants/${tenantId}`,
    headers: place.adminHeaders,
    body: { reason: 'wound up' },
  })
  // Asked for again, it may be over.
  const isOver = outcome.status === 404 && outcome.unknownSince !== undefined
  if (outcome.status !== 202 && !isOver) {
    place.violations.push(`the deletion of ${tenantId} was answered ${outcome.status}`)
  }
  place.know(
    `deletion of ${tenantId}`,
    `${tenantId} is being deleted, or is gone`,
    `select count(*) = 1 from tenants join deletion_certificates on subject_tenant_id = tenant_id
      where tenant_id = $1 and tenants.status in ('DELETING', 'DELETED')`,
    [tenantId],
  )
}

async function deleteOf(
  place: Place,
  { headers, tenantId }: Company,
  path: string,
  table: 'clients' | 'memberships',
  column: 'id' | 'user_id',
  id: string,
): Promise<void> {
  const { status, unknownSince } = await place.ask({ method: 'DELETE', path, headers })
  if (status !== 204 && !(status === 404 && unknownSince !== undefined)) {
    place.violations.push(`DELETE ${path} answered ${status}`)
  }
  const isGone = `select count(*) = 0 from ${table} where tenant_id = $1 and ${column} = $2`
  place.know(path, `${path} is gone`, isGone, [tenantId, id])
}
