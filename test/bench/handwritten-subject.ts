import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type NextFunction, type Request, type Response } from 'express'
import type { JWK } from 'jose'
import { type Generated, Kysely, PostgresDialect, sql, type Transaction } from 'kysely'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { openLogin } from './handwritten-login.ts'
import { answerQuestions, readOptions } from './subject.ts'
import { type Known, openTokenCheck, Refusal } from './token-check.ts'

/**
 * `plain` knows no row security, has its statements prepared and remembers good tokens; `textbook` has row security as
 * the manuals show it and verifies each token each time. Neither sends the headers of security that Tenantry sends.
 */
export interface HandwrittenOptions {
  way: 'plain' | 'textbook'
  databaseUrl: string
  /** whose tokens are good */
  keys: JWK[]
}

const { way, databaseUrl, keys } = readOptions<HandwrittenOptions>()
const pool = new pg.Pool({ connectionString: databaseUrl, max: 16 })
const columns = ['id', 'name', 'email', 'phone', 'address', 'notes', 'created_at', 'updated_at'] as const
const authenticate = openTokenCheck({ keys, remembers: way === 'plain' })

interface Client {
  id: string
  created_at: Date
}

interface Reads {
  list(tenantId: string, limit: number): Promise<Client[]>
  find(tenantId: string, id: string): Promise<Client | undefined>
}

function openPlain(): Reads {
  const listText = `select ${columns.join(', ')} from clients where tenant_id = $1
    order by created_at desc, id desc limit `
  const findText = `select ${columns.join(', ')} from clients where tenant_id = $1 and id = $2`
  return {
    list: async (tenantId, limit) => {
      // In the text: with the limit as a parameter PostgreSQL plans a prepared statement again every time.
      const text = listText + limit
      return (await pool.query({ name: `list ${limit}`, text, values: [tenantId] })).rows
    },
    find: async (tenantId, id) =>
      (await pool.query({ name: 'find', text: findText, values: [tenantId, id] })).rows[0],
  }
}

function openTextbook(): Reads {
  interface Tables {
    clients: Record<Exclude<(typeof columns)[number], 'created_at'>, string> & { created_at: Generated<Date> }
  }
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  const inTenant = <Result>(tenantId: string, work: (tx: Transaction<Tables>) => Promise<Result>) =>
    db.transaction().execute(async (tx) => {
      await sql`select set_config('app.tenant_id', ${tenantId}, true)`.execute(tx)
      return work(tx)
    })
  return {
    list: (tenantId, limit) =>
      inTenant(tenantId, (tx) =>
        tx
          .selectFrom('clients')
          .select(columns)
          .orderBy('created_at', 'desc')
          .orderBy('id', 'desc')
          .limit(limit)
          .execute(),
      ),
    find: (tenantId, id) =>
      inTenant(tenantId, (tx) =>
        tx.selectFrom('clients').select(columns).where('id', '=', id).executeTakeFirst(),
      ),
  }
}

/** @param rows one more than the page holds, where there is one */
function toPage(rows: Client[], limit: number) {
  const data = rows.slice(0, limit)
  const last = data.at(-1)
  const cursor = last && JSON.stringify(['-created_at', last.created_at.toISOString(), last.id])
  return {
    data,
    next_cursor: rows.length > limit && cursor ? Buffer.from(cursor).toString('base64url') : null,
  }
}

/** What can be made, by the fields that a body gives; of what is counted, a place is taken in the same transaction. */
const kinds = {
  client: { table: 'clients', fields: ['name', 'email', 'phone', 'address', 'notes'], isCounted: false },
  workflow: {
    table: 'workflows',
    fields: ['name', 'description', 'engine', 'definition', 'is_active'],
    isCounted: true,
  },
}
const auditText = `insert into audit_entries (tenant_id, id, actor_kind, actor_id, action, object_type, object_id,
    changed_fields, ip, request_id, created_at, updated_at)
  values ($1, $2, 'user', $3, $4, $5, $6, $7, $8, $9, $10, $10)`
const takeText = `update limit_counters set used = used + 1, updated_at = $2
  where tenant_id = $1 and limit_name = 'workflows' and used < $3`
const allowed = 1e15

function openCreate(kind: keyof typeof kinds): (request: Request, known: Known) => Promise<object> {
  const { table, fields, isCounted } = kinds[kind]
  const shown = ['id', ...fields, 'created_at', 'updated_at'].join(', ')
  const insertText = `insert into ${table} (tenant_id, ${shown}) values ($1, $2, $3, $4, $5, $6, $7, $8, $8) returning ${shown}`
  return async ({ body, ip }, { tenantId, userId }) => {
    if (typeof body.name !== 'string' || body.name.length > 200) throw new Refusal(422, 'a bad name')
    const now = new Date()
    const id = uuidv7()
    const inserted = [tenantId, id, ...fields.map((field) => body[field]), now]
    const changed = Object.keys(body)
    const audited = [tenantId, uuidv7(), userId, `${kind}.created`, kind, id, changed, ip, uuidv7(), now]
    const client = await pool.connect()
    try {
      await client.query('begin')
      const { rows } = await client.query({ name: `insert ${kind}`, text: insertText, values: inserted })
      await client.query({ name: 'audit', text: auditText, values: audited })
      if (isCounted) {
        const taken = await client.query({ name: 'take', text: takeText, values: [tenantId, now, allowed] })
        if (taken.rowCount !== 1) throw new Refusal(403, 'limit reached')
      }
      await client.query('commit')
      return rows[0]
    } catch (error) {
      await client.query('rollback')
      throw error
    } finally {
      client.release()
    }
  }
}

const { list, find } = way === 'plain' ? openPlain() : openTextbook()
const logIn = await openLogin(pool)
const app = express()
app.disable('etag')
app.disable('x-powered-by')
app.get('/v1/clients', async (request, response) => {
  const { tenantId } = await authenticate(request)
  const limit = Math.min(Math.max(Number(request.query.limit) || 20, 1), 100)
  response.json(toPage(await list(tenantId, limit + 1), limit))
})
app.get('/v1/clients/:id', async (request, response) => {
  const { tenantId } = await authenticate(request)
  const client = await find(tenantId, request.params.id)
  if (!client) throw new Refusal(404, 'no such client')
  response.json(client)
})
for (const kind of ['client', 'workflow'] as const) {
  const create = openCreate(kind)
  app.post(`/v1/${kinds[kind].table}`, express.json(), async (request, response) => {
    const known = await authenticate(request)
    response.status(201).json(await create(request, known))
  })
}
app.post('/auth/login', express.json(), async (request, response) => {
  response.json(await logIn(request))
})
app.use((error: Error, _request: Request, response: Response, _next: NextFunction) => {
  response.status(error instanceof Refusal ? error.status : 500).json({ error: error.message })
})
const server = createServer(app)
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

answerQuestions(async (question: 'url' | 'cpu') => (question === 'url' ? url : process.cpuUsage()))
