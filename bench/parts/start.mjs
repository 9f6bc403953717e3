// The time until the server is ready, on an empty disk and with existing data.
import { atMost, seconds } from '../format.mjs'
import { median } from '../measure.mjs'
import { startQuittance } from '../programs.mjs'
import { showProgress, sized } from '../size.mjs'

const RUNS = sized(4, 1)
/** Run 0 is a warm-up. */
const FIRST = sized(0, 1)
/** With its own database and demo data, as a first `npm start`. */
const ENVIRONMENT = { DEMO: 'true' }

export const start = { name: 'start', title: 'Starting', run: measure, summarize }

/** @returns seconds */
async function measure() {
  const runs = { empty: [], existing: [] }
  for (let time = FIRST; time <= RUNS; time += 1) {
    showProgress(`start: ${time} of ${RUNS}`)
    const first = await startQuittance(ENVIRONMENT)
    await first.stop()
    const second = await startQuittance({ ...ENVIRONMENT, DATA_DIR: first.dataDir })
    await second.stopAndDelete()
    if (time > 0) runs.empty.push(first.readyAfter)
    if (time > 0) runs.existing.push(second.readyAfter)
  }
  return runs
}

function summarize({ empty, existing }) {
  const range = (values) => `${seconds(median(values))} (${seconds(Math.min(...values))} to ${seconds(Math.max(...values))})`
  return {
    goals: [
      atMost('time until ready, on existing data', median(existing), 1, seconds),
      atMost('time until ready, on an empty disk', median(empty), 4, seconds),
    ],
    text: `From the start of the process until \`/readyz\` succeeds: ${range(existing)} with existing data, and ${range(empty)} on an empty disk, with the
creation of the database and the demo data.`,
  }
}
