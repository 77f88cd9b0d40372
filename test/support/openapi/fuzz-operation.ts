import { createHash, randomUUID } from 'node:crypto'
import fc from 'fast-check'
import type { Member } from '../platform.ts'
import type { CheckAnswer } from './check-answer.ts'
import type { Document, Operation } from './document.ts'
import type { Exchange, Received, Sent } from './exchange.ts'
import type { Present, Whose } from './later.ts'
import { bestCallerOf, type Caller, exampleSketch, type Sketch, sketchesOf } from './sketches.ts'
import { writeRequest } from './write-request.ts'

/** What a caller presents. */
export type Credentials = [name: string, value: string][]

/** Whose an object is: of the callers' tenant, or of another. */
export type Holder = 'own' | 'other'

/** What a document does not say of an operation. */
export interface OperationExample {
  /** Has a list hold something. */
  prepare?(): Promise<unknown>
  /** What the query has to say. */
  query?: Record<string, string>
  /** A body that is accepted, new each time; inside a tenant with this word wherever a text fits. */
  body?(word?: string): Promise<Record<string, unknown> | undefined>
  /** An object that the path can name, by the names of its parameters. */
  object?(whose: Holder, caller: Member | undefined): Promise<Record<string, string> | undefined>
  /** Of whom it is for, where it uses them up or takes tokens of its own kind; of the other tenant inside of one only. */
  credentials?(whose?: Holder): Promise<Credentials>
}

/** Where operations are called. */
export interface Stage extends Pick<Present, 'referred' | 'signatureOf' | 'otherTenantId'> {
  exchange: Pick<Exchange, 'send'>
  exampleFor(operation: Operation): OperationExample
  /** What a caller presents, and who they are where they belong to a tenant. */
  credentialsOf(caller: Caller): Promise<{ credentials: Credentials; member?: Member }>
  /** Somebody whose session, membership or key is no good any more is somebody else from now on. */
  renew(caller: Caller): void
  /** What the server has logged as a failure since it was last asked. */
  takeFailures(): string[]
}

/**
 * Sends an operation the example, which has to succeed, and then requests of every kind.
 * @throws Error with the shortest request found whose answer is not as documented, and what is wrong with it
 */
export async function fuzzOperation(
  stage: Stage,
  check: CheckAnswer,
  document: Document,
  operation: Operation,
  { numRuns, seed }: { numRuns: number; seed: number },
): Promise<void> {
  const send = await createSender(stage, operation)
  async function expectDocumented(sketch: Sketch, mustSucceed = false) {
    stage.takeFailures()
    const { sent, answer } = await send(sketch)
    const faults = check(operation, sent, answer)
    if (mustSucceed && answer.status >= 300) faults.push('the example is refused')
    faults.push(...stage.takeFailures().map((line) => `logged ${line.slice(0, 1500)}`))
    if (faults.length > 0) throw new Error([...faults, tell(sent, answer)].join('\n'))
  }
  await expectDocumented(exampleSketch(operation), true)
  await fc.assert(
    fc.asyncProperty(sketchesOf(document, operation), (sketch) => expectDocumented(sketch)),
    // The time is for shrinking: it ends with the shortest that was found by then.
    { numRuns, seed: seedOf(operation, seed), interruptAfterTimeLimit: 20_000 + 1000 * numRuns },
  )
}

/** Of its own for each operation: all together meet more than they would by doing the same. */
function seedOf({ name }: Operation, seed: number): number {
  return createHash('sha256').update(`${seed} ${name}`).digest().readInt32BE()
}

async function createSender(stage: Stage, operation: Operation) {
  const example = stage.exampleFor(operation)
  await example.prepare?.()
  const objects = new Map<Whose, Record<string, string>>()
  const names = operation.parameters.filter((each) => each.in === 'path').map(({ name }) => name)
  const nothing = () => Object.fromEntries(names.map((name) => [name, randomUUID()]))
  let accepted: Sent['body']
  let kept: Present['kept']
  const pathOf = (object: Record<string, string>) =>
    operation.path.replaceAll(/\{(\w+)\}/g, (_, name) =>
      encodeURIComponent((object[name] ?? '').toWellFormed()),
    )

  return async function send(sketch: Sketch): Promise<{ sent: Sent; answer: Received }> {
    const { caller } = sketch
    const { credentials, member } = await stage.credentialsOf(caller)
    const isBest = caller === bestCallerOf(operation)
    const presented = (isBest && (await example.credentials?.())) || credentials
    async function objectIn(whose: Whose) {
      const known = objects.get(whose)
      if (known || whose === 'gone' || whose === 'kept') return known ?? nothing()
      const made = (await example.object?.(whose, member)) ?? nothing()
      objects.set(whose, made)
      return made
    }
    const get = (path: string) =>
      stage.exchange.send({ method: 'GET', path, headers: presented, body: undefined })
    const present: Present = {
      ...stage,
      example: await example.body?.(),
      accepted,
      kept,
      query: example.query,
      entityTag: async () => (await get(pathOf(await objectIn('own')))).headers.get('etag') ?? '"none"',
      async cursor(of) {
        const others = { tenant: '/v1/audit', operators: '/v1/admin/tenants', anybody: '/health' }
        const path = of === 'this' ? pathOf(await objectIn('own')) : others[operation.audience]
        const { text } = await get(`${path}?limit=1`)
        return /"next_cursor":"([^"]+)"/.exec(text)?.[1] ?? 'none'
      },
    }
    const path = pathOf('whose' in sketch.path ? await objectIn(sketch.path.whose) : sketch.path.parameters)
    const sent = await writeRequest(operation, sketch, { path, presented, present })
    const answer = await stage.exchange.send(sent)

    const own = 'whose' in sketch.path && sketch.path.whose === 'own' ? objects.get('own') : undefined
    if (answer.status < 300) {
      accepted = sent.body
      const [, key] = sent.headers.find(([name]) => name === 'Idempotency-Key') ?? []
      if (key !== undefined && own) {
        kept = { key, body: sent.body }
        objects.set('kept', own)
      }
    }
    if (own && isUsedUp(sent, answer)) objects.set('gone', own).delete('own')
    const isAsMade = !sketch.headers.some(([name]) => name === 'Authorization' || name === 'X-Admin-Key')
    if (answer.status === 401 && isAsMade) stage.renew(caller)
    return { sent, answer }
  }
}

/** Whether an object may be gone by now, or in a state in which nothing more can be done with it. */
function isUsedUp({ method }: Sent, { status }: Received): boolean {
  return status === 404 || status === 409 || (status < 300 && ['POST', 'DELETE'].includes(method))
}

/** The exchange as one reads it, with what is long cut short. */
function tell({ method, path, headers, body }: Sent, answer: Received): string {
  const cut = (text: string) => (text.length > 600 ? `${text.slice(0, 600)}… (${text.length})` : text)
  const lines = headers.map(([name, value]) =>
    cut(`${name}: ${name === 'Authorization' ? value.slice(0, 20) : value}`),
  )
  const received = [...answer.headers].map(([name, value]) => `${name}: ${cut(value)}`)
  const text =
    body === undefined ? [] : [cut(typeof body === 'string' ? body : Buffer.from(body).toString('latin1'))]
  return [
    `> ${method} ${cut(path)}`,
    ...[...lines, ...text].map((line) => `> ${line}`),
    `< ${answer.status}`,
    ...received
      .filter((line) => /^(content-type|etag|allow|retry|www)/.test(line))
      .map((line) => `< ${line}`),
    `< ${cut(answer.text)}`,
  ].join('\n')
}
