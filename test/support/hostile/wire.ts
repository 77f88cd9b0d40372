import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** Whom an attack goes against, and whose name and token the attacker has. */
export interface Target {
  host: string
  port: number
  tenantId: string
  token: string
  /** Somebody else, of whom the attacker knows no more than the name. */
  otherTenantId: string
}

/** What an attack has done by the time it is at its height. */
export interface Tally {
  connections: number
  requests: number
  /** Statuses of the answers that were read, and how often. */
  statuses: Record<string, number>
}

/** An attack: resolves at its height, and goes on until its process is ended. */
export type Attack = (target: Target) => Promise<Tally>

/** A connection whose end, however it comes, is no failure; undefined when there is none to be had. */
export function open({ host, port }: Target): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    socket.once('connect', () => resolve(socket))
    socket.on('error', () => resolve(undefined))
  })
}

/** So many connections, a few hundred at a time, that read nothing; those that were to be had. */
export async function openMany(target: Target, count: number): Promise<Socket[]> {
  const opened: Socket[] = []
  while (opened.length < count) {
    const some = await Promise.all(
      Array.from({ length: Math.min(500, count - opened.length) }, () => open(target)),
    )
    const good = some.filter((socket) => socket !== undefined)
    opened.push(...good)
    if (good.length < some.length) break
  }
  return opened
}

/** Writes, and resolves when the system has taken it, the connection is gone, or nothing moves any more. */
export async function write(socket: Socket, bytes: string | Buffer, patienceMs = 1500): Promise<void> {
  const taken = new Promise<void>((resolve) => {
    socket.once('close', resolve)
    socket.write(bytes, () => resolve())
  })
  await Promise.race([taken, sleep(patienceMs)])
}

/** Waits until it is so. @throws Error when it is not after 20 s: what an attack is about has not come to pass. */
export async function until(what: string, isSo: () => boolean): Promise<void> {
  const start = performance.now()
  while (!isSo()) {
    if (performance.now() - start > 20_000) throw new Error(`not within 20 s: ${what}`)
    await sleep(20)
  }
}

/** Reads answers of a connection, and counts them by their status. */
export function countAnswers(socket: Socket, statuses: Tally['statuses']): void {
  socket.on('data', (chunk) => {
    for (const [, status = ''] of chunk.toString('latin1').matchAll(/HTTP\/1\.1 (\d{3}) /g)) {
      statuses[status] = (statuses[status] ?? 0) + 1
    }
  })
}

/** The head of a request, as bytes on the wire. */
export function head(method: string, path: string, ...headers: string[]): string {
  return [`${method} ${path} HTTP/1.1`, 'Host: x', ...headers, '', ''].join('\r\n')
}

/** What a member of the attacker's tenant sends along. */
export function signedIn({ token, tenantId }: Target): string[] {
  return [`Authorization: Bearer ${token}`, `X-Tenant-ID: ${tenantId}`]
}

/** A whole request with a body of JSON. */
export function post(path: string, body: string | Buffer, ...headers: string[]): Buffer {
  const bytes = Buffer.from(body)
  const type = 'Content-Type: application/json'
  return Buffer.concat([
    Buffer.from(head('POST', path, type, `Content-Length: ${bytes.length}`, ...headers)),
    bytes,
  ])
}

/**
 * Sends requests over a number of connections, on each one after the other, and counts the answers. A connection that is
 * closed is replaced.
 */
export async function sendAll(
  target: Target,
  requests: Iterable<string | Buffer>,
  atOnce = 50,
  patienceMs = 8000,
): Promise<Tally> {
  const statuses: Tally['statuses'] = {}
  const iterator = requests[Symbol.iterator]()
  let sent = 0
  let connections = 0
  async function work() {
    let socket: Socket | undefined
    for (let next = iterator.next(); !next.done; next = iterator.next()) {
      if (!socket?.writable) {
        socket?.destroy()
        socket = await open(target)
        if (!socket) return
        connections++
        socket.setNoDelay()
      }
      sent++
      const status = await ask(socket, next.value, patienceMs)
      statuses[status] = (statuses[status] ?? 0) + 1
      if (status === 'none') socket.destroy()
    }
    socket?.destroy()
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return { connections, requests: sent, statuses }
}

/** The status of the answer to one request, whose body has a length; `none` when none comes. */
function ask(socket: Socket, bytes: string | Buffer, patienceMs: number): Promise<string> {
  return new Promise((resolve) => {
    let answer = ''
    const finish = (status: string) => {
      clearTimeout(timer)
      socket.off('data', read).off('close', onClose)
      resolve(status)
    }
    const statusOf = () => /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 'none'
    const onClose = () => finish(statusOf())
    const timer = setTimeout(() => finish(statusOf()), patienceMs)
    const read = (chunk: Buffer) => {
      answer += chunk.toString('latin1')
      answer = answer.replace(/^HTTP\/1\.1 100 [\s\S]*?\r\n\r\n/, '')
      const end = answer.indexOf('\r\n\r\n')
      if (end < 0) return
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(answer.slice(0, end))?.[1] ?? 0)
      const isChunked = /\r\ntransfer-encoding: chunked/i.test(answer.slice(0, end))
      if (isChunked ? answer.endsWith('0\r\n\r\n') : answer.length >= end + 4 + length) finish(statusOf())
    }
    socket.on('data', read).once('close', onClose)
    socket.write(bytes)
  })
}
