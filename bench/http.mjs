import { cpuOf, cpuOfDatabase } from './cpu.mjs'
import { load } from './load.mjs'
import { median } from './measure.mjs'
import { showProgress, sized } from './size.mjs'
import { countStatements } from './statements.mjs'

const SECONDS = sized(2, 0.2)
export const ROUNDS = sized(3, 1)

/**
 * Measures several servers. They take turns, so that other load on the machine affects all alike.
 * @param contestants  name -> parameters of load(), and
 *   `program`: the server, whose CPU time is measured;
 *   `settle`: resolves when the jobs of all requests have ended. Their CPU time counts, but not the time that they take.
 * @param options  `requests`: the maximum of a round, before `seconds` have passed;
 *   `database`: from startDatabase(), its CPU time and the statements of one request are measured
 * @returns name -> { rate: median, spread: [min, max], p50, p99, nodeCpu and databaseCpu: milliseconds per request,
 *   statements, withJobs }
 */
export async function raceHttp(label, contestants, { rounds = ROUNDS, seconds = SECONDS, requests, database } = {}) {
  const runs = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]))
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, contestant] of Object.entries(contestants)) {
      showProgress(`${label}: round ${round} of ${rounds}, ${name}`)
      const run = await measureCpu(contestant, database, () => load(contestant, { seconds, requests }))
      // The first round is a warm-up.
      if (round > 0) runs[name].push(run)
    }
  }
  const results = Object.fromEntries(Object.entries(runs).map(([name, list]) => [name, summarize(list)]))
  if (database) {
    for (const [name, contestant] of Object.entries(contestants)) Object.assign(results[name], await statementsOf(contestant, database))
  }
  return results
}

function statementsOf(contestant, database) {
  const { program, settle } = contestant
  return countStatements(database, program.role, () => load(contestant, { requests: 1 }), settle)
}

/**
 * @param work  returns a result with the number of `requests`
 * @returns the result with the CPU times per request
 */
export async function measureCpu({ program, settle }, database, work) {
  const read = () => [program ? cpuOf(program.pid) : Number.NaN, database ? cpuOfDatabase(database.pid) : Number.NaN]
  await settle?.()
  const before = read()
  const result = await work()
  await settle?.()
  const [nodeCpu, databaseCpu] = read().map((after, index) => (after - before[index]) / result.requests)
  return { ...result, nodeCpu, databaseCpu }
}

/** The run with the median rate, and the medians of the CPU times. */
export function summarize(runs) {
  const sorted = runs.toSorted((one, other) => one.rate - other.rate)
  const of = (name) => median(runs.map((run) => run[name]))
  return {
    ...sorted[Math.floor(sorted.length / 2)],
    spread: [sorted[0].rate, sorted.at(-1).rate],
    nodeCpu: of('nodeCpu'),
    databaseCpu: of('databaseCpu'),
  }
}
