import { type Selectable, sql } from 'kysely'
import type { PlatformTx } from '../../db/database.ts'
import type { NotificationTemplates } from '../../db/schema.ts'
import { AppError } from '../../errors.ts'
import type { Origin } from '../audit/audit.ts'
import { auditForPlatform } from '../audit/operator-audit.ts'
import type { Category, Priority } from '../notifications/preferences.ts'
import {
  isTemplateName,
  type Language,
  placeholdersIn,
  placeholdersOf,
  type TemplateName,
} from '../notifications/templates.ts'
import type { AdminPrincipal } from '../super-admins/access.ts'

const columns = [
  'name',
  'category',
  'priority',
  'title_en',
  'title_fr',
  'body_en',
  'body_fr',
  'updated_at',
] as const
type Row = Pick<Selectable<NotificationTemplates>, (typeof columns)[number]>

/** What an operator changes of a text; what is left out stays. */
export interface TemplateChanges {
  priority?: Priority
  title?: Partial<Record<Language, string>>
  body?: Partial<Record<Language, string>>
  /** Why, for the audit trail. */
  reason?: string
}

/** All texts of notifications, by name, with the placeholders that each knows. */
export async function listTemplates(tx: PlatformTx) {
  const rows = await tx.selectFrom('notification_templates').select(columns).orderBy('name').execute()
  return rows.map(toTemplate)
}

/** The name of a text as a path has it. @throws AppError 404 `not_found` */
export function getTemplateName(text: string): TemplateName {
  if (!isTemplateName(text)) throw new AppError('not_found')
  return text
}

/**
 * Changes a text for everybody, also in what they were told before: it is put into words when it is read. Where nothing
 * changes, nothing is in the audit trail.
 * @throws AppError 400 `invalid_request` for a placeholder that this text does not know, with those that it knows
 */
export async function changeTemplate(
  tx: PlatformTx,
  name: TemplateName,
  { priority, title = {}, body = {}, reason }: TemplateChanges,
  { admin, origin, now }: { admin: AdminPrincipal; origin: Origin; now: Date },
) {
  refuseUnknownPlaceholders(name, { title, body })
  const given = {
    priority,
    title_en: title.en,
    title_fr: title.fr,
    body_en: body.en,
    body_fr: body.fr,
  }
  const before = await tx
    .selectFrom('notification_templates')
    .select(columns)
    .where('name', '=', name)
    .modifyEnd(sql`for no key update`)
    .executeTakeFirstOrThrow()
  const changes = Object.entries(given).filter(
    ([column, value]) => value !== undefined && value !== before[column as keyof Row],
  )
  if (changes.length === 0) return toTemplate(before)
  const changed = await tx
    .updateTable('notification_templates')
    .set({ ...Object.fromEntries(changes), updated_at: now })
    .where('name', '=', name)
    .returning(columns)
    .executeTakeFirstOrThrow()
  auditForPlatform(tx, {
    admin,
    action: 'notification_template.updated',
    object: { type: 'notification_template', id: name },
    changedFields: changes.map(([column]) => column.replace('_', '.')),
    reason,
    origin,
    now,
  })
  return toTemplate(changed)
}

/** What is wrong with a text, before the placeholders that it may hold. */
const onlyPlaceholders = 'should hold no placeholders but '

function refuseUnknownPlaceholders(
  name: TemplateName,
  texts: Record<'title' | 'body', Partial<Record<Language, string>>>,
): void {
  const known = placeholdersOf(name).map((placeholder) => placeholder.name)
  const message = onlyPlaceholders + known.map((each) => `{${each}}`).join(', ')
  const errors = Object.entries(texts).flatMap(([part, languages]) =>
    Object.entries(languages)
      .filter(([, text]) => placeholdersIn(text).some((each) => !known.includes(each)))
      .map(([language]) => ({ path: `body.${part}.${language}`, message })),
  )
  if (errors.length > 0) throw new AppError('invalid_request', { errors })
}

function toTemplate({ name, category, priority, title_en, title_fr, body_en, body_fr, updated_at }: Row) {
  return {
    name,
    category: category as Category,
    priority: priority as Priority,
    title: { en: title_en, fr: title_fr },
    body: { en: body_en, fr: body_fr },
    placeholders: placeholdersOf(name as TemplateName),
    updated_at,
  }
}
