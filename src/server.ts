import { randomUUID } from 'node:crypto'
import { createServer, type Server, STATUS_CODES } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createApp } from './app.ts'
import type { Context } from './context.ts'
import type { ErrorCode } from './errors.ts'
import { describeProblem } from './http/error-handler.ts'

/** A server that listens. */
export interface RunningServer {
  /** Such as http://127.0.0.1:3000. */
  url: string
  /**
   * Drains: readiness off; after `delayMs`, in which a load balancer can notice, no new connections; requests under
   * way are finished, and after `timeoutMs` more what is left is cut.
   */
  close(timeoutMs: number, delayMs?: number): Promise<void>
}

/**
 * Listens with the whole application.
 * @throws Error with code EADDRINUSE or EACCES when it cannot listen there
 */
export async function startServer(context: Context, { host, port }: { host: string; port: number }) {
  const server = createServer(
    {
      requestTimeout: 30_000,
      headersTimeout: 10_000,
      keepAliveTimeout: 65_000,
      maxHeaderSize: 16_384,
      connectionsCheckingInterval: 5_000,
    },
    createApp(context),
  )
  // Node remembers the address once it was asked for, and cannot say it any more of who has hung up: without this
  // limits and audit trails would not know who that was.
  server.on('connection', (socket) => void socket.remoteAddress)
  server.prependListener('request', (_request, response) => {
    if (context.readiness.isDraining) response.setHeader('Connection', 'close')
    // Node closes the connections that are idle when draining begins; those that become so later stay open.
    response.once('close', () => {
      if (context.readiness.isDraining) setImmediate(() => server.closeIdleConnections())
    })
  })
  server.on('clientError', (error, socket) => answerClientError(context, error, socket as Socket))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const { port: actual } = server.address() as AddressInfo
  const shownHost = host.includes(':') ? `[${host}]` : host
  const running: RunningServer = {
    url: `http://${shownHost}:${actual}`,
    close: (timeoutMs, delayMs = 0) => close(context, server, timeoutMs, delayMs),
  }
  return running
}

async function close(context: Context, server: Server, timeoutMs: number, delayMs: number): Promise<void> {
  context.readiness.isDraining = true
  if (delayMs > 0) await sleep(delayMs)
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const timer = setTimeout(() => server.closeAllConnections(), timeoutMs)
  await closed
  clearTimeout(timer)
}

const clientErrors: Record<string, ErrorCode> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'body_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
}

/** What Node's parser refuses never becomes a request, so its problem document is written by hand. */
function answerClientError(context: Context, error: NodeJS.ErrnoException, socket: Socket): void {
  // An answer that is on its way already would be cut in two by this one.
  const { _httpMessage } = socket as Socket & { _httpMessage?: { headersSent: boolean } }
  if (error.code === 'ECONNRESET' || !socket.writable || _httpMessage?.headersSent) {
    socket.destroy()
    return
  }
  const code = clientErrors[error.code ?? ''] ?? 'malformed_request'
  const request_id = randomUUID()
  const problem = describeProblem(code, request_id, 'en')
  context.log.info({ request_id, code, reason: error.code }, 'not a request')
  const body = JSON.stringify(problem)
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\nConnection: close\r\nCache-Control: no-store\r\nX-Request-Id: ${request_id}\r\n` +
      'Content-Type: application/problem+json; charset=utf-8\r\n' +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}
