import { connect, createServer, type Server, Socket } from 'node:net'

/** One message of a client to PostgreSQL. */
export interface Message {
  /** Q, P, B, E, S … of the protocol; '' for the one that begins a session. */
  type: string
  /** The SQL of a Q, P or B. */
  sql: string
  /** Which of the client's connections it came over, counted from 1. */
  connection: number
  raw: Buffer
}

/** Whether a message begins a transaction: those of the data layer are bound, others may be simple. */
export function isBegin({ type, sql }: Message): boolean {
  return (type === 'B' || type === 'Q') && /^begin/i.test(sql)
}

/**
 * What becomes of a message: sent on, replaced, or the client's connection is cut (reset: without a word of parting), or
 * stands still for good, before or after it is sent on.
 */
export type Verdict = 'forward' | 'cut' | 'cut after' | 'reset' | 'freeze' | 'freeze after' | Buffer

/** A TCP proxy in front of PostgreSQL that reads along. */
export interface Wire {
  url(of: string): string
  /** Everything that clients have sent. */
  messages: Message[]
  onMessage: (message: Message) => Verdict
  /** Who connects from now on comes to the server of this URL. */
  moveTo(target: string): void
  /** Ends every connection there is, those that stand still, too. */
  drop(): void
  close(): Promise<void>
}

/** Starts a proxy in front of the server of this URL. */
export async function startWire(target: string): Promise<Wire> {
  let { hostname, port } = new URL(target)
  const sockets = new Set<Socket>()
  let connections = 0
  const wire: Wire = {
    messages: [],
    onMessage: () => 'forward',
    url(of) {
      const url = new URL(of)
      url.hostname = '127.0.0.1'
      url.port = String((server.address() as { port: number }).port)
      return url.href
    },
    moveTo(other) {
      ;({ hostname, port } = new URL(other))
    },
    drop() {
      for (const socket of sockets) socket.destroy()
    },
    async close() {
      wire.drop()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  const server: Server = createServer((client) => {
    const upstream = connect(Number(port), hostname)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => undefined)
      socket.on('close', () => sockets.delete(socket))
    }
    let isCut = false
    const stop = (verdict: Verdict) => {
      isCut = true
      if (verdict === 'cut' || verdict === 'cut after') client.destroy()
      if (verdict === 'reset') client.resetAndDestroy()
    }
    upstream.on('data', (data) => void (isCut || client.write(data)))
    upstream.on('close', () => client.destroy())
    // After a cut the server finishes what it was sent, as it would behind a broken network.
    client.on('close', () => void (isCut ? upstream.end() : upstream.destroy()))
    const read = createReader(++connections)
    client.on('data', (data) => {
      for (const message of read(data)) {
        if (isCut) return
        wire.messages.push(message)
        const verdict = wire.onMessage(message)
        if (verdict === 'cut' || verdict === 'reset' || verdict === 'freeze') return stop(verdict)
        upstream.write(verdict instanceof Buffer ? verdict : message.raw)
        if (verdict === 'cut after' || verdict === 'freeze after') return stop(verdict)
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return wire
}

function createReader(connection: number): (data: Buffer) => Message[] {
  let rest = Buffer.alloc(0)
  let hasBegun = false
  const sqlOfName = new Map<string, string>()
  return (data) => {
    rest = Buffer.concat([rest, data])
    const messages: Message[] = []
    for (;;) {
      const head = hasBegun ? 1 : 0
      if (rest.length < head + 4) return messages
      const size = head + rest.readInt32BE(head)
      if (rest.length < size) return messages
      const raw = rest.subarray(0, size)
      rest = rest.subarray(size)
      const type = hasBegun ? String.fromCharCode(raw[0] as number) : ''
      hasBegun = true
      const [first = '', second = ''] = raw
        .subarray(head + 4)
        .toString()
        .split('\0')
      if (type === 'P') sqlOfName.set(first, second)
      const sql =
        type === 'Q' ? first : type === 'P' ? second : type === 'B' ? (sqlOfName.get(second) ?? '') : ''
      messages.push({ type, sql, connection, raw })
    }
  }
}

/** A simple query message, to put in the place of another. */
export function simpleQuery(sql: string): Buffer {
  const body = Buffer.from(`${sql}\0`)
  const head = Buffer.alloc(5)
  head.write('Q')
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

/** Counts the writes of this process to sockets of a server while `work` runs; one is one system call. */
export async function countWrites(url: string, work: () => Promise<unknown>): Promise<number> {
  const port = Number(new URL(url).port)
  const { _write, _writev } = Socket.prototype
  let count = 0
  Socket.prototype._write = function (this: Socket, ...args) {
    if (this.remotePort === port) count++
    return _write.apply(this, args)
  }
  Socket.prototype._writev = function (this: Socket, ...args) {
    if (this.remotePort === port) count++
    return _writev?.apply(this, args)
  }
  try {
    await work()
  } finally {
    Object.assign(Socket.prototype, { _write, _writev })
  }
  return count
}
