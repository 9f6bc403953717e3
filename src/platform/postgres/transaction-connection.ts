import { AsyncLocalStorage } from 'node:async_hooks'
import pg from 'pg'
import type { Prisma, PrismaClient } from './generated/client.js'
import { TYPE_PARSERS } from './raw-query.js'
import { type Executor, type PreparedStatement, setExecutor } from './run-statement.js'

type Transaction = Prisma.TransactionClient

/** As long as it takes until the locks of a burst of requests for one customer are free. */
const TIMEOUT_MS = 30_000
const PRISMA_OPTIONS = { maxWait: TIMEOUT_MS, timeout: TIMEOUT_MS }
/** PostgreSQL's code for the end of a transaction that has taken too long. */
const TRANSACTION_TIMEOUT = '25P04'
const NO_ROWS = { command: '', fields: [], oid: 0, rowCount: 0, rows: [] }

type Query = pg.QueryConfig & { readonly types?: pg.CustomTypesConfig }

/** The connection of the transaction that Prisma is about to join. */
const joinedConnection = new AsyncLocalStorage<pg.PoolClient>()
/** Those that Prisma has not joined yet. */
const joining = new Set<pg.PoolClient>()

/** The pool as Prisma sees it. A transaction of Prisma joins the one within which it is opened. */
export function poolForPrisma(pool: pg.Pool): pg.Pool {
  const connect = () => {
    const joined = joinedConnection.getStore()
    if (!joined) return pool.connect()
    endJoining(joined)
    return Promise.resolve(joined)
  }
  return Object.create(pool, { connect: { value: connect } })
}

/** While the storage is in use, Node 20 and 22 call hooks for every promise of the process, and an await takes twice as long. */
function endJoining(client: pg.PoolClient): void {
  joining.delete(client)
  if (joining.size === 0) joinedConnection.disable()
}

/**
 * A transaction on a connection. Statements that are written by hand run on it directly. Prisma joins it when it is first used
 * within it, because a transaction of Prisma costs as much as several statements.
 */
export class TransactionConnection implements Executor {
  /** What commands receive. It looks like a transaction of Prisma. */
  readonly transaction: Transaction
  readonly #client: pg.PoolClient
  readonly #db: PrismaClient
  readonly #startedAt = performance.now()
  #prisma: { readonly opened: Promise<Transaction>; end(error?: Error): Promise<void> } | undefined
  #savepoint: 'none' | 'wanted' | 'set' = 'none'
  /** BEGIN, until it has been answered. */
  #begun: Promise<unknown> | undefined
  /** Statements may only run while it is open: later the connection belongs to another transaction, or to none. */
  #state: 'open' | 'ending' | 'ended' = 'open'

  private constructor(client: pg.PoolClient, db: PrismaClient) {
    this.#client = client
    this.#db = db
    this.transaction = this.#createTransaction()
    setExecutor(this.transaction, this)
    connections.set(this.transaction, this)
    this.#begun = this.#send({ text: 'BEGIN', values: [] }).then(() => {
      this.#begun = undefined
    })
    // The first statement reports it.
    this.#begun.catch(() => undefined)
  }

  static async begin(pool: pg.Pool, db: PrismaClient): Promise<TransactionConnection> {
    return new TransactionConnection(await pool.connect(), db)
  }

  async query({ text, isRead }: { readonly text: string; readonly isRead: boolean }, values: readonly unknown[]) {
    const { rows } = await this.#run(toQuery({ text, values }), isRead)
    return rows as Record<string, unknown>[]
  }

  /**
   * Commits in the same packet as the last statement. If that fails, PostgreSQL rolls back at COMMIT.
   * @returns the row of the last statement
   */
  async commit(last: PreparedStatement | undefined): Promise<Record<string, unknown> | undefined> {
    await this.#begun
    await this.#prisma?.end()
    const written = last && this.#send(toQuery(last))
    // COMMIT is sent only after the last statement, and awaited first.
    written?.catch(() => undefined)
    this.#state = 'ending'
    const { command } = await this.#send({ text: 'COMMIT', values: [] })
    this.#state = 'ended'
    const result = await written
    // PostgreSQL answers ROLLBACK, without an error, after a statement has failed.
    if (command !== 'COMMIT') throw new Error(`the transaction was not committed, but ended with ${command}`)
    this.#client.release()
    return result?.rows[0]
  }

  /** Never throws. Closes the connection if it does not respond. */
  async rollBack(): Promise<void> {
    const isEnded = this.#state === 'ended'
    this.#state = 'ended'
    try {
      await this.#prisma?.end(new Error('the transaction is rolled back'))
      if (!isEnded) await this.#client.query({ text: 'ROLLBACK', values: [] })
      this.#client.release()
    } catch (error) {
      this.#client.release(error as Error)
    }
  }

  /** Sets a savepoint before the next statement that may write. */
  wantSavepoint(): void {
    this.#savepoint = 'wanted'
  }

  /** Call it when nothing will be rolled back to the savepoint any more. */
  forgetSavepoint(): void {
    this.#savepoint = 'none'
  }

  async rollBackToSavepoint(): Promise<void> {
    const isSet = this.#savepoint === 'set'
    this.#savepoint = 'none'
    if (isSet) await this.#client.query({ text: 'ROLLBACK TO SAVEPOINT work', values: [] })
  }

  async #run(query: Query, isRead: boolean): Promise<pg.QueryResult> {
    if (performance.now() - this.#startedAt > TIMEOUT_MS)
      throw Object.assign(new Error(`the transaction has taken longer than ${TIMEOUT_MS} ms`), { code: TRANSACTION_TIMEOUT })
    // Reads are sent with BEGIN. A write would take effect on its own if BEGIN failed.
    if (this.#begun && !isRead) await this.#begun
    if (this.#state !== 'open') throw new Error('the transaction has ended')
    const before = [this.#begun]
    if (this.#savepoint === 'wanted' && !isRead) {
      this.#savepoint = 'set'
      before.push(this.#send({ text: 'SAVEPOINT work', values: [] }))
    }
    const [result] = await Promise.all([this.#send(query), ...before])
    return result
  }

  /** Sends a statement, in one packet with all that is sent before the next turn of the event loop. */
  #send(query: Query): Promise<pg.QueryResult> {
    const { stream } = this.#client.connection
    stream.cork()
    process.nextTick(() => stream.uncork())
    return this.#client.query(query)
  }

  #createTransaction(): Transaction {
    const call =
      (model: string | undefined, name: string) =>
      async (...parameters: unknown[]) => {
        const prisma = await this.#openPrisma()
        const target: unknown = model === undefined ? prisma : Reflect.get(prisma, model)
        return (target as Record<string, (...all: unknown[]) => unknown>)[name]?.(...parameters)
      }
    const modelProxy = (model: string) => new Proxy({}, { get: (_, name) => call(model, String(name)) })
    const get = (_: object, name: string | symbol) => {
      // Nobody awaits a transaction, but promises look for this field.
      if (typeof name !== 'string' || name === 'then') return undefined
      return name.startsWith('$') ? call(undefined, name) : modelProxy(name)
    }
    return new Proxy({}, { get }) as Transaction
  }

  #openPrisma(): Promise<Transaction> {
    this.#prisma ??= this.#joinWithPrisma()
    return this.#prisma.opened
  }

  /** Opens a transaction of Prisma, and keeps it open until `end`. */
  #joinWithPrisma() {
    let end: (error?: Error) => void = () => undefined
    const ended = new Promise<void>((resolve, reject) => {
      end = (error) => (error ? reject(error) : resolve())
    })
    // A transaction that is rolled back before Prisma has joined it.
    ended.catch(() => undefined)
    let closed: Promise<void> = Promise.resolve()
    const opened = new Promise<Transaction>((resolve, reject) => {
      const work = (tx: Transaction) => {
        resolve(tx)
        return ended
      }
      const client = this.#clientForPrisma()
      joining.add(client)
      closed = joinedConnection.run(client, () => this.#db.$transaction(work, PRISMA_OPTIONS))
      closed.catch((error: unknown) => {
        if (joining.has(client)) endJoining(client)
        reject(error)
      })
    })
    return {
      opened,
      async end(error?: Error) {
        end(error)
        await (error ? closed.catch(() => undefined) : closed)
      },
    }
  }

  /** Prisma does not begin, commit or roll back, and does not release the connection. */
  #clientForPrisma(): pg.PoolClient {
    const client = this.#client
    const query = (config: Query) =>
      /^(BEGIN|COMMIT|ROLLBACK)$/.test(config.text) ? Promise.resolve(NO_ROWS) : this.#run(config, /^SELECT "/.test(config.text))
    return Object.create(client, { query: { value: query }, release: { value: () => undefined } })
  }
}

function toQuery({ text, values }: Pick<PreparedStatement, 'text' | 'values'>): Query {
  return { text, values: values as unknown[], types: TYPE_PARSERS }
}

const connections = new WeakMap<Transaction, TransactionConnection>()

/** @throws Error for a transaction that Prisma has begun itself */
export function connectionOf(tx: Transaction): TransactionConnection {
  const connection = connections.get(tx)
  if (!connection) throw new Error('the transaction was not begun by runTransaction')
  return connection
}
