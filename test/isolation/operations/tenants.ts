import { v7 as uuidv7 } from 'uuid'
import type { Credentials } from '../../support/openapi/fuzz-operation.ts'
import { baseDomain } from '../../support/openapi/world.ts'
import { type Attack, expects, type MakeAttacks } from './attack.ts'
import { isInside, namesIn, requestOf } from './requests.ts'

/** One's own token, key or support beside another tenant's name: in the header, as the host, twice, or not at all. */
export const attackTenants: MakeAttacks = async (stage, operation) => {
  if (!isInside(operation)) return []
  const { own, other } = stage.parties
  const example = stage.exampleFor(operation)
  const body = await example.body?.()
  const object = Object.fromEntries(namesIn(operation, 'path').map((name) => [name, uuidv7()]))
  const attacks: Attack[] = []
  const bearer = (token: string): Credentials => [['Authorization', `Bearer ${token}`]]
  const named = (...names: string[]) => names.map((name): [string, string] => ['X-Tenant-ID', name])
  const add = (says: string, by: string, headers: Credentials, check: Attack['check']) =>
    attacks.push({
      kind: 'tenants named',
      by,
      says,
      request: requestOf(operation, { object, query: example.query, headers, body }),
      ...(check && { check }),
    })
  const mismatch = expects(403, 'tenant_mismatch')
  const missing = expects(400, 'tenant_header_missing')
  const token = bearer(own.member.token)

  add('no tenant', 'owner', token, missing)
  add('an empty name', 'owner', [...token, ...named('')], missing)
  for (const name of [
    other.word,
    'no-such-tenant',
    'system-default',
    `${own.word}, ${other.word}`,
    own.word.toUpperCase(),
    other.word.toUpperCase(),
    `${own.word}'`,
  ]) {
    add(`the tenant ${name}`, 'owner', [...token, ...named(name)], mismatch)
  }
  add('two names', 'owner', [...token, ...named(own.word, other.word)], mismatch)
  add('two names, theirs first', 'owner', [...token, ...named(other.word, own.word)], mismatch)
  add('the header in other letters', 'owner', [...token, ['x-TENANT-id', other.word]], mismatch)

  const hostOf = (word: string) => `${word}.${baseDomain}`
  for (const header of ['Host', 'X-Forwarded-Host']) {
    const at = (word: string): Credentials => [...token, [header, hostOf(word)]]
    add(`their ${header}, one's own name`, 'owner', [...at(other.word), ...named(own.word)], mismatch)
    add(`their ${header}`, 'owner', at(other.word), mismatch)
    add(`their ${header}, in capitals`, 'owner', at(other.word.toUpperCase()), mismatch)
    add(`one's own ${header}, their name`, 'owner', [...at(own.word), ...named(other.word)], mismatch)
  }

  for (const [by, what] of [
    ['an API key of an admin', 'apiKey'],
    ['support that may write', 'supportToken'],
  ] as const) {
    add('the tenant of others', by, [...bearer(own[what]), ...named(other.word)], mismatch)
    add("one's own name beside what is theirs", by, [...bearer(other[what]), ...named(own.word)], mismatch)
    add('no tenant', by, bearer(own[what]), missing)
  }
  return attacks
}
