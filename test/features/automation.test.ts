import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { readCredential } from '../../src/business/automation/credentials.ts'
import type { Tx } from '../../src/db/database.ts'
import type { TenantId } from '../../src/db/tenant-id.ts'
import { setLimits, setTimeZone, usageOf } from '../support/limits.ts'
import { addApiKey, addMember, membershipOf } from '../support/members.ts'
import { type Answer, type Member, type Platform, startPlatform } from '../support/platform.ts'

let platform: Platform
let acme: Member
let globex: Member
beforeAll(async () => {
  platform = await startPlatform()
  ;({ acme, globex } = platform)
})
afterAll(() => platform.stop())

const minute = 60_000
let companies = 0
const newCompany = () => platform.signUp(`Automated ${++companies}`)
const made = async (path: string, body: object, member = acme) => {
  const answer = await member.post(path, body)
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  return answer.body
}
const makeWorkflow = (fields: object = {}, member = acme) =>
  made('/v1/workflows', { name: 'Order sheets', engine: 'n8n', ...fields }, member)
const start = (id: string, body: unknown = {}, member = acme) =>
  member.post(`/v1/workflows/${id}/executions`, body)
const finish = (id: string, body: object, member = acme) =>
  member.post(`/v1/workflow-executions/${id}/finish`, body)
const executionsOf = async (id: string, filter = '', member = acme) =>
  (await member.get(`/v1/workflow-executions?workflow_id=${id}&limit=100${filter}`)).body.data
const actionsOn = async (id: string) => {
  const query = 'select action, changed_fields from audit_entries where object_id = $1 order by position'
  const rows = await platform.sql(query, [id], 'acme')
  return rows.map(({ action, changed_fields }) => [action, ...changed_fields].join(' '))
}
const codes = (answers: Answer[]) => answers.map(({ status, body }) => body.code ?? status)
const twenty = <T>(work: (place: number) => Promise<T>) =>
  Promise.all(Array.from({ length: 20 }, (_, place) => work(place)))
/** The answers to requests that all came while somebody else's transaction held what they need. */
async function answersBehind(hold: (tx: Tx) => Promise<unknown>, ask: () => Promise<Answer>[]) {
  const asked = await platform.context.db.withTenant('acme' as TenantId, async (tx) => {
    await hold(tx)
    const answers = ask()
    await vi.waitFor(async () => {
      const [row] = await platform.sql(
        `select count(*)::int as waiting from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'`,
      )
      expect(row.waiting).toBe(answers.length)
    })
    return { answers }
  })
  return Promise.all(asked.answers)
}

describe('an execution', () => {
  test('is noted when it starts and when it ends, by the clock', async () => {
    const { id: workflow_id } = await makeWorkflow()
    const startedAt = platform.clock.now().toISOString()
    const started = await start(workflow_id, { external_id: '4711', input: { order: 7 } })
    expect([started.status, started.body]).toEqual([
      201,
      {
        id: expect.any(String),
        workflow_id,
        external_id: '4711',
        input: { order: 7 },
        status: 'running',
        output: null,
        error: null,
        started_at: startedAt,
        finished_at: null,
        duration_ms: null,
        created_at: startedAt,
        updated_at: startedAt,
      },
    ])
    const { id } = started.body
    platform.clock.advance(1234)
    const finishedAt = platform.clock.now().toISOString()
    const { status, body, headers } = await finish(id, { status: 'succeeded', output: { sheets: 12 } })
    expect([status, body]).toEqual([
      200,
      {
        ...started.body,
        status: 'succeeded',
        output: { sheets: 12 },
        finished_at: finishedAt,
        duration_ms: 1234,
        updated_at: finishedAt,
      },
    ])
    const shown = await acme.get(`/v1/workflow-executions/${id}`)
    expect([shown.body, shown.headers.get('etag')]).toEqual([body, headers.get('etag')])
    expect(await actionsOn(id)).toEqual([
      'workflow_execution.started external_id input',
      'workflow_execution.finished status output',
    ])
  })

  test('needs no body to start, and is found by workflow, status and what the engine calls it', async () => {
    const [one, other] = [await makeWorkflow(), await makeWorkflow()]
    const { id: running } = (await start(one.id, undefined)).body
    const { id: failed } = (await start(one.id, { external_id: 'run-9' })).body
    await start(other.id)
    await finish(failed, { status: 'failed', error: 'No sheets left' })
    const idsOf = async (filter: string) =>
      (await executionsOf(one.id, filter)).map((each: { id: string }) => each.id)
    expect((await idsOf('')).sort()).toEqual([running, failed].sort())
    expect(await idsOf('&status=running')).toEqual([running])
    expect(await idsOf('&status=failed')).toEqual([failed])
    expect(await idsOf('&external_id=run-9')).toEqual([failed])
    expect(Object.keys((await executionsOf(one.id))[0])).not.toContain('error')
    expect((await acme.get(`/v1/workflow-executions/${failed}`)).body.error).toBe('No sheets left')
  })

  test('ends once, when two say so at once, and stays as it ended', async () => {
    const { id } = (await start((await makeWorkflow()).id)).body
    const answers = await answersBehind(
      (tx) => tx.selectFrom('workflow_executions').select('id').where('id', '=', id).forUpdate().execute(),
      () => [finish(id, { status: 'cancelled' }), finish(id, { status: 'cancelled' })],
    )
    expect(codes(answers).sort()).toEqual([200, 'not_editable'])
    const late = await finish(id, { status: 'succeeded' })
    expect([late.status, late.body.code]).toEqual([409, 'not_editable'])
    expect((await acme.get(`/v1/workflow-executions/${id}`)).body.status).toBe('cancelled')
  })

  test('is ended only in the state that the caller knows', async () => {
    const { body, headers } = await start((await makeWorkflow()).id)
    const finishIf = (ifMatch: string) =>
      acme.post(`/v1/workflow-executions/${body.id}/finish`, { status: 'failed' }, { 'If-Match': ifMatch })
    expect(codes([await finishIf('"another"')])).toEqual(['precondition_failed'])
    const etag = headers.get('etag') ?? ''
    expect((await finishIf(etag)).body.status).toBe('failed')
    expect(codes([await finishIf(etag)])).toEqual(['precondition_failed'])
  })

  test.each([
    `status = 'running', output = null, error = null, finished_at = null, duration_ms = null`,
    `status = 'failed'`,
    `output = '{}'`,
    `updated_at = updated_at`,
  ])('that has ended stays as it is, whoever sets %s', async (assignments) => {
    const { id } = (await start((await makeWorkflow()).id)).body
    await finish(id, { status: 'succeeded' })
    const change = sql.raw(`update workflow_executions set ${assignments} where id = '${id}'`)
    await expect(
      platform.context.db.withTenant('acme' as TenantId, (tx) => change.execute(tx)),
    ).rejects.toMatchObject({ code: 'TN006' })
  })

  test('that runs is changed by ending it, and not otherwise', async () => {
    const { id } = (await start((await makeWorkflow()).id)).body
    const change = `update workflow_executions set updated_at = updated_at where id = $1`
    await expect(platform.sql(change, [id], 'acme')).rejects.toMatchObject({ code: 'TN006' })
  })

  test('took no time, by a clock that was put back', async () => {
    const { id } = (await start((await makeWorkflow()).id)).body
    platform.clock.advance(-5000)
    const { body } = await finish(id, { status: 'succeeded' })
    platform.clock.advance(5000)
    expect([body.duration_ms, body.finished_at]).toEqual([0, body.started_at])
  })

  test('is of a workflow that is active', async () => {
    const { id } = await makeWorkflow({ is_active: false })
    const refused = await start(id)
    expect([refused.status, refused.body.code]).toEqual([409, 'workflow_inactive'])
    await acme.patch(`/v1/workflows/${id}`, { is_active: true })
    expect((await start(id)).status).toBe(201)
    const meanwhile = await answersBehind(
      (tx) => tx.updateTable('workflows').set({ is_active: false }).where('id', '=', id).execute(),
      () => [start(id)],
    )
    expect(codes(meanwhile)).toEqual(['workflow_inactive'])
  })

  test('outlives its workflow, which runs no more unless it is brought back', async () => {
    const { id: workflowId } = await makeWorkflow()
    const { id } = (await start(workflowId)).body
    expect((await acme.delete(`/v1/workflows/${workflowId}`)).status).toBe(204)
    expect((await start(workflowId)).status).toBe(404)
    expect(await executionsOf(workflowId)).toHaveLength(1)
    expect((await finish(id, { status: 'succeeded' })).status).toBe(200)
    await acme.post(`/v1/workflows/${workflowId}/restore`, undefined)
    expect((await start(workflowId)).status).toBe(201)
  })

  test("of another tenant's workflow is as unknown as one of none", async () => {
    const theirs = await makeWorkflow({}, globex)
    const theirRun = (await start(theirs.id, {}, globex)).body
    const told = ({ status, body }: Answer) => [status, { ...body, request_id: '' }]
    expect(told(await start(theirs.id))).toEqual(told(await start(randomUUID())))
    expect((await start(theirs.id)).status).toBe(404)
    const end = { status: 'cancelled' }
    expect(told(await finish(theirRun.id, end))).toEqual(told(await finish(randomUUID(), end)))
    expect(await executionsOf(theirs.id)).toEqual([])
    expect(await executionsOf(theirs.id, '', globex)).toEqual([
      expect.objectContaining({ status: 'running' }),
    ])
  })

  test('is neither changed nor deleted: there is no way by the API, and the database refuses', async () => {
    const { id } = (await start((await makeWorkflow()).id)).body
    const path = `/v1/workflow-executions/${id}`
    expect((await acme.patch(path, { status: 'succeeded' })).status).toBe(405)
    expect((await acme.delete(path)).status).toBe(405)
    const { db } = platform.context
    await expect(
      db.withTenant('acme' as TenantId, (tx) => tx.deleteFrom('workflow_executions').execute()),
    ).rejects.toMatchObject({ code: '42501' })
    await expect(
      db.withTenant('acme' as TenantId, (tx) =>
        tx.updateTable('workflow_executions').set({ created_at: platform.clock.now() }).execute(),
      ),
    ).rejects.toMatchObject({ code: '42501' })
  })

  test('is run by a manager and above; a member makes workflows and sees what ran', async () => {
    const member = await addMember(platform, 'acme', 'member')
    const manager = await addMember(platform, 'acme', 'manager')
    const { id } = await makeWorkflow({}, member)
    expect((await start(id, {}, member)).body.code).toBe('insufficient_role')
    const { id: execution } = (await start(id, {}, manager)).body
    expect((await finish(execution, { status: 'failed' }, member)).body.code).toBe('insufficient_role')
    expect(await executionsOf(id, '', member)).toHaveLength(1)
    expect((await finish(execution, { status: 'failed' }, manager)).status).toBe(200)
  })
})

describe('what a plan allows', () => {
  test('as many workflows as it says; one that is deleted makes room, and takes it again', async () => {
    const company = await newCompany()
    await setLimits(platform, company.tenantId, { workflows: 1 })
    const { id } = await makeWorkflow({}, company)
    const more = () => company.post('/v1/workflows', { name: 'One more', engine: 'bolt' })
    expect((await more()).body).toMatchObject({ code: 'limit_reached', limit: 'workflows', used: 1 })
    await company.delete(`/v1/workflows/${id}`)
    const { status, body } = await more()
    expect(status).toBe(201)
    expect((await company.post(`/v1/workflows/${id}/restore`, undefined)).body.code).toBe('limit_reached')
    await company.delete(`/v1/workflows/${body.id}`)
    expect((await company.post(`/v1/workflows/${id}/restore`, undefined)).status).toBe(200)
  })

  test('of a hundred executions at once with one left of the month, one', async () => {
    const company = await newCompany()
    await setLimits(platform, company.tenantId, { executions_per_month: 3 })
    const { id } = await makeWorkflow({}, company)
    await start(id, {}, company)
    await start(id, {}, company)
    const answers = await Promise.all(Array.from({ length: 100 }, () => start(id, {}, company)))
    expect(codes(answers).sort()).toEqual([201, ...Array(99).fill('limit_reached')])
    expect(await executionsOf(id, '', company)).toHaveLength(3)
    expect((await usageOf(platform, company.tenantId, 'executions_per_month')).used).toBe(3)
    await company.delete(`/v1/workflows/${id}`)
    expect((await usageOf(platform, company.tenantId, 'executions_per_month')).used).toBe(3)
  })

  test('what was refused has counted for nothing', async () => {
    const company = await newCompany()
    const { id } = await makeWorkflow({ is_active: false }, company)
    await start(id, {}, company)
    await start(randomUUID(), {}, company)
    await start(id, { input: 'no object' }, company)
    expect((await usageOf(platform, company.tenantId, 'executions_per_month')).used).toBe(0)
  })
})

describe('what a workflow keeps', () => {
  const put = (id: string, key: string, value: unknown, ifMatch?: string, member = acme) =>
    member.request(
      'PUT',
      `/v1/workflows/${id}/states/${key}`,
      { value },
      ifMatch ? { 'If-Match': ifMatch } : {},
    )
  const read = (id: string, key: string) => acme.get(`/v1/workflows/${id}/states/${key}`)
  const etagOf = ({ headers }: Answer) => headers.get('etag') ?? ''

  test('is made, replaced, listed and forgotten', async () => {
    const { id } = await makeWorkflow()
    const first = await put(id, 'cursor:orders', { last: 7 })
    expect([first.status, first.body]).toMatchObject([
      201,
      { workflow_id: id, key: 'cursor:orders', value: { last: 7 }, version: 1 },
    ])
    const second = await put(id, 'cursor:orders', [8, null])
    expect([second.status, second.body]).toEqual([200, { ...first.body, value: [8, null], version: 2 }])
    const shown = await read(id, 'cursor:orders')
    expect([shown.body, etagOf(shown)]).toEqual([second.body, etagOf(second)])
    for (const value of [null, false, 0, '', {}])
      expect((await put(id, 'plain', value)).body.value).toEqual(value)
    const { data } = (await acme.get(`/v1/workflow-states?workflow_id=${id}`)).body
    expect(data.map(({ key }: { key: string }) => key).sort()).toEqual(['cursor:orders', 'plain'])
    const remove = (headers = {}) =>
      acme.request('DELETE', `/v1/workflows/${id}/states/plain`, undefined, headers)
    expect((await remove({ 'If-Match': etagOf(first) })).status).toBe(412)
    expect((await remove()).status).toBe(204)
    expect((await remove()).status).toBe(404)
    expect((await read(id, 'plain')).status).toBe(404)
    expect(await actionsOn(first.body.id)).toEqual([
      'workflow_state.written value',
      'workflow_state.written value',
    ])
  })

  test('is replaced once by twenty who know the same value', async () => {
    const { id } = await makeWorkflow()
    const etag = etagOf(await put(id, 'counter', 0))
    const answers = await twenty((place) => put(id, 'counter', place + 1, etag))
    expect(codes(answers).sort()).toEqual([200, ...Array(19).fill('precondition_failed')])
    const winner = answers.find(({ status }) => status === 200)
    expect((await read(id, 'counter')).body).toEqual(winner?.body)
  })

  test('is written by each of twenty who know nothing, also where nothing was', async () => {
    const { id } = await makeWorkflow()
    const answers = await twenty((place) => put(id, 'anything', place))
    expect(answers.map(({ body }) => body.version).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, place) => place + 1),
    )
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
  })

  test('cannot be matched where nothing is', async () => {
    const { id } = await makeWorkflow()
    for (const ifMatch of ['*', '"another"']) {
      expect((await put(id, 'nothing', 1, ifMatch)).body.code).toBe('precondition_failed')
    }
    expect((await read(id, 'nothing')).status).toBe(404)
  })

  test.each([
    [`${'k'.repeat(101)}`, 1, 'path.key'],
    ['with%20space', 1, 'path.key'],
    ['.hidden', 1, 'path.key'],
    ['large', 'é'.repeat(32 * 1024), 'body.value'],
  ])('cannot be under %.10s', async (key, value, path) => {
    const { status, body } = await put((await makeWorkflow()).id, key, value)
    expect([status, body.errors?.[0].path]).toEqual([400, path])
  })

  test("is no other tenant's, no deleted workflow's, and written by a manager and above", async () => {
    const theirs = await makeWorkflow({}, globex)
    await put(theirs.id, 'kept', 1, undefined, globex)
    expect((await read(theirs.id, 'kept')).status).toBe(404)
    expect((await put(theirs.id, 'kept', 2)).status).toBe(404)
    const { id } = await makeWorkflow()
    const member = await addMember(platform, 'acme', 'member')
    expect((await put(id, 'kept', 1, undefined, member)).body.code).toBe('insufficient_role')
    await acme.delete(`/v1/workflows/${id}`)
    expect((await put(id, 'kept', 1)).status).toBe(404)
  })
})

describe('a credential', () => {
  const canary = 'canary-of-a-secret'
  const makeCredential = (password: string) =>
    made('/v1/credentials', { name: 'Mailbox', kind: 'basic', secret: { user: 'ada', password } })
  const decrypted = (id: string, tenantId = 'acme') =>
    platform.context.db.withTenant(tenantId as TenantId, (tx) =>
      readCredential(tx, platform.context.vault, id),
    )

  test('says that it has a secret, and since when; who calls an engine can read it', async () => {
    const { id, ...shown } = await makeCredential('one')
    const now = platform.clock.now().toISOString()
    const times = { created_at: now, updated_at: now }
    expect(shown).toEqual({
      name: 'Mailbox',
      kind: 'basic',
      secret_version: 1,
      secret_updated_at: now,
      ...times,
    })
    expect(await decrypted(id)).toEqual({ kind: 'basic', secret: { user: 'ada', password: 'one' } })
    platform.clock.advance(1000)
    await acme.patch(`/v1/credentials/${id}`, { name: 'Mailbox of the workshop' })
    const { body } = await acme.patch(`/v1/credentials/${id}`, { kind: 'header', secret: { 'X-Key': 'two' } })
    expect(body).toMatchObject({
      name: 'Mailbox of the workshop',
      secret_version: 2,
      secret_updated_at: platform.clock.now().toISOString(),
    })
    expect(await decrypted(id)).toEqual({ kind: 'header', secret: { 'X-Key': 'two' } })
    expect(await actionsOn(id)).toEqual([
      'credential.created name kind secret',
      'credential.updated name',
      'credential.updated kind secret',
    ])
    await expect(decrypted(randomUUID())).rejects.toMatchObject({ code: 'not_found' })
    await expect(decrypted(id, 'globex')).rejects.toMatchObject({ code: 'not_found' })
  })

  test('gets another secret once from twenty who know the same state, also within a millisecond', async () => {
    const { id } = await makeCredential('first')
    const etag = (await acme.get(`/v1/credentials/${id}`)).headers.get('etag') ?? ''
    const answers = await twenty((place) =>
      acme.request(
        'PATCH',
        `/v1/credentials/${id}`,
        { secret: { key: String(place) } },
        { 'If-Match': etag },
      ),
    )
    expect(codes(answers).sort()).toEqual([200, ...Array(19).fill('precondition_failed')])
  })

  test('shows its secret nowhere: no answer, no log, no table', async () => {
    const secret = { user: 'ada', password: canary }
    const body = { name: 'Canary', kind: 'basic', secret }
    const key = { 'Idempotency-Key': 'canary' }
    const { id } = (await acme.request('POST', '/v1/credentials', body, key)).body
    const path = `/v1/credentials/${id}`
    const answers = [
      await acme.request('POST', '/v1/credentials', body, key),
      await acme.patch(path, { secret: { ...secret, more: canary } }),
      await acme.get(path),
      await acme.get('/v1/credentials?limit=100'),
      await acme.get('/v1/credentials/export'),
      await acme.get(`/v1/audit?object_id=${id}`),
      await acme.get('/v1/audit?limit=100'),
      await acme.get('/openapi.json'),
      // What is wrong with a secret is told without it.
      await acme.post('/v1/credentials', { ...body, secret: canary }),
      await acme.post('/v1/credentials', { ...body, secret: { [`${canary} as a name`]: canary } }),
      await acme.post('/v1/credentials', { ...body, secret: { password: canary.repeat(1000) } }),
      await acme.post('/v1/credentials', { ...body, secret: {}, kind: 'nothing' }),
      await acme.post('/v1/credentials', { ...body, secret: [canary] }),
      await acme.get(`${path}?secret=${canary.slice(0, 6)}`),
    ]
    expect(answers.map(({ status }) => status).slice(0, 5)).toEqual([201, 200, 200, 200, 200])
    expect(codes(answers.slice(8))).toEqual(Array(6).fill('invalid_request'))
    expect((await decrypted(id)).secret.more).toBe(canary)
    await acme.delete(path)

    const tables = await platform.sql(
      `select format('%I', relname) as name from pg_class
        where relnamespace = 'public'::regnamespace and relkind = 'r'`,
    )
    expect(tables.length).toBeGreaterThan(40)
    const rows: string[] = []
    for (const { name } of tables) {
      for (const row of await platform.sql(`select t::text as text from ${name} t`)) rows.push(row.text)
    }
    expect(rows.join('\n')).toContain('Mailbox')
    const everything = [
      ...answers.map(({ body, headers }) => JSON.stringify([body, ...headers])),
      ...platform.logLines,
      ...rows,
    ].join('\n')
    for (const form of ['utf8', 'hex', 'base64'] as const) {
      // As much of it as is the same in base64 wherever it begins a group.
      const text = form === 'base64' ? btoa(canary).slice(0, 20) : Buffer.from(canary).toString(form)
      expect(everything).not.toContain(text)
    }
  })

  test('cannot be read from a row that was put somewhere else', async () => {
    const { id } = await makeCredential('moved')
    const other = randomUUID()
    const copy = (tenantId: string, newId: string) =>
      platform.sql(
        `insert into credentials (tenant_id, id, name, kind, encrypted_secret, secret_updated_at, created_at, updated_at)
          select $1, $2, name, kind, encrypted_secret, secret_updated_at, created_at, updated_at
          from credentials where tenant_id = 'acme' and id = $3`,
        [tenantId, newId, id],
      )
    await copy('acme', other)
    await copy('globex', id)
    await expect(decrypted(other)).rejects.toThrow('cannot be decrypted')
    await expect(decrypted(id, 'globex')).rejects.toThrow('cannot be decrypted')
    expect((await decrypted(id)).secret.password).toBe('moved')
  })
})

describe('what was said and found out', () => {
  test('a conversation does not end before it starts, whichever of the two is changed', async () => {
    const { id } = await made('/v1/voice-conversations', {
      subject: 'Roof',
      started_at: '2026-03-02T09:00:00+01:00',
      ended_at: '2026-03-02T08:30:00Z',
    })
    for (const change of [
      { ended_at: '2026-03-02T07:59:59.999Z' },
      { started_at: '2026-03-02T08:30:00.001Z' },
    ]) {
      const { status, body } = await acme.patch(`/v1/voice-conversations/${id}`, change)
      expect([status, body.errors]).toEqual([
        400,
        [{ path: 'body.ended_at', message: 'should not be before started_at' }],
      ])
    }
    const same = await acme.patch(`/v1/voice-conversations/${id}`, { ended_at: '2026-03-02T08:00:00Z' })
    expect(same.body.ended_at).toBe(same.body.started_at)
  })

  test('a transcription stays while a conversation refers to it', async () => {
    const { id } = await made('/v1/voice-transcriptions', { title: 'Roof', text: 'Bonjour' })
    const conversation = await made('/v1/voice-conversations', {
      subject: 'Roof',
      started_at: '2026-03-02T09:00:00Z',
      transcription_id: id,
    })
    expect((await acme.delete(`/v1/voice-transcriptions/${id}`)).body.code).toBe('in_use')
    expect((await acme.delete(`/v1/voice-conversations/${conversation.id}`)).status).toBe(204)
    expect((await acme.delete(`/v1/voice-transcriptions/${id}`)).status).toBe(204)
  })

  test('a definition of half a mebibyte at most', async () => {
    const refused = await acme.post('/v1/workflows', {
      name: 'Large',
      engine: 'bmad',
      definition: { text: 'x'.repeat(512 * 1024) },
    })
    expect(refused.body.errors).toEqual([
      { path: 'body.definition', message: 'should be at most 512 KiB of JSON' },
    ])
    await makeWorkflow({ definition: { text: 'x'.repeat(511 * 1024) } })
  })
})

// Last, since it moves the clock by a month.
test('a month of executions begins where the tenant is, and not before', async () => {
  const company = await newCompany()
  await platform.forceTenant(company.tenantId, "status = 'ACTIVE'")
  await setTimeZone(platform, company.tenantId, 'Pacific/Auckland')
  await setLimits(platform, company.tenantId, { executions_per_month: 1 })
  const createdBy = await membershipOf(platform, company)
  const key = await addApiKey(platform, { tenantId: company.tenantId, role: 'manager', createdBy })
  const { id } = await makeWorkflow({}, key)
  const april = new Date('2026-03-31T11:00:00Z')
  expect((await start(id, {}, key)).status).toBe(201)
  platform.clock.advance(april.getTime() - platform.clock.now().getTime() - 1)
  const refused = await start(id, {}, key)
  expect(refused.body).toMatchObject({
    code: 'limit_reached',
    limit: 'executions_per_month',
    resets_at: april.toISOString(),
  })
  platform.clock.advance(1)
  expect((await start(id, {}, key)).status).toBe(201)
  platform.clock.advance(minute)
  expect((await start(id, {}, key)).body.code).toBe('limit_reached')
})
