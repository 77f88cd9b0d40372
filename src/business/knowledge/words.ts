import { setImmediate } from 'node:timers/promises'
import { deburr } from 'es-toolkit'

/** A word of a text, in lower case. */
export interface Word {
  word: string
  /** The same without accents and ligatures. */
  plain: string
  /** How often it is in the text. */
  count: number
  /** Where it begins first, in characters as PostgreSQL counts them: an emoji is one. */
  firstAt: number
}

/** Longer ones are no words: what is behind that does not count. */
const longestWord = 60

const words = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu

/**
 * What of a word is looked at: NFKC makes one character of up to four, a letter with its accents. It takes long over
 * U+FDFA, which comes to eighteen, and the square of the time over accents in a row.
 */
const longestSpelling = 4 * longestWord

/** After so many characters others have their turn: a few milliseconds where each is U+FDFA, and less than one in French. */
const charactersPerTurn = 2000

/**
 * The words of a text, each once, in the order in which they come. "L’électricité" has l and électricité. Not those of
 * to_tsvector: what is a letter, and its lower case, depends on the server's locale there, and over a megabyte it fails.
 * @param most how many different ones are wanted
 */
export async function wordsOf(text: string, most = Number.POSITIVE_INFINITY): Promise<Word[]> {
  const found = new Map<string, Word>()
  // Most words come again as they were written before.
  const bySpelling = new Map<string, Word | undefined>()
  let pairs = 0
  let countedTo = 0
  let turnBegan = 0
  for (const { 0: whole, index } of text.matchAll(words)) {
    if (index - turnBegan >= charactersPerTurn) {
      await setImmediate()
      turnBegan = index
    }
    const written = cut(whole, longestSpelling)
    if (!bySpelling.has(written)) {
      pairs += countPairs(text, countedTo, index)
      countedTo = index
      const word = cut(written.normalize('NFKC').toLowerCase(), longestWord)
      if (!found.has(word) && found.size < most) {
        found.set(word, { word, plain: cut(deburr(word), longestWord), count: 0, firstAt: index - pairs })
      }
      bySpelling.set(written, found.get(word))
    }
    const known = bySpelling.get(written)
    if (known) known.count++
  }
  return [...found.values()]
}

/** The word that begins where a text does; empty where none does. */
export function firstWordOf(text: string): string {
  return /^[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/u.exec(text)?.[0] ?? ''
}

/** The first characters of a word; not more of it is taken apart than may be needed. */
function cut(word: string, longest: number): string {
  return word.length > longest ? [...word.slice(0, 2 * longest)].slice(0, longest).join('') : word
}

/** Characters of a part of a text that JavaScript counts as two. */
function countPairs(text: string, from: number, to: number): number {
  let pairs = 0
  for (let at = from; at < to; at++) {
    if ((text.charCodeAt(at) & 0xfc00) === 0xd800) pairs++
  }
  return pairs
}
