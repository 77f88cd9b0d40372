import { deepStrictEqual } from 'node:assert'
import { withDirectClient } from '../../src/db/direct-client.ts'
import type { DataOptions, DataQuestion, DataWay } from './data-subject.ts'
import type { HandwrittenOptions } from './handwritten-subject.ts'
import { openLoad } from './load.ts'
import { compare, type Measured, type Row } from './rounds.ts'
import type { Bearer, Stage } from './stage.ts'
import { type Subject, startSubject } from './subject.ts'
import type { TenantryOptions } from './tenantry-subject.ts'

export interface Pace {
  rounds: number
  roundMs: number
  warmUpMs: number
}

/** A subject and what the result calls it. */
export interface Named {
  name: string
  subject: Subject
}

const dataWays: [DataWay, string][] = [
  ['plain, prepared', 'pg, where tenant_id = $1, no row security, prepared'],
  ['plain', 'the same, unprepared'],
  ['textbook', 'Kysely transaction, awaited BEGIN, SET LOCAL, query, COMMIT'],
  ['withTenant', 'Tenantry, withTenant'],
  ['readTenant', 'Tenantry, readTenant'],
]

/** One page of one tenant's clients, read by 16 and by 32 workers over 16 connections. */
export async function compareData(
  stage: Stage,
  tenantIds: string[],
  pace: Pace,
): Promise<Record<string, Row[]>> {
  const { tenantUrl, platformUrl, plainUrl } = stage
  const subjects: Named[] = []
  try {
    for (const [way, name] of dataWays) {
      const options: DataOptions = { way, tenantUrl, platformUrl, plainUrl, tenantIds }
      subjects.push({ name, subject: await startSubject('data-subject.ts', options) })
    }
    for (const list of tenantIds.slice(0, 3)) {
      const question: DataQuestion = { list }
      await expectSame(
        subjects,
        (subject) => subject.ask<unknown[]>(question),
        ({ length }) => length === 20,
      )
    }
    const results: Record<string, Row[]> = {}
    for (const workers of [16, 32]) {
      const contenders = subjects.map(({ name, subject }) => ({
        name,
        measure: (milliseconds: number) =>
          subject.ask<Measured>({ workers, milliseconds } satisfies DataQuestion),
      }))
      results[`one list in the data layer, ${workers} workers on 16 connections`] = await compare(
        contenders,
        pace,
      )
    }
    return results
  } finally {
    await Promise.all(subjects.map(({ subject }) => subject.stop()))
  }
}

export function startTenantry(
  stage: Stage,
  logLevel: TenantryOptions['logLevel'],
  rateLimits: TenantryOptions['rateLimits'] = 'off',
): Promise<Subject> {
  const { folder: dataDir, tenantUrl, platformUrl, tokenKeySecret } = stage
  const options: TenantryOptions = { dataDir, tenantUrl, platformUrl, tokenKeySecret, logLevel, rateLimits }
  return startSubject('tenantry-subject.ts', options)
}

export function startHandwritten(stage: Stage, way: HandwrittenOptions['way']): Promise<Subject> {
  const { plainUrl, tenantUrl } = stage
  const options: HandwrittenOptions = { way, plainUrl, tenantUrl }
  return startSubject('handwritten-subject.ts', options)
}

/** GET /v1/clients?limit=20, the whole request. */
export async function compareReads(stage: Stage, servers: Named[], bearers: Bearer[], pace: Pace) {
  const path = '/v1/clients?limit=20'
  for (const bearer of bearers.slice(0, 3)) {
    const read = async (subject: Subject) => (await call(subject, bearer, 'GET', path)) as { data: unknown[] }
    await expectSame(servers, read, ({ data }) => data.length === 20)
  }
  return compareServers(stage, servers, { method: 'GET', path, bearers }, pace)
}

/** POST /v1/clients, which also leaves an entry in the audit trail. */
export async function compareWrites(stage: Stage, servers: Named[], bearers: Bearer[], pace: Pace) {
  const path = '/v1/clients'
  const body = JSON.stringify({
    name: 'Grace Hopper',
    email: 'grace@customers.example',
    phone: '+33 1 23 45 67 89',
    address: '1 rue de la République, 69001 Lyon',
  })
  const write = async (subject: Subject) => {
    const before = await countRows(stage)
    const client = (await call(subject, bearers[0] as Bearer, 'POST', path, body)) as object
    const after = await countRows(stage)
    return {
      fields: Object.keys(client),
      clients: after.clients - before.clients,
      audit: after.audit - before.audit,
    }
  }
  await expectSame(servers, write, ({ clients, audit }) => clients === 1 && audit === 1)
  return compareServers(stage, servers, { method: 'POST', path, body, bearers }, pace)
}

async function compareServers(
  stage: Stage,
  servers: Named[],
  request: Parameters<typeof openLoad>[1],
  pace: Pace,
): Promise<Record<string, Row[]>> {
  const load = await openLoad(stage.folder, request)
  try {
    const contenders = servers.map(({ name, subject }) => ({
      name,
      measure: (milliseconds: number) => load.measure(subject, milliseconds),
    }))
    const title = `${request.method} ${request.path}, 32 connections, load by ${load.by}`
    return { [title]: await compare(contenders, pace) }
  } finally {
    await load.stop()
  }
}

async function call(
  subject: Subject,
  { tenantId, token }: Bearer,
  method: string,
  path: string,
  body?: string,
) {
  const response = await fetch((await subject.ask<string>('url')) + path, {
    method,
    headers: {
      Authorization: `Bearer ${token}`,
      'X-Tenant-ID': tenantId,
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
    },
    body,
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`)
  return JSON.parse(text) as unknown
}

async function countRows({ adminUrl }: Stage): Promise<{ clients: number; audit: number }> {
  const text = `select (select count(*)::int from clients) as clients,
    (select count(*)::int from audit_entries) as audit`
  const { rows } = await withDirectClient(adminUrl, (admin) => admin.query(text))
  return rows[0]
}

/** A subject that answers something else is not worth a measurement. */
async function expectSame<Answer>(
  subjects: Named[],
  ask: (subject: Subject) => Promise<Answer>,
  isSound: (answer: Answer) => boolean,
): Promise<void> {
  let first: Answer | undefined
  for (const { name, subject } of subjects) {
    const answer = await ask(subject)
    first ??= answer
    deepStrictEqual(answer, first, `${name} answers something else than ${subjects[0]?.name}`)
    if (!isSound(answer)) throw new Error(`${name} answers ${JSON.stringify(answer)}`)
  }
}
