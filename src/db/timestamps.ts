import pg from 'pg'

/** The type's OID in every PostgreSQL. */
export const timestamptz = 1184
const readAny = pg.types.getTypeParser(timestamptz, 'text') as (text: string) => Date | number
const usual = /^[1-9]\d{3}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,3})?[+-]\d\d$/

/**
 * Reads a timestamptz as PostgreSQL writes it in ISO style: 2026-03-02 10:00:00.12+00. What is usual is read digit by
 * digit, which takes a fifth of the time; anything else (BC, infinity, microseconds) is left to pg.
 * @returns a Date; Infinity or -Infinity, as pg
 */
export function readTimestamp(text: string): Date | number {
  if (!usual.test(text)) return readAny(text)
  const end = text.length - 3
  const milliseconds = end === 19 ? 0 : number(text, 20, end) * (end === 21 ? 100 : end === 22 ? 10 : 1)
  const offset = number(text, end + 1, end + 3) * (text.charCodeAt(end) === minus ? -3_600_000 : 3_600_000)
  return new Date(
    Date.UTC(
      number(text, 0, 4),
      number(text, 5, 7) - 1,
      number(text, 8, 10),
      number(text, 11, 13),
      number(text, 14, 16),
      number(text, 17, 19),
      milliseconds,
    ) - offset,
  )
}

/** Reads a timestamptz as JSON has it (ECMA-262, Date.prototype.toJSON): ISO 8601 in UTC with milliseconds, or null. */
export function readTimestampAsJson(text: string): string | null {
  if (text.endsWith('+00') && usual.test(text)) {
    const fraction = text.length === 22 ? '.000' : text.slice(19, -3).padEnd(4, '0')
    return `${text.slice(0, 10)}T${text.slice(11, 19)}${fraction}Z`
  }
  const read = readTimestamp(text)
  return read instanceof Date ? read.toJSON() : null
}

const zero = 48
const minus = 45

function number(text: string, from: number, to: number): number {
  let value = 0
  for (let index = from; index < to; index++) value = value * 10 + text.charCodeAt(index) - zero
  return value
}
