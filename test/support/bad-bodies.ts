import fc from 'fast-check'
import { anyChange, anyJson, anyName } from './openapi/hostile-values.ts'

/** A good body with up to three of its fields changed, and perhaps one more. */
export function mutationsOf(good: Record<string, unknown>): fc.Arbitrary<Record<string, unknown>> {
  const changes = Object.entries(good).map(([name, value]) => {
    const changed = anyChange.map(([, change]) => change(String(value)))
    return fc.tuple(fc.constant(name), typeof value === 'string' ? fc.oneof(anyJson, changed) : anyJson)
  })
  const more = fc.tuple(anyName, anyJson)
  return fc
    .array(fc.oneof({ weight: 9, arbitrary: fc.oneof(...changes) }, { weight: 1, arbitrary: more }), {
      minLength: 1,
      maxLength: 3,
    })
    .map((changed) => ({ ...good, ...Object.fromEntries(changed) }))
}
