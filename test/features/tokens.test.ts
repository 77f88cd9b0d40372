import * as jose from 'jose'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { closeContext, createContext } from '../../src/context.ts'
import { type TestDatabase, testSecret } from '../support/cluster.ts'
import { createTestDatabase } from '../support/database.ts'
import { signInOperator } from '../support/operators.ts'
import { goodPassword, type Platform, startPlatform } from '../support/platform.ts'
import { openSupport } from '../support/support-sessions.ts'

let platform: Platform
let keys: jose.JWK[]
beforeAll(async () => {
  platform = await startPlatform()
  keys = (await platform.get('/.well-known/jwks.json')).body.keys
})
afterAll(() => platform.stop())

const askWith = (token: string) =>
  platform.get('/v1/me', { Authorization: `Bearer ${token}`, 'X-Tenant-ID': 'acme' })

async function expectRefused(token: string) {
  const { status, headers, body } = await askWith(token)
  expect([status, body.code]).toEqual([401, 'unauthenticated'])
  expect(headers.get('www-authenticate')).toBe('Bearer realm="tenantry", error="invalid_token"')
}

const goodClaims = () => {
  const { jti, ...claims } = jose.decodeJwt(platform.acme.token)
  return { ...claims, jti: `${jti}-2` } as jose.JWTPayload
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A token signed with the platform's own key, to see what is refused beside the signature. */
async function signAs(header: Partial<jose.JWTHeaderParameters>, claims: jose.JWTPayload) {
  const [row] = await platform.sql('select kid, private_jwe from signing_keys')
  const key = await crypto.subtle.importKey('raw', Buffer.from(testSecret), 'HKDF', false, ['deriveBits'])
  const secret = await crypto.subtle.deriveBits(
    { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: Buffer.from('signing keys') },
    key,
    256,
  )
  const { plaintext } = await jose.compactDecrypt(row.private_jwe, new Uint8Array(secret))
  const privateKey = await jose.importJWK(JSON.parse(new TextDecoder().decode(plaintext)), 'EdDSA')
  return new jose.SignJWT(claims)
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: row.kid, ...header })
    .sign(privateKey)
}

test('an access token says who, where and for how long, and its header what it is', () => {
  expect(jose.decodeProtectedHeader(platform.acme.token)).toEqual({
    alg: 'EdDSA',
    typ: 'at+jwt',
    kid: keys[0]?.kid,
  })
  const issuedAt = platform.clock.now().getTime() / 1000
  expect(jose.decodeJwt(platform.acme.token)).toEqual({
    iss: 'tenantry',
    aud: 'tenantry:tenant',
    sub: platform.acme.userId,
    tenant_id: 'acme',
    role: 'owner',
    sid: expect.any(String),
    jti: expect.any(String),
    iat: issuedAt,
    exp: issuedAt + 900,
  })
})

test('the published keys verify it and hold no private part', async () => {
  const keySet = jose.createLocalJWKSet({ keys })
  const { payload } = await jose.jwtVerify(platform.acme.token, keySet, { currentDate: platform.clock.now() })
  expect(payload.tenant_id).toBe('acme')
  expect(keys.map((key) => Object.keys(key).sort())).toEqual([['alg', 'crv', 'kid', 'kty', 'use', 'x']])
})

test('the private key cannot be read from the database', async () => {
  const [row] = await platform.sql('select * from signing_keys')
  expect(row.public_jwk).not.toHaveProperty('d')
  const parts = row.private_jwe.split('.')
  expect(JSON.parse(Buffer.from(parts[0], 'base64url').toString())).toEqual({ alg: 'dir', enc: 'A256GCM' })
  expect(Buffer.from(parts[3], 'base64url').toString('latin1')).not.toContain('Ed25519')
})

test('the helper of this file makes tokens that are accepted', async () => {
  expect((await askWith(await signAs({}, goodClaims()))).status).toBe(200)
})

test.each<[what: string, make: () => Promise<string> | string]>([
  ['nothing signed (alg none)', () => `${encode({ alg: 'none', typ: 'at+jwt' })}.${encode(goodClaims())}.`],
  [
    'HS256 with the public key as secret',
    () =>
      new jose.SignJWT(goodClaims())
        .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: keys[0]?.kid })
        .sign(Buffer.from(String(keys[0]?.x), 'base64url')),
  ],
  [
    'a key of somebody else under our kid',
    async () =>
      new jose.SignJWT(goodClaims())
        .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: keys[0]?.kid })
        .sign((await jose.generateKeyPair('EdDSA')).privateKey),
  ],
  [
    'a key that it brings along',
    async () => {
      const { publicKey, privateKey } = await jose.generateKeyPair('EdDSA', { extractable: true })
      return new jose.SignJWT(goodClaims())
        .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', jwk: await jose.exportJWK(publicKey) })
        .sign(privateKey)
    },
  ],
  ['another issuer', () => signAs({}, { ...goodClaims(), iss: 'somebody' })],
  ['another audience', () => signAs({}, { ...goodClaims(), aud: 'tenantry:admin' })],
  ['the type JWT', () => signAs({ typ: 'JWT' }, goodClaims())],
  ['no type', () => signAs({ typ: undefined }, goodClaims())],
  ['a tenant that is no tenant id', () => signAs({}, { ...goodClaims(), tenant_id: 'Acme' })],
  ...['iss', 'aud', 'sub', 'tenant_id', 'role', 'sid', 'jti', 'iat', 'exp'].map(
    (claim): [string, () => Promise<string>] => [
      `no claim ${claim}`,
      () => signAs({}, { ...goodClaims(), [claim]: undefined }),
    ],
  ),
  [
    'a payload changed afterwards',
    () => {
      const [header, , signature] = platform.acme.token.split('.')
      return `${header}.${encode({ ...goodClaims(), tenant_id: 'globex' })}.${signature}`
    },
  ],
  ['a signature cut off', () => platform.acme.token.slice(0, -4)],
  ['no token at all', () => 'abc'],
])('a token with %s is refused', async (_what, make) => {
  await expectRefused(await make())
})

test('a token of support is good with the mark that we gave it and no other, nor without', async () => {
  const support = await openSupport(platform, await signInOperator(platform), { write: true })
  const { jti, ...claims } = jose.decodeJwt(support.token)
  const ask = async (mark: unknown) => {
    const token = await signAs({}, { ...claims, jti: `${jti}-2`, support: mark })
    const headers = { Authorization: `Bearer ${token}`, 'X-Tenant-ID': 'acme' }
    return (await platform.get('/v1/clients', headers)).status
  }
  expect(await ask('read_write')).toBe(200)
  for (const mark of ['read_only', 'everything', '', true, null, { read_write: true }, undefined]) {
    expect(await ask(mark), JSON.stringify(mark)).toBe(401)
  }
})

test('a selection token opens nothing, and an access token chooses nothing', async () => {
  const { tokens } = platform.context
  const chooser = { userId: platform.acme.userId, passwordChangedAt: platform.clock.now() }
  const selection = await tokens.issueSelection(chooser)
  expect(await tokens.verifySelection(selection)).toEqual(chooser)
  await expectRefused(selection)
  await expect(tokens.verifySelection(platform.acme.token)).rejects.toMatchObject({ code: 'unauthenticated' })
})

test.each([
  ['without a token', undefined],
  ['with a password instead', `Basic ${btoa(`owner@acme.example:${goodPassword}`)}`],
  ['with two words', 'Bearer a b'],
])('a request %s is told how to authenticate', async (_what, authorization) => {
  const { status, headers } = await platform.get('/v1/me', {
    'X-Tenant-ID': 'acme',
    ...(authorization ? { Authorization: authorization } : {}),
  })
  expect(status).toBe(401)
  expect(headers.get('www-authenticate')).toMatch(/^Bearer realm="tenantry"/)
})

describe('several processes on one database', () => {
  const startAnother = (database: TestDatabase = platform.database) =>
    createContext({ ...platform.context, ...database, tokenKeySecret: testSecret })

  test('a restart keeps the keys', async () => {
    const another = await startAnother()
    try {
      expect((await another.tokens.jwks()).keys).toEqual(keys)
      expect(await another.tokens.verifyAccess(platform.acme.token)).toMatchObject({ tenantId: 'acme' })
    } finally {
      await closeContext(another)
    }
  })

  test('two that start at once on an empty database verify each other’s tokens', async () => {
    const empty = await createTestDatabase()
    const both = await Promise.all([startAnother(empty), startAnother(empty)])
    try {
      const subject = {
        ...(await platform.context.tokens.verifyUser(platform.acme.token)),
        role: 'owner' as const,
      }
      const [one, two] = both.map(({ tokens }) => tokens)
      if (!one || !two) throw new Error('two were started')
      expect(await one.verifyAccess(await two.issueAccess(subject))).toMatchObject({ userId: subject.userId })
      expect(await two.verifyAccess(await one.issueAccess(subject))).toMatchObject({ userId: subject.userId })
      expect((await one.jwks()).keys).toHaveLength(1)
      expect((await two.jwks()).keys).toEqual((await one.jwks()).keys)
    } finally {
      for (const each of both) await closeContext(each)
      await empty.drop()
    }
  })

  test('unknown keys make no more questions to the database than known ones', async () => {
    const another = await startAnother()
    const timer = vi.spyOn(performance, 'now')
    try {
      const questions = vi.spyOn(another.db, 'readPlatform')
      const { privateKey } = await jose.generateKeyPair('EdDSA')
      const guess = async () => {
        const guesses = Array.from({ length: 20 }, (_, index) =>
          new jose.SignJWT(goodClaims())
            .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: `guess-${index}` })
            .sign(privateKey)
            .then((token) => another.tokens.verifyAccess(token)),
        )
        const outcomes = await Promise.allSettled(guesses)
        expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true)
      }
      const started = performance.now()
      for (const second of [1, 2]) {
        timer.mockReturnValue(started + second * 1001)
        await guess()
        await guess()
        expect(questions).toHaveBeenCalledTimes(second)
      }
    } finally {
      timer.mockRestore()
      await closeContext(another)
    }
  })
})

test('a token expires, also one that was accepted before', async () => {
  expect((await askWith(platform.acme.token)).status).toBe(200)
  platform.clock.advance(899_000)
  expect((await askWith(platform.acme.token)).status).toBe(200)
  platform.clock.advance(1000)
  await expectRefused(platform.acme.token)
})
