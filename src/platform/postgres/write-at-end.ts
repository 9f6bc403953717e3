import type { Prisma } from './generated/client.js'
import { bindTogether, type PreparedStatement, runTogether } from './run-statement.js'
import type { BoundStatement } from './statement.js'

type Transaction = Prisma.TransactionClient

/** Rows that nothing reads in the transaction that writes them, such as events. All of them are written together. */
export interface LateWrite<Item, Row = unknown> {
  /** The statement that writes the items, in their order. */
  bind(items: readonly Item[]): BoundStatement<Row>
  /** Receives what the statement returns. */
  onWritten?(tx: Transaction, rows: readonly Row[]): void
}

interface PendingWrites {
  /** Other statements, which run with the late writes. */
  readonly statements: BoundStatement[]
  readonly items: Map<LateWrite<unknown, unknown>, unknown[]>
  readonly steps: (() => Promise<void>)[]
}

const pendingByTransaction = new WeakMap<Transaction, PendingWrites>()

/** Enables writes at the end of a transaction. In others, such writes run at once. */
export function prepareLateWrites(tx: Transaction): void {
  pendingByTransaction.set(tx, { statements: [], items: new Map(), steps: [] })
}

/** Writes items right before the commit, in one statement with all other late writes of the transaction. */
export async function writeAtEnd<Item>(tx: Transaction, write: LateWrite<Item, unknown>, items: readonly Item[]): Promise<void> {
  if (items.length === 0) return
  const pending = pendingByTransaction.get(tx)
  if (!pending) return runWrites(tx, { items: new Map([[write, [...items]]]), statements: [] })
  const earlier = pending.items.get(write)
  if (earlier) earlier.push(...items)
  else pending.items.set(write, [...items])
}

/** Runs statements right before the commit, in one with the late writes. Their rows are not returned. */
export async function runWithLateWrites(tx: Transaction, statements: readonly BoundStatement[]): Promise<void> {
  const pending = pendingByTransaction.get(tx)
  if (pending) pending.statements.push(...statements)
  else await runTogether(tx, statements)
}

/**
 * Runs `step` at the end of the transaction, before the late writes, to which it can add. For what holds a lock on which all
 * other transactions wait.
 */
export async function runAtEnd(tx: Transaction, step: () => Promise<void>): Promise<void> {
  const pending = pendingByTransaction.get(tx)
  if (pending) pending.steps.push(step)
  else await step()
}

/** Forgets what a rollback to a savepoint has made void. */
export function forgetLateWrites(tx: Transaction): void {
  prepareLateWrites(tx)
}

/** Runs the steps for the end of the transaction. Call it before `takeLateWrites`. */
export async function runSteps(tx: Transaction): Promise<void> {
  for (const step of pendingByTransaction.get(tx)?.steps ?? []) await step()
}

/** Writes what is pending now, because a later step of the transaction changes what the rows describe. */
export async function writePending(tx: Transaction): Promise<void> {
  const pending = pendingByTransaction.get(tx)
  if (!pending) return
  pendingByTransaction.set(tx, { statements: [], items: new Map(), steps: pending.steps })
  await runWrites(tx, pending)
}

/** The late writes of a transaction as its last statement. */
interface LateStatement {
  /** Undefined if there is nothing to write. */
  readonly statement: PreparedStatement | undefined
  onWritten(row: Record<string, unknown> | undefined): void
}

/** Takes the late writes, to be sent together with the commit. Throws before anything is sent if they cannot be written. */
export function takeLateWrites(tx: Transaction): LateStatement {
  const pending = pendingByTransaction.get(tx)
  pendingByTransaction.delete(tx)
  const { writes, bound } = bindWrites(pending ?? { items: new Map(), statements: [] })
  const { statement, parse } = bindTogether(bound)
  return { statement, onWritten: (row) => tellWriters(tx, writes, parse(row)) }
}

type Writes = Pick<PendingWrites, 'items' | 'statements'>

async function runWrites(tx: Transaction, pending: Writes): Promise<void> {
  const { writes, bound } = bindWrites(pending)
  tellWriters(tx, writes, await runTogether(tx, bound))
}

function bindWrites({ items, statements }: Writes) {
  const writes = [...items.keys()]
  return { writes, bound: [...[...items].map(([write, each]) => write.bind(each)), ...statements] }
}

function tellWriters(tx: Transaction, writes: readonly LateWrite<unknown, unknown>[], rows: readonly unknown[][]): void {
  for (const [index, write] of writes.entries()) write.onWritten?.(tx, rows[index] ?? [])
}
