import { load } from './load.mjs'

const SECONDS = 3

/**
 * Measures requests per second of several servers. They take turns, so that other load on
 * the machine affects all alike.
 * @param contestants  name -> parameters of load()
 * @returns name -> { rate: median, spread: [min, max], p50, p99 } of the rounds
 */
export async function raceHttp(label, contestants, rounds = 5) {
  const runs = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]))
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, request] of Object.entries(contestants)) {
      process.stderr.write(`${label}: round ${round} of ${rounds}, ${name}                \r`)
      const run = await load(request, SECONDS)
      // The first round is a warm-up.
      if (round > 0) runs[name].push(run)
    }
  }
  return Object.fromEntries(Object.entries(runs).map(([name, list]) => [name, summarise(list)]))
}

function summarise(list) {
  const sorted = list.toSorted((one, other) => one.rate - other.rate)
  return { ...sorted[Math.floor(sorted.length / 2)], spread: [sorted[0].rate, sorted.at(-1).rate] }
}
