import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { setImmediate as turn } from 'node:timers/promises'
import { sql } from 'kysely'
import { serialize } from 'pg-protocol'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { PlatformTx } from '../../src/db/database.ts'
import {
  acme,
  client,
  insertUser,
  modes,
  openTransactions,
  type Transactions,
  userSql,
} from '../support/transactions.ts'
import { countWrites, startWire, type Wire } from '../support/wire.ts'

let on: Transactions
let wire: Wire
/** What has left for the platform's role, write by write, since `sent` was emptied: without the settings of BEGIN. */
const sent: string[][] = []
function note(message: unknown) {
  const { user, statements } = message as { user: string; statements: { sql: string }[] }
  const texts = statements.map(({ sql: text }) => text).filter((text) => !text.startsWith('SET LOCAL'))
  if (user.endsWith('_platform')) sent.push(texts.map((text) => (text === begin ? 'begin' : text)))
}
const begin = 'BEGIN READ WRITE'

beforeAll(async () => {
  on = await openTransactions()
  wire = await startWire(on.platformUrl)
  subscribe('tenantry.sent', note)
})
afterEach(async () => {
  wire.onMessage = () => 'forward'
  await on.clear()
  sent.length = 0
})
afterAll(async () => {
  unsubscribe('tenantry.sent', note)
  await wire.close()
  await on.close()
})

const throughWire = (options: object) =>
  on.open({ ...options, tenantUrl: wire.url(on.tenantUrl), platformUrl: wire.url(on.platformUrl) })

const ask = (tx: PlatformTx, text: string) => sql.raw(text).execute(tx)
const keep = (tx: PlatformTx, text: string) => tx.atCommit({ compile: () => sql.raw(text).compile(tx) })
const [ada, ben] = [userSql('ada@example.com'), userSql('ben@example.com')]
const failing = 'select 1/0'
/** How many people there are of each of the two names. */
const saved = () => Promise.all([on.usersNamed('ada@example.com'), on.usersNamed('ben@example.com')])

/** Puts another statement in the place of BEGIN. */
function spoilBegin(text: string) {
  const instead = Buffer.concat([serialize.parse({ text }), serialize.bind()])
  wire.onMessage = ({ type, sql: spoiled }) => (type === 'B' && spoiled === begin ? instead : 'forward')
}
/** What a server says of BEGIN READ WRITE that is a replica still: 0A000. */
const refused = 'select distinct 1 for update'

/** Lets a transaction begin inside acme as slowly as work takes: its BEGIN ends with a lock of the tenant's row. */
async function whileBeginning<T>(start: () => Promise<T>, work: () => Promise<void>): Promise<T> {
  const holder = await on.connectRaw(on.adminUrl)
  await holder.query(`begin; set local app.tenant_id = 'acme'; select from tenants for update`)
  const running = start()
  running.catch(() => undefined)
  await vi.waitFor(async () => {
    const waiting = `select from pg_locks join pg_stat_activity using (pid)
      where not granted and datname = current_database()`
    expect((await on.owner.query(waiting)).rowCount).toBeGreaterThan(0)
  })
  await work()
  await holder.query('commit')
  return running
}
const hold = 'select from tenants where tenant_id = $1 for key share'
const inAcme = { tenantId: acme }

describe.each(modes)('pipeline $pipeline, prepared $prepared', (mode) => {
  test('what nothing is awaited of leaves in one write, from BEGIN to COMMIT', async () => {
    const db = on.open({ ...mode, platformPoolSize: 1 })
    const save = async (tx: PlatformTx) => {
      keep(tx, ada)
      tx.atCommit(() => undefined)
      keep(tx, ben)
    }
    await db.withPlatform('catalogue', async (tx) => keep(tx, 'select 1'))
    sent.length = 0
    expect(await countWrites(on.platformUrl, () => db.withPlatform('signup', save))).toBe(1)
    expect(sent).toEqual([['begin', ada, ben, 'commit']])
    expect(await saved()).toEqual([1, 1])
    await on.owner.query('delete from users')
    expect(await countWrites(on.platformUrl, () => db.withPlatform('signup', save, inAcme))).toBe(1)
    expect(sent[1]).toEqual(['begin', hold, ada, ben, 'commit'])
    expect(await saved()).toEqual([1, 1])
  })

  test('with a statement that is awaited BEGIN leaves alone, and what is kept leaves with COMMIT', async () => {
    const db = on.open(mode)
    await db.withPlatform('signup', async (tx) => {
      keep(tx, ada)
      await ask(tx, 'select 1')
      await ask(tx, 'select 2')
      keep(tx, ben)
    })
    expect(sent).toEqual([['begin'], ['select 1'], ['select 2'], [ada, ben, 'commit']])
  })

  test('only where it is left open for a while a transaction has a limit for that', async () => {
    const db = on.open(mode)
    // A division by zero, where somebody is wrong.
    const limitIs = (word: '=' | '<>') =>
      `select 1 / (current_setting('idle_in_transaction_session_timeout') ${word} '0')::int`
    await db.withPlatform('signup', async (tx) => keep(tx, limitIs('=')))
    await db.withPlatform('signup', async (tx) => {
      await ask(tx, limitIs('<>'))
      keep(tx, limitIs('<>'))
    })
    await db.withTenant(acme, (tx) => sql.raw(limitIs('<>')).execute(tx))
  })

  test('what is asked for in one turn waits for BEGIN and leaves in its order', async () => {
    const db = on.open(mode)
    await db.withPlatform('signup', (tx) => Promise.all([ask(tx, 'select 1'), ask(tx, 'select 2')]))
    const asked = mode.pipeline ? [['select 1', 'select 2']] : [['select 1'], ['select 2']]
    expect(sent).toEqual([['begin'], ...asked, ['commit']])
  })

  test('what is asked for turn by turn while BEGIN is under way leaves behind it in its order', async () => {
    const db = on.open(mode)
    const [going, done] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const start = () =>
      db.withPlatform(
        'signup',
        async (tx) => {
          const answers = [ask(tx, 'select 1 as n')]
          await going.promise
          for (const n of [2, 3]) {
            answers.push(ask(tx, `select ${n} as n`))
            await turn()
          }
          done.resolve()
          return (await Promise.all(answers)).map(({ rows }) => rows)
        },
        inAcme,
      )
    const rows = await whileBeginning(start, async () => {
      going.resolve()
      await done.promise
      expect(sent).toEqual([['begin', hold]])
    })
    expect(rows).toEqual([[{ n: 1 }], [{ n: 2 }], [{ n: 3 }]])
    expect(sent.slice(1)).toEqual([['select 1 as n'], ['select 2 as n'], ['select 3 as n'], ['commit']])
  })

  test('what waits for BEGIN when the callback throws never leaves', async () => {
    const db = on.open(mode)
    const going = Promise.withResolvers<void>()
    const start = () =>
      db.withPlatform(
        'signup',
        async (tx) => {
          insertUser(tx, 'ada@example.com').catch(() => undefined)
          await going.promise
          insertUser(tx, 'ben@example.com').catch(() => undefined)
          keep(tx, 'select 1')
          throw new RangeError('thrown')
        },
        inAcme,
      )
    const ended = whileBeginning(start, async () => {
      going.resolve()
      await turn()
    })
    await expect(ended).rejects.toThrow(RangeError)
    expect(sent).toEqual([['begin', hold], ['rollback']])
    expect(await saved()).toEqual([0, 0])
  })

  test('a savepoint as the first thing waits for BEGIN, too', async () => {
    const db = on.open(mode)
    await db.withPlatform('signup', async (tx) => {
      keep(tx, ben)
      await tx.savepoint((inner) => ask(inner, ada))
      await tx.savepoint((inner) => ask(inner, failing)).catch(() => undefined)
    })
    expect(sent).toEqual([
      ['begin'],
      ['savepoint p1'],
      [ada],
      ['release savepoint p1'],
      ['savepoint p2'],
      [failing],
      ['rollback to savepoint p2'],
      [ben, 'commit'],
    ])
    expect(await saved()).toEqual([1, 1])
  })

  test('whoever asks for nothing, or throws before anything has left, sends nothing', async () => {
    const db = on.open({ ...mode, platformPoolSize: 1 })
    const ends: ((tx: PlatformTx) => Promise<void>)[] = [
      async () => {
        throw new RangeError('at once')
      },
      async (tx) => {
        keep(tx, ada)
        await turn()
        throw new RangeError('later')
      },
      async (tx) => {
        keep(tx, ada)
        tx.atCommit(() => {
          throw new RangeError('at the end')
        })
      },
    ]
    for (const end of ends) await expect(db.withPlatform('signup', end)).rejects.toThrow(RangeError)
    expect(await db.withPlatform('signup', async () => 'nothing')).toBe('nothing')
    expect(sent).toEqual([])
    expect(db.counts().platform).toEqual({ total: 1, idle: 1, waiting: 0 })
    await db.withPlatform('signup', async (tx) => keep(tx, ben))
    expect(await saved()).toEqual([0, 1])
  })

  test('one write is rolled back as a whole, says what the server said, and leaves the connection as it was', async () => {
    const db = on.open({ ...mode, platformPoolSize: 1 })
    for (const last of [failing, refused]) {
      const written = db.withPlatform('signup', async (tx) => {
        for (const text of [ada, last, ben]) keep(tx, text)
      })
      await expect(written).rejects.toMatchObject({ code: last === failing ? '22012' : '0A000' })
      expect(sent.splice(0)[0]).toEqual(['begin', ada, last, ben, 'commit'])
    }
    expect(await saved()).toEqual([0, 0])
    await db.withPlatform('signup', async (tx) => keep(tx, ada))
    expect(await on.usersNamed('ada@example.com')).toBe(1)
    expect(db.counts().platform).toEqual({ total: 1, idle: 1, waiting: 0 })
  })

  test.each(['select 1', '', 'rollback', 'selec nothing', refused])(
    'one write with "%s" in the place of BEGIN is saved whole or not at all, and counts for nothing',
    async (instead) => {
      const db = throughWire(mode)
      spoilBegin(instead)
      for (const texts of [
        [ada, ben],
        [ada, failing],
      ]) {
        const written = db.withPlatform('signup', async (tx) => {
          for (const text of texts) keep(tx, text)
        })
        await expect(written).rejects.toThrow()
        const whole = texts.includes(failing) ? [] : [[1, 1]]
        expect([[0, 0], ...whole]).toContainEqual(await saved())
        await on.owner.query('delete from users')
      }
    },
  )

  test.each(['select 1', '', 'selec nothing'])(
    'with "%s" in the place of BEGIN nothing leaves that waited for it, in whatever turn it was asked for',
    async (instead) => {
      const db = throughWire(mode)
      spoilBegin(instead)
      const written = db.withPlatform('signup', async (tx) => {
        keep(tx, 'select 1')
        const first = ask(tx, ada).catch(() => undefined)
        await turn()
        await Promise.all([first, ask(tx, ben).catch(() => undefined)])
      })
      await expect(written).rejects.toThrow(/BEGIN was answered with|syntax error/)
      expect(sent).toEqual([['begin'], ['rollback']])
      expect(await saved()).toEqual([0, 0])
    },
  )

  test('where a server refuses BEGIN because it is a replica still, whoever asks is told to come back', async () => {
    const db = throughWire(mode)
    const unavailable = { code: 'database_unavailable', status: 503, cause: { code: '0A000' } }
    const keepClient = () =>
      db.withTenant(acme, async (tx) => tx.atCommit(tx.insertInto('clients').values(client('kept'))))
    const askClient = () => db.withTenant(acme, (tx) => tx.selectFrom('clients').select('name').execute())
    const keepUser = () => db.withPlatform('signup', async (tx) => keep(tx, ada))
    const askUser = () => db.withPlatform('signup', (tx) => ask(tx, ada).catch(() => undefined))
    const works = [keepClient, askClient, keepUser, askUser]
    spoilBegin(refused)
    for (const work of works) await expect(work()).rejects.toMatchObject(unavailable)
    expect(await on.clientsOf(acme)).toEqual([])
    expect(await on.usersNamed('ada@example.com')).toBe(0)
    wire.onMessage = () => 'forward'
    for (const work of [keepClient, askClient, keepUser]) await work()
    expect(await on.clientsOf(acme)).toEqual(['kept'])
    expect(await on.usersNamed('ada@example.com')).toBe(1)
  })
})
