import type { Transaction } from '../../../platform/postgres/client.js'
import type { Payment, Refund, RefundPart } from '../../../platform/postgres/generated/client.js'
import { findLiveSubscription } from '../../entitlements/index.js'
import type { CreditReason } from '../../invoicing/index.js'
import { postToLedger, readBalance, reopenInvoices, sumOfParts, type TakenPart } from '../../ledger/index.js'
import { cancelPendingChanges } from '../../orders/index.js'
import type { Services } from '../../services.js'
import { creditInvoices, type InvoiceShare } from './credit-refund.js'

/** Where the money of a payment is that can be returned. Amounts are minor units. */
export interface ReturnableMoney {
  /** The invoices that the payment pays, newest first, with what it pays of each. */
  readonly shares: readonly InvoiceShare[]
  readonly allocated: bigint
  /** The free balance of the customer, to which money of the payment may have gone. */
  readonly free: bigint
}

/** Reads where the money of a payment is. It remains valid under the customer's lock. */
export async function readReturnableMoney(tx: Transaction, payment: Payment): Promise<ReturnableMoney> {
  const shares = await tx.$queryRaw<InvoiceShare[]>`
    SELECT invoice_id AS "invoiceId", sum(amount)::bigint AS max FROM payment_allocations
    WHERE payment_id = ${payment.id} GROUP BY invoice_id HAVING sum(amount) > 0 ORDER BY invoice_id DESC`
  const { free } = await readBalance(tx, payment, payment.currency)
  return { shares, allocated: shares.reduce((sum, { max }) => sum + max, 0n), free }
}

interface PaidOut {
  readonly refund: Refund
  /** The part of the refund that has been paid out. */
  readonly part: Pick<RefundPart, 'id'>
  readonly payment: Payment
  /** At most what is allocated and free, minor units. */
  readonly amount: bigint
  readonly reason: CreditReason
}

/**
 * Records that money of a payment has left: by credit notes on the invoices that it pays, and from the free balance for
 * what has gone there. Call it late in a transaction, under the customer's lock.
 * @returns the credited amount of each invoice by its id
 */
export async function creditPaidOut(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config'>,
  { shares, allocated }: ReturnableMoney,
  { refund, part, payment, amount, reason }: PaidOut,
): Promise<ReadonlyMap<bigint, bigint>> {
  const credited = amount < allocated ? amount : allocated
  const request = { refund, amount: credited, reason, firstPaymentId: payment.id, isPaidOut: true }
  const { creditedBy } = await creditInvoices(tx, services, shares, request)
  const fromBalance = amount - credited
  if (fromBalance > 0n) {
    const { userId, organisationId, currency } = payment
    const amounts = { balance: fromBalance, cash: -fromBalance, refundPartId: part.id }
    await postToLedger(tx, { customer: { userId, organisationId }, currency, kind: 'REFUND', at: services.clock.now(), ...amounts })
  }
  return creditedBy
}

/**
 * Records that money of a payment has left that had gone to the balance and was spent: it is taken from the invoices that
 * it pays, which are open again. Pending plan changes are cancelled. Call it under the customer's lock; then settle the
 * open invoices.
 */
export async function takeSpentBalance(
  tx: Transaction,
  spent: readonly TakenPart[],
  { part, payment, at }: Pick<PaidOut, 'part' | 'payment'> & { readonly at: Date },
): Promise<void> {
  if (spent.length === 0) return
  const { userId, organisationId, currency } = payment
  const amount = sumOfParts(spent)
  await reopenInvoices(tx, spent, at)
  const amounts = { receivable: amount, cash: -amount, refundPartId: part.id }
  await postToLedger(tx, { customer: { userId, organisationId }, currency, kind: 'REFUND', at, ...amounts })
  // No pending change takes effect while an invoice is open.
  const live = await findLiveSubscription(tx, payment)
  if (live) await cancelPendingChanges(tx, live.id, at)
}
