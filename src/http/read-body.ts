import { isUtf8 } from 'node:buffer'
import type { Request, Response } from 'express'
import { AppError } from '../errors.ts'
import { networkOf } from './address.ts'
import { type BodyOptions, collectBody } from './collect-body.ts'
import { toAppError } from './error-handler.ts'
import { isInUtf8, type ParsedInput, parseInput } from './input.ts'
import { readLines } from './read-ndjson.ts'
import type { Route } from './route.ts'

type Open = Extract<Route, { scope: 'open' }>

/** Whom nobody knows has little to send: names, passwords, tokens. */
const mostBytesOfStranger = 64 * 1024

/**
 * Reads the body that a route declares, and parses it with the rest of the input. Does not throw: who may not call at all
 * is told that before what is wrong with the body.
 * @param group who sends it: see BodyOptions
 */
export async function readInput(
  route: Route,
  request: Request,
  response: Response,
  group: string,
): Promise<ParsedInput> {
  if (route.scope === 'write' && route.bodyType) return readLines(route, request)
  if (route.body && hasBody(request)) {
    try {
      const most = route.scope === 'open' ? { mostBytes: mostBytesOfStranger } : {}
      request.body = await readJson(request, response, { isPacked: true, group, ...most })
    } catch (error) {
      return { ok: false, error: toAppError(error) }
    }
  }
  return parseInput(route, request)
}

async function readJson(request: Request, response: Response, options: BodyOptions): Promise<unknown> {
  if (!isInUtf8(request, 'application/json')) {
    if (request.headers['content-length'] === '0') return undefined
    throw new AppError('unsupported_media_type')
  }
  const bytes = await collectBody(request, response, options)
  if (bytes.length === 0) return {}
  if (!isUtf8(bytes)) throw new AppError('malformed_json')
  try {
    return JSON.parse(bytes.toString().replace(/^\ufeff/, ''))
  } catch (cause) {
    throw new AppError('malformed_json', { cause })
  }
}

/**
 * The body of a route with `rawBody`, up to 1 MiB, as it was sent and so not unpacked either: a signature is of these
 * bytes.
 * @throws AppError 413 `body_too_large`, 415 `unsupported_media_type` when it is compressed
 */
export async function readBytes(route: Open, request: Request, response: Response): Promise<Buffer> {
  if (!route.rawBody) throw new Error(`${route.method} ${route.path} does not declare a raw body`)
  if (!hasBody(request)) return Buffer.alloc(0)
  return collectBody(request, response, { isPacked: false, group: networkOf(request) })
}

/** RFC 9112, 6.3. */
function hasBody(request: Request): boolean {
  return 'content-length' in request.headers || 'transfer-encoding' in request.headers
}
