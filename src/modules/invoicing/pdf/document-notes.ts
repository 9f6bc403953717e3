import { isolate } from '../../../core/right-to-left.js'
import type { DocumentSnapshot } from '../document-snapshot.js'
import type { DocumentFormatter } from './document-formatter.js'
import { defined } from './party-lines.js'

const NO_BREAK_SPACE = '\u00a0'

/** When and how a document was paid; with several payments, each with its amount. */
export function printedPayments({ payments = [] }: DocumentSnapshot, { messages, date, money }: DocumentFormatter): string[] {
  return payments.map(({ kind, reference, amount, at }) => {
    // A reference is not broken at its spaces, unless it is longer than a line.
    const text = messages.paidOn({
      day: date(at),
      kind,
      reference: reference === null ? null : isolate(reference.replaceAll(' ', NO_BREAK_SPACE)),
    })
    return payments.length > 1 ? messages.labelled(text, money(amount)) : text
  })
}

/** What the reader must know about the kind of the document. */
export function documentNotices(
  { kind, credited, merchantOfRecord, isTest, invoicedElsewhere }: DocumentSnapshot,
  { messages }: DocumentFormatter,
): string[] {
  return defined([
    credited?.reason && messages.labelled(messages.reason, credited.reason),
    kind === 'PRO_FORMA' && (invoicedElsewhere ? messages.invoicedElsewhere : messages.proForma),
    kind === 'PAYMENT_REQUEST' && messages.paymentRequest,
    kind === 'RECEIPT' && messages.receipt,
    isTest && messages.testSale,
    merchantOfRecord && messages.statement(merchantOfRecord.name),
    merchantOfRecord?.documentUrl && messages.labelled(messages.sellersDocument, merchantOfRecord.documentUrl),
  ])
}

/** What the law or the seller wants on the document. */
export function documentNotes({ taxes, notes = [] }: DocumentSnapshot, { messages }: DocumentFormatter): string[] {
  return defined([
    taxes.some(({ category }) => category === 'OUT_OF_SCOPE') && messages.outOfScope,
    taxes.some(({ category, customerOwesTax }) => category === 'REVERSE_CHARGE' || customerOwesTax) && messages.reverseCharge,
    ...taxes.map(({ exemption }) => exemption),
    ...notes.map(({ text }) => text),
  ])
}
