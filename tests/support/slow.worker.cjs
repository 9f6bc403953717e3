const { setTimeout: pause } = require('node:timers/promises')
const worker = require('../../dist/modules/invoicing/pdf/pdf.worker.cjs')

/** Draws as always, after a second. */
module.exports = async function render(document) {
  await pause(1000)
  return (await worker)(document)
}
