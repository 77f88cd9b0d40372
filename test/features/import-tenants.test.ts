import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { withDirectClient } from '../../src/db/direct-client.ts'
import { runCliHere, settingsOf } from '../support/command-line.ts'
import { type Platform, startPlatform } from '../support/platform.ts'
import { mailedTo } from '../support/provisioning.ts'

let platform: Platform
beforeAll(async () => {
  platform = await startPlatform()
})
afterAll(() => platform.stop())

const cli = (...args: string[]) => runCliHere(platform, ...args)
let files = 0
/** Writes a file and gives its path. */
async function fileOf(...lines: string[]): Promise<string> {
  const path = join(platform.dataDir, `tenants-${++files}.csv`)
  await writeFile(path, `${lines.join('\n')}\n`)
  return path
}
const rowsIn = (stdout: string): Record<string, string>[] => parse(stdout, { columns: true })
const namesLike = async (pattern: string) =>
  (await platform.sql('select name from tenants where name like $1 order by name', [pattern])).map(
    ({ name }) => name,
  )
const detailOf = async (tenantId: string) =>
  (await platform.sql('select * from tenants where tenant_id = $1', [tenantId], tenantId))[0]

describe('create-tenant --from', () => {
  test('makes a tenant of each line, and prints who owns it', async () => {
    const path = await fileOf(
      'company_name,plan,admin_email,limit_users,limit_sites,metadata.segment,template,trial,setting_language,region',
      '"Forge, Fils & Cie",pro,ada@forge.example,10,unlimited,forge,metalwork,true,en,ch',
      'Plain,,,,,,,,,',
    )
    const { code, stdout, stderr } = await cli('create-tenant', '--from', path)
    expect([code, stderr.trim().split('\n').at(-1)]).toEqual([0, '2 made, 0 there already, 0 failed'])
    const [forge, plain] = rowsIn(stdout).toSorted((one, other) => Number(one.line) - Number(other.line))
    expect(forge).toEqual({
      line: '2',
      tenant_id: 'forge-fils-cie',
      owner_email: 'ada@forge.example',
      password: '',
    })
    expect(await detailOf('forge-fils-cie')).toMatchObject({
      plan: 'PROFESSIONAL',
      region: 'CH',
      status: 'TRIAL',
      limit_overrides: { users: 10, sites: null },
      metadata: { segment: 'forge' },
    })
    expect(await mailedTo(platform, 'ada@forge.example')).toMatchObject([
      { subject: 'You belong to Forge, Fils & Cie now' },
    ])
    const login = await platform.post('/auth/login', { email: plain?.owner_email, password: plain?.password })
    expect(login.body.tenant_id).toBe('plain')
  })

  test('makes none twice: not of the same file, nor when lines and columns are elsewhere', async () => {
    const same = ['Twin,starter', 'Twin,starter']
    const first = await cli(
      'create-tenant',
      '--json',
      '--from',
      await fileOf('company_name,plan', ...same, 'Single,'),
    )
    const made = first.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(made.map(({ tenant_id }) => tenant_id).sort()).toEqual(['single', 'twin', 'twin-2'])
    expect(made[0].owner.password).toMatch(/^[\w-]{24}$/)
    const path = await fileOf(
      'plan,code,company_name',
      'STARTER,,Single',
      'Starter,,Twin',
      ',,Twin',
      ',, Twin ',
    )
    const second = await cli('create-tenant', '--from', path)
    expect(second.stderr).toContain('1 made, 3 there already, 0 failed')
    expect(rowsIn(second.stdout)).toMatchObject([{ line: '5', tenant_id: 'twin-3' }])
    expect(await namesLike('Twin')).toHaveLength(3)
  })

  test('tells of each line that is wrong what it should be, and makes the others', async () => {
    const path = await fileOf(
      '\ufeffcompany_name,plan,region,template,limit_users,trial,code,standard_user_email',
      'Good One,,,,,,,',
      '"Wrong',
      'Plan",profesional,,,,,,\r',
      '',
      'Wrong Region,,LU,,,,,',
      'Wrong Template,,,metalwrok,many,perhaps,,',
      ',,,,,,,',
      'Too Short,',
      'Taken,,,,,,acme,',
      'Not Theirs,,,,,,,owner@globex.example',
      'No Seats,,,,1,,,user@seats.example',
      'Good Two,,,,,,,',
    )
    const { code, stdout, stderr } = await cli('create-tenant', '--from', path)
    expect(code).toBe(1)
    expect(
      rowsIn(stdout)
        .map(({ line }) => line)
        .sort(),
    ).toEqual(['13', '2'])
    expect(
      stderr
        .split('\n')
        .filter((line) => line.startsWith('line'))
        .sort(),
    ).toEqual([
      'line 10: This id is taken: choose another.',
      'line 11: standard_user_email is of an account whose address nobody has confirmed',
      'line 12: limit_users is 1, and it begins with 2',
      'line 3: company_name should hold no control characters; plan should be one of FREE, STARTER, PROFESSIONAL, BUSINESS, ENTERPRISE; did you mean PROFESSIONAL?',
      'line 6: region should be one of DZ, CH, FR, BE, CA',
      'line 7: template should be one of agency, blank, metalwork, school; did you mean metalwork?; trial should be true or false; limit_users should be a whole number, or unlimited',
      'line 8: company_name is required',
      'line 9: has 2 fields, and the head has 8',
    ])
    expect(await namesLike('Wrong%')).toEqual([])
  })

  test.each([
    [
      'an unknown column',
      ['company_name,plann,limit_seats', 'Nope,,'],
      'Unknown columns: "plann", "limit_seats".',
    ],
    ['a column twice', ['company_name,plan,plan', 'Nope,,'], 'Columns named twice: plan.'],
    ['no names', ['plan', 'free'], 'There is no column company_name.'],
    ['a quote that is not closed', ['company_name', 'Nope', '"Nope', 'Nope'], 'Quote Not Closed'],
  ])('makes nothing of a file with %s', async (_, lines, message) => {
    const { code, stdout, stderr } = await cli('create-tenant', '--from', await fileOf(...lines))
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain(message)
    expect(await namesLike('Nope')).toEqual([])
  })

  test.each([
    ['Windows-1252', Buffer.from('company_name\nNope One\nNope Métal\n', 'latin1')],
    ['UTF-8 that breaks off', Buffer.from('company_name\nNope é').subarray(0, -1)],
  ])('makes nothing of a file in %s', async (_, content) => {
    const path = join(platform.dataDir, `tenants-${++files}.csv`)
    await writeFile(path, content)
    const { code, stdout, stderr } = await cli('create-tenant', '--from', path)
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain('is not UTF-8: save it as UTF-8')
    expect(await namesLike('Nope%')).toEqual([])
  })

  test('makes nothing of a file that is empty, or not there', async () => {
    const empty = join(platform.dataDir, 'empty.csv')
    await writeFile(empty, '')
    expect((await cli('create-tenant', '--from', empty)).stderr).toContain('is empty')
    const missing = await cli('create-tenant', '--from', join(platform.dataDir, 'missing.csv'))
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining('ENOENT')])
  })

  test('killed in the middle, makes what is missing when it is run again, and nothing else', async () => {
    const waiting = [3, 4, 5, 6]
    const path = await fileOf(
      'company_name,admin_email',
      ...Array.from(
        { length: 9 },
        (_, index) => `Kill ${index + 2},${index < 1 ? '' : `owner-${index + 2}@kill.example`}`,
      ),
    )
    let output = ''
    await withDirectClient(platform.database.adminUrl, async (client) => {
      // Four lines wait for these, and four are made at a time.
      await client.query('begin')
      for (const line of waiting) {
        await client.query(
          `insert into users (id, email, password_hash, first_name, last_name, locale, password_changed_at, created_at, updated_at)
            values (gen_random_uuid(), $1, '', '', '', 'fr', now(), now(), now())`,
          [`owner-${line}@kill.example`],
        )
      }
      const program = join(import.meta.dirname, '../../src/cli.ts')
      const child = spawn(process.execPath, [program, 'create-tenant', '--from', path], {
        env: { ...process.env, ...settingsOf(platform) },
        cwd: platform.dataDir,
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      child.stdout.on('data', (chunk) => {
        output += chunk
      })
      const gone = new Promise((resolve) => child.once('exit', resolve))
      await vi.waitFor(
        async () => {
          const blocked = await platform.sql(
            `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
          )
          expect(blocked).toHaveLength(waiting.length)
        },
        { timeout: 15_000, interval: 50 },
      )
      child.kill('SIGKILL')
      await gone
      await client.query('rollback')
    })
    const [early] = rowsIn(output)
    expect(early).toMatchObject({ line: '2', tenant_id: 'kill-2' })
    const login = await platform.post('/auth/login', { email: early?.owner_email, password: early?.password })
    expect(login.status).toBe(200)
    expect(await namesLike('Kill%')).toEqual(['Kill 2'])

    const again = await cli('create-tenant', '--from', path)
    expect([again.code, again.stderr.trim().split('\n').at(-1)]).toEqual([
      0,
      '8 made, 1 there already, 0 failed',
    ])
    expect(await namesLike('Kill%')).toHaveLength(9)
    const ids = await platform.sql(`select tenant_id from tenants where name like 'Kill%' order by tenant_id`)
    expect(ids.map(({ tenant_id }) => tenant_id)).toEqual([
      'kill-10',
      ...Array.from({ length: 8 }, (_, index) => `kill-${index + 2}`),
    ])
  })
})

describe('create-tenant NAME', () => {
  test('says everything by options, and prints the tenant as JSON', async () => {
    const options = [
      '--code',
      'by-hand',
      '--admin-email',
      'grace@hand.example',
      '--admin-first-name',
      'Grace',
    ]
    const more = [
      '--limit',
      'users=10',
      '--limit',
      'sites=unlimited',
      '--metadata',
      'segment=hand',
      '--trial',
    ]
    const others = [
      '--standard-user',
      'user@hand.example',
      '--setting',
      'language=en',
      '--region',
      'be',
      '--json',
    ]
    const { code, stdout } = await cli('create-tenant', 'By Hand', 'business', ...options, ...more, ...others)
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      tenant_id: 'by-hand',
      plan: 'BUSINESS',
      region: 'BE',
      status: 'TRIAL',
      owner: { email: 'grace@hand.example' },
      standard_user: { email: 'user@hand.example' },
    })
    expect(await detailOf('by-hand')).toMatchObject({
      limit_overrides: { users: 10, sites: null },
      metadata: { segment: 'hand' },
    })
    const [entry] = await platform.sql(
      `select actor_kind, actor_id from platform_audit_entries where subject_tenant_id = 'by-hand' limit 1`,
    )
    expect(entry).toEqual({ actor_kind: 'system', actor_id: 'command line' })
  })

  test('prints the password of an owner who gets no mail, in words', async () => {
    const { stdout } = await cli('create-tenant', 'In Words')
    expect(stdout).toContain('in-words is there')
    const password = /^password +(\S{24}) \(shown this once\)$/m.exec(stdout)?.[1]
    const login = await platform.post('/auth/login', { email: 'admin@in-words.tenantry.local', password })
    expect(login.status).toBe(200)
  })

  test.each([
    [
      ['Wrong', 'profesional'],
      'plan should be one of FREE, STARTER, PROFESSIONAL, BUSINESS, ENTERPRISE; did you mean PROFESSIONAL?',
    ],
    [['Wrong', '--region', 'LU'], '--region should be one of DZ, CH, FR, BE, CA'],
    [
      ['Wrong', '--template', 'scool'],
      '--template should be one of agency, blank, metalwork, school; did you mean school?',
    ],
    [['Wrong', '--limit', 'user=3'], 'There is no user. Did you mean users?'],
    [['Wrong', '--limit', 'users'], 'It is name=value.'],
    [['Wrong', '--limit', 'users=-1'], '--limit users should be a whole number, or unlimited'],
    [['Wrong', '--from', 'file.csv'], 'with --from the file says everything but --json'],
    [['--from', 'file.csv', '--trial'], 'with --from the file says everything but --json'],
    [[], 'name is required'],
  ])('%j is wrong usage', async (args, message) => {
    const { code, stdout, stderr } = await cli('create-tenant', ...args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(message)
  })
})

describe('add-member', () => {
  test('makes somebody a member as the API does', async () => {
    await cli('create-tenant', 'Crew', '--limit', 'users=2')
    const { code, stdout } = await cli('add-member', 'crew', 'Grace@crew.example', 'admin', '--json')
    expect([code, JSON.parse(stdout)]).toEqual([
      0,
      { tenant_id: 'crew', user_id: expect.any(String), email: 'grace@crew.example', role: 'admin' },
    ])
    const full = await cli('add-member', 'crew', 'one-more@crew.example')
    expect([full.code, full.stderr]).toEqual([1, expect.stringContaining('A limit is reached')])
    expect(full.stderr).toContain('allowed: 2')
    const unknown = await cli('add-member', 'crw', 'one-more@crew.example')
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('There is no tenant "crw".')])
    expect((await cli('add-member', 'crew', 'one@crew.example', 'boss')).code).toBe(2)
  })
})
