import type { Transaction } from '../postgres/client.js'

/** The background tasks with their payloads. */
export interface Tasks {
  drawDocument: { invoiceId: number }
  processWebhook: { eventId: string }
  cancelAtProvider: { provider: string; subscriptionId: string }
  finishRefund: { refundId: number }
  deliverSandboxWebhook: { name: string; body: string }
  /** Transitions that are due at a time: expiries, renewals, ends. */
  tick: Record<string, never>
  reconcile: Record<string, never>
  reapplyPlan: { reapplicationId: number }
  /** Purges rows whose retention has ended. */
  sweep: Record<string, never>
}

interface EnqueueOptions {
  /** Jobs of the same queue run one after another. */
  queue?: string
  /** The minimum delay before the job runs, seconds. */
  delaySeconds?: number
  /** Whether jobs with normal priority run first. */
  isLowPriority?: boolean
}

/**
 * Adds a job in a transaction: it runs if and only if the transaction commits.
 * @param key  a pending job with the same key is replaced
 */
export async function enqueue<T extends keyof Tasks>(
  tx: Transaction,
  task: T,
  payload: Tasks[T],
  key: string,
  { queue, delaySeconds = 0, isLowPriority = false }: EnqueueOptions = {},
): Promise<void> {
  await tx.$executeRaw`
    SELECT graphile_worker.add_job(${task}, ${JSON.stringify(payload)}::json, queue_name => ${queue ?? null}::text,
      run_at => now() + ${delaySeconds} * interval '1 second', priority => ${isLowPriority ? 10 : 0}, job_key => ${key},
      max_attempts => 20)`
}

/** Reschedules all pending jobs of a task to run now. */
export async function retryNow(tx: Transaction, task: keyof Tasks): Promise<void> {
  await tx.$executeRaw`
    SELECT graphile_worker.reschedule_jobs(array_agg(id), run_at => now(), attempts => 0) FROM graphile_worker.jobs
    WHERE task_identifier = ${task} AND locked_at IS NULL`
}
