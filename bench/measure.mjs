import { cpuOfDatabase } from './cpu.mjs'
import { showProgress, sized } from './size.mjs'
import { countCalls } from './statements.mjs'

/**
 * Measures several functions of this process. They take turns, so that other load on the machine affects all alike.
 * @param contestants  name -> { run(index): performs the work once, count: calls per round, default 1;
 *   operations: that one call performs, default 1; role: whose statements are counted;
 *   start and stop: what happens before and after each round and is not measured }
 * @param database  from startDatabase(), whose CPU time is measured
 * @returns name -> { rate: median of the rounds, per second, spread: [min, max], nodeCpu and databaseCpu: milliseconds per
 *   operation, statements: per operation }
 */
export async function race(label, contestants, { rounds = sized(5, 1), database } = {}) {
  const runs = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]))
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, contestant] of Object.entries(contestants)) {
      showProgress(`${label}: round ${round} of ${rounds}, ${name}`)
      const run = await runRound(contestant, database)
      // The first round is a warm-up.
      if (round > 0) runs[name].push(run)
    }
  }
  return Object.fromEntries(Object.entries(runs).map(([name, list]) => [name, summarizeRounds(list)]))
}

async function runRound({ run, count = 1, operations = 1, role, start, stop }, database) {
  await start?.()
  const work = async () => {
    for (let index = 0; index < count; index += 1) await run(index)
  }
  const measured = await measureWork(work, { operations: count * operations, database, role })
  await stop?.()
  return measured
}

/** @returns the rate, and the CPU times and statements per operation, of work of this process */
export async function measureWork(work, { operations, database, role }) {
  const read = async () => [database ? cpuOfDatabase(database.pid) : Number.NaN, role ? await countCalls(database, role) : Number.NaN]
  const [databaseCpu, statements] = await read()
  const cpu = process.cpuUsage()
  const start = performance.now()
  await work()
  const elapsed = performance.now() - start
  const { user, system } = process.cpuUsage(cpu)
  const [databaseCpuAfter, statementsAfter] = await read()
  const rate = (operations * 1000) / elapsed
  return {
    rate,
    spread: [rate, rate],
    nodeCpu: (user + system) / 1000 / operations,
    databaseCpu: (databaseCpuAfter - databaseCpu) / operations,
    statements: (statementsAfter - statements) / operations,
  }
}

function summarizeRounds(list) {
  const of = (name) => list.map((run) => run[name])
  return {
    rate: median(of('rate')),
    spread: [Math.min(...of('rate')), Math.max(...of('rate'))],
    nodeCpu: median(of('nodeCpu')),
    databaseCpu: median(of('databaseCpu')),
    statements: median(of('statements')),
  }
}

export function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
}
