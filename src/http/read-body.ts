import { isUtf8 } from 'node:buffer'
import express, { type Request, type Response } from 'express'
import { AppError } from '../errors.ts'
import { toAppError } from './error-handler.ts'
import { isInUtf8, type ParsedInput, parseInput } from './input.ts'
import { readLines } from './read-ndjson.ts'
import type { Route } from './route.ts'

type Open = Extract<Route, { scope: 'open' }>

const mebibyte = 1024 * 1024

const parseJson = express.json({
  limit: mebibyte,
  strict: false,
  verify: (_request, _response, bytes) => {
    if (!isUtf8(bytes)) throw new Error('not UTF-8')
  },
})

/**
 * Reads the body that a route declares, and parses it with the rest of the input. Does not throw: who may not call at all
 * is told that before what is wrong with the body.
 */
export async function readInput(route: Route, request: Request, response: Response): Promise<ParsedInput> {
  if (route.scope === 'write' && route.bodyType) return readLines(route, request)
  if (route.body) {
    const hasBody = request.headers['content-length'] !== '0' && hasBodyHeaders(request)
    if (hasBody && !isInUtf8(request, 'application/json'))
      return { ok: false, error: new AppError('unsupported_media_type') }
    const failure = await new Promise<unknown>((resolve) => parseJson(request, response, resolve))
    if (failure) return { ok: false, error: toAppError(failure) }
  }
  return parseInput(route, request)
}

// As they were sent, and so not inflated either: a signature is of these bytes.
const parseBytes = express.raw({ limit: mebibyte, type: () => true, inflate: false })

/**
 * The body of a route with `rawBody`, up to 1 MiB.
 * @throws what toAppError makes 413 `body_too_large`, 415 `unsupported_media_type` when it is compressed
 */
export async function readBytes(route: Open, request: Request, response: Response): Promise<Buffer> {
  if (!route.rawBody) throw new Error(`${route.method} ${route.path} does not declare a raw body`)
  const failure = await new Promise<unknown>((resolve) => parseBytes(request, response, resolve))
  if (failure) throw failure
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
}

function hasBodyHeaders(request: Request): boolean {
  return 'content-length' in request.headers || 'transfer-encoding' in request.headers
}
