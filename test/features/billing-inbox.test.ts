import { randomUUID } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { routes } from '../../src/app.ts'
import type { Billing } from '../../src/features/billing/stripe.ts'
import { mutationsOf } from '../support/bad-bodies.ts'
import { type Answer, createCaller, type Platform, startPlatform } from '../support/platform.ts'
import { sendRaw } from '../support/raw-request.ts'

const newSecret = 'whsec_the-one-from-today-on'
const oldSecret = 'whsec_the-one-until-today'

let platform: Platform
let billing: Billing
beforeAll(async () => {
  platform = await startPlatform({
    STRIPE_SECRET_KEY: 'sk_test_12345678',
    STRIPE_WEBHOOK_SECRET: `${newSecret},${oldSecret}`,
    // Nothing here asks Stripe anything.
    STRIPE_API_BASE: 'http://127.0.0.1:9',
  })
  billing = platform.context.billing as Billing
  await platform.sql(
    `insert into billing_accounts (tenant_id, id, customer_name, customer_id, created_at, updated_at)
      values ('acme', gen_random_uuid(), 'Acme', 'cus_acme', now(), now())`,
    [],
    'acme',
  )
})
afterAll(() => platform.stop())
beforeEach(async () => {
  platform.logLines.length = 0
  await platform.sql('delete from graphile_worker._private_jobs')
})

const madeAt = new Date('2026-03-02T09:59:58Z')
const nowSeconds = () => platform.clock.now().getTime() / 1000

/** What an event may be made of. */
interface Made {
  id?: string
  type?: string
  created?: unknown
  object?: unknown
}

/** An event as Stripe writes it: with line breaks, and fields that nobody here reads. */
function makeEvent({
  id = `evt_${randomUUID()}`,
  type,
  created = madeAt.getTime() / 1000,
  object,
}: Made = {}) {
  return {
    id,
    object: 'event',
    api_version: '2026-10-28.endive',
    created,
    data: { object: object ?? { id: 'sub_1', object: 'subscription', customer: 'cus_acme' } },
    livemode: false,
    pending_webhooks: 1,
    type: type ?? 'customer.subscription.updated',
  }
}

const textOf = (event: object) => JSON.stringify(event, null, 2)

function sign(payload: string, { secret = newSecret, ageSeconds = 0, scheme = 'v1' } = {}) {
  const timestamp = nowSeconds() - ageSeconds
  return billing.stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp, scheme })
}

function post(
  payload: string | Uint8Array,
  signature?: string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const signed: Record<string, string> = signature === undefined ? {} : { 'Stripe-Signature': signature }
  return platform.post('/webhooks/stripe', payload, { ...signed, ...headers })
}

/** What Stripe does. */
const send = (payload: string) => post(payload, sign(payload))

const storedEvent = async (id: string) => {
  const [event] = await platform.sql(
    `select id, type, subject_tenant_id, customer_id, payload::text, source, occurred_at, received_at, applied_at,
      outcome, replays from billing_events where id = $1`,
    [id],
  )
  return event
}
const countEvents = async () => (await platform.sql('select count(*)::int as n from billing_events'))[0].n
const jobs = () =>
  platform.sql(`select task.identifier, job.payload from graphile_worker._private_jobs job
    join graphile_worker._private_tasks task on task.id = job.task_id`)
const syncOf = (tenant_id: string) => ({ identifier: 'sync-billing', payload: { tenant_id } })
const complaints = () => platform.logLines.filter((line) => !line.includes('"level":"info"'))

describe('an event of Stripe', () => {
  test('is stored as it was sent, with its tenant, which is to be compared with Stripe', async () => {
    const event = makeEvent()
    const { status, body } = await send(textOf(event))
    expect([status, body]).toEqual([200, { received: true }])
    expect(await storedEvent(event.id)).toEqual({
      id: event.id,
      type: 'customer.subscription.updated',
      subject_tenant_id: 'acme',
      customer_id: 'cus_acme',
      payload: textOf(event),
      source: 'webhook',
      occurred_at: madeAt,
      received_at: platform.clock.now(),
      applied_at: null,
      outcome: null,
      replays: 0,
    })
    expect(await jobs()).toEqual([syncOf('acme')])
  })

  test.each([
    ['text/plain'],
    ['application/x-www-form-urlencoded'],
    ['application/json; charset=utf-16'],
    ['nonsense'],
  ])('is taken as %s', async (type) => {
    const payload = textOf(makeEvent())
    expect((await post(payload, sign(payload), { 'Content-Type': type })).status).toBe(200)
  })

  test('is taken with either secret while one takes the place of the other', async () => {
    for (const secret of [newSecret, oldSecret]) {
      const payload = textOf(makeEvent())
      expect((await post(payload, sign(payload, { secret }))).status).toBe(200)
    }
  })

  test('is taken with the signatures that Stripe sends during a rotation of its own, and others besides', async () => {
    const payload = textOf(makeEvent())
    const [time, right] = sign(payload, { secret: oldSecret }).split(',')
    const other = 'a'.repeat(64)
    expect((await post(payload, `${time},v1=${other},${right},v0=${other}`)).status).toBe(200)
  })

  test('is taken up to a mebibyte', async () => {
    const event = makeEvent()
    const payload = textOf(event).padEnd(1024 * 1024)
    expect((await send(payload)).status).toBe(200)
    const { status, body } = await send(`${payload} `)
    expect([status, body.code]).toEqual([413, 'body_too_large'])
  })
})

describe('what Stripe has not signed', () => {
  const payload = () => textOf(makeEvent())
  const refused: [what: string, attempt: () => Promise<Answer>][] = [
    ['without a signature', () => post(payload())],
    ['with an empty one', () => post(payload(), '')],
    ['with a wrong secret', () => post(payload(), sign(payload(), { secret: 'whsec_of-somebody-else' }))],
    ['with the signature of another event', () => post(payload(), sign(payload()))],
    ['with the signature of another scheme', () => spoiled((text) => [text, sign(text, { scheme: 'v0' })])],
    ['with one byte altered', () => spoiled((text) => [text.replace('cus_acme', 'cus_acmf'), sign(text)])],
    ['with one byte more', () => spoiled((text) => [`${text}\n`, sign(text)])],
    ['with other line breaks', () => spoiled((text) => [text.replaceAll('\n', '\r\n'), sign(text)])],
    ['written anew', () => spoiled((text) => [JSON.stringify(JSON.parse(text)), sign(text)])],
    ['behind a byte order mark', () => spoiled((text) => [`\ufeff${text}`, sign(text)])],
    [
      'with a byte that decodes to what was signed',
      () => {
        const text = textOf(makeEvent({ type: 'customer.subscription.\ufffd' }))
        const bytes = Buffer.from(text)
        const place = bytes.indexOf('\ufffd')
        return post(
          Buffer.concat([bytes.subarray(0, place), Buffer.of(0xff), bytes.subarray(place + 3)]),
          sign(text),
        )
      },
    ],
    ['empty', () => post('', sign(''))],
    ['signed 301 seconds ago', () => spoiled((text) => [text, sign(text, { ageSeconds: 301 })])],
    [
      'with the time alone brought up to date',
      () => spoiled((text) => [text, sign(text, { ageSeconds: 301 }).replace(/\d+/, String(nowSeconds()))]),
    ],
    ['with a signature of another length', () => spoiled((text) => [text, sign(text).slice(0, -2)])],
    ['with a signature of other letters', () => spoiled((text) => [text, sign(text).replace(/.$/, 'é')])],
    ['with a time that is none', () => spoiled((text) => [text, sign(text).replace(/\d+/, 'now')])],
    ['without a time', () => spoiled((text) => [text, sign(text).replace(/^.*?,/, '')])],
    ...[
      'v1',
      'v1=',
      't=',
      ',',
      '=,=',
      't=1,v1=',
      `t=${1e300},v1=x`,
      'v1='.repeat(5000),
      '[object Object]',
    ].map((header): [string, () => Promise<Answer>] => [
      `with the signature ${header.slice(0, 20)}`,
      () => post(payload(), header),
    ]),
  ]
  const spoiled = (spoil: (text: string) => [text: string, signature: string]) => post(...spoil(payload()))

  test.each(refused)('%s, is refused with no word about why', async (_what, attempt) => {
    const before = await countEvents()
    const { status, headers, body } = await attempt()
    const { request_id, ...problem } = body
    expect([status, problem]).toEqual([
      400,
      {
        type: 'urn:tenantry:problem:invalid_signature',
        title: 'invalid signature',
        status: 400,
        detail: 'The signature of this event is not right.',
        code: 'invalid_signature',
      },
    ])
    expect(headers.get('x-request-id')).toBe(request_id)
    expect(await countEvents()).toBe(before)
    expect(await jobs()).toEqual([])
    expect(complaints()).toEqual([])
  })

  test('is let in until 300 seconds after it was signed, by the clock of the platform', async () => {
    expect((await spoiled((text) => [text, sign(text, { ageSeconds: 300 })])).status).toBe(200)
    const text = payload()
    const signature = sign(text)
    platform.clock.advance(300_000)
    expect((await post(text, signature)).status).toBe(200)
    platform.clock.advance(1_000)
    expect((await post(text, signature)).body.code).toBe('invalid_signature')
  })

  test('with two headers, is refused, whichever of them is right', async () => {
    const text = payload()
    const right = `Stripe-Signature: ${sign(text)}`
    for (const lines of [
      [right, 'Stripe-Signature: t=1,v1=x'],
      ['Stripe-Signature: t=1,v1=x', right],
      [right, right],
    ]) {
      const head = [
        'POST /webhooks/stripe HTTP/1.1',
        'Host: localhost',
        'Connection: close',
        `Content-Length: ${Buffer.byteLength(text)}`,
      ]
      const answer = await sendRaw(platform.url, `${[...head, ...lines].join('\r\n')}\r\n\r\n${text}`, 5000)
      expect(answer).toMatch(/^HTTP\/1\.1 400 [\s\S]*invalid_signature/)
    }
  })

  test('without a signature, is refused before its body is there', async () => {
    const head = 'POST /webhooks/stripe HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n'
    expect(await sendRaw(platform.url, head)).toMatch(/^HTTP\/1\.1 400 [\s\S]*invalid_signature/)
  })

  test('and is compressed, is not unpacked', async () => {
    const text = payload()
    const { status, body } = await post(gzipSync(text), sign(text), { 'Content-Encoding': 'gzip' })
    expect([status, body.code]).toEqual([415, 'unsupported_media_type'])
  })
})

test('without keys nothing is taken, and nothing read', async () => {
  platform.context.billing = undefined
  try {
    const head = 'POST /webhooks/stripe HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n'
    expect(await sendRaw(platform.url, head)).toMatch(/^HTTP\/1\.1 503 [\s\S]*billing_not_configured/)
  } finally {
    platform.context.billing = billing
  }
})

describe('the tenant of an event', () => {
  const subscription = { id: 'sub_1', object: 'subscription', customer: 'cus_new' }
  const session = { id: 'cs_1', object: 'checkout.session', customer: null }
  const invoice = { id: 'in_1', object: 'invoice', customer: 'cus_new' }
  const named = { metadata: { tenant_id: 'globex' } }

  test.each<[what: string, type: string, object: object, tenantId: string | null, customerId: string | null]>(
    [
      [
        'is the one whose customer it names',
        'invoice.paid',
        { ...invoice, customer: 'cus_acme' },
        'acme',
        'cus_acme',
      ],
      [
        'is the one whose customer it names, also where that is spelled out',
        'invoice.paid',
        { ...invoice, customer: { id: 'cus_acme', object: 'customer' } },
        'acme',
        'cus_acme',
      ],
      [
        'is the one whose customer it names, whoever its metadata speak of',
        'customer.subscription.updated',
        { ...subscription, customer: 'cus_acme', ...named },
        'acme',
        'cus_acme',
      ],
      [
        'is the one whose customer it is',
        'customer.deleted',
        { id: 'cus_acme', object: 'customer', deleted: true },
        'acme',
        'cus_acme',
      ],
      [
        'is the one that a new customer was made for',
        'customer.created',
        { id: 'cus_new', object: 'customer', ...named },
        'globex',
        'cus_new',
      ],
      [
        'is the one that a subscription was made for',
        'customer.subscription.created',
        { ...subscription, ...named },
        'globex',
        'cus_new',
      ],
      [
        'is the one that a checkout was made for',
        'checkout.session.completed',
        { ...session, metadata: { tenant_id: 'globex' } },
        'globex',
        null,
      ],
      [
        'is not the one that a buyer names to a payment link or a pricing table',
        'checkout.session.completed',
        { ...session, client_reference_id: 'globex' },
        null,
        null,
      ],
      [
        'is the one that the subscription of an invoice was made for',
        'invoice.payment_failed',
        { ...invoice, parent: { subscription_details: named } },
        'globex',
        'cus_new',
      ],
      [
        'is the one that the subscription of an invoice was made for, in older versions of the API',
        'invoice.payment_failed',
        { ...invoice, metadata: {}, parent: null, subscription_details: named },
        'globex',
        'cus_new',
      ],
      [
        'is none where there is no such tenant',
        'customer.created',
        { id: 'cus_new', object: 'customer', metadata: { tenant_id: 'no-such-tenant' } },
        null,
        'cus_new',
      ],
      [
        'is never the one for rows from before there were tenants',
        'customer.created',
        { id: 'cus_new', object: 'customer', metadata: { tenant_id: 'system-default' } },
        null,
        'cus_new',
      ],
      ['is none where it names nobody', 'invoice.paid', invoice, null, 'cus_new'],
    ],
  )('%s', async (_what, type, object, tenantId, customerId) => {
    const event = makeEvent({ type, object })
    expect((await send(textOf(event))).status).toBe(200)
    expect(await storedEvent(event.id)).toMatchObject({
      subject_tenant_id: tenantId,
      customer_id: customerId,
      applied_at: tenantId ? null : platform.clock.now(),
      outcome: tenantId ? null : 'unmatched',
    })
    expect(await jobs()).toEqual(tenantId ? [syncOf(tenantId)] : [])
  })

  test('is none where it is gone', async () => {
    const gone = await platform.signUp('Gone')
    await platform.forceTenant(gone.tenantId, `status = 'DELETED'`)
    const metadata = { tenant_id: gone.tenantId }
    const event = makeEvent({ object: { ...subscription, metadata } })
    await send(textOf(event))
    expect(await storedEvent(event.id)).toMatchObject({ subject_tenant_id: null, outcome: 'unmatched' })
  })

  test('is looked for by an operator where it is not known: a warning says so, and nothing of a person', async () => {
    const event = makeEvent({
      type: 'invoice.paid',
      object: { ...invoice, customer_email: 'ada@home.example' },
    })
    await send(textOf(event))
    expect(complaints()).toHaveLength(1)
    expect(JSON.parse(complaints()[0] ?? '')).toMatchObject({
      level: 'warn',
      event: event.id,
      type: 'invoice.paid',
    })
    expect(complaints()[0]).not.toMatch(/ada@|cus_new/)
  })
})

test.each([
  'customer.updated',
  'customer.subscription',
  'customer.source.created',
  'invoice.upcoming',
  'product.created',
  'a.type.of.the.future',
])('an event of type %s, on which nothing depends, is kept and has no effect', async (type) => {
  const event = makeEvent({ type })
  expect((await send(textOf(event))).status).toBe(200)
  expect(await storedEvent(event.id)).toMatchObject({
    subject_tenant_id: 'acme',
    applied_at: platform.clock.now(),
    outcome: 'ignored',
  })
  expect(await jobs()).toEqual([])
  expect(complaints()).toEqual([])
})

describe('signed by Stripe', () => {
  const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
  const withObject = (json: string) => textOf(makeEvent()).replace(/"object": \{[^}]*\}/, `"object": ${json}`)

  test.each<[what: string, payload: string]>([
    [
      'a thin event',
      JSON.stringify({ id: 'evt_1', object: 'v2.core.event', type: 'v2.billing.x', created: '2026' }),
    ],
    ['no JSON', '{"id":'],
    ['a NUL', `${textOf(makeEvent())}\0`],
    ['null', 'null'],
    ['a list', '[]'],
    ['a string', '"evt_1"'],
    ['an object of another kind', JSON.stringify({ id: 'cus_1', object: 'customer' })],
    ['an event without an id', textOf({ ...makeEvent(), id: undefined })],
    ['an event with an empty id', textOf(makeEvent({ id: '' }))],
    ['an event with a huge id', textOf(makeEvent({ id: `evt_${'1'.repeat(252)}` }))],
    ['an event with a NUL in its id', textOf(makeEvent({ id: 'evt_\0' }))],
    ['an event with half a surrogate in its type', textOf(makeEvent()).replace('updated', '\\ud800')],
    ['an event with a huge type', textOf(makeEvent({ type: 'x'.repeat(256) }))],
    ['an event of no time', textOf(makeEvent({ created: null }))],
    ['an event from before 1970', textOf(makeEvent({ created: -1 }))],
    ['an event of the year 10000', textOf(makeEvent({ created: 253_402_300_800 }))],
    ['an event in the midst of a second', textOf(makeEvent({ created: 1.5 }))],
    ['an event of infinity', textOf(makeEvent()).replace(/"created": \d+/, '"created": 1e999')],
    ['an event of nothing', textOf({ ...makeEvent(), data: null })],
    ['an event of a list', withObject('[]')],
    ['an event of 100,000 objects in each other', withObject(nested(100_000))],
    ['an event of 101 objects in each other', withObject(nested(99))],
  ])('%s is refused once and for all', async (_what, payload) => {
    const before = await countEvents()
    const { status, body } = await send(payload)
    expect([status, body.code, body.errors]).toEqual([
      400,
      'invalid_request',
      [{ path: 'body', message: 'is not an event of Stripe' }],
    ])
    expect(await countEvents()).toBe(before)
    expect(complaints()).toEqual([])
  })

  test.each<[what: string, json: string]>([
    ['NULs', '{"object":"subscription","customer":"cus_acme","metadata":{"a\\u0000":"b\\u0000"}}'],
    [
      'half surrogates',
      '{"object":"subscription","customer":"cus_acme","metadata":{"a":"\\ud800","\\udc00":1}}',
    ],
    ['a customer with a NUL', '{"object":"subscription","customer":"cus_\\u0000"}'],
    ['a customer with a huge id', `{"object":"subscription","customer":"${'c'.repeat(256)}"}`],
    ['a customer that is a number', '{"object":"subscription","customer":7}'],
    ['a customer that is a list', '{"object":"subscription","customer":["cus_acme"]}'],
    ['metadata that are a text', '{"object":"subscription","metadata":"tenant_id"}'],
    ['metadata with other things', '{"metadata":{"tenant_id":{"a":1}},"parent":7,"client_reference_id":[]}'],
    ['names of prototypes', '{"__proto__":{"customer":"cus_acme"},"constructor":1,"toString":null}'],
    ['a name twice', '{"customer":"cus_1","customer":"cus_acme"}'],
    ['a hundred objects in each other', nested(98)],
    ['huge numbers', '{"object":"subscription","customer":"cus_acme","quantity":1e999}'],
    ['nothing', '{}'],
  ])('an event with %s is stored as it is', async (_what, json) => {
    const payload = withObject(json)
    expect((await send(payload)).status).toBe(200)
    expect((await storedEvent(JSON.parse(payload).id)).payload).toBe(payload)
    expect(complaints().filter((line) => !line.includes('no tenant that is known'))).toEqual([])
  })

  test('it is a request of ours only: every route that takes a raw body is here', () => {
    const raw = routes.filter((route) => route.scope === 'open' && route.rawBody)
    expect(raw.map(({ path }) => path)).toEqual(['/webhooks/stripe'])
  })

  test('nothing of 300 odd events brings about a failure', { timeout: 60_000 }, async () => {
    const good = makeEvent()
    const events = fc.oneof(
      mutationsOf(good),
      mutationsOf({
        id: 'sub_1',
        object: 'subscription',
        customer: 'cus_acme',
        metadata: { tenant_id: 'acme' },
      }).map((object) => makeEvent({ object })),
      fc.jsonValue().map((object) => makeEvent({ object })),
    )
    const seen = new Set<number>()
    await fc.assert(
      fc.asyncProperty(events, async (event) => {
        const { status, body } = await send(JSON.stringify(event))
        expect([200, 400], JSON.stringify(body)).toContain(status)
        seen.add(status)
      }),
      { numRuns: 300 },
    )
    expect(seen.size, 'some are taken and some are not').toBe(2)
    expect(complaints().filter((line) => !line.includes('no tenant that is known'))).toEqual([])
  })
})

describe('an event that comes again', () => {
  test('twenty times at once, is stored once, with one job', async () => {
    const event = makeEvent()
    const before = await countEvents()
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(textOf(event))))
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))
    expect(await countEvents()).toBe(before + 1)
    expect(await jobs()).toEqual([syncOf('acme')])
  })

  test('before it was applied, has its job again, should that have been lost', async () => {
    const event = makeEvent()
    await send(textOf(event))
    await platform.sql('delete from graphile_worker._private_jobs')
    await send(textOf(event))
    expect(await jobs()).toEqual([syncOf('acme')])
  })

  test('after it was applied, has no effect', async () => {
    const event = makeEvent()
    await send(textOf(event))
    await platform.sql(`update billing_events set applied_at = now(), outcome = 'changed' where id = $1`, [
      event.id,
    ])
    await platform.sql('delete from graphile_worker._private_jobs')
    const before = await storedEvent(event.id)
    platform.clock.advance(60_000)
    const other = { ...event, created: 0, data: { object: { customer: 'cus_globex' } } }
    for (const again of [event, other]) {
      const { status, body } = await send(textOf(again))
      expect([status, body]).toEqual([200, { received: true }])
    }
    expect(await storedEvent(event.id)).toEqual(before)
    expect(await jobs()).toEqual([])
  })

  test('with others of its tenant at once, is one of as many, and one job is enough for all', async () => {
    const events = Array.from({ length: 20 }, () => makeEvent())
    const before = await countEvents()
    const answers = await Promise.all([...events, ...events].map((event) => send(textOf(event))))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(await countEvents()).toBe(before + 20)
    expect(await jobs()).toEqual([syncOf('acme')])
  })
})

describe('when the database fails', () => {
  const enqueue = 'function graphile_worker.enqueue_job(text, json, text, timestamptz)'

  const role = () => new URL(platform.database.platformUrl).username

  test('between storing and enqueueing, nothing is stored or acknowledged, and the next time all is well', async () => {
    const event = makeEvent()
    await platform.sql(`revoke execute on ${enqueue} from ${role()}`)
    try {
      expect((await send(textOf(event))).status).toBe(500)
      expect(await storedEvent(event.id)).toBeUndefined()
    } finally {
      await platform.sql(`grant execute on ${enqueue} to ${role()}`)
    }
    expect((await send(textOf(event))).status).toBe(200)
    expect(await storedEvent(event.id)).toMatchObject({ subject_tenant_id: 'acme' })
    expect(await jobs()).toEqual([syncOf('acme')])
  })

  test('when it cannot be reached, Stripe is told to come again', async () => {
    const event = makeEvent()
    const { db } = platform.context
    const down = vi
      .spyOn(db, 'withPlatform')
      .mockRejectedValueOnce(Object.assign(new Error('the connection was lost'), { code: '57P01' }))
    expect((await send(textOf(event))).status).toBeGreaterThanOrEqual(500)
    down.mockRestore()
    expect(await storedEvent(event.id)).toBeUndefined()
  })
})

test('what came in is counted by what became of it', async () => {
  const count = async () => {
    const { values } = await platform.context.metrics.billingEvents.get()
    return Object.fromEntries(values.map(({ labels, value }) => [labels.outcome as string, value]))
  }
  const before = await count()
  const event = textOf(makeEvent())
  await send(event)
  await send(event)
  await send(textOf(makeEvent({ type: 'product.created' })))
  await send(textOf(makeEvent({ object: { object: 'subscription' } })))
  await send('{}')
  await post(event, 't=1,v1=x')
  const after = await count()
  const since = Object.fromEntries(
    Object.entries(after).map(([name, value]) => [name, value - (before[name] ?? 0)]),
  )
  expect(since).toEqual({ stored: 1, duplicate: 1, ignored: 1, unmatched: 1, refused: 2 })
  const { body } = await createCaller(platform.url).get('/metrics')
  expect(body).toContain('billing_events_total{outcome="stored"}')
})
