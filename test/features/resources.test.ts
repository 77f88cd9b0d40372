import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { clients } from '../../src/business/crm/clients.ts'
import { type AnyResource, defineResource } from '../../src/business/define-resource.ts'
import { resources } from '../../src/business/resources.ts'
import { inTransaction, withDirectClient } from '../../src/db/direct-client.ts'
import { exampleOf } from '../isolation/examples.ts'
import { type Member, type Platform, startPlatform } from '../support/platform.ts'
import { bodyWith } from '../support/resource-examples.ts'

// What every business table does, since one definition says it.
let platform: Platform
let acme: Member
let globex: Member
beforeAll(async () => {
  platform = await startPlatform()
  // In ENTERPRISE every module is there and nothing runs out.
  acme = await platform.signUp('Acme Resources', { plan: 'enterprise' })
  globex = await platform.signUp('Globex Resources', { plan: 'enterprise' })
})
afterAll(() => platform.stop())

/** Filters that are of columns which nothing but rules sets, long after the making: their own tests try them. */
const onlyByRules: Record<string, string[]> = {
  leads: ['client_id'],
  invoices: ['number', 'issued_on'],
}

/** Where a row stands in a list: the value that it is sorted by, and its id. */
type Place = [value: string | number, id: string]
const byPlace = ([a, idOfA]: Place, [b, idOfB]: Place) =>
  a === b ? (idOfA < idOfB ? -1 : 1) : a < b ? -1 : 1

/** A number or an instant near that of the example, another for each step; texts differ by themselves. */
function stepped({ table, example }: AnyResource, column: string, step: number): [string, unknown][] {
  const value = example[column]
  if (value === undefined) return []
  const { kind } = table.columns.get(column) ?? {}
  if (kind === 'integer') return [[column, Number(value) + step]]
  if (kind === 'instant') return [[column, new Date(Date.parse(String(value)) - step * 1000).toISOString()]]
  return []
}

function resourceOf(table: string) {
  const found = resources.find((each) => each.table.name === table)
  if (!found) throw new Error(`${table} is no resource`)
  return found
}

/** Makes a row of a table, and gives its id. */
async function makeIn(table: string, member: Member, word: string): Promise<string> {
  const { makeObject } = exampleOf(resourceOf(table).routes.get as never)
  if (!makeObject) throw new Error(`none of ${table} can be made`)
  return makeObject(member, word, platform)
}

describe.each(resources.map((resource) => ({ ...resource, name: resource.table.name, resource })))(
  '$name',
  ({ resource, name, path, noun, table }) => {
    const make = async (member = acme, fields: object = {}) => {
      const { status, body, headers } = await member.post(path, {
        ...bodyWith(resource, 'canary'),
        ...fields,
      })
      expect(status, JSON.stringify(body)).toBe(201)
      return { ...body, etag: headers.get('etag') }
    }
    const actionsOn = async (id: string) => {
      const query =
        'select action from audit_entries where object_type = $1 and object_id = $2 order by position'
      return (await platform.sql(query, [noun, id], acme.tenantId)).map(({ action }) => action)
    }
    /** A text that a change can set, whatever the rules of the table. */
    const [textField] =
      Object.entries(resource.fields).find(
        ([field, schema]) =>
          !(field in resource.references) &&
          schema.safeParse('changed').success &&
          schema.safeParse('changed again').success,
      ) ?? []

    test('is made from the example of its definition, and shown with its entity tag', async () => {
      const { etag, ...made } = await make()
      expect(etag).toMatch(/^"[\w-]{22}"$/)
      const shown = await acme.get(`${path}/${made.id}`)
      expect([shown.status, shown.body, shown.headers.get('etag')]).toEqual([200, made, etag])
      expect((await actionsOn(made.id))[0]).toBe(`${noun}.created`)
    })

    test('is listed, sorted by each of its sorts', async () => {
      const ids: string[] = []
      // The last two are equal but for their ids and texts.
      for (const step of [2, 0, 1, 1]) {
        if (ids.length < 3) platform.clock.advance(1000)
        const fields = resource.sortable.flatMap((column) => stepped(resource, column, step))
        ids.push((await make(acme, Object.fromEntries(fields))).id)
      }
      for (const sort of resource.sortable.flatMap((column) => [column, `-${column}`])) {
        const column = sort.replace('-', '')
        const seen: Place[] = []
        let cursor = ''
        do {
          const query = new URLSearchParams({ sort, limit: '1', ...(cursor && { cursor }) })
          const { status, body } = await acme.get(`${path}?${query}`)
          expect(status, JSON.stringify(body)).toBe(200)
          seen.push(...body.data.map((row: Record<string, string>) => [row[column], row.id]))
          cursor = body.next_cursor ?? ''
        } while (cursor)
        const ascending = [...seen].sort(byPlace)
        expect(seen, sort).toEqual(sort === column ? ascending : ascending.reverse())
        expect(new Set(seen.map(([, id]) => id)).size).toBe(seen.length)
        expect(
          seen.map(([, id]) => id),
          sort,
        ).toEqual(expect.arrayContaining(ids))
        expect(new Set(seen.map(([value]) => value)).size, sort).toBeGreaterThanOrEqual(3)
      }
    })

    test('is found by each of its filters', async () => {
      const references: Record<string, string> = {}
      for (const [column, to] of Object.entries(resource.references)) {
        if (column in resource.fields) references[column] = await makeIn(to, acme, 'filter')
      }
      const { etag: _, ...made } = await make(acme, references)
      const brief = Object.fromEntries(Object.entries(made).filter(([key]) => !resource.large.includes(key)))
      const isSet = (column: string) => made[column] !== null
      expect(resource.filterable.filter((column) => !isSet(column))).toEqual(onlyByRules[name] ?? [])
      for (const column of resource.filterable.filter(isSet)) {
        const filter = `${column}=${encodeURIComponent(made[column])}&limit=100`
        const { body } = await acme.get(`${path}?${filter}`)
        expect(body.data, filter).toContainEqual(brief)
        expect(
          body.data.every((row: typeof made) => row[column] === made[column]),
          filter,
        ).toBe(true)
      }
    })

    test('has an index for each of its sorts, behind the tenant', async () => {
      const rows = await platform.sql(
        `select pg_get_indexdef(indexrelid) as def from pg_index where indrelid = $1::regclass`,
        [name],
      )
      const plain = rows.map(({ def }) =>
        def.replace(/^.* USING btree /, '').replaceAll(/ DESC| COLLATE "C"|"/g, ''),
      )
      for (const column of resource.sortable) {
        expect(
          plain.some((index) => index.startsWith(`(tenant_id, ${column}, id)`)),
          column,
        ).toBe(true)
      }
    })

    test('says of which columns each has a value of its own', async () => {
      const rows = await platform.sql(
        `select a.attname as column from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[1]
          where i.indrelid = $1::regclass and i.indisunique and i.indnkeyatts = 2 and not i.indisprimary`,
        [name],
      )
      const said = rows.map(({ column }) => column).filter((column) => column in resource.fields)
      expect(said.sort()).toEqual([...resource.unique].sort())
      for (const column of resource.unique) {
        const one = await make()
        const { status, body } = await acme.post(path, {
          ...bodyWith(resource, 'twice'),
          [column]: one[column],
        })
        expect([status, body.code]).toEqual([409, 'conflict'])
      }
    })

    if (textField) {
      test('is changed by who knows its present state, and by nobody else', async () => {
        const { id, etag } = await make()
        const change = (value: string, ifMatch?: string) =>
          acme.request(
            'PATCH',
            `${path}/${id}`,
            { [textField]: value },
            ifMatch ? { 'If-Match': ifMatch } : {},
          )
        const first = await change('changed', etag)
        expect([first.status, first.body[textField]], JSON.stringify(first.body)).toEqual([200, 'changed'])
        const stale = await change('changed again', etag)
        expect([stale.status, stale.body.code]).toEqual([412, 'precondition_failed'])
        expect((await acme.get(`${path}/${id}`)).body[textField]).toBe('changed')
        expect((await change('changed again', `"other", ${first.headers.get('etag')}`)).status).toBe(200)
        expect((await change('changed', 'W/"other"')).status).toBe(412)
        expect((await change('changed', '*')).status).toBe(200)
        expect((await actionsOn(id)).filter((action) => action === `${noun}.updated`)).toHaveLength(3)
      })

      test('is changed once by twenty who know the same state', async () => {
        const { id, etag } = await make()
        const answers = await Promise.all(
          Array.from({ length: 20 }, (_, i) =>
            acme.request('PATCH', `${path}/${id}`, { [textField]: `number ${i}` }, { 'If-Match': etag }),
          ),
        )
        expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(19).fill(412)])
      })
    }

    test('is made whatever there was before, so nothing that was is asked for', async () => {
      const headers = { 'If-Match': '*' }
      const { status, body } = await acme.post(path, bodyWith(resource, 'again'), headers)
      expect([status, body.errors]).toEqual([
        400,
        [{ path: 'headers.If-Match', message: 'is not taken here' }],
      ])
    })

    test('is deleted by who knows its present state, and gone', async () => {
      const { id } = await make()
      const remove = (headers = {}) => acme.request('DELETE', `${path}/${id}`, undefined, headers)
      expect((await remove({ 'If-Match': '"another"' })).status).toBe(412)
      expect((await remove()).status).toBe(204)
      expect((await remove()).status).toBe(404)
      expect((await acme.get(`${path}/${id}`)).status).toBe(404)
      expect(
        (await acme.get(`${path}?limit=100`)).body.data.map((row: { id: string }) => row.id),
      ).not.toContain(id)
      expect((await actionsOn(id)).at(-1)).toBe(`${noun}.deleted`)
    })

    if (table.isSoftlyDeleted) {
      test('is brought back', async () => {
        const { id, etag: _, ...made } = await make()
        await acme.delete(`${path}/${id}`)
        const deleted = (await acme.get(`${path}?deleted=true&limit=100`)).body.data
        expect(deleted.map((row: { id: string }) => row.id)).toContain(id)
        const { status, body } = await acme.post(`${path}/${id}/restore`, undefined)
        expect([status, body]).toEqual([200, { id, ...made, updated_at: body.updated_at }])
        expect((await acme.post(`${path}/${id}/restore`, undefined)).status).toBe(404)
        expect((await actionsOn(id)).at(-1)).toBe(`${noun}.restored`)
      })

      test('is deleted for good when that is asked for, marked as deleted or not', async () => {
        for (const isMarked of [false, true]) {
          const { id } = await make()
          if (isMarked) await acme.delete(`${path}/${id}`)
          expect((await acme.delete(`${path}/${id}?for_good=true`)).status).toBe(204)
          expect((await acme.delete(`${path}/${id}?for_good=true`)).status).toBe(404)
          expect((await acme.post(`${path}/${id}/restore`, undefined)).status).toBe(404)
          expect(await platform.sql(`select from ${name} where id = $1`, [id], acme.tenantId)).toEqual([])
          const deletions = await platform.sql(
            'select changed_fields from audit_entries where object_id = $1 and action = $2 order by position',
            [id, `${noun}.deleted`],
            acme.tenantId,
          )
          const told = deletions.map(({ changed_fields }) => changed_fields)
          expect(told).toEqual(isMarked ? [['deleted_at'], []] : [[]])
        }
      })
    }

    test.each(Object.entries(resource.references))(
      "refers by %s to nothing of another tenant's, of which nothing is told",
      async (column, to) => {
        if (!(column in resource.fields)) return
        const theirs = await makeIn(to, globex, 'theirs')
        const ours = await makeIn(to, acme, 'ours')
        const refer = async (id: string) => {
          const { status, body } = await acme.post(path, { ...bodyWith(resource, 'refers'), [column]: id })
          return [status, { ...body, request_id: '' }]
        }
        const refused = await refer(theirs)
        expect(refused).toEqual(await refer(randomUUID()))
        expect(refused[0]).toBe(400)
        expect(refused[1].errors).toEqual([{ path: `body.${column}`, message: 'is not known' }])
        expect((await refer(ours))[0]).toBe(201)
        const { path: otherPath, table: otherTable } = resourceOf(to)
        if (!otherTable.isSoftlyDeleted) return
        const { id } = await make()
        expect((await acme.delete(`${otherPath}/${ours}`)).status).toBe(204)
        expect(await refer(ours), 'deleted').toEqual(refused)
        const changed = await acme.patch(`${path}/${id}`, { [column]: ours })
        expect([changed.status, changed.body.errors], 'deleted').toEqual([400, refused[1].errors])
      },
    )
  },
)

test('what is being deleted cannot be referred to: whoever does waits to see', async () => {
  const project = await makeIn('projects', acme, 'going')
  const order = { ...bodyWith(resourceOf('production_orders'), 'waits'), project_id: project }
  const answer = await withDirectClient(platform.database.tenantUrl, async (tenant) => {
    const answering = await inTransaction(tenant, async () => {
      await tenant.query(`set local app.tenant_id = '${acme.tenantId}'`)
      const deleted = await tenant.query('update projects set deleted_at = created_at where id = $1', [
        project,
      ])
      expect(deleted.rowCount).toBe(1)
      const answering = acme.post('/v1/production/orders', order)
      await vi.waitFor(async () => {
        const query = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
        expect(await platform.sql(query)).toHaveLength(1)
      })
      return { answering }
    })
    return answering.answering
  })
  expect([answer.status, answer.body.errors]).toEqual([
    400,
    [{ path: 'body.project_id', message: 'is not known' }],
  ])
})

test('a definition cannot sort by what may be null, nor by what has no order', () => {
  const define = (sortable: 'email' | 'name') =>
    defineResource({
      table: 'clients',
      noun: 'client',
      label: { en: 'Clients', fr: 'Clients' },
      module: 'crm',
      fields: { name: z.record(z.string(), z.json()), email: z.string().nullish() },
      sortable: [sortable],
      deletion: 'hard',
      example: { name: {} },
    })
  expect(() => define('email')).toThrow('a list cannot go on behind a row sorted by email')
  expect(() => define('name')).toThrow('a list cannot go on behind a row sorted by name')
})

test('what is brought back takes its place again, so nothing of a period can be', () => {
  const { routes: _, fields, example } = clients
  expect(() =>
    defineResource({
      table: 'clients',
      noun: 'client',
      label: { en: 'Clients', fr: 'Clients' },
      module: 'crm',
      fields: { name: fields.name as z.ZodString },
      limits: { articles_per_week: 1 },
      deletion: 'soft',
      example: { name: String(example.name) },
    }),
  ).toThrow('cannot be brought back')
})
