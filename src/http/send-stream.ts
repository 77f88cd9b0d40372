import { pipeline } from 'node:stream/promises'
import type { Request, Response } from 'express'
import { holdingEach, type Piece } from './unread.ts'

/**
 * Sends text piece by piece, no faster than it is taken. The first piece is waited for before anything of the answer is
 * written, so that what fails until then is answered as ever. What fails later cuts the connection: without the
 * last chunk (RFC 9112, 7.1) nobody takes a part for the whole. Who hangs up has the rest not made.
 * @param makePieces gets a signal that tells when nobody wants them any more
 * @param writeHead sets status and headers
 * @throws what making a piece throws
 */
export async function sendStream(
  request: Request,
  response: Response,
  makePieces: (isGone: AbortSignal) => AsyncIterable<Piece>,
  writeHead: () => void,
): Promise<void> {
  if (request.method === 'HEAD') {
    writeHead()
    response.end()
    return
  }
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const iterator = makePieces(gone.signal)[Symbol.asyncIterator]()
  const first = await iterator.next()
  writeHead()
  async function* all() {
    if (first.done) return
    yield first.value
    yield* { [Symbol.asyncIterator]: () => iterator }
  }
  try {
    await pipeline(holdingEach(response, all()), response)
  } catch (error) {
    const isGone = (error as { code?: unknown }).code === 'ERR_STREAM_PREMATURE_CLOSE'
    if (!isGone) throw error
  }
}
