import * as jose from 'jose'
import type { Operation } from '../../support/openapi/document.ts'
import type { Caller } from '../../support/openapi/sketches.ts'
import type { AttackStage } from './stage.ts'

/** A token that opens nothing inside a tenant. */
export interface ForgedToken {
  says: string
  by: Caller
  token: string
  /** It is good for something else. */
  isGenuine?: true
}

/** One of each kind: unsigned, signed by somebody else, and good for something else. */
const telling = ['no algorithm', 'signed with another key', "an operator's token"]

/** The tokens to try at an operation: a tenth of the operations is shown all of them, since all read tokens alike. */
export async function forgedTokensFor(stage: AttackStage, operation: Operation): Promise<ForgedToken[]> {
  const all = await stage.forgedTokens()
  const position = stage.operations.findIndex(({ name }) => name === operation.name)
  return position % 10 === 0 ? all : all.filter(({ says }) => telling.includes(says))
}

/** Tokens that say they are of the other tenant, and tokens that are good for something else, by what they are. */
export async function forgeTokens({
  parties,
  platform,
  operator,
}: Pick<AttackStage, 'parties' | 'platform' | 'operator'>): Promise<ForgedToken[]> {
  const { own, other } = parties
  const [head = '', , signature = ''] = own.member.token.split('.')
  const header = jose.decodeProtectedHeader(own.member.token)
  const claims = jose.decodeJwt(own.member.token)
  const theirs = { ...claims, tenant_id: other.word }
  const asThem = { ...theirs, sub: other.member.userId, sid: jose.decodeJwt(other.member.token).sid }
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

  const { privateKey, publicKey } = await jose.generateKeyPair('EdDSA', { extractable: true })
  const jwk = await jose.exportJWK(publicKey)
  const sign = (payload: jose.JWTPayload, more: object) =>
    new jose.SignJWT(payload).setProtectedHeader({ ...header, alg: 'EdDSA', ...more }).sign(privateKey)
  const { keys } = await platform.context.tokens.jwks()
  const published = Buffer.from(String(keys[0]?.x), 'base64url')
  const query = 'select password_changed_at from users where id = $1'
  const [person] = await platform.sql(query, [own.member.userId])

  const forged = {
    "their claims under one's own signature": `${head}.${encode(theirs)}.${signature}`,
    "their person's claims under one's own signature": `${head}.${encode(asThem)}.${signature}`,
    'no algorithm': `${encode({ ...header, alg: 'none' })}.${encode(asThem)}.`,
    'no signature': `${head}.${encode(asThem)}.`,
    'signed with another key': await sign(asThem, {}),
    'signed with a key of its own': await sign(asThem, { kid: 'mine', jwk }),
    'signed with the published key as a secret': await new jose.SignJWT(asThem)
      .setProtectedHeader({ ...header, alg: 'HS256' })
      .sign(published),
    'an API key with their name': own.apiKey.replace(own.word, other.word),
    'half an API key of theirs': other.apiKey.slice(0, -12) + own.apiKey.slice(-12),
  }
  const chooser = await platform.context.tokens.issueSelection({
    userId: own.member.userId,
    passwordChangedAt: person.password_changed_at,
  })
  return [
    ...Object.entries(forged).map(([says, token]): ForgedToken => ({ says, by: 'owner', token })),
    { says: 'a token that chooses a tenant', by: 'owner', token: chooser, isGenuine: true },
    { says: 'a refresh token', by: 'viewer', token: own.refreshToken, isGenuine: true },
    { says: "an operator's token", by: 'super admin', token: operator.token, isGenuine: true },
  ]
}
