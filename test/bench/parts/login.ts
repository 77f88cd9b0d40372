import { deepStrictEqual } from 'node:assert'
import { availableParallelism } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { expectSame } from '../contests.ts'
import { openLoad } from '../load.ts'
import { aim, type Part } from '../parts.ts'
import { type Contender, compare, type Row, ratioBetween } from '../rounds.ts'
import type { Bearer } from '../stage.ts'
import type { Subject } from '../subject.ts'
import { openArgon2 } from './argon2.ts'

/** How much of what the processor can verify in passwords is left to logins. */
export const login: Part = {
  name: 'login',
  async run(bench) {
    const { bearers, pace, quick, stage } = bench
    const bare = await openArgon2(bench, 'argon2 verify alone, on all cores', 'verify')
    const byHand = await bench.openHandwritten('plain')
    const server = await bench.openTenantry({
      settings: { PASSWORD_HASHES_AT_ONCE: String(availableParallelism()) },
    })
    // The owners of the companies that were signed up, whose tenants are called as their addresses.
    const body = bodyOf('{tenant_id}', 'correct-horse-7')
    const load = await openLoad(stage.folder, { method: 'POST', path: '/auth/login', body, bearers })
    bench.stopAfter(() => load.stop())
    const loginsOf = (name: string, subject: Subject): Contender => ({
      name,
      measure: async (milliseconds) => {
        const measured = await load.measure(subject, milliseconds)
        await untilIdle(subject)
        return measured
      },
    })
    const logins = [
      loginsOf(
        'hand-written: Express 5 + pg, one query, verify, session and audit entry in one statement',
        byHand,
      ),
      loginsOf('Tenantry, POST /auth/login', server),
    ]
    await expectSame(
      [
        { name: 'Tenantry', subject: server },
        { name: 'hand-written', subject: byHand },
      ],
      ({ subject }) => tryLogins(subject, bearers[0] as Bearer),
    )
    // A hundred in a second: in the second that warms up what answers thousands hardly anything of them is compiled.
    const warmUpMs = quick ? pace.warmUpMs : 15_000
    const rows = await compare([bare, ...logins], { ...pace, warmUpMs })
    const [, manual, own] = rows as [Row, Row, Row]
    return [
      {
        title: `POST /auth/login of ${bearers.length} accounts against argon2 alone, load by ${load.by}`,
        rows,
        targets: [aim(own.ratio, 'argon2 verify alone', '≥', 0.9)],
        notes: [
          'argon2id, m=19456 KiB, t=2, p=1 on all sides, as many at once as there are cores.' +
            ` Tenantry has ${ratioBetween(own, manual).toFixed(2)} × the logins of hand-written.`,
        ],
      },
    ]
  },
}

/**
 * Waits for the logins that were begun and that nobody waits for any more when the load is over: whoever is measured next
 * would share the processor with them.
 */
async function untilIdle(subject: Subject): Promise<void> {
  for (let turn = 0; turn < 100; turn++) {
    const before = await subject.ask<NodeJS.CpuUsage>('cpu')
    await sleep(100)
    const after = await subject.ask<NodeJS.CpuUsage>('cpu')
    // As one hash takes.
    if (after.user + after.system - before.user - before.system < 10_000) return
  }
  throw new Error('the logins do not come to an end')
}

function bodyOf(tenantId: string, password: string): string {
  return JSON.stringify({ email: `ada@${tenantId}.example`, password })
}

/** What a right and a wrong password are answered, as far as it is the same of all. */
async function tryLogins(subject: Subject, { tenantId }: Bearer): Promise<unknown> {
  const url = `${await subject.ask<string>('url')}/auth/login`
  const post = (password: string) =>
    fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: bodyOf(tenantId, password),
    })
  const [right, wrong] = [await post('correct-horse-7'), await post('correct-horse-8')]
  const { access_token, refresh_token, ...answer } = (await right.json()) as Record<string, unknown>
  const tokens = [typeof access_token, typeof refresh_token]
  deepStrictEqual([right.status, wrong.status, ...tokens], [200, 401, 'string', 'string'])
  return answer
}
