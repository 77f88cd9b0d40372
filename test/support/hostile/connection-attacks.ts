import type { Socket } from 'node:net'
import { deflateSync } from 'node:zlib'
import {
  type Attack,
  countAnswers,
  head,
  open,
  openMany,
  post,
  signedIn,
  type Tally,
  until,
  write,
} from './wire.ts'

const mebibyte = 1024 * 1024
const none: Tally['statuses'] = {}
const json = 'Content-Type: application/json'

/** Those that hold connections, or do not keep to how one uses them. */
export const connectionAttacks = {
  /** A byte now and then: with a length, in chunks, in chunks with extensions. */
  async slowBodies(target) {
    const sockets = await openMany(target, 600)
    const heads = [
      head('POST', '/auth/login', json, 'Content-Length: 1000'),
      head('POST', '/auth/login', json, 'Transfer-Encoding: chunked'),
      head('POST', '/v1/clients', json, 'Transfer-Encoding: chunked', ...signedIn(target)),
      head(
        'POST',
        '/v1/clients/import',
        'Content-Type: application/x-ndjson',
        'Content-Length: 9',
        ...signedIn(target),
      ),
    ]
    const pieces = [' ', '1\r\n \r\n', '1;name=value;other="of it"\r\n \r\n', ' ']
    for (const [index, socket] of sockets.entries()) socket.write(heads[index % 4] as string)
    setInterval(() => {
      for (const [index, socket] of sockets.entries())
        if (socket.writable) socket.write(pieces[index % 4] as string)
    }, 400)
    return { connections: sockets.length, requests: sockets.length, statuses: none }
  },

  /** Headers of which a byte comes now and then. */
  async slowHeaders(target) {
    const sockets = await openMany(target, 600)
    for (const socket of sockets) socket.write('GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: ')
    setInterval(() => {
      for (const socket of sockets) if (socket.writable) socket.write('x')
    }, 400)
    return { connections: sockets.length, requests: 0, statuses: none }
  },

  /** Bodies of a mebibyte of which the last byte never comes. */
  async heldBodies(target) {
    const sockets = await openMany(target, 500)
    const body = Buffer.alloc(mebibyte - 1, ' ')
    const statuses: Tally['statuses'] = {}
    for (const [index, socket] of sockets.entries()) {
      countAnswers(socket, statuses)
      const to = index % 2 === 0 ? ['/auth/login'] : ['/v1/clients', ...signedIn(target)]
      const [path = '', ...more] = to
      socket.write(head('POST', path, json, `Content-Length: ${mebibyte}`, ...more))
    }
    for (let index = 0; index < sockets.length; index += 50) {
      await Promise.all(sockets.slice(index, index + 50).map((socket) => write(socket, body)))
    }
    return { connections: sockets.length, requests: sockets.length, statuses }
  },

  /** Few bytes that inflate to almost a mebibyte, and whose end never comes. */
  async heldInflatedBodies(target) {
    const sockets = await openMany(target, 800)
    const almost = deflateSync(Buffer.alloc(mebibyte - 1, ' '), { level: 9 })
    const statuses: Tally['statuses'] = {}
    for (const socket of sockets) {
      countAnswers(socket, statuses)
      const encoding = 'Content-Encoding: deflate'
      const length = `Content-Length: ${almost.length}`
      socket.write(head('POST', '/v1/clients', json, encoding, length, ...signedIn(target)))
      socket.write(almost.subarray(0, -1))
    }
    // Too much comes of all for most of them.
    await until('half of them are refused', () => (statuses[503] ?? 0) >= sockets.length / 2)
    return { connections: sockets.length, requests: sockets.length, statuses }
  },

  /** Connections on which nothing is said; of every tenth one request, and then nothing. */
  async idleConnections(target) {
    const sockets = await openMany(target, Number(process.env.CONNECTIONS ?? 1000))
    for (const [index, socket] of sockets.entries())
      if (index % 10 === 0) socket.write(head('GET', '/health'))
    return { connections: sockets.length, requests: Math.ceil(sockets.length / 10), statuses: none }
  },

  /** Connections with half a request on each. */
  async halfRequests(target) {
    const sockets = await openMany(target, Number(process.env.CONNECTIONS ?? 1000))
    for (const socket of sockets) socket.write('POST /v1/clients HTTP/1.1\r\nHost: x\r\nContent-Le')
    return { connections: sockets.length, requests: 0, statuses: none }
  },

  /** Requests without end on a few connections, of which no answer is read. */
  async pipelinedJunk(target) {
    const sockets = await openMany(target, 12)
    const small = head('GET', '/health').repeat(5_000)
    const documents = head('GET', '/openapi.json').repeat(5_000)
    const unknown = head('GET', '/nowhere').repeat(5_000)
    const bytes = [small, documents, unknown]
    for (const socket of sockets) socket.pause()
    await Promise.all(sockets.map((socket, index) => write(socket, bytes[index % 3] as string)))
    return { connections: sockets.length, requests: 5_000 * sockets.length, statuses: none }
  },

  /** A hundred thousand requests with long answers on one connection, of which none is read. */
  async pipelinedLists(target) {
    const socket = await open(target)
    if (!socket) throw new Error('no connection')
    socket.pause()
    const list = head('GET', '/v1/clients?limit=100', ...signedIn(target)).repeat(1000)
    socket.write(list.repeat(100))
    await until('the connection is cut', () => socket.destroyed)
    return { connections: 1, requests: 100_000, statuses: none }
  },

  /** Long answers and exports of which nothing is read. */
  async unreadAnswers(target) {
    const sockets = await openMany(target, 150)
    const paths = ['/v1/clients?limit=100', '/v1/clients/export?format=csv', '/openapi.json']
    const begun = new Set<Socket>()
    for (const [index, socket] of sockets.entries()) {
      socket.once('data', () => {
        socket.pause()
        begun.add(socket)
      })
      // Or the server has given it up.
      socket.once('close', () => begun.add(socket))
      socket.write(head('GET', paths[index % 3] as string, ...signedIn(target)))
    }
    await until('every answer has begun', () => begun.size === sockets.length)
    return { connections: sockets.length, requests: sockets.length, statuses: none }
  },

  /** Connections reset in the midst of a body or of an answer. */
  async resets(target) {
    const body = 'x'.repeat(100_000)
    let connections = 0
    for (let round = 0; round < 3; round++) {
      const sockets = await openMany(target, 50)
      connections += sockets.length
      for (const [index, socket] of sockets.entries()) {
        if (index % 2 === 0) {
          socket.write(post('/auth/login', body).subarray(0, 50_000), () => socket.resetAndDestroy())
        } else {
          socket.write(head('GET', '/v1/clients?limit=100', ...signedIn(target)))
          socket.once('data', () => socket.resetAndDestroy())
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 30))
    }
    return { connections, requests: connections, statuses: none }
  },
} satisfies Record<string, Attack>
