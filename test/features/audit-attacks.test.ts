import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { withDirectClient } from '../../src/db/direct-client.ts'
import { parseTenantId, type TenantId } from '../../src/db/tenant-id.ts'
import { sealAudit } from '../../src/features/audit/seal-audit.ts'
import { verifyAudit } from '../../src/features/audit/verify-audit.ts'
import { stopAutovacuum, untilNoAutovacuum } from '../support/autovacuum.ts'
import { runCliHere } from '../support/command-line.ts'
import { type Platform, startPlatform } from '../support/platform.ts'

let platform: Platform
let tenant: pg.Client
let across: pg.Client
beforeAll(async () => {
  platform = await startPlatform()
  await stopAutovacuum(platform)
  tenant = await connect(platform.database.tenantUrl)
  across = await connect(platform.database.platformUrl)
})
afterAll(async () => {
  await Promise.all([tenant.end(), across.end()])
  await platform.stop()
})

async function seal(): Promise<void> {
  await untilNoAutovacuum(platform)
  await sealAudit(platform.context)
}
const verify = (tenantId: string) => verifyAudit(platform.context, parseTenantId(tenantId) as TenantId)

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return client
}

/** The code of the error, or undefined when it went through. */
async function tryIn(client: pg.Client, tenantId: string, ...statements: string[]) {
  await client.query(`begin; set local app.tenant_id = '${tenantId}'`)
  try {
    for (const statement of statements) await client.query(statement)
    await client.query('commit')
    return undefined
  } catch (error) {
    await client.query('rollback')
    return (error as pg.DatabaseError).code
  }
}

const columns = `id, actor_kind, actor_id, action, object_type, object_id, changed_fields, request_id, created_at,
  updated_at`
const entry = (action = "'forged'", at = "'2026-03-02T10:00:00Z'") =>
  `gen_random_uuid(), 'system', 'x', ${action}, 'x', 'x', '{}', 'x', ${at}, ${at}`

describe('whole statements of an intruder', () => {
  const statements = [
    `insert into audit_entries (${columns}, position) values (${entry()}, 1)`,
    `update audit_entries set position = 1`,
    `update audit_entries set action = 'nothing'`,
    `delete from audit_entries`,
    `truncate audit_entries`,
    `select from audit_entries for update`,
    `merge into audit_entries e using (values (1)) v on true when matched then update set position = 1`,
    `insert into audit_entries (${columns}) values (${entry()}) on conflict (tenant_id, id) do update set action = 'nothing'`,
    `insert into audit_seals select * from audit_seals`,
    `insert into audit_seals default values`,
    `update audit_seals set to_position = 9223372036854775807`,
    `update audit_seals set hash = hash`,
    `delete from audit_seals`,
    `update audit_clock set sealed_to = 9223372036854775807`,
    `delete from audit_clock`,
    `insert into audit_clock values (false, 0, now())`,
    `create or replace function app.audit_position(of_transaction xid8) returns bigint language sql as 'select 1::bigint'`,
    `alter function app.audit_entry_hash(audit_entries) rename to other`,
    `alter table audit_entries alter position set default 1`,
  ]
  test.each(statements)('of a tenant are refused: %s', async (statement) => {
    expect(await tryIn(tenant, 'acme', statement)).toMatch(/^42501$/)
  })

  test.each(statements)('of the platform are refused: %s', async (statement) => {
    expect(await tryIn(across, 'acme', statement)).toMatch(/^42501$/)
  })

  test.each([
    `select app.seal_audit(1, 1, gen_random_uuid(), now())`,
    `select app.move_audit_horizon(now())`,
    `select app.audit_horizon()`,
  ])('of a tenant seal nothing: %s', async (statement) => {
    expect(await tryIn(tenant, 'acme', statement)).toBe('42501')
  })

  test('of the platform seal no further than may be sealed, nor for another tenant, nor what is theirs', async () => {
    await seal()
    const before = await verify('globex')
    const { tenantId, post } = await platform.signUp('Ahead')
    await tryIn(
      across,
      tenantId,
      `insert into audit_entries (${columns}) values (${entry()})`,
      `select app.seal_audit(9223372036854775807, 1000, gen_random_uuid(), 'infinity')`,
      `insert into audit_entries (${columns}) values (${entry()})`,
    )
    await tryIn(across, tenantId, `select app.move_audit_horizon('infinity')`)
    await post('/v1/clients', { name: 'afterwards' })
    await seal()
    expect(await verify(tenantId)).toMatchObject({ unsealed_entries: 0, fault: null })
    expect(await verify('globex')).toEqual(before)
  })

  test.each([
    ['of the year 9999', entry("'x'", "'9999-12-31 23:59:59 UTC'")],
    ['of strange signs', entry(`E'\\u0001\\uFFFF"\\\\ \\U0010FFFF'`)],
    ['of nothing', entry("''").replace("'{}'", "array[null, '', 'null', '{}']")],
  ])('of a tenant write an entry %s, and it is sealed like any other', async (_, values) => {
    const { tenantId } = platform.acme
    expect(await tryIn(tenant, tenantId, `insert into audit_entries (${columns}) values (${values})`)).toBe(
      undefined,
    )
    await seal()
    expect(await verify(tenantId)).toMatchObject({ unsealed_entries: 0, fault: null })
  })

  test.each(['infinity', '-infinity', '4713-11-24 00:00:00 BC', '294276-12-31 23:59:59.999 UTC'])(
    'of a tenant write no entry that nobody could be shown, of %s',
    async (time) => {
      const values = entry("'x'", `'${time}'`)
      expect(await tryIn(tenant, 'acme', `insert into audit_entries (${columns}) values (${values})`)).toBe(
        '23514',
      )
    },
  )

  test('of a tenant write no entry that is too long to be sealed', async () => {
    const huge = entry(`repeat('x', 100001)`)
    expect(await tryIn(tenant, 'acme', `insert into audit_entries (${columns}) values (${huge})`)).toBe(
      '23514',
    )
    const many = entry().replace("'{}'", `array_fill('x'::text, '{60000}')`)
    expect(await tryIn(tenant, 'acme', `insert into audit_entries (${columns}) values (${many})`)).toBe(
      '23514',
    )
  })

  test('of a tenant that holds its own row keep nobody else from being sealed', async () => {
    const [{ tenantId }, other] = await Promise.all([platform.signUp('Aaholder'), platform.signUp('Other')])
    await seal()
    await tenant.query(`begin; set local app.tenant_id = '${tenantId}'; set local statement_timeout = 0`)
    await tenant.query(`insert into audit_entries (${columns}) values (${entry()})`)
    await tenant.query('commit')
    await other.post('/v1/clients', { name: 'one' })
    await tenant.query(`begin; set local app.tenant_id = '${tenantId}'; select from tenants for update`)
    await seal()
    expect((await verify(other.tenantId)).unsealed_entries).toBe(0)
    await tenant.query('rollback')
    await seal()
    expect(await verify(tenantId)).toMatchObject({ unsealed_entries: 0, fault: null })
  })
})

describe('a transaction that stays open', () => {
  const warnings = () => platform.logLines.filter((line) => line.includes('a transaction that stays open'))

  test('in another database of the server holds nothing up', async () => {
    const url = new URL(platform.database.adminUrl)
    url.pathname = '/postgres'
    const { post, tenantId } = await platform.signUp('Beside')
    await withDirectClient(url.href, async (other) => {
      await other.query('begin; select pg_current_xact_id()')
      await post('/v1/clients', { name: 'one' })
      await seal()
      await other.query('rollback')
    })
    expect(await verify(tenantId)).toMatchObject({ unsealed_entries: 0, fault: null })
  })

  test('and others that come and go in another database hold nothing up either', async () => {
    const url = new URL(platform.database.adminUrl)
    url.pathname = '/postgres'
    const { post, tenantId } = await platform.signUp('Busy beside')
    let isOver = false
    const others = Array.from({ length: 4 }, () =>
      withDirectClient(url.href, async (other) => {
        while (!isOver) await other.query('select pg_current_xact_id()')
      }),
    )
    try {
      for (let round = 0; round < 20; round++) {
        await post('/v1/clients', { name: `${round}` })
        await seal()
        expect(await verify(tenantId)).toMatchObject({ unsealed_entries: 0, fault: null })
      }
    } finally {
      isOver = true
      await Promise.all(others)
    }
  })

  test('is warned of after ten minutes, and none that is not there, however quiet the server', async () => {
    await seal()
    for (const minutes of [11, 60, 1]) {
      platform.clock.advance(minutes * 60_000)
      await seal()
    }
    expect(warnings()).toEqual([])
    await tenant.query('begin')
    try {
      const { rows } = await tenant.query('select pg_current_xact_id()::text as position')
      // Others of this database, which end by themselves, may have kept the first seal from reaching this one.
      await vi.waitFor(
        async () => {
          await seal()
          expect(await platform.sql('select sealed_to::text as position from audit_clock')).toEqual(rows)
        },
        { timeout: 20_000 },
      )
      platform.clock.advance(9 * 60_000)
      await seal()
      expect(warnings()).toEqual([])
      platform.clock.advance(2 * 60_000)
      await seal()
      expect(warnings()).toHaveLength(1)
    } finally {
      await tenant.query('rollback')
    }
    platform.clock.advance(11 * 60_000)
    await seal()
    expect(warnings()).toHaveLength(1)
  })
})

describe('the hash of an entry', () => {
  const fixed = `('hash', '0198c3a4-0000-7000-8000-000000000001', 'user', E'\\u00e9"\\\\', 'client.created', 'client', 'x',
    '{a,NULL,"b,c"}', '2001:db8::1/64', 'r', '2026-03-02T10:00:00.120Z', '2026-03-02T10:00:00.120Z', null, 42)`
  const ask = `select encode(app.audit_entry_hash(e), 'hex') as entry, encode(app.audit_seal_hash('hash', (e).id, 1, 0, 43,
      array[(e).id], array[app.audit_entry_hash(e)], sha256(''), (e).created_at), 'hex') as seal
    from (select ${fixed}::audit_entries as e offset 0) one`
  const known = {
    entry: 'ce96df969bc5ae82b8cb76434d1dd8355592621a1219003b94b92cde96762f23',
    seal: 'e4c92ed1ca5cea3b87283d4a1c79f89e1f53b1736cd6f1fd9d78af62437380bc',
  }

  test.each([
    'select 1',
    `set timezone = 'Asia/Kathmandu'; set datestyle = 'SQL, DMY'; set intervalstyle = 'sql_standard'`,
    `set extra_float_digits = -15; set bytea_output = 'escape'; set client_encoding = 'LATIN1'`,
    `set standard_conforming_strings = on; set array_nulls = on; set lc_numeric = 'C'; set xmloption = 'document'`,
    `set jit = on; set max_parallel_workers_per_gather = 4; set quote_all_identifiers = on; set search_path = ''`,
  ])('is the same on every server and after %s', async (settings) => {
    const client = await connect(platform.database.adminUrl)
    const { rows } = await client
      .query(settings)
      .then(() => client.query(ask.replace('::audit_entries', '::public.audit_entries')))
      .finally(() => client.end())
    expect(rows).toEqual([known])
  })
})

describe('verify-audit', () => {
  const cli = (...args: string[]) => runCliHere(platform, 'verify-audit', ...args)

  test('names the entry that was tampered with, and what is missing, to people and machines', async () => {
    const { tenantId, post } = await platform.signUp('Checked')
    await post('/v1/clients', { name: 'one' })
    await seal()
    const whole = await cli(tenantId, '--json')
    expect([whole.code, whole.stderr]).toEqual([0, ''])
    const { last_hash, ...verdict } = JSON.parse(whole.stdout)
    expect(verdict).toMatchObject({ tenant_id: tenantId, unsealed_entries: 0, fault: null })
    expect((await cli(tenantId, '--expect', last_hash)).code).toBe(0)
    const cut = await cli(tenantId, '--expect', last_hash.replaceAll(/./g, '0'))
    expect(cut).toMatchObject({ code: 1, stdout: expect.stringContaining('seal 2 is missing') })
    expect((await cli(tenantId, '--expect', 'abc')).code).toBe(2)
    expect((await cli('--expect', last_hash)).code).not.toBe(0)

    const [changed] = await platform.sql(
      `update audit_entries set actor_id = 'x' where tenant_id = $1 and action = 'client.created' returning id`,
      [tenantId],
      tenantId,
    )
    const words = await cli(tenantId)
    expect([words.code, words.stderr]).toEqual([1, ''])
    expect(words.stdout).toContain(`${tenantId}: the entry ${changed?.id} (seal 1) was changed`)
    const all = await cli('--json')
    expect(all.code).toBe(1)
    const faulty = all.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ fault }) => fault)
    expect(faulty).toMatchObject([
      { tenant_id: tenantId, fault: { kind: 'entry_changed', seal: 1, entry: changed?.id } },
    ])
    expect((await cli()).stdout).toContain(changed?.id)
  })

  test('leaves out a tenant of which a part is deleted', async () => {
    const { tenantId } = await platform.signUp('Going')
    await seal()
    await platform.forceTenant(tenantId, `status = 'DELETING'`)
    await platform.sql('delete from audit_entries where tenant_id = $1', [tenantId], tenantId)
    await seal()
    const { stdout } = await cli('--json')
    expect(stdout).not.toContain(tenantId)
  })
})
