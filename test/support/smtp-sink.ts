import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer } from 'smtp-server'
import { vi } from 'vitest'

/** A mail as it came over SMTP. */
export interface SunkMail {
  /** Whom it was sent to, by the envelope (RFC 5321). */
  recipients: string[]
  from: string | undefined
  subject: string
  text: string
  messageId: string
  /** The message as it travelled, headers and all. */
  raw: string
}

/** An SMTP server on loopback that keeps what it is sent, for the address to be given as SMTP_URL. */
export async function startSmtpSink() {
  const mails: SunkMail[] = []
  const refused: SunkMail[] = []
  const taken = new Set<SunkMail>()
  let refusals = 0
  let hangUps = 0
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    closeTimeout: 1000,
    onData(stream, session, answer) {
      void readMail(
        stream,
        session.envelope.rcptTo.map(({ address }) => address),
      ).then((mail) => {
        if (refusals > 0) {
          refusals--
          refused.push(mail)
          answer(Object.assign(new Error('try again later'), { responseCode: 451 }))
          return
        }
        mails.push(mail)
        if (hangUps > 0) {
          hangUps--
          for (const connection of server.connections) (connection as { close(): void }).close()
        } else answer()
      }, answer)
    },
  })
  // A client that goes away in the midst of a conversation is the client's matter.
  server.on('error', () => undefined)
  greetAtOnce(server)
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  const { port } = server.server.address() as AddressInfo

  return {
    url: `smtp://127.0.0.1:${port}`,
    /** What was accepted so far. */
    mails,
    /** What was sent and refused. */
    refused,
    mailsTo: (address: string) => mails.filter(({ recipients }) => recipients.includes(address)),
    /** The first mail to an address, with this in its subject, that no call has given before; waits for it. */
    untilMailTo: (address: string, subject = '') =>
      vi.waitFor(
        () => {
          const mail = mails.find(
            (each) => !taken.has(each) && each.recipients.includes(address) && each.subject.includes(subject),
          )
          if (!mail) throw new Error(`no mail to ${address} with the subject ${subject} yet`)
          taken.add(mail)
          return mail
        },
        // Less than a test may take by itself, so that it is told what is missing.
        { timeout: 25_000, interval: 5 },
      ),
    /** Refuses as many messages for the time being (RFC 5321, 4.2.1: 4yz), each when it has been sent whole. */
    refuseNext(count: number) {
      refusals = count
    },
    /** Accepts as many messages and goes without saying so: the sender cannot know. */
    hangUpNext(count: number) {
      hangUps = count
    },
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

export type SmtpSink = Awaited<ReturnType<typeof startSmtpSink>>

/** Without the tenth of a second that it gives each client to talk too soon, by which mail servers know spammers. */
function greetAtOnce(server: SMTPServer) {
  const connect = server.connect.bind(server)
  server.connect = (...args) => {
    connect(...args)
    const connection = [...server.connections].at(-1) as { connectionReady(): void } | undefined
    connection?.connectionReady()
    if (connection) connection.connectionReady = () => undefined
  }
}

async function readMail(stream: NodeJS.ReadableStream, recipients: string[]): Promise<SunkMail> {
  const raw = (await buffer(stream)).toString()
  const { from, subject = '', text = '', messageId = '' }: Email = await PostalMime.parse(raw)
  return { recipients, from: from?.address, subject, text, messageId, raw }
}

/** The token of the link in a mail. @throws Error when there is none */
export function tokenIn({ text }: SunkMail): string {
  const token = /\?token=([\w-]+)/.exec(text)?.[1]
  if (!token) throw new Error(`no token in: ${text}`)
  return token
}
