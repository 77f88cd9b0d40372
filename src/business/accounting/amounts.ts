/**
 * The largest amount of an invoice or of one of its lines, in minor units and either sign: hundreds of the largest still
 * add up exactly in JSON (2^53).
 */
export const mostCents = 10_000_000_000_000

/** What a line costs by: a decimal with up to three places, and whole minor units of the currency for each. */
export interface PricedLine {
  quantity: string
  unit_price_cents: number
  vat_rate_basis_points: number
}

/** What an invoice adds up to, in minor units of its currency. */
export interface Amounts {
  net_cents: number
  vat_cents: number
  total_cents: number
}

/**
 * The amounts of an invoice and the net amount of each line, by the rules of EN 16931-1:
 * - a line is quantity × price, rounded to the minor unit (BT-131);
 * - VAT is reckoned for each rate, once per invoice: the sum of the lines of that rate × the rate, rounded to the minor
 *   unit (BR-CO-17), and not line by line; the VAT of an invoice is the sum over its rates (BR-CO-14);
 * - the total is net and VAT (BR-CO-15).
 * What is half a minor unit is rounded away from zero, so an amount and its opposite cancel each other out. All is reckoned
 * in whole numbers.
 * @returns undefined when an amount is above mostCents
 */
export function reckon(lines: readonly PricedLine[]): { amounts: Amounts; nets: number[] } | undefined {
  const nets = lines.map(({ quantity, unit_price_cents }) =>
    divide(thousandthsOf(quantity) * BigInt(unit_price_cents), 1000n),
  )
  const basesByRate = new Map<number, bigint>()
  for (const [index, { vat_rate_basis_points: rate }] of lines.entries()) {
    basesByRate.set(rate, (basesByRate.get(rate) ?? 0n) + (nets[index] ?? 0n))
  }
  const net = sum(nets)
  const vat = sum([...basesByRate].map(([rate, base]) => divide(base * BigInt(rate), 10_000n)))
  const total = net + vat
  if ([...nets, net, vat, total].some((cents) => cents > mostCents || cents < -mostCents)) return undefined
  const amounts = { net_cents: Number(net), vat_cents: Number(vat), total_cents: Number(total) }
  return { amounts, nets: nets.map(Number) }
}

function thousandthsOf(decimal: string): bigint {
  const [whole = '', places = ''] = decimal.split('.')
  return BigInt(whole + places.padEnd(3, '0'))
}

/** Rounded to the nearest whole number, and halves away from zero. */
function divide(dividend: bigint, divisor: bigint): bigint {
  const magnitude = dividend < 0n ? -dividend : dividend
  const rounded = (2n * magnitude + divisor) / (2n * divisor)
  return dividend < 0n ? -rounded : rounded
}

function sum(numbers: readonly bigint[]): bigint {
  return numbers.reduce((total, each) => total + each, 0n)
}
