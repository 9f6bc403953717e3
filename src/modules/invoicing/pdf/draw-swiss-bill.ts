import { formatIban } from '../../../core/bank-account.js'
import { loadArimo } from '../../../platform/pdf/font-set.js'
import type { Box, Style } from '../../../platform/pdf/page.js'
import { A4_PAGE } from '../../../platform/pdf/pdf-file.js'
import { encodeQrCode } from '../../../platform/pdf/qr-code.js'
import { figureAttributes, polyline } from '../../../platform/pdf/shapes.js'
import { ARTIFACT, type Tag } from '../../../platform/pdf/structure-tag.js'
import type { Footer } from './draw-footers.js'
import { type LayoutCursor, WHITE } from './layout-cursor.js'
import { printedAmount, printedReference, type SwissAddress, type SwissBill, swissCode } from './swiss-bill.rules.js'
import { type SwissBillTexts, swissBillTexts } from './swiss-bill-texts.js'

// Lengths and positions are those of the style guide of the QR-bill, from the upper left corner of the receipt.
const MM = 72 / 25.4
const HEIGHT = 105 * MM
const TOP = A4_PAGE.height - HEIGHT
const RECEIPT = { x: 5 * MM, width: 52 * MM, end: 62 * MM, information: 12 * MM, informationHeight: 56 * MM }
const PAYMENT = { x: 67 * MM, details: 118 * MM, detailsWidth: 87 * MM }
const CODE = { y: 17 * MM, side: 46 * MM }
const AMOUNT = { y: 68 * MM, value: 22 * MM }
const ACCEPTANCE_POINT = 82 * MM
const CROSS = { side: 7 * MM, black: 6.5 * MM, length: 3.9 * MM, thickness: 1.17 * MM }
const CORNER = { length: 3 * MM, thickness: 0.75 }
/** For the address of the payer, if it is written by hand. */
const RECEIPT_FIELD = { width: 52 * MM, height: 20 * MM }
const PAYMENT_FIELD = { width: 65 * MM, height: 25 * MM }
/** Above the line, for the instruction to separate the bill. */
const SPACE_ABOVE = 20
const BLACK = '0 0 0'

/** The sizes of a part: its headings, its values and the distance of its lines. */
interface PartStyle {
  readonly heading: Style
  readonly value: Style
  readonly lineHeight: number
}

/**
 * Draws the payment part and the receipt at the end of the last page, for accounts in Switzerland and Liechtenstein.
 * @returns the footer of that page, which is above them; undefined if the document has no Swiss QR code
 */
export function drawSwissBill(cursor: LayoutCursor, footer: Footer): Footer | undefined {
  const { swissBill, document } = cursor
  if (!swissBill) return undefined
  const offset = A4_PAGE.height - footer.end - (HEIGHT + SPACE_ABOVE)
  const raised = { ...footer, top: footer.top + offset, contentEnd: footer.contentEnd + offset, end: footer.end + offset }
  cursor.startPageBelow(raised.contentEnd)
  new SwissBillPainter(cursor, swissBill, swissBillTexts(document.locale)).draw()
  return raised
}

class SwissBillPainter {
  readonly #cursor: LayoutCursor
  readonly #bill: SwissBill
  readonly #texts: SwissBillTexts
  readonly #receipt: PartStyle
  readonly #payment: PartStyle
  readonly #title: Style

  constructor(cursor: LayoutCursor, bill: SwissBill, texts: SwissBillTexts) {
    this.#cursor = cursor
    this.#bill = bill
    this.#texts = texts
    const fonts = loadArimo()
    const style = (weight: Style['weight'], size: number): Style => ({ weight, size, color: BLACK, fonts })
    this.#title = style('bold', 11)
    this.#receipt = { heading: style('bold', 6), value: style('regular', 8), lineHeight: 9 }
    this.#payment = { heading: style('bold', 8), value: style('regular', 10), lineHeight: 11 }
  }

  draw(): void {
    this.#drawBorders()
    const root = this.#cursor.file.root
    this.#drawReceipt(root.add('Sect'))
    this.#drawPaymentPart(root.add('Sect'))
  }

  #drawBorders(): void {
    const { page } = this.#cursor
    page.stroke(`${horizontal(TOP, 0, A4_PAGE.width)} ${vertical(RECEIPT.end, TOP, A4_PAGE.height)}`, 0.5, BLACK, '3 2')
    const { separate } = this.#texts
    const style = { ...this.#receipt.value, size: 7 }
    page.line(ARTIFACT, separate, (A4_PAGE.width - this.#cursor.widthOf(separate, style)) / 2, TOP - 11, style)
  }

  #drawReceipt(section: Tag): void {
    const { page } = this.#cursor
    const { iban, creditor, debtor } = this.#bill
    const { receipt, account, acceptancePoint } = this.#texts
    page.line(section.add('H2'), receipt, RECEIPT.x, TOP + 5 * MM, this.#title)
    const blocks = (withStreets: boolean): [string, string[]][] => [
      [account, [formatIban(iban), ...addressOf(creditor, withStreets)]],
      ...this.#referenceBlock(),
      ...this.#debtorBlock(debtor, withStreets),
    ]
    const measure = (each: readonly [string, string[]][]) => this.#measure(each, this.#receipt, RECEIPT.width)
    // The standard allows to leave out the streets on the receipt.
    const fitting = measure(blocks(true)) <= RECEIPT.informationHeight ? blocks(true) : blocks(false)
    const end = this.#drawBlocks(section, fitting, RECEIPT.x, TOP + RECEIPT.information, this.#receipt, RECEIPT.width)
    if (!debtor) this.#drawField({ x: RECEIPT.x, y: end, ...RECEIPT_FIELD })
    this.#drawAmount(section, RECEIPT.x, this.#receipt)
    const style = this.#receipt.heading
    page.line(section.add('P'), acceptancePoint, RECEIPT.x + RECEIPT.width, TOP + ACCEPTANCE_POINT, style, 'right')
  }

  #drawPaymentPart(section: Tag): void {
    const { page, formatter } = this.#cursor
    const { iban, creditor, debtor, information, amount, currency } = this.#bill
    const { paymentPart, account, information: informationTitle } = this.#texts
    page.line(section.add('H2'), paymentPart, PAYMENT.x, TOP + 5 * MM, this.#title)
    const box = { x: PAYMENT.x, y: TOP + CODE.y, width: CODE.side, height: CODE.side }
    const alternative = formatter.messages.paymentCode(`${printedAmount(amount)} ${currency}`, creditor.name)
    page.qrCode(section.add('Figure', { attributes: figureAttributes(box), alternative }), encodeQrCode(swissCode(this.#bill)), box, BLACK)
    this.#drawCross(box)
    this.#drawAmount(section, PAYMENT.x, this.#payment)
    const blocks: [string, string[]][] = [
      [account, [formatIban(iban), ...addressOf(creditor, true)]],
      ...this.#referenceBlock(),
      ...(information ? [[informationTitle, [information]] satisfies [string, string[]]] : []),
      ...this.#debtorBlock(debtor, true),
    ]
    const end = this.#drawBlocks(section, blocks, PAYMENT.details, TOP + 5 * MM, this.#payment, PAYMENT.detailsWidth)
    if (!debtor) this.#drawField({ x: PAYMENT.details, y: end, ...PAYMENT_FIELD })
  }

  #referenceBlock(): [string, string[]][] {
    const { reference } = this.#bill
    return reference.type === 'NON' ? [] : [[this.#texts.reference, [printedReference(reference)]]]
  }

  #debtorBlock(debtor: SwissAddress | null, withStreet: boolean): [string, string[]][] {
    return [debtor ? [this.#texts.payableBy, addressOf(debtor, withStreet)] : [this.#texts.payableByName, []]]
  }

  /** @returns the position of the end of the last block */
  #drawBlocks(
    section: Tag,
    blocks: readonly [string, string[]][],
    x: number,
    top: number,
    { heading, value, lineHeight }: PartStyle,
    width: number,
  ): number {
    const { page } = this.#cursor
    let y = top
    for (const [index, [title, values]] of blocks.entries()) {
      if (index > 0) y += lineHeight
      const paragraph = section.add('P')
      page.line(paragraph, title, x, y, heading)
      y += lineHeight
      for (const line of values.flatMap((text) => this.#cursor.wrap(text, value, width))) {
        page.line(paragraph, line, x, y, value)
        y += lineHeight
      }
    }
    return y
  }

  #measure(blocks: readonly [string, string[]][], { value, lineHeight }: PartStyle, width: number): number {
    const lines = blocks.map(([, values]) => 2 + values.flatMap((text) => this.#cursor.wrap(text, value, width)).length)
    return (lines.reduce((sum, count) => sum + count, 0) - 1) * lineHeight
  }

  #drawAmount(section: Tag, x: number, { heading, value, lineHeight }: PartStyle): void {
    const { page } = this.#cursor
    const { currency, amount } = this.#bill
    const columns = [
      [this.#texts.currency, currency, x],
      [this.#texts.amount, printedAmount(amount), x + AMOUNT.value],
    ] as const
    for (const [title, text, left] of columns) {
      const paragraph = section.add('P')
      page.line(paragraph, title, left, TOP + AMOUNT.y, heading)
      page.line(paragraph, text, left, TOP + AMOUNT.y + lineHeight + 1, value)
    }
  }

  /** The sign in the middle of the code, which its error correction allows. */
  #drawCross({ x, y, width, height }: Box): void {
    const { page } = this.#cursor
    const [centerX, centerY] = [x + width / 2, y + height / 2]
    const rectangle = (color: string, sideX: number, sideY: number) =>
      page.rule(centerX - sideX / 2, centerY - sideY / 2, sideX, sideY, color)
    rectangle(WHITE, CROSS.side, CROSS.side)
    rectangle(BLACK, CROSS.black, CROSS.black)
    rectangle(WHITE, CROSS.length, CROSS.thickness)
    rectangle(WHITE, CROSS.thickness, CROSS.length)
  }

  /** The corners of an empty field. */
  #drawField({ x, y, width, height }: Box): void {
    const [right, bottom, { length }] = [x + width, y + height, CORNER]
    const corners = [
      [x, y, length, length],
      [right, y, -length, length],
      [right, bottom, -length, -length],
      [x, bottom, length, -length],
    ] as const
    const path = corners.map(([cornerX, cornerY, toX, toY]) =>
      polyline([
        [cornerX + toX, cornerY],
        [cornerX, cornerY],
        [cornerX, cornerY + toY],
      ]),
    )
    this.#cursor.page.stroke(path.join(' '), CORNER.thickness, BLACK)
  }
}

function addressOf({ name, street, number, zip, city, country }: SwissAddress, withStreet: boolean): string[] {
  const cityLine = country === 'CH' ? `${zip} ${city}` : `${country}-${zip} ${city}`
  return [name, ...(withStreet && street ? [`${street} ${number}`.trim()] : []), cityLine]
}

function horizontal(y: number, from: number, to: number): string {
  return polyline([
    [from, y],
    [to, y],
  ])
}

function vertical(x: number, from: number, to: number): string {
  return polyline([
    [x, from],
    [x, to],
  ])
}
