import type { Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib'
import type { Request, Response } from 'express'
import { AppError } from '../errors.ts'
import { createRoom } from './room.ts'

const mostBytes = 1024 * 1024

/**
 * So much of all bodies is held in memory at a time, of each until it is answered. Counted is the memory that is taken as
 * it comes: what somebody says of its length takes no room from others. One room for all servers of a process: it has so much memory, whoever
 * serves in it.
 */
const room = createRoom(64 * mostBytes)

/** The content codings that are taken: RFC 9110, 8.4.1, and of zstd RFC 8878. */
const unpackers = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
}

export interface BodyOptions {
  /** Whether it may have a content coding. */
  isPacked: boolean
  /** Of it when it is unpacked; never more than 1 MiB. */
  mostBytes?: number
  /** Who sends it: their tenant where that is known, else their address. */
  group: string
}

/**
 * Reads a request's body, up to 1 MiB of it. When too much comes of all callers at once, those of the group that has sent
 * most are refused. What is not read any more is thrown away by Node, behind the answer.
 * @throws AppError 413 `body_too_large`, 415 `unsupported_media_type` for a content coding that is not taken, 400
 *   `malformed_request` when it does not unpack, or when the caller hangs up, 503 `overloaded`
 */
export async function collectBody(
  request: Request,
  response: Response,
  options: BodyOptions,
): Promise<Buffer> {
  const { isPacked, mostBytes: most = mostBytes } = options
  const coding = (request.headers['content-encoding'] ?? 'identity').toLowerCase()
  if (coding === 'identity') {
    if (Number(request.headers['content-length']) > most) throw new AppError('body_too_large')
    return collect(request, response, request, options)
  }
  if (!isPacked || !Object.hasOwn(unpackers, coding)) throw new AppError('unsupported_media_type')
  const unpacked = unpackers[coding as keyof typeof unpackers]()
  try {
    return await collect(request, response, request.pipe(unpacked), options)
  } finally {
    request.unpipe(unpacked)
    unpacked.on('error', () => undefined).destroy()
    request.resume()
  }
}

async function collect(
  request: Request,
  response: Response,
  source: Readable,
  { mostBytes: most = mostBytes, group }: BodyOptions,
): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  // One buffer that grows: a piece of a byte would cost a hundred.
  let kept = Buffer.allocUnsafe(1024)
  let length = 0
  const giveWay = () => stop(new AppError('overloaded', { headers: { Connection: 'close' } }))
  const onData = (piece: Buffer) => {
    const needed = length + piece.length
    if (needed > most) return stop(new AppError('body_too_large'))
    if (needed > kept.length) {
      const larger = Buffer.allocUnsafe(Math.min(most, Math.max(needed, 2 * kept.length)))
      kept.copy(larger, 0, 0, length)
      kept = larger
      room.hold(response, kept.length, giveWay, group)
    }
    length += piece.copy(kept, length)
  }
  const onEnd = () => resolve()
  const onError = () => reject(new AppError('malformed_request'))
  // It closes as well when all of it has come, and is still being unpacked.
  const onClose = () => !request.complete && reject(new AppError('malformed_request'))
  function stop(error: AppError) {
    source.off('data', onData)
    kept = Buffer.alloc(0)
    reject(error)
  }
  if (request.destroyed) onClose()
  response.once('close', () => room.letGo(response))
  source.on('data', onData).on('end', onEnd).on('error', onError)
  request.on('close', onClose)
  try {
    await promise
    // What is taken cannot give way any more.
    room.hold(response, kept.length, undefined, group)
    return kept.subarray(0, length)
  } catch (error) {
    room.letGo(response)
    throw error
  } finally {
    source.off('data', onData).off('end', onEnd).off('error', onError)
    request.off('close', onClose)
  }
}
