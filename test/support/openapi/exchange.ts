import { Agent, request as httpRequest } from 'node:http'

/** A request as it goes out: fetch would repair or refuse some of what this is to be able to say. */
export interface Sent {
  method: string
  /** With its query. */
  path: string
  headers: [name: string, value: string][]
  body: string | Uint8Array | undefined
}

/** What came back. */
export interface Received {
  status: number
  /** In lower case; several of one name are joined with commas. */
  headers: Map<string, string>
  text: string
}

/** Sends requests as they are. */
export interface Exchange {
  /** @throws Error when no answer comes within ten seconds, or none that is HTTP */
  send(request: Sent): Promise<Received>
  close(): void
}

/** Sends requests to a server, over connections that stay open until it is closed. */
export function createExchange(url: string): Exchange {
  const { hostname, port } = new URL(url)
  const agent = new Agent({ keepAlive: true, maxSockets: 4 })

  function send({ method, path, headers, body }: Sent): Promise<Received> {
    return new Promise((resolve, reject) => {
      // As a list they go out as they are, several of one name included, and nothing is added to them.
      const lines = [['Connection', 'keep-alive'], ...headers]
      if (!headers.some(([name]) => name === 'Host')) lines.unshift(['Host', `${hostname}:${port}`])
      if (body !== undefined) lines.push(['Content-Length', String(Buffer.byteLength(body))])
      const outgoing = httpRequest(
        {
          hostname,
          port,
          agent,
          method,
          path,
          headers: lines.flat(),
          timeout: 10_000,
        },
        (answer) => {
          const chunks: Buffer[] = []
          answer.on('data', (chunk: Buffer) => chunks.push(chunk))
          answer.on('error', reject)
          answer.on('end', () => {
            const received = Object.entries(answer.headers).map(
              ([name, value]) => [name, [value].flat().join(', ')] as const,
            )
            resolve({
              status: answer.statusCode ?? 0,
              headers: new Map(received),
              text: Buffer.concat(chunks).toString('utf8'),
            })
          })
        },
      )
      outgoing.on('timeout', () => outgoing.destroy(new Error('no answer within ten seconds')))
      // After the answer: the server does not read to its end what it has refused.
      outgoing.on('error', reject)
      outgoing.end(body)
    })
  }

  return { send, close: () => agent.destroy() }
}

/** A value as JSON, also where JSON.stringify has no word for it: -0 and numbers that JavaScript cannot hold. */
export function toJson(value: unknown): string {
  if (Object.is(value, -0)) return '-0'
  if (value === Number.POSITIVE_INFINITY) return '1e400'
  if (Array.isArray(value)) return `[${value.map((each) => (each === undefined ? 'null' : toJson(each)))}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const members = Object.entries(value).filter(([, each]) => each !== undefined)
  return `{${members.map(([name, each]) => `${JSON.stringify(name)}:${toJson(each)}`)}}`
}
