// npm run bench: runs all benchmarks and writes docs/performance.md. Ratios
// compare with peers of the same run. The peers that the tests do not use (114 MB) are in bench/package.json, so that
// npm ci does not install them.
import { fork } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { benchClaims } from './claims.mjs'
import { benchDrawing } from './draw-invoices.mjs'
import { benchInvoices } from './invoices.mjs'
import { benchJobs } from './jobs.mjs'
import { benchLayers } from './layers.mjs'
import { benchNotifications, CONNECTIONS } from './notifications.mjs'
import { benchOrders } from './orders.mjs'
import { benchPeriods } from './periods.mjs'
import { benchPlans } from './plans.mjs'
import { startQuittance, withDatabase } from './programs.mjs'
import { benchReads } from './reads.mjs'
import { benchRenewals } from './renewals.mjs'
import { benchSales } from './sales.mjs'
import { benchStart } from './start-up.mjs'
import { benchWorkers } from './workers.mjs'

const started = Date.now()
const startUp = await benchStart()
const quittance = await startQuittance()
const plans = await benchPlans(quittance)
const stored = await benchInvoices(quittance)
const claims = await benchClaims(quittance)
const orders = await benchOrders(quittance)
const reads = await benchReads(quittance)
const layers = await benchLayers(quittance.connection)
const commits = await benchNotifications(quittance.connection)
await quittance.stopAndDelete()
const sales = await benchSales()
const workers = await benchWorkers()
const jobs = await withDatabase(benchJobs)
const periods = await withDatabase(benchPeriods)
const renewals = await withDatabase(benchRenewals)
const drawing = await benchDrawing()
const memory = await memoryCurve()

const number = (value) => Math.round(value).toLocaleString('en')
const rate = (value) => `${value < 100 ? value.toFixed(1) : number(value)}/s`
const spread = ({ rate: median, spread: [min, max] }) => `${rate(median)} (${number(min)} to ${number(max)})`
const milliseconds = (value) => `${value.toFixed(1)} ms`
const times = (value) => `**${value.toFixed(1)}x**`
const percent = (value) => `**${Math.round(value * 100)}%**`
const seconds = ({ median, min, max }) => `${median.toFixed(2)} s (${min.toFixed(2)} to ${max.toFixed(2)})`
const largest = orders.sizes.at(-1)

/** The servers of bench/reads.mjs. */
const READERS = {
  quittance: '**Quittance**, GraphQL',
  rest: '**Quittance**, REST',
  apollo: 'Apollo Server on Express 5',
  yoga: 'GraphQL Yoga with graphql-jit on node:http',
  mercurius: 'Mercurius with its JIT on Fastify',
  postgraphile: 'PostGraphile 4 on node:http, without tokens',
}

const report = `# Performance

Written by \`npm run bench\`, which starts all peers and lets them take turns. Compare the ratios: absolute numbers
depend on the machine. Measured on ${cpus().length} x ${cpus()[0].model.trim()}, ${Math.round(totalmem() / 1_073_741_824)} GB, Node ${process.versions.node}, ${process.platform}-${process.arch}, ${new Date().toISOString().slice(0, 10)}.
The load generator runs on the same machine with 16 connections. The lowest and highest round follow each rate in
parentheses. Quittance runs under production rules with all features: tokens, rate limits, query costs.

| work | result | goal |
|---|---|---|
| the catalog over HTTP, anonymous, compared with Apollo on Express 5 serving the same plans from memory | ${times(plans.anonymous.rate / plans.peer.rate)} | 2.5x |
| the catalog over HTTP, signed in, compared with the same peer | ${times(plans.signedIn.rate / plans.peer.rate)} | 3x |
| \`order(id)\` with plan, compared with Apollo on Express 5 with handwritten pg | ${times(reads.one.quittance.rate / reads.one.apollo.rate)} | 1.4x |
| \`orders(first: 100)\` with plan, of ${number(largest.size)} orders, compared with plain pg and node:http | ${percent(largest.ours.rate / largest.bare.rate)} | 35% |
| page ${number(orders.pages.page)} of all orders, compared with page 1 | ${times(orders.pages.near.rate / orders.pages.far.rate)} as long | 1.5x at most |
| drawing an invoice, compared with pdfkit with Helvetica and a logo with transparency | ${times(drawing.ours.rate / drawing.helvetica.rate)} | 4x |
| drawing an invoice, compared with pdfkit with the same font embedded by path | ${times(drawing.ours.rate / drawing.embedded.rate)} | 60x |
| a stored invoice over HTTP, compared with plain node:http sending the same bytes | ${percent(stored.ours.rate / stored.peer.rate)} | 50% |
| a background job after those of ${number(jobs.subjects)} subjects, compared with none before | ${times(jobs.none.rate / jobs.many.rate)} as long | 1.2x at most |
| commits with ${CONNECTIONS} connections and notifications after the commit, compared with none | ${percent(commits.after.rate / commits.none.rate)} | 80% |
| time until ready: existing data, empty disk | ${startUp.existing.median.toFixed(2)} s, ${startUp.empty.median.toFixed(2)} s | 1 s, 4 s |
| p99 of reads from two worker processes while plans are applied, compared with reads alone | ${times(workers.ratio)} | 1.5x at most |

## The catalog

Twelve plans with their prices, 13 fields each, ${number(plans.bytes)} bytes. Responses are cached as text until a plan changes in
any process, and each principal gets its own cost with them. Administrators are not served from this cache. The peer has no tokens, no rate limits and no database.

| | plans | p50 | p99 | compared with the peer |
|---|---|---|---|---|
| **Quittance**, anonymous | ${spread(plans.anonymous)} | ${milliseconds(plans.anonymous.p50)} | ${milliseconds(plans.anonymous.p99)} | ${times(plans.anonymous.rate / plans.peer.rate)} |
| **Quittance**, signed in | ${spread(plans.signedIn)} | ${milliseconds(plans.signedIn.p50)} | ${milliseconds(plans.signedIn.p99)} | ${times(plans.signedIn.rate / plans.peer.rate)} |
| Quittance, signed in, \`{ billingEnabled }\`: the cost of Apollo, tokens and rate limits alone | ${spread(plans.minimal)} | ${milliseconds(plans.minimal.p50)} | ${milliseconds(plans.minimal.p99)} | |
| Apollo Server on Express 5, from memory | ${spread(plans.peer)} | ${milliseconds(plans.peer.p50)} | ${milliseconds(plans.peer.p99)} | |

## Orders

A page of a customer's orders, each with its plan, by the size of the table. The customer has a hundredth of all orders.
The peer runs one prepared statement with a join.

| orders in the table | on the page | Quittance | p50 | p99 | peer | ratio |
|---|---|---|---|---|---|---|
${orders.sizes.map(({ size, first, ours, bare }) => `| ${number(size)} | ${number(first)} | ${spread(ours)} | ${milliseconds(ours.p50)} | ${milliseconds(ours.p99)} | ${spread(bare)} | ${percent(ours.rate / bare.rate)} |`).join('\n')}

All orders, as an administrator, 100 per page: page 1 ${spread(orders.pages.near)}, page ${number(orders.pages.page)} ${spread(orders.pages.far)}.

One order, and a page of 100 orders of ${number(largest.size)}, each with its plan, from several servers on the same tables. The peers verify
the same tokens (except PostGraphile) and have handwritten resolvers on pg with DataLoader, but no rate limits, query
costs, organisations or metrics. The REST routes return all fields of EcliPanel's API, line items included.

| | one order | p50 | compared with Apollo | 100 orders | p50 | compared with Apollo |
|---|---|---|---|---|---|---|
${Object.entries(READERS).map(readRow).join('\n')}

Most of the difference arises above the database. Reading such a page sequentially, without HTTP and GraphQL, takes
${milliseconds(1000 / layers.pg.rate)} with \`pg\`, ${milliseconds(1000 / layers.ours.rate)} with Quittance's query (including the user's
organisations), and ${milliseconds(1000 / layers.prisma.rate)} with Prisma's \`findMany\` and the same columns.

## Drawing an invoice

One page, about 90 texts, a logo with transparency, one core. Quittance writes PDF/A-3a and PDF/UA-1 with embedded fonts,
structure and \`factur-x.xml\`. The peers use pdfkit as its guide shows it, without these features.

| | invoices | ratio |
|---|---|---|
| **Quittance**, PDF/A-3a, PDF/UA-1, fonts embedded, XML | ${spread(drawing.ours)} | |
| pdfkit, Helvetica (not embedded), alpha logo | ${spread(drawing.helvetica)} | ${times(drawing.ours.rate / drawing.helvetica.rate)} as fast |
| pdfkit, the same font embedded by path, alpha logo | ${spread(drawing.embedded)} | ${times(drawing.ours.rate / drawing.embedded.rate)} as fast |

An issued invoice of ${number(stored.bytes)} bytes is drawn once and then served from storage: ${spread(stored.ours)}, p99 ${milliseconds(stored.ours.p99)},
compared with ${spread(stored.peer)} of plain node:http.

## Claiming servers

10,000 claims from 20 clients over HTTP, PostgreSQL with fsync on the same machine, median of three rounds. The peer is a
handwritten transaction on node:http and pg that locks the user, counts and inserts. It has no GraphQL, tokens, plans,
overrides, other resources or idempotency.

| | reserved of available | Quittance | p50 | p99 | peer | p50 | p99 | ratio |
|---|---|---|---|---|---|---|---|---|
${claims.map(claimRow).join('\n')}

No round exceeded the limit or lost a claim. A test repeats this with a \`kill -9\` in between.

## Selling

Grants by an administrator (\`applyPlan\`), each for a new user, with an order, an invoice with the next number of one series,
an event and a job. 16 clients; the users are created before. PostgreSQL with fsync on the same machine.

| | invoices | p50 | p99 |
|---|---|---|---|
| one process | ${spread(sales.one)} | ${milliseconds(sales.one.p50)} | ${milliseconds(sales.one.p99)} |
| two processes | ${spread(sales.two)} | ${milliseconds(sales.two.p50)} | ${milliseconds(sales.two.p99)} |

## Reads while plans are applied

Two worker processes. ${workers.reads} reads of orders and of the catalog per second arrive at fixed times, alone and with ${workers.applied} grants per
second, each with its invoice and its PDF. A latency includes the time that a request waits to be sent.

| | p50 | p99 |
|---|---|---|
| reads alone | ${milliseconds(workers.alone.p50)} | ${milliseconds(workers.alone.p99)} |
| reads while plans are applied | ${milliseconds(workers.during.p50)} | ${milliseconds(workers.during.p99)} |
| the grants | ${milliseconds(workers.grants.p50)} | ${milliseconds(workers.grants.p99)} |

## Background jobs

Jobs without work that run one after another, each in the queue of its subject. Subjects share 64 queues.

| before | jobs | |
|---|---|---|
| no subject | ${spread(jobs.none)} | |
| ${number(jobs.subjects)} subjects | ${spread(jobs.many)} | ${times(jobs.none.rate / jobs.many.rate)} as long |
| a queue for each of ${number(jobs.subjects)} subjects, as in earlier versions | ${spread(jobs.queuePerSubject)} | ${times(jobs.none.rate / jobs.queuePerSubject.rate)} as long |
| the same after their purge | ${spread(jobs.purged)} | ${times(jobs.none.rate / jobs.purged.rate)} as long |

${number(periods.subscriptions)} subscriptions whose periods ended together move to the next one in ${periods.seconds.toFixed(1)} s.
${number(renewals.subscriptions)} renewals that are due together are issued in ${number(renewals.issueSeconds)} s; if none is paid, their periods begin in ${number(renewals.beginSeconds)} s.

## Notifying other processes

Commits per second with ${CONNECTIONS} connections. Quittance notifies after the commit, in transactions of their own, each for all
changes of 20 ms. NOTIFY inside a transaction lets commits proceed one after the other only.

| notifications | commits | compared with none |
|---|---|---|
| none | ${spread(commits.none)} | |
| **after the commit** | ${spread(commits.after)} | ${percent(commits.after.rate / commits.none.rate)} |
| inside the transaction | ${spread(commits.inside)} | ${percent(commits.inside.rate / commits.none.rate)} |

## Starting

From the start of the process until \`/readyz\` succeeds: ${seconds(startUp.existing)} with existing data, and ${seconds(startUp.empty)}
on an empty disk, including the creation of the database and the demo data.

## Memory over 20,000 invoices

After a full garbage collection, with 1 to 20 lines per invoice.

| invoices drawn | heap, MB | resident, MB |
|---|---|---|
${memory.map(({ number: drawn, heap, rss }) => `| ${number(drawn)} | ${heap.toFixed(1)} ${'█'.repeat(Math.round(heap / 4))} | ${rss.toFixed(0)} |`).join('\n')}
`
await writeFile(new URL('../docs/performance.md', import.meta.url), report.split('\n\n').map(wrapParagraph).join('\n\n'))
console.log(report)
console.log(`${Math.round((Date.now() - started) / 1000)} s; written to docs/performance.md`)

/** Breaks the lines of prose, which vary in length with the numbers; leaves headings and tables. */
function wrapParagraph(block) {
  return /^[#|]/.test(block)
    ? block
    : block
        .replaceAll('\n', ' ')
        .replace(/(.{1,110})(?: |$)/g, '$1\n')
        .trimEnd()
}

function claimRow({ name, users, limit, reserved, ours, bare }) {
  const cells = [name, `${number(reserved)} of ${number(users * limit)}`]
  for (const { rate: perSecond, p50, p99 } of [ours, bare]) cells.push(rate(perSecond), milliseconds(p50), milliseconds(p99))
  return `| ${cells.join(' | ')} | ${percent(ours.rate / bare.rate)} |`
}

function readRow([reader, name]) {
  const cells = [reads.one, reads.page].flatMap((race) => {
    const result = race[reader]
    return [spread(result), milliseconds(result.p50), times(result.rate / race.apollo.rate)]
  })
  return `| ${[name, ...cells].join(' | ')} |`
}

/** Measures in a separate process, where nothing else uses memory. */
function memoryCurve() {
  const points = []
  const child = fork(new URL('memory.mjs', import.meta.url), { execArgv: ['--expose-gc'] })
  child.on('message', (point) => {
    points.push(point)
    process.stderr.write(`memory: ${point.number} of 20000\r`)
  })
  return new Promise((done, fail) => {
    child.on('exit', (code) => (code === 0 ? done(points) : fail(new Error(`memory.mjs ended with ${code}`))))
  })
}
