import { setTimeout as pause } from 'node:timers/promises'
import { DomainError, RETRY_AFTER_SECONDS } from '../../core/errors.js'
import type { Database, Transaction } from '../../platform/postgres/client.js'
import { Prisma } from '../../platform/postgres/generated/client.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import type { Services } from '../services.js'
import { NothingChangedError, PAYMENT_IN_PROGRESS } from './payment.errors.js'
import { limitProviderCalls } from './provider-limiter.js'

/** Longer than reading from the provider and then changing something there, with all retries. */
export const CLAIM_SECONDS = 90
/** Longer than one call to the provider, with all retries. */
export const MAX_CALL_MS = 60_000
const MAX_WAIT_MS = 20_000
const POLL_INTERVAL_MS = 200

/** When a job completes what a request has stored, if calling the provider in the request itself fails. */
export const COMPLETION_DELAY_SECONDS = 30

/** A row with the status REQUESTED, which becomes another status by the response of the provider. */
export interface RequestedRow {
  readonly table: 'plan_changes' | 'refund_parts'
  readonly id: bigint
}

/** @throws when the claim may expire before a call to the provider that starts now has ended */
type AssertClaimed = () => void

/**
 * Runs `work`, which calls the provider about a requested row, in one process at a time. The claim is committed
 * before, so that no transaction is open during the calls. If the process dies, another one can claim the row
 * when the claim has expired.
 * @param work  calls `assertClaimed` directly before it moves money
 * @returns false if another process has claimed the row; true if `work` has run, or has nothing left to do
 */
export function runClaimed(
  { db }: Pick<Services, 'db'>,
  row: RequestedRow,
  work: (assertClaimed: AssertClaimed) => Promise<void>,
): Promise<boolean> {
  return limitProviderCalls(async () => {
    const startedAt = performance.now()
    const until = await claim(db, row)
    if (!until) return !(await isRequested(db, row))
    try {
      await work(() => assertTimeToCall(startedAt, `${row.table} ${row.id}`))
      return true
    } finally {
      // If this fails, the claim expires automatically.
      await release(db, row, until).catch(() => undefined)
    }
  })
}

/**
 * @param startedAt  when the row was claimed, by `performance.now()`
 * @throws when the claim may expire before a call to the provider that starts now has ended
 */
export function assertTimeToCall(startedAt: number, row: string): void {
  if (performance.now() - startedAt > CLAIM_SECONDS * 1000 - MAX_CALL_MS)
    throw new NothingChangedError(`The claim of ${row} expires too soon to call the payment provider; it is retried later`)
}

async function claim(db: Database, { table, id }: RequestedRow): Promise<Date | undefined> {
  const rows = await db.$queryRaw<{ until: Date }[]>`
    UPDATE ${Prisma.raw(table)} SET claimed_until = statement_timestamp() + ${CLAIM_SECONDS} * interval '1 second'
    WHERE id = ${id} AND status = 'REQUESTED' AND (claimed_until IS NULL OR claimed_until <= statement_timestamp())
    RETURNING claimed_until AS until`
  return rows[0]?.until
}

/** Ends the claim, unless another process has taken it over. */
async function release(db: Database, { table, id }: RequestedRow, until: Date): Promise<void> {
  await db.$executeRaw`UPDATE ${Prisma.raw(table)} SET claimed_until = NULL WHERE id = ${id} AND claimed_until = ${until}::timestamptz`
}

async function isRequested(db: Database, { table, id }: RequestedRow): Promise<boolean> {
  const rows = await db.$queryRaw<object[]>`SELECT id FROM ${Prisma.raw(table)} WHERE id = ${id} AND status = 'REQUESTED'`
  return rows.length > 0
}

/**
 * Runs `finish` in a job. It leaves a row that another process has claimed to that process, and checks again later.
 * @param enqueueJob  enqueues the job again
 */
export async function finishOrRetry(
  { db }: Pick<Services, 'db'>,
  finish: () => Promise<boolean>,
  enqueueJob: (tx: Transaction, delaySeconds: number) => Promise<void>,
): Promise<void> {
  if (await finish()) return
  await runTransaction(db, (tx) => enqueueJob(tx, CLAIM_SECONDS))
}

/**
 * Runs `finish` until it returns true: while another request or process has claimed the row, this one waits for
 * its outcome.
 * @throws PAYMENT_IN_PROGRESS when that takes too long
 */
export async function waitUntilFinished(finish: () => Promise<boolean>): Promise<void> {
  const startedAt = performance.now()
  while (!(await finish())) {
    if (performance.now() - startedAt > MAX_WAIT_MS) throw paymentInProgressError('The payment provider has not responded yet')
    await pause(POLL_INTERVAL_MS)
  }
}

export function paymentInProgressError(message: string): DomainError {
  return new DomainError(PAYMENT_IN_PROGRESS, `${message}; try again in a few seconds`, { retryAfter: RETRY_AFTER_SECONDS })
}
