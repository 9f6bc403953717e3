// npm run bench: measures all parts, or the named ones, and writes docs/performance.md. Every part compares with peers that it
// starts itself. The packages of peers that the tests do not use are in bench/package.json, so that npm ci does not
// install them. The results are in bench/results.json, so that parts can be measured one after another.
import { readFile, writeFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { PARTS } from './parts.mjs'
import { writeReport, writeSection } from './report.mjs'
import { isSmall } from './size.mjs'

const RESULTS = new URL('results.json', import.meta.url)
const REPORT = new URL('../docs/performance.md', import.meta.url)

// The option --small is read by size.mjs.
const { positionals: names } = parseArgs({ allowPositionals: true, options: { small: { type: 'boolean' } } })
const unknown = names.filter((name) => !PARTS.some((part) => part.name === name))
if (unknown.length > 0) throw new TypeError(`${unknown.join(', ')}: must be among ${PARTS.map(({ name }) => name).join(', ')}`)

const machine = `${cpus().length} x ${cpus()[0].model.trim()}, ${Math.round(totalmem() / 1_073_741_824)} GB, Node ${process.versions.node}, ${process.platform}-${process.arch}`
const stored = isSmall ? {} : await readResults()
const failed = []
const selected = PARTS.filter(({ name }) => names.length === 0 || names.includes(name))
for (const part of selected) await measure(part)

const measured = PARTS.filter(({ name }) => name in stored).map(({ name, title, summarize }) => {
  const { result, ...run } = stored[name]
  return { name, title, ...run, summary: summarize(result) }
})
if (measured.length === PARTS.length) {
  const report = writeReport(measured)
  console.log(report)
  if (!isSmall && failed.length === 0) {
    await writeFile(REPORT, report)
    console.error('written to docs/performance.md')
  }
} else {
  for (const part of measured.filter(({ name }) => selected.some((each) => each.name === name))) console.log(`${writeSection(part)}\n`)
}
for (const name of failed) console.error(`${name} has failed`)
process.exit(failed.length > 0 ? 1 : 0)

/** Other parts are measured although one has failed. */
async function measure({ name, run }) {
  const started = Date.now()
  try {
    // As it is read back later.
    const result = JSON.parse(JSON.stringify(await run()))
    stored[name] = { machine, date: new Date().toISOString().slice(0, 10), result }
    if (!isSmall) await writeResults()
  } catch (error) {
    console.error(error)
    failed.push(name)
  }
  console.error(`${name}: ${Math.round((Date.now() - started) / 1000)} s`.padEnd(100))
}

async function readResults() {
  const text = await readFile(RESULTS, 'utf8').catch(() => '{}')
  return JSON.parse(text)
}

function writeResults() {
  return writeFile(RESULTS, JSON.stringify(stored))
}
