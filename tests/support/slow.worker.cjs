const { setTimeout: pause } = require('node:timers/promises')
const worker = require('../../dist/modules/invoicing/pdf/pdf.worker.cjs')

/** The usual worker with a delay of one second. */
module.exports = async function render(document) {
  await pause(1000)
  return (await worker)(document)
}
