/** A JSON schema of the dialect of OpenAPI 3.1 (2020-12), as far as our documents use it. */
export interface Schema {
  $ref?: string
  type?: string | string[]
  const?: unknown
  enum?: unknown[]
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: boolean | Schema
  propertyNames?: Schema
  items?: Schema
  prefixItems?: Schema[]
  minItems?: number
  maxItems?: number
  minProperties?: number
  minLength?: number
  maxLength?: number
  pattern?: string
  format?: string
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  exclusiveMaximum?: number
}

/** A parameter of an operation. */
export interface Parameter {
  name: string
  in: 'path' | 'query' | 'header' | 'cookie'
  required?: boolean
  schema?: Schema
}

/** What a media type holds; its examples are of bodies. */
interface Media {
  schema?: Schema
  examples?: Record<string, { value?: { code?: unknown } }>
}

/** An answer as it is documented: its header names are in lower case. */
export interface DocumentedAnswer {
  headers: Map<string, { required?: boolean; schema?: Schema }>
  /** By media type; none, no body. */
  content: Map<string, Media & { pointer: string; codes: unknown[] }>
}

/** One operation of a document, its references looked up but for those inside of schemas. */
export interface Operation {
  /** Such as `PATCH /v1/clients/{id}`. */
  name: string
  method: string
  path: string
  /** Every method that the document has at this path. */
  methods: string[]
  /** By what it lets in: nobody in particular, those of a tenant, or operators of the platform. */
  audience: 'anybody' | 'tenant' | 'operators'
  /** The lowest role that may call it, of those inside a tenant. */
  lowestRole?: string
  parameters: Parameter[]
  body?: { required: boolean; content: Map<string, Media> }
  /** By status. */
  answers: Map<number, DocumentedAnswer>
}

// biome-ignore lint/suspicious/noExplicitAny: a document is what it is; what is read of it is typed above
export type Document = any

const verbs = ['get', 'put', 'post', 'delete', 'patch', 'options', 'head', 'trace']

/** Every operation of an OpenAPI document, in its order. */
export function operationsOf(document: Document): Operation[] {
  return Object.entries<Document>(document.paths).flatMap(([path, item]) => {
    const present = verbs.filter((verb) => verb in item)
    return present.map((verb) => describe(document, { path, verb, item, methods: present }))
  })
}

function describe(
  document: Document,
  { path, verb, item, methods }: { path: string; verb: string; item: Document; methods: string[] },
): Operation {
  const operation = item[verb]
  const method = verb.toUpperCase()
  const pointer = ['paths', path, verb, 'responses']
  const body = operation.requestBody && lookUp(document, operation.requestBody)
  return {
    name: `${method} ${path}`,
    method,
    path,
    methods: methods.map((each) => each.toUpperCase()),
    audience: audienceOf(document, operation),
    lowestRole: operation['x-lowest-role'],
    parameters: [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((parameter) =>
      lookUp(document, parameter),
    ),
    ...(body && {
      body: { required: body.required === true, content: new Map(Object.entries(body.content)) },
    }),
    answers: new Map(
      Object.entries<Document>(operation.responses).map(([status, answer]) => [
        Number(status),
        describeAnswer(document, answer, [...pointer, status]),
      ]),
    ),
  }
}

function describeAnswer(document: Document, answer: Document, place: string[]): DocumentedAnswer {
  const found = lookUp(document, answer)
  const pointer = answer.$ref ?? `#/${place.map(escapePointer).join('/')}`
  return {
    headers: new Map(
      Object.entries<Document>(found.headers ?? {}).map(([name, header]) => [
        name.toLowerCase(),
        lookUp(document, header),
      ]),
    ),
    content: new Map(
      Object.entries<Media>(found.content ?? {}).map(([type, media]) => [
        type.toLowerCase(),
        {
          ...media,
          codes: Object.values(media.examples ?? {}).map((example) => lookUp(document, example).value?.code),
          pointer: `${pointer}/content/${escapePointer(type)}`,
        },
      ]),
    ),
  }
}

/** RFC 6901, section 3, as a fragment of a URI (section 6). */
function escapePointer(name: string): string {
  return encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))
}

/** By the schemes that it takes: where nothing at all does, too, it is for anybody. */
function audienceOf(document: Document, operation: Document): Operation['audience'] {
  const ways: string[][] = (operation.security ?? document.security ?? []).map(Object.keys)
  if (ways.some((schemes) => schemes.length === 0)) return 'anybody'
  const schemes = new Set(ways.flat())
  if (schemes.has('superAdminToken')) return 'operators'
  return schemes.has('accessToken') ? 'tenant' : 'anybody'
}

/**
 * What a reference inside the document points at; anything else as it is.
 * @throws Error for one that points at nothing
 */
export function lookUp<Part extends object>(document: Document, part: Part | { $ref: string }): Part {
  let found: unknown = part
  while (typeof (found as { $ref?: unknown })?.$ref === 'string') {
    const { $ref } = found as { $ref: string }
    const names = $ref.slice(2).split('/').map(decodeURIComponent)
    found = names.reduce<Document>(
      (at, name) => at?.[name.replaceAll('~1', '/').replaceAll('~0', '~')],
      document,
    )
    if (found === undefined) throw new Error(`${$ref} points at nothing`)
  }
  return found as Part
}
