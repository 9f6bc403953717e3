import { lineHeight, type Style } from '../../../platform/pdf/page.js'
import { ROW_HEADER, type Tag } from '../../../platform/pdf/structure-tag.js'
import type { DocumentSnapshot } from '../document-snapshot.js'
import { amountToPay, isTaxed } from '../invoice.rules.js'
import { remainingOf } from '../receipt.rules.js'
import type { DocumentFormatter } from './document-formatter.js'
import { documentNotes, documentNotices, isFromBalance, printedPayments, printedReturns } from './document-notes.js'
import { BODY, LABEL, type LayoutCursor, MARGIN, MIDDLE, NOTE, RIGHT, RULE, SMALL, STRONG } from './layout-cursor.js'

const TOTAL: Style = { ...STRONG, size: 12 }
/** Between a label and its amount. */
const GAP = 12
const AFTER_ROW = 3
/** A measure that is easy to read. */
const NOTE_WIDTH = 400

interface TotalRow {
  readonly label: string
  readonly value: string
  readonly style: 'plain' | 'sum' | 'total' | 'small'
}

/** Draws net amount, tax by rate, total, what is already paid, the amount due, and the notes below them. */
export function drawTotals(cursor: LayoutCursor): void {
  const { document, formatter, file, colors } = cursor
  const rows = totalRows(document, formatter).map((row) => measureRow(cursor, row))
  cursor.makeRoom(rows.reduce((sum, { height }) => sum + height, 24))
  cursor.y += 8
  const body = file.root.add('Table').add('TBody')
  for (const row of rows) {
    if (row.style === 'total') {
      cursor.page.rule(MIDDLE, cursor.y, RIGHT - MIDDLE, 1, colors.area)
      cursor.y += 6
    }
    if (row.style === 'sum') {
      cursor.page.rule(MIDDLE, cursor.y, RIGHT - MIDDLE, 0.5, RULE)
      cursor.y += 3
    }
    drawRow(cursor, body, row)
  }
  const notes = notesBelow(cursor)
  if (notes.length > 0) cursor.y += 14
  for (const note of notes) {
    const lines = cursor.wrap(note, NOTE, NOTE_WIDTH)
    if (lines.length < 8) cursor.makeRoom(lines.length * lineHeight(NOTE))
    cursor.paragraph(file.root.add('P'), lines, MARGIN, NOTE)
    cursor.y += 4
  }
}

function totalRows(document: DocumentSnapshot, formatter: DocumentFormatter): TotalRow[] {
  if (document.kind === 'RECEIPT') return receiptRows(document, formatter)
  const { kind, taxes, subtotal, total, prepaid, currency } = document
  const { messages, money, rate } = formatter
  const taxName = (name: string | null) => name ?? messages.tax
  return [
    // A top-up has no tax.
    ...(kind === 'PAYMENT_REQUEST' ? [] : [plain(messages.net, money(subtotal))]),
    ...taxes.filter(isTaxed).map((line) => plain(messages.taxOf(taxName(line.name), rate(line), money(line.net)), money(line.tax))),
    { label: `${messages.total} (${currency})`, value: money(total), style: prepaid === undefined ? 'total' : 'sum' },
    ...(prepaid === undefined
      ? []
      : [
          plain(messages.prepaid, money(`-${prepaid}`)),
          { label: `${messages.amountDue} (${currency})`, value: money(amountToPay(document)), style: 'total' } as const,
        ]),
    ...accountingTaxRows(document, formatter),
  ]
}

/** What was received, what has not remained, and the rest. */
function receiptRows(document: DocumentSnapshot, formatter: DocumentFormatter): TotalRow[] {
  const { total, currency, payments = [] } = document
  const { messages, money } = formatter
  const label = isFromBalance(document) ? messages.takenFromBalance : messages.amountReceived
  const returns = printedReturns(document, formatter)
  const received = { label: `${label} (${currency})`, value: money(total), style: returns.length === 0 ? 'total' : 'sum' } as const
  if (returns.length === 0) return [received]
  const remaining = money(remainingOf(payments).toString())
  return [
    received,
    ...returns.map(({ text, amount }) => plain(text, money(`-${amount}`))),
    { label: `${messages.remaining} (${currency})`, value: remaining, style: 'total' },
  ]
}

function plain(label: string, value: string): TotalRow {
  return { label, value, style: 'plain' }
}

/** "Tax in DKK (1 EUR = 7.45 DKK, ECB, 27 November 2026)". Source: Directive 2006/112/EC, article 230. */
function accountingTaxRows(
  { accountingTax, taxes, currency: documentCurrency }: DocumentSnapshot,
  formatter: DocumentFormatter,
): TotalRow[] {
  if (!accountingTax) return []
  const { messages, money, decimal, day } = formatter
  const { currency, tax, rate, source } = accountingTax
  const [line] = taxes
  const printedSource = source === 'ECB' ? messages.europeanCentralBank : source
  const origin = `1\u00a0${documentCurrency} = ${decimal(rate)}\u00a0${currency}, ${printedSource}, ${day(accountingTax.day)}`
  const name = taxes.length === 1 ? (line?.name ?? messages.tax) : messages.tax
  return [{ label: `${messages.taxIn(name, currency)} (${origin})`, value: money(tax, currency), style: 'small' }]
}

const STYLES: Record<TotalRow['style'], { label: Style; value: Style }> = {
  plain: { label: LABEL, value: BODY },
  /** The total, when the amount due is less. */
  sum: { label: STRONG, value: STRONG },
  total: { label: TOTAL, value: TOTAL },
  small: { label: { ...SMALL, size: 8 }, value: { ...BODY, size: 8 } },
}

interface MeasuredRow extends TotalRow {
  readonly lines: readonly string[]
  readonly height: number
}

function measureRow(cursor: LayoutCursor, row: TotalRow): MeasuredRow {
  const { label, value } = STYLES[row.style]
  const lines = cursor.wrap(row.label, label, RIGHT - MIDDLE - GAP - cursor.widthOf(row.value, value))
  const height = lines.length * lineHeight(label) + AFTER_ROW
  return { ...row, lines, height: row.style === 'total' ? height + 6 : height + (row.style === 'sum' ? 3 : 0) }
}

function drawRow(cursor: LayoutCursor, body: Tag, { lines, value, style }: MeasuredRow): void {
  const row = body.add('TR')
  const styles = STYLES[style]
  const end = cursor.page.lines(row.add('TH', ROW_HEADER), lines, MIDDLE, cursor.y, styles.label)
  cursor.page.line(row.add('TD'), value, RIGHT, cursor.y, styles.value, 'right')
  cursor.y = end + AFTER_ROW
}

/** What is next to the amount is not repeated. */
function notesBelow({ document, formatter, isDense }: LayoutCursor): string[] {
  const notices = document.howToPay && !isDense ? [...printedPayments(document, formatter), ...documentNotices(document, formatter)] : []
  return [...notices, ...documentNotes(document, formatter)]
}
