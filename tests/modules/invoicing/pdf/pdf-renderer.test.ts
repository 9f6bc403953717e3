import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Logger } from '../../../../src/core/logger.js'
import { drawInvoice } from '../../../../src/modules/invoicing/pdf/draw-invoice.js'
import { PdfRenderer } from '../../../../src/modules/invoicing/pdf/pdf-renderer.js'
import { loadFonts } from '../../../../src/platform/pdf/font-set.js'
import { orderLines, sampleDocument } from '../../../support/document.js'
import { testLogger } from '../../../support/logger.js'

const loadAssets = async () => ({ logo: undefined, fonts: [] })
const hangingWorker = new URL('../../../support/hanging.worker.cjs', import.meta.url)
const invoiceWithLines = (lines: number) => sampleDocument({ lines: orderLines(lines) })

let renderer: PdfRenderer
let warnings: string[]
let log: Logger

// Each test has a separate log, because a closed renderer may still log about its terminated threads.
beforeEach(() => {
  const lines: string[] = []
  warnings = lines
  log = testLogger({ warn: (details, message) => void lines.push(`${message} ${JSON.stringify(details)}`) })
})
afterEach(() => renderer.close())

test('renders the same bytes in the worker and in the main thread, in any order', async () => {
  renderer = new PdfRenderer({ loadAssets, log })
  const documents = [
    invoiceWithLines(20),
    sampleDocument({}, { locale: 'de-DE' }),
    sampleDocument({}, { buyer: { ...sampleDocument().buyer, name: 'Москва دبي' } }),
  ]
  const fonts = loadFonts()
  const inlineRenders = documents.toReversed().map((document) => drawInvoice(document, fonts, undefined))
  const workerRenders = await Promise.all(documents.map((document) => renderer.render(document)))
  for (const [index, bytes] of inlineRenders.toReversed().entries()) expect(workerRenders[index]?.equals(bytes)).toBe(true)
  expect(warnings).toEqual([])
})

test('recovers when a worker is killed mid-render', async () => {
  renderer = new PdfRenderer({ loadAssets, log, worker: hangingWorker })
  const begun = hangingRender()
  const rendering = renderer.render(invoiceWithLines(20))
  await begun
  await Promise.all(renderer.threads.map((thread) => thread.terminate()))
  expect((await rendering).equals(drawInvoice(invoiceWithLines(20), loadFonts(), undefined))).toBe(true)
  expect(warnings.join()).toContain('PDF worker died, rendering inline')
})

test('replaces a worker that was killed', async () => {
  renderer = new PdfRenderer({ loadAssets, log })
  const expected = await renderer.render(invoiceWithLines(20))
  await Promise.all(renderer.threads.map((thread) => thread.terminate()))
  warnings.length = 0
  expect((await renderer.render(invoiceWithLines(20))).equals(expected)).toBe(true)
  expect(warnings).toEqual([])
})

describe.each([
  ['is missing', new URL('file:///no/such/worker.js')],
  ['throws when it is loaded', new URL('../../../support/unloadable.worker.cjs', import.meta.url)],
  ['fails in its own imports', new URL('../../../support/unimportable.worker.cjs', import.meta.url)],
])('a worker that %s', (_case, worker) => {
  test('does not prevent rendering, neither concurrently nor after a pause', async () => {
    renderer = new PdfRenderer({ loadAssets, log, worker })
    const expected = drawInvoice(sampleDocument(), loadFonts(), undefined)
    const renderThree = () => Promise.all([1, 2, 3].map(() => renderer.render(sampleDocument())))
    for (const bytes of await renderThree()) expect(bytes.equals(expected)).toBe(true)
    await pause(500)
    expect(renderer.threads).toEqual([])
    for (const bytes of await renderThree()) expect(bytes.equals(expected)).toBe(true)
    expect(warnings.join()).toContain('rendering inline')
  })
})

test('replaces a worker that dies at its second document, and renders every document', async () => {
  renderer = new PdfRenderer({ loadAssets, log, worker: new URL('../../../support/short-lived.worker.cjs', import.meta.url) })
  const expected = drawInvoice(sampleDocument(), loadFonts(), undefined)
  for (let round = 0; round < 2; round += 1) {
    const rendering = Promise.all(Array.from({ length: 6 }, () => renderer.render(sampleDocument())))
    await vi.waitFor(() => expect(renderer.threads.length).toBeGreaterThan(0), 10_000)
    for (const bytes of await rendering) expect(bytes.equals(expected)).toBe(true)
  }
  expect(warnings.join()).toContain('PDF worker died, rendering inline')
})

test('does not render queued documents inline when others run out of memory', async () => {
  const worker = new URL('../../../support/out-of-memory.worker.cjs', import.meta.url)
  renderer = new PdfRenderer({ loadAssets, log, worker, timeoutMs: 8000 })
  const results = await Promise.allSettled([1, 2, 3].map(() => renderer.render(sampleDocument())))
  for (const result of results) {
    expect(result.status).toBe('rejected')
    expect(String((result as PromiseRejectedResult).reason)).toMatch(/needs too much memory|took longer than/)
  }
  expect(warnings.join()).not.toContain('inline')
})

test('counts documents that wait for the main thread as queued and refuses more than the maximum', async () => {
  renderer = new PdfRenderer({ loadAssets, log, worker: new URL('file:///no/such/worker.js'), maxQueuedRenders: 4 })
  await renderer.render(sampleDocument())
  const results = await Promise.allSettled(Array.from({ length: 40 }, () => renderer.render(invoiceWithLines(50))))
  const refused = results.filter((result) => result.status === 'rejected')
  expect(refused.length).toBeGreaterThan(0)
  expect(refused.every(({ reason }) => reason.code === 'BUSY')).toBe(true)
})

test('fails only the request whose document cannot be rendered', async () => {
  renderer = new PdfRenderer({ loadAssets, log })
  await expect(renderer.render(sampleDocument({}, { date: 'no date' }))).rejects.toThrow(/could not be rendered/)
  expect((await renderer.render(sampleDocument())).length).toBeGreaterThan(1000)
})

test('rejects a document that times out and does not retry it inline', async () => {
  renderer = new PdfRenderer({ loadAssets, log, worker: hangingWorker, timeoutMs: 300 })
  await expect(renderer.render(sampleDocument())).rejects.toThrow(/took longer than 300 ms/)
  expect(warnings.join()).not.toContain('inline')
})

test('loads the logo and the fonts again after a failure', async () => {
  const load = vi.fn(loadAssets).mockRejectedValueOnce(new Error('the disk is busy'))
  renderer = new PdfRenderer({ loadAssets: load, log })
  await expect(renderer.render(sampleDocument())).rejects.toThrow('the disk is busy')
  expect((await renderer.render(sampleDocument())).length).toBeGreaterThan(1000)
})

test('does not count the time in the queue towards the timeout', async () => {
  renderer = new PdfRenderer({ loadAssets, log, worker: hangingWorker, timeoutMs: 300 })
  const [first, second, queued] = [1, 2, 3].map(() => renderer.render(sampleDocument()))
  let isQueuedSettled = false
  const settled = Promise.allSettled([queued]).then(() => (isQueuedSettled = true))
  await Promise.allSettled([first, second])
  await pause(50)
  expect(isQueuedSettled).toBe(false)
  await settled
})

test('rejects a document that runs out of memory and does not retry it inline', async () => {
  renderer = new PdfRenderer({
    loadAssets,
    log,
    worker: new URL('../../../support/out-of-memory.worker.cjs', import.meta.url),
    timeoutMs: 60_000,
  })
  await expect(renderer.render(sampleDocument())).rejects.toThrow(/too much memory/)
  expect(warnings.join()).not.toContain('inline')
})

test('aborts the render when all waiters have disconnected', async () => {
  renderer = new PdfRenderer({ loadAssets, log, worker: hangingWorker })
  const stop = new AbortController()
  const begun = hangingRender()
  const rendering = renderer.render(sampleDocument(), stop.signal)
  await begun
  const ended = once(renderer.threads[0] as Worker, 'exit')
  stop.abort()
  await expect(rendering).rejects.toThrow(/was aborted: all clients have disconnected/)
  await ended
})

test('refuses documents above the queue limit at once and renders the queued ones', async () => {
  renderer = new PdfRenderer({ loadAssets, log })
  const results = await Promise.allSettled(Array.from({ length: 120 }, () => renderer.render(invoiceWithLines(50))))
  const refused = results.filter((result) => result.status === 'rejected')
  expect(refused.length).toBeGreaterThan(0)
  expect(refused.length).toBeLessThan(60)
  expect(refused.every(({ reason }) => reason.code === 'BUSY' && reason.details.retryAfter > 0)).toBe(true)
})

/** Resolves when a thread of hangingWorker has begun to render. */
async function hangingRender(): Promise<void> {
  const announcements = new BroadcastChannel('hanging-worker')
  await once(announcements, 'message')
  announcements.close()
}
