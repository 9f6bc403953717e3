import { enqueue } from '../../../platform/jobs/queue.js'
import type { Transaction } from '../../../platform/postgres/client.js'
import type { Subscription } from '../../../platform/postgres/generated/client.js'
import type { Customer } from '../../identity/index.js'
import { issueCreditNote, lockInvoice } from '../../invoicing/index.js'
import { amountDue, settleOpenInvoices } from '../../ledger/index.js'
import type { Services } from '../../services.js'
import { cancelRenewal, endPlan, findUnusedShare, REFUND_UNUSED, type UnusedShare, writeOffInvoices } from '../../subscriptions/index.js'

/** Credits what a refund has left of the unused share, given what it has credited of each invoice. */
export type CreditRest = (creditedBy: ReadonlyMap<bigint, bigint>) => Promise<void>

/**
 * Ends the plan of a customer because of a refund. Call it under the customer's lock, before the credit notes.
 * @returns credits the rest of the unused share: to the balance, or through a provider that is the merchant of record.
 *   The balance settles open invoices, and what is still to pay of those of the plan is credited. Call it after the
 *   credit notes.
 */
export async function endRefundedPlan(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config' | 'providers'>,
  customer: Customer,
): Promise<CreditRest> {
  const ended = await endPlan(tx, services, customer)
  const share = ended && (await findUnusedShare(tx, ended, services.clock.now()))
  return async (creditedBy) => {
    if (!ended) return
    if (share) await creditRest(tx, services, ended, { ...share, creditedBy })
    await cancelRenewal(tx, services, ended)
    await settleOpenInvoices(tx, ended, ended.currency, services.clock.now())
    await writeOffInvoices(tx, services, ended)
  }
}

async function creditRest(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config' | 'providers'>,
  { provider }: Subscription,
  { order, unused, creditedBy, ...share }: UnusedShare & { readonly creditedBy: ReadonlyMap<bigint, bigint> },
): Promise<void> {
  const invoice = await lockInvoice(tx, { id: share.invoice.id })
  if (!invoice) return
  const rest = unused - (creditedBy.get(invoice.id) ?? 0n)
  const due = amountDue(invoice)
  const amount = rest > due ? rest : due
  if (amount <= 0n) return
  if (services.providers.find(provider)?.merchantOfRecord) {
    await enqueue(tx, REFUND_UNUSED, { orderId: order.id, amount: amount.toString() }, `${REFUND_UNUSED.name}:${order.id}`)
  } else await issueCreditNote(tx, services, invoice, { amount, reason: { isUnusedPart: true } })
}
