import type { RequestHandler } from 'express'
import helmet from 'helmet'

/** Sets what helmet advises. It is the same for every answer, so helmet is asked once. */
export function securityHeaders(): RequestHandler {
  const headers = new Map<string, string>()
  const recorder = {
    setHeader: (name: string, value: string) => void headers.set(name, value),
    removeHeader: (name: string) => void headers.delete(name),
  }
  helmet()({} as never, recorder as never, () => undefined)
  const all = [...headers]
  return (_request, response, next) => {
    for (const [name, value] of all) response.setHeader(name, value)
    next()
  }
}
