import { isUtf8 } from 'node:buffer'
import type { Request } from 'express'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import { createGates } from '../gate.ts'
import { toAppError } from './error-handler.ts'
import { createParser, isInUtf8, mostErrors, type ParsedInput, parseInput } from './input.ts'
import { createRoom } from './room.ts'
import type { WriteRoute } from './route.ts'

const ndjsonType = 'application/x-ndjson'

/** What a body of lines can hold. */
const mostLines = 10_000
const mostBytes = 16 * 1024 * 1024
/** As much as a body of JSON. */
const longestLine = 1024 * 1024

/** For so long nothing may come of a body. (For all of it there is the server's requestTimeout.) */
const stalledMs = 10_000

/** One body of each tenant is read at a time. Others of it wait, before anything is read of them. */
const oneOfTenant = createGates<string>(1, 8, 5000)

/**
 * So much of all bodies is held in memory at a time, of each until it is answered; counted as it comes. One room for all
 * servers of a process: it has so much memory, whoever serves in it.
 */
const room = createRoom(4 * mostBytes)

/**
 * Runs work that holds a request's body of lines, one for each tenant at a time.
 * @throws AppError 503 `overloaded` when others of the tenant take too long, or too many wait; what work throws
 */
export function withRoom<T>(tenantId: string, request: Request, work: () => Promise<T>): Promise<T> {
  return oneOfTenant(tenantId, () => work().finally(() => room.letGo(request)))
}

/**
 * What readInput does, for a body of lines. They come last, since they may be many. Does not throw: who may not call at
 * all is told that before what is wrong with the lines.
 */
export async function readLines(
  { body, ...route }: WriteRoute<z.ZodType, z.ZodType, z.ZodType>,
  request: Request,
): Promise<ParsedInput> {
  if (!(body instanceof z.ZodArray)) throw new Error(`${route.path} does not say what its lines are`)
  const parsed = parseInput(route, request)
  if (!parsed.ok) return parsed
  try {
    const lines = await readNdjson(body.element as z.ZodType, request)
    return { ...parsed, value: { ...parsed.value, body: lines } }
  } catch (error) {
    return { ok: false, error: toAppError(error) }
  }
}

/**
 * Reads a body of lines of JSON (https://github.com/ndjson/ndjson-spec) as it arrives, and each line by its schema.
 * Empty lines do not count, nor does a byte order mark in front. What is wrong is told by line; after a number of them
 * nothing more is read.
 * @throws AppError 415 `unsupported_media_type`, 413 `body_too_large`, 400 `invalid_request`, 408 `request_timeout`, 400
 *   `malformed_request` when the caller hangs up, 503 `overloaded` when too much comes of all and this is most of it
 */
async function readNdjson<Line extends z.ZodType>(line: Line, request: Request): Promise<z.output<Line>[]> {
  const { 'content-encoding': encoding = 'identity', 'content-length': length = '0' } = request.headers
  if (!isInUtf8(request, ndjsonType) || encoding.toLowerCase() !== 'identity') {
    throw new AppError('unsupported_media_type')
  }
  if (Number(length) > mostBytes) throw new AppError('body_too_large')

  const { errors, parse } = createParser(request)
  const refuseAll = (path?: string, message = '') => {
    if (path !== undefined) errors.push({ path, message })
    throw new AppError('invalid_request', { errors: errors.slice(0, mostErrors) })
  }
  const lines: z.output<Line>[] = []
  let number = 0
  let given = 0
  const splitter = createSplitter(
    (bytes) => {
      const where = `line ${++number}`
      const text = decode(bytes, number === 1)
      if (text !== undefined && /^[ \t\r]*$/.test(text)) return
      if (++given > mostLines) refuseAll('body', 'should have at most 10,000 lines')
      const value = text === undefined ? undefined : parseJson(text)
      if (text === undefined) errors.push({ path: where, message: 'should be UTF-8' })
      else if (value === undefined) errors.push({ path: where, message: 'should be JSON' })
      else lines.push(parse(line, where, value) as z.output<Line>)
      if (errors.length >= mostErrors) refuseAll()
    },
    () => refuseAll(`line ${number + 1}`, 'should be at most 1 MiB'),
  )
  await eachChunk(request, splitter.push)
  splitter.end()
  if (given === 0) refuseAll('body', 'should have at least one line')
  if (errors.length > 0) refuseAll()
  return lines
}

function decode(bytes: Buffer, isFirst: boolean): string | undefined {
  if (!isUtf8(bytes)) return undefined
  const text = bytes.toString()
  return isFirst ? text.replace(/^\ufeff/, '') : text
}

/** Undefined for what is no JSON, which has no undefined. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * Cuts bytes into lines, wherever chunks end: in UTF-8 a line feed is no part of another character.
 * @param take is given each line without its end, for as long as it runs
 */
function createSplitter(take: (line: Buffer) => void, refuseLong: () => void) {
  // Of a line whose end has not come; one that grows byte by byte is not copied each time.
  let kept = Buffer.allocUnsafe(64 * 1024)
  let length = 0
  const keep = (piece: Buffer) => {
    const needed = length + piece.length
    if (needed > longestLine) refuseLong()
    if (needed > kept.length) kept = Buffer.concat([kept.subarray(0, length)], 2 * needed)
    length += piece.copy(kept, length)
  }
  const endLine = (piece: Buffer) => {
    if (length === 0) return take(piece)
    keep(piece)
    const line = kept.subarray(0, length)
    length = 0
    take(line)
  }
  return {
    push(chunk: Buffer) {
      let start = 0
      for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, start)) {
        endLine(chunk.subarray(start, end))
        start = end + 1
      }
      if (start < chunk.length) keep(chunk.subarray(start))
    },
    /** What follows the last line feed is a line, too. */
    end() {
      if (length > 0) endLine(Buffer.alloc(0))
    },
  }
}

/**
 * Gives what arrives to `take` until the end. What is not read any more is thrown away by Node, behind the answer.
 * @throws what take throws; AppError 413 `body_too_large`, 408 `request_timeout`, 400 `malformed_request`, 503
 *   `overloaded`
 */
async function eachChunk(request: Request, take: (chunk: Buffer) => void): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const timer = setTimeout(() => {
    reject(new AppError('request_timeout', { headers: { Connection: 'close' } }))
  }, stalledMs)
  let bytes = 0
  const refuse = (error: unknown) => {
    stop()
    reject(error)
  }
  const onData = (chunk: Buffer) => {
    timer.refresh()
    bytes += chunk.length
    if (bytes > mostBytes) return refuse(new AppError('body_too_large'))
    room.hold(request, bytes, () => refuse(new AppError('overloaded')))
    try {
      take(chunk)
    } catch (error) {
      refuse(error)
    }
  }
  const onClose = () => reject(new AppError('malformed_request'))
  const stop = () => {
    clearTimeout(timer)
    request.off('data', onData).off('end', resolve).off('close', onClose)
  }
  if (request.destroyed) onClose()
  request.on('data', onData).on('end', resolve).on('close', onClose)
  await promise.finally(stop)
  // What is taken cannot give way any more.
  room.hold(request, bytes)
}
