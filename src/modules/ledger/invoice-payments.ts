import type { Transaction } from '../../platform/postgres/client.js'
import type { Invoice, Payment } from '../../platform/postgres/generated/client.js'
import type { PaymentMethodKind } from './ledger.enums.js'

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
  return tx.$queryRaw<PaymentPart[]>`
    SELECT payment.id AS "paymentId", payment.kind, sum(allocation.amount)::bigint AS amount, payment.grant_id AS "grantId"
    FROM payment_allocations AS allocation JOIN payments AS payment ON payment.id = allocation.payment_id
    WHERE allocation.invoice_id = ${invoiceId} GROUP BY payment.id HAVING sum(allocation.amount) > 0 ORDER BY payment.id DESC`
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

/** Stores allocations to an invoice, or their return if `sign` is -1. They must agree with the paid total of the invoice. */
export async function storeAllocations(
  tx: Transaction,
  invoiceId: bigint,
  parts: readonly Pick<PaymentPart, 'paymentId' | 'amount'>[],
  at: Date,
  sign: 1n | -1n = 1n,
): Promise<void> {
  if (parts.length === 0) return
  await tx.paymentAllocation.createMany({
    data: parts.map(({ paymentId, amount }) => ({ paymentId, invoiceId, amount: sign * amount, createdAt: at })),
  })
}

/** Allocates parts of payments to an invoice. Add the posting in the same transaction. @returns the invoice as it is now */
export async function payInvoice(
  tx: Transaction,
  invoice: Invoice,
  parts: readonly Pick<PaymentPart, 'paymentId' | 'amount'>[],
  at: Date,
): Promise<Invoice> {
  const paid = parts.reduce((sum, { amount }) => sum + amount, 0n)
  if (paid === 0n) return invoice
  await storeAllocations(tx, invoice.id, parts, at)
  const isSettled = paid === amountDue(invoice)
  return tx.invoice.update({ where: { id: invoice.id }, data: { paidTotal: { increment: paid }, ...(isSettled && { paidAt: at }) } })
}

/** The sum of the held parts of payments, minor units. */
export function sumOfHeld(payments: readonly Pick<Payment, 'held'>[]): bigint {
  return payments.reduce((sum, { held }) => sum + held, 0n)
}

/** The payments that are held for an order, oldest first. */
export function listHeldPayments(tx: Transaction, orderId: bigint): Promise<Payment[]> {
  return tx.payment.findMany({ where: { orderId, held: { gt: 0n } }, orderBy: { id: 'asc' } })
}
