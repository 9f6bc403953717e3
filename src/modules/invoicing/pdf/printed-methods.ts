import type { Style } from '../../../platform/pdf/page.js'
import { fillInstructions } from '../../payment-methods/index.js'
import type { DocumentSnapshot } from '../document-snapshot.js'
import { amountToPay, paymentReference } from '../invoice.rules.js'
import type { LayoutCursor } from './layout-cursor.js'

/** A payment method as a document states it. */
export type PrintedMethod = NonNullable<DocumentSnapshot['howToPay']>['methods'][number]

/** The method next to the amount: the first with an account, because that has a QR code, or else the first. */
export function mainMethod({ howToPay }: DocumentSnapshot): PrintedMethod | undefined {
  return howToPay?.methods.find(({ iban }) => iban !== null) ?? howToPay?.methods[0]
}

/** The instructions with their placeholders replaced. */
export function instructionLines(cursor: LayoutCursor, { instructions }: PrintedMethod, style: Style, width: number): string[] {
  const { document, formatter } = cursor
  if (!instructions) return []
  const placeholders = { invoice: paymentReference(document), amount: formatter.money(amountToPay(document)) }
  return cursor.wrap(fillInstructions(instructions, placeholders), style, width)
}
