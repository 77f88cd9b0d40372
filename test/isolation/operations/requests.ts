import type { Operation } from '../../support/openapi/document.ts'
import type { Received, Sent } from '../../support/openapi/exchange.ts'
import type { Credentials } from '../../support/openapi/fuzz-operation.ts'

/** What of a request differs from attack to attack. */
interface Parts {
  /** What the path names, by its parameters. */
  object?: Record<string, string>
  query?: Record<string, string>
  headers: Credentials
  body?: unknown
}

/** A request of an operation, or by another method at its path. */
export function requestOf(operation: Operation, { object = {}, query, headers, body }: Parts): Sent {
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name) => encodeURIComponent(object[name] ?? ''))
  const search = new URLSearchParams(query).toString()
  const [type] = operation.body?.content.keys() ?? []
  const hasBody = type !== undefined && body !== undefined
  const text = type === 'application/x-ndjson' ? `${JSON.stringify(body)}\n` : JSON.stringify(body)
  return {
    method: operation.method,
    path: search === '' ? path : `${path}?${search}`,
    headers: hasBody ? [...headers, ['Content-Type', type]] : headers,
    body: hasBody ? text : undefined,
  }
}

/** An answer as it travels, without what differs between any two answers. */
export function bytesOf({ status, headers, text }: Received): string {
  const id = headers.get('x-request-id') ?? ''
  const lines = [...headers].filter(([name]) => !/^(x-request-id|date|ratelimit.*)$/.test(name))
  return [status, ...lines.map((line) => line.join(': ')), id === '' ? text : text.replace(id, '(id)')].join(
    '\n',
  )
}

/** The body of an answer, or undefined where it is no JSON. */
// biome-ignore lint/suspicious/noExplicitAny: whatever came
export function jsonOf({ text }: Received): any {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The names of the parameters of an operation that stand in one place. */
export function namesIn(operation: Operation, place: 'path' | 'query' | 'header'): string[] {
  return operation.parameters.filter((each) => each.in === place).map(({ name }) => name)
}

/** Whether an operation works inside the tenant that X-Tenant-ID names. */
export function isInside(operation: Operation): boolean {
  return operation.audience === 'tenant' && namesIn(operation, 'header').includes('X-Tenant-ID')
}
