import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Logger } from '../../../../src/core/logger.js'
import { drawInvoice } from '../../../../src/modules/invoicing/pdf/draw-invoice.js'
import { PdfRenderer } from '../../../../src/modules/invoicing/pdf/pdf-renderer.js'
import { loadFonts } from '../../../../src/platform/pdf/font-set.js'
import { orderLines, sampleDocument } from '../../../support/document.js'
import { testLogger } from '../../../support/logger.js'

const kit = { logo: undefined, fonts: [] }
const long = (lines: number) => sampleDocument({ lines: orderLines(lines) })

let renderer: PdfRenderer
let warned: string[]
let log: Logger

// Each test has a log of its own: a renderer that is closed may still have something to say about its dead threads.
beforeEach(() => {
  const lines: string[] = []
  warned = lines
  log = testLogger({ warn: (details, message) => void lines.push(`${message} ${JSON.stringify(details)}`) })
})
afterEach(() => renderer.close())

test('the worker and the main thread draw the same bytes, whatever each has drawn before', async () => {
  renderer = new PdfRenderer({ kit, log })
  const documents = [
    long(20),
    sampleDocument({}, { locale: 'de-DE' }),
    sampleDocument({}, { buyer: { ...sampleDocument().buyer, name: 'Москва دبي' } }),
  ]
  const fonts = loadFonts()
  const here = documents.toReversed().map((document) => drawInvoice(document, fonts, undefined))
  const there = await Promise.all(documents.map((document) => renderer.render(document)))
  for (const [index, bytes] of here.toReversed().entries()) expect(there[index]?.equals(bytes)).toBe(true)
  expect(warned).toEqual([])
})

test('a worker that is killed in the middle costs nobody a document', async () => {
  renderer = new PdfRenderer({ kit, log, worker: new URL('../../../support/endless.worker.cjs', import.meta.url) })
  const rendering = renderer.render(long(20))
  await new Promise((done) => setTimeout(done, 300))
  await Promise.all(renderer.threads.map((thread) => thread.terminate()))
  expect((await rendering).equals(drawInvoice(long(20), loadFonts(), undefined))).toBe(true)
  expect(warned.join()).toContain('the PDF worker died; drawing inline')
})

test('a worker that was killed is replaced', async () => {
  renderer = new PdfRenderer({ kit, log })
  const expected = await renderer.render(long(20))
  await Promise.all(renderer.threads.map((thread) => thread.terminate()))
  warned.length = 0
  expect((await renderer.render(long(20))).equals(expected)).toBe(true)
  expect(warned).toEqual([])
})

describe.each([
  ['is missing', new URL('file:///no/such/worker.js')],
  ['throws when it is loaded', new URL('../../../support/unloadable.worker.cjs', import.meta.url)],
  ['fails in its own imports', new URL('../../../support/unimportable.worker.cjs', import.meta.url)],
])('a worker that %s', (_case, worker) => {
  test('does not keep documents from being drawn, several at the same time and again after a pause', async () => {
    renderer = new PdfRenderer({ kit, log, worker })
    const expected = drawInvoice(sampleDocument(), loadFonts(), undefined)
    const drawThree = () => Promise.all([1, 2, 3].map(() => renderer.render(sampleDocument())))
    for (const bytes of await drawThree()) expect(bytes.equals(expected)).toBe(true)
    await pause(500)
    expect(renderer.threads).toEqual([])
    for (const bytes of await drawThree()) expect(bytes.equals(expected)).toBe(true)
    expect(warned.join()).toContain('drawing inline')
  })
})

test('a worker that dies at its second document is replaced each time, and every document is drawn', async () => {
  renderer = new PdfRenderer({ kit, log, worker: new URL('../../../support/short-lived.worker.cjs', import.meta.url) })
  const expected = drawInvoice(sampleDocument(), loadFonts(), undefined)
  for (let round = 0; round < 2; round += 1) {
    const drawn = await Promise.all(Array.from({ length: 6 }, () => renderer.render(sampleDocument())))
    for (const bytes of drawn) expect(bytes.equals(expected)).toBe(true)
    await pause(300)
    expect(renderer.threads.length).toBeGreaterThan(0)
  }
  expect(warned.join()).toContain('the PDF worker died; drawing inline')
})

test('documents that wait while others run out of memory are not drawn inline', async () => {
  const worker = new URL('../../../support/greedy.worker.cjs', import.meta.url)
  renderer = new PdfRenderer({ kit, log, worker, timeLimitMs: 8000 })
  const results = await Promise.allSettled([1, 2, 3].map(() => renderer.render(sampleDocument())))
  for (const result of results) {
    expect(result.status).toBe('rejected')
    expect(String((result as PromiseRejectedResult).reason)).toMatch(/needs too much memory|took longer than/)
  }
  expect(warned.join()).not.toContain('inline')
})

test('documents that wait for the main thread count as waiting, and one too many is refused', async () => {
  renderer = new PdfRenderer({ kit, log, worker: new URL('file:///no/such/worker.js'), maxWaiting: 4 })
  await renderer.render(sampleDocument())
  const results = await Promise.allSettled(Array.from({ length: 40 }, () => renderer.render(long(50))))
  const refused = results.filter((result) => result.status === 'rejected')
  expect(refused.length).toBeGreaterThan(0)
  expect(refused.every(({ reason }) => reason.code === 'BUSY')).toBe(true)
})

test('a document that cannot be drawn is an error for its request alone', async () => {
  renderer = new PdfRenderer({ kit, log })
  await expect(renderer.render(sampleDocument({}, { date: 'no date' }))).rejects.toThrow(/could not be drawn/)
  expect((await renderer.render(sampleDocument())).length).toBeGreaterThan(1000)
})

test('a document that takes too long is given up, and is not tried inline', async () => {
  renderer = new PdfRenderer({ kit, log, worker: new URL('../../../support/endless.worker.cjs', import.meta.url), timeLimitMs: 300 })
  await expect(renderer.render(sampleDocument())).rejects.toThrow(/took longer than 300 ms/)
  expect(warned.join()).not.toContain('inline')
})

test('a document that runs out of memory is given up, and is not tried inline', async () => {
  renderer = new PdfRenderer({ kit, log, worker: new URL('../../../support/greedy.worker.cjs', import.meta.url) })
  await expect(renderer.render(sampleDocument())).rejects.toThrow(/too much memory/)
  expect(warned.join()).not.toContain('inline')
})

test('nobody waits for a document that nobody wants any more', async () => {
  renderer = new PdfRenderer({ kit, log, worker: new URL('../../../support/endless.worker.cjs', import.meta.url) })
  const stop = new AbortController()
  const rendering = renderer.render(sampleDocument(), stop.signal)
  await new Promise((done) => setTimeout(done, 300))
  const [thread] = renderer.threads
  const ended = thread && once(thread, 'exit')
  stop.abort()
  await expect(rendering).rejects.toThrow(/nobody waits/)
  await ended
})

test('when too many wait, one more is told so at once, and those who wait get theirs', async () => {
  renderer = new PdfRenderer({ kit, log })
  const results = await Promise.allSettled(Array.from({ length: 120 }, () => renderer.render(long(50))))
  const refused = results.filter((result) => result.status === 'rejected')
  expect(refused.length).toBeGreaterThan(0)
  expect(refused.length).toBeLessThan(60)
  expect(refused.every(({ reason }) => reason.code === 'BUSY' && reason.details.retryAfter > 0)).toBe(true)
})
