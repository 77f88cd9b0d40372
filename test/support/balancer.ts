import { once } from 'node:events'
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'

/** A load balancer without sticky sessions. */
export interface Balancer {
  url: string
  /** How many answers came from each server so far. */
  served: Map<string, number>
  add(url: string): void
  /** Resolves when nothing is sent there any more. */
  untilLeftOut(url: string): Promise<void>
  stop(): Promise<void>
}

/**
 * Sends each request to the next of its servers in turn, over connections that it keeps. Who refuses a connection is
 * passed over; who says at /health/ready that it is not ready, or loses a request, gets no further ones. Nothing is ever
 * sent twice: what is lost behind it is answered with 502.
 */
export async function startBalancer(urls: string[]): Promise<Balancer> {
  const agent = new Agent({ keepAlive: true, maxSockets: 200 })
  const targets = [...urls]
  const served = new Map(urls.map((url) => [url, 0]))
  let turn = 0
  let isStopped = false

  async function forward(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await buffer(incoming)
    for (const url of inTurn()) {
      const answer = await ask(url, incoming, body)
      if (answer instanceof Error) {
        if ('code' in answer && answer.code === 'ECONNREFUSED') continue
        // The sockets of a process that is killed are closed one after the other: the next request would be lost, too.
        leaveOut(url)
        outgoing.writeHead(502).end(`${url}: ${answer}`)
        return
      }
      served.set(url, (served.get(url) ?? 0) + 1)
      const {
        connection: _own,
        'keep-alive': _alive,
        'transfer-encoding': _coding,
        ...headers
      } = answer.headers
      outgoing.writeHead(answer.statusCode ?? 500, headers)
      answer.on('error', () => outgoing.destroy())
      answer.pipe(outgoing)
      return
    }
    outgoing.writeHead(502).end('no server is ready')
  }

  function leaveOut(url: string): void {
    if (targets.includes(url)) targets.splice(targets.indexOf(url), 1)
  }

  /** All of them, the one whose turn it is first. */
  function inTurn(): string[] {
    const start = turn++ % Math.max(targets.length, 1)
    return [...targets.slice(start), ...targets.slice(0, start)]
  }

  function ask(
    url: string,
    { method, url: path, headers }: Pick<IncomingMessage, 'method' | 'url' | 'headers'>,
    body: Buffer,
  ) {
    const { connection: _own, 'keep-alive': _alive, 'transfer-encoding': _coding, ...others } = headers
    const length = body.length > 0 ? { 'content-length': String(body.length) } : {}
    return new Promise<IncomingMessage | Error>((resolve) => {
      request(url + path, { method, headers: { ...others, ...length }, agent })
        .once('response', resolve)
        .once('error', resolve)
        .end(body)
    })
  }

  /** Each is asked by itself: one that is slow to answer must not hide what another says. */
  async function watch(url: string): Promise<void> {
    while (!isStopped && targets.includes(url)) {
      const isReady = await fetch(`${url}/health/ready`).then(
        ({ status }) => status === 200,
        () => false,
      )
      if (!isReady) leaveOut(url)
      await sleep(50)
    }
  }

  const server = createServer((incoming, outgoing) => {
    forward(incoming, outgoing).catch((error) => outgoing.writeHead(502).end(String(error)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const watching = targets.map(watch)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    served,
    add(url) {
      served.set(url, 0)
      targets.push(url)
      watching.push(watch(url))
    },
    async untilLeftOut(url) {
      while (targets.includes(url)) await sleep(10)
    },
    async stop() {
      isStopped = true
      await Promise.all(watching)
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      agent.destroy()
    },
  }
}
