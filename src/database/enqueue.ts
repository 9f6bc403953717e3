import type { Transaction } from './client.js'

/** What is done in the background, with what each task is told. */
export interface Tasks {
  drawDocument: { invoiceId: number }
}

/**
 * Asks for work in the background, in the transaction that makes it necessary: it is done if and only if that commits.
 * @param key  while a job with this key waits, it is not asked for again
 */
export async function enqueue<T extends keyof Tasks>(tx: Transaction, task: T, payload: Tasks[T], key: string): Promise<void> {
  await tx.$executeRaw`SELECT graphile_worker.add_job(${task}, ${JSON.stringify(payload)}::json, job_key => ${key}, max_attempts => 20)`
}
