import { load } from './load.mjs'

const SECONDS = 3

/**
 * Requests a second of several servers, which take turns so that what the machine does meanwhile hits all of them alike.
 * @param contestants  name -> request as load() takes it
 * @returns name -> { rate: median, spread: [least, most], p50, p99 } of the turns
 */
export async function raceHttp(what, contestants, turns = 5) {
  const runs = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]))
  for (let turn = 0; turn <= turns; turn += 1) {
    for (const [name, request] of Object.entries(contestants)) {
      process.stderr.write(`${what}: turn ${turn} of ${turns}, ${name}                \r`)
      const run = await load(request, SECONDS)
      // The first turn warms up.
      if (turn > 0) runs[name].push(run)
    }
  }
  return Object.fromEntries(Object.entries(runs).map(([name, list]) => [name, summarise(list)]))
}

function summarise(list) {
  const sorted = list.toSorted((one, other) => one.rate - other.rate)
  return { ...sorted[Math.floor(sorted.length / 2)], spread: [sorted[0].rate, sorted.at(-1).rate] }
}
