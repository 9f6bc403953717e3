// Draws different invoices and reports the memory. Started by parts/documents.mjs with --expose-gc.
import { drawInvoice } from '../dist/modules/invoicing/pdf/draw-invoice.js'
import { invoice, logoPng } from './document.mjs'
import { loadRenderAssets } from './drawing.mjs'
import { sized } from './size.mjs'

const INVOICES = sized(15_000, 20)
const POINTS = 5

const { fonts, logo } = await loadRenderAssets(logoPng())
for (let number = 1; number <= INVOICES; number += 1) {
  drawInvoice(invoice(number, 1 + (number % 20)), fonts, logo)
  if (number % (INVOICES / POINTS) !== 0) continue
  globalThis.gc()
  const { heapUsed, rss } = process.memoryUsage()
  process.send({ number, heap: heapUsed / 1_048_576, rss: rss / 1_048_576 })
}
process.disconnect()
