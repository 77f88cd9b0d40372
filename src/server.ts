import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createApp } from './app.ts'
import type { Context } from './context.ts'
import type { ErrorCode } from './errors.ts'
import { describeProblem } from './http/error-handler.ts'
import { watchUnread } from './http/unread.ts'

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
  const server = createServer({
    requestTimeout: 30_000,
    headersTimeout: 10_000,
    keepAliveTimeout: 65_000,
    maxHeaderSize: 16_384,
    // Often, so that of thousands that came together and say nothing few have to be told so at once.
    connectionsCheckingInterval: 1_000,
  })
  server.maxConnections = mostConnections()
  // Node remembers the address once it was asked for, and cannot say it any more of who has hung up: without this
  // limits and audit trails would not know who that was.
  server.on('connection', (socket) => void socket.remoteAddress)
  countRefused(context, server)
  const app = createApp(context)
  server.on('request', (request, response) => {
    inTurn(request, response, () => {
      watchUnread(response)
      if (context.readiness.isDraining) response.setHeader('Connection', 'close')
      // Node closes the connections that are idle when it stops to listen; those that become so later stay open. None is
      // closed before: a load balancer that has not noticed yet may be sending a request over it.
      response.once('close', () => {
        if (!server.listening) setImmediate(() => server.closeIdleConnections())
      })
      app(request, response)
    })
  })
  // An expectation that is not known may be ignored (RFC 9110, 10.1.1); Node would refuse it in words of its own.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response))
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

/** Beside those of its callers: to the database, Stripe and the mail server, for files and for logs. */
const otherFiles = 200

/**
 * So many connections that file descriptors are left for what a request needs: without one nothing connects to the
 * database. Linux alone says how many there are (proc(5), /proc/pid/limits).
 */
function mostConnections(): number {
  try {
    const [, open] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
    const files = open === undefined ? Number.POSITIVE_INFINITY : Number(open)
    return Math.max(files - otherFiles, Math.ceil(files / 2))
  } catch {
    return Number.POSITIVE_INFINITY
  }
}

/** Tells of connections beyond the most: Node closes them without a word. */
function countRefused({ metrics, log }: Context, server: Server): void {
  let isTold = false
  server.on('drop', () => {
    metrics.connectionsRefused.inc()
    if (isTold) return
    isTold = true
    setTimeout(() => {
      isTold = false
    }, 60_000).unref()
    log.warn({ most: server.maxConnections }, 'connections are refused: there are too many')
  })
}

/** So many requests of one connection are begun at a time: of each the answer is kept until those before are read. */
const mostBegun = 32
/** So many more may wait to be begun, since Node hands over at once what came at once: more than any client sends. */
const mostWaiting = 256
const turns = new WeakMap<Socket, { begun: number; waiting: (() => void)[] }>()

/** Begins a request in its turn. Who sends too many without reading answers loses the connection: RFC 9112, 9.3.2. */
function inTurn({ socket }: IncomingMessage, response: ServerResponse, begin: () => void): void {
  if (socket.destroyed) return
  const turn = turns.get(socket) ?? { begun: 0, waiting: [] }
  turns.set(socket, turn)
  const start = () => {
    turn.begun++
    response.once('close', () => {
      turn.begun--
      if (!socket.destroyed) turn.waiting.shift()?.()
    })
    begin()
  }
  if (turn.begun < mostBegun) start()
  else if (turn.waiting.length < mostWaiting) turn.waiting.push(start)
  else socket.destroy()
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
