import { isEqual, mapValues, omit } from 'es-toolkit'
import { withDirectClient } from '../../src/db/direct-client.ts'
import {
  type Asker,
  ask,
  compareServers,
  type Entrant,
  expectSame,
  expectSameAnswers,
  type Named,
} from './contests.ts'
import { openSteadyLoad } from './load.ts'
import { aim, type Bench, type Part, type PartResult } from './parts.ts'
import { installPostgraphile, startPostgraphile } from './postgraphile.ts'
import { compare, type Row, ratioBetween } from './rounds.ts'
import { addClientIds, type Stage, setLimits } from './stage.ts'
import type { Subject } from './subject.ts'

const names = {
  plain: 'hand-written: Express 5 + pg, where tenant_id = $1, no row security, prepared, tokens remembered',
  tenantry: 'Tenantry',
  logging: 'Tenantry with its log',
  textbook: 'textbook: Kysely transaction, awaited set_config, row security, each token verified',
  insert: 'hand-written: begin, insert, audit insert, commit, prepared, no row security, no checks',
  count: 'hand-written: the same, and before commit the update of a counter',
  postgraphile: 'PostGraphile 5: the same row security, tokens remembered, the same columns by GraphQL',
}
const fields = 'id: rowId name email phone address notes created_at: createdAt updated_at: updatedAt'
const idsEach = 300
/** Tenantry remembers access for 0.9 seconds: at the beginning of a load it has to ask for that of all at once. */
const leadMs = 1000

/** One page of 20, the whole request; and how long it takes at half of the highest load. */
const listPart: Part = {
  name: 'list',
  async run(bench) {
    const query = `{ allClients(first: 20, orderBy: [CREATED_AT_DESC, ROW_ID_DESC]) { nodes { ${fields} } } }`
    const rest = { method: 'GET', path: '/v1/clients?limit=20' } as const
    const { result, plain, tenantry } = await compareReads(bench, bench.bearers, {
      title: 'GET /v1/clients?limit=20',
      rest,
      restRows: (answer: { data: object[] }) => answer.data,
      graphql: JSON.stringify({ query }),
      graphqlRows: (answer: { data: { allClients: { nodes: GraphqlClient[] } } }) =>
        answer.data.allClients.nodes.map(withDates),
    })
    const rates = result.rows?.slice(0, 2) ?? []
    return [result, await compareLatency(bench, [plain, tenantry], rates)]
  },
}

/** One client by its id, the whole request. */
const findPart: Part = {
  name: 'find',
  async run(bench) {
    const askers = await addClientIds(bench.stage, bench.bearers, idsEach)
    const query = `query ($tenantId: String!, $id: UUID!) {
      one: clientByTenantIdAndRowId(tenantId: $tenantId, rowId: $id) { ${fields} }
    }`
    const rest = { method: 'GET', path: '/v1/clients/{id}' } as const
    const { result } = await compareReads(bench, askers, {
      title: 'GET /v1/clients/{id}',
      rest,
      restRows: (answer: object) => [answer],
      graphql: JSON.stringify({ query, variables: { tenantId: '{tenant_id}', id: '{id}' } }),
      graphqlRows: (answer: { data: { one: GraphqlClient } }) => [withDates(answer.data.one)],
    })
    return [result]
  },
}

interface GraphqlClient {
  created_at: string
  updated_at: string
}

/** GraphQL writes the same instants with another offset and other digits. */
function withDates(client: GraphqlClient): GraphqlClient {
  const [created_at, updated_at] = [client.created_at, client.updated_at].map((text) =>
    new Date(text).toISOString(),
  ) as [string, string]
  return { ...client, created_at, updated_at }
}

interface Read<RestAnswer, GraphqlAnswer> {
  title: string
  rest: Entrant['request']
  restRows(answer: RestAnswer): object[]
  graphql: string
  graphqlRows(answer: GraphqlAnswer): object[]
}

async function compareReads<RestAnswer, GraphqlAnswer>(
  bench: Bench,
  askers: Asker[],
  { title, rest, restRows, graphql, graphqlRows }: Read<RestAnswer, GraphqlAnswer>,
): Promise<{ result: PartResult; plain: Entrant; tenantry: Entrant }> {
  const plain = { name: names.plain, subject: await bench.openHandwritten('plain'), request: rest }
  const tenantry = { name: names.tenantry, subject: await bench.openTenantry(), request: rest }
  const logging = {
    name: names.logging,
    subject: await bench.openTenantry({ logLevel: 'info' }),
    request: rest,
  }
  const textbook = { name: names.textbook, subject: await bench.openHandwritten('textbook'), request: rest }
  const entrants: Entrant[] = [plain, tenantry, logging, textbook]
  await expectSameAnswers(entrants, askers)

  const notes: string[] = []
  const postgraphile = await openPostgraphile(bench).catch((error: Error) => error)
  if (postgraphile instanceof Error) notes.push(`PostGraphile is left out: ${postgraphile.message}`)
  else {
    const request = { method: 'POST', path: '/graphql', body: graphql } as const
    const readRows = (answer: unknown) => graphqlRows(answer as GraphqlAnswer)
    const entrant = { name: names.postgraphile, subject: postgraphile, request, read: readRows }
    const read = (answer: unknown) => restRows(answer as RestAnswer)
    await expectSameAnswers([{ ...plain, read }, entrant], askers)
    entrants.push(entrant)
  }
  const { rows, by } = await compareServers(bench, entrants, askers)
  const [, own, , manual, graphqlRow] = rows as [Row, Row, Row, Row, Row | undefined]
  const targets = [
    aim(own.ratio, 'hand-written', '≥', 0.9),
    aim(ratioBetween(own, manual), 'textbook', '≥', 3),
    ...(graphqlRow ? [aim(ratioBetween(own, graphqlRow), 'PostGraphile', '≥', 3)] : []),
  ]
  const result = { title, rows, targets, notes: [describeCallers(bench, by), ...notes] }
  return { result, plain, tenantry }
}

const describeCallers = ({ bearers }: Bench, by: string) =>
  `32 connections that are never idle, each request by one of ${bearers.length} callers at random, so that access is remembered of most; load by ${by}`

async function openPostgraphile(bench: Bench): Promise<Subject> {
  await installPostgraphile()
  const subject = await startPostgraphile(bench.stage)
  bench.stopAfter(() => subject.stop())
  return subject
}

/** What a request waits at a load that both can bear: half of the most that the slower one has reached. */
async function compareLatency(bench: Bench, entrants: [Entrant, Entrant], rows: Row[]): Promise<PartResult> {
  const perSecond = Math.floor(Math.min(...rows.map(({ rounds }) => Math.max(...rounds))) / 2)
  const { request } = entrants[0]
  const load = await openSteadyLoad({ ...request, bearers: await bench.signIn() })
  bench.stopAfter(() => load.stop())
  const contenders = entrants.map(({ name, subject }) => ({
    name,
    measure: (milliseconds: number) => load.measure(subject, milliseconds, perSecond, leadMs),
  }))
  // Many short rounds: a p99 is that of the worst moment of a round, and where a machine stops for 20 ms now and then, a few
  // long rounds say which of the two it stopped under.
  const pace = { ...bench.pace, rounds: bench.quick ? 10 : 150, roundMs: 1000 }
  const latencies = await compare(contenders, pace, ({ p99Ms }) => p99Ms as number)
  const [, own] = latencies as [Row, Row]
  return {
    title: `GET ${request.path}: p99 at half of the highest load, ${perSecond} a second (less is better)`,
    rows: latencies,
    targets: [aim(own.ratio, 'the p99 of hand-written', '≤', 1)],
    notes: [
      'Sent by a client in Node at a constant rate, on up to 32 connections; each is timed from when it was due,' +
        ' whether or not those before are answered, up to 1 ms of which is the timer of that client.' +
        ` ${pace.rounds} rounds of one second, each behind a second of the same load that does not count; before that the connections are opened.`,
    ],
  }
}

const newClient = {
  name: 'Grace Hopper',
  email: 'grace@customers.example',
  phone: '+33 1 23 45 67 89',
  address: '1 rue de la République, 69001 Lyon',
}
const newWorkflow = {
  name: 'Order the sheets of a production order',
  description: 'Once a night',
  engine: 'n8n',
  definition: { nodes: [{ name: 'Webhook' }, { name: 'Send mail' }] },
  is_active: true,
}
/** So high that nobody is refused, but there. */
const limits = { requests_per_minute: 1_000_000, workflows: 1e15 }

/**
 * A new client with its entry in the audit trail, of the tenant's requests per minute; and a new workflow, for which the
 * same transaction takes a place of the tenant's limit, too.
 */
const createPart: Part = {
  name: 'create',
  async run(bench) {
    const { stage, bearers } = bench
    await setLimits(stage, bearers, limits)
    bench.stopAfter(() => setLimits(stage, bearers, {}))
    const plain = await bench.openHandwritten('plain')
    const tenantry = await bench.openTenantry({ rateLimits: 'on' })
    const clients = await compareCreates(bench, 'clients', newClient, [
      { name: names.insert, subject: plain },
      { name: names.tenantry, subject: tenantry },
    ])
    const [, own] = clients.rows as [Row, Row]
    const targets = [aim(own.ratio, 'hand-written', '≥', 0.8)]
    const workflows = await compareCreates(bench, 'workflows', newWorkflow, [
      { name: names.count, subject: plain },
      { name: names.tenantry, subject: tenantry },
    ])
    const taking =
      'In the same transaction Tenantry holds the counter, reads what the tenant may, and adds to the usage of the day.'
    return [
      { ...clients, targets },
      { ...workflows, notes: [...workflows.notes, taking] },
    ]
  },
}

/** @throws Error when one adds something else than a row, an entry and, of what is counted, a place; or answers otherwise */
async function compareCreates(
  bench: Bench,
  table: 'clients' | 'workflows',
  row: object,
  subjects: Named[],
): Promise<PartResult & { notes: string[] }> {
  const request = { method: 'POST', path: `/v1/${table}`, body: JSON.stringify(row) } as const
  const entrants = subjects.map((each): Entrant => ({ ...each, request }))
  const expected = { rows: 1, entries: 1, places: table === 'workflows' ? 1 : 0 }
  await expectSame(entrants, async ({ name, subject }) => {
    const asker = bench.bearers[0] as Asker
    const before = await countRows(bench.stage, table, asker)
    const { status, body } = await ask(subject, request, asker)
    const after = await countRows(bench.stage, table, asker)
    const added = mapValues(after, (count, of) => count - before[of])
    if (status !== 201 || !isEqual(added, expected))
      throw new Error(`${name} answers ${status} and adds ${JSON.stringify(added)}`)
    return omit(JSON.parse(body), ['id', 'created_at', 'updated_at'])
  })
  const { rows, by } = await compareServers(bench, entrants, bench.bearers)
  const counting = 'Tenantry counts each against the requests per minute of its tenant.'
  return { title: `POST ${request.path}`, rows, notes: [describeCallers(bench, by), counting] }
}

async function countRows({ adminUrl }: Stage, table: string, { tenantId }: Asker) {
  const text = `select (select count(*)::int from ${table} where tenant_id = $1) as rows,
    (select count(*)::int from audit_entries where tenant_id = $1) as entries,
    (select used::int from limit_counters where tenant_id = $1 and limit_name = 'workflows') as places`
  const { rows } = await withDirectClient(adminUrl, (admin) => admin.query(text, [tenantId]))
  return rows[0] as { rows: number; entries: number; places: number }
}

/** Whole servers compared over HTTP. Creating comes last: it adds rows. */
export const httpParts: Part[] = [listPart, findPart, createPart]
