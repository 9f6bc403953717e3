import type { Seller } from '../../../config/config.js'
import type { PdfImage } from '../../../platform/pdf/image.js'
import { lineHeight } from '../../../platform/pdf/page.js'
import { A4_PAGE } from '../../../platform/pdf/pdf-file.js'
import type { Tag } from '../../../platform/pdf/structure-tag.js'
import type { Buyer } from '../buyer.rules.js'
import type { Messages } from '../i18n/messages.js'
import { type DocumentSnapshot, lastIncludedMoment } from '../invoice.rules.js'
import { countryName, type DocumentFormatter } from './document-formatter.js'
import { ACCENT, BODY, HEADING, INK, LABEL, type LayoutCursor, MARGIN, RIGHT, STRONG, WIDTH } from './layout-cursor.js'

const LOGO = { width: 150, height: 56 }
const COMPANY = { weight: 'bold', size: 14, color: INK } as const
const TITLE = { weight: 'bold', size: 20, color: ACCENT } as const
/** Left of it the seller's name, right of it title and facts. */
const MIDDLE = MARGIN + 220

/** Logo and company, title and facts, seller and buyer. */
export function drawHeader(sheet: LayoutCursor, logo: PdfImage | undefined): void {
  const { root } = sheet.file
  const company = drawCompany(sheet, root, logo)
  const facts = drawDetails(sheet, root)
  sheet.y = Math.max(company, facts) + 20
  const { issuer, buyer } = sheet.document
  const { words } = sheet.writer
  const top = sheet.y
  const half = WIDTH / 2 - 12
  const seller = drawParty(sheet, words.from, partyLines(issuer, words), MARGIN, top, half)
  const customer = drawParty(sheet, words.billTo, partyLines(buyer, words), MARGIN + half + 24, top, half)
  sheet.y = Math.max(seller, customer) + 22
}

function drawCompany({ page, fonts, document, writer }: LayoutCursor, root: Tag, logo: PdfImage | undefined): number {
  let y = MARGIN
  if (logo) {
    const scale = Math.min(LOGO.width / logo.width, LOGO.height / logo.height)
    const box = { x: MARGIN, y, width: logo.width * scale, height: logo.height * scale }
    const corners = [box.x, A4_PAGE.height - box.y - box.height, box.x + box.width, A4_PAGE.height - box.y].map(
      (at) => Math.round(at * 100) / 100,
    )
    const attributes = `<</O/Layout/BBox[${corners.join(' ')}]>>`
    page.image(root.add('Figure', { attributes, alternative: writer.words.logo(document.issuer.company) }), logo, box)
    y += box.height + 8
  }
  const lines = fonts.wrap(document.issuer.company, COMPANY.weight, COMPANY.size, MIDDLE - MARGIN - 10)
  return page.lines(root.add('P'), lines, MARGIN, y, COMPANY)
}

/** Title, number and dates on the right. @returns where they end */
function drawDetails({ page, fonts, document, writer }: LayoutCursor, root: Tag): number {
  const width = RIGHT - MIDDLE
  const title = countryName(document, writer)
  let y = page.lines(root.add('H1'), fonts.wrap(title, TITLE.weight, TITLE.size, width), RIGHT, MARGIN - 5, TITLE, 'right') + 6
  const facts = detailRows(document, writer)
  const labels = Math.max(...facts.map(([label]) => fonts.width(label, LABEL.weight, LABEL.size)))
  const values = Math.max(...facts.map(([, value]) => fonts.width(value, STRONG.weight, STRONG.size)))
  const valueLeft = Math.max(RIGHT - values, MIDDLE + labels + 14)
  for (const [label, value] of facts) {
    const fact = root.add('P')
    page.line(fact, label, valueLeft - 14, y, LABEL, 'right')
    y = page.lines(fact, fonts.wrap(value, STRONG.weight, STRONG.size, RIGHT - valueLeft + 0.01), valueLeft, y, STRONG) + 1
  }
  return y
}

function detailRows(document: DocumentSnapshot, { words, date }: DocumentFormatter): [string, string][] {
  const { kind, number, orderId, period, credited } = document
  const facts: [string, string | false | null][] = [
    [words.number, number],
    [words.order, String(orderId)],
    [words.date, date(document.date)],
    [words.supplyDate, kind !== 'PRO_FORMA' && !period && date(document.supplyDate)],
    [kind === 'PRO_FORMA' ? words.validUntil : words.dueDate, kind !== 'CREDIT_NOTE' && date(document.dueDate)],
    [words.servicePeriod, period && `${date(period.start)} – ${date(lastIncludedMoment(period.end))}`],
    [words.titles.INVOICE, credited && `${credited.number}, ${date(credited.date)}`],
    [words.status, statusText(document, words)],
  ]
  return facts.flatMap(([label, value]) => (value ? [[label, value] satisfies [string, string]] : []))
}

function statusText({ kind, paid, orderStatus }: DocumentSnapshot, words: Messages): string {
  if (kind === 'PRO_FORMA') return words.orderStatuses[orderStatus]
  if (kind === 'CREDIT_NOTE') return words.credited
  return paid ? words.paid : words.open
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

/** Seller or buyer, a line each; what is not known is left out. */
function partyLines(party: Seller | Buyer, { taxId: label }: Messages): string[] {
  const { name, address, zip, city, state, country, taxId, email } = party
  const place = [[zip, city].filter(Boolean).join(' '), state, country].filter(Boolean).join(', ')
  return [name, address, place, taxId && `${label}: ${taxId}`, email].filter((line): line is string => Boolean(line))
}
