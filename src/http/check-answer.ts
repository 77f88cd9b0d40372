import { z } from 'zod'
import { codesOf } from './error-codes.ts'
import { toAppError } from './error-handler.ts'
import { problemMembers } from './problem-members.ts'
import type { Reply, Route } from './route.ts'

/** In tests: an answer that its route does not declare is a bug, and told as one. */
export function checkAnswer(route: Route, reply: Reply): void {
  const other = route.otherResponse
  const { status, body } = other && reply.status === other.status ? other : route.response
  if (reply.status !== status && reply.status < 500)
    throw new Error(`${route.path} does not declare ${reply.status}`)
  if (body) body.parse(reply.body)
  if (reply.json !== undefined && reply.json !== JSON.stringify(reply.body)) {
    throw new Error(`${route.path} sends another body than it answers`)
  }
}

/** In tests: an error that its route does not declare, or with members that its code does not have, is a bug, and told as one. */
export function checkError(route: Route, error: unknown): void {
  const { code, members } = toAppError(error)
  const name = `${route.method} ${route.path}`
  if (!codesOf(route).includes(code)) throw new Error(`${name} does not declare ${code}`, { cause: error })
  const schema = problemMembers[code]?.members ?? z.strictObject({})
  if (!schema.safeParse(members).success) {
    throw new Error(`${name} answers ${code} with other members than it has`, { cause: error })
  }
}
