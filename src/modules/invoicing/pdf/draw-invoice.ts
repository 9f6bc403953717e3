import { formatDecimal } from '../../../core/money.js'
import type { FontSet } from '../../../platform/pdf/font-set.js'
import type { PdfImage } from '../../../platform/pdf/image.js'
import { PdfFile } from '../../../platform/pdf/pdf-file.js'
import type { DocumentSnapshot } from '../document-snapshot.js'
import { buildAttachedInvoice } from '../electronic-invoices/electronic-invoice.js'
import { accentColors, DEFAULT_ACCENT_COLOR } from './accent-colors.js'
import { createDocumentFormatter, type DocumentFormatter, documentTitle } from './document-formatter.js'
import { receiptPayment } from './document-notes.js'
import { drawFooters, measureFooter } from './draw-footers.js'
import { drawHeader } from './draw-header.js'
import { drawHowToPay } from './draw-how-to-pay.js'
import { drawLines } from './draw-lines.js'
import { drawSummary } from './draw-summary.js'
import { drawSwissBill } from './draw-swiss-bill.js'
import { drawTotals } from './draw-totals.js'
import { LayoutCursor } from './layout-cursor.js'
import { type SwissBill, swissBillOf } from './swiss-bill.rules.js'

/** With more lines, a document and its Swiss payment part do not fit on one page. */
const MAX_DENSE_LINES = 8

/**
 * Renders a document on A4. The same document gives the same bytes in every process.
 * @param accentColor  "#rrggbb"
 */
export function drawInvoice(
  document: DocumentSnapshot,
  fonts: FontSet,
  logo: PdfImage | undefined,
  accentColor: string = DEFAULT_ACCENT_COLOR,
): Buffer {
  const resources = { document, fonts, logo, accentColor }
  const swissBill = swissBillOf(document)
  const dense = swissBill && document.lines.length <= MAX_DENSE_LINES ? drawPages({ ...resources, swissBill, isDense: true }) : undefined
  const file = dense?.pages.length === 1 ? dense : drawPages({ ...resources, swissBill, isDense: false })
  return file.finish(buildAttachedInvoice(document))
}

interface Drawing {
  document: DocumentSnapshot
  fonts: FontSet
  logo: PdfImage | undefined
  accentColor: string
  swissBill: SwissBill | undefined
  isDense: boolean
}

function drawPages({ document, fonts, logo, accentColor, swissBill, isDense }: Drawing): PdfFile {
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
  const footer = measureFooter(document, formatter, fonts)
  const colors = accentColors(accentColor)
  const cursor = new LayoutCursor({ file, fonts, document, formatter, colors, swissBill, isDense, bottom: footer.contentEnd })
  drawHeader(cursor, logo)
  drawSummary(cursor)
  drawLines(cursor)
  drawTotals(cursor)
  drawHowToPay(cursor)
  const lastFooter = drawSwissBill(cursor, footer)
  drawFooters(cursor, footer, lastFooter, title)
  return file
}

/** For example "Invoice INV-2026-000001"; shown on every page and in the file properties. */
function fileTitle(document: DocumentSnapshot, formatter: DocumentFormatter): string {
  const { number, orderId } = document
  const { messages } = formatter
  const title = documentTitle(document, formatter)
  const payment = receiptPayment(document)
  if (number) return `${title} ${number}`
  if (payment?.id !== undefined) return messages.titleForPayment(title, payment.id)
  return orderId === null ? title : messages.titleForOrder(title, orderId)
}
