import { existsSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import type { Exception } from './exceptions.ts'
import { explain } from './explain.ts'
import { type Call, findReadingFunctions, lookInside } from './functions.ts'
import { type Breach, findBreaches, findOwned, type Owned, type PlanNode } from './rules.ts'
import { tenants } from './skewed-database.ts'
import { isOfTests, reasonToSkip, type Statement, unknown } from './statements.ts'

/** One thing that is wrong, and where it came from. */
export interface Finding {
  rule: Breach['rule'] | 'cannot be explained' | 'function not looked into' | 'exception without need'
  table: string
  /** The node of the plan, or what the server said. */
  line: string
  role: string
  sql: string
  places: string[][]
}

/** What was looked at, and what is wrong. */
export interface Verdict {
  findings: Finding[]
  explained: number
  inside: number
  /** How many statements were not explained, by reason. */
  skipped: Map<string, number>
  /** Files that the explained statements came from. */
  files: Set<string>
}

/** What is judged, and by which lists. */
export interface Evidence {
  statements: Statement[]
  calls: Call[]
  outsideTenants: string[]
  acrossTenants: Exception[]
  wholeTenants: Exception[]
  /** Only a part of the suite ran: an exception may be needed by another part. */
  isPartial?: boolean
}

/** Where the judge connects: a superuser, and the two roles that statements run as. */
export interface Urls {
  adminUrl: string
  tenantUrl: string
  platformUrl: string
}

/**
 * Explains every statement on a database that fillSkewed has filled, for a tenant with most of the rows and for one with
 * one of each, and looks inside the functions of the database.
 */
export async function judge(urls: Urls, evidence: Evidence): Promise<Verdict> {
  const clients = { admin: urls.adminUrl, tenant: urls.tenantUrl, platform: urls.platformUrl }
  const opened = Object.entries(clients).map(([name, url]) => [name, new pg.Client(url)] as const)
  const { admin, tenant, platform } = Object.fromEntries(opened) as Record<keyof typeof clients, pg.Client>
  try {
    await Promise.all(opened.map(([, client]) => client.connect()))
    const owned = await findOwned(admin)
    const judgement = startJudgement(evidence, owned)
    await judgeStatements({ tenant, platform }, evidence, judgement)
    const roles = { tenant: await describeRole(tenant), platform: await describeRole(platform) }
    await judgeFunctions(admin, roles, evidence.calls, judgement)
    judgement.findUnneeded()
    judgement.verdict.findings.sort((a, b) => orderOf(a).localeCompare(orderOf(b)))
    return judgement.verdict
  } finally {
    await Promise.all(opened.map(([, client]) => client.end()))
  }
}

const root = join(import.meta.dirname, '../../..')

type Judgement = ReturnType<typeof startJudgement>

function startJudgement(evidence: Evidence, owned: Owned) {
  const findings: Finding[] = []
  const verdict: Verdict = { findings, explained: 0, inside: 0, skipped: new Map(), files: new Set() }
  const needed = new Set<string>()
  const told = new Set<string>()

  function isExcused({ rule, table, index = '' }: Breach, statement: Statement, tenantId?: string): boolean {
    const { role, places } = statement
    const isWhole = rule === 'sequential scan' && tenantId === tenants.big
    // A test may ask for all that its tenant has, or read all tenants as the platform role.
    if (isOfTests(statement) && (isWhole || role === 'platform')) return true
    const lists = isWhole ? [evidence.acrossTenants, evidence.wholeTenants] : [evidence.acrossTenants]
    const hasAuthor = places.some(([first]) => first !== unknown)
    // All that match are in use: which statement came first must not decide that.
    const matching = lists.flat().filter((exception) => {
      const { from, tables = [table], indexes } = exception
      if (exception.role !== role || !tables.includes(table)) return false
      if (indexes && !indexes.includes(index)) return false
      if (exception.rule && exception.rule !== rule) return false
      const used = from?.filter((each) => places.some((frames) => isFrom(frames, each))) ?? []
      for (const each of used) needed.add(nameUse(exception, each))
      // Whose it is that has no author only the table can tell.
      return !from || used.length > 0 || (!hasAuthor && exception.tables !== undefined)
    })
    for (const exception of matching) needed.add(nameUse(exception))
    return matching.length > 0
  }

  function add(finding: Finding): void {
    // Of one statement for two tenants, and of those that differ in a column or a sort order, one tells all.
    const { rule, table, role, places } = finding
    const key = [rule, table, role, places[0]?.slice(0, 2), places.length ? '' : finding.line].join()
    if (!told.has(key)) findings.push(finding)
    told.add(key)
  }

  return {
    verdict,
    add,
    addPlan(plan: PlanNode, statement: Statement, tenantId?: string): void {
      for (const breach of findBreaches(plan, owned)) {
        if (!isExcused(breach, statement, tenantId)) add({ ...statement, ...breach })
      }
    },
    findUnneeded(): void {
      if (evidence.isPartial) return
      for (const exception of [...evidence.acrossTenants, ...evidence.wholeTenants]) {
        const { role, from = [], tables = [], indexes = [], why: line } = exception
        const all = [...from, ...tables, ...indexes].join(', ')
        // Of several files it is enough that one was seen. What runs inside functions is the same in every run.
        const isNeeded = needed.has(nameUse(exception))
        const gone = from.filter((each) =>
          each.includes('/') ? !existsSync(join(root, each)) : !needed.has(nameUse(exception, each)),
        )
        for (const table of isNeeded ? gone : [all]) {
          add({ rule: 'exception without need', table, line, role, sql: '', places: [from] })
        }
      }
    },
  }
}

async function judgeStatements(
  clients: Record<string, pg.Client>,
  { statements, outsideTenants }: Evidence,
  { verdict, add, addPlan }: Judgement,
): Promise<void> {
  const skip = (reason: string) => verdict.skipped.set(reason, (verdict.skipped.get(reason) ?? 0) + 1)
  for (const statement of statements) {
    const { role, sql, places } = statement
    const reason = reasonToSkip(statement)
    if (reason) {
      skip(reason)
      continue
    }
    const isOutside = places.every((frames) => outsideTenants.some((file) => isFrom(frames, file)))
    for (const tenantId of isOutside ? [undefined] : [tenants.big, tenants.small]) {
      const explained = await explain(clients[role] as pg.Client, sql, tenantId)
      if ('plan' in explained) {
        addPlan(explained.plan, statement, tenantId)
      } else {
        const { code, message } = explained.error
        if (isOfTests(statement)) skip('are sent by a test to be refused')
        else add({ ...statement, rule: 'cannot be explained', table: '', line: `${code} ${message}` })
        break
      }
      if (tenantId !== tenants.big) verdict.explained++
    }
    for (const [place = ''] of places) verdict.files.add(place.replace(/:\d+$/, ''))
  }
}

/** A role's own settings come with its connections, and not with SET ROLE. */
async function describeRole(client: pg.Client): Promise<{ name: string; enableSeqscan: string }> {
  const { rows } = await client.query(
    `select current_user as name, current_setting('enable_seqscan') as setting`,
  )
  return { name: rows[0].name, enableSeqscan: rows[0].setting }
}

async function judgeFunctions(
  admin: pg.Client,
  roles: Record<Call['role'], { name: string; enableSeqscan: string }>,
  calls: Call[],
  { verdict, add, addPlan }: Judgement,
): Promise<void> {
  const ran = new Set<string>()
  for (const call of calls) {
    const place = /\bapp\.\w+/.exec(call.sql)?.[0] ?? call.sql
    for (const tenantId of [tenants.big, tenants.small]) {
      const { statements, functions } = await lookInside(admin, call, roles[call.role], tenantId)
      for (const name of functions) ran.add(name)
      for (const { sql, plan } of statements) {
        addPlan(plan, { role: call.role, sql, places: [[place]] }, tenantId)
      }
      verdict.inside += statements.length
    }
  }
  for (const name of await findReadingFunctions(admin)) {
    if (ran.has(name)) continue
    const line =
      'it reads tenant-owned tables, and test/support/plan-guard/functions.ts has no call that runs it'
    add({ rule: 'function not looked into', table: name, line, role: '', sql: '', places: [] })
  }
}

function nameUse(exception: Exception, file = ''): string {
  return `${exception.role} ${exception.why} ${file}`
}

/** Whether the innermost of these places is in a file, or is this function. */
function isFrom([place = '']: string[], file: string): boolean {
  return place === file || place.startsWith(`${file}:`)
}

function orderOf({ rule, table, role, places, sql }: Finding): string {
  return [rule, table, role, places[0]?.[0] ?? '', sql].join(' ')
}
