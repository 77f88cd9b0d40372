import { stripVTControlCharacters } from 'node:util'
import { afterEach, expect, test, vi } from 'vitest'
import { formatFacts, formatTable, startProgress } from '../../src/cli/terminal.ts'

afterEach(() => vi.restoreAllMocks())

const columns = [
  { title: 'name', of: ({ name }: { name: string }) => name },
  { title: 'age', of: ({ name }: { name: string }) => name.length, align: 'right' as const },
  { title: 'note', of: () => null },
]

test('a table is columns as wide as what is in them, accents, emoji and wide characters as a terminal shows them', () => {
  const names = ['Métallerie', 'e\u0301cole', '日本株式会社', '🚀 Rocket', 'x']
  const rows = names.map((name) => ({ name }))
  expect(stripVTControlCharacters(formatTable(columns, rows)).split('\n')).toEqual([
    'name          age  note',
    'Métallerie     10',
    'e\u0301cole           6',
    '日本株式会社    6',
    '🚀 Rocket       9',
    'x               1',
  ])
})

test('a value cannot steer the terminal, nor break its line', () => {
  const rows = [{ name: '\u001b[31mred\u001b]0;title\u0007\r\nnext' }]
  const [, line, ...more] = formatTable(columns.slice(0, 1), rows).split('\n')
  expect([line, more]).toEqual(['red  next', []])
  expect(
    formatFacts([
      ['turned', '\u202eemca\u202c\u2066\u200b\ufeff\u00ad'],
      ['family', '👩\u200d👧'],
      ['name', '\u001b[2Jgone'],
      ['none', null],
      ['empty', ''],
    ]),
  ).toBe('turned  emca\nfamily  👩\u200d👧\nname    gone')
})

test('progress is a line now and then where no terminal is, and one at the end', () => {
  const written: string[] = []
  vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    written.push(String(chunk))
    return true
  })
  const now = vi.spyOn(Date, 'now').mockReturnValue(0)
  const progress = startProgress('making tenants', 1000)
  for (let done = 1; done <= 1000; done++) {
    now.mockReturnValue(done * 11)
    progress.advance()
  }
  progress.stop('made 1000 tenants')
  expect(written).toEqual([
    'making tenants: 455 of 1000\n',
    'making tenants: 910 of 1000\n',
    'made 1000 tenants\n',
  ])
})
