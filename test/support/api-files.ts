import { createRequire } from 'node:module'
import { join } from 'node:path'
import openapiTypes, { astToString, type OpenAPITSOptions, UNKNOWN } from 'openapi-typescript'
import { routes } from '../../src/app.ts'
import { createOpenApiDocument, printOpenApiDocument } from '../../src/http/openapi.ts'
import { version } from '../../src/version.ts'

const source = join(import.meta.dirname, '../../src')

/** The two files that are made from the declarations of the routes. */
export const apiFiles = {
  document: join(source, 'openapi.json'),
  types: join(source, 'client/api.ts'),
}

/** What the two files should contain. */
export async function describeApi(): Promise<{ document: string; types: string }> {
  const document = printOpenApiDocument(createOpenApiDocument(routes, version))
  const origin = 'Made by test/support/generate-api.ts from the declarations of the routes; do not edit.'
  return { document, types: `// ${origin}\n${await generateTypes(document)}` }
}

// Rules of OpenAPI 3.1, by https://redocly.com/docs/cli/rules; openapi-typescript brings their checker along.
const rules = [
  'struct',
  'no-unresolved-refs',
  'no-unused-components',
  'operation-operationId-unique',
  'operation-parameters-unique',
  'operation-2xx-response',
  'path-declaration-must-exist',
  'path-not-include-query',
  'path-parameters-defined',
  'no-identical-paths',
  'no-duplicated-tag-names',
  'no-enum-type-mismatch',
  'no-invalid-media-type-examples',
  'no-invalid-schema-examples',
  'security-defined',
]

/**
 * The TypeScript types of an OpenAPI document.
 * @throws Error when the document breaks one of the rules
 */
export async function generateTypes(document: string): Promise<string> {
  const require = createRequire(createRequire(import.meta.url).resolve('openapi-typescript'))
  const { createConfig } = require('@redocly/openapi-core')
  const options: OpenAPITSOptions = {
    redocly: await createConfig({ rules: Object.fromEntries(rules.map((rule) => [rule, 'error'])) }),
    silent: true,
    // What has a default may be left out of a body; an answer says itself what it always has.
    defaultNonNullable: false,
    // TypeScript has no type that a member of an interface could refer to for what holds any JSON.
    transform: (_schema, { path }) => (path?.endsWith('/schemas/JsonValue') ? UNKNOWN : undefined),
  }
  return astToString(await openapiTypes(document, options))
}
