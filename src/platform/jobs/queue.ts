import { createHash } from 'node:crypto'
import type { z } from 'zod'
import { stringifyWithIds } from '../../core/json-ids.js'
import type { Transaction } from '../postgres/client.js'
import { bind } from '../postgres/statement.js'
import { type LateWrite, writeAtEnd } from '../postgres/write-at-end.js'
import { ADD_JOBS } from './queue.statements.js'

/** A kind of background job. */
export interface Job<P> {
  readonly name: string
  readonly payload: z.ZodType<P>
}

export function defineJob<P>(name: string, payload: z.ZodType<P>): Job<P> {
  return { name, payload }
}

/** Runs the jobs of one kind. Every job is idempotent: a second run changes nothing. */
export interface JobHandler<R> {
  readonly name: string
  run(runtime: R, payload: unknown): Promise<void>
}

/** @param run  receives the dependencies of the process and the payload of the job */
export function jobHandler<P, R>({ name, payload }: Job<P>, run: (runtime: R, payload: P) => Promise<unknown>): JobHandler<R> {
  return {
    name,
    run: async (runtime, given) => {
      await run(runtime, payload.parse(given))
    },
  }
}

/** graphile-worker stores a row per queue and reads all of them for each job, so their number is limited. */
const QUEUES_PER_SOURCE = 64

/**
 * Names the queue in which all jobs of a subject run one after another. Subjects share a limited number of
 * queues. Every process must compute the same name.
 * @param source  must not contain a colon
 */
export function queueName(source: string, subject: string): string {
  const slot = createHash('sha256').update(subject).digest().readUInt32BE(0) % QUEUES_PER_SOURCE
  return `${source}:${slot}`
}

interface EnqueueOptions {
  /** Jobs of the same queue run one after another. See `queueName`. */
  queue?: string
  /** The minimum delay before the job runs, seconds. */
  delaySeconds?: number
  /** Whether jobs with normal priority run first. */
  isLowPriority?: boolean
}

interface NewJob extends EnqueueOptions {
  readonly name: string
  readonly payload: string
  readonly key: string
}

const LATE_JOBS: LateWrite<NewJob> = {
  bind: (jobs) =>
    bind(ADD_JOBS, {
      jobNames: jobs.map(({ name }) => name),
      jobPayloads: jobs.map(({ payload }) => payload),
      jobQueues: jobs.map(({ queue }) => queue ?? null),
      jobDelays: jobs.map(({ delaySeconds = 0 }) => delaySeconds),
      jobPriorities: jobs.map(({ isLowPriority }) => (isLowPriority ? 10 : 0)),
      jobKeys: jobs.map(({ key }) => key),
    }),
}

/**
 * Adds a job in a transaction: it runs if and only if the transaction commits.
 * @param key  a pending job with the same key is replaced
 */
export async function enqueue<P>(tx: Transaction, job: Job<P>, payload: P, key: string, options: EnqueueOptions = {}): Promise<void> {
  await enqueueAll(tx, job, [{ payload, key }], options)
}

/** Adds many jobs of a kind with one statement, like `enqueue`. */
export async function enqueueAll<P>(
  tx: Transaction,
  { name }: Job<P>,
  jobs: readonly { payload: P; key: string }[],
  options: EnqueueOptions = {},
): Promise<void> {
  const added = jobs.map(({ payload, key }) => ({ name, payload: stringifyWithIds(payload), key, ...options }))
  await writeAtEnd(tx, LATE_JOBS, added)
}

/** Reschedules all pending jobs of a kind to run now. */
export async function retryNow<P>(tx: Transaction, { name }: Job<P>): Promise<void> {
  await tx.$executeRaw`
    SELECT reschedule_jobs(array_agg(id), run_at => now(), attempts => 0) FROM _private_jobs
    WHERE task_id = (SELECT id FROM _private_tasks WHERE identifier = ${name}) AND locked_at IS NULL`
}
