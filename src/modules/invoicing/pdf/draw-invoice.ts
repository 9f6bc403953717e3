import { formatDecimal } from '../../../core/money.js'
import type { FontSet } from '../../../platform/pdf/font-set.js'
import type { PdfImage } from '../../../platform/pdf/image.js'
import { lineHeight } from '../../../platform/pdf/page.js'
import { A4_PAGE, PdfFile } from '../../../platform/pdf/pdf-file.js'
import { ARTIFACT } from '../../../platform/pdf/structure-tag.js'
import type { DocumentSnapshot } from '../document-snapshot.js'
import { buildAttachedInvoice } from '../electronic-invoices/electronic-invoice.js'
import { createDocumentFormatter, type DocumentFormatter, documentTitle } from './document-formatter.js'
import { drawHeader } from './draw-header.js'
import { drawHowToPay } from './draw-how-to-pay.js'
import { drawLines } from './draw-lines.js'
import { drawTotals } from './draw-totals.js'
import { LayoutCursor, MARGIN, RIGHT, RULE, SMALL, WIDTH } from './layout-cursor.js'

/**
 * Increase it with every change that affects the rendered bytes. Stored documents keep the version that
 * rendered them.
 */
export const TEMPLATE_VERSION = 2

/** Renders a document on A4. The same document gives the same bytes in every process. */
export function drawInvoice(document: DocumentSnapshot, fonts: FontSet, logo: PdfImage | undefined): Buffer {
  const formatter = createDocumentFormatter(document, fonts)
  const title = fileTitle(document, formatter)
  const { issuer, currency, total } = document
  const amount = formatDecimal({ minorUnits: BigInt(total), currency })
  const file = new PdfFile(fonts, {
    title,
    author: issuer.name,
    subject: `${title}, ${document.buyer.name}, ${amount} ${currency}`,
    language: formatter.language,
    date: new Date(document.date),
  })
  const cursor = new LayoutCursor(file, fonts, document, formatter)
  drawHeader(cursor, logo)
  drawLines(cursor)
  drawTotals(cursor)
  drawHowToPay(cursor)
  drawFooters(cursor, title)
  return file.finish(buildAttachedInvoice(document))
}

/** For example "Invoice INV-2026-000001"; shown on every page and in the file properties. */
function fileTitle(document: DocumentSnapshot, formatter: DocumentFormatter): string {
  const { number, orderId } = document
  const title = documentTitle(document, formatter)
  return number ? `${title} ${number}` : formatter.messages.titleForOrder(title, orderId)
}

function drawFooters({ file, fonts, formatter, document }: LayoutCursor, title: string): void {
  const pageCount = file.pages.length
  const y = A4_PAGE.height - 50
  for (const [index, page] of file.pages.entries()) {
    const number = formatter.messages.page(index + 1, pageCount)
    const availableWidth = WIDTH - fonts.width(number, SMALL.weight, SMALL.size) - 20
    const [line = ''] = fonts.wrap(`${title} · ${document.issuer.name}`, SMALL.weight, SMALL.size, availableWidth)
    page.rule(MARGIN, y - lineHeight(SMALL) / 2, WIDTH, 0.5, RULE)
    page.line(ARTIFACT, line, MARGIN, y, SMALL)
    page.line(ARTIFACT, number, RIGHT, y, SMALL, 'right')
  }
}
