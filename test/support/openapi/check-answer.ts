import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { Document, DocumentedAnswer, Operation, Schema } from './document.ts'
import type { Received, Sent } from './exchange.ts'

/** What is wrong with an answer, sentence by sentence; nothing, when it is as documented. */
export type CheckAnswer = (operation: Operation, sent: Pick<Sent, 'method'>, answer: Received) => string[]

/** Headers that say something of the operation: an answer has those that are documented, and no others of these. */
const telling = [
  'allow',
  'etag',
  'idempotency-replayed',
  'location',
  'ratelimit',
  'ratelimit-policy',
  'retry-after',
  'www-authenticate',
]

/** Failures that are no fault where they are documented: what they need is not set up, or somebody else's. */
const excused = ['billing_not_configured', 'billing_unavailable']

/** Compares answers with what a document says of their operations. */
export function createCheck(document: Document): CheckAnswer {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: true })
  addFormats.default(ajv)
  ajv.addSchema(document, 'document', false, false)
  const compiled = new Map<string, ValidateFunction>()
  function validate(pointer: string, value: unknown): string[] {
    const check = compiled.get(pointer) ?? ajv.compile({ $ref: `document${pointer}` })
    compiled.set(pointer, check)
    if (check(value)) return []
    return (check.errors ?? [])
      .slice(0, 5)
      .map((error) => `body${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`)
  }

  return (operation, { method }, answer) => {
    const isHead = method === 'HEAD' && operation.method === 'GET'
    // What has headers that are too large is never read as far as its method.
    if (method !== operation.method && !isHead && answer.status !== 431)
      return checkWrongMethod(operation, answer)
    const documented = operation.answers.get(answer.status)
    const faults = checkFailure(answer)
    if (!documented) return [...faults, `status ${answer.status} is not documented`]
    faults.push(...checkHeaders(documented, answer))
    if (isHead) return answer.text === '' ? faults : [...faults, 'HEAD was answered with a body']
    faults.push(...checkBody(documented, answer, validate))
    return faults
  }
}

function checkFailure({ status, text }: Received): string[] {
  if (status < 500) return []
  const code = readJson(text)?.code
  return status === 503 && excused.includes(code) ? [] : [`failed with ${status} ${code}`]
}

function checkHeaders({ headers }: DocumentedAnswer, answer: Received): string[] {
  const faults: string[] = []
  for (const [name, { required, schema }] of headers) {
    const value = answer.headers.get(name)
    if (value === undefined && required) faults.push(`header ${name} is missing`)
    if (value !== undefined && schema && !fitsHeader(schema, value))
      faults.push(`header ${name} is no ${schema.type}: ${value}`)
  }
  const more = telling.filter((name) => answer.headers.has(name) && !headers.has(name))
  return [...faults, ...more.map((name) => `header ${name} is not documented`)]
}

/** Headers are texts; some of them say numbers or words. */
function fitsHeader(schema: Schema, value: string): boolean {
  if (schema.enum && !schema.enum.map(String).includes(value)) return false
  if ('const' in schema && String(schema.const) !== value) return false
  if (schema.pattern && !new RegExp(schema.pattern, 'u').test(value)) return false
  return schema.type !== 'integer' || /^-?\d+$/.test(value)
}

function checkBody(
  { content }: DocumentedAnswer,
  { status, headers, text }: Received,
  validate: (pointer: string, value: unknown) => string[],
): string[] {
  const type = headers.get('content-type')
  if (content.size === 0)
    return text === '' ? [] : [`${status} is documented without a body, and has one: ${text.slice(0, 200)}`]
  const media = [...content].find(([documented]) => mediaTypeOf(documented) === mediaTypeOf(type))?.[1]
  if (!media) return [`content-type ${type} is not documented for ${status}`]
  if (!/[/+]json$/.test(mediaTypeOf(type))) return []
  const body = readJson(text)
  if (body === undefined) return [`body is no JSON: ${text.slice(0, 200)}`]
  const faults = media.schema ? validate(`${media.pointer}/schema`, body) : []
  if (mediaTypeOf(type) !== 'application/problem+json') return faults
  if (!media.codes.includes(body.code)) faults.push(`code ${body.code} is not documented for ${status}`)
  if (body.status !== status) faults.push(`status ${body.status} in the body of ${status}`)
  if (body.request_id !== headers.get('x-request-id')) faults.push('request_id is not that of X-Request-Id')
  return faults
}

function checkWrongMethod({ methods }: Operation, answer: Received): string[] {
  const allowed = methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
  const code = readJson(answer.text)?.code
  const faults =
    answer.status === 405 && code === 'method_not_allowed'
      ? []
      : [`a method that is not there was answered with ${answer.status} ${code}`]
  const named = answer.headers.get('allow')?.split(/, */) ?? []
  return named.toSorted().join() === allowed.toSorted().join()
    ? faults
    : [...faults, `Allow says ${named}, documented are ${allowed}`]
}

/** RFC 9110, 8.3.1: without its parameters, in lower case. */
function mediaTypeOf(type = ''): string {
  return type.split(';')[0]?.trim().toLowerCase() ?? ''
}

// biome-ignore lint/suspicious/noExplicitAny: whatever came
function readJson(text: string): any {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
