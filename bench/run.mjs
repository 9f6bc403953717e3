// npm run bench: measures, prints, and writes docs/performance.md. Ratios are against peers of the same run.
import { fork } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { benchClaims } from './claims.mjs'
import { benchDrawing } from './draw-invoices.mjs'
import { benchInvoices } from './invoices.mjs'
import { benchLayers } from './layers.mjs'
import { benchOrders } from './orders.mjs'
import { benchPlans } from './plans.mjs'
import { startQuittance } from './programs.mjs'
import { benchStart } from './start-up.mjs'

const started = Date.now()
const startUp = await benchStart()
const quittance = await startQuittance()
const plans = await benchPlans(quittance)
const stored = await benchInvoices(quittance)
const claims = await benchClaims(quittance)
const orders = await benchOrders(quittance)
const layers = await benchLayers(quittance.connection)
await quittance.stop()
const drawing = await benchDrawing()
const memory = await memoryCurve()

const number = (value) => Math.round(value).toLocaleString('en')
const rate = (value) => `${value < 100 ? value.toFixed(1) : number(value)}/s`
const spread = ({ rate: middle, spread: [least, most] }) => `${rate(middle)} (${number(least)} to ${number(most)})`
const milliseconds = (value) => `${value.toFixed(1)} ms`
const times = (value) => `**${value.toFixed(1)}x**`
const percent = (value) => `**${Math.round(value * 100)}%**`
const seconds = ({ middle, least, most }) => `${middle.toFixed(2)} s (${least.toFixed(2)} to ${most.toFixed(2)})`
const largest = orders.sizes.at(-1)

const report = `# Performance

Written by \`npm run bench\`, which starts every peer itself and lets them take turns: what counts is the ratio, for
absolute figures are this machine's. ${cpus().length} x ${cpus()[0].model.trim()}, ${Math.round(totalmem() / 1_073_741_824)} GB, Node ${process.versions.node}, ${process.platform}-${process.arch}, ${new Date().toISOString().slice(0, 10)}.
Load comes from the same machine over 16 connections; behind a rate stand the lowest and the highest turn. Ours runs in production mode with everything on: tokens, budgets, costs.

| work | reached | goal |
|---|---|---|
| the catalogue over HTTP, as strangers ask for it, against Apollo on Express 5 with the same from memory | ${times(plans.strangers.rate / plans.peer.rate)} | 2.5x |
| \`orders(first: 100)\` with plan, of ${number(largest.size)} orders, against bare pg and node:http | ${percent(largest.ours.rate / largest.bare.rate)} | 35% |
| page ${number(orders.pages.page)} of all orders, against page 1 | ${times(orders.pages.near.rate / orders.pages.far.rate)} as long | 1.5x at most |
| drawing an invoice, against pdfkit with Helvetica and a logo with transparency | ${times(drawing.ours.rate / drawing.helvetica.rate)} | 4x |
| drawing an invoice, against pdfkit with the same font embedded by path | ${times(drawing.ours.rate / drawing.embedded.rate)} | 60x |
| a stored invoice over HTTP, against bare node:http with the same bytes | ${percent(stored.ours.rate / stored.peer.rate)} | 50% |
| ready to serve: existing data, empty disk | ${startUp.existing.middle.toFixed(2)} s, ${startUp.empty.middle.toFixed(2)} s | 2 s, 5 s |

## The catalogue

Twelve plans with their prices, 13 fields each, ${number(plans.bytes)} bytes. Answers to strangers are kept as text until a plan changes, in whichever process; who signs in is answered through
Apollo every time, from the catalogue in memory and a query that graphql-jit has compiled. The peer has no tokens, no budgets and no database.

| | plans | p50 | p99 | against the peer |
|---|---|---|---|---|
| **ours**, strangers | ${spread(plans.strangers)} | ${milliseconds(plans.strangers.p50)} | ${milliseconds(plans.strangers.p99)} | ${times(plans.strangers.rate / plans.peer.rate)} |
| **ours**, signed in | ${spread(plans.signedIn)} | ${milliseconds(plans.signedIn.p50)} | ${milliseconds(plans.signedIn.p99)} | ${times(plans.signedIn.rate / plans.peer.rate)} |
| ours, signed in, \`{ billingEnabled }\`: what Apollo, tokens and budgets cost by themselves | ${spread(plans.least)} | ${milliseconds(plans.least.p50)} | ${milliseconds(plans.least.p99)} | |
| Apollo Server on Express 5, from memory | ${spread(plans.peer)} | ${milliseconds(plans.peer.p50)} | ${milliseconds(plans.peer.p99)} | |

## Orders

A page of a customer's orders, each with its plan, while the table grows. The customer has a hundredth of all orders. The peer is one prepared statement with a join.

| orders there are | on the page | ours | p50 | p99 | by hand | ours is |
|---|---|---|---|---|---|---|
${orders.sizes.map(({ size, first, ours, bare }) => `| ${number(size)} | ${number(first)} | ${spread(ours)} | ${milliseconds(ours.p50)} | ${milliseconds(ours.p99)} | ${spread(bare)} | ${percent(ours.rate / bare.rate)} |`).join('\n')}

All orders, as an administrator, 100 a page: the first ${spread(orders.pages.near)}, page ${number(orders.pages.page)} ${spread(orders.pages.far)}.

What is left between the two rates is mostly above the database: reading such a page alone, one at a time and without HTTP or GraphQL, takes \`pg\` ${milliseconds(1000 / layers.pg.rate)},
our reader (organisations of the viewer included) ${milliseconds(1000 / layers.ours.rate)}, and Prisma's \`findMany\` with the same columns ${milliseconds(1000 / layers.prisma.rate)}.

## Drawing an invoice

One page, some 90 texts, a logo with transparency, one core. Ours is PDF/A-3a and PDF/UA-1 with embedded fonts, structure
and \`factur-x.xml\`; the peers are plain pdfkit as its guide shows it, without any of that.

| | invoices | ours is |
|---|---|---|
| **ours**, PDF/A-3a, PDF/UA-1, fonts embedded, XML | ${spread(drawing.ours)} | |
| pdfkit, Helvetica (not embedded), alpha logo | ${spread(drawing.helvetica)} | ${times(drawing.ours.rate / drawing.helvetica.rate)} as fast |
| pdfkit, the same font embedded by path, alpha logo | ${spread(drawing.embedded)} | ${times(drawing.ours.rate / drawing.embedded.rate)} as fast |

An issued document of ${number(stored.bytes)} bytes is drawn once and then served: ${spread(stored.ours)}, p99 ${milliseconds(stored.ours.p99)}, against ${spread(stored.peer)} of bare node:http.

## Claiming servers

10,000 claims from 20 clients over HTTP, PostgreSQL with fsync on the same machine, median of three rounds. The peer is written by hand on node:http and pg:
a transaction that locks the user, counts, inserts; it knows neither GraphQL, tokens, plans, overrides, other resources nor repetitions.

| | reserved of what fitted | ours | p50 | p99 | by hand | p50 | p99 | ours is |
|---|---|---|---|---|---|---|---|---|
${claims.map(claimRow).join('\n')}

Not one too many and not one lost in any round; a test does the same with a \`kill -9\` in between.

## Starting

From the start of the process until \`/readyz\` answers: on existing data ${seconds(startUp.existing)}, on an empty disk, with a database made and demo data loaded, ${seconds(startUp.empty)}.

## Memory over 20,000 invoices

After a full collection, with 1 to 20 lines an invoice.

| invoices drawn | heap, MB | resident, MB |
|---|---|---|
${memory.map(({ number: drawn, heap, rss }) => `| ${number(drawn)} | ${heap.toFixed(1)} ${'█'.repeat(Math.round(heap / 4))} | ${rss.toFixed(0)} |`).join('\n')}
`
await writeFile(new URL('../docs/performance.md', import.meta.url), report)
console.log(report)
console.log(`${Math.round((Date.now() - started) / 1000)} s; written to docs/performance.md`)

function claimRow({ name, users, limit, reserved, ours, bare }) {
  const cells = [name, `${number(reserved)} of ${number(users * limit)}`]
  for (const { rate: perSecond, p50, p99 } of [ours, bare]) cells.push(rate(perSecond), milliseconds(p50), milliseconds(p99))
  return `| ${cells.join(' | ')} | ${percent(ours.rate / bare.rate)} |`
}

/** In a process of its own, where nothing else takes memory. */
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
