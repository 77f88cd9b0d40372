import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import type { TestDatabase } from '../support/cluster.ts'
import { createTestDatabase } from '../support/database.ts'
import { describeSchema, schemaFiles } from '../support/schema-files.ts'

let database: TestDatabase
let current: Awaited<ReturnType<typeof describeSchema>>

beforeAll(async () => {
  database = await createTestDatabase()
  current = await describeSchema(database)
})

afterAll(() => database.drop())

// Somebody who owns the database has rights by that and not by a grant, which the dump would show.
test.skipIf(!inject('testCluster').isSuperuser)(
  'db/schema.sql is what the migrations and policies make',
  async () => {
    expect(await readFile(schemaFiles.dump, 'utf8'), 'run npm run generate').toBe(current.dump)
  },
)

test.skipIf(!inject('testCluster').isSuperuser)(
  'db/grants.txt names what the roles of the server may do',
  async () => {
    expect(await readFile(schemaFiles.grants, 'utf8'), 'run npm run generate').toBe(current.grants)
  },
)

test('src/db/schema.ts has the types of the migrated tables', async () => {
  expect(await readFile(schemaFiles.types, 'utf8'), 'run npm run generate').toBe(current.types)
})
