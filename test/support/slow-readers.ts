import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { type IncomingMessage, request, type ServerResponse } from 'node:http'
import { expect, vi } from 'vitest'
import type { Member, Platform } from './platform.ts'

/** An answer that somebody takes as slowly as they like. */
export interface SlowAnswer {
  /** What the reader has of it. */
  response: IncomingMessage
  /** The server's side of it. */
  sending: ServerResponse
}

/** Asks for something and takes nothing of the answer yet. */
export async function askSlowly(platform: Platform, member: Member, path: string): Promise<SlowAnswer> {
  const { hostname, port } = new URL(platform.url)
  const headers = { Authorization: `Bearer ${member.token}`, 'X-Tenant-ID': member.tenantId }
  const begun: ServerResponse[] = []
  const note = (message: unknown) => begun.push((message as { response: ServerResponse }).response)
  subscribe('http.server.request.start', note)
  try {
    const sent = request({ hostname, port, path, headers, agent: false }).end()
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    const sending = begun.find(({ req }) => req.url === path)
    if (!sending) throw new Error('the server has seen no request')
    return { response: response.pause(), sending }
  } finally {
    unsubscribe('http.server.request.start', note)
  }
}

/** How many connections of the tenant role are in use, or waited for. */
export function busyConnections(platform: Platform): number {
  const { total, idle, waiting } = platform.context.db.counts().tenant
  return total - idle + waiting
}

/** Resolves when the server waits for the reader instead of reading on. */
export function untilItWaits(platform: Platform, { sending }: SlowAnswer): Promise<void> {
  return vi.waitFor(() => expect([sending.writableNeedDrain, busyConnections(platform)]).toEqual([true, 0]), {
    timeout: 10_000,
    interval: 5,
  })
}

/**
 * How many reads of rows inside tenants there have been since. Reads that only look a caller up, for which nothing is
 * built, come as often as what is remembered of them runs out, which a slow machine decides.
 */
export function watchReads(platform: Platform) {
  const reads = vi.spyOn(platform.context.db, 'readTenant')
  return () => reads.mock.calls.filter(([, build]) => build.length > 0).length
}

/** Takes the rest of an answer. */
export async function takeAll(response: IncomingMessage): Promise<string> {
  let text = ''
  response.setEncoding('utf8')
  for await (const piece of response) text += piece
  return text
}
