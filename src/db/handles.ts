import {
  type Compilable,
  type CompiledQuery,
  DefaultQueryExecutor,
  type Dialect,
  type Driver,
  Kysely,
  type KyselyPlugin,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely'
import type { DB } from './schema.ts'
import { TransactionError } from './statements.ts'
import type { Scope, Transaction } from './transaction.ts'

/** The tables with a tenant_id column: the one rule that makes a table tenant-owned, in types. */
export type TenantOwned = {
  [Table in keyof DB as DB[Table] extends { tenant_id: unknown } ? Table : never]: DB[Table]
}

/** What the tenant role reaches: its own tenant's rows, the catalogue of plans and the texts of notifications. */
export type TenantTables = TenantOwned & Pick<DB, 'plans' | 'notification_templates'>

declare const scopeBrand: unique symbol

/** What a handle does not offer: it is one transaction already, on a connection that is not ours to keep. */
type NotOnHandles =
  | 'transaction'
  | 'startTransaction'
  | 'connection'
  | 'destroy'
  | 'schema'
  | 'introspection'
  | 'executeQuery'

interface ScopeMethods<Handle> {
  /**
   * Sends a query whose answer nobody needs in one write with COMMIT, behind all others; when it is rejected,
   * nothing commits. Not from inside a savepoint. A function is asked for its query when nothing else can be asked for
   * any more, and may have none.
   */
  atCommit(query: Compilable | (() => Compilable | undefined)): void
  /**
   * Sends a query whose answer nobody needs in one write with BEGIN, ahead of all others. When it is rejected, nothing of
   * the transaction happens and that is its error, whatever the callback throws. Only before anything has left.
   */
  atBegin(query: Compilable): void
  /**
   * Sends a query in one write with what is kept for the commit, and COMMIT, and gives its rows when all of it is saved.
   * The handle is dead from then on, and an error behind it undoes nothing. Not from inside a savepoint.
   * @throws the server's error, of this query or one that leaves with it; AppError 503 `outcome_unknown`
   */
  runLast<Row>(query: Compilable<Row>): Promise<Row[]>
  /** Sends a query that was built beside the handle, such as a kept one, and gives its rows. */
  run<Row>(query: Compilable<Row>): Promise<Row[]>
  /**
   * Runs work inside a savepoint, the only nesting there is; await it before the next statement. When work
   * throws, only what it did is undone.
   */
  savepoint<T>(work: (inner: Handle) => Promise<T>): Promise<T>
}

type HandleOf<Tables> = Omit<Kysely<Tables>, NotOnHandles> & { readonly isTransaction: boolean }

/** A transaction inside one tenant, on the tenant role. Dead when its callback has ended, or its last statement has left. */
export type Tx = HandleOf<TenantTables> & ScopeMethods<Tx> & { readonly [scopeBrand]: 'tenant' }

/** As Tx, of the platform: signup, login, webhooks, jobs, operator. */
export type PlatformTx = HandleOf<DB> & ScopeMethods<PlatformTx> & { readonly [scopeBrand]: 'platform' }

type QueryBuilderOf<Tables> = Pick<HandleOf<Tables>, 'selectFrom' | 'with' | 'fn' | 'selectNoFrom'>

/** Builds queries over the tenant's tables; cannot execute them. */
export type TenantQueryBuilder = QueryBuilderOf<TenantTables>

/** Builds queries over all tables; cannot execute them. */
export type PlatformQueryBuilder = QueryBuilderOf<DB>

/** Builds kept queries, which a handle executes: inserts, too. */
type KeptBuilderOf<Tables> = QueryBuilderOf<Tables> & Pick<HandleOf<Tables>, 'insertInto'>

const compiler = new PostgresQueryCompiler()
const adapter = new PostgresAdapter()

function refuse(): never {
  throw new TransactionError('a handle has no connection of its own')
}

// Kysely falls back to the dialect's driver when none is given, so the one it gets has no connection to give.
const refusingDriver: Driver = {
  init: async () => refuse(),
  acquireConnection: async () => refuse(),
  beginTransaction: async () => refuse(),
  commitTransaction: async () => refuse(),
  rollbackTransaction: async () => refuse(),
  releaseConnection: async () => refuse(),
  destroy: async () => refuse(),
}
const dialect: Dialect = {
  createAdapter: () => adapter,
  createDriver: () => refusingDriver,
  createIntrospector: (db) => new PostgresIntrospector(db),
  createQueryCompiler: () => compiler,
}

/** Sends each query of its handle to the handle's transaction, counted from the moment it is asked for. */
class ScopeExecutor extends DefaultQueryExecutor {
  readonly #owner: { transaction: Transaction; scope: Scope } | undefined

  /** Without an owner it compiles and refuses to execute. */
  constructor(owner?: { transaction: Transaction; scope: Scope }, plugins: readonly KyselyPlugin[] = []) {
    super(compiler, adapter, { provideConnection: async () => refuse() }, [...plugins])
    this.#owner = owner
  }

  override async executeQuery<R>(query: CompiledQuery, options?: object): Promise<QueryResult<R>> {
    if (!this.#owner) refuse()
    const { transaction, scope } = this.#owner
    try {
      if (options && 'signal' in options && options.signal) {
        return await transaction.refuse('a statement cannot be aborted: what is cut off may have happened')
      }
      if (this.plugins.length > 0) return await transaction.refuse('plugins are not supported on a handle')
      const { command, rowCount, rows } = await transaction.run(scope, query)
      const isWrite = command !== 'SELECT' && rowCount !== null
      return { rows: rows as R[], numAffectedRows: isWrite ? BigInt(rowCount) : undefined }
    } catch (error) {
      throw tellAuthor(error)
    }
  }

  override stream(): never {
    throw new TransactionError('a pipelined connection cannot stream: use DECLARE and FETCH')
  }

  override withPlugin(plugin: KyselyPlugin): ScopeExecutor {
    return this.withPlugins([plugin])
  }

  override withPlugins(plugins: readonly KyselyPlugin[]): ScopeExecutor {
    return new ScopeExecutor(this.#owner, [...this.plugins, ...plugins])
  }

  override withPluginAtFront(plugin: KyselyPlugin): ScopeExecutor {
    return this.withPlugins([plugin])
  }

  override withoutPlugins(): ScopeExecutor {
    return new ScopeExecutor(this.#owner)
  }

  override withConnectionProvider(): never {
    refuse()
  }
}

/** The server's error was made where the socket is read; the stack that it gets here leads to the statement's author. */
function tellAuthor(error: unknown): unknown {
  if (error instanceof Error) Error.captureStackTrace(error)
  return error
}

class Handle<Tables> extends Kysely<Tables> {
  readonly #transaction: Transaction
  readonly #scope: Scope

  constructor(transaction: Transaction, scope: Scope) {
    const executor = new ScopeExecutor({ transaction, scope })
    super({ config: { dialect }, dialect, driver: refusingDriver, executor })
    this.#transaction = transaction
    this.#scope = scope
  }

  atCommit(query: Compilable | (() => Compilable | undefined)): void {
    const compiled = typeof query === 'function' ? () => query()?.compile() : query.compile()
    this.#transaction.runAtCommit(this.#scope, compiled)
  }

  atBegin(query: Compilable): void {
    this.#transaction.runAtBegin(this.#scope, query.compile())
  }

  async runLast<Row>(query: Compilable<Row>): Promise<Row[]> {
    try {
      return (await this.#transaction.runLast(this.#scope, query.compile())).rows as Row[]
    } catch (error) {
      throw tellAuthor(error)
    }
  }

  async run<Row>(query: Compilable<Row>): Promise<Row[]> {
    const { rows } = await this.getExecutor().executeQuery<Row>(query.compile())
    return rows
  }

  savepoint<T>(work: (inner: Handle<Tables>) => Promise<T>): Promise<T> {
    return this.#transaction.savepoint(this.#scope, (inner) => work(new Handle(this.#transaction, inner)))
  }
}

/** The handle of a tenant's transaction for one scope of it. */
export function createTx(transaction: Transaction, scope: Scope): Tx {
  return new Handle<TenantTables>(transaction, scope) as unknown as Tx
}

/** The handle of the platform's transaction for one scope of it. */
export function createPlatformTx(transaction: Transaction, scope: Scope): PlatformTx {
  return new Handle<DB>(transaction, scope) as unknown as PlatformTx
}

function createQueryBuilder<Tables>(): KeptBuilderOf<Tables> {
  return new Kysely<Tables>({
    config: { dialect },
    dialect,
    driver: refusingDriver,
    executor: new ScopeExecutor(),
  })
}

/** Builds over the tenant's tables; refuses to execute. */
export const tenantQueries = createQueryBuilder<TenantTables>()

/** Builds over all tables; refuses to execute. */
export const platformQueries = createQueryBuilder<DB>()
