import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { withDirectClient } from '../../src/db/direct-client.ts'
import { startWorker } from '../../src/jobs/worker.ts'
import { createMail, renderMail } from '../../src/mail.ts'
import { type Platform, signupBody, startPlatform } from '../support/platform.ts'

let platform: Platform
beforeAll(async () => {
  platform = await startPlatform({}, { worker: true })
})
afterAll(() => platform.stop())
afterEach(() => vi.restoreAllMocks())

async function mailTo(address: string): Promise<string[]> {
  const folder = join(platform.dataDir, 'mail')
  const files = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.eml'))
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')))
  return texts.filter((text) => text.includes(`To: ${address}`))
}

const untilMailTo = (address: string) =>
  vi.waitFor(
    async () => {
      const [mail] = await mailTo(address)
      if (!mail) throw new Error(`no mail to ${address} yet`)
      return mail
    },
    { timeout: 10_000, interval: 50 },
  )

const openJobs = async () => (await platform.sql('select count(*)::int as n from graphile_worker.jobs'))[0].n

test('the welcome mail arrives in the data folder, once, in the language of the person', async () => {
  await platform.signUp('Bonjour', { locale: 'fr', admin_first_name: 'Zoé' })
  const french = await untilMailTo('owner@bonjour.example')
  expect(french).toMatch(/^Subject: =\?UTF-8\?Q\?Bienvenue=2C_Zo=C3=A9\?=/m)
  expect(french).toContain('Votre identifiant est bonjour.')
  expect(french).toMatch(/^From: Tenantry <no-reply@localhost>/m)

  await platform.signUp('Hello')
  const english = await untilMailTo('owner@hello.example')
  expect(english).toMatch(/^Subject: Welcome, Ada/m)
  expect(english).toContain('Your tenant id is hello.')
  await vi.waitFor(async () => expect(await openJobs()).toBe(0))
  expect(await mailTo('owner@bonjour.example')).toHaveLength(1)
})

test('a signup that was rolled back behind its job sends nothing', async () => {
  await platform.sql('alter table sessions add constraint planted check (false) not valid')
  try {
    const { status } = await platform.post('/signup', signupBody('Never'))
    expect(status).toBeGreaterThanOrEqual(400)
  } finally {
    await platform.sql('alter table sessions drop constraint planted')
  }
  await platform.signUp('Afterwards')
  await untilMailTo('owner@afterwards.example')
  expect(await mailTo('owner@never.example')).toEqual([])
})

test('a job that a killed server had begun is taken up again by the next, where that is the only one', async () => {
  const own = await startPlatform()
  await own.sql(
    "update graphile_worker._private_jobs set locked_by = 'killed', locked_at = now(), attempts = 1",
  )
  const sent: string[] = []
  vi.spyOn(own.context.mail, 'send').mockImplementation(async ({ to }) => {
    sent.push(to)
  })
  const onFailure = vi.fn()
  const options = { url: own.database.jobsUrl, poolSize: 4, poolIdleMs: 10_000, onFailure, isAlone: true }
  const worker = await startWorker(own.context, options)
  await vi.waitFor(() => expect(sent.sort()).toEqual(['owner@acme.example', 'owner@globex.example']))
  await worker.stop()
  expect(onFailure).not.toHaveBeenCalled()
  await own.stop()
})

test('a worker that ends by itself says so, and can be stopped all the same', async () => {
  const own = await startPlatform()
  const onFailure = vi.fn()
  const worker = await startWorker(own.context, {
    url: own.database.jobsUrl,
    poolSize: 4,
    poolIdleMs: 10_000,
    onFailure,
  })
  // What a newer version of the queue tells the older workers.
  const newer = JSON.stringify({ migrationNumber: 999_999, breaking: true })
  const told = async () => {
    // Again and again, since the worker may not listen yet.
    await own.sql("select pg_notify('worker:migrate', $1)", [newer])
    expect(onFailure).toHaveBeenCalledOnce()
  }
  await vi.waitFor(told, { timeout: 10_000, interval: 100 })
  await worker.stop()
  await own.stop()
})

test('mail that cannot be sent stays a job, and the log tells no address of it', async () => {
  const failure = new Error('550 mailbox of owner@unlucky.example is full')
  const send = vi.spyOn(platform.context.mail, 'send').mockRejectedValue(failure)
  platform.logLines.length = 0
  await platform.signUp('Unlucky')
  await vi.waitFor(() => expect(platform.logLines.join('')).toContain('job failed'), { timeout: 10_000 })
  const lines = platform.logLines.map((line) => JSON.parse(line))
  expect(lines.find(({ msg }) => msg === 'job failed')).toMatchObject({
    task: 'send-mail',
    tenant_id: 'unlucky',
  })
  expect(platform.logLines.join('')).not.toContain('unlucky.example')
  expect(await openJobs()).toBe(1)

  send.mockRestore()
  await platform.sql('update graphile_worker._private_jobs set run_at = now()')
  await untilMailTo('owner@unlucky.example')
  await vi.waitFor(async () => expect(await openJobs()).toBe(0))
  const metrics = (await platform.get('/metrics')).body
  expect(metrics).toMatch(/^jobs_total\{task="send-mail",outcome="failed"\} 1$/m)
  expect(metrics).toMatch(/^jobs_total\{task="send-mail",outcome="done"\} [1-9]/m)
})

test('a line break in a name cannot become a header', async () => {
  const mail = createMail({ from: 'Tenantry <no-reply@localhost>', dataDir: platform.dataDir })
  const values = { first_name: 'Eve\r\nBcc: all@victims.example', company_name: 'x', tenant_id: 'x' }
  await mail.send({ to: 'eve@breaks.example', ...renderMail('welcome', 'en', values) })
  const [text = ''] = await mailTo('eve@breaks.example')
  const [headers] = text.split(/\r?\n\r?\n/)
  expect(headers).not.toMatch(/^Bcc:/im)
})

describe('the queue, seen by the tenant role', () => {
  const asTenant = <T>(tenantId: string | undefined, query: string, parameters: unknown[] = []) =>
    withDirectClient(platform.database.tenantUrl, async (client) => {
      await client.query(tenantId ? `begin; set local app.tenant_id = '${tenantId}'` : 'begin')
      const { rows } = await client.query(query, parameters)
      await client.query('commit')
      return rows as T[]
    })
  const enqueue = (tenantId: string | undefined, payload: unknown, key: string | null = null) =>
    asTenant(
      tenantId,
      `select graphile_worker.enqueue_job('no-such-task', $1::json, $2, now() + interval '1 day')`,
      [JSON.stringify(payload), key],
    )
  const jobs = () =>
    platform.sql(
      `select p.payload, j.key from graphile_worker.jobs j join graphile_worker._private_jobs p using (id)
       where j.task_identifier = 'no-such-task' order by id`,
    )

  test('a job carries the tenant of its transaction, whatever the payload claims', async () => {
    await enqueue('acme', { tenant_id: 'globex', what: 'mine' })
    await enqueue('acme', { tenant_id: null })
    expect((await jobs()).map(({ payload }) => payload)).toEqual([
      { tenant_id: 'acme', what: 'mine' },
      { tenant_id: 'acme' },
    ])
  })

  test.each([[['globex']], ['globex'], [7], [[{ tenant_id: 'globex' }]]])(
    'a payload of %j is refused',
    async (payload) => {
      await expect(enqueue('acme', payload)).rejects.toThrow('is an object')
    },
  )

  test('without a tenant it may add none', async () => {
    await expect(enqueue(undefined, {})).rejects.toMatchObject({ code: '42501' })
  })

  test('one tenant’s key does not replace another’s job', async () => {
    await enqueue('acme', { of: 'acme' }, 'nightly')
    await enqueue('globex', { of: 'globex' }, 'nightly')
    await enqueue('globex', { of: 'globex again' }, 'nightly')
    const keyed = (await jobs()).filter(({ key }) => key !== null)
    expect(keyed).toEqual([
      { key: 'acme:nightly', payload: { of: 'acme', tenant_id: 'acme' } },
      { key: 'globex:nightly', payload: { of: 'globex again', tenant_id: 'globex' } },
    ])
  })

  test.each([
    'select * from graphile_worker.jobs',
    'select * from graphile_worker._private_jobs',
    'select * from graphile_worker._private_tasks',
    'delete from graphile_worker._private_jobs',
    `select graphile_worker.add_job('send-mail', '{"tenant_id":"globex"}')`,
    `select graphile_worker.remove_job('globex:nightly')`,
    'create table graphile_worker.mine (a int)',
  ])('%s is refused', async (query) => {
    await expect(asTenant('acme', query)).rejects.toMatchObject({ code: '42501' })
  })
})
