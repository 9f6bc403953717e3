import { formatIban } from '../../../core/bank-account.js'
import { lineHeight, type Style } from '../../../platform/pdf/page.js'
import type { Tag } from '../../../platform/pdf/structure-tag.js'
import { fillInstructions } from '../../payment-methods/index.js'
import { amountToPay, paymentReference } from '../invoice.rules.js'
import { BODY, BOTTOM, HEADING, type LayoutCursor, MARGIN, STRONG, WIDTH } from './layout-cursor.js'

const GAP = 6
/** The heading stays with the first lines below it. */
const HEADING_SPACE = 60

/** Draws the reference and the payment methods of a document that is to be paid. */
export function drawHowToPay(cursor: LayoutCursor): void {
  const { document, file, formatter, fonts } = cursor
  if (!document.howToPay) return
  const { messages } = formatter
  const placeholders = { invoice: paymentReference(document), amount: formatter.money(amountToPay(document)) }
  cursor.y += GAP
  cursor.makeRoom(HEADING_SPACE)
  const section = file.root.add('Sect')
  cursor.page.line(section.add('H2'), messages.howToPay, MARGIN, cursor.y, HEADING)
  cursor.y += lineHeight(HEADING) + 3
  drawParagraph(cursor, section, [`${messages.paymentReference}: ${placeholders.invoice}`], BODY)
  for (const { name, instructions, iban, bic } of document.howToPay.methods) {
    const details = [
      instructions && fillInstructions(instructions, placeholders),
      iban && `IBAN: ${formatIban(iban)}`,
      bic && `BIC: ${bic}`,
    ]
    const wrap = (text: string, { weight, size }: Style) => fonts.wrap(text, weight, size, WIDTH)
    const lines = details.flatMap((detail) => (detail ? wrap(detail, BODY) : []))
    cursor.y += GAP
    // The name is not separated from what follows it.
    cursor.makeRoom(2 * lineHeight(BODY))
    drawParagraph(cursor, section, wrap(name, STRONG), STRONG)
    if (lines.length > 0) drawParagraph(cursor, section, lines, BODY)
  }
}

/** Draws lines that may continue on the next page. */
function drawParagraph(cursor: LayoutCursor, section: Tag, lines: readonly string[], style: Style): void {
  const tag = section.add('P')
  const height = lineHeight(style)
  let rest = lines
  while (rest.length > 0) {
    cursor.makeRoom(height)
    const count = Math.max(1, Math.floor((BOTTOM - cursor.y) / height))
    cursor.y = cursor.page.lines(tag, rest.slice(0, count), MARGIN, cursor.y, style)
    rest = rest.slice(count)
  }
}
