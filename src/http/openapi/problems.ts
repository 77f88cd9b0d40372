import { pascalCase } from 'es-toolkit'
import { z } from 'zod'
import type { oas31 } from 'zod-openapi'
import { type ErrorCode, problems } from '../../errors.ts'
import { describeProblem } from '../error-handler.ts'
import { problemMembers } from '../problem-members.ts'

type Schema = oas31.SchemaObject | oas31.ReferenceObject

const requestId = '0199c5b0-7f2e-7d4c-9d6a-1f0e8a52b3c4'

const inputErrors = {
  errors: [{ path: 'body.name', message: 'Invalid input: expected string, received undefined' }],
}

const base: oas31.SchemaObject = {
  type: 'object',
  description:
    'A problem document (RFC 9457). `code` never changes; `detail` is for people, in French or English.',
  properties: {
    type: { type: 'string', description: 'urn:tenantry:problem: and the code' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string' },
    request_id: { type: 'string', format: 'uuid' },
    errors: {
      type: 'array',
      description: 'What is wrong with which part of the input, such as `body.name` or `query.limit`.',
      items: {
        type: 'object',
        properties: { path: { type: 'string' }, message: { type: 'string' } },
        required: ['path', 'message'],
      },
    },
  },
  required: ['type', 'title', 'status', 'detail', 'code', 'request_id'],
}

/** What every operation's errors refer to: schemas, and one example of each code. */
export function problemComponents(codes: readonly ErrorCode[]) {
  const schemas: Record<string, Schema> = { Problem: base }
  const examples: Record<string, oas31.ExampleObject> = {}
  for (const code of codes) {
    const special = problemMembers[code]
    const value = {
      ...describeProblem(code, requestId, 'en'),
      ...(code === 'invalid_request' ? inputErrors : special?.example),
    }
    examples[code] = { summary: problems[code][1], value }
    if (special) schemas[schemaNameOf(code)] = withMembers(code, special.members)
  }
  return { schemas, examples }
}

/** The answer of one status, as a problem with one of these codes. */
export function problemResponse(codes: readonly ErrorCode[]): oas31.MediaTypeObject {
  const plain = codes.filter((code) => !problemMembers[code])
  const schemas: Schema[] = codes
    .filter((code) => problemMembers[code])
    .map((code) => ({ $ref: `#/components/schemas/${schemaNameOf(code)}` }))
  if (plain.length > 0) schemas.unshift(ofCode(plain.length === 1 ? { const: plain[0] } : { enum: plain }))
  const examples = codes.map((code) => [code, { $ref: `#/components/examples/${code}` }])
  return {
    schema: schemas.length === 1 ? schemas[0] : { oneOf: schemas },
    examples: Object.fromEntries(examples),
  }
}

function withMembers(code: ErrorCode, members: z.ZodObject): Schema {
  const { properties = {}, required = [] } = z.toJSONSchema(members, { io: 'input' })
  return ofCode({ const: code }, properties as Record<string, Schema>, required)
}

function ofCode(
  code: Pick<oas31.SchemaObject, 'const' | 'enum'>,
  properties: Record<string, Schema> = {},
  required: string[] = [],
): Schema {
  const own: oas31.SchemaObject = {
    type: 'object',
    properties: { code: { type: 'string', ...code }, ...properties },
    required: ['code', ...required],
  }
  return { allOf: [{ $ref: '#/components/schemas/Problem' }, own] }
}

function schemaNameOf(code: ErrorCode): string {
  return `${pascalCase(code)}Problem`
}
