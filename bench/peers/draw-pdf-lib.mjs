import fontkit from '@pdf-lib/fontkit'
import { PDFDocument, rgb } from 'pdf-lib'
import { layOut } from '../naive-layout.mjs'

const PAGE = [595.28, 841.89]
const LINE = rgb(0.84, 0.86, 0.88)

/** @param fonts  the bytes of font files, which are embedded whole: glyphs are missing in the subsets of this library */
export async function drawWithPdfLib(document, { regular, bold }, png) {
  const { texts, lines, logo } = layOut(document)
  const pdf = await PDFDocument.create()
  pdf.registerFontkit(fontkit)
  pdf.setTitle(document.number)
  const fonts = { regular: await pdf.embedFont(regular), bold: await pdf.embedFont(bold) }
  const page = pdf.addPage(PAGE)
  const [, height] = PAGE
  page.drawImage(await pdf.embedPng(png), { ...logo, y: height - logo.y - logo.height })
  for (const { text, x, y, isBold, size } of texts) {
    page.drawText(text, { x, y: height - y - size, size, font: isBold ? fonts.bold : fonts.regular })
  }
  for (const { x, y, width } of lines) {
    page.drawLine({ start: { x, y: height - y }, end: { x: x + width, y: height - y }, thickness: 0.5, color: LINE })
  }
  return pdf.save()
}
