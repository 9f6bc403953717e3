import type { Database } from '../postgres/client.js'
import { isLockTimeout } from '../postgres/database-errors.js'
import { Prisma } from '../postgres/generated/client.js'
import { runTransaction } from '../postgres/transaction.js'

const QUEUE_PURGE_BATCH_SIZE = 10_000

/** Queues that `queueName` does not name, without jobs. Earlier versions created one per subject. */
const UNUSED_QUEUES = Prisma.sql`
  FROM _private_job_queues AS queue
  WHERE locked_at IS NULL AND queue_name !~ '^[^:]+:[0-9]{1,2}$'
    AND NOT EXISTS (SELECT FROM _private_jobs WHERE job_queue_id = queue.id)`

/**
 * Deletes the rows of former queues, which make every job slower. graphile-worker's own `cleanup` is not safe
 * while jobs are added: a job that a running transaction adds to an existing queue would never run when the
 * queue is deleted. The lock waits for such transactions; after its timeout, the next purge tries again.
 */
export async function purgeUnusedQueues(db: Database): Promise<void> {
  while (await hasUnusedQueues(db)) {
    const removed = await deleteBatch(db).catch((error: unknown) => {
      if (isLockTimeout(error)) return 0
      throw error
    })
    if (removed < QUEUE_PURGE_BATCH_SIZE) return
  }
}

/** Does not lock, so that the hourly purge delays nobody once the former queues are gone. */
async function hasUnusedQueues(db: Database): Promise<boolean> {
  const rows = await db.$queryRaw<object[]>`SELECT 1 AS found ${UNUSED_QUEUES} LIMIT 1`
  return rows.length > 0
}

function deleteBatch(db: Database): Promise<number> {
  return runTransaction(db, async (tx) => {
    await tx.$executeRaw`SET LOCAL lock_timeout = '2s'`
    await tx.$executeRaw`LOCK TABLE _private_job_queues IN SHARE ROW EXCLUSIVE MODE`
    return tx.$executeRaw`
      DELETE FROM _private_job_queues WHERE id IN (SELECT id ${UNUSED_QUEUES} ORDER BY id LIMIT ${QUEUE_PURGE_BATCH_SIZE})`
  })
}
