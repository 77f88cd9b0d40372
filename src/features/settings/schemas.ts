import { z } from 'zod'
import { displaySettings } from '../members/schemas.ts'
import { notATimeZone } from './settings.ts'

/**
 * The zones of places, such as Europe/Paris, and UTC. Of the other names that Intl knows PostgreSQL takes some for
 * abbreviations, of one offset all year (CET, EST), and some for POSIX rules (SystemV/EST5EDT): each would count days
 * differently from the other.
 */
const namesOfPlaces = /^(?!SystemV\/)[A-Za-z_]+\/|^UTC$/i

/** ISO 4217. */
const currencies = new Set(Intl.supportedValuesOf('currency'))

/** What can be set of a tenant's settings. */
export const settingsFields = {
  theme: displaySettings.theme,
  language: displaySettings.language,
  time_zone: z.string().regex(namesOfPlaces, notATimeZone).pipe(displaySettings.time_zone),
  date_format: displaySettings.date_format,
  currency: z
    .string()
    .refine((code) => currencies.has(code), 'should be the ISO 4217 code of a currency such as EUR'),
  vat_rate_basis_points: z.int().min(0).max(10_000),
  automatic_numbering: z.boolean(),
  backups: z.boolean(),
}
