// How long it takes until the server is ready, on an empty disk and on existing data.
import { startQuittance } from './programs.mjs'

const TIMES = 5

/** @returns seconds: the middle, the least and the most of five */
export async function benchStart() {
  const runs = { empty: [], existing: [] }
  for (let time = 0; time <= TIMES; time += 1) {
    process.stderr.write(`start: ${time} of ${TIMES}          \r`)
    const first = await startQuittance({ DEMO: 'true' })
    await first.halt()
    const second = await startQuittance({ DEMO: 'true', DATA_DIR: first.dataDir })
    await second.stop()
    // The first one warms up the disk.
    if (time > 0) runs.empty.push(first.readyAfter)
    if (time > 0) runs.existing.push(second.readyAfter)
  }
  return { empty: summarise(runs.empty), existing: summarise(runs.existing) }
}

function summarise(list) {
  const sorted = list.toSorted((one, other) => one - other)
  return { middle: sorted[Math.floor(sorted.length / 2)], least: sorted[0], most: sorted.at(-1) }
}
