/**
 * Measures the rates of several functions. They take turns, so that other load on
 * the machine affects all alike.
 * @param contestants  name -> { run(index): performs the work once, count: repetitions per round }
 * @returns name -> { rate: median of the rounds, per second, spread: [min, max] }
 */
export async function race(contestants, rounds = 7) {
  const rates = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]))
  for (const { run, count } of Object.values(contestants)) await runRound(run, count)
  for (let number = 0; number < rounds; number += 1) {
    for (const [name, { run, count }] of Object.entries(contestants)) rates[name].push(await runRound(run, count))
    process.stderr.write(`round ${number + 1} of ${rounds}\r`)
  }
  return Object.fromEntries(
    Object.entries(rates).map(([name, list]) => [name, { rate: median(list), spread: [Math.min(...list), Math.max(...list)] }]),
  )
}

async function runRound(run, count) {
  const start = performance.now()
  for (let index = 0; index < count; index += 1) await run(index)
  return (count / (performance.now() - start)) * 1000
}

export function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
}
