import { afterAll, beforeAll, describe, test } from 'vitest'
import { routes } from '../../src/app.ts'
import { createOpenApiDocument } from '../../src/http/openapi.ts'
import { createCheck } from '../support/openapi/check-answer.ts'
import { operationsOf } from '../support/openapi/document.ts'
import { fuzzOperation } from '../support/openapi/fuzz-operation.ts'
import { startWorld, type World } from '../support/openapi/world.ts'

// Requests made up from the API's description alone, good, odd and hostile: whatever is asked, the answer is one that the
// description has, in every part of it. FUZZ_RUNS asks more of each operation, FUZZ_SEED something else.
const runs = Number(process.env.FUZZ_RUNS ?? 25)
const seed = Number(process.env.FUZZ_SEED ?? 20_260_302)

const document = createOpenApiDocument(routes, 'test')
const check = createCheck(document)
const operations = operationsOf(document)

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world?.stop())

/** Those that change something for all others come after them. */
const settings = /^PATCH \/v1\/(settings|admin\/(settings|plans|notification-templates))\b/
const inOrder = operations.toSorted(
  (one, other) => Number(settings.test(one.name)) - Number(settings.test(other.name)),
)

describe(`answers as documented (FUZZ_SEED=${seed} FUZZ_RUNS=${runs})`, () => {
  test.each(inOrder.map((operation) => [operation.name, operation] as const))(
    '%s',
    { timeout: 60_000 + runs * 3000 },
    async (_name, operation) => {
      // There is most to be wrong in bodies.
      const numRuns = operation.body ? 3 * runs : runs
      await fuzzOperation(world, check, document, operation, { numRuns, seed })
    },
  )
})
