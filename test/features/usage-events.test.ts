import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withDirectClient } from '../../src/db/direct-client.ts'
import { signIn } from '../support/members.ts'
import { type Member, type Platform, startPlatform } from '../support/platform.ts'

let platform: Platform
let acme: Member
let globex: Member
beforeAll(async () => {
  platform = await startPlatform()
  acme = platform.acme
  globex = platform.globex
})
afterAll(() => platform.stop())

let keys = 0
/** An event with a key that nobody has used. */
const eventOf = (fields: Record<string, unknown> = {}) => ({
  metric: 'mails.sent',
  quantity: 1,
  idempotency_key: `key-${++keys}`,
  ...fields,
})
const eventsOf = (count: number, fields: Record<string, unknown> = {}) =>
  Array.from({ length: count }, () => eventOf(fields))

const send = (body: unknown, member = acme) => member.post('/v1/usage-events', body)
const storedOf = (metric: string, { tenantId } = acme) =>
  platform.sql(
    `select metric, quantity::int, occurred_at, idempotency_key from usage_events
     where tenant_id = $1 and metric = $2 order by idempotency_key collate "C"`,
    [tenantId, metric],
    tenantId,
  )
const countedOf = async (metric: string, { tenantId } = acme) => {
  const [row] = await platform.sql(
    'select coalesce(sum(quantity), 0)::int as sum from usage_days where tenant_id = $1 and metric = $2',
    [tenantId, metric],
    tenantId,
  )
  return row.sum
}
const at = (ms: number) => new Date(platform.clock.now().getTime() + ms).toISOString()
const [minute, day] = [60_000, 86_400_000]

describe('an event', () => {
  test('is kept as it was sent, and counted', async () => {
    const event = eventOf({ metric: 'pages.read', quantity: 3, occurred_at: '2026-03-01T23:30:00.250+02:00' })
    const { status, body } = await send(event)
    expect([status, body]).toEqual([200, { accepted: 1, duplicates: 0 }])
    expect(await storedOf('pages.read')).toEqual([
      { ...event, occurred_at: new Date('2026-03-01T21:30:00.250Z') },
    ])
    expect(await countedOf('pages.read')).toBe(3)
  })

  test('that does not say when it occurred did so now', async () => {
    await send(eventOf({ metric: 'just.now' }))
    expect(await storedOf('just.now')).toMatchObject([{ occurred_at: platform.clock.now() }])
  })

  test('sent again is the same event, also later and without an instant', async () => {
    const event = eventOf({ metric: 'sent.again', quantity: 5 })
    expect((await send(event)).body).toEqual({ accepted: 1, duplicates: 0 })
    platform.clock.advance(minute)
    for (let times = 0; times < 3; times++) {
      const { status, body } = await send(event)
      expect([status, body]).toEqual([200, { accepted: 0, duplicates: 1 }])
    }
    expect(await countedOf('sent.again')).toBe(5)
  })

  test('with a key of another tenant is another event', async () => {
    const event = eventOf({ metric: 'of.both' })
    await send(event)
    expect((await send({ ...event, quantity: 7 }, globex)).body).toEqual({ accepted: 1, duplicates: 0 })
    expect([await countedOf('of.both'), await countedOf('of.both', globex)]).toEqual([1, 7])
  })

  test('posted 50 times at once counts once', async () => {
    for (let round = 0; round < 5; round++) {
      const event = eventOf({ metric: 'at.once', quantity: 2 })
      const answers = await Promise.all(Array.from({ length: 50 }, () => send(event)))
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
      expect(answers.filter(({ body }) => body.accepted === 1)).toHaveLength(1)
      expect(await countedOf('at.once')).toBe(2 * (round + 1))
    }
  })

  test.each([
    ['another metric', { metric: 'key.reused.too' }],
    ['another quantity', { quantity: 2 }],
    ['another instant', { occurred_at: '2026-03-01T00:00:00.001Z' }],
  ])('whose key stands for %s is refused, and all that came with it', async (_what, changes) => {
    const event = eventOf({ metric: 'key.reused', occurred_at: '2026-03-01T00:00:00.000Z' })
    await send(event)
    const [stored, counted] = [await storedOf('key.reused'), await countedOf('key.reused')]
    const others = eventsOf(2, { metric: 'key.reused' })
    const { status, body } = await send({ events: [others[0], { ...event, ...changes }, others[1]] })
    expect([status, body.code]).toEqual([422, 'idempotency_key_reused'])
    expect(body.idempotency_key).toBe(event.idempotency_key)
    expect([await storedOf('key.reused'), await countedOf('key.reused')]).toEqual([stored, counted])
    expect(await storedOf('key.reused.too')).toEqual([])
  })

  test('leaves an entry in the audit trail for each call, which says whether anything changed', async () => {
    const event = eventOf()
    await send(event)
    await send(event)
    const entries = await platform.sql(
      `select action, object_type, changed_fields from audit_entries
       where tenant_id = 'acme' and object_id = $1 order by cardinality(changed_fields)`,
      [event.idempotency_key],
      'acme',
    )
    const changed_fields = ['metric', 'quantity', 'occurred_at', 'idempotency_key']
    expect(entries).toEqual([
      { action: 'usage.recorded', object_type: 'usage_event', changed_fields: [] },
      { action: 'usage.recorded', object_type: 'usage_event', changed_fields },
    ])
  })
})

describe('a batch', () => {
  test('of 1,000 events is kept as a whole, and again counts nothing', async () => {
    const events = eventsOf(1000, { metric: 'of.a.batch', quantity: 4 })
    expect((await send({ events })).body).toEqual({ accepted: 1000, duplicates: 0 })
    expect((await send({ events: events.toReversed() })).body).toEqual({ accepted: 0, duplicates: 1000 })
    expect(await countedOf('of.a.batch')).toBe(4000)
  })

  test('of 1,000 of the longest events is not too large a body', async () => {
    const events = eventsOf(1000).map((event) => ({
      ...event,
      metric: `long.${'x'.repeat(95)}`,
      quantity: 1_000_000_000,
      occurred_at: '2026-03-01T23:30:00.250+02:00',
      idempotency_key: event.idempotency_key.padEnd(200, 'x'),
    }))
    expect((await send({ events })).body).toEqual({ accepted: 1000, duplicates: 0 })
  })

  test('counts a key that is in it twice once, and the first of them is it', async () => {
    const event = eventOf({ metric: 'twice', quantity: 6 })
    const other = eventOf({ metric: 'twice' })
    const { body } = await send({ events: [event, other, event, event] })
    expect(body).toEqual({ accepted: 2, duplicates: 2 })
    expect(await countedOf('twice')).toBe(7)
  })

  test('in which one key stands for two things is refused', async () => {
    const event = eventOf({ metric: 'two.things' })
    const { status, body } = await send({ events: [event, { ...event, quantity: 2 }] })
    expect([status, body.idempotency_key]).toEqual([422, event.idempotency_key])
    expect(await countedOf('two.things')).toBe(0)
  })

  test('with some that are new says how many', async () => {
    const known = eventsOf(3, { metric: 'some.new' })
    await send({ events: known })
    const { body } = await send({ events: [...eventsOf(2, { metric: 'some.new' }), ...known] })
    expect(body).toEqual({ accepted: 2, duplicates: 3 })
    expect(await countedOf('some.new')).toBe(5)
  })

  test.each([1001, 0])('of %i events is refused', async (count) => {
    const { status, body } = await send({ events: eventsOf(count, { metric: 'too.many' }) })
    expect([status, body.code, body.errors[0].path]).toEqual([400, 'invalid_request', 'body.events'])
    expect(await storedOf('too.many')).toEqual([])
  })

  test('that cannot be committed leaves nothing', async () => {
    await platform.sql('alter table audit_entries add constraint refuse_all check (false) not valid')
    const { status } = await send({ events: eventsOf(3, { metric: 'rolled.back' }) })
    await platform.sql('alter table audit_entries drop constraint refuse_all')
    expect(status).toBe(400)
    expect(await storedOf('rolled.back')).toEqual([])
    expect(await countedOf('rolled.back')).toBe(0)
  })

  test('beside another with the same keys in the opposite order: each counts once, and neither fails', async () => {
    const metrics = ['opposite.a', 'opposite.b', 'opposite.c', 'opposite.d']
    let sent = 0
    for (let round = 0; round < 25; round++) {
      const events = eventsOf(1000).map((event, index) => ({
        ...event,
        metric: metrics[index % 4],
        occurred_at: at(-(index % 5) * day),
      }))
      sent += 1000
      const answers = await Promise.all([
        send({ events }),
        send({ events: events.toReversed() }),
        send({ events: [...events.slice(500), ...events.slice(0, 500)] }),
      ])
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
      expect(answers.reduce((sum, { body }) => sum + body.accepted, 0)).toBe(1000)
    }
    const sums = await Promise.all(metrics.map((metric) => countedOf(metric)))
    expect(sums).toEqual(metrics.map(() => sent / 4))
    expect(platform.logLines.filter((line) => /40P01|"level":"(error|fatal)"/.test(line))).toEqual([])
  }, 120_000)

  test('beside others with other keys of the same metrics and days: all count', async () => {
    const metrics = ['busy.a', 'busy.b', 'busy.c']
    for (let round = 0; round < 10; round++) {
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, sender) => {
          const events = eventsOf(90).map((event, index) => ({
            ...event,
            metric: metrics[(index + sender) % 3],
            occurred_at: at(-((index + sender) % 10) * day),
          }))
          return send({ events: sender % 2 ? events : events.toReversed() })
        }),
      )
      expect(answers.map(({ body }) => body)).toEqual(answers.map(() => ({ accepted: 90, duplicates: 0 })))
    }
    expect(await Promise.all(metrics.map((metric) => countedOf(metric)))).toEqual([2400, 2400, 2400])
  }, 60_000)
})

describe('is refused', () => {
  const path = (field: string) => (field === '' ? 'body.events.0' : `body.events.0.${field}`)

  test.each<[what: string, field: string, fields: Record<string, unknown>]>([
    ['a metric in upper case', 'metric', { metric: 'Mails' }],
    ['a metric that begins with a digit', 'metric', { metric: '1mail' }],
    ['an empty metric', 'metric', { metric: '' }],
    ['too long a metric', 'metric', { metric: 'x'.repeat(101) }],
    ['a metric with a line behind it', 'metric', { metric: 'mails\n' }],
    ['the name of a limit', 'metric', { metric: 'executions_per_month' }],
    ['the name of the limit on requests', 'metric', { metric: 'requests_per_minute' }],
    ['no quantity', 'quantity', { quantity: undefined }],
    ['a quantity of nothing', 'quantity', { quantity: 0 }],
    ['a quantity below zero', 'quantity', { quantity: -1 }],
    ['half a quantity', 'quantity', { quantity: 0.5 }],
    ['a quantity in a text', 'quantity', { quantity: '1' }],
    ['too much at once', 'quantity', { quantity: 1_000_000_001 }],
    ['no key', 'idempotency_key', { idempotency_key: undefined }],
    ['an empty key', 'idempotency_key', { idempotency_key: '' }],
    ['too long a key', 'idempotency_key', { idempotency_key: 'x'.repeat(201) }],
    ['a key of two lines', 'idempotency_key', { idempotency_key: 'a\nb' }],
    ['a day', 'occurred_at', { occurred_at: '2026-03-01' }],
    ['an instant without an offset', 'occurred_at', { occurred_at: '2026-03-01T10:00:00' }],
    ['a day that is not in the calendar', 'occurred_at', { occurred_at: '2026-02-30T10:00:00Z' }],
    ['an hour that is not', 'occurred_at', { occurred_at: '2026-02-28T24:30:00Z' }],
    ['an instant in a number', 'occurred_at', { occurred_at: 1_772_445_600 }],
    ['an instant of null', 'occurred_at', { occurred_at: null }],
    ['a tenant', '', { tenant_id: 'globex' }],
  ])('%s', async (_what, field, fields) => {
    const { status, body } = await send(eventOf(fields))
    expect([status, body.code]).toEqual([400, 'invalid_request'])
    expect(body.errors.map((error: { path: string }) => error.path)).toEqual([path(field)])
  })

  test.each([
    ['nothing', {}],
    ['null', null],
    ['a list', [eventOf()]],
    ['a text', '"mails.sent"'],
  ])('a body of %s', async (_what, body) => {
    const answer = await send(body)
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request'])
  })

  test('a batch with a wrong event in it, which is named, in English and French', async () => {
    const events = [eventOf({ metric: 'not.alone' }), eventOf({ metric: 'users' })]
    expect((await send({ events })).body.errors).toEqual([
      { path: 'body.events.1.metric', message: 'is the name of a limit of the plans' },
    ])
    const french = await acme.post('/v1/usage-events', { events }, { 'Accept-Language': 'fr' })
    expect(french.body.errors[0].message).toBe("est le nom d'une limite des offres")
    expect(await storedOf('not.alone')).toEqual([])
  })

  test('both one event and a batch', async () => {
    const { status } = await send({ ...eventOf(), events: eventsOf(1) })
    expect(status).toBe(400)
  })

  test.each([
    ['more than 5 minutes ahead', 5 * minute, 'should be at most 5 minutes in the future'],
    ['more than 35 days back', -35 * day, 'should be at most 35 days in the past'],
  ])('an instant %s of the clock, to the millisecond', async (_what, most, message) => {
    const within = { events: [eventOf({ occurred_at: at(most) }), eventOf()] }
    expect((await send(within)).status).toBe(200)
    const beyond = eventOf({ metric: 'beyond', occurred_at: at(most + Math.sign(most)) })
    const { status, body } = await send({ events: [eventOf({ metric: 'beyond' }), beyond] })
    expect([status, body.errors]).toEqual([400, [{ path: 'body.events.1.occurred_at', message }]])
    expect(await storedOf('beyond')).toEqual([])
  })
})

describe('a statement of the tenant', () => {
  test.each([
    `insert into usage_events (id, metric, quantity, occurred_at, idempotency_key, created_at, updated_at)
     values (gen_random_uuid(), 'mails', 1, now(), 'k', now(), now())`,
    'update usage_events set quantity = 1',
    'delete from usage_events',
    `insert into usage_days (id, metric, day, quantity, created_at, updated_at)
     values (gen_random_uuid(), 'mails', current_date, 1, now(), now())`,
    'update usage_days set quantity = 1',
    'delete from usage_days',
    `insert into limit_counters (id, limit_name, used, created_at, updated_at)
     values (gen_random_uuid(), 'users', 0, now(), now())`,
    'update limit_counters set used = 0',
    'delete from limit_counters',
  ])('may not write the numbers: %s', async (statement) => {
    const attempt = withDirectClient(platform.database.tenantUrl, async (client) => {
      await client.query("begin; set local app.tenant_id = 'acme'")
      await client.query(statement)
    })
    await expect(attempt).rejects.toMatchObject({ code: '42501' })
  })
})

test('more than 100 different metrics within 36 days are refused, and then there is room again', async () => {
  const initech = await platform.signUp('Initech', { plan: 'free' })
  const some = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => eventOf({ metric: `metric_${from + index}` }))
  expect((await send({ events: some(0, 60) }, initech)).status).toBe(200)
  const { status, body } = await send({ events: some(60, 41) }, initech)
  expect([status, body.code]).toEqual([403, 'limit_reached'])
  expect(body).toMatchObject({ limit: 'metrics', used: 60, allowed: 100, resets_at: null })
  expect((await send({ events: some(60, 40) }, initech)).status).toBe(200)
  expect((await send({ events: some(0, 100) }, initech)).status).toBe(200)
  expect((await send(eventOf({ metric: 'one.more' }), initech)).status).toBe(403)
  platform.clock.advance(37 * day)
  const later = await signIn(platform, initech.tenantId, initech.email)
  expect((await send(eventOf({ metric: 'one.more' }), later)).status).toBe(200)
})

test('callers who bring new metrics at once stay within the 100 together, and known ones go on', async () => {
  const hooli = await platform.signUp('Hooli')
  const batchOf = (sender: number) =>
    send(
      {
        events: Array.from({ length: 60 }, (_, index) => eventOf({ metric: `of_${sender}.metric_${index}` })),
      },
      hooli,
    )
  const answers = await Promise.all([0, 1, 2, 3].map(batchOf))
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 403, 403, 403])
  const winner = answers.findIndex(({ status }) => status === 200)
  expect((await send(eventOf({ metric: `of_${winner}.metric_0` }), hooli)).status).toBe(200)
})

test('a repeat is a repeat, though its metric is long out of use and there is no room for another', async () => {
  const pied = await platform.signUp('Pied Piper')
  const old = eventOf({ metric: 'old' })
  expect((await send(old, pied)).status).toBe(200)
  await platform.sql("update usage_days set day = day - 40 where metric = 'old'", [], pied.tenantId)
  const others = Array.from({ length: 100 }, (_, index) => eventOf({ metric: `metric_${index}` }))
  expect((await send({ events: others }, pied)).status).toBe(200)
  expect((await send(old, pied)).body).toEqual({ accepted: 0, duplicates: 1 })
  expect((await send(eventOf({ metric: 'new' }), pied)).status).toBe(403)
})
