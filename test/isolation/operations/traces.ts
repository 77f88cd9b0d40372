import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import PostalMime, { type Email } from 'postal-mime'
import { routes } from '../../../src/app.ts'
import { startWorker } from '../../../src/jobs/worker.ts'
import { untilNoJobs } from '../../support/clock-jobs.ts'
import type { Platform } from '../../support/platform.ts'
import { type AttackStage, words } from './stage.ts'

/** Has everything sent that waits to be, and reads all mail there is. */
export async function sendMails(platform: Platform): Promise<Email[]> {
  const { context, database, dataDir } = platform
  const failures: unknown[] = []
  const worker = await startWorker(context, {
    url: database.jobsUrl,
    poolSize: 4,
    poolIdleMs: 10_000,
    onFailure: (error) => failures.push(error),
  })
  try {
    await untilNoJobs(platform)
  } finally {
    await worker.stop()
  }
  if (failures.length > 0) throw new AggregateError(failures, 'the worker gave up')
  const folder = join(dataDir, 'mail')
  const files = (await readdir(folder)).filter((name) => name.endsWith('.eml'))
  return Promise.all(files.map(async (name) => PostalMime.parse(await readFile(join(folder, name)))))
}

/**
 * Mails to people of one tenant, by their addresses, that tell of the other; and those to a person of both that tell of
 * both at once.
 */
export function leaksInMails(
  { findLeaks, both }: Pick<AttackStage, 'findLeaks' | 'both'>,
  mails: Email[],
): string[] {
  return mails.flatMap((mail) => {
    const to = JSON.stringify(mail.to)
    const text = JSON.stringify(mail)
    const [ofOther, ofOwn] = [findLeaks.own(text), findLeaks.other(text)]
    const isMixed = ofOther.length > 0 && ofOwn.length > 0
    return [
      ...(to.includes(both.email) && isMixed ? [...ofOther, ...ofOwn] : []),
      ...(to.includes(words.own) ? ofOther : []),
      ...(to.includes(words.other) ? ofOwn : []),
    ].map((leak) => `a mail to ${to} ${leak}`)
  })
}

/** What the metrics tell of any tenant: they belong to none. */
export async function leaksInMetrics({ platform, findLeaks }: AttackStage): Promise<string[]> {
  const text = await metricsOf(platform)
  return [...findLeaks.own(text), ...findLeaks.other(text)].map((leak) => `the metrics: ${leak}`)
}

/** The paths by which requests are counted that no route declares: such as one with a part of a tenant's name in it. */
export async function undeclaredPaths({ platform }: Pick<AttackStage, 'platform'>): Promise<string[]> {
  const declared = new Set(['unknown', ...routes.map(({ path }) => path)])
  const counted = (await metricsOf(platform)).matchAll(/[{,]path="([^"]*)"/g)
  return [...new Set(Array.from(counted, ([, path = '']) => path))].filter((path) => !declared.has(path))
}

async function metricsOf(platform: Platform): Promise<string> {
  const { status, body } = await platform.get('/metrics')
  if (status !== 200) throw new Error(`the metrics answer ${status}`)
  return String(body)
}
