import type { Transaction } from '../../platform/postgres/client.js'
import type { Invoice, Payment } from '../../platform/postgres/generated/client.js'
import { readRows, runTogether } from '../../platform/postgres/run-statement.js'
import { type BoundStatement, bind, type RowOf } from '../../platform/postgres/statement.js'
import type { PaymentMethodKind } from './ledger.enums.js'
import { INSERT_ALLOCATIONS, LIST_HELD_PAYMENTS, LIST_PAYMENT_PARTS, PAY_INVOICE } from './ledger.statements.js'
import { bindPostings, type Posting } from './post-to-ledger.js'

/** The part of a payment that pays an invoice, minor units. */
export interface PaymentPart {
  readonly paymentId: bigint
  readonly kind: PaymentMethodKind
  readonly amount: bigint
  /** The granted credit that the payment has spent. */
  readonly grantId: bigint | null
}

/** The amount due of an invoice, minor units. */
export function amountDue({ total, creditedTotal, paidTotal }: Pick<Invoice, 'total' | 'creditedTotal' | 'paidTotal'>): bigint {
  return total - creditedTotal - paidTotal
}

/** The payments of an invoice with what they pay of it, newest first. */
export async function listPaymentParts(tx: Transaction, invoiceId: bigint): Promise<PaymentPart[]> {
  return readRows(tx, bind(LIST_PAYMENT_PARTS, { invoiceId }))
}

/**
 * Splits parts of payments: the first ones up to an amount, and the others.
 * @param amount  at most the sum of the parts, minor units
 */
export function splitParts(parts: readonly PaymentPart[], amount: bigint): { taken: PaymentPart[]; rest: PaymentPart[] } {
  const taken: PaymentPart[] = []
  const rest: PaymentPart[] = []
  let missing = amount
  for (const part of parts) {
    const take = part.amount < missing ? part.amount : missing
    if (take > 0n) taken.push({ ...part, amount: take })
    if (part.amount > take) rest.push({ ...part, amount: part.amount - take })
    missing -= take
  }
  if (missing > 0n) throw new Error(`the payments are ${missing} minor units less than the amount to take from them`)
  return { taken, rest }
}

type AllocatedPart = Pick<PaymentPart, 'paymentId' | 'amount'>

/** Stores allocations to an invoice, or their return if `sign` is -1. They must agree with the paid total of the invoice. */
export async function storeAllocations(
  tx: Transaction,
  invoiceId: bigint,
  parts: readonly AllocatedPart[],
  at: Date,
  sign: 1n | -1n = 1n,
): Promise<void> {
  if (parts.length > 0) await runTogether(tx, [bindAllocations(invoiceId, parts, at, sign)])
}

export function bindAllocations(invoiceId: bigint, parts: readonly AllocatedPart[], at: Date, sign: 1n | -1n = 1n): BoundStatement {
  return bind(INSERT_ALLOCATIONS, {
    allocatedInvoiceId: invoiceId,
    allocatedPayments: parts.map(({ paymentId }) => paymentId),
    allocatedAmounts: parts.map(({ amount }) => sign * amount),
    allocatedAt: at,
  })
}

/**
 * Allocates parts of payments to an invoice, together with the posting. @returns the invoice as it is now
 * @param postings  none if another posting of the transaction contains the amounts
 */
export async function payInvoice(
  tx: Transaction,
  invoice: Invoice,
  parts: readonly AllocatedPart[],
  at: Date,
  postings: readonly Posting[] = [],
): Promise<Invoice> {
  const [posting, ...others] = postings
  const posted = posting ? [bindPostings([posting, ...others])] : []
  const paid = parts.reduce((sum, { amount }) => sum + amount, 0n)
  if (paid === 0n) {
    await runTogether(tx, posted)
    return invoice
  }
  const paidAt = paid === amountDue(invoice) ? at : null
  const pay = bind(PAY_INVOICE, { paidInvoiceId: invoice.id, paidAmount: paid, paidAt })
  const [rows = []] = await runTogether(tx, [pay, bindAllocations(invoice.id, parts, at), ...posted])
  return { ...invoice, ...(rows[0] as RowOf<typeof PAY_INVOICE>) }
}

/** The sum of the held parts of payments, minor units. */
export function sumOfHeld(payments: readonly Pick<Payment, 'held'>[]): bigint {
  return payments.reduce((sum, { held }) => sum + held, 0n)
}

/** The payments that are held for an order, oldest first. */
export function listHeldPayments(tx: Transaction, orderId: bigint): Promise<Payment[]> {
  return readRows(tx, bind(LIST_HELD_PAYMENTS, { orderId }))
}
