import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { clients } from '../../src/business/crm/clients.ts'
import { defineResource } from '../../src/business/define-resource.ts'
import { resources } from '../../src/business/resources.ts'
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

describe.each(resources.map((resource) => ({ ...resource, name: resource.table.name, resource })))(
  '$name',
  ({ resource, name, path, noun, table }) => {
    const make = async (member = acme) => {
      const { status, body, headers } = await member.post(path, bodyWith(resource, 'canary'))
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

    test('is listed, sorted by each of its sorts, found by each of its filters', async () => {
      const { etag: _, ...made } = await make()
      const brief = Object.fromEntries(Object.entries(made).filter(([key]) => !resource.large.includes(key)))
      for (const sort of resource.sortable.flatMap((column) => [column, `-${column}`])) {
        const seen: string[] = []
        let cursor = ''
        do {
          const query = new URLSearchParams({ sort, limit: '1', ...(cursor && { cursor }) })
          const { status, body } = await acme.get(`${path}?${query}`)
          expect(status, JSON.stringify(body)).toBe(200)
          seen.push(...body.data.map(({ id }: { id: string }) => id))
          cursor = body.next_cursor ?? ''
        } while (cursor)
        expect(new Set(seen).size).toBe(seen.length)
        expect(seen).toContain(made.id)
      }
      for (const column of resource.filterable) {
        if (made[column] === null) continue
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
        def.replace(/^.* USING btree /, '').replaceAll(/ DESC| COLLATE "C"/g, ''),
      )
      for (const column of resource.sortable) {
        expect(
          plain.some((index) => index.startsWith(`(tenant_id, ${column}, id)`)),
          column,
        ).toBe(true)
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
    }

    test.each(Object.entries(resource.references))(
      "refers by %s to nothing of another tenant's, of which nothing is told",
      async (column, to) => {
        if (!(column in resource.fields)) return
        const other = resources.find((each) => each.table.name === to)
        if (!other) throw new Error(`${to} is no resource`)
        const makeObject = exampleOf(other.routes.get as never).makeObject
        const theirs = (await makeObject?.(globex, 'theirs', platform)) ?? ''
        const ours = (await makeObject?.(acme, 'ours', platform)) ?? ''
        const refer = async (id: string) => {
          const { status, body } = await acme.post(path, { ...bodyWith(resource, 'refers'), [column]: id })
          return [status, { ...body, request_id: '' }]
        }
        const refused = await refer(theirs)
        expect(refused).toEqual(await refer(randomUUID()))
        expect(refused[0]).toBe(400)
        expect(refused[1].errors).toEqual([{ path: `body.${column}`, message: 'is not known' }])
        expect((await refer(ours))[0]).toBe(201)
      },
    )
  },
)

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
