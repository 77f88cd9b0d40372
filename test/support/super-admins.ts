import { TOTP } from 'otpauth'
import { createSuperAdmin } from '../../src/features/super-admins/credentials.ts'
import type { Platform } from './platform.ts'

type Caller = Pick<Platform, 'get' | 'post'>

let admins = 0

/** A further super admin with a random password, who has not signed in. */
export async function addSuperAdmin(platform: Platform, email = `operator-${++admins}@platform.example`) {
  const made = await createSuperAdmin(platform.context, email)
  if (!made) throw new Error(`${email} is a super admin already`)
  const { id, password } = made
  const logIn = (totp?: string, more: object = {}) =>
    platform.post('/auth/admin/login', { email, password, ...(totp !== undefined && { totp }), ...more })
  return { id, email, password, logIn }
}

export type TestAdmin = Awaited<ReturnType<typeof addSuperAdmin>>

/** Sends requests with an access token and nothing else. */
export function bearerOf({ get, post }: Caller, token: string) {
  const headers = { Authorization: `Bearer ${token}` }
  return {
    token,
    get: (path: string) => get(path, headers),
    post: (path: string, body?: unknown) => post(path, body, headers),
  }
}

/** A further super admin who has signed in. */
export async function addSignedInAdmin(platform: Platform) {
  const admin = await addSuperAdmin(platform)
  const { body } = await admin.logIn()
  return { ...admin, ...bearerOf(platform, body.access_token) }
}

/** Codes of an authenticator app by the platform's clock, of this time step or one so many steps away. */
export function createApp(platform: Platform, otpauthUrlOrSecret: string) {
  const totp = new TOTP({ secret: otpauthUrlOrSecret, algorithm: 'SHA1', digits: 6, period: 30 })
  return (steps = 0) => totp.generate({ timestamp: platform.clock.now().getTime() + steps * 30_000 })
}

/** A further super admin with an authenticator app, whose code of this time step is used up. */
export async function addEnrolledAdmin(platform: Platform) {
  const admin = await addSignedInAdmin(platform)
  const { secret } = (await admin.post('/auth/admin/totp')).body
  const codeOf = createApp(platform, secret)
  const { status, body } = await admin.post('/auth/admin/totp/confirm', { totp: codeOf() })
  if (status !== 200) throw new Error(`the code was answered ${status}: ${JSON.stringify(body)}`)
  return { ...admin, ...bearerOf(platform, body.access_token), secret: String(secret), codeOf }
}
