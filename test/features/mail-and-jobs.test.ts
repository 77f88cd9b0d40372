import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseCrontab } from 'graphile-worker'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { PlatformTx } from '../../src/db/database.ts'
import { withDirectClient } from '../../src/db/direct-client.ts'
import type { TenantId } from '../../src/db/tenant-id.ts'
import { mailOwners } from '../../src/features/tenants/tenant-mails.ts'
import { crontab } from '../../src/jobs/tasks.ts'
import { startWorker } from '../../src/jobs/worker.ts'
import { createMail } from '../../src/mail.ts'
import { renderMail } from '../../src/mail-templates.ts'
import { type Platform, signupBody, startPlatform } from '../support/platform.ts'
import { type SmtpSink, startSmtpSink, tokenIn } from '../support/smtp-sink.ts'

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
  expect(french.replace(/=\r?\n/g, '')).toContain('Votre identifiant est bonjour.')
  expect(french).toMatch(/^From: Tenantry <no-reply@localhost>/m)

  await platform.signUp('Hello')
  const english = await untilMailTo('owner@hello.example')
  expect(english).toMatch(/^Subject: Welcome, Ada/m)
  expect(english).toContain('Your tenant id is hello.')
  await vi.waitFor(async () => expect(await openJobs()).toBe(0), { timeout: 10_000 })
  expect(await mailTo('owner@bonjour.example')).toHaveLength(1)
})

test('each mail to a person who owns two companies names only the one that it is about', async () => {
  const owner = await platform.signUp('Rosebud')
  const { status, body } = await owner.post('/v1/tenants', {
    company_name: 'Marigold',
    company_email: 'hello@marigold.example',
    plan: 'professional',
    accept_terms: true,
    accept_privacy: true,
  })
  expect([status, body.tenant_id]).toEqual([201, 'marigold'])
  for (const tenantId of ['rosebud', 'marigold'] as TenantId[]) {
    const tell = (tx: PlatformTx) => mailOwners(tx, { tenantId, template: 'trial_ending' })
    await platform.context.db.withPlatform('mail', tell, { tenantId })
  }
  const named = async () => {
    const mails = (await mailTo(owner.email)).filter((text) => /^Subject: .*trial/im.test(text))
    return mails.map((text) => text.match(/Rosebud|Marigold/g)).sort()
  }
  await vi.waitFor(async () => expect(await named()).toHaveLength(2), { timeout: 10_000, interval: 50 })
  expect((await named()).map((names) => [...new Set(names)])).toEqual([['Marigold'], ['Rosebud']])
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
    task: 'send-account-mail',
    tenant_id: 'unlucky',
  })
  expect(platform.logLines.join('')).not.toContain('unlucky.example')
  expect(await openJobs()).toBe(1)

  send.mockRestore()
  await platform.sql('update graphile_worker._private_jobs set run_at = now()')
  await untilMailTo('owner@unlucky.example')
  await vi.waitFor(async () => expect(await openJobs()).toBe(0), { timeout: 10_000 })
  const metrics = (await platform.get('/metrics')).body
  expect(metrics).toMatch(/^jobs_total\{task="send-account-mail",outcome="failed"\} 1$/m)
  expect(metrics).toMatch(/^jobs_total\{task="send-account-mail",outcome="done"\} [1-9]/m)
})

test('a line break in a name cannot become a header', async () => {
  const mail = createMail({ from: 'Tenantry <no-reply@localhost>', dataDir: platform.dataDir })
  const rendered = renderMail('password_changed', 'en', { first_name: 'Eve' })
  const subject = 'Hello Eve\r\nBcc: all@victims.example'
  await mail.send({ to: 'eve@breaks.example', ...rendered, subject, messageId: '<breaks@tenantry>' })
  const [text = ''] = await mailTo('eve@breaks.example')
  const [headers] = text.split(/\r?\n\r?\n/)
  expect(headers).not.toMatch(/^Bcc:/im)
})

test('a mail as a file is written over by the next attempt at it', async () => {
  const { mail } = platform.context
  const message = { to: 'twice@files.example', messageId: '<7.1772445600000@tenantry>' }
  await mail.send({ ...message, subject: 'First', text: 'First attempt' })
  await mail.send({ ...message, subject: 'Second', text: 'Second attempt' })
  const texts = await mailTo('twice@files.example')
  expect(texts).toEqual([expect.stringContaining('Second attempt')])
  expect(texts[0]).toMatch(/^Message-ID: <7\.1772445600000@tenantry>/m)
})

describe('through SMTP', () => {
  let sink: SmtpSink
  let own: Platform
  beforeAll(async () => {
    sink = await startSmtpSink()
    own = await startPlatform(
      { SMTP_URL: sink.url, APP_URL: 'https://app.example.com/', LOG_LEVEL: 'trace' },
      { worker: true },
    )
    for (const { email } of [own.acme, own.globex]) await sink.untilMailTo(email, 'Welcome')
  })
  afterAll(async () => {
    await own.stop()
    await sink.close()
  })

  /** Waits until the job of a mail has failed so many times and rests. */
  const untilFailed = (email: string, times: number) =>
    vi.waitFor(
      async () => {
        const [job] = await own.sql(
          // Not now(), which may be from before the failure that this statement sees.
          `select attempts, locked_at, extract(epoch from run_at - clock_timestamp())::float as pause
           from graphile_worker._private_jobs where payload->>'email' = $1`,
          [email],
        )
        expect(job).toMatchObject({ attempts: times, locked_at: null })
        expect(job.pause).toBeGreaterThan(0)
        return job
      },
      { timeout: 10_000, interval: 20 },
    )
  const untilNoJobs = () =>
    vi.waitFor(
      async () => {
        const [{ n }] = await own.sql('select count(*)::int as n from graphile_worker._private_jobs')
        expect(n).toBe(0)
      },
      { timeout: 10_000, interval: 20 },
    )
  const runAtOnce = async () => {
    await own.sql('update graphile_worker._private_jobs set run_at = now() where locked_at is null')
    // As a new job does: the worker looks by itself every two seconds only.
    await own.sql(`select pg_notify('jobs:insert', '{"count": 1}')`)
  }
  const askForReset = (email: string) => own.post('/auth/forgot-password', { email })

  test('a mail that the server refuses is tried again, each time later, and arrives once', async () => {
    const { email } = own.acme
    sink.refused.length = 0
    sink.refuseNext(2)
    await askForReset(email)
    for (const attempts of [1, 2]) {
      const { pause } = await untilFailed(email, attempts)
      // graphile-worker waits e to the power of the attempts, in seconds.
      expect(pause).toBeLessThanOrEqual(Math.exp(attempts))
      if (attempts > 1) expect(pause).toBeGreaterThan(Math.exp(1))
      await runAtOnce()
    }
    const mail = await sink.untilMailTo(email, 'Choose a new password')
    await untilNoJobs()
    expect(sink.refused.map(({ messageId }) => messageId)).toEqual([mail.messageId, mail.messageId])
    expect(sink.refused.map(tokenIn)).toEqual([tokenIn(mail), tokenIn(mail)])
    expect(sink.mailsTo(email).filter(({ subject }) => subject === mail.subject)).toHaveLength(1)
    expect(mail.from).toBe('no-reply@localhost')
    const reset = { token: tokenIn(mail), password: 'a-fresh-password-1' }
    expect((await own.post('/auth/reset-password', reset)).status).toBe(204)
  })

  test('when the answer to a mail was lost, it comes again as the same message with the same link', async () => {
    const { email } = await own.signUp('Lost Answer')
    await sink.untilMailTo(email, 'Welcome')
    sink.hangUpNext(1)
    await askForReset(email)
    const first = await sink.untilMailTo(email)
    await untilFailed(email, 1)
    await runAtOnce()
    const second = await sink.untilMailTo(email)
    expect(second.messageId).toBe(first.messageId)
    expect(second.text).toBe(first.text)
    const stored = await own.sql(
      `select from one_time_tokens t join users u on u.id = t.user_id
       where u.email = $1 and purpose = 'reset_password'`,
      [email],
    )
    expect(stored).toHaveLength(1)
  })

  test('two mails to one person have two ids and two tokens', async () => {
    const { email } = await own.signUp('Two Mails')
    const welcome = await sink.untilMailTo(email, 'Welcome')
    await askForReset(email)
    const one = await sink.untilMailTo(email)
    await askForReset(email)
    const two = await sink.untilMailTo(email)
    expect(new Set([welcome, one, two].map(({ messageId }) => messageId)).size).toBe(3)
    expect(new Set([welcome, one, two].map(tokenIn)).size).toBe(3)
  })

  test('a link that ran out before its mail could be sent is not sent, and brings no token back', async () => {
    const { email } = await own.signUp('Too Late')
    await sink.untilMailTo(email, 'Welcome')
    sink.refuseNext(1)
    await askForReset(email)
    await untilFailed(email, 1)
    own.clock.advance(30 * 60_000)
    await own.sql('delete from one_time_tokens where expires_at <= $1', [own.clock.now()])
    await runAtOnce()
    await untilNoJobs()
    expect(sink.mailsTo(email)).toHaveLength(1)
    const [{ n }] = await own.sql(
      `select count(*)::int as n from one_time_tokens where purpose = 'reset_password'
       and user_id = (select id from users where email = $1)`,
      [email],
    )
    expect(n).toBe(0)
  })

  test('nobody of an address: the job ends, and nothing is sent', async () => {
    const before = sink.mails.length
    await askForReset('nobody@nowhere.example')
    await own.post('/auth/resend-verification', { email: 'nobody@nowhere.example' })
    await untilNoJobs()
    expect(sink.mails).toHaveLength(before)
  })

  test('no token stands in the database or the log, neither as text nor as bytes', async () => {
    const { email } = await own.signUp('Clear Text')
    const welcome = await sink.untilMailTo(email, 'Welcome')
    sink.refused.length = 0
    sink.refuseNext(1)
    await askForReset(email)
    await untilFailed(email, 1)
    const tokens = [tokenIn(welcome), ...sink.refused.map(tokenIn)]
    expect(tokens).toHaveLength(2)
    const needles = tokens.flatMap((token) => [
      token,
      Buffer.from(token).toString('hex'),
      Buffer.from(token, 'base64url').toString('hex'),
    ])
    const tables = await own.sql(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables
       where schemaname in ('public', 'app', 'graphile_worker')`,
    )
    const rows: string[] = []
    for (const { name } of tables) {
      rows.push(...(await own.sql(`select t::text as row from ${name} t`)).map(({ row }) => row))
    }
    const everything = [...rows, ...own.logLines].join('\n')
    // What is searched holds the job, which has failed, and the stored hashes.
    expect(everything).toContain('reset_password')
    for (const token of tokens) {
      const [{ hash }] = await own.sql(`select encode(sha256($1::text::bytea), 'hex') as hash`, [token])
      expect(everything).toContain(hash)
    }
    for (const needle of needles) expect(everything).not.toContain(needle)
    await runAtOnce()
    expect(tokenIn(await sink.untilMailTo(email))).toBe(tokens[1])
  })

  test.each([
    [
      'en',
      {
        welcome: ['Welcome, Zoé', /Tongues en is ready\. Your tenant id is tongues-en\.\s+Please confirm/],
        verify: ['Confirm your e-mail address', /Hello Zoé,\s+Confirm your e-mail address within 24 hours/],
        reset: ['Choose a new password', /Choose a new password within 30 minutes/],
        changed: ['Your password was changed', /Your password was changed/],
      },
    ],
    [
      'fr',
      {
        welcome: [
          'Bienvenue, Zoé',
          /Tongues fr est prêt\. Votre identifiant est tongues-fr\.\s+Veuillez confirmer/,
        ],
        verify: [
          'Confirmez votre adresse e-mail',
          /Bonjour Zoé,\s+Confirmez votre adresse e-mail dans les 24 heures/,
        ],
        reset: [
          'Choisissez un nouveau mot de passe',
          /Choisissez un nouveau mot de passe dans les 30 minutes/,
        ],
        changed: ['Votre mot de passe a été modifié', /Votre mot de passe a été modifié/],
      },
    ],
  ] as const)('every mail to a person is in their language: %s', async (locale, expected) => {
    const { email } = await own.signUp(`Tongues ${locale}`, { locale, admin_first_name: 'Zoé' })
    const welcome = await sink.untilMailTo(email)
    await own.post('/auth/resend-verification', { email })
    const verify = await sink.untilMailTo(email)
    await askForReset(email)
    const reset = await sink.untilMailTo(email)
    await own.post('/auth/reset-password', { token: tokenIn(reset), password: 'un-autre-mot-7' })
    const changed = await sink.untilMailTo(email)

    for (const [name, mail] of Object.entries({ welcome, verify, reset, changed })) {
      const [subject, text] = expected[name as keyof typeof expected]
      expect(mail.subject).toBe(subject)
      expect(mail.text).toMatch(text)
      expect(mail.recipients).toEqual([email])
    }
    expect(welcome.text).toContain(`https://app.example.com/verify-email?token=${tokenIn(welcome)}`)
    expect(verify.text).toContain(`https://app.example.com/verify-email?token=${tokenIn(verify)}`)
    expect(reset.text).toContain(`https://app.example.com/reset-password?token=${tokenIn(reset)}`)
    expect(changed.text).not.toContain('token=')
  })
})

describe('what is over is forgotten', () => {
  test('by a job that runs once in each hour', () => {
    const item = parseCrontab(crontab).find(({ task }) => task === 'forget-expired')
    const minutes = Array.from({ length: 60 }, (_, min) =>
      Array.from({ length: 24 }, (_, hour) => item?.match({ min, hour, date: 29, month: 2, dow: 4 })),
    )
    expect(minutes.filter((hours) => hours.some(Boolean))).toEqual([Array(24).fill(true)])
  })

  test('sessions, tokens of mails and counts of attempts go when they are over, and no sooner', async () => {
    const own = await startPlatform({}, { worker: true })
    const { clock } = own
    const later = (ms: number) => new Date(clock.now().getTime() + ms)
    const left = async () => ({
      sessions: (
        await own.sql('select u.email from sessions s join users u on u.id = s.user_id order by s.id')
      ).map(({ email }) => email),
      tokens: (
        await own.sql(
          `select purpose || case when used_at is null then '' else ', used' end as what
           from one_time_tokens order by 1`,
        )
      ).map(({ what }) => what),
      counts: (await own.sql(`select key from rate_limits where key like 'over in %' order by key`)).map(
        ({ key }) => key,
      ),
    })
    const forget = async () => {
      await own.sql(`select graphile_worker.add_job('forget-expired')`)
      await vi.waitFor(
        async () => {
          const [{ n }] = await own.sql('select count(*)::int as n from graphile_worker._private_jobs')
          expect(n).toBe(0)
        },
        { timeout: 10_000 },
      )
    }
    try {
      await own.post('/auth/forgot-password', { email: own.acme.email })
      await vi.waitFor(async () => expect((await left()).tokens).toHaveLength(3), { timeout: 10_000 })
      await own.sql(
        `update one_time_tokens set used_at = $1 where purpose = 'verify_email' and user_id = $2`,
        [clock.now(), own.globex.userId],
      )
      for (const [key, ms] of [
        ['over in an hour', 3_600_000],
        ['over in two', 7_200_000],
      ] as const) {
        await own.sql('insert into rate_limits (key, hits, resets_at) values ($1, 3, $2)', [key, later(ms)])
      }
      await own.sql('update sessions set expires_at = $1 where user_id = $2', [
        later(3_600_000),
        own.acme.userId,
      ])
      const everything = await left()
      await forget()
      expect(await left(), 'nothing is over yet').toEqual(everything)

      clock.advance(3_600_001)
      await forget()
      expect(await left()).toEqual({
        sessions: [own.globex.email],
        tokens: ['verify_email', 'verify_email, used'],
        counts: ['over in two'],
      })
      expect((await own.sql('select count(*)::int as n from users'))[0].n).toBe(2)
      clock.advance(30 * 86_400_000)
      await forget()
      expect(await left()).toEqual({ sessions: [], tokens: [], counts: [] })
    } finally {
      await own.stop()
    }
  })
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
      `select graphile_worker.enqueue_job('send-invitation', $1::json, $2, now() + interval '1 day')`,
      [JSON.stringify(payload), key],
    )
  const jobs = () =>
    platform.sql(
      `select p.payload, j.key from graphile_worker.jobs j join graphile_worker._private_jobs p using (id)
       where j.task_identifier = 'send-invitation' order by id`,
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

  test('a task without a name is refused, and not tried again', async () => {
    const nameless = asTenant('acme', "select graphile_worker.enqueue_job(null, '{}')")
    await expect(nameless).rejects.toMatchObject({ code: '23502' })
  })

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

  test('a job of a key that a worker is just taking is added beside the one that runs', async () => {
    const ofInitech = () =>
      platform.sql(
        `select payload ->> 'of' as "of", key, locked_by as worker from graphile_worker._private_jobs
          where payload ->> 'tenant_id' = 'initech' order by id`,
      )
    await enqueue('initech', { of: 'what was known then' }, 'nightly')
    await withDirectClient(platform.database.adminUrl, async (worker) => {
      await worker.query('begin')
      await worker.query(`update graphile_worker._private_jobs set locked_by = 'a worker', locked_at = now()
        where key = 'initech:nightly'`)
      const adding = enqueue('initech', { of: 'what is known now' }, 'nightly')
      await vi.waitFor(async () => {
        const waiting = await platform.sql(`select from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock' and query like '%enqueue_job%'`)
        expect(waiting).toHaveLength(1)
      })
      await worker.query('commit')
      await adding
    })
    expect(await ofInitech()).toEqual([
      { of: 'what was known then', key: null, worker: 'a worker' },
      { of: 'what is known now', key: 'initech:nightly', worker: null },
    ])
  })

  test.each([
    'select * from graphile_worker.jobs',
    'select * from graphile_worker._private_jobs',
    'select * from graphile_worker._private_tasks',
    'delete from graphile_worker._private_jobs',
    `select graphile_worker.add_job('send-account-mail', '{"tenant_id":"globex"}')`,
    `select graphile_worker.remove_job('globex:nightly')`,
    'create table graphile_worker.mine (a int)',
  ])('%s is refused', async (query) => {
    await expect(asTenant('acme', query)).rejects.toMatchObject({ code: '42501' })
  })
})
