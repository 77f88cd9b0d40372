import { createHash, randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { verify } from '@node-rs/argon2'
import { Semaphore } from 'es-toolkit'
import * as jose from 'jose'
import type pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { Refusal } from './token-check.ts'

const findText = `select u.id, u.email, u.first_name, u.last_name, u.locale, u.password_hash,
    m.id as membership_id, m.tenant_id, m.role
  from users u join memberships m on m.user_id = u.id
  where u.email = $1 and m.status = 'active'`

// One statement, so that session and entry are one transaction in one round trip.
const openText = `with opened as (
    insert into sessions (id, user_id, subject_tenant_id, membership_id, lookup_hash, token_hash, rotated_at,
      created_at, expires_at)
    values ($1, $2, $3, $4, $5, $6, $7, $7, $8))
  insert into audit_entries (tenant_id, id, actor_kind, actor_id, action, object_type, object_id, changed_fields,
    ip, request_id, created_at, updated_at)
  values ($3, $9, 'user', $2::text, 'session.opened', 'session', $1::text, '{}', $10, $11, $7, $7)`

const accessSeconds = 900
const sessionMs = 30 * 86_400_000

/** What a login by hand reads of its request. */
interface LoginRequest {
  body: { email?: unknown; password?: unknown }
  ip?: string
}

/**
 * The login that somebody writes by hand, with little that could be left out: it finds the person, verifies the password,
 * as many at once as there are cores, opens a session with its entry in the audit trail, and signs a token. What changes
 * while it hashes it does not ask again; it neither knows addresses nor limits attempts.
 * @returns a function that throws Refusal 400 or 401
 */
export async function openLogin(pool: pg.Pool) {
  const { privateKey } = await jose.generateKeyPair('EdDSA')
  const hashes = new Semaphore(availableParallelism())
  const verifyInTurn = async (hash: string, password: string) => {
    await hashes.acquire()
    try {
      return await verify(hash, password)
    } finally {
      hashes.release()
    }
  }
  return async ({ body: { email, password }, ip }: LoginRequest) => {
    if (typeof email !== 'string' || typeof password !== 'string')
      throw new Refusal(400, 'no e-mail or password')
    const { rows } = await pool.query({ name: 'find user', text: findText, values: [email] })
    const user = rows[0]
    if (!user || !(await verifyInTurn(user.password_hash, password))) throw new Refusal(401, 'no')
    const { id, first_name, last_name, locale, membership_id, tenant_id, role } = user
    const now = new Date()
    const [sessionId, refreshToken] = [uuidv7(), randomBytes(32)]
    const stored = ['lookup', 'token'].map((use) =>
      createHash('sha256').update(use).update(refreshToken).digest(),
    )
    const expiresAt = new Date(now.getTime() + sessionMs)
    const opened = [sessionId, id, tenant_id, membership_id, ...stored, now, expiresAt]
    const values = [...opened, uuidv7(), ip, uuidv7()]
    await pool.query({ name: 'open session', text: openText, values })
    const accessToken = await new jose.SignJWT({ tenant_id, role, sid: sessionId })
      .setProtectedHeader({ alg: 'EdDSA' })
      .setIssuer('tenantry')
      .setSubject(id)
      .setIssuedAt()
      .setExpirationTime(`${accessSeconds}s`)
      .sign(privateKey)
    return {
      access_token: accessToken,
      token_type: 'bearer',
      expires_in: accessSeconds,
      refresh_token: refreshToken.toString('base64url'),
      tenant_id,
      user: { id, email, first_name, last_name, locale, role },
    }
  }
}
