import pdfmake from 'pdfmake'
import { layOut } from '../naive-layout.mjs'

/** @param fonts  paths of font files */
export function configurePdfmake({ regular, bold }) {
  pdfmake.setFonts({ Noto: { normal: regular, bold } })
  // Without these it warns about each document.
  pdfmake.setUrlAccessPolicy(() => false)
  pdfmake.setLocalAccessPolicy(() => true)
}

export function drawWithPdfmake(document, png) {
  const { texts, lines, logo, lineColor } = layOut(document)
  const content = [
    { image: `data:image/png;base64,${png.toString('base64')}`, width: logo.width, absolutePosition: logo },
    ...texts.map(({ text, x, y, isBold, size }) => ({ text, bold: isBold, fontSize: size, absolutePosition: { x, y } })),
    {
      canvas: lines.map(({ x, y, width }) => ({ type: 'line', x1: x, y1: y, x2: x + width, y2: y, lineWidth: 0.5, lineColor })),
      absolutePosition: { x: 0, y: 0 },
    },
  ]
  const definition = { pageSize: 'A4', pageMargins: 0, info: { title: document.number }, content, defaultStyle: { font: 'Noto' } }
  return pdfmake.createPdf(definition).getBuffer()
}
