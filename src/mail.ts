import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createTransport } from 'nodemailer'

/** One message to one person, as plain text. */
export interface Message {
  to: string
  subject: string
  text: string
  /** RFC 5322, 3.6.4. The same for each attempt at one message, so that mail systems know it again. */
  messageId: string
}

/** Where mail goes out. */
export interface Mail {
  send(message: Message): Promise<void>
}

/** In milliseconds. Nodemailer itself waits ten minutes, and as long the jobs behind it would. */
const patience = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 }

/**
 * Sends through SMTP when there is a URL, and otherwise writes each message as a file into `<dataDir>/mail`.
 * @throws what the SMTP server or the file system answers; a job tries again
 */
export function createMail({
  smtpUrl,
  from,
  dataDir,
}: {
  smtpUrl?: string
  from: string
  dataDir: string
}): Mail {
  if (smtpUrl) {
    const transport = createTransport({ url: smtpUrl, ...patience })
    return {
      async send(message) {
        await transport.sendMail({ from, ...message })
      },
    }
  }
  const transport = createTransport({ streamTransport: true, buffer: true })
  const folder = join(dataDir, 'mail')
  return {
    async send(message) {
      const sent = await transport.sendMail({ from, ...message })
      // Whoever reads a link can follow it.
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const file = join(folder, `${sent.messageId.replace(/[^A-Za-z0-9-]/g, '')}.eml`)
      await writeFile(`${file}.part`, sent.message as Buffer, { mode: 0o600 })
      await rename(`${file}.part`, file)
    },
  }
}
