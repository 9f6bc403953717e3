import { formatDecimal } from '../../../core/money.js'
import type { FontSet } from '../../../platform/pdf/font-set.js'
import type { PdfImage } from '../../../platform/pdf/image.js'
import type { ElectronicInvoice } from '../../../platform/pdf/metadata.js'
import { lineHeight } from '../../../platform/pdf/page.js'
import { A4_PAGE, PdfFile } from '../../../platform/pdf/pdf-file.js'
import { ARTIFACT } from '../../../platform/pdf/structure-tag.js'
import { facturX } from '../factur-x.js'
import type { DocumentSnapshot } from '../invoice.rules.js'
import { countryName, createDocumentFormatter, type DocumentFormatter } from './document-formatter.js'
import { drawHeader } from './draw-header.js'
import { drawLines } from './draw-lines.js'
import { drawTotals } from './draw-totals.js'
import { LayoutCursor, MARGIN, RIGHT, RULE, SMALL, WIDTH } from './layout-cursor.js'

/** Goes up whenever the same snapshot would give other bytes. Stored documents keep the version that drew them. */
export const TEMPLATE_VERSION = 1

/** Draws a document on A4. The same document gives the same bytes, wherever it is drawn. */
export function drawInvoice(document: DocumentSnapshot, fonts: FontSet, logo: PdfImage | undefined): Buffer {
  const writer = createDocumentFormatter(document, fonts)
  const title = titleOf(document, writer)
  const { issuer, currency, total } = document
  const amount = formatDecimal({ minorUnits: BigInt(total), currency })
  const file = new PdfFile(fonts, {
    title,
    author: issuer.name,
    subject: `${title}, ${document.buyer.name}, ${amount} ${currency}`,
    language: writer.language,
    date: new Date(document.date),
  })
  const sheet = new LayoutCursor(file, fonts, document, writer)
  drawHeader(sheet, logo)
  drawLines(sheet)
  drawTotals(sheet)
  drawFooters(sheet, title)
  return file.finish(electronicInvoice(document))
}

/** "Invoice INV-2026-000001": on every page and in the properties of the file. */
function titleOf(document: DocumentSnapshot, writer: DocumentFormatter): string {
  const { number, orderId } = document
  return number ? `${countryName(document, writer)} ${number}` : writer.words.proFormaForOrder(orderId)
}

function electronicInvoice(document: DocumentSnapshot): ElectronicInvoice | undefined {
  const xml = facturX(document)
  return xml === undefined ? undefined : { xml: Buffer.from(xml), fileName: 'factur-x.xml', profile: 'EN 16931' }
}

function drawFooters({ file, fonts, writer, document }: LayoutCursor, title: string): void {
  const of = file.pages.length
  const y = A4_PAGE.height - 50
  for (const [index, page] of file.pages.entries()) {
    const number = writer.words.page(index + 1, of)
    const room = WIDTH - fonts.width(number, SMALL.weight, SMALL.size) - 20
    const [line = ''] = fonts.wrap(`${title} · ${document.issuer.name}`, SMALL.weight, SMALL.size, room)
    page.rule(MARGIN, y - lineHeight(SMALL) / 2, WIDTH, 0.5, RULE)
    page.line(ARTIFACT, line, MARGIN, y, SMALL)
    page.line(ARTIFACT, number, RIGHT, y, SMALL, 'right')
  }
}
