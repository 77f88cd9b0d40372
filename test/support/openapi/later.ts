import fc from 'fast-check'

/** What is at hand when a request is sent: those who make requests up do so before anything exists. */
export interface Present {
  /** A body that is accepted, new each time; undefined where nobody has given one. */
  example: Record<string, unknown> | undefined
  /** The last body that brought about a success, as it was sent. */
  accepted: string | Uint8Array | undefined
  /** The last request with an Idempotency-Key that did. */
  kept: { key: string; body: string | Uint8Array | undefined } | undefined
  /** What the query has to say where its schema does not tell all. */
  query: Record<string, string> | undefined
  /** The id of an object that a member of a body or query refers to by its name, such as `client_id`. */
  referred(name: string, whose: 'own' | 'other'): Promise<string>
  /** The entity tag that the path's object has now. */
  entityTag(): Promise<string>
  /** The cursor behind the first object of this list, or of another one. */
  cursor(of: 'this' | 'another'): Promise<string>
  /** A tenant that the callers do not belong to. */
  otherTenantId: string
  /** Stripe's signature of a body. */
  signatureOf(body: string): string
}

/**
 * Of the callers' tenant, of another, one that is deleted or used up by now, or that of the last success with an
 * Idempotency-Key.
 */
export type Whose = 'own' | 'other' | 'gone' | 'kept'

/** A value that is known only when the request is sent; a failure shows it as what it says. */
export class Later {
  readonly says: string
  readonly find: (present: Present) => unknown
  constructor(says: string, find: (present: Present) => unknown) {
    this.says = says
    this.find = find
  }

  /** What becomes of its value; a text alone can become another. */
  changed(says: string, change: (text: string) => string): Later {
    return new Later(`${this.says}, ${says}`, async (present) => {
      const value = await this.find(present)
      return typeof value === 'string' ? change(value) : value
    })
  }

  [fc.toStringMethod](): string {
    return `«${this.says}»`
  }
}

/** The value with everything in it that was to be known later. */
export async function settle(value: unknown, present: Present): Promise<unknown> {
  if (value instanceof Later) return value.find(present)
  if (Array.isArray(value)) return Promise.all(value.map((each) => settle(each, present)))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(
    async ([name, each]) => [name, await settle(each, present)] as const,
  )
  return Object.fromEntries(await Promise.all(entries))
}
