// The cost of a background job by the number of subjects whose jobs the database has run before.
import { Logger, runOnce } from 'graphile-worker'
import { purgeUnusedQueues } from '../dist/platform/jobs/purge-queues.js'
import { queueName } from '../dist/platform/jobs/queue.js'
import { connectDirectly } from './database.mjs'
import { race } from './measure.mjs'
import { sized } from './size.mjs'

const SUBJECTS = sized(100_000, 1000)
const JOBS_PER_ROUND = sized(300, 10)
/** Fewer, because with a queue per subject a job takes a third of a second. */
const PREVIOUS_DESIGN_JOBS_PER_ROUND = sized(10, 2)
const ROUNDS = sized(3, 1)
const SOURCE = 'bench'
export const silentLogger = new Logger(() => () => undefined)

/**
 * @param database  without other running jobs
 * @returns jobs: without earlier subjects; after 100,000 subjects; with one queue per subject, as earlier versions
 *   created; and after those queues were purged
 */
export async function benchQueues(database) {
  const { db, pool, close } = connectDirectly(database.connection, 4)
  const measure = async (label, count = JOBS_PER_ROUND) => {
    const { jobs } = await race(label, { jobs: { run: () => runJobs(pool, count), operations: count } }, { rounds: ROUNDS, database })
    return jobs
  }
  await pool.query('DELETE FROM graphile_worker._private_job_queues WHERE locked_at IS NULL')
  const none = await measure('jobs without earlier subjects')
  await processSubjects(pool)
  const many = await measure(`jobs after ${SUBJECTS} subjects`)
  await pool.query(
    `INSERT INTO graphile_worker._private_job_queues (queue_name) SELECT '${SOURCE}:subject:' || n FROM generate_series(1, ${SUBJECTS}) AS n`,
  )
  await pool.query('ANALYZE graphile_worker._private_job_queues')
  const queuePerSubject = await measure('jobs with a queue per subject', PREVIOUS_DESIGN_JOBS_PER_ROUND)
  await purgeUnusedQueues(db)
  await pool.query('VACUUM ANALYZE graphile_worker._private_job_queues')
  const purged = await measure('jobs after the purge of the queues')
  await close()
  return { subjects: SUBJECTS, none, many, queuePerSubject, purged }
}

/** Adds a job for each subject and completes it, which creates the queues that the subjects need. */
async function processSubjects(pool) {
  const queues = Array.from({ length: SUBJECTS }, (_, number) => queueName(SOURCE, `subscription:${number}`))
  await pool.query(
    `SELECT count(*) FROM graphile_worker.add_jobs(ARRAY(
       SELECT ('${SOURCE}', '{}', queue, now(), 1, NULL, 0, NULL)::graphile_worker.job_spec FROM unnest($1::text[]) AS queue))`,
    [queues],
  )
  await pool.query(
    `SELECT count(*) FROM graphile_worker.complete_jobs(ARRAY(SELECT id FROM graphile_worker.jobs WHERE task_identifier = '${SOURCE}'))`,
  )
  await pool.query('VACUUM ANALYZE graphile_worker._private_jobs')
}

async function runJobs(pool, count) {
  for (let number = 0; number < count; number += 1) {
    const values = [SOURCE, queueName(SOURCE, `subscription:${number}`)]
    await pool.query({ name: 'add', text: `SELECT FROM graphile_worker.add_job($1, '{}', queue_name => $2)`, values })
  }
  await runOnce({ pgPool: pool, taskList: { [SOURCE]: () => undefined }, noHandleSignals: true, logger: silentLogger })
}
