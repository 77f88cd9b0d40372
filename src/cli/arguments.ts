import { InvalidArgumentError } from 'commander'
import type { z } from 'zod'
import { emailSchema, reasonSchema } from '../http/schemas.ts'

/**
 * Makes a parser of an argument or option out of a schema.
 * @param hint what it should be, as one sentence
 * @returns a parser that throws commander's error: wrong usage, with the hint
 */
export function parseWith<T>(schema: z.ZodType<T>, hint: string): (text: string) => T {
  return (text) => {
    const parsed = schema.safeParse(text)
    if (!parsed.success) throw new InvalidArgumentError(hint)
    return parsed.data
  }
}

/** One of some words, in any case and with the aliases that `parse` knows; what is wrong is answered with the list. */
export function parseOneOf<T extends string>(
  words: readonly T[],
  parse = (text: string) => words.find((word) => word === text.toUpperCase()),
): (text: string) => T {
  return (text) => {
    const word = parse(text)
    if (!word) throw new InvalidArgumentError(`It is one of ${words.join(', ')}.`)
    return word
  }
}

/** A whole number from `min` on, of at most so many digits. */
export function parseWhole(hint: string, { min = 0, digits = 6 } = {}): (text: string) => number {
  return (text) => {
    if (!/^\d+$/.test(text) || text.length > digits || Number(text) < min) {
      throw new InvalidArgumentError(hint)
    }
    return Number(text)
  }
}

/** An e-mail address, in lower case. */
export const parseEmail = parseWith(emailSchema, 'It is an e-mail address such as ops@example.com.')

/** Why something is done. */
export const parseReason = parseWith(reasonSchema, 'It is a text of 1 to 1000 characters, on one line.')

/** A SHA-256 in hexadecimal. */
export function parseHash(text: string): string {
  if (!/^[0-9a-f]{64}$/i.test(text)) throw new InvalidArgumentError('It is a hash of 64 hexadecimal digits.')
  return text.toLowerCase()
}
