import PDFDocument from 'pdfkit'
import { layOut } from '../naive-layout.mjs'

/**
 * Draws the invoice as pdfkit's guide shows it: every document gets the fonts and the logo, and text is drawn with doc.text.
 * @param fonts  names of standard fonts, or paths of font files
 */
export function drawWithPdfkit(document, { regular, bold }, png) {
  const { texts, lines, logo, lineColor } = layOut(document)
  return new Promise((done) => {
    const doc = new PDFDocument({ size: 'A4', margin: 50, info: { Title: document.number } })
    const chunks = []
    doc.on('data', (chunk) => chunks.push(chunk))
    doc.on('end', () => done(Buffer.concat(chunks)))
    doc.image(png, logo.x, logo.y, { width: logo.width })
    for (const { text, x, y, isBold, size } of texts) {
      doc
        .font(isBold ? bold : regular)
        .fontSize(size)
        .text(text, x, y, { lineBreak: false })
    }
    for (const { x, y, width } of lines) {
      doc
        .moveTo(x, y)
        .lineTo(x + width, y)
        .lineWidth(0.5)
        .stroke(lineColor)
    }
    doc.end()
  })
}
