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
 * Builds and compiles a query of tenants once for each shape that it has, and then only puts values in: building costs
 * more than sending.
 * @param build gets stand-ins for the values, which it passes on as parameters without a look at them, and the shape,
 *   which decides everything else
 * @param options `isForJson`: nobody looks at its rows before they are JSON, so instants are read as the text that
 *   JSON has of a Date, which takes a tenth of the time. `decidesNothing`: it only reads what decides who may do what.
 *   `isShort`: whether it is, in this shape, what Statement calls short
 */
export const keepQueries = keepQueriesOf(tenantQueries)

/** The same, of the platform. */
export const keepPlatformQueries = keepQueriesOf(platformQueries)

function keepQueriesOf<Builder>(queries: Builder) {
  return <Values extends object, Query extends Compilable, Shape = undefined>(
    build: (queries: Builder, values: Values, shape: Shape) => Query,
    options: KeptOptions<Shape> = {},
  ) => keep((values: Values, shape: Shape) => build(queries, values, shape), options)
}

interface KeptOptions<Shape> {
  isForJson?: boolean
  decidesNothing?: boolean
  isShort?(shape: Shape): boolean
}

function keep<Values extends object, Query extends Compilable, Shape>(
  build: (values: Values, shape: Shape) => Query,
  { isForJson = false, decidesNothing = false, isShort = () => false }: KeptOptions<Shape>,
) {
  const kept = new Map<string | undefined, CompiledQuery>()
  return (values: Values, shape = undefined as Shape): Compilable<RowOf<Query>> => {
    const key = shape === undefined ? undefined : JSON.stringify(shape)
    let query = kept.get(key)
    if (!query) {
      query = build(standIns as Values, shape).compile()
      if (kept.size >= mostKept) kept.clear()
      kept.set(key, query)
    }
    const parameters = query.parameters.map((parameter) =>
      parameter instanceof StandIn ? fill(parameter, values) : parameter,
    )
    const filled = { ...query, parameters, isForJson, decidesNothing, isShort: isShort(shape) }
    return { compile: () => filled as CompiledQuery<RowOf<Query>> }
  }
}

function fill({ of }: StandIn, values: object): unknown {
  const value = (values as Record<string, unknown>)[of]
  if (isExpression(value))
    throw new TransactionError(`${of} is a piece of SQL, and stands where a value is kept free`)
  return value
}
