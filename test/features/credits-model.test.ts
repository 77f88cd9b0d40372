import fc from 'fast-check'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TenantId } from '../../src/db/tenant-id.ts'
import { AppError } from '../../src/errors.ts'
import {
  type CreditResult,
  debitCredits,
  expireCredits,
  grantCredits,
  refundCredits,
} from '../../src/features/credits/credits.ts'
import { createCreditModel } from '../support/credit-model.ts'
import { expectBooksRight } from '../support/credits.ts'
import { type Platform, startPlatform } from '../support/platform.ts'

let platform: Platform
beforeAll(async () => {
  platform = await startPlatform()
})
afterAll(() => platform.stop())

const hour = 3_600_000

type Step =
  | { kind: 'grant'; amount: number; hours: number | null }
  | { kind: 'debit'; amount: number }
  | { kind: 'refund'; amount: number; of: number }
  | { kind: 'repeat'; of: number }
  | { kind: 'expire' }
  | { kind: 'wait'; hours: number }

const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('grant' as const),
      amount: fc.integer({ min: 1, max: 80 }),
      hours: fc.option(fc.integer({ min: 1, max: 8 }), { freq: 4 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('debit' as const), amount: fc.integer({ min: 1, max: 60 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('refund' as const),
      amount: fc.integer({ min: 1, max: 30 }),
      of: fc.nat(20),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('repeat' as const), of: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'expire' as const }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), hours: fc.integer({ min: 1, max: 5 }) }),
  },
)

test('whatever is granted, spent, given back and left to expire, the books are those of a simple model', {
  timeout: 120_000,
}, async () => {
  const actor = { kind: 'operator', id: 'test' } as const
  const seen = new Map<string, number>()
  const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1)

  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 20, maxLength: 50, size: 'max' }), async (sequence) => {
      const { tenantId } = await platform.signUp(`Model ${uuidv7()}`)
      const model = createCreditModel()
      const debits: string[] = []
      const done: { send: () => Promise<CreditResult>; answer: CreditResult }[] = []
      const now = () => platform.clock.now().getTime()
      const inTenant = <T>(work: Parameters<typeof platform.context.db.withPlatform<T>>[1]) =>
        platform.context.db.withPlatform('super admin', work, { tenantId: tenantId as TenantId })
      const common = (amount: number) => ({
        amount,
        reason: 'model',
        idempotencyKey: uuidv7(),
        actor,
        now: platform.clock.now(),
      })

      /** Sends a change; the model is asked what should come of it. */
      async function change(
        what: string,
        send: () => Promise<CreditResult>,
        apply: (id: string) => boolean,
        refused: (error: unknown) => void,
      ) {
        const outcome = await send().catch((error: unknown) => error)
        const id = outcome instanceof Error ? 'refused' : (outcome as CreditResult).operationId
        const isRight = apply(id)
        count(isRight ? what : `${what} refused`)
        if (!isRight) return refused(outcome)
        expect(outcome).toEqual({ operationId: id, balance: model.balance(), isRepeat: false })
        done.push({ send, answer: outcome as CreditResult })
      }

      for (const step of sequence) {
        switch (step.kind) {
          case 'grant': {
            const expiresAt = step.hours === null ? null : new Date(now() + step.hours * hour)
            const input = { ...common(step.amount), expiresAt }
            await change(
              'grant',
              () => inTenant((tx) => grantCredits(tx, input)),
              (id) => {
                model.grant(id, step.amount, expiresAt?.getTime() ?? Number.POSITIVE_INFINITY, now())
                return true
              },
              () => undefined,
            )
            break
          }
          case 'debit': {
            const input = common(step.amount)
            await change(
              'debit',
              () => inTenant((tx) => debitCredits(tx, input)),
              (id) => {
                const isEnough = model.debit(id, step.amount, now())
                if (isEnough) debits.push(id)
                return isEnough
              },
              (error) => expect(error).toMatchObject({ code: 'TN003' }),
            )
            break
          }
          case 'refund': {
            const debitId = debits[step.of % Math.max(1, debits.length)]
            if (!debitId) break
            const input = { ...common(step.amount), debitId }
            await change(
              'refund',
              () => inTenant((tx) => refundCredits(tx, input)),
              () => model.refund(debitId, step.amount, now()),
              (error) => {
                expect(error).toBeInstanceOf(AppError)
                expect(error).toMatchObject({ errors: [{ path: 'body.amount' }] })
              },
            )
            break
          }
          case 'repeat': {
            const earlier = done[step.of % Math.max(1, done.length)]
            if (!earlier) break
            expect(await earlier.send()).toEqual({ ...earlier.answer, isRepeat: true })
            count('repeat')
            break
          }
          case 'expire':
            await inTenant((tx) => expireCredits(tx, platform.clock.now()))
            model.expire(now())
            break
          case 'wait':
            platform.clock.advance(step.hours * hour)
        }
      }

      const { balance, lots, moved } = await expectBooksRight(platform, tenantId)
      expect(balance).toBe(model.balance())
      expect(lots.map(({ id, remaining }) => [id, remaining])).toEqual(model.remaining())
      expect(moved.expiry?.credits ?? 0).toBe(model.expired())
      if (model.expired() > 0) count('expiry')
      if (model.expiredByRefunds() > 0) count('expiry at a refund')
    }),
    { numRuns: 50 },
  )
  const outcomes = ['grant', 'debit', 'debit refused', 'refund', 'refund refused', 'repeat', 'expiry']
  for (const what of [...outcomes, 'expiry at a refund']) {
    expect(seen.get(what), `${what} comes up often enough`).toBeGreaterThan(5)
  }
})
