import type { PaymentMethodKind, PostingKind } from './ledger.enums.js'

/** A posting that has changed a balance, with what it refers to. */
export interface EntrySource {
  readonly kind: PostingKind
  readonly invoice: { readonly number: string; readonly creditedInvoice: { readonly number: string } | null } | null
  readonly payment: { readonly kind: PaymentMethodKind; readonly reference: string | null; readonly orderId: bigint | null } | null
  readonly refundPart: { readonly reference: string | null } | null
  readonly grant: { readonly reason: string; readonly expiresAt: Date | null } | null
}

const PAYMENT_NAMES: Record<PaymentMethodKind, string> = {
  PROVIDER: 'Payment through the provider',
  BANK_TRANSFER: 'Bank transfer',
  CASH: 'Cash payment',
  OTHER: 'Payment',
  BALANCE: 'Payment from the balance',
}

/** Describes a change of a balance in English, for its customer: "Bank transfer RF18, more than was due on invoice INV-2026-000001". */
export function describeEntry({ kind, invoice, payment, refundPart, grant }: EntrySource): string {
  switch (kind) {
    case 'INVOICE':
    case 'BALANCE_PAYMENT':
      return `Payment of invoice ${invoice?.number}`
    case 'CREDIT_NOTE':
      return `Credit note ${invoice?.number} for invoice ${invoice?.creditedInvoice?.number}`
    case 'PAYMENT':
      return `${nameOfPayment(payment)}${purposeOfPayment(invoice, payment)}`
    case 'REVERSAL':
      return `${nameOfPayment(payment)}, reversed`
    case 'REFUND':
      return withReference('Refund', refundPart?.reference)
    case 'GRANT':
      return `Credit: ${grant?.reason}`
    case 'GRANT_EXPIRY':
      return `Expired credit: ${grant?.reason}`
  }
}

/** When the credit of an entry expires. What returns to a grant later is not shown as a grant. */
export function expiryOfEntry({ kind, grant }: Pick<EntrySource, 'kind' | 'grant'>): Date | null {
  return kind === 'GRANT' ? (grant?.expiresAt ?? null) : null
}

function nameOfPayment(payment: EntrySource['payment']): string {
  return payment ? withReference(PAYMENT_NAMES[payment.kind], payment.reference) : 'Payment'
}

function purposeOfPayment(invoice: EntrySource['invoice'], payment: EntrySource['payment']): string {
  if (invoice) return `, more than was due on invoice ${invoice.number}`
  return payment?.orderId == null ? '' : ` for order ${payment.orderId}`
}

function withReference(text: string, reference: string | null | undefined): string {
  return reference == null ? text : `${text} ${reference}`
}
