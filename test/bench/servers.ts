import type { HandwrittenOptions } from './handwritten-subject.ts'
import { readKeys, type Stage } from './stage.ts'
import { type Subject, startSubject } from './subject.ts'
import type { TenantryOptions } from './tenantry-subject.ts'

/** What of Tenantry's settings a measurement chooses: without a log and without rate limits unless it says otherwise. */
export type TenantryChoices = Partial<Pick<TenantryOptions, 'logLevel' | 'rateLimits' | 'settings'>>

/** Starts Tenantry over the stage's database, without jobs. */
export function startTenantry(stage: Stage, choices: TenantryChoices = {}): Promise<Subject> {
  const { folder: dataDir, tenantUrl, platformUrl, tokenKeySecret } = stage
  const urls = { dataDir, tenantUrl, platformUrl, tokenKeySecret }
  const options: TenantryOptions = { ...urls, logLevel: 'silent', rateLimits: 'off', ...choices }
  return startSubject('tenantry-subject.ts', options)
}

/** Starts what somebody writes by hand, over the same database. */
export async function startHandwritten(stage: Stage, way: HandwrittenOptions['way']): Promise<Subject> {
  const databaseUrl = way === 'plain' ? stage.plainUrl : stage.boundUrl
  const options: HandwrittenOptions = { way, databaseUrl, keys: await readKeys(stage) }
  return startSubject('handwritten-subject.ts', options)
}
