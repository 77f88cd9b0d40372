import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type NextFunction, type Request, type Response } from 'express'
import * as jose from 'jose'
import { type Generated, Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { answerQuestions, readOptions } from './subject.ts'

/** `plain` knows no row security and remembers good tokens; `textbook` has row security as the manuals show it. */
export interface HandwrittenOptions {
  way: 'plain' | 'textbook'
  plainUrl: string
  tenantUrl: string
}

const { way, plainUrl, tenantUrl } = readOptions<HandwrittenOptions>()
const pool = new pg.Pool({ connectionString: way === 'plain' ? plainUrl : tenantUrl, max: 16 })
const columns = ['id', 'name', 'email', 'phone', 'address', 'notes', 'created_at', 'updated_at'] as const
const keySet = await readKeys()
const remembered = new Map<string, { tenantId: string; userId: string; expiresAt: number }>()

async function readKeys() {
  const client = new pg.Client(plainUrl)
  await client.connect()
  const { rows } = await client.query('select public_jwk from signing_keys')
  await client.end()
  return jose.createLocalJWKSet({ keys: rows.map((row) => row.public_jwk) })
}

async function authenticate(request: Request) {
  const token = request.headers.authorization?.slice('Bearer '.length) ?? ''
  let known = way === 'plain' ? remembered.get(token) : undefined
  if (!known || known.expiresAt < Date.now()) {
    const { payload } = await jose.jwtVerify(token, keySet, { algorithms: ['EdDSA'], issuer: 'tenantry' })
    known = {
      tenantId: String(payload.tenant_id),
      userId: String(payload.sub),
      expiresAt: Number(payload.exp) * 1000,
    }
    if (remembered.size > 10_000) remembered.clear()
    remembered.set(token, known)
  }
  if (request.headers['x-tenant-id'] !== known.tenantId) throw new Error('another tenant')
  return known
}

interface Client {
  id: string
  created_at: Date
}

const listText = `select ${columns.join(', ')} from clients where tenant_id = $1
  order by created_at desc, id desc limit `

async function listPlain(tenantId: string, limit: number): Promise<Client[]> {
  // In the text: with the limit as a parameter PostgreSQL plans a prepared statement again every time.
  const text = listText + (limit + 1)
  return (await pool.query({ name: `list ${limit}`, text, values: [tenantId] })).rows
}

interface Tables {
  clients: Record<Exclude<(typeof columns)[number], 'created_at'>, string> & { created_at: Generated<Date> }
}
const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })

function listTextbook(tenantId: string, limit: number): Promise<Client[]> {
  return db.transaction().execute(async (tx) => {
    await sql`set local app.tenant_id = ${sql.lit(tenantId)}`.execute(tx)
    return tx
      .selectFrom('clients')
      .select(columns)
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute()
  })
}

function toPage(rows: Client[], limit: number) {
  const data = rows.slice(0, limit)
  const last = data.at(-1)
  const cursor = last && JSON.stringify(['-created_at', last.created_at.toISOString(), last.id])
  return {
    data,
    next_cursor: rows.length > limit && cursor ? Buffer.from(cursor).toString('base64url') : null,
  }
}

const insertText = `insert into clients (tenant_id, ${columns.join(', ')})
  values ($1, $2, $3, $4, $5, $6, $7, $8, $8) returning ${columns.join(', ')}`
const auditText = `insert into audit_entries (tenant_id, id, actor_kind, actor_id, action, object_type, object_id,
    changed_fields, ip, request_id, created_at, updated_at)
  values ($1, $2, 'user', $3, 'client.created', 'client', $4, $5, $6, $7, $8, $8)`

async function createPlain(request: Request, { tenantId, userId }: { tenantId: string; userId: string }) {
  const { name, email, phone, address, notes } = request.body
  if (typeof name !== 'string' || name.length > 200) throw new Error('a bad name')
  const now = new Date()
  const id = uuidv7()
  const inserted = [tenantId, id, name, email, phone, address, notes, now]
  const audited = [tenantId, uuidv7(), userId, id, Object.keys(request.body), request.ip, uuidv7(), now]
  const client = await pool.connect()
  try {
    await client.query('begin')
    const { rows } = await client.query({ name: 'insert', text: insertText, values: inserted })
    await client.query({ name: 'audit', text: auditText, values: audited })
    await client.query('commit')
    return rows[0]
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}

const app = express()
app.disable('etag')
app.disable('x-powered-by')
app.get('/v1/clients', async (request, response) => {
  const { tenantId } = await authenticate(request)
  const limit = Math.min(Math.max(Number(request.query.limit) || 20, 1), 100)
  const rows = await (way === 'plain' ? listPlain(tenantId, limit) : listTextbook(tenantId, limit))
  response.json(toPage(rows, limit))
})
app.post('/v1/clients', express.json(), async (request, response) => {
  response.status(201).json(await createPlain(request, await authenticate(request)))
})
app.use((error: Error, _request: Request, response: Response, _next: NextFunction) => {
  response.status(500).json({ error: error.message })
})
const server = createServer(app)
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

answerQuestions(async (question: 'url' | 'cpu') => (question === 'url' ? url : process.cpuUsage()))
