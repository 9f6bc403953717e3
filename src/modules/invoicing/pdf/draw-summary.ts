import { formatIban } from '../../../core/bank-account.js'
import { lineHeight, type Style } from '../../../platform/pdf/page.js'
import { encodeQrCode, QUIET_ZONE } from '../../../platform/pdf/qr-code.js'
import { figureAttributes, polyline, roundedRectangle } from '../../../platform/pdf/shapes.js'
import type { Tag } from '../../../platform/pdf/structure-tag.js'
import type { DocumentSnapshot } from '../document-snapshot.js'
import { amountToPay, paymentReference } from '../invoice.rules.js'
import { remainingOf } from '../receipt.rules.js'
import { documentNotices, isFromBalance, printedPayments, printedReturns } from './document-notes.js'
import { BODY, HEADING, type LayoutCursor, MARGIN, NOTE, RIGHT, SMALL, STRONG, WHITE, WIDTH } from './layout-cursor.js'
import { instructionLines, mainMethod } from './printed-methods.js'
import { epcCode, transferFor } from './transfer.rules.js'

const PADDING = 16
const RADIUS = 6
/** The left side is as wide as the amount and its state, within these limits. */
const MIN_AMOUNT_WIDTH = 118
const MAX_AMOUNT_WIDTH = 150
/** The amount is as large as it fits. */
const AMOUNT_SIZES = [24, 21, 18, 15, 12, 10, 8]
const CODE_SIDE = 86
const GAP = 22
const CODE_GAP = 14
const TICK = 12
/** An account number is not broken: with a long one, all values are smaller. */
const VALUE_SIZES = [9, 8.5, 8, 7.5, 7]
const ROW_LABEL: Style = { ...SMALL, size: 8 }
const STATUS: Style = { ...STRONG, size: 10.5 }
const CAPTION: Style = { ...SMALL, size: 6.5 }
/** Longer instructions are printed below the totals. */
const MAX_INSTRUCTION_LINES = 6

/** A part of the right side, measured before it is drawn. */
interface Block {
  readonly height: number
  draw(section: Tag, y: number): void
}

/** Draws the amount and its state on the left, and on the right how to pay it, or how it was paid. */
export function drawSummary(cursor: LayoutCursor): void {
  const { file, document, formatter, colors } = cursor
  const transfer = transferFor(document)
  const code = transfer && epcCode(transfer)
  const { blocks: amount, width: amountWidth } = amountBlocks(cursor)
  const left = MARGIN + PADDING + amountWidth + GAP
  const right = RIGHT - PADDING - (code ? CODE_SIDE + CODE_GAP : 0)
  const details = document.howToPay ? paymentBlocks(cursor, left, right) : statusBlocks(cursor, left, right)
  const caption = code ? cursor.wrap(formatter.messages.scanToPay, CAPTION, CODE_SIDE) : []
  const codeHeight = code ? CODE_SIDE + 4 + caption.length * lineHeight(CAPTION) : 0
  const inner = Math.max(heightOf(amount), heightOf(details), codeHeight)
  const height = inner + 2 * PADDING
  cursor.makeRoom(height)
  const top = cursor.y
  cursor.page.fill(roundedRectangle({ x: MARGIN, y: top, width: WIDTH, height }, RADIUS), colors.tint)
  const section = file.root.add('Sect')
  stack(section, amount, top + PADDING)
  // How to pay starts next to the label of the amount. A state is centered.
  stack(section, details, top + PADDING + (document.howToPay ? 0 : (inner - heightOf(details)) / 2))
  if (code && transfer) {
    const box = { x: RIGHT - PADDING - CODE_SIDE, y: top + PADDING, width: CODE_SIDE, height: CODE_SIDE }
    drawCode(cursor, section, code, box, formatter.messages.paymentCode(formatter.money(transfer.amount.toString()), transfer.recipient))
    const paragraph = section.add('P')
    for (const [index, line] of caption.entries()) {
      const x = box.x + (CODE_SIDE - cursor.widthOf(line, CAPTION)) / 2
      cursor.page.line(paragraph, line, x, box.y + CODE_SIDE + 4 + index * lineHeight(CAPTION), CAPTION)
    }
  }
  cursor.y = top + height + cursor.gap(24)
}

function heightOf(blocks: readonly Block[]): number {
  return blocks.reduce((sum, { height }) => sum + height, 0)
}

function stack(section: Tag, blocks: readonly Block[], top: number): void {
  let y = top
  for (const { height, draw } of blocks) {
    draw(section, y)
    y += height
  }
}

/** @param after  the space below it, points */
function textBlock(cursor: LayoutCursor, type: 'H2' | 'P', text: string, style: Style, x: number, width: number, after = 0): Block {
  const lines = cursor.wrap(text, style, width)
  return {
    height: lines.length * lineHeight(style) + after,
    draw: (section, y) => void cursor.page.lines(section.add(type), lines, x, y, style),
  }
}

function amountBlocks(cursor: LayoutCursor): { blocks: Block[]; width: number } {
  const { document, formatter, colors } = cursor
  const { messages, money } = formatter
  const { label, amount, caption } = summaryOf(document, cursor)
  const text = money(amount)
  const size = AMOUNT_SIZES.find((candidate) => cursor.widthOf(text, { ...STRONG, size: candidate }) <= MAX_AMOUNT_WIDTH) ?? 8
  const style = { ...STRONG, size, color: colors.text }
  const parts = [
    { type: 'H2', text: messages[label], style: HEADING, after: 1 },
    // Below the last line of text, the panel has the space of its line height already.
    { type: 'P', text, style, after: caption === undefined ? -size * 0.2 : 2 },
    ...(caption === undefined ? [] : [{ type: 'P', text: caption, style: STRONG, after: 0 } as const]),
  ] as const
  const widest = Math.max(MIN_AMOUNT_WIDTH, ...parts.map((part) => cursor.widthOf(part.text, part.style)))
  const width = Math.min(MAX_AMOUNT_WIDTH, widest)
  return {
    width,
    blocks: parts.map((part) => textBlock(cursor, part.type, part.text, part.style, MARGIN + PADDING, width + 0.01, part.after)),
  }
}

interface Summary {
  label: 'amountDue' | 'amountPaid' | 'amountReceived' | 'takenFromBalance' | 'amountCredited' | 'amountRefunded' | 'total'
  /** Minor units. */
  amount: string
  caption?: string
}

function summaryOf(document: DocumentSnapshot, { formatter: { messages, date, money } }: LayoutCursor): Summary {
  const { kind, paid, total, dueDate, number, orderStatus, merchantOfRecord } = document
  if (kind === 'CREDIT_NOTE') return { label: merchantOfRecord ? 'amountRefunded' : 'amountCredited', amount: total }
  if (kind === 'RECEIPT') {
    const remaining = remainingOf(document.payments ?? []).toString()
    const isReduced = remaining !== total && { caption: messages.labelled(messages.remaining, money(remaining)) }
    return { label: isFromBalance(document) ? 'takenFromBalance' : 'amountReceived', amount: total, ...isReduced }
  }
  const isPending = number !== null || orderStatus === 'PENDING'
  if (!isPending || document.invoicedElsewhere) return { label: 'total', amount: total, caption: messages.orderStatuses[orderStatus] }
  if (paid) return { label: 'amountPaid', amount: total }
  const day = date(dueDate)
  return { label: 'amountDue', amount: amountToPay(document), caption: number === null ? messages.validUntil(day) : messages.dueOn(day) }
}

/** The account of the first payment method and the reference. */
function paymentBlocks(cursor: LayoutCursor, left: number, right: number): Block[] {
  const { document, formatter } = cursor
  const { messages } = formatter
  const method = mainMethod(document)
  const width = right - left
  const instructions = method ? instructionLines(cursor, method, NOTE, width) : []
  const rows: [string, string | null | undefined][] = cursor.isDense
    ? []
    : [
        [messages.recipient, method?.iban && document.issuer.name],
        ['IBAN', method?.iban && formatIban(method.iban)],
        ['BIC', method?.bic],
        [messages.paymentReference, paymentReference(document)],
      ]
  const shown = rows.flatMap(([label, value]) => (value ? [[label, value] as const] : []))
  const labels = Math.max(0, ...shown.map(([label]) => cursor.widthOf(label, ROW_LABEL))) + 10
  const account = method?.iban ? formatIban(method.iban) : ''
  const size = VALUE_SIZES.find((candidate) => cursor.widthOf(account, { ...BODY, size: candidate }) <= width - labels) ?? 7
  const valueStyle = { ...BODY, size }
  return [
    textBlock(cursor, 'H2', messages.howToPay, HEADING, left, width, 2),
    ...(method ? [textBlock(cursor, 'P', method.name, STRONG, left, width, 4)] : []),
    ...shown.map(([label, value]): Block => {
      const lines = cursor.wrap(value, valueStyle, width - labels + 0.01)
      return {
        height: lines.length * lineHeight(valueStyle) + 1,
        draw: (section, y) => {
          const paragraph = section.add('P')
          cursor.page.line(paragraph, label, left, y + size - ROW_LABEL.size, ROW_LABEL)
          cursor.page.lines(paragraph, lines, left + labels, y, valueStyle)
        },
      }
    }),
    ...noticesOf(cursor).map((text) => textBlock(cursor, 'P', text, NOTE, left, width, 3)),
    ...(fitsInSummary(instructions) && instructions.length > 0 ? [spaced(linesBlock(cursor, instructions, NOTE, left), 4)] : []),
  ]
}

export function fitsInSummary(instructions: readonly string[]): boolean {
  return instructions.length <= MAX_INSTRUCTION_LINES
}

/** What the document is not, if there is space instead of the account. */
function noticesOf({ isDense, document, formatter }: LayoutCursor): string[] {
  return isDense ? documentNotices(document, formatter) : []
}

/** How a document was paid, what a credit note reverses, and what the document is not. */
function statusBlocks(cursor: LayoutCursor, left: number, right: number): Block[] {
  const { document, formatter } = cursor
  const { messages, date } = formatter
  const width = right - left
  const { credited } = document
  const payments = printedPayments(document, formatter)
  const paid = payments.length > 0 ? payments : isShownAsPaid(document) ? [messages.paid] : []
  const reversals = printedReturns(document, formatter).filter(({ kind }) => kind === 'REVERSAL')
  return [
    ...paid.map((text) => tickedBlock(cursor, text, left, width)),
    ...reversals.map(({ text }) => textBlock(cursor, 'P', text, STATUS, left, width, 4)),
    ...(credited ? [textBlock(cursor, 'P', messages.creditFor(credited.number, date(credited.date)), STATUS, left, width, 4)] : []),
    ...documentNotices(document, formatter).map((text) => textBlock(cursor, 'P', text, NOTE, left, width, 3)),
  ]
}

function isShownAsPaid({ kind, paid, number, invoicedElsewhere }: DocumentSnapshot): boolean {
  return paid && !invoicedElsewhere && kind !== 'CREDIT_NOTE' && number !== null
}

/** A sentence after a tick in the accent color. */
function tickedBlock(cursor: LayoutCursor, text: string, x: number, width: number): Block {
  const lines = cursor.wrap(text, STATUS, width - TICK - 6)
  return {
    height: lines.length * lineHeight(STATUS) + 4,
    draw: (section, y) => {
      const tick = polyline([
        [x + 1, y + 7.5],
        [x + 4.2, y + 10.7],
        [x + 10.5, y + 3.4],
      ])
      cursor.page.stroke(tick, 2, cursor.colors.text)
      cursor.page.lines(section.add('P'), lines, x + TICK + 6, y, STATUS)
    },
  }
}

function linesBlock(cursor: LayoutCursor, lines: readonly string[], style: Style, x: number): Block {
  return {
    height: lines.length * lineHeight(style),
    draw: (section, y) => void cursor.page.lines(section.add('P'), lines, x, y, style),
  }
}

/** @param before  the space above it, points */
function spaced({ height, draw }: Block, before: number): Block {
  return { height: height + before, draw: (section, y) => draw(section, y + before) }
}

/** The light surface is the quiet zone of the code. */
function drawCode(
  cursor: LayoutCursor,
  section: Tag,
  text: string,
  box: { x: number; y: number; width: number; height: number },
  alternative: string,
): void {
  const code = encodeQrCode(text)
  const border = (box.width * QUIET_ZONE) / (code.size + 2 * QUIET_ZONE)
  const inner = { x: box.x + border, y: box.y + border, width: box.width - 2 * border, height: box.height - 2 * border }
  cursor.page.fill(roundedRectangle(box, 3), WHITE)
  cursor.page.qrCode(section.add('Figure', { attributes: figureAttributes(inner), alternative }), code, inner, '0 0 0')
}
