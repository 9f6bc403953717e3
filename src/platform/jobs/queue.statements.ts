import { arrayOf, defineStatement, int, nullable, text } from '../postgres/statement.js'

export const ADD_JOBS = defineStatement({
  parameters: {
    jobNames: arrayOf(text),
    jobPayloads: arrayOf(text),
    jobQueues: arrayOf(nullable(text)),
    jobDelays: arrayOf(int),
    jobPriorities: arrayOf(int),
    jobKeys: arrayOf(text),
  },
  columns: { added: int },
  sql: `
    SELECT count(job)::int AS added FROM (
      SELECT add_job(name, payload::json, queue_name => queue, run_at => now() + delay * interval '1 second', priority => priority,
        job_key => key, max_attempts => 20) AS job
      FROM unnest($jobNames, $jobPayloads, $jobQueues, $jobDelays, $jobPriorities, $jobKeys)
        AS new (name, payload, queue, delay, priority, key)) AS added_job`,
})
