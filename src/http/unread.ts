import type { ServerResponse } from 'node:http'
import { createRoom } from './room.ts'

/**
 * So much of all answers together waits in memory to be taken. Whoever takes nothing of a long one gives way. One room
 * for all servers of a process: it has so much memory, whoever serves in it.
 */
const room = createRoom(64 * 1024 * 1024)

/**
 * For so long nothing may move of an answer: who stops reading does not hold a connection for good. While a write waits
 * Node lets the time pass once before it counts.
 */
const stalledMs = 60_000

/** Bounds what an answer holds in memory, and for how long, while nobody takes it. */
export function watchUnread(response: ServerResponse): void {
  // By then it is as complete as it gets; what the system could not take yet stays in memory.
  response.once('prefinish', () => {
    if (response.writableLength === 0) return
    response.setTimeout(stalledMs, () => response.destroy())
    hold(response, response.writableLength)
    response.once('close', () => room.letGo(response))
  })
}

/** However many answers a tenant leaves, together they give way to those of one that leaves less. */
function hold(response: ServerResponse & { locals?: { tenantId?: unknown } }, bytes: number): void {
  room.hold(response, bytes, () => response.destroy(), response.locals?.tenantId ?? response)
}

/** A part of a long text, as it is sent. */
export interface Piece {
  text: string
  /** So many characters of it are made and in memory, this piece among them. */
  held: number
}

/** As watchUnread, for an answer that is made piece by piece: says what is held of it now. */
export async function* holdingEach(
  response: ServerResponse,
  pieces: AsyncIterable<Piece>,
): AsyncGenerator<string, void> {
  response.setTimeout(stalledMs, () => response.destroy())
  response.once('close', () => room.letGo(response))
  for await (const { text, held } of pieces) {
    // Who has hung up meanwhile closes no second time, and would never be let go of.
    if (response.closed) return
    // The text, and its bytes on the way out.
    hold(response, 2 * held)
    yield text
  }
}
