import { enqueue } from '../../../platform/jobs/queue.js'
import type { Transaction } from '../../../platform/postgres/client.js'
import type { Customer } from '../../identity/index.js'
import { issueCreditNote, lockInvoice } from '../../invoicing/index.js'
import { amountDue } from '../../ledger/index.js'
import type { Services } from '../../services.js'
import { endPlan, findUnusedShare, REFUND_UNUSED } from '../../subscriptions/index.js'

/** Credits what a refund has left of the unused share, given what it has credited of each invoice. */
export type CreditRest = (creditedBy: ReadonlyMap<bigint, bigint>) => Promise<void>

/**
 * Ends the plan of a customer because of a refund. Call it under the customer's lock, before the credit notes.
 * @returns credits the rest of the unused share: to the balance, or through a provider that is the merchant of record.
 *   What is still to pay of the invoice is credited as well. Call it after the credit notes; then settle the open
 *   invoices.
 */
export async function endRefundedPlan(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config' | 'providers'>,
  customer: Customer,
): Promise<CreditRest> {
  const ended = await endPlan(tx, services, customer)
  const share = ended && (await findUnusedShare(tx, ended, services.clock.now()))
  return async (creditedBy) => {
    if (!share) return
    const { order, unused } = share
    const invoice = await lockInvoice(tx, { id: share.invoice.id })
    if (!invoice) return
    const rest = unused - (creditedBy.get(invoice.id) ?? 0n)
    const due = amountDue(invoice)
    const amount = rest > due ? rest : due
    if (amount <= 0n) return
    if (services.providers.find(ended.provider)?.merchantOfRecord) {
      await enqueue(tx, REFUND_UNUSED, { orderId: order.id, amount: amount.toString() }, `${REFUND_UNUSED.name}:${order.id}`)
    } else await issueCreditNote(tx, services, invoice, { amount, reason: { isUnusedPart: true } })
  }
}
