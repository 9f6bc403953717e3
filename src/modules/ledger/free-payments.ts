import type { Transaction } from '../../platform/postgres/client.js'
import type { Invoice } from '../../platform/postgres/generated/client.js'
import { amountDue, listPaymentParts, type PaymentPart, splitParts, storeAllocations } from './invoice-payments.js'

/** The money that a credit note frees. */
export interface FreedPayments {
  /** What returns to the balance or to the original payment methods, newest payment first. */
  readonly returned: readonly PaymentPart[]
  /** What pays another invoice instead. */
  readonly carried: readonly PaymentPart[]
}

/**
 * Calculates what a credit note frees of the payments of its invoice: what then exceeds the amount due. The newest
 * payments are returned; the others can pay another invoice.
 * @param credited  amount of the credit note, minor units
 * @param carry     at most this amount pays another invoice, minor units
 */
export async function listFreedPayments(tx: Transaction, invoice: Invoice, credited: bigint, carry: bigint): Promise<FreedPayments> {
  const freed = credited - amountDue(invoice)
  if (freed <= 0n) return { returned: [], carried: [] }
  const { taken } = splitParts(await listPaymentParts(tx, invoice.id), freed)
  const { taken: returned, rest: carried } = splitParts(taken, freed > carry ? freed - carry : 0n)
  return { returned, carried }
}

/** Takes the freed payments from their invoice, together with the amounts of the credit note. */
export async function applyCredit(
  tx: Transaction,
  invoice: Invoice,
  creditNote: Pick<Invoice, 'total' | 'tax'>,
  { returned, carried }: FreedPayments,
  at: Date,
): Promise<Invoice> {
  const freed = [...returned, ...carried]
  await storeAllocations(tx, invoice.id, freed, at, -1n)
  const isSettledNow = amountDue(invoice) > 0n && creditNote.total >= amountDue(invoice)
  return tx.invoice.update({
    where: { id: invoice.id },
    data: {
      creditedTotal: { increment: creditNote.total },
      creditedTax: { increment: creditNote.tax },
      paidTotal: { decrement: sumOfParts(freed) },
      ...(isSettledNow && invoice.paidTotal > 0n && { paidAt: at }),
    },
  })
}

export function sumOfParts(parts: readonly Pick<PaymentPart, 'amount'>[]): bigint {
  return parts.reduce((sum, { amount }) => sum + amount, 0n)
}
