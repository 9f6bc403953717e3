import type { Seller } from '../../../config/config.js'
import type { PdfImage } from '../../../platform/pdf/image.js'
import { lineHeight } from '../../../platform/pdf/page.js'
import { A4_PAGE } from '../../../platform/pdf/pdf-file.js'
import type { Tag } from '../../../platform/pdf/structure-tag.js'
import type { BuyerDetails, DocumentSnapshot } from '../document-snapshot.js'
import type { Messages } from '../i18n/messages.js'
import { lastDay } from '../invoice.rules.js'
import { type DocumentFormatter, documentTitle } from './document-formatter.js'
import { ACCENT, BODY, HEADING, INK, LABEL, type LayoutCursor, MARGIN, RIGHT, STRONG, WIDTH } from './layout-cursor.js'

const LOGO = { width: 150, height: 56 }
const COMPANY = { weight: 'bold', size: 14, color: INK } as const
const TITLE = { weight: 'bold', size: 20, color: ACCENT } as const
/** The company name is left of this position, the title and the details are right of it. */
const MIDDLE = MARGIN + 220

/** Draws logo and company name, title and details, seller and buyer. */
export function drawHeader(cursor: LayoutCursor, logo: PdfImage | undefined): void {
  const { root } = cursor.file
  const companyEnd = drawCompany(cursor, root, logo)
  const detailsEnd = drawDetails(cursor, root)
  cursor.y = Math.max(companyEnd, detailsEnd) + 20
  const { issuer, buyer } = cursor.document
  const { messages } = cursor.formatter
  const top = cursor.y
  const half = WIDTH / 2 - 12
  const sellerEnd = drawParty(cursor, messages.from, partyLines(issuer, messages), MARGIN, top, half)
  const buyerEnd = drawParty(cursor, messages.billTo, partyLines(buyer, messages), MARGIN + half + 24, top, half)
  cursor.y = Math.max(sellerEnd, buyerEnd) + 22
}

function drawCompany({ page, fonts, document, formatter }: LayoutCursor, root: Tag, logo: PdfImage | undefined): number {
  let y = MARGIN
  if (logo) {
    const scale = Math.min(LOGO.width / logo.width, LOGO.height / logo.height)
    const box = { x: MARGIN, y, width: logo.width * scale, height: logo.height * scale }
    const corners = [box.x, A4_PAGE.height - box.y - box.height, box.x + box.width, A4_PAGE.height - box.y].map(
      (at) => Math.round(at * 100) / 100,
    )
    const attributes = `<</O/Layout/BBox[${corners.join(' ')}]>>`
    page.image(root.add('Figure', { attributes, alternative: formatter.messages.logo(document.issuer.company) }), logo, box)
    y += box.height + 8
  }
  const lines = fonts.wrap(document.issuer.company, COMPANY.weight, COMPANY.size, MIDDLE - MARGIN - 10)
  return page.lines(root.add('P'), lines, MARGIN, y, COMPANY)
}

/** Draws title, number and dates on the right. @returns the y position below them */
function drawDetails({ page, fonts, document, formatter }: LayoutCursor, root: Tag): number {
  const width = RIGHT - MIDDLE
  const title = documentTitle(document, formatter)
  let y = page.lines(root.add('H1'), fonts.wrap(title, TITLE.weight, TITLE.size, width), RIGHT, MARGIN - 5, TITLE, 'right') + 6
  const details = detailRows(document, formatter)
  const labels = Math.max(...details.map(([label]) => fonts.width(label, LABEL.weight, LABEL.size)))
  const values = Math.max(...details.map(([, value]) => fonts.width(value, STRONG.weight, STRONG.size)))
  const valueLeft = Math.max(RIGHT - values, MIDDLE + labels + 14)
  for (const [label, value] of details) {
    const paragraph = root.add('P')
    page.line(paragraph, label, valueLeft - 14, y, LABEL, 'right')
    y = page.lines(paragraph, fonts.wrap(value, STRONG.weight, STRONG.size, RIGHT - valueLeft + 0.01), valueLeft, y, STRONG) + 1
  }
  return y
}

function detailRows(document: DocumentSnapshot, { messages, date, day }: DocumentFormatter): [string, string][] {
  const { kind, number, orderId, period, credited, invoicedElsewhere } = document
  const details: [string, string | false | null][] = [
    [messages.number, number],
    [messages.order, String(orderId)],
    [messages.date, date(document.date)],
    [messages.supplyDate, number && !period && date(document.supplyDate)],
    [
      number ? messages.dueDate : messages.validUntil,
      kind !== 'CREDIT_NOTE' && kind !== 'RECEIPT' && !invoicedElsewhere && date(document.dueDate),
    ],
    [messages.servicePeriod, period && `${date(period.start)} – ${day(lastDay(period, document.timeZone))}`],
    [messages.titles.INVOICE, credited && `${credited.number}, ${date(credited.date)}`],
    [messages.status, statusText(document, messages)],
  ]
  return details.flatMap(([label, value]) => (value ? [[label, value] satisfies [string, string]] : []))
}

function statusText({ kind, paid, orderStatus }: DocumentSnapshot, messages: Messages): string {
  if (kind === 'PRO_FORMA' || (kind === 'PAYMENT_REQUEST' && orderStatus !== 'PENDING')) return messages.orderStatuses[orderStatus]
  if (kind === 'CREDIT_NOTE') return messages.credited
  // All payments of the receipt were reversed or refunded.
  if (kind === 'RECEIPT' && !paid) return ''
  return paid ? messages.paid : messages.open
}

function drawParty(
  { page, fonts, file }: LayoutCursor,
  label: string,
  lines: readonly string[],
  x: number,
  y: number,
  width: number,
): number {
  const section = file.root.add('Sect')
  page.line(section.add('H2'), label, x, y, HEADING)
  const [name = '', ...rest] = lines
  const paragraph = section.add('P')
  const under = page.lines(paragraph, fonts.wrap(name, STRONG.weight, STRONG.size, width), x, y + lineHeight(HEADING) + 3, STRONG)
  const wrapped = rest.flatMap((line) => fonts.wrap(line, BODY.weight, BODY.size, width))
  return wrapped.length > 0 ? page.lines(paragraph, wrapped, x, under, BODY) : under
}

/** Lines for a seller or buyer. Unknown values are left out. */
function partyLines(party: Seller | BuyerDetails, { taxId: label }: Messages): string[] {
  const { name, address, zip, city, state, country, taxId, email } = party
  const cityLine = [[zip, city].filter(Boolean).join(' '), state, country].filter(Boolean).join(', ')
  return [name, address, cityLine, taxId && `${label}: ${taxId}`, email].filter((line): line is string => Boolean(line))
}
