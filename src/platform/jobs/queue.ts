import type { Transaction } from '../postgres/client.js'

/** What is done in the background, with what each task is told. */
export interface Tasks {
  drawDocument: { invoiceId: number }
  processWebhook: { eventId: string }
  cancelAtProvider: { provider: string; subscriptionId: string }
  finishRefund: { refundId: number }
  deliverSandboxWebhook: { name: string; body: string }
  /** What falls due with time: expiries, renewals, ends. */
  tick: Record<string, never>
  reconcile: Record<string, never>
  reapplyPlan: { reapplicationId: number }
  /** What nobody needs any more. */
  sweep: Record<string, never>
}

interface Options {
  /** Work of one queue is done one after the other. */
  queue?: string
  /** Not before so many seconds have passed. */
  delaySeconds?: number
  /** Work that others need not wait for. */
  isPatient?: boolean
}

/**
 * Asks for work in the background, in the transaction that makes it necessary: it is done if and only if that commits.
 * @param key  while a job with this key waits, it is not asked for again
 */
export async function enqueue<T extends keyof Tasks>(
  tx: Transaction,
  task: T,
  payload: Tasks[T],
  key: string,
  { queue, delaySeconds = 0, isPatient = false }: Options = {},
): Promise<void> {
  await tx.$executeRaw`
    SELECT graphile_worker.add_job(${task}, ${JSON.stringify(payload)}::json, queue_name => ${queue ?? null}::text, run_at => now() + ${delaySeconds} * interval '1 second', priority => ${isPatient ? 10 : 0}, job_key => ${key}, max_attempts => 20)`
}

/** What waits for another try of a task is done at once. */
export async function retryNow(tx: Transaction, task: keyof Tasks): Promise<void> {
  await tx.$executeRaw`
    SELECT graphile_worker.reschedule_jobs(array_agg(id), run_at => now(), attempts => 0) FROM graphile_worker.jobs
    WHERE task_identifier = ${task} AND locked_at IS NULL`
}
