import type { Operation } from './document.ts'
import { type Sent, toJson } from './exchange.ts'
import { Later, type Present, settle } from './later.ts'
import { isSignature } from './sketch-headers.ts'
import { asText } from './sketch-urls.ts'
import type { Sketch } from './sketches.ts'

/** A sketch as the request that goes out, now that everything it needs is there. */
export async function writeRequest(
  operation: Operation,
  sketch: Sketch,
  { path, presented, present }: { path: string; presented: [string, string][]; present: Present },
): Promise<Sent> {
  const query =
    typeof sketch.query === 'string'
      ? sketch.query
      : ((await settle(sketch.query, present)) as [string, unknown][])
          .filter(([, value]) => value !== undefined)
          .map((pair) => pair.map((part) => encodeURIComponent(asText(part).toWellFormed())).join('='))
          .join('&')
  const { type, text } = await writeBody(sketch.body, present)
  const own = (
    (await settle(
      sketch.headers.filter((each) => !isSignature(each)),
      present,
    )) as [string, unknown][]
  ).map(([name, value]): [string, string] => [name, asText(value)])
  if (sketch.headers.some((each) => isSignature(each) && each[1] instanceof Later)) {
    own.push(['Stripe-Signature', present.signatureOf(typeof text === 'string' ? text : '')])
  }
  const always: [string, string][] = [
    ...(type === undefined ? [] : [['Content-Type', type] as [string, string]]),
    ...presented,
  ]
  const replaced = new Set(own.map(([name]) => name))
  const method = sketch.method ?? operation.method
  // Of headers that are too large nobody reads that it was HEAD: the refusal has a body, which no client expects.
  const longest = method === 'HEAD' ? 8000 : Number.POSITIVE_INFINITY
  return {
    method,
    path: (query === '' ? path : `${path}?${query}`).slice(0, longest),
    headers: [...always.filter(([name]) => !replaced.has(name)), ...own],
    body: text,
  }
}

async function writeBody(
  body: Sketch['body'],
  present: Present,
): Promise<{ type?: string; text?: string | Uint8Array }> {
  if (!body) return {}
  const { type } = body
  if ('raw' in body) {
    const { raw } = body
    return { type, text: raw instanceof Later ? ((await raw.find(present)) as Sent['body']) : raw }
  }
  if ('json' in body) return { type, text: toJson(await settle(body.json, present)) }
  const lines = (await settle(body.lines, present)) as unknown[]
  return { type, text: lines.map((line) => `${toJson(line)}\n`).join('') }
}
