import type { DocumentSnapshot, InvoiceFormat } from '../document-snapshot.js'
import { paymentReference } from '../invoice.rules.js'

/** A way to pay, or the way of a payment: BG-16. */
export interface PaymentMeans {
  /** UNTDID 4461. */
  readonly code: string
  readonly iban?: string | undefined
  readonly bic?: string | undefined
}

const CREDIT_TRANSFER = '30'
const SEPA_CREDIT_TRANSFER = '58'
const NOT_DEFINED = '1'

/** Codes for payments. A transfer whose account the document does not state is a payment to a bank account. Source: UNTDID 4461. */
const PAYMENT_CODES: Readonly<Record<NonNullable<DocumentSnapshot['payments']>[number]['kind'], string>> = {
  PROVIDER: '68',
  BANK_TRANSFER: '42',
  CASH: '10',
  OTHER: NOT_DEFINED,
  BALANCE: '97',
}

/** What the customer states when paying. */
export function stateReference(document: DocumentSnapshot): string | undefined {
  return document.howToPay ? paymentReference(document) : undefined
}

/**
 * The accounts to which the customer can pay. Other payment methods have no code. Where German rules require payment means
 * (BR-DE-1, DE-R-001), they are those of the payments, or else "not defined".
 */
export function statePaymentMeans(document: DocumentSnapshot, format: InvoiceFormat): PaymentMeans[] {
  const { issuer, buyer, howToPay, payments = [] } = document
  const isWithin = (country: string) => format === 'PEPPOL' && issuer.country === country && buyer.country === country
  const code = isWithin('DK') ? danishTransfer(document) : CREDIT_TRANSFER
  const accounts = (howToPay?.methods ?? []).flatMap(({ iban, bic }) => {
    return iban && code ? [{ code, iban, bic: bic ?? undefined }] : []
  })
  const isRequired = format === 'XRECHNUNG' || isWithin('DE')
  if (accounts.length > 0 || !isRequired) return accounts
  const [payment] = payments
  return [{ code: payment ? PAYMENT_CODES[payment.kind] : NOT_DEFINED }]
}

/** Between Danish companies, an IBAN can be stated for SEPA transfers only: DK-R-005. */
function danishTransfer({ currency }: DocumentSnapshot): string | undefined {
  return currency === 'EUR' ? SEPA_CREDIT_TRANSFER : undefined
}
