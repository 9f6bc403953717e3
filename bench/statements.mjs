// SQL statements of an operation, from pg_stat_statements.
import { openClient, query } from './database.mjs'
import { sized } from './size.mjs'

const TIMES = sized(15, 3)
/** Notifications of changes are sent after the last job, together. */
const NOTIFICATION_MS = 150
const CONTROL = 'BEGIN|COMMIT|ROLLBACK|SET|(UN)?LISTEN'
/** Several workers look for a job, more or fewer of them in vain. */
const FETCH_OF_JOB = 'with j as \\(\\s*select jobs\\.'
const countWithout = (start) => `
  SELECT coalesce(sum(calls), 0)::int AS calls FROM pg_stat_statements
  WHERE userid = (SELECT oid FROM pg_roles WHERE rolname = $1) AND query !~* '^\\s*(${start})'`

/** @returns the number of statements that a role has sent so far */
export async function countCalls({ counters }, role) {
  const [{ calls }] = await query(counters, countWithout(CONTROL), [role])
  return calls
}

/**
 * Counts the statements of a role during an operation, without BEGIN and COMMIT and without fetching jobs. The operation
 * runs several times, and the minimum is returned, without what a server polls meanwhile.
 * @param database  from startDatabase()
 * @param settle  resolves when the jobs of the operation have ended
 * @returns `statements` until its response, and `withJobs` until its jobs have ended
 */
export async function countStatements(database, role, operation, settle) {
  const counter = await openClient(database.counters)
  const text = countWithout(`${CONTROL}|${FETCH_OF_JOB}`)
  const read = async () => (await counter.query({ name: 'count', text, values: [role] })).rows[0].calls
  const settleAll = async () => {
    if (!settle) return
    await settle()
    await new Promise((done) => setTimeout(done, NOTIFICATION_MS))
  }
  const counts = []
  for (let time = 0; time < TIMES; time += 1) {
    await settleAll()
    const before = await read()
    await operation()
    const statements = (await read()) - before
    await settleAll()
    counts.push({ statements, withJobs: (await read()) - before })
  }
  await counter.end()
  const minimum = (name) => Math.min(...counts.map((count) => count[name]))
  return { statements: minimum('statements'), withJobs: minimum('withJobs') }
}
