const uuids = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g

/** Amounts and sums: no part of an id, of an instant or of a decimal. */
const integers = /(?<![\w.])\d{7,10}(?![\w-]|\.\d)/g

/** What a tenant knows alone: the word in all of its texts, its number in amounts, and the ids of its rows. */
export interface Secrets {
  word: string
  number: number
  ids: ReadonlySet<string>
}

/**
 * Finds in a text what only another tenant knows.
 * @param said what the very request said whose answer it is: its ids are no news to whoever sent it
 * @param mayRepeat its words are none either
 */
export type FindLeaks = (text: string, said?: string, mayRepeat?: boolean) => string[]

const requestLines = /\b[A-Z]+ \/v1\/[^\s"',\\]+/g

/**
 * Looks for what a tenant knows alone; for its number also as a sum of a few.
 * @param asked the requests of others, by method and path: the audit tells which of them support has sent
 */
export function createFindLeaks({ word, number, ids }: Secrets, asked: ReadonlySet<string>): FindLeaks {
  const isSum = (digits: string) => Number(digits) % number === 0 && Number(digits) < 1000 * number
  return (text, said = '', mayRepeat = false) => {
    const unasked = text.replaceAll(requestLines, (line) => (asked.has(line) ? '' : line))
    const isTold = text.includes(word) && !(mayRepeat && said.includes(word))
    const found = [
      isTold ? word : undefined,
      text.match(integers)?.find(isSum),
      unasked.match(uuids)?.find((id) => ids.has(id) && !said.includes(id)),
    ]
    return found.filter((each) => each !== undefined).map((each) => excerpt(text, each))
  }
}

/** What two texts have in common of what names one object alone: ids, also those of Stripe. */
export function commonIds(one: string, other: string): string[] {
  const ids = one.match(new RegExp(`${uuids.source}|\\b(cs|bps)_\\w+`, 'g')) ?? []
  return ids.filter((id) => other.includes(id))
}

function excerpt(text: string, found: string): string {
  const at = text.indexOf(found)
  return `holds ${found}: …${text.slice(Math.max(0, at - 80), at + found.length + 80)}…`
}
