import type { Request } from 'express'

/** English unless Accept-Language prefers French. */
export function languageOf(request: Request): 'en' | 'fr' {
  return request.acceptsLanguages('en', 'fr') === 'fr' ? 'fr' : 'en'
}
