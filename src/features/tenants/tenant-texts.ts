import { limitNames } from '../plans/plans.ts'
import { type TenantFields, tenantFieldsSchema } from './provision-schemas.ts'
import { metadataKeyOf } from './schemas.ts'

const settingNames = [
  'theme',
  'language',
  'time_zone',
  'date_format',
  'currency',
  'vat_rate_basis_points',
  'automatic_numbering',
  'backups',
] as const

/** What a tenant can be described by in texts, beside `metadata.<key>`. */
export const tenantColumns: readonly string[] = [
  'company_name',
  'code',
  'company_email',
  'admin_email',
  'admin_first_name',
  'admin_last_name',
  'plan',
  'region',
  'phone',
  'template',
  'trial',
  'standard_user_email',
  ...limitNames.map((name) => `limit_${name}`),
  ...settingNames.map((name) => `setting_${name}`),
]

/** Whether a column is one of a tenant's. */
export function isTenantColumn(name: string): boolean {
  return tenantColumns.includes(name) || metadataKeyOf(name) !== undefined
}

/** What is wrong with one column. */
export interface ColumnProblem {
  column: string
  value: string | undefined
  message: string
}

/** A tenant described in texts by column, such as a line of a file; what is empty was not said. */
export function readTenantTexts(
  texts: Record<string, string>,
): { fields: TenantFields; problems?: never } | { problems: ColumnProblem[] } {
  const body: Record<string, unknown> = {}
  const limits: Record<string, unknown> = {}
  const settings: Record<string, unknown> = {}
  const metadata: Record<string, unknown> = {}
  for (const [column, text] of Object.entries(texts)) {
    if (text === '') continue
    const [, group, name = ''] = /^(limit_|setting_|metadata\.)(.+)$/s.exec(column) ?? []
    if (group === 'limit_') limits[name] = text === 'unlimited' ? null : toNumber(text)
    else if (group === 'setting_')
      settings[name] = name.startsWith('vat_') ? toNumber(text) : toSwitch(name, text)
    else if (group === 'metadata.') metadata[name] = text
    else body[column] = toSwitch(column, text)
  }
  const parsed = tenantFieldsSchema.safeParse({
    ...body,
    ...(hasAny(limits) && { limits }),
    ...(hasAny(settings) && { settings }),
    ...(hasAny(metadata) && { metadata }),
  })
  if (parsed.success) return { fields: parsed.data }
  return {
    problems: parsed.error.issues.map(({ path, message }) => {
      const column = columnOf(path)
      return { column, value: texts[column], message: inTexts(column, message) }
    }),
  }
}

const hasAny = (values: object) => Object.keys(values).length > 0

function toNumber(text: string): number | string {
  return /^\d{1,16}$/.test(text) ? Number(text) : text
}

const switches = ['trial', 'automatic_numbering', 'backups']

function toSwitch(name: string, text: string): boolean | string {
  if (!switches.includes(name)) return text
  return text === 'true' ? true : text === 'false' ? false : text
}

function columnOf([first = '', second = '']: PropertyKey[]): string {
  if (first === 'limits') return `limit_${String(second)}`
  if (first === 'settings') return `setting_${String(second)}`
  if (first === 'metadata') return `metadata.${String(second)}`
  return String(first)
}

/** What the schema says of JSON, for texts. */
function inTexts(column: string, message: string): string {
  if (message === 'should be a whole number, or null for unlimited')
    return 'should be a whole number, or unlimited'
  if (switches.includes(column.replace('setting_', ''))) {
    return message.startsWith('Invalid input') ? 'should be true or false' : message
  }
  if (column === 'company_name' && message.includes('received undefined')) return 'is required'
  return message
}
