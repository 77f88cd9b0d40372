import type { TenantId } from '../db/tenant-id.ts'
import type { ApiKeyClaims } from '../features/members/access.ts'
import { createGates } from '../gate.ts'

/**
 * Whoever knows the name of a tenant can send keys in it that nobody gave out, and only the tenant's own table tells.
 * They stand in lines of their own, one for each address, of which two at a time go on to the tenant's, where four are
 * looked up at a time: so the tenant's members and keys find its places free, and a good key that is new here waits behind
 * two of each other address. It is kept out still by who sends many from its own address, or from some five hundred. One
 * for all servers of a process, as the other state here: a process has so much memory, whoever serves in it. A key that
 * is known from another server's database at worst skips the line.
 */
const ofAddress = createGates<string>(2, 1000, 5000)
const ofTenant = createGates<TenantId>(4, 1000, 5000)

/** Keys that this process has found to be good, the oldest first. What they may do is looked up with each request. */
const known = new Set<string>()
const mostKnown = 10_000

/** Those that are being looked up: of many requests with one key the first stands in line for all. */
const underWay = new Map<string, Promise<unknown>>()

/**
 * Lets a key pass that is known here; one that is new has to be good first.
 * @param network where it comes from
 * @param check refuses the caller whose access is gone, or was never there
 * @throws what check throws; AppError 503 `overloaded` when too many such keys come in the tenant's name
 */
export async function introduce(
  claims: ApiKeyClaims,
  network: string,
  check: () => Promise<unknown>,
): Promise<void> {
  const name = `${claims.tenantId} ${claims.keyId} ${claims.secretHash.toString('latin1')}`
  // What the first is refused another route may allow, so nobody shares that answer.
  await underWay.get(name)?.catch(() => undefined)
  if (known.has(name)) return
  const lookUp = async () => {
    if (known.has(name)) return
    await check()
    const [oldest = ''] = known
    if (known.size >= mostKnown) known.delete(oldest)
    known.add(name)
  }
  const inTurn = ofAddress(`${claims.tenantId} ${network}`, () => ofTenant(claims.tenantId, lookUp))
  const turn = inTurn.finally(() => underWay.delete(name))
  underWay.set(name, turn)
  await turn
}
