import { afterAll, beforeAll, expect, test } from 'vitest'
import { createConsumer } from '../support/consumer.ts'
import { goodPassword, type Platform, startPlatform } from '../support/platform.ts'

let consumer: Awaited<ReturnType<typeof createConsumer>>
let platform: Platform
beforeAll(async () => {
  platform = await startPlatform()
  consumer = await createConsumer({ entry: 'client/client.ts', program: 'client.ts' })
})
afterAll(async () => {
  await platform.stop()
  await consumer.remove()
})

test('another program has the types of every path, input and answer, and what is wrong does not compile', async () => {
  expect(await consumer.compile()).toContain('tenantry/dist/client/api.d.ts')
}, 60_000)

test('another program signs in, makes, changes and lists, and sees in types what went wrong', async () => {
  const given = [platform.url, platform.acme.email, goodPassword]
  const { stdout, stderr } = await consumer.run(given)
  expect(stderr).toBe('')
  expect(JSON.parse(stdout)).toEqual({
    made: expect.objectContaining({ name: 'Wile E. Coyote', email: 'wile@desert.example', phone: null }),
    stage: 'lead',
    phone: '+33 1 23 45 67 89',
    names: ['Wile E. Coyote'],
    codes: ['precondition_failed', 'not_found', 'unauthenticated', 'invalid_request'],
    paths: ['body.name'],
  })
})
