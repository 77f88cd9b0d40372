import { isDeepStrictEqual } from 'node:util'
import { type Answer, createCaller, type Platform } from '../platform.ts'
import {
  actorOf,
  type Caller,
  day,
  type Model,
  membershipOf,
  type Operation,
  type Outcome,
  refusalOf,
  refuse,
  roleOf,
  statusOf,
  tenantOf,
} from './model.ts'
import { refreshStep } from './steps-sessions.ts'

/** A run: two tenants on the platform, the model of them, and the account of what was done. */
export interface Stage {
  platform: Platform
  /** Both servers. */
  urls: [string, string]
  model: Model
  account: string[]
  /** Called with what was answered: a status and a code. */
  onAnswer(answer: string): void
  /** Requests with an Idempotency-Key, to be sent again. */
  keyed: { caller: Caller; operation: Operation; key: string }[]
}

const keptFor = day

/** Sends a request to one of the servers and holds the answer against the model, which then learns of it. */
export async function perform(
  stage: Stage,
  caller: Caller,
  operation: Operation,
  { server, key }: { server: number; key?: string | undefined },
): Promise<void> {
  const { model, account } = stage
  const now = model.now()
  // As programs do: who has a token that is over asks for another first, and goes on with the old one if there is none.
  if (caller.kind === 'session' && now >= caller.tokenUntil && operation.path !== '/auth/refresh') {
    await perform(stage, caller, refreshStep(model, caller), { server })
  }
  const { method, path, body, headers } = operation
  const line = `${operation.as ?? nameOf(caller)}, server ${server + 1}: ${method} ${path} ${describe({ ...body, ...headers, ...(key && { key }) })}`
  account.push(named(line, model))

  const outcome = decide(model, caller, operation, key)
  const answer = await send(stage, caller, operation, { server, key })
  const told = `${answer.status} ${answer.body?.code ?? ''}`.trim()
  account.push(`${account.pop()} → ${told}`)
  stage.onAnswer(told)
  const difference = compare(outcome, answer)
  if (difference) throw new Error(`${difference}, in ${JSON.stringify(answer.body)}\n${tell(stage)}`)

  if ('code' in outcome) return outcome.apply?.()
  if (key !== undefined && !('isRepeat' in outcome)) {
    // A secret is shown once.
    const kept = answer.body?.key === undefined ? answer.body : { ...answer.body, key: null }
    model.kept.set(keyOf(caller, key), {
      request: requestOf(operation),
      status: answer.status,
      body: kept,
      at: now,
    })
    stage.keyed.push({ caller, operation, key })
  }
  if ('isRepeat' in outcome) return
  outcome.apply?.(answer.body, answer.headers)
  write(model, caller, operation, outcome, answer)
  const next = outcome.next?.(answer.body)
  if (next) await perform(stage, caller, next, { server: 1 - server })
}

/** First who asks, then whether they have asked this before, then the rule of what they ask for. */
function decide(model: Model, caller: Caller, operation: Operation, key?: string): Outcome {
  const refusal = operation.needs && refusalOf(caller, operation.needs, model.now())
  if (refusal) return refusal
  const kept = key === undefined ? undefined : model.kept.get(keyOf(caller, key))
  if (!kept || model.now() - kept.at >= keptFor) return operation.rule()
  if (kept.request !== requestOf(operation)) return refuse('idempotency_key_reused')
  return { status: kept.status, body: kept.body, isRepeat: true } as Outcome
}

const requestOf = ({ method, path, body }: Operation) => JSON.stringify([method, path, body])
const keyOf = (caller: Caller, key: string) =>
  `${caller.kind === 'operator' ? '' : tenantOf(caller).id} ${actorOf(caller)} ${key}`

function send(
  { urls }: Stage,
  caller: Caller,
  { method, path, body, headers }: Operation,
  { server, key }: { server: number; key?: string | undefined },
): Promise<Answer> {
  const tenant = caller.kind === 'operator' ? undefined : tenantOf(caller)
  return createCaller(urls[server] ?? '').request(method, path, body, {
    ...(caller.kind === 'operator'
      ? { 'X-Admin-Key': caller.key }
      : { Authorization: `Bearer ${caller.token}` }),
    ...(tenant && { 'X-Tenant-ID': tenant.id }),
    ...(key !== undefined && { 'Idempotency-Key': key }),
    ...headers,
  })
}

/** @returns what is not as the model says, or undefined */
function compare(outcome: Outcome, { status, body, headers }: Answer): string | undefined {
  const isReplayed = headers.get('idempotency-replayed') === 'true'
  const expected =
    'code' in outcome
      ? { status: statusOf[outcome.code], body: { code: outcome.code, ...outcome.members } }
      : { status: outcome.status, body: outcome.body }
  if (isReplayed !== 'isRepeat' in outcome) return `the answer ${isReplayed ? 'is' : 'is not'} a repeated one`
  return difference(expected, { status, body }, 'the answer')
}

/** The first part of what is expected that is otherwise; parts that are not expected may be anything. */
export function difference(expected: unknown, actual: unknown, path: string): string | undefined {
  if (expected === undefined || isDeepStrictEqual(expected, actual)) return undefined
  const isObject = (value: unknown) => typeof value === 'object' && value !== null
  if (!isObject(expected) || !isObject(actual)) return tellApart(expected, actual, path)
  if (Array.isArray(expected) && expected.length !== (actual as unknown[]).length) {
    return tellApart(expected, actual, path)
  }
  for (const [name, value] of Object.entries(expected as object)) {
    const found = difference(value, (actual as Record<string, unknown>)[name], `${path}.${name}`)
    if (found) return found
  }
  return undefined
}

const tellApart = (expected: unknown, actual: unknown, path: string) =>
  `${path} should be ${JSON.stringify(expected)} and is ${JSON.stringify(actual)}`

/** One entry of the audit trail for whatever has changed something, unless the rule says otherwise. */
function write(model: Model, caller: Caller, operation: Operation, outcome: Outcome, answer: Answer): void {
  if ('code' in outcome || !outcome.audit) return
  const lines = Array.isArray(outcome.audit[0]) ? outcome.audit : [outcome.audit]
  for (const [actor, action, object] of lines as [string, string, string][]) {
    const tenant = caller.kind === 'operator' ? tenantOfPath(model, operation) : tenantOf(caller)
    tenant.audit.push([
      actor || actorOf(caller),
      action,
      object || (answer.body?.id ?? answer.body?.operation_id ?? ''),
    ])
  }
}

export const tenantOfPath = ({ tenants: [one, other] }: Model, { path }: Operation) =>
  path.startsWith(`/v1/admin/tenants/${one.id}/`) || path === `/v1/admin/tenants/${one.id}` ? one : other

/** What was done, for people: the last line is the one that went wrong. */
export function tell({ account }: Stage): string {
  return account.map((line, index) => `  ${index + 1}. ${line}`).join('\n')
}

function nameOf(caller: Caller): string {
  if (caller.kind === 'operator') return 'the operator'
  const { person, tenant } = membershipOf(caller)
  return `${caller.kind === 'key' ? 'a key of ' : ''}${person.name} (${roleOf(caller)} of ${tenant.name})`
}

const describe = (values: object) => (Object.keys(values).length === 0 ? '' : JSON.stringify(values))

/** With names in the place of ids, and tokens cut short. */
function named(line: string, { names }: Model): string {
  return line
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, (id) => names.get(id) ?? id)
    .replace(/([\w-]{5})[\w-]{33}([\w-]{5})/g, '$1…$2')
}
