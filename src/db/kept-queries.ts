import { type Compilable, type CompiledQuery, isExpression } from 'kysely'
import { platformQueries, tenantQueries } from './handles.ts'
import { TransactionError } from './statements.ts'

/** Stands in for a value while a query is compiled. */
class StandIn {
  readonly of: string

  constructor(of: string) {
    this.of = of
  }

  [Symbol.toPrimitive](): never {
    throw new TransactionError(`the value of ${this.of} is another each time: pass it on as a parameter`)
  }
}

const standIns = new Proxy<object>({}, { get: (_, name) => new StandIn(String(name)) })

/** A caller chooses filters and sorts: more shapes of one query than these are compiled anew. */
const mostKept = 200

type RowOf<Query> = Query extends Compilable<infer Row> ? Row : never

/**
 * Builds and compiles a query of a tenant once for each shape that it has, and then only puts values in: building costs
 * more than sending.
 * @param build gets stand-ins for the values, which it passes on as parameters without a look at them, and the shape,
 *   which decides everything else
 * @returns what makes the query of values and a shape; it throws TransactionError when build looks at a stand-in, or a
 *   value is a piece of SQL
 */
export const keepQueries: Keep<typeof tenantQueries> = keepQueriesOf(tenantQueries)

/** As keepQueries, over all tables. */
export const keepPlatformQueries: Keep<typeof platformQueries> = keepQueriesOf(platformQueries)

type Keep<Builder> = <Values extends object, Query extends Compilable, Shape = undefined>(
  build: (queries: Builder, values: Values, shape: Shape) => Query,
  options?: KeptOptions<Shape>,
) => (values: Values, shape?: Shape) => Compilable<RowOf<Query>>

interface KeptOptions<Shape> {
  /**
   * Nobody looks at its rows before they are JSON, so instants are read as the text that JSON has of a Date, which takes
   * a tenth of the time.
   */
  isForJson?: boolean
  /** It only reads what decides who may do what. */
  decidesNothing?: boolean
  /** Whether it is, in this shape, what Statement calls short. */
  isShort?(shape: Shape): boolean
}

function keepQueriesOf<Builder>(queries: Builder): Keep<Builder> {
  return <Values extends object, Query extends Compilable, Shape = undefined>(
    build: (queries: Builder, values: Values, shape: Shape) => Query,
    { isForJson = false, decidesNothing = false, isShort = () => false }: KeptOptions<Shape> = {},
  ) => {
    const kept = new Map<string | undefined, CompiledQuery>()
    return (values: Values, shape?: Shape) => {
      const key = shape === undefined ? undefined : JSON.stringify(shape)
      let query = kept.get(key)
      if (!query) {
        query = build(queries, standIns as Values, shape as Shape).compile()
        if (kept.size >= mostKept) kept.clear()
        kept.set(key, query)
      }
      const parameters = query.parameters.map((parameter) =>
        parameter instanceof StandIn ? fill(parameter, values) : parameter,
      )
      const filled = { ...query, parameters, isForJson, decidesNothing, isShort: isShort(shape as Shape) }
      return { compile: () => filled as CompiledQuery<RowOf<Query>> }
    }
  }
}

function fill({ of }: StandIn, values: object): unknown {
  const value = (values as Record<string, unknown>)[of]
  if (isExpression(value))
    throw new TransactionError(`${of} is a piece of SQL, and stands where a value is kept free`)
  return value
}
