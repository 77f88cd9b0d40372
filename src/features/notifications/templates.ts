import { type Role, roles } from '../members/roles.ts'

/** The languages that members are spoken to in. */
export type Language = 'en' | 'fr'

/** For whom a text is put into words. */
export interface Reader {
  language: Language
  time_zone: string
}

/** What a placeholder of a text stands for. */
interface Placeholder {
  /** For the operator who writes the text. */
  meaning: string
  /** How the value is shown; as it is where this is left out. */
  show?(value: string, reader: Reader): string
}

const role: Placeholder = { meaning: 'the role', show: showRole }
const dayOf = (meaning: string): Placeholder => ({ meaning, show: (value, reader) => showDay(value, reader) })

/**
 * Everything that members are told of inside the product, and the placeholders that its texts may hold. The texts
 * themselves, their category and priority are rows of notification_templates.
 */
export const templates = {
  member_joined: { name: { meaning: 'the name of who has joined' }, role },
  role_changed: { role },
  api_key_created: { key_name: { meaning: 'what the key is called' }, role },
  plan_changed: {
    plan: { meaning: 'the plan from now on' },
    old_plan: { meaning: 'the plan until now' },
  },
  trial_ending: { date: dayOf('the day on which the trial ends') },
  payment_failed: { date: dayOf('the day until which everything goes on working') },
  payment_reminder: { date: dayOf('the day until which everything goes on working') },
  support_session_opened: {
    time: { meaning: 'until when the session lasts', show: showTime },
    reason: { meaning: 'why the support looks, in their words' },
  },
} as const satisfies Record<string, Record<string, Placeholder>>

/** The name of a text, and of the event that it tells of. */
export type TemplateName = keyof typeof templates

/** What the placeholders of a text stand for; instants as ISO 8601. */
export type ValuesOf<Name extends TemplateName> = Record<keyof (typeof templates)[Name], string>

/** The placeholders that a text may hold, in their order. */
export function placeholdersOf(name: TemplateName): { name: string; meaning: string }[] {
  return Object.entries(templates[name]).map(([placeholder, { meaning }]) => ({ name: placeholder, meaning }))
}

/** Whether there is a text of this name. */
export function isTemplateName(name: string): name is TemplateName {
  return Object.hasOwn(templates, name)
}

const placeholder = /\{([^{}]*)\}/g

/** The names in braces in a text. */
export function placeholdersIn(text: string): string[] {
  return [...text.matchAll(placeholder)].map(([, name = '']) => name)
}

/** A text with its placeholders filled in; what has no value stays as it is written. */
export function render(
  name: string,
  text: string,
  values: Record<string, string | number>,
  reader: Reader,
): string {
  const known: Record<string, Placeholder> = isTemplateName(name) ? templates[name] : {}
  return text.replaceAll(placeholder, (written, key: string) => {
    const value = Object.hasOwn(values, key) ? String(values[key]) : undefined
    if (value === undefined) return written
    return (Object.hasOwn(known, key) && known[key]?.show?.(value, reader)) || value
  })
}

const roleWords: Record<Role, Record<Language, string>> = {
  viewer: { en: 'viewer', fr: 'lecteur' },
  member: { en: 'member', fr: 'membre' },
  manager: { en: 'manager', fr: 'gestionnaire' },
  admin: { en: 'administrator', fr: 'administrateur' },
  owner: { en: 'owner', fr: 'propriétaire' },
}

function showRole(value: string, { language }: Reader): string {
  const known = roles.find((each) => each === value)
  return known ? roleWords[known][language] : value
}

function showDay(value: string, reader: Reader): string {
  return showInstant(value, reader, { dateStyle: 'long' })
}

/** An instant, given as ISO 8601, as day and time of the reader. */
export function showTime(value: string, reader: Reader): string {
  return showInstant(value, reader, { dateStyle: 'long', timeStyle: 'short' })
}

/** As it is written where it is none, so that one odd row does not keep a whole list back. */
function showInstant(
  value: string,
  { language, time_zone: timeZone }: Reader,
  style: Intl.DateTimeFormatOptions,
): string {
  const instant = new Date(value)
  if (Number.isNaN(instant.getTime())) return value
  return new Intl.DateTimeFormat(locales[language], { ...style, timeZone }).format(instant)
}

/** A day first and 24 hours a day: the tenants are in Europe and North Africa. */
const locales: Record<Language, string> = { en: 'en-GB', fr: 'fr-FR' }
