import { afterEach, beforeEach, expect, test } from 'vitest'
import { drawInvoice } from '../../src/invoices/draw-invoice.js'
import { loadFonts } from '../../src/invoices/fonts.js'
import { Renderer } from '../../src/invoices/renderer.js'
import { sampleDocument } from '../support/document.js'

let renderer: Renderer

let warned: string[]
let log: { warn(details: object, message: string): void }

// Each test has a log of its own: a renderer that is closed may still have something to say about its dead threads.
beforeEach(() => {
  const lines: string[] = []
  warned = lines
  log = { warn: (details, message) => void lines.push(`${message} ${JSON.stringify(details)}`) }
})
afterEach(() => renderer.close())

test('the worker and the main thread draw the same bytes', async () => {
  renderer = new Renderer({ logo: undefined, log })
  const document = sampleDocument(20)
  expect((await renderer.render(document)).equals(await drawInvoice(document, loadFonts(), undefined))).toBe(true)
  expect(warned).toEqual([])
})

test('a worker that is killed in the middle costs nobody a document, and the next one has a worker again', async () => {
  renderer = new Renderer({ logo: undefined, log })
  const expected = await renderer.render(sampleDocument(600))
  const rendering = renderer.render(sampleDocument(600))
  await new Promise((done) => setTimeout(done, 30))
  await Promise.all(renderer.threads.map((thread) => thread.terminate()))
  expect((await rendering).equals(expected)).toBe(true)
  expect(warned.join()).toContain('the PDF worker died; drawing inline')
  warned.length = 0
  await renderer.render(sampleDocument())
  expect(warned).toEqual([])
})

test('where the worker cannot be loaded, documents are drawn all the same', async () => {
  renderer = new Renderer({ logo: undefined, log, worker: new URL('file:///no/such/worker.js') })
  expect((await renderer.render(sampleDocument())).subarray(0, 5).toString()).toBe('%PDF-')
})

test('a document that cannot be drawn is an error for its request alone', async () => {
  renderer = new Renderer({ logo: undefined, log })
  await expect(renderer.render(sampleDocument(1, { date: 'no date' }))).rejects.toThrow(/could not be drawn/)
  expect((await renderer.render(sampleDocument())).length).toBeGreaterThan(1000)
})

test('when too many wait, one more is told so at once', async () => {
  renderer = new Renderer({ logo: undefined, log })
  const results = await Promise.allSettled(Array.from({ length: 120 }, () => renderer.render(sampleDocument(50))))
  const refused = results.filter((result) => result.status === 'rejected')
  expect(refused.length).toBeGreaterThan(0)
  expect(refused.every((result) => (result as PromiseRejectedResult).reason.code === 'RATE_LIMITED')).toBe(true)
})
