import type { Prisma } from './generated/client.js'
import {
  type BoundStatement,
  type CompiledStatement,
  compileBatch,
  compileStatement,
  encodeParameters,
  parseBatchRows,
} from './statement.js'

type Transaction = Prisma.TransactionClient

/** Where statements run: in a transaction, or each for itself. */
export interface Executor {
  query(statement: Pick<CompiledStatement, 'text' | 'isRead'>, values: readonly unknown[]): Promise<Record<string, unknown>[]>
}

const executors = new WeakMap<object, Executor>()

/** Makes a client or a transaction run statements that are written by hand. */
export function setExecutor(tx: Transaction, executor: Executor): void {
  executors.set(tx, executor)
}

/** A transaction that Prisma has begun itself runs them through Prisma. */
function executorOf(tx: Transaction): Executor {
  return executors.get(tx) ?? { query: ({ text }, values) => tx.$queryRawUnsafe(text, ...values) }
}

/** Runs a statement. @returns its rows */
export async function readRows<Row>(tx: Transaction, bound: BoundStatement<Row>): Promise<Row[]> {
  const compiled = compileStatement(bound.statement)
  return (await executorOf(tx).query(compiled, encodeParameters(bound, compiled.parameters))) as Row[]
}

/** Runs a statement that returns at most one row, or whose first row counts. */
export async function readRow<Row>(tx: Transaction, bound: BoundStatement<Row>): Promise<Row | undefined> {
  const [row] = await readRows(tx, bound)
  return row
}

/** The rows of statements, by the names of the statements. */
export type RowsOf<B extends Record<string, BoundStatement>> = {
  [Name in keyof B]: B[Name] extends BoundStatement<infer Row> ? Row[] : never
}

/** Runs statements of any modules in one round trip. None sees what another one writes. @returns the rows of each */
export async function readTogether<B extends Record<string, BoundStatement>>(tx: Transaction, bound: B): Promise<RowsOf<B>> {
  const entries = Object.entries(bound)
  const rows = await runTogether(
    tx,
    entries.map(([, each]) => each),
  )
  return Object.fromEntries(entries.map(([name], index) => [name, rows[index]])) as RowsOf<B>
}

/** @returns the rows of each */
export async function runTogether(tx: Transaction, bound: readonly BoundStatement[]): Promise<unknown[][]> {
  const [only, ...others] = bound
  if (only && others.length === 0) return [await readRows(tx, only)]
  const { statement, parse } = bindTogether(bound)
  return statement ? parse((await executorOf(tx).query(statement, statement.values))[0]) : []
}

/** A statement that is ready to be sent. */
export interface PreparedStatement extends Pick<CompiledStatement, 'text' | 'isRead'> {
  readonly values: readonly unknown[]
}

/** Statements as one, undefined if there are none; and how to read the rows of each from its only row. */
export function bindTogether(bound: readonly BoundStatement[]) {
  const batch = compileBatch(bound.map(({ statement }) => statement))
  const values = bound.flatMap((each, index) => encodeParameters(each, batch.parameters[index] ?? []))
  const statement: PreparedStatement | undefined = bound.length > 0 ? { text: batch.text, isRead: batch.isRead, values } : undefined
  const parse = (row: Record<string, unknown> = {}) =>
    bound.map(({ statement: each }, index) => parseBatchRows(each, (row[index] ?? []) as unknown[][]))
  return { statement, parse }
}
