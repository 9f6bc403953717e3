import type { Transaction } from '../../../platform/postgres/client.js'
import type { Invoice } from '../../../platform/postgres/generated/client.js'
import { invoiceNotFoundError, lockInvoice } from '../../invoicing/index.js'
import { cancelPendingChanges } from '../../orders/index.js'
import { type CollectionServices, lockUpToDate } from '../../subscriptions/index.js'

/** Locks the customer of an invoice, does what is due for the customer, and locks the invoice. @throws INVOICE_NOT_FOUND */
export async function lockCustomerInvoice(tx: Transaction, services: CollectionServices, id: bigint): Promise<Invoice> {
  const found = await tx.invoice.findUnique({ where: { id }, select: { userId: true, organisationId: true } })
  if (!found) throw invoiceNotFoundError(id)
  await lockUpToDate(tx, services, found)
  const invoice = await lockInvoice(tx, { id })
  if (!invoice) throw invoiceNotFoundError(id)
  return invoice
}

/** A plan change that waits for its payment was calculated without the credit note. */
export async function cancelChangeOf(tx: Transaction, { orderId }: Invoice, at: Date): Promise<void> {
  const { subscriptionId } = await tx.order.findUniqueOrThrow({ where: { id: orderId }, select: { subscriptionId: true } })
  if (subscriptionId !== null) await cancelPendingChanges(tx, subscriptionId, at)
}
