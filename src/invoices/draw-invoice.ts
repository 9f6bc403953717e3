import PDFDocument from 'pdfkit'
import { formatMoney } from '../core/money.js'
import { facts, partyLines, title } from './document-words.js'
import type { Fonts } from './fonts.js'
import type { DocumentLine, DocumentSnapshot } from './invoice.rules.js'

const MARGIN = 50
const PAGE = { width: 595.28, height: 841.89 }
const RIGHT = PAGE.width - MARGIN
const WIDTH = RIGHT - MARGIN
/** Nothing but the footer is drawn below. */
const BOTTOM = PAGE.height - 80
const INK = '#1b1f24'
const MUTED = '#5b6570'
const RULE = '#d5dbe1'
const ACCENT = '#0b5cad'

const COLUMNS = [
  { title: 'Description', x: MARGIN, width: 245, align: 'left' },
  { title: 'Quantity', x: MARGIN + 250, width: 55, align: 'right' },
  { title: 'Unit price', x: MARGIN + 310, width: 90, align: 'right' },
  { title: 'Amount', x: MARGIN + 405, width: WIDTH - 405, align: 'right' },
] as const

type Pdf = PDFKit.PDFDocument

interface Pen {
  pdf: Pdf
  document: DocumentSnapshot
  money(minorUnits: string): string
  date(iso: string): string
}

/**
 * Draws a document on A4. The same document gives the same bytes, wherever it is drawn.
 * @param logo  PNG without transparency, or JPEG; as logo.ts returns it
 */
export async function drawInvoice(document: DocumentSnapshot, fonts: Fonts, logo: Uint8Array | undefined): Promise<Buffer> {
  const pdf = new PDFDocument({
    size: [PAGE.width, PAGE.height],
    margins: { top: MARGIN, bottom: 0, left: MARGIN, right: MARGIN },
    bufferPages: true,
    autoFirstPage: true,
    pdfVersion: '1.7',
    lang: document.locale,
    displayTitle: true,
    font: fonts.regular as unknown as string,
    info: {
      Title: title(document),
      Author: plainInfo(document.issuer.company),
      Subject: `Order ${document.orderId}`,
      CreationDate: new Date(document.date),
      ModDate: new Date(document.date),
    },
  })
  const finished = collect(pdf)
  pdf.registerFont('regular', fonts.regular as unknown as string)
  pdf.registerFont('bold', fonts.bold as unknown as string)
  const pen = createPen(pdf, document)
  drawHead(pen, logo)
  drawLines(pen)
  drawTotals(pen)
  drawFooters(pen)
  pdf.end()
  return finished
}

function createPen(pdf: Pdf, document: DocumentSnapshot): Pen {
  const days = new Intl.DateTimeFormat(document.locale, { dateStyle: 'long', timeZone: document.timeZone })
  return {
    pdf,
    document,
    money: (minorUnits) => formatMoney({ minorUnits: BigInt(minorUnits), currency: document.currency }, document.locale),
    date: (iso) => days.format(new Date(iso)),
  }
}

function collect(pdf: Pdf): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    pdf.on('data', (chunk: Buffer) => chunks.push(chunk))
    pdf.on('end', () => resolve(Buffer.concat(chunks)))
    pdf.on('error', reject)
  })
}

/** An ampersand or angle bracket in the file properties would break the XML that pdfkit makes of them. */
function plainInfo(value: string): string {
  return value.replace(/[&<>]/g, ' ')
}

function drawHead(pen: Pen, logo: Uint8Array | undefined): void {
  const { pdf, document } = pen
  const { issuer } = document
  let left = MARGIN
  if (logo) {
    pdf.image(Buffer.from(logo), MARGIN, MARGIN, { fit: [150, 56] })
    left += 64
  }
  pdf.font('bold').fontSize(15).fillColor(INK).text(issuer.company, MARGIN, left, { width: 230 })
  const underName = pdf.y
  const facts = drawFacts(pen)
  pdf.y = Math.max(underName, facts) + 24
  const top = pdf.y
  const issuerEnd = drawParty(pdf, 'From', partyLines(issuer, issuer.email), MARGIN, top)
  const buyerEnd = drawParty(pdf, 'Bill to', partyLines(document.buyer, document.buyer.email), MARGIN + WIDTH / 2 + 10, top)
  pdf.y = Math.max(issuerEnd, buyerEnd) + 24
}

/** Title, number and dates on the right. @returns where they end */
function drawFacts(pen: Pen): number {
  const { pdf, document } = pen
  const x = MARGIN + 240
  const width = RIGHT - x
  pdf.font('bold').fontSize(22).fillColor(ACCENT)
  pdf.text(document.kind === 'INVOICE' ? 'INVOICE' : 'PRO FORMA', x, MARGIN - 6, { width, align: 'right' })
  pdf.y += 6
  for (const [label, value] of facts(pen.document, pen.date)) {
    const y = pdf.y
    pdf
      .font('regular')
      .fontSize(9)
      .fillColor(MUTED)
      .text(label, x, y, { width: width - 206, align: 'right' })
    pdf
      .font('bold')
      .fillColor(INK)
      .text(value, RIGHT - 198, y, { width: 198, align: 'right' })
    pdf.y += 2
  }
  return pdf.y
}

function drawParty(pdf: Pdf, label: string, lines: readonly string[], x: number, y: number): number {
  const width = WIDTH / 2 - 10
  pdf.font('bold').fontSize(8).fillColor(MUTED).text(label.toUpperCase(), x, y, { width, characterSpacing: 0.6 })
  pdf.y += 3
  for (const [index, line] of lines.entries()) {
    pdf
      .font(index === 0 ? 'bold' : 'regular')
      .fontSize(10)
      .fillColor(INK)
      .text(line, x, pdf.y, { width, lineGap: 1 })
  }
  return pdf.y
}

function drawLines(pen: Pen): void {
  const { pdf, document } = pen
  startPageIfBelow(pen, 60)
  drawTableHeader(pdf)
  for (const line of document.lines) {
    if (pdf.y + heightOf(pdf, line) > BOTTOM) {
      pdf.addPage()
      pdf.y = MARGIN
      drawTableHeader(pdf)
    }
    drawLine(pen, line)
  }
}

function drawTableHeader(pdf: Pdf): void {
  const y = pdf.y
  pdf.font('bold').fontSize(8.5).fillColor(MUTED)
  for (const { title, x, width, align } of COLUMNS) pdf.text(title, x, y, { width, align })
  drawRule(pdf, y + 16, 1)
  pdf.y = y + 22
}

function heightOf(pdf: Pdf, line: DocumentLine): number {
  return pdf.font('regular').fontSize(10).heightOfString(line.description, { width: COLUMNS[0].width }) + 12
}

function drawLine({ pdf, money }: Pen, line: DocumentLine): void {
  const y = pdf.y
  const height = heightOf(pdf, line)
  const cells = [line.description, String(line.quantity), money(line.unitPrice), money(line.amount)]
  pdf.font('regular').fontSize(10).fillColor(INK)
  for (const [index, { x, width, align }] of COLUMNS.entries()) pdf.text(cells[index] ?? '', x, y, { width, align })
  drawRule(pdf, y + height - 6, 0.5)
  pdf.y = y + height
}

function drawTotals(pen: Pen): void {
  const { pdf, document, money } = pen
  startPageIfBelow(pen, 90 + 16 * document.taxes.length)
  pdf.y += 8
  drawTotal(pdf, 'Subtotal', money(document.subtotal), false)
  for (const { rate, tax } of document.taxes) drawTotal(pdf, `Tax ${rate / 100}%`, money(tax), false)
  drawRule(pdf, pdf.y + 2, 1, MARGIN + 280)
  pdf.y += 10
  drawTotal(pdf, `Total (${document.currency})`, money(document.total), true)
  if (document.kind === 'INVOICE') return
  pdf.font('regular').fontSize(9).fillColor(MUTED)
  pdf.text('This is not an invoice. An invoice is issued when the order becomes active.', MARGIN, pdf.y + 20, { width: WIDTH })
}

function drawTotal(pdf: Pdf, label: string, value: string, strong: boolean): void {
  const y = pdf.y
  pdf
    .font(strong ? 'bold' : 'regular')
    .fontSize(strong ? 12 : 10)
    .fillColor(strong ? INK : MUTED)
  pdf.text(label, MARGIN + 280, y, { width: 105 })
  pdf.fillColor(INK).text(value, MARGIN + 385, y, { width: WIDTH - 385, align: 'right' })
  pdf.y = Math.max(pdf.y, y + 16)
}

function startPageIfBelow({ pdf }: Pen, needed: number): void {
  if (pdf.y + needed <= BOTTOM) return
  pdf.addPage()
  pdf.y = MARGIN
}

function drawRule(pdf: Pdf, y: number, thickness: number, from = MARGIN): void {
  pdf.moveTo(from, y).lineTo(RIGHT, y).lineWidth(thickness).strokeColor(RULE).stroke()
}

function drawFooters({ pdf, document }: Pen): void {
  const { start, count } = pdf.bufferedPageRange()
  for (let index = start; index < start + count; index += 1) {
    pdf.switchToPage(index)
    drawRule(pdf, PAGE.height - 58, 0.5)
    pdf.font('regular').fontSize(8).fillColor(MUTED)
    const y = PAGE.height - 50
    pdf.text(`${document.issuer.name} · ${title(document)}`, MARGIN, y, {
      width: WIDTH - 100,
      height: 12,
      ellipsis: true,
      lineBreak: false,
    })
    pdf.text(`Page ${index - start + 1} of ${count}`, RIGHT - 100, y, { width: 100, align: 'right', lineBreak: false })
  }
}
