import { cpus, loadavg, totalmem } from 'node:os'
import type { Figure, PartResult } from './parts.ts'
import type { Row } from './rounds.ts'

/** What a run has found, and where: what is written as JSON. */
export interface Report {
  date: string
  /** processor, cores, memory, Node, PostgreSQL and its durability */
  machine: string
  /** tenants, rows, rounds */
  size: string
  isQuick: boolean
  results: PartResult[]
}

/** @param postgres its version and durability */
export function describeMachine(postgres: string): string {
  const processors = `${cpus().length} × ${cpus()[0]?.model.trim()}`
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB`
  return `${processors}, ${memory}, Node ${process.versions.node}, PostgreSQL ${postgres}`
}

/** What else the machine does, for the reader. */
export function describeLoad(): string {
  return `load ${loadavg()[0]?.toFixed(1)}`
}

const rowHeads = ['ratio', '(range)', 'per second', 'CPU µs', 'p50 ms', 'p99 ms']

function toCells({ ratio, ratioRange, perSecond, cpuMicros, p50Ms, p99Ms }: Row): string[] {
  const range = `(${ratioRange.map((each) => each.toFixed(2)).join('–')})`
  const times = [p50Ms, p99Ms].map((each) => each?.toFixed(each < 10 ? 2 : 1) ?? '')
  return [ratio.toFixed(2), range, perSecond.toFixed(0), cpuMicros.toFixed(0), ...times]
}

function toFigure({ name, value, unit, note }: Figure): [string, string] {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  return [`${value.toFixed(digits)} ${unit}`, note ? `${name} (${note})` : name]
}

/** For the terminal: targets first, then each table. */
export function toText({ date, machine, size, isQuick, results }: Report): string {
  const lines = [`${date}, ${machine}`, `${size}; ratios are taken within a round`]
  if (isQuick) lines.push('QUICK: a try of everything, whose figures say little')
  lines.push('')
  for (const { title, targets = [] } of results)
    for (const { text, isMet } of targets) lines.push(`${isMet ? '    met' : 'NOT MET'}  ${text}: ${title}`)
  const widths = [6, 12, 11, 7, 7, 7]
  const pad = (cells: string[]) => cells.map((cell, index) => cell.padStart(widths[index] ?? 0)).join(' ')
  for (const { title, rows = [], figures = [], notes = [] } of results) {
    lines.push('', title)
    if (rows.length > 0) lines.push(pad(rowHeads))
    for (const row of rows) lines.push(`${pad(toCells(row))}  ${row.name}`)
    for (const [value, name] of figures.map(toFigure)) lines.push(`${value.padStart(16)}  ${name}`)
    lines.push(...notes.map((note) => `  ${note}`))
  }
  return lines.join('\n')
}

/** For README: the same as tables of Markdown. */
export function toMarkdown({ date, machine, size, isQuick, results }: Report): string {
  const lines = [`${date.slice(0, 10)}, ${machine}. ${size}.`, '']
  if (isQuick) lines.push('A quick run, whose figures say little.', '')
  const judged = results.flatMap(({ title, targets = [] }) =>
    targets.map(({ text, isMet }) => [title, text, isMet ? 'met' : '**not met**']),
  )
  lines.push(...toTable(['what', 'measured, against the target', ''], judged))
  for (const { title, rows = [], figures = [], notes = [] } of results) {
    lines.push('', `**${title}**`)
    const cells = rows.map((row) => [...toCells(row), row.name])
    if (rows.length > 0) lines.push('', ...toTable([...rowHeads, ''], cells))
    if (figures.length > 0) lines.push('', ...toTable(['figure', ''], figures.map(toFigure)))
    lines.push(...notes.flatMap((note) => ['', note]))
  }
  return lines.join('\n')
}

function toTable(heads: string[], rows: string[][]): string[] {
  const lines = [heads, ...rows].map((cells) => cells.map((cell) => cell.replaceAll('|', '\\|')))
  const widths = heads.map((_, column) => Math.max(3, ...lines.map((cells) => cells[column]?.length ?? 0)))
  const toLine = (cells: string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const rule = toLine(widths.map((width) => '-'.repeat(width)))
  return [toLine(lines[0] ?? []), rule, ...lines.slice(1).map(toLine)]
}

const marks = { begin: '<!-- bench -->', end: '<!-- /bench -->' }

/**
 * Puts the tables where the marks are.
 * @throws Error when the text has no such marks
 */
export function putIntoReadme(readme: string, report: Report): string {
  const [begin, end] = [readme.indexOf(marks.begin), readme.indexOf(marks.end)]
  if (begin < 0 || end < begin) throw new Error(`README.md has no ${marks.begin} … ${marks.end}`)
  const before = readme.slice(0, begin + marks.begin.length)
  return `${before}\n\n${toMarkdown(report)}\n\n${readme.slice(end)}`
}
