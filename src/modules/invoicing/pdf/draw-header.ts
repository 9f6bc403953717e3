import type { Seller } from '../../../config/config.js'
import type { PdfImage } from '../../../platform/pdf/image.js'
import { lineHeight, type Style } from '../../../platform/pdf/page.js'
import { A4_PAGE } from '../../../platform/pdf/pdf-file.js'
import { figureAttributes } from '../../../platform/pdf/shapes.js'
import type { BuyerDetails, DocumentSnapshot } from '../document-snapshot.js'
import { lastDay } from '../invoice.rules.js'
import { type DocumentFormatter, documentTitle } from './document-formatter.js'
import { receiptPayment } from './document-notes.js'
import { BODY, COLUMN, columnLeft, GUTTER, HEADING, LABEL, type LayoutCursor, MARGIN, MIDDLE, RIGHT, STRONG } from './layout-cursor.js'
import { addressLines, defined, registrationLine, taxIdLine } from './party-lines.js'

const TOP = 40
const BAR = 5
const LOGO = { width: 170, height: 44 }
/** A logo that is narrower, compared with its height, is a sign without the name of the company. */
const NAMED_LOGO_RATIO = 2
const COMPANY = { ...STRONG, size: 15 }
/** The title is as large as it fits on one line. */
const TITLE_SIZES = [22, 20, 18, 16]
const NUMBER = { ...BODY, size: 11 }
const PARTY_NAME = { ...STRONG, size: 10.5 }
const CELL_LABEL = { ...HEADING, weight: 'regular' } satisfies Style
/** The brand is left of this position, the title is right of it. */
const BRAND_RIGHT = MIDDLE - 2 * GUTTER

/** Draws logo and company name, title, buyer and seller, and details. */
export function drawHeader(cursor: LayoutCursor, logo: PdfImage | undefined): void {
  cursor.page.rule(0, 0, A4_PAGE.width, BAR, cursor.colors.area)
  const brandEnd = drawBrand(cursor, logo)
  const titleEnd = drawTitle(cursor)
  const top = Math.max(brandEnd, titleEnd, TOP + LOGO.height) + cursor.gap(30)
  const { issuer, buyer, kind } = cursor.document
  const { messages } = cursor.formatter
  const buyerEnd = drawParty(cursor, kind === 'RECEIPT' ? messages.customer : messages.billTo, buyer, MARGIN, top)
  const sellerEnd = drawParty(cursor, messages.from, issuer, MIDDLE, top)
  cursor.y = Math.max(buyerEnd, sellerEnd) + cursor.gap(20)
  drawDetails(cursor)
}

/** @returns the y position below it */
function drawBrand(cursor: LayoutCursor, logo: PdfImage | undefined): number {
  const { page, file, document, formatter } = cursor
  const { company } = document.issuer
  if (!logo) {
    const lines = cursor.wrap(company, COMPANY, BRAND_RIGHT - MARGIN)
    return page.lines(file.root.add('P'), lines, MARGIN, TOP, COMPANY)
  }
  const scale = Math.min(LOGO.width / logo.width, LOGO.height / logo.height)
  const box = { x: MARGIN, y: TOP, width: logo.width * scale, height: logo.height * scale }
  page.image(file.root.add('Figure', { attributes: figureAttributes(box), alternative: formatter.messages.logo(company) }), logo, box)
  if (logo.width / logo.height >= NAMED_LOGO_RATIO) return TOP + box.height
  const left = MARGIN + box.width + 10
  const lines = cursor.wrap(company, COMPANY, BRAND_RIGHT - left)
  const height = lines.length * lineHeight(COMPANY)
  const top = TOP + Math.max(0, (box.height - height) / 2)
  return Math.max(TOP + box.height, page.lines(file.root.add('P'), lines, left, top, COMPANY))
}

/** @returns the y position below it */
function drawTitle(cursor: LayoutCursor): number {
  const { page, file, document, formatter, colors } = cursor
  const heading = file.root.add('H1')
  const title = documentTitle(document, formatter)
  const size = TITLE_SIZES.find((each) => cursor.widthOf(title, { ...STRONG, size: each }) <= RIGHT - MIDDLE) ?? 16
  const style = { ...STRONG, size, color: colors.text }
  const end = page.lines(heading, cursor.wrap(title, style, RIGHT - MIDDLE), RIGHT, TOP - 5, style, 'right')
  if (document.number === null) return end
  return page.lines(heading, cursor.wrap(document.number, NUMBER, RIGHT - MIDDLE), RIGHT, end + 1, NUMBER, 'right')
}

/** @returns the y position below it */
function drawParty(cursor: LayoutCursor, label: string, party: Seller | BuyerDetails, x: number, y: number): number {
  const { page, file, formatter } = cursor
  const width = 2 * COLUMN + GUTTER - 10
  const section = file.root.add('Sect')
  page.line(section.add('H2'), label, x, y, HEADING)
  const paragraph = section.add('P')
  const under = page.lines(paragraph, cursor.wrap(party.name, PARTY_NAME, width), x, y + lineHeight(HEADING) + 4, PARTY_NAME) + 1
  const lines = partyLines(party, formatter).flatMap((line) => cursor.wrap(line, BODY, width))
  return lines.length > 0 ? page.lines(paragraph, lines, x, under, BODY) : under
}

/** The register of the seller is in the footer. */
function partyLines(party: Seller | BuyerDetails, formatter: DocumentFormatter): string[] {
  const { messages } = formatter
  const registration = 'company' in party ? undefined : registrationLine(party, messages)
  return defined([...addressLines(party, formatter), taxIdLine(party, messages), registration, party.email])
}

/** Draws labels with their values below them in the four columns. */
function drawDetails(cursor: LayoutCursor): void {
  const { page, file, document, formatter } = cursor
  let column = 0
  let end = cursor.y
  for (const [label, value] of detailCells(document, formatter)) {
    const span = cursor.widthOf(value, BODY) <= COLUMN ? 1 : 2
    if (column + span > 4) {
      column = 0
      cursor.y = end + 8
    }
    const x = columnLeft(column)
    const cell = file.root.add('P')
    page.line(cell, label, x, cursor.y, CELL_LABEL)
    const lines = cursor.wrap(value, BODY, span * (COLUMN + GUTTER) - GUTTER + 0.01)
    end = Math.max(end, page.lines(cell, lines, x, cursor.y + lineHeight(LABEL), BODY))
    column += span
  }
  cursor.y = Math.min(end, cursor.bottom) + cursor.gap(18)
}

function detailCells(document: DocumentSnapshot, { messages, date, day }: DocumentFormatter): [string, string][] {
  const { number, orderId, period, buyer, timeZone } = document
  const payment = receiptPayment(document)
  const details: [string, string | false | null][] = [
    [document.kind === 'RECEIPT' ? messages.paymentDate : messages.date, date(document.date)],
    [messages.supplyDate, number !== null && !period && date(document.supplyDate)],
    [messages.servicePeriod, period && daysOf(date(period.start), day(lastDay(period, timeZone)))],
    [messages.paymentKinds.OTHER, payment?.id !== undefined && String(payment.id)],
    [messages.paymentProvider, payment?.provider ?? null],
    [messages.order, orderId !== null && String(orderId)],
    [messages.purchaseOrder, buyer.purchaseOrder],
    [messages.yourReference, buyer.reference],
  ]
  return details.flatMap(([label, value]) => (value ? [[label, value] satisfies [string, string]] : []))
}

/** A period of one day prints that day only. */
function daysOf(first: string, last: string): string {
  return first === last ? first : `${first} – ${last}`
}
