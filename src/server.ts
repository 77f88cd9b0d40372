import { createServer, type Server, STATUS_CODES } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { createApp } from './app.ts'
import type { Context } from './context.ts'
import { type ErrorCode, problems } from './errors.ts'

/** A server that listens. */
export interface RunningServer {
  /** Such as http://127.0.0.1:3000. */
  url: string
  /**
   * Drains: readiness off, no new connections, requests under way finished; after `timeoutMs` what is left is cut.
   */
  close(timeoutMs: number): Promise<void>
}

/**
 * Listens with the whole application.
 * @throws Error with code EADDRINUSE or EACCES when it cannot listen there
 */
export async function startServer(context: Context, { host, port }: { host: string; port: number }) {
  const server = createServer(
    { requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 65_000, maxHeaderSize: 16_384 },
    createApp(context),
  )
  server.on('clientError', answerClientError)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const { port: actual } = server.address() as AddressInfo
  const shownHost = host.includes(':') ? `[${host}]` : host
  const running: RunningServer = {
    url: `http://${shownHost}:${actual}`,
    close: (timeoutMs) => close(context, server, timeoutMs),
  }
  return running
}

async function close(context: Context, server: Server, timeoutMs: number): Promise<void> {
  context.readiness.isDraining = true
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const timer = setTimeout(() => server.closeAllConnections(), timeoutMs)
  await closed
  clearTimeout(timer)
}

/** What Node's parser refuses never becomes a request, so its problem document is written by hand. */
function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const code: ErrorCode = error.code === 'HPE_HEADER_OVERFLOW' ? 'headers_too_large' : 'malformed_request'
  const [status, detail] = problems[code]
  const body = JSON.stringify({
    type: `urn:tenantry:problem:${code}`,
    title: code.replaceAll('_', ' '),
    status,
    detail,
    code,
  })
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n` +
      'Content-Type: application/problem+json; charset=utf-8\r\n' +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}
