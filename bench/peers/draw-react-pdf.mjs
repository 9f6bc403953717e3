import { Document, Font, Image, Page, renderToBuffer, Text, View } from '@react-pdf/renderer'
import { createElement } from 'react'
import { layOut } from '../naive-layout.mjs'

/** @param fonts  paths of font files */
export function configureReactPdf({ regular, bold }) {
  Font.register({ family: 'Noto', fonts: [{ src: regular }, { src: bold, fontWeight: 'bold' }] })
}

export function drawWithReactPdf(document, png) {
  const { texts, lines, logo, lineColor } = layOut(document)
  const at = ({ x, y }) => ({ position: 'absolute', left: x, top: y })
  const elements = [
    createElement(Image, { key: 'logo', src: { data: png, format: 'png' }, style: { ...at(logo), width: logo.width } }),
    ...texts.map((each, key) =>
      createElement(Text, { key, style: { ...at(each), fontSize: each.size, fontWeight: each.isBold ? 'bold' : 'normal' } }, each.text),
    ),
    ...lines.map((line) =>
      createElement(View, { key: `line ${line.y}`, style: { ...at(line), width: line.width, height: 0.5, backgroundColor: lineColor } }),
    ),
  ]
  const page = createElement(Page, { size: 'A4', style: { fontFamily: 'Noto' } }, elements)
  return renderToBuffer(createElement(Document, { title: document.number }, page))
}
