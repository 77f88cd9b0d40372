import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mostCents, type PricedLine, reckon } from '../../src/business/accounting/amounts.ts'

const line = (quantity: string, unit_price_cents: number, vat_rate_basis_points = 0): PricedLine => ({
  quantity,
  unit_price_cents,
  vat_rate_basis_points,
})

describe('the net amount of a line is quantity × price, halves away from zero', () => {
  test.each([
    ['1', 12_345, 12_345],
    ['0', 12_345, 0],
    ['0.5', 1, 1],
    ['-0.5', 1, -1],
    // Not to the nearest even number.
    ['1.5', 1, 2],
    ['2.5', 1, 3],
    ['-2.5', 1, -3],
    ['0.499', 1, 0],
    ['-0.499', 1, 0],
    ['0.001', 499, 0],
    ['0.001', 500, 1],
    // 1.005 × 100 is 100.49999999999999 in floating point.
    ['1.005', 100, 101],
    ['-1.005', 100, -101],
    ['0.3', 3, 1],
    ['999999.999', 10_000_000, 9_999_999_990_000],
  ])('%s × %i is %i', (quantity, price, net) => {
    expect(reckon([line(quantity, price)])?.nets).toEqual([net])
  })
})

describe('VAT is reckoned once for each rate, and not line by line', () => {
  test.each<[what: string, lines: PricedLine[], net: number, vat: number]>([
    ['nothing of nothing', [], 0, 0],
    ['20 % of one euro', [line('1', 100, 2000)], 100, 20],
    ['0.6 cents three times, which are 1.8', [1, 2, 3].map(() => line('1', 3, 2000)), 9, 2],
    ['half a cent', [line('1', 5, 1000)], 5, 1],
    ['half a cent that is given back', [line('-1', 5, 1000)], -5, -1],
    ['half a cent of each of two rates', [line('1', 5, 1000), line('1', 2, 2500)], 7, 2],
    ['5.5 % and 20 %', [line('1', 1990, 550), line('2.5', 4999, 2000)], 14_488, 109 + 2500],
    ['a discount at the same rate', [line('1', 1000, 2000), line('-1', 999, 2000)], 1, 0],
    ['a discount at another rate', [line('1', 1000, 2000), line('-1', 1000, 1000)], 0, 100],
    ['all of it', [line('1', 12_345, 10_000)], 12_345, 12_345],
    [
      'lines that were rounded first: 2 × 0.5 cents are 2 cents',
      [1, 2].map(() => line('0.5', 1, 2500)),
      2,
      1,
    ],
  ])('%s', (_what, lines, net_cents, vat_cents) => {
    const total_cents = net_cents + vat_cents
    expect(reckon(lines)?.amounts).toEqual({ net_cents, vat_cents, total_cents })
  })
})

test('no amount is above the largest, not that of a line that another one takes back either', () => {
  const most = line('1', mostCents)
  expect(reckon([most])?.amounts.total_cents).toBe(mostCents)
  expect(reckon([line('-1', mostCents)])?.amounts.total_cents).toBe(-mostCents)
  expect(reckon([most, line('1', 1)])).toBeUndefined()
  expect(reckon([line('1', mostCents, 1)])).toBeUndefined()
  expect(reckon([line('2', mostCents), line('-2', mostCents)])).toBeUndefined()
  expect(reckon([most, line('-1', mostCents, 10_000)])?.amounts).toMatchObject({ vat_cents: -mostCents })
  expect(mostCents * 900).toBeLessThan(2 ** 53)
})

const anyLine = fc.record({
  thousandths: fc.integer({ min: -999_999_999, max: 999_999_999 }),
  price: fc.oneof(fc.nat(20), fc.nat(249_999)),
  rate: fc.oneof(fc.constantFrom(0, 210, 550, 1000, 2000, 10_000), fc.nat(10_000)),
})

test('any lines: what is rounded is nearer than half, or half and away from zero', () => {
  fc.assert(
    fc.property(fc.array(anyLine, { maxLength: 20 }), (drawn) => {
      const reckoned = reckon(
        drawn.map(({ thousandths, price, rate }) => line(decimal(thousandths), price, rate)),
      )
      const bases = new Map<number, bigint>()
      let net = 0n
      for (const [index, { thousandths, price, rate }] of drawn.entries()) {
        const rounded = BigInt(reckoned?.nets[index] ?? 0)
        expectRounded(rounded, BigInt(thousandths) * BigInt(price), 1000n)
        bases.set(rate, (bases.get(rate) ?? 0n) + rounded)
        net += rounded
      }
      // What each rate's VAT is to be, said by its distance; together they are the invoice's.
      let vat = 0n
      for (const [rate, base] of bases) {
        const exact = base * BigInt(rate)
        const nearest = [exact / 10_000n - 1n, exact / 10_000n, exact / 10_000n + 1n].filter((each) =>
          isRounded(each, exact, 10_000n),
        )
        expect(nearest).toHaveLength(1)
        vat += nearest[0] ?? 0n
      }
      expect(reckoned?.amounts).toEqual({
        net_cents: Number(net),
        vat_cents: Number(vat),
        total_cents: Number(net + vat),
      })
    }),
    { numRuns: 300 },
  )
})

test('any lines: their order changes nothing, and opposite quantities have the opposite amounts', () => {
  fc.assert(
    fc.property(fc.array(anyLine, { minLength: 1, maxLength: 20 }), (drawn) => {
      const amountsOf = (lines: typeof drawn, sign: 1 | -1 = 1) =>
        reckon(lines.map(({ thousandths, price, rate }) => line(decimal(sign * thousandths), price, rate)))
          ?.amounts
      const { net_cents = NaN, vat_cents = NaN, total_cents = NaN } = amountsOf(drawn) ?? {}
      expect(amountsOf(drawn.toReversed())).toEqual({ net_cents, vat_cents, total_cents })
      const opposite = amountsOf(drawn, -1)
      expect(
        [opposite?.net_cents, opposite?.vat_cents, opposite?.total_cents].map((cents) => 0 - (cents ?? NaN)),
      ).toEqual([net_cents, vat_cents, total_cents].map((cents) => cents + 0))
    }),
    { numRuns: 100 },
  )
})

/** Thousandths as people write them: -1500 is -1.5. */
function decimal(thousandths: number): string {
  const digits = String(Math.abs(thousandths)).padStart(4, '0')
  const text = `${digits.slice(0, -3)}.${digits.slice(-3)}`.replace(/\.?0+$/, '')
  return thousandths < 0 ? `-${text}` : text
}

/** Whether a number is dividend ÷ divisor, rounded: no further than half, and of two that are as near the larger one. */
function isRounded(rounded: bigint, dividend: bigint, divisor: bigint): boolean {
  const away = (number: bigint) => (number < 0n ? -number : number)
  const twiceOff = 2n * away(rounded * divisor - dividend)
  return twiceOff < divisor || (twiceOff === divisor && away(rounded * divisor) > away(dividend))
}

function expectRounded(rounded: bigint, dividend: bigint, divisor: bigint): void {
  expect(isRounded(rounded, dividend, divisor), `${dividend} ÷ ${divisor} is not ${rounded}`).toBe(true)
}
