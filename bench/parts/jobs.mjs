// Background jobs, and notifying other processes.

import { withDatabase } from '../database.mjs'
import { atLeast, atMost, compare, number, percent, spread, times, table as writeTable } from '../format.mjs'
import { benchQueues } from '../job-queue.mjs'
import { benchWorkers } from '../job-workers.mjs'
import { benchNotifications, CONNECTIONS } from '../notifications.mjs'

export const jobs = {
  name: 'jobs',
  title: 'Background jobs',
  run: () =>
    withDatabase(async (database) => ({
      workers: await benchWorkers(database),
      queues: await benchQueues(database),
      commits: await benchNotifications(database),
    })),
  summarize,
}

function summarize({ workers, queues, commits }) {
  const { table, comparisons } = compare({
    work: 'a background job',
    unit: 'jobs per second',
    ours: { name: 'Quittance', result: workers.ours },
    peers: [
      {
        name: 'graphile-worker alone',
        lacks: 'adding in a transaction with other writes, keys, release of the jobs of processes that have ended',
        result: workers.peer,
      },
    ],
  })
  const asLong = (result) => `${times(queues.none.rate / result.rate)} as long`
  return {
    goals: [
      atMost(
        `a background job after those of ${number(queues.subjects)} subjects, compared with none: time`,
        queues.none.rate / queues.many.rate,
        1.2,
      ),
      atLeast(
        `commits with ${CONNECTIONS} connections and notifications, compared with none`,
        commits.after.rate / commits.none.rate,
        0.8,
        percent,
      ),
    ],
    comparisons,
    text: `Jobs without work, added one by one by four connections while one worker runs four at a time, each in the queue of its subject.

${table}

One after another, by the jobs that the database has run before. Subjects share 64 queues.

${writeTable([
  ['before', 'jobs per second', ''],
  ['no subject', spread(queues.none), ''],
  [`${number(queues.subjects)} subjects`, spread(queues.many), asLong(queues.many)],
  [
    `a queue for each of ${number(queues.subjects)} subjects, as in earlier versions`,
    spread(queues.queuePerSubject),
    asLong(queues.queuePerSubject),
  ],
  ['the same after their purge', spread(queues.purged), asLong(queues.purged)],
])}

Commits per second with ${CONNECTIONS} connections. Quittance notifies other processes after the commit, in transactions of their own, each for all
changes of 20 ms. NOTIFY inside a transaction lets commits proceed one after the other only.

${writeTable([
  ['notifications', 'commits per second', 'compared with none'],
  ['none', spread(commits.none), ''],
  ['**after the commit**', spread(commits.after), percent(commits.after.rate / commits.none.rate)],
  ['inside the transaction', spread(commits.inside), percent(commits.inside.rate / commits.none.rate)],
])}`,
  }
}
