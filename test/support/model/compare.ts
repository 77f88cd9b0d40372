import { expectBooksRight } from '../credits.ts'
import { createCaller } from '../platform.ts'
import { kinds } from './kinds.ts'
import {
  dateInParis,
  day,
  hasModule,
  iso,
  kindNames,
  type Membership,
  type Operation,
  type Session,
  type Tenant,
} from './model.ts'
import { difference, perform, type Stage } from './play.ts'
import { signIn } from './steps-clock.ts'
import { balanceOf } from './steps-credits.ts'
import { listPage } from './steps-lists.ts'
import { usageOf } from './steps-members.ts'
import { actOn, changeTenant, isBlocked } from './steps-operator.ts'

/** Opens both tenants, and compares all that an owner sees there with the model. */
export async function compareEverything(stage: Stage): Promise<void> {
  stage.account.push('at the end everything is compared')
  for (const [index, tenant] of stage.model.tenants.entries()) {
    const owner = await signIn(stage, ownerOf(tenant))
    await open(stage, tenant)
    const ask = (operation: Operation) => perform(stage, owner, operation, { server: index })
    for (const kind of kindNames) {
      const isSoft = kind !== 'invoices' && kinds[kind].isSoft
      for (const isOfDeleted of isSoft ? [false, true] : [false]) {
        await ask(listPage(stage.model, tenant, { kind, limit: 100, isOfDeleted }))
      }
    }
    await ask(usageOf(tenant))
    await ask(balanceOf(stage.model, tenant))
    await compareLists(stage, tenant, owner)
    await expectBooksRight(stage.platform, tenant.id)
  }
}

/** Lets a tenant work, and see everything. */
async function open(stage: Stage, tenant: Tenant): Promise<void> {
  const { model } = stage
  while (isBlocked(tenant, model.now())) {
    await perform(stage, model.operator, actOn(model, tenant, 'reactivate'), { server: 0 })
  }
  const missing = ['accounting', 'automation', 'production', 'projects'].filter(
    (name) => !hasModule(tenant, name),
  )
  if (missing.length === 0) return
  const modules = Object.fromEntries(missing.map((name) => [name, true]))
  await perform(stage, model.operator, changeTenant(model, tenant, { modules }), { server: 1 })
}

/** There is one at all times. */
function ownerOf({ members }: Tenant): Membership {
  const owner = members.find(({ role, status }) => role === 'owner' && status === 'active')
  if (!owner) throw new Error('every tenant has an owner')
  return owner
}

type Sorted = [what: string, expected: unknown[], actual: unknown[]]

async function compareLists({ urls, model }: Stage, tenant: Tenant, owner: Session): Promise<void> {
  const headers = { Authorization: `Bearer ${owner.token}`, 'X-Tenant-ID': tenant.id }
  const caller = createCaller(urls[0], headers)
  async function all(path: string) {
    const rows = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const { status, body } = await caller.get(`${path}?limit=100${cursor && `&cursor=${cursor}`}`)
      if (status !== 200) throw new Error(`${path} answered ${status}`)
      rows.push(...body.data)
      cursor = body.next_cursor
    }
    return rows
  }
  const now = model.now()
  const lists: Sorted[] = [
    [
      'members',
      tenant.members.map(({ person, role, status }) => [person.id, person.email, role, status]),
      (await all('/v1/users')).map(({ id, email, role, status }) => [id, email, role, status]),
    ],
    [
      'invitations',
      tenant.invitations.map(({ id, email, role, status, inviter, expiresAt }) => {
        const isOver = status === 'pending' && expiresAt <= now
        return [id, email, role, isOver ? 'expired' : status, inviter.isGone ? null : inviter.person.id]
      }),
      (await all('/v1/invitations')).map((row) => [row.id, row.email, row.role, row.status, row.invited_by]),
    ],
    [
      'API keys',
      tenant.keys.map(({ id, role, maker, isRevoked, expiresAt }) => {
        const by = maker.isGone ? null : maker.person.id
        return [id, role, by, isRevoked, expiresAt === null ? null : iso(expiresAt)]
      }),
      (await all('/v1/api-keys')).map((row) => [
        row.id,
        row.role,
        row.created_by,
        row.revoked_at !== null,
        row.expires_at,
      ]),
    ],
    ['the audit trail', auditLines(tenant.audit), auditLines(await trailOf(all))],
    ['usage of the last days', metricsOf(tenant, now), await toldMetrics(caller)],
  ]
  for (const [what, expected, actual] of lists) {
    const order = (list: unknown[]) => list.map((item) => JSON.stringify(item)).sort()
    const [one, other] = [order(expected), order(actual)]
    const missing = one.filter((line) => count(one, line) > count(other, line))
    const beyond = other.filter((line) => count(other, line) > count(one, line))
    const found = difference({ missing: [], beyond: [] }, { missing, beyond }, what)
    if (found) throw new Error(found)
  }
}

const count = (lines: string[], wanted: string) => lines.filter((line) => line === wanted).length

/** Of sessions and settings the model does not know the ids. */
const auditLines = (lines: Tenant['audit']) =>
  lines.map(([actor, action, object]) => [actor, action, /^(session|settings)\./.test(action) ? '' : object])

// biome-ignore lint/suspicious/noExplicitAny: rows of an answer
async function trailOf(all: (path: string) => Promise<any[]>): Promise<Tenant['audit']> {
  const rows = await all('/v1/audit')
  return rows.map(({ actor_kind, actor_id, action, object_id }) => [
    `${actor_kind} ${actor_id}`,
    action,
    object_id,
  ])
}

function metricsOf({ usageEvents }: Tenant, now: number) {
  const since = dateInParis(now - 29 * day)
  const sums = new Map<string, number>()
  for (const { metric, quantity, at } of usageEvents.values()) {
    if (dateInParis(at) >= since) sums.set(metric, (sums.get(metric) ?? 0) + quantity)
  }
  return [...sums]
}

async function toldMetrics(caller: Pick<ReturnType<typeof createCaller>, 'get'>) {
  const { body } = await caller.get('/v1/usage')
  const sums = new Map<string, number>()
  for (const { metrics } of body.days as { metrics: Record<string, number> }[]) {
    for (const [name, quantity] of Object.entries(metrics)) sums.set(name, (sums.get(name) ?? 0) + quantity)
  }
  return [...sums]
}
