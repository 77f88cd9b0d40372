import { z } from 'zod'

/** The ways to write a date that can be chosen. */
const dateFormats = ['DD/MM/YYYY', 'MM/DD/YYYY', 'YYYY-MM-DD', 'DD.MM.YYYY'] as const

/** How the product shows itself: a tenant has all of these, and each member may have their own instead. */
export const displaySettings = {
  theme: z.enum(['light', 'dark']),
  language: z.enum(['en', 'fr']),
  time_zone: z.string().max(60).refine(isTimeZone, 'should be the name of a time zone such as Europe/Paris'),
  date_format: z.enum(dateFormats),
}

/** A name of the IANA time zone database. An offset, which Intl takes too (ECMA-402, 6.5.1), knows no summer. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
