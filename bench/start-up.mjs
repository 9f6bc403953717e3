// The time until the server is ready, on an empty disk and with existing data.
import { startQuittance } from './programs.mjs'

const RUNS = 5

/** @returns seconds: median, minimum and maximum of five runs */
export async function benchStart() {
  const runs = { empty: [], existing: [] }
  for (let time = 0; time <= RUNS; time += 1) {
    process.stderr.write(`start: ${time} of ${RUNS}          \r`)
    const first = await startQuittance({ DEMO: 'true' })
    await first.stop()
    const second = await startQuittance({ DEMO: 'true', DATA_DIR: first.dataDir })
    await second.stopAndDelete()
    // The first run is a warm-up.
    if (time > 0) runs.empty.push(first.readyAfter)
    if (time > 0) runs.existing.push(second.readyAfter)
  }
  return { empty: summarise(runs.empty), existing: summarise(runs.existing) }
}

function summarise(list) {
  const sorted = list.toSorted((one, other) => one - other)
  return { median: sorted[Math.floor(sorted.length / 2)], min: sorted[0], max: sorted.at(-1) }
}
