import { availableParallelism } from 'node:os'
import { openLoad } from '../load.ts'
import { aim, type Part } from '../parts.ts'
import { type Contender, compare } from '../rounds.ts'
import { openArgon2 } from './argon2.ts'

/** How much of what the processor can verify in passwords is left to logins. */
export const login: Part = {
  name: 'login',
  async run(bench) {
    const { bearers, pace, quick, stage } = bench
    const bare = await openArgon2(bench, 'argon2 verify alone, on all cores', 'verify')
    const server = await bench.openTenantry({
      settings: { PASSWORD_HASHES_AT_ONCE: String(availableParallelism()) },
    })
    // The owners of the companies that were signed up, whose tenants are called as their addresses.
    const body = JSON.stringify({ email: 'ada@{tenant_id}.example', password: 'correct-horse-7' })
    const load = await openLoad(stage.folder, { method: 'POST', path: '/auth/login', body, bearers })
    bench.stopAfter(() => load.stop())
    const logins: Contender = {
      name: 'Tenantry, POST /auth/login',
      measure: (milliseconds) => load.measure(server, milliseconds),
    }
    // A hundred in a second: in the second that warms up what answers thousands hardly anything of them is compiled.
    const warmUpMs = quick ? pace.warmUpMs : 15_000
    const rows = await compare([bare, logins], { ...pace, warmUpMs })
    const ratio = rows[1]?.ratio as number
    return [
      {
        title: `POST /auth/login of ${bearers.length} accounts against argon2 alone, load by ${load.by}`,
        rows,
        targets: [aim(ratio, 'argon2 verify alone', '≥', 0.9)],
        notes: ['argon2id, m=19456 KiB, t=2, p=1 on both sides, as many at once as there are cores.'],
      },
    ]
  },
}
