import type { Credentials } from '../../support/openapi/fuzz-operation.ts'
import { baseDomain } from '../../support/openapi/world.ts'
import type { Attack, MakeAttacks } from './attack.ts'
import { isInside, namesIn, requestOf } from './requests.ts'

/**
 * Operations outside of tenants, with one's own token beside the other's name, host and words: whatever they answer, it
 * tells nothing of the other, and changes nothing there.
 */
export const attackOpenly: MakeAttacks = async (stage, operation) => {
  if (operation.audience === 'operators' || isInside(operation)) return []
  const { own, other } = stage.parties
  const example = stage.exampleFor(operation)
  const token: Credentials = [['Authorization', `Bearer ${own.member.token}`]]
  const [forged] = await stage.forgedTokens()
  const words = Object.fromEntries(namesIn(operation, 'query').map((name) => [name, other.word]))
  const ways: [says: string, by: string, presented: Credentials, more: Credentials, query?: typeof words][] =
    [
      ['their name', 'nobody', [], [['X-Tenant-ID', other.word]]],
      ['their host', 'nobody', [], [['Host', `${other.word}.${baseDomain}`]]],
      ["their name, one's own token", 'owner', token, [['X-Tenant-ID', other.word]]],
      [
        'their name, a forged token',
        'owner',
        [['Authorization', `Bearer ${forged?.token}`]],
        [['X-Tenant-ID', other.word]],
      ],
      ['their words', 'nobody', [], [], words],
    ]
  const attacks: Attack[] = []
  for (const [says, by, presented, more, query] of ways) {
    const isOwn = presented === token
    attacks.push({
      kind: 'tenants named',
      by,
      says,
      request: requestOf(operation, {
        object: await example.object?.('own', undefined),
        query: { ...example.query, ...query },
        // What takes a token of its own kind, or uses it up, is given one.
        headers: [...((isOwn && (await example.credentials?.())) || presented), ...more],
        body: await example.body?.(),
      }),
    })
  }
  return attacks
}
