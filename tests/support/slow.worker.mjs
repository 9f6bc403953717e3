import { setTimeout as pause } from 'node:timers/promises'
import draw from '../../dist/invoices/render.worker.js'

/** Draws as always, after a second. */
export default async function render(document) {
  await pause(1000)
  return draw(document)
}
