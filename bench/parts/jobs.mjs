// Background jobs, and notifying other processes.

import { withDatabase } from '../database.mjs'
import { atLeast, atMost, compare, number, percent, times } from '../format.mjs'
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

One after another, jobs take ${asLong(queues.many)} after those of ${number(queues.subjects)} subjects, which share 64 queues. With a queue for
each subject, as in earlier versions, they took ${asLong(queues.queuePerSubject)}, and after their purge ${asLong(queues.purged)}.

With ${CONNECTIONS} connections, notifications of other processes leave **${percent(commits.after.rate / commits.none.rate)}** of the commits per second. Quittance notifies after
the commit, in transactions of their own, each for all changes of 20 ms. NOTIFY inside the transactions, which then commit one after
the other, leaves ${percent(commits.inside.rate / commits.none.rate)}.`,
  }
}
