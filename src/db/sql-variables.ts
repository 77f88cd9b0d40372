import pg from 'pg'

/**
 * Puts values into the text of an SQL file, written there as psql writes its variables: `:"name"` becomes a quoted
 * identifier, `:'name'` a string, and that of a list the string of an array, as in `:'names'::text[]`.
 * @throws Error for a variable that has no value
 */
export function fillIn(
  sql: string,
  file: string,
  values: Record<string, string | readonly string[]>,
): string {
  return sql.replace(/(?<!:):(["'])(\w+)\1/g, (variable, quote: string, name: string) => {
    const value = values[name]
    if (value === undefined) {
      throw new Error(`${file}: ${variable} is none of ${Object.keys(values).join(', ')}.`)
    }
    const text = typeof value === 'string' ? value : toArrayLiteral(value)
    return quote === '"' ? pg.escapeIdentifier(text) : pg.escapeLiteral(text)
  })
}

/** As PostgreSQL reads an array: https://www.postgresql.org/docs/current/arrays.html#ARRAYS-INPUT */
function toArrayLiteral(items: readonly string[]): string {
  return `{${items.map((item) => `"${item.replace(/["\\]/g, '\\$&')}"`).join(',')}}`
}
