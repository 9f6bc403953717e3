// Draws 20,000 different invoices and reports the memory after every 1,000.
// Started by run.mjs with --expose-gc.
import { drawInvoice } from '../dist/modules/invoicing/pdf/draw-invoice.js'
import { invoice, logoPng } from './document.mjs'
import { loadRenderAssets } from './draw-invoices.mjs'

const { fonts, logo } = await loadRenderAssets(logoPng())
for (let number = 1; number <= 20_000; number += 1) {
  drawInvoice(invoice(number, 1 + (number % 20)), fonts, logo)
  if (number % 1000 !== 0) continue
  globalThis.gc()
  const { heapUsed, rss } = process.memoryUsage()
  process.send({ number, heap: heapUsed / 1_048_576, rss: rss / 1_048_576 })
}
process.disconnect()
