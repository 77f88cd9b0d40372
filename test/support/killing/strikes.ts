import { strikeAll } from '../clock-jobs.ts'
import { addClient, type Company, done, found, next } from './companies.ts'
import { changeAtStripe } from './deliveries.ts'
import type { Fact, Place } from './place.ts'
import { type Flow, jobsMs, type Scene } from './scene.ts'

/** How long what was woken is waited for, before the clock strikes for the second time; each time half as long again. */
const firstWaitMs = 3_000

/**
 * A trial is over, credits and invitations have expired, entries wait for their seal, and Stripe has told nobody of what
 * changed there. The clock wakes all of its tasks until that is done, as the next minute makes up for a run that was
 * killed.
 */
export async function prepareStrikes(scene: Scene): Promise<Flow[]> {
  const { place, companies } = scene
  await changeAtStripe(scene)
  const dues = await Promise.all([
    endTrial(place),
    ...companies.map((company) => addToTrail(place, company)),
    ...companies.slice(0, 2).flatMap((each) => [expireCredits(place, each), expireInvitation(place, each)]),
  ])
  return [() => strikeUntilDone(place, dues)]
}

async function strikeUntilDone(place: Place, dues: Fact[]): Promise<void> {
  const isTrue = async ({ query, values }: Fact) => {
    const [row] = await place.sql(query, values)
    return Object.values(row)[0] === true
  }
  let waitMs = firstWaitMs
  await place.until('what is due by the clock', jobsMs + 20_000, async () => {
    const struck = await place.sql(strikeAll.query, strikeAll.values)
    const ids = struck.map(({ id }) => id)
    const thisLong = waitMs
    waitMs *= 1.5
    await place.until('what the clock woke', thisLong, async () => {
      const left = await place.sql('select from graphile_worker.jobs where id = any($1)', [ids])
      return left.length === 0
    })
    return (await Promise.all(dues.map(isTrue))).every((isDone) => isDone)
  })
  for (const { text, query, values } of dues) place.know(text, text, query, values)
}

async function endTrial(place: Place): Promise<Fact> {
  const { tenantId, email } = await found(place)
  await place.sql(
    `update tenants set status = 'TRIAL', trial_ends_at = now() - interval '1 minute' where tenant_id = $1`,
    [tenantId],
  )
  place.expectMail(email, 'has ended. Your data is kept')
  return {
    text: `the end of the trial of ${tenantId} is entered once`,
    query: `select count(*) = 1 from audit_entries where tenant_id = $1 and action = 'tenant.trial_ended'`,
    values: [tenantId],
  }
}

async function addToTrail(place: Place, company: Company): Promise<Fact> {
  const clientId = await addClient(place, company)
  return {
    text: `the entry on the client ${clientId} is sealed`,
    query: `select count(*) = 1 from audit_entries e join audit_seals s using (tenant_id)
      where tenant_id = $1 and e.object_id = $2 and e.position >= s.from_position and e.position < s.to_position`,
    values: [company.tenantId, clientId],
  }
}

async function expireCredits(place: Place, { tenantId }: Company): Promise<Fact> {
  const reason = `short-lived ${next()}`
  const grant = {
    kind: 'grant',
    amount: 7,
    reason,
    idempotency_key: reason,
    expires_at: '2999-12-31T00:00:00Z',
  }
  const path = `/v1/admin/tenants/${tenantId}/credits`
  const { operation_id } = (await done(place, { path, headers: place.adminHeaders, body: grant })).body
  const values = [tenantId, operation_id]
  await place.sql('update credit_lots set expires_at = now() where tenant_id = $1 and id = $2', values)
  return {
    text: `the ${reason} credits of ${tenantId} are written off once`,
    query: `select array_agg(amount order by amount) = '{-7,7}' from credit_entries where tenant_id = $1 and lot_id = $2`,
    values,
  }
}

async function expireInvitation(place: Place, { tenantId, headers }: Company): Promise<Fact> {
  const email = `overdue-${next()}@people.example`
  await done(place, {
    path: '/v1/invitations',
    headers: { ...headers, 'Idempotency-Key': email },
    body: { email, role: 'member' },
  })
  const values = [tenantId, email]
  await place.sql('update invitations set expires_at = now() where tenant_id = $1 and email = $2', values)
  return {
    text: `the invitation of ${email} has expired`,
    query: `select count(*) = 1 from invitations where tenant_id = $1 and email = $2 and status = 'expired'`,
    values,
  }
}
