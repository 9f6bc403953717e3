// Invoices: drawing, downloading, and the memory that drawing takes.
import { fork } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { benchDrawing } from '../drawing.mjs'
import { atLeast, compare, number, percent } from '../format.mjs'
import { raceHttp } from '../http.mjs'
import { execute, startPeer, withQuittance } from '../programs.mjs'
import { showProgress } from '../size.mjs'

const CREATE_PLAN = 'mutation ($input: CreatePlanInput!) { createPlan(input: $input) { plan { id } } }'
const CREATE_USER = 'mutation ($users: [UpsertUserInput!]!) { upsertUsers(input: { users: $users }) { users { id } } }'
const APPLY = 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { order { invoice { pdfUrl } } } }'
const LACKS = 'PDF/A-3, PDF/UA, document structure, XML, layout, translation, missing glyphs'

export const documents = {
  name: 'documents',
  title: 'Invoices',
  run: async () => ({ stored: await withQuittance(downloadInvoice), drawing: await benchDrawing(), memory: await measureMemory() }),
  summarize,
}

async function downloadInvoice(quittance) {
  const plan = { slug: 'pro', name: 'Pro', type: 'PAID', price: { minorUnits: 1500, currency: 'USD' } }
  const { createPlan } = await execute(quittance, CREATE_PLAN, { input: plan })
  await execute(quittance, CREATE_USER, { users: [{ id: '77', email: 'ada@example.com', name: 'Ada Lovelace' }] })
  const { applyPlan } = await execute(quittance, APPLY, { input: { userId: '77', planId: createPlan.plan.id } })
  const { pdfUrl } = applyPlan.order.invoice
  const bytes = Buffer.from(await (await fetch(pdfUrl)).arrayBuffer())
  const folder = await mkdtemp(join(tmpdir(), 'quittance-bench-'))
  await writeFile(join(folder, 'invoice.pdf'), bytes)
  const peer = await startPeer('bare-file', { FILE: join(folder, 'invoice.pdf') })
  const ours = { program: quittance, url: pdfUrl, expect: '%PDF' }
  const bare = { program: peer, url: peer.url, expect: '%PDF' }
  const results = await raceHttp('stored invoice', { ours, bare }, { database: quittance.database })
  await peer.stop()
  await rm(folder, { recursive: true })
  return { bytes: bytes.length, ...results }
}

/** Measures in a separate process, where nothing else uses memory. */
function measureMemory() {
  const points = []
  const options = process.argv.filter((option) => option === '--small')
  const child = fork(new URL('../memory.mjs', import.meta.url), options, { execArgv: ['--expose-gc'] })
  child.on('message', (point) => {
    points.push(point)
    showProgress(`memory: ${point.number} documents`)
  })
  return new Promise((done, fail) => {
    child.on('exit', (code) => (code === 0 ? done(points) : fail(new Error(`memory.mjs has ended with ${code}`))))
  })
}

function summarize({ stored, drawing, memory }) {
  const drawn = compare({
    work: 'drawing an invoice',
    unit: 'invoices per second',
    ours: { name: 'Quittance, PDF/A-3a and PDF/UA-1 with XML, fonts embedded', result: drawing.ours },
    peers: [
      { name: 'pdfkit, Helvetica (not embedded)', result: drawing.helvetica },
      { name: 'pdfkit, the same font embedded by path', result: drawing.embedded },
      { name: '@react-pdf/renderer, the same font', result: drawing.reactPdf },
      { name: 'pdf-lib, the same font, whole', result: drawing.pdfLib },
      { name: 'pdfmake, the same font', result: drawing.pdfmake },
    ].map((peer) => ({ ...peer, lacks: LACKS })),
  })
  const sent = compare({
    work: 'a stored invoice over HTTP',
    unit: 'downloads per second',
    ours: { name: 'Quittance', result: stored.ours },
    peers: [
      {
        name: 'plain node:http sending the bytes from memory',
        result: stored.bare,
        lacks: 'links with signatures, storage, rate limits, metrics',
      },
    ],
  })
  return {
    goals: [
      atLeast('drawing an invoice, compared with pdfkit with Helvetica', drawing.ours.rate / drawing.helvetica.rate, 5),
      atLeast('the same, with the embedded font by path', drawing.ours.rate / drawing.embedded.rate, 60),
      atLeast('the same, compared with react-pdf', drawing.ours.rate / drawing.reactPdf.rate, 10),
      atLeast(
        'a stored invoice over HTTP, compared with plain node:http sending the same bytes',
        stored.ours.rate / stored.bare.rate,
        0.5,
        percent,
      ),
    ],
    comparisons: [drawn, sent].flatMap(({ comparisons }) => comparisons),
    text: `One page, about 90 texts, a logo with transparency, one core. The peers draw the same texts, lines and logo at fixed positions, as their
guides show it.

${drawn.table}

An issued invoice of ${number(stored.bytes)} bytes is drawn once and then served from storage:

${sent.table}

While one process draws ${number(memory.at(-1).number)} different invoices with 1 to 20 lines, the heap after a full garbage collection has
${memory.map(({ heap }) => heap.toFixed(1)).join(', ')} MB, and the process ${memory.map(({ rss }) => rss.toFixed(0)).join(', ')} MB of resident memory.`,
  }
}
