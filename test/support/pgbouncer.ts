import { execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import pg from 'pg'
import { findFreePort } from './free-port.ts'

/** Where Debian's package puts it; the service that the package starts by itself is left alone. */
const program = '/usr/sbin/pgbouncer'

/** Connections that were opened on either side, and what ran over them. */
interface Traffic {
  clients: number
  servers: number
  transactions: number
  queries: number
}

/** A PgBouncer in transaction mode in front of a test cluster. */
export interface PgBouncer {
  port: number
  /** The same database and role, reached through it. */
  url(direct: string): string
  /** Asks its admin console, such as `SHOW POOLS`. */
  ask(command: string): Promise<Record<string, string>[]>
  /** What went through it so far; statements and transactions since it was last started. */
  traffic(): Promise<Traffic>
  /** Ends it at once, as a machine that fails does; it can be started again on the same port. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>
  start(): Promise<void>
  /** Stops it for good and removes its files. */
  remove(): Promise<void>
}

/**
 * Starts a PgBouncer with few server connections, so that tenants really share them. Whoever logs in has the password
 * that PostgreSQL knows: it asks there, so a role that a test makes is known at once.
 * @param settings of its own in pgbouncer.ini, over those here
 * @throws Error when it is not installed, does not start, or the cluster was not given to the tests as a superuser
 */
export async function startPgBouncer(
  cluster: { adminUrl: string; isSuperuser: boolean },
  settings: Record<string, string | number> = {},
): Promise<PgBouncer> {
  if (!existsSync(program)) throw new Error(`${program} is not there: apt-get install pgbouncer`)
  if (!cluster.isSuperuser) throw new Error('PgBouncer asks for passwords as a superuser, which is missing')
  const { hostname, port: serverPort, username, password } = new URL(cluster.adminUrl)
  const admin = decodeURIComponent(username)
  const port = await findFreePort()
  const folder = await mkdtemp(join(tmpdir(), 'tenantry-pgbouncer-'))
  // It refuses to run as root, and becomes somebody else by itself.
  const isRoot = process.getuid?.() === 0
  const all = {
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    pool_mode: 'transaction',
    auth_type: 'scram-sha-256',
    auth_file: join(folder, 'userlist.txt'),
    auth_user: admin,
    auth_query: 'select usename, passwd from pg_shadow where usename = $1',
    admin_users: admin,
    max_client_conn: 1000,
    default_pool_size: 3,
    server_idle_timeout: 10,
    // A server that is gone is found again at once, instead of after 15 seconds.
    server_login_retry: 1,
    ...(isRoot ? { user: 'nobody' } : {}),
    ...settings,
  }
  const lines = Object.entries(all).map(([name, value]) => `${name} = ${value}`)
  const ini = `[databases]\n* = host=${hostname} port=${serverPort || 5432}\n[pgbouncer]\n${lines.join('\n')}\n`
  await writeFile(join(folder, 'pgbouncer.ini'), ini)
  await writeFile(all.auth_file, `"${admin}" "${decodeURIComponent(password)}"\n`, { mode: 0o600 })
  if (isRoot) await promisify(execFile)('chown', ['-R', 'nobody', folder])

  const opened = { clients: 0, servers: 0 }
  let running: { end(signal: NodeJS.Signals): Promise<void> } | undefined
  const url = (direct: string) => {
    const through = new URL(direct)
    through.hostname = '127.0.0.1'
    through.port = String(port)
    return through.href
  }
  const console = new URL(url(cluster.adminUrl))
  console.pathname = '/pgbouncer'

  const pooler: PgBouncer = {
    port,
    url,
    async ask(command) {
      const client = new pg.Client(console.href)
      client.on('error', () => undefined)
      await client.connect()
      try {
        return (await client.query(command)).rows
      } finally {
        await client.end()
      }
    },
    async traffic() {
      const rows = (await pooler.ask('SHOW STATS_TOTALS')).filter(({ database }) => database !== 'pgbouncer')
      const sum = (column: string) => rows.reduce((total, row) => total + Number(row[column]), 0)
      return { ...opened, transactions: sum('xact_count'), queries: sum('query_count') }
    },
    async start() {
      const child = spawn(program, [join(folder, 'pgbouncer.ini')], {
        cwd: '/',
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
      running = {
        async end(signal) {
          child.kill(signal)
          await gone
        },
      }
      const said: string[] = []
      await new Promise<void>((resolve, reject) => {
        createInterface(child.stderr).on('line', (line) => {
          if (/ login attempt: db=(?!pgbouncer )/.test(line)) opened.clients++
          if (/ new connection to server /.test(line)) opened.servers++
          if (said.length < 50) said.push(line)
          if (/ process up: /.test(line)) resolve()
        })
        void gone.then(() => reject(new Error(`PgBouncer stopped:\n${said.join('\n')}`)))
      })
    },
    async stop(signal = 'SIGTERM') {
      await running?.end(signal)
      running = undefined
    },
    async remove() {
      await pooler.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
  try {
    await pooler.start()
  } catch (error) {
    await pooler.remove()
    throw error
  }
  return pooler
}
