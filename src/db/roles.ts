import { createHash, hkdfSync } from 'node:crypto'
import pg from 'pg'
import { MigrationError } from './migrate/migration-error.ts'

/** A role that logs in. Without a password it was made by a DBA: its URL is theirs, and we never alter it. */
export interface LoginRole {
  name: string
  url: string
  password?: string
}

/** The four roles that log in, and the purger, which cannot log in and owns the one function that empties a deleted tenant. */
export interface Roles {
  owner: LoginRole
  tenant: LoginRole
  platform: LoginRole
  jobs: LoginRole
  purger: string
}

export interface RoleOptions {
  /** DATABASE_URL: a direct connection as a superuser, or as the role that is to own everything. */
  adminUrl: string
  tokenKeySecret: string
  tenantUrl?: string | undefined
  platformUrl?: string | undefined
  jobsUrl?: string | undefined
  /** What the names of the roles begin with, if not the name of the database. */
  prefix?: string | undefined
}

/**
 * Names and URLs of the roles, without asking the database. The owner is the one for a DATABASE_URL of a
 * superuser; prepareRoles finds out and returns what is really so.
 * @throws MigrationError when two of the given URLs name the same role
 */
export function describeRoles(options: RoleOptions): Roles {
  const admin = new pg.Client(options.adminUrl)
  const prefix = shorten(options.prefix ?? admin.database ?? 'tenantry')
  const role = (kind: string, givenUrl?: string): LoginRole => {
    if (givenUrl) return { name: userOf(givenUrl), url: givenUrl }
    const name = `${prefix}_${kind}`
    const password = passwordFor(name, options.tokenKeySecret)
    return { name, url: urlAs(options.adminUrl, name, password), password }
  }
  const roles = {
    owner: role('owner'),
    tenant: role('tenant', options.tenantUrl),
    platform: role('platform', options.platformUrl),
    jobs: role('jobs', options.jobsUrl),
    purger: `${prefix}_purger`,
  }
  const names = [userOf(options.adminUrl), roles.tenant.name, roles.platform.name, roles.jobs.name]
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) {
    throw new MigrationError(
      `DATABASE_URL, TENANT_, PLATFORM_ and JOBS_DATABASE_URL each need a role of their own, but two of them ` +
        `name ${twice}: the roles keep tenants apart.`,
    )
  }
  return roles
}

/** The name a connection with this URL logs in with. */
export function userOf(url: string): string {
  return new pg.Client(url).user ?? ''
}

/** HKDF (RFC 5869), so that no password has to be kept anywhere and another database has other ones. */
function passwordFor(name: string, secret: string): string {
  return Buffer.from(hkdfSync('sha256', secret, '', `database role ${name}`, 32)).toString('base64url')
}

/** PostgreSQL cuts names at 63 bytes, which would make two roles one. */
function shorten(prefix: string): string {
  if (Buffer.byteLength(prefix) <= 50) return prefix
  return `${prefix.slice(0, 20)}_${createHash('sha256').update(prefix).digest('hex').slice(0, 12)}`
}

function urlAs(adminUrl: string, user: string, password: string): string {
  // WHATWG URLs refuse a user without a host, which is how a socket in ?host= is written.
  const url = new URL(adminUrl.replace(/^(\w+:\/\/)[^/?#]*@(?=[/?#]|$)/, '$1'))
  url.pathname = `/${encodeURIComponent(new pg.Client(adminUrl).database ?? '')}`
  url.searchParams.delete('user')
  url.searchParams.delete('password')
  if (url.hostname === '') {
    url.searchParams.set('user', user)
    url.searchParams.set('password', password)
  } else {
    url.username = encodeURIComponent(user)
    url.password = password
  }
  return url.href
}
