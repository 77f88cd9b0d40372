import pg from 'pg'
import { expect, test } from 'vitest'
import { withDirectClient } from '../../src/db/direct-client.ts'
import { readTimestamp, readTimestampAsJson } from '../../src/db/timestamps.ts'
import { createUnmigratedDatabase } from '../support/database.ts'

const readByPg = pg.types.getTypeParser(1184, 'text') as (text: string) => Date | number
const edges = [
  '2026-03-02 10:00:00+00',
  '2026-03-02 10:00:00.1+00',
  '2026-03-02 10:00:00.120+00',
  '2026-03-02 10:00:00.123456+00',
  '2026-03-02 10:00:00.12+02',
  '2026-03-02 10:00:00.12-11',
  '2026-03-02 10:00:00+05:45',
  '1899-12-31 23:50:39-00:09:21',
  '0001-01-01 00:00:00+00',
  '0099-12-31 23:59:59.999+00',
  '0001-01-01 00:00:00+00 BC',
  '10000-01-01 00:00:00+00',
  '9999-12-31 23:59:59.999+00',
  'infinity',
  '-infinity',
]

function expectSame(text: string): void {
  const expected = readByPg(text)
  expect(readTimestamp(text), text).toEqual(expected)
  expect(JSON.stringify(readTimestampAsJson(text)), text).toBe(JSON.stringify(expected))
}

test.each(edges)('%s is read as pg reads it, and as JSON has it', expectSame)

test('so is whatever the server writes, in any time zone', async () => {
  const database = await createUnmigratedDatabase()
  try {
    await withDirectClient(database.adminUrl, async (server) => {
      for (const zone of ['UTC', 'Europe/Paris', 'Asia/Kathmandu', 'America/St_Johns', 'Pacific/Apia']) {
        await server.query(`set timezone = '${zone}'`)
        const { rows } = await server.query<{ text: string }>(
          `select at::timestamptz(3)::text as text
          from generate_series(timestamptz '0001-01-03 00:00Z', '9999-12-29 00:00Z', '2999 days 13:57:59.987') at`,
        )
        expect(rows.length).toBeGreaterThan(1000)
        for (const { text } of rows) expectSame(text)
      }
    })
  } finally {
    await database.drop()
  }
})
