const worker = require('../../dist/modules/invoicing/pdf/pdf.worker.cjs')

let renderings = 0

/** A worker that draws one document and exits at the second. */
module.exports = async function render(document) {
  renderings += 1
  if (renderings > 1) process.exit(1)
  return (await worker)(document)
}
