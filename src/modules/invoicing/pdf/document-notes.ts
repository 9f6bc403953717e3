import { isolate } from '../../../core/right-to-left.js'
import type { DocumentSnapshot, StatedPayment } from '../document-snapshot.js'
import { reasonsWithoutTax } from '../invoice.rules.js'
import { paymentText, remainingOf } from '../receipt.rules.js'
import type { DocumentFormatter } from './document-formatter.js'
import { defined } from './party-lines.js'

const NO_BREAK_SPACE = '\u00a0'

/** When and how a document was paid; with several payments, each with its amount. */
export function printedPayments({ paid, payments = [] }: DocumentSnapshot, { messages, date, money }: DocumentFormatter): string[] {
  const remaining = paid ? payments.filter((payment) => remainingOf([payment]) > 0n) : []
  return remaining.map(({ kind, reference, amount, at }) => {
    // A reference is not broken at its spaces, unless it is longer than a line.
    const text = messages.paidOn({
      day: date(at),
      kind,
      reference: reference === null ? null : isolate(reference.replaceAll(' ', NO_BREAK_SPACE)),
    })
    return payments.length > 1 ? messages.labelled(text, money(amount)) : text
  })
}

/** What was refunded of the payments of a receipt, or reversed: "Refunded: Bank transfer RF18, 4 May 2026". */
export function printedReturns({ payments = [] }: DocumentSnapshot, { messages, date }: DocumentFormatter) {
  return payments.flatMap((payment) => {
    const text = paymentText(payment, messages)
    return (payment.returned ?? []).map(({ kind, amount, at }) => {
      const reason = kind === 'REFUND' ? messages.refund(text) : messages.reversal(text)
      return { kind, amount, text: `${reason}, ${date(at)}` }
    })
  })
}

/** The payment of a receipt, if it is the only one. */
export function receiptPayment({ kind, payments = [] }: DocumentSnapshot): StatedPayment | undefined {
  return kind === 'RECEIPT' && payments.length === 1 ? payments[0] : undefined
}

/** Whether a receipt is of money that the seller has not received now. */
export function isFromBalance(document: DocumentSnapshot): boolean {
  return receiptPayment(document)?.kind === 'BALANCE'
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
    ...new Set(taxes.flatMap((tax) => reasonsWithoutTax(tax, messages))),
    ...taxes.map(({ exemption }) => exemption),
    ...notes.map(({ text }) => text),
  ])
}
