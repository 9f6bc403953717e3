import { formatIban } from '../../../core/bank-account.js'
import { lineHeight } from '../../../platform/pdf/page.js'
import { fitsInSummary } from './draw-summary.js'
import { HEADING, type LayoutCursor, MARGIN, NOTE, STRONG, WIDTH } from './layout-cursor.js'
import { defined } from './party-lines.js'
import { instructionLines, mainMethod, type PrintedMethod } from './printed-methods.js'

const GAP = 7
/** The heading stays with the first lines below it. */
const HEADING_SPACE = 60

/** Draws the payment methods that are not next to the amount, and the instructions that are too long for it. */
export function drawHowToPay(cursor: LayoutCursor): void {
  const { document, file, formatter } = cursor
  const main = mainMethod(document)
  if (!document.howToPay || !main) return
  const isLong = !fitsInSummary(instructionLines(cursor, main, NOTE, WIDTH / 2))
  const methods = document.howToPay.methods.filter((method) => method !== main || isLong)
  if (methods.length === 0) return
  const { messages } = formatter
  cursor.y += 2 * GAP
  cursor.makeRoom(HEADING_SPACE)
  const section = file.root.add('Sect')
  cursor.page.line(section.add('H2'), isLong ? messages.howToPay : messages.otherWaysToPay, MARGIN, cursor.y, HEADING)
  cursor.y += lineHeight(HEADING) - GAP + 3
  for (const method of methods) {
    const lines = methodLines(cursor, method, method === main)
    cursor.y += GAP
    // The name is not separated from what follows it.
    cursor.makeRoom(2 * lineHeight(STRONG))
    cursor.paragraph(section.add('P'), cursor.wrap(method.name, STRONG, WIDTH), MARGIN, STRONG)
    if (lines.length > 0) cursor.paragraph(section.add('P'), lines, MARGIN, NOTE)
  }
}

function methodLines(cursor: LayoutCursor, method: PrintedMethod, isMain: boolean): string[] {
  const { labelled } = cursor.formatter.messages
  const { iban, bic } = method
  const account = isMain ? [] : defined([iban && labelled('IBAN', formatIban(iban)), bic && labelled('BIC', bic)])
  return [...instructionLines(cursor, method, NOTE, WIDTH), ...account]
}
