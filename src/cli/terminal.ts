import { stripVTControlCharacters, styleText } from 'node:util'

/** A column of a table: its head, and what it shows of a row; null stays empty. */
export interface Column<Row> {
  title: string
  of(row: Row): string | number | null
  align?: 'right'
}

/** Rows as plain text in columns, under a head that is bold where standard output is a terminal. */
export function formatTable<Row>(columns: Column<Row>[], rows: Row[]): string {
  const cells = rows.map((row) => columns.map((column) => toCell(column.of(row))))
  const heads = columns.map(({ title }) => title)
  const widths = heads.map((head, index) => {
    return cells.reduce((width, row) => Math.max(width, widthOf(row[index] ?? '')), widthOf(head))
  })
  const toLine = (row: string[]) => {
    const padded = row.map((cell, index) => {
      const space = ' '.repeat((widths[index] ?? 0) - widthOf(cell))
      return columns[index]?.align === 'right' ? space + cell : cell + space
    })
    return padded.join('  ').trimEnd()
  }
  return [styled('bold', toLine(heads)), ...cells.map(toLine)].join('\n')
}

/** Names and what they stand for, one to a line; what is null or empty is left out. */
export function formatFacts(facts: [name: string, value: string | number | null][]): string {
  const known = facts.filter(([, value]) => value !== null && value !== '')
  const width = Math.max(0, ...known.map(([name]) => widthOf(name)))
  return known
    .map(([name, value]) => `${name}${' '.repeat(width - widthOf(name))}  ${toCell(value)}`)
    .join('\n')
}

/**
 * On one line, and without the escape sequences by which a name could steer the terminal of who reads it, or characters
 * that turn it round or cannot be seen, but for the joiner inside emoji.
 */
function toCell(value: string | number | null): string {
  if (value === null) return ''
  return stripVTControlCharacters(String(value))
    .replaceAll(/\p{Cc}/gu, ' ')
    .replaceAll(/(?!\u200d)\p{Cf}/gu, '')
}

const graphemes = new Intl.Segmenter()
/** What a terminal shows two columns wide: emoji, and the wide characters of Unicode's annex 11, about. */
const wide =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u

/** How many columns of a terminal a text takes. */
function widthOf(text: string): number {
  if (/^[\x20-\x7e\xa1-\u02ff]*$/.test(text)) return text.length
  const widths = Array.from(graphemes.segment(text), ({ segment }) => (wide.test(segment) ? 2 : 1))
  return widths.reduce((sum: number, width) => sum + width, 0)
}

/** A text for standard output, in colour only where that is a terminal and NO_COLOR is not set. */
export function styled(style: Parameters<typeof styleText>[0], text: string): string {
  return styleText(style, text, { stream: process.stdout })
}

/** Whether there is somebody to ask. */
export function isInteractive(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY
}

/**
 * Asks on the terminal whether to go on; Escape and Ctrl-C are a no.
 * @throws Error that says to give --yes, when there is no terminal to ask on
 */
export async function confirm(question: string): Promise<boolean> {
  if (!isInteractive()) {
    throw new Error(`${question} There is no terminal to answer on: give --yes.`)
  }
  const prompts = await import('@clack/prompts')
  const answer = await prompts.confirm({ message: question, initialValue: false, output: process.stderr })
  return answer === true
}

/** Work that takes a while, as it gets on. */
export interface Progress {
  advance(count?: number): void
  /** Takes the bar away before another line is written; it comes again. */
  clear(): void
  /** Ends the bar, and says how it came out. */
  stop(summary?: string): void
}

const barWidth = 30
/** A log is told of long work no more often than this, in milliseconds. */
const lineEveryMs = 5000

/**
 * Shows on standard error how far work of `total` steps has come: a bar on a terminal, else a line now and then.
 * (The one of @clack/prompts holds the keyboard, and exits on Ctrl-C with code 0 and without cleaning up.)
 */
export function startProgress(label: string, total: number): Progress {
  const { stderr } = process
  let done = 0
  let shownAt = Date.now()
  const draw = () => {
    const part = total > 0 ? Math.min(done / total, 1) : 1
    const filled = Math.round(part * barWidth)
    const bar = `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}`
    stderr.write(`\r${label} ${bar} ${done}/${total}`)
  }
  const clear = () => {
    if (stderr.isTTY) stderr.write('\r\x1b[K')
  }
  if (stderr.isTTY) draw()
  return {
    advance(count = 1) {
      done += count
      const isDue = Date.now() - shownAt >= (stderr.isTTY ? 50 : lineEveryMs)
      if (!isDue && (done < total || !stderr.isTTY)) return
      shownAt = Date.now()
      if (stderr.isTTY) draw()
      else stderr.write(`${label}: ${done} of ${total}\n`)
    },
    clear,
    stop(summary) {
      clear()
      stderr.write(`${summary ?? `${label}: ${done} of ${total}`}\n`)
    },
  }
}
