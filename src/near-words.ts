/** The word of a list that somebody may have meant who wrote another, in any case; undefined when none is near. */
export function findNearWord(text: string, words: readonly string[]): string | undefined {
  const distances = words.map((word) => ({
    word,
    distance: distanceOf(text.toLowerCase(), word.toLowerCase()),
  }))
  const [nearest] = distances.toSorted((one, other) => one.distance - other.distance)
  return nearest && nearest.distance <= Math.max(1, nearest.word.length / 3) ? nearest.word : undefined
}

/** How many characters are to be added, taken away or replaced (Levenshtein 1966). */
function distanceOf(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let i = 1; i <= one.length; i++) {
    const above = row
    row = [i]
    for (let j = 1; j <= other.length; j++) {
      const replaced = (above[j - 1] as number) + (one[i - 1] === other[j - 1] ? 0 : 1)
      row.push(Math.min((above[j] as number) + 1, (row[j - 1] as number) + 1, replaced))
    }
  }
  return row[other.length] as number
}
