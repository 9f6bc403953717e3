import { lineHeight, type Style } from '../../../platform/pdf/page.js'
import { ROW_HEADER, type Tag } from '../../../platform/pdf/structure-tag.js'
import type { DocumentSnapshot } from '../document-snapshot.js'
import { amountToPay, isTaxed } from '../invoice.rules.js'
import type { DocumentFormatter } from './document-formatter.js'
import { BODY, INK, LABEL, type LayoutCursor, MARGIN, RIGHT, RULE, WIDTH } from './layout-cursor.js'

const LEFT = MARGIN + 215
const TOTAL: Style = { weight: 'bold', size: 12, color: INK }

/** Draws net amount, tax by rate, total, what is already paid, the amount due, and the notes below them. */
export function drawTotals(cursor: LayoutCursor): void {
  const { document, formatter, file } = cursor
  const { messages, money, rate } = formatter
  const notes = documentNotes(document, formatter).map((note) => cursor.fonts.wrap(note, BODY.weight, BODY.size, WIDTH))
  const rows = document.taxes.length + (document.prepaid === undefined ? 0 : 2)
  cursor.makeRoom(70 + lineHeight(BODY) * rows)
  cursor.y += 8
  const body = file.root.add('Table').add('TBody')
  // The documents of a top-up mention no tax.
  if (!isOfTopUp(document)) drawAmount(cursor, body, messages.net, money(document.subtotal))
  for (const line of document.taxes.filter(isTaxed))
    drawAmount(cursor, body, messages.taxOf(line.name ?? messages.tax, rate(line), money(line.net)), money(line.tax))
  cursor.page.rule(LEFT, cursor.y + 1, RIGHT - LEFT, 1, RULE)
  cursor.y += 6
  drawAmount(cursor, body, `${messages.total} (${document.currency})`, money(document.total), TOTAL)
  if (document.prepaid !== undefined) {
    drawAmount(cursor, body, messages.prepaid, money(`-${document.prepaid}`))
    drawAmount(cursor, body, `${messages.amountDue} (${document.currency})`, money(amountToPay(document)), TOTAL)
  }
  cursor.y += 14
  for (const lines of notes) {
    cursor.makeRoom(lines.length * lineHeight(BODY))
    cursor.y = cursor.page.lines(file.root.add('P'), lines, MARGIN, cursor.y, BODY) + 4
  }
}

function isOfTopUp({ kind }: DocumentSnapshot): boolean {
  return kind === 'PAYMENT_REQUEST' || kind === 'RECEIPT'
}

function drawAmount(cursor: LayoutCursor, body: Tag, label: string, value: string, style?: Style): void {
  const row = body.add('TR')
  const lines = cursor.fonts.wrap(label, (style ?? LABEL).weight, (style ?? LABEL).size, RIGHT - LEFT - 130)
  const end = cursor.page.lines(row.add('TH', ROW_HEADER), lines, LEFT, cursor.y, style ?? LABEL)
  cursor.page.line(row.add('TD'), value, RIGHT, cursor.y, style ?? BODY, 'right')
  cursor.y = end + 2
}

function documentNotes(
  { kind, taxes, credited, merchantOfRecord, isTest, invoicedElsewhere }: DocumentSnapshot,
  { messages, date }: DocumentFormatter,
): string[] {
  const notes: (string | false | null | undefined)[] = [
    credited && `${messages.creditFor(credited.number, date(credited.date))}.`,
    credited?.reason && `${messages.reason}: ${credited.reason}`,
    taxes.some(({ category }) => category === 'OUT_OF_SCOPE') && messages.outOfScope,
    taxes.some(({ category, customerOwesTax }) => category === 'REVERSE_CHARGE' || customerOwesTax) && messages.reverseCharge,
    ...taxes.map(({ exemption }) => exemption),
    kind === 'PRO_FORMA' && (invoicedElsewhere ? messages.invoicedElsewhere : messages.proForma),
    kind === 'PAYMENT_REQUEST' && messages.paymentRequest,
    kind === 'RECEIPT' && messages.receipt,
    isTest && messages.testSale,
    merchantOfRecord && messages.statement(merchantOfRecord.name),
    merchantOfRecord?.documentUrl && `${messages.sellersDocument}: ${merchantOfRecord.documentUrl}`,
  ]
  return notes.filter((note): note is string => Boolean(note))
}
