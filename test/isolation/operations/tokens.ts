import { v7 as uuidv7 } from 'uuid'
import type { Received } from '../../support/openapi/exchange.ts'
import type { Credentials } from '../../support/openapi/fuzz-operation.ts'
import { type Attack, expects, type MakeAttacks } from './attack.ts'
import { forgedTokensFor } from './forged-tokens.ts'
import { isInside, namesIn, requestOf } from './requests.ts'

/** No token, tokens that are forged and tokens of another kind, beside the other's name and one's own. */
export const attackTokens: MakeAttacks = async (stage, operation) => {
  if (!isInside(operation)) return []
  const { own, other } = stage.parties
  const example = stage.exampleFor(operation)
  const body = await example.body?.()
  const object = Object.fromEntries(namesIn(operation, 'path').map((name) => [name, uuidv7()]))
  const { credentials: adminKey } = await stage.credentialsOf('X-Admin-Key')
  const presented: [says: string, by: string, Credentials, beside: string[]][] = [
    ['no token', 'nobody', [], ['', own.word, other.word]],
    ['a key of operators', 'X-Admin-Key', adminKey, ['', own.word, other.word]],
  ]
  for (const { says, by, token, isGenuine } of await forgedTokensFor(stage, operation)) {
    const beside = isGenuine ? [own.word, other.word] : [other.word]
    presented.push([says, by, [['Authorization', `Bearer ${token}`]], beside])
  }
  return presented.flatMap(([says, by, credentials, beside]) =>
    beside.map((name): Attack => {
      const named: Credentials = name === '' ? [] : [['X-Tenant-ID', name]]
      return {
        kind: 'tokens',
        by,
        says: `${says} beside ${name || 'no name'}`,
        request: requestOf(operation, {
          object,
          query: example.query,
          headers: [...credentials, ...named],
          body,
        }),
        check: isUnauthenticated,
      }
    }),
  )
}

/** RFC 9110, 11.6.1: 401 says how one is to authenticate. */
function isUnauthenticated(answer: Received): string[] {
  const faults = expects(401, 'unauthenticated')(answer)
  return answer.headers.has('www-authenticate') ? faults : [...faults, 'has no WWW-Authenticate']
}
