import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createTransport } from 'nodemailer'

/** One message to one person, as plain text. */
export interface Message {
  to: string
  subject: string
  text: string
}

/** Where mail goes out. */
export interface Mail {
  send(message: Message): Promise<void>
}

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
    const transport = createTransport(smtpUrl)
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
      await mkdir(folder, { recursive: true })
      const file = join(folder, `${sent.messageId.replace(/[^A-Za-z0-9-]/g, '')}.eml`)
      await writeFile(`${file}.part`, sent.message as Buffer)
      await rename(`${file}.part`, file)
    },
  }
}

const templates = {
  welcome: {
    en: (v: Record<string, string>) => ({
      subject: `Welcome, ${v.first_name}`,
      text: `Hello ${v.first_name},\n\n${v.company_name} is ready. Your tenant id is ${v.tenant_id}.\n`,
    }),
    fr: (v: Record<string, string>) => ({
      subject: `Bienvenue, ${v.first_name}`,
      text: `Bonjour ${v.first_name},\n\n${v.company_name} est prêt. Votre identifiant est ${v.tenant_id}.\n`,
    }),
  },
}

/** The messages there are. */
export type MailTemplate = keyof typeof templates

/** Subject and text of a message in the reader's language. */
export function renderMail(template: MailTemplate, locale: 'en' | 'fr', values: Record<string, string>) {
  return templates[template][locale](values)
}
