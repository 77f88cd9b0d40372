import { hash } from 'node:crypto'
import type { Request } from 'express'
import { AppError } from '../errors.ts'

/** The entity tag of a representation (RFC 9110, 8.8.3): the same bytes have the same one, and others another. */
export function etagOf(body: unknown): string {
  return etagOfJson(JSON.stringify(body))
}

/** As etagOf, of a body that is JSON already. */
export function etagOfJson(json: string): string {
  return `"${hash('sha256', json, 'base64url').slice(0, 22)}"`
}

/** What If-Match asks for, or undefined: then whatever is there may be changed. */
export function ifMatchOf(request: Request): string | undefined {
  return request.headers['if-match']
}

/**
 * Refuses a request whose If-Match names another state than the present one.
 * @param lock reads the present representation, which nobody changes until the transaction ends; not called without
 *   If-Match
 * @throws AppError 412 `precondition_failed`; what lock throws
 */
export async function checkIfMatch(request: Request, lock: () => Promise<unknown>): Promise<void> {
  const ifMatch = ifMatchOf(request)
  if (ifMatch !== undefined) requireMatch(ifMatch, await lock())
}

/**
 * Refuses to go on when a representation is none of those that If-Match names (RFC 9110, 13.1.1); weak tags never match.
 * @param ifMatch the header's value: `*`, or entity tags with commas between them
 * @param body the present representation of what is to be changed, read with a lock
 * @throws AppError 412 `precondition_failed`
 */
export function requireMatch(ifMatch: string, body: unknown): void {
  if (ifMatch.trim() === '*') return
  const tag = etagOf(body)
  if (!ifMatch.split(',').some((given) => given.trim() === tag)) throw new AppError('precondition_failed')
}
