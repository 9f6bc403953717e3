import type { Database, Transaction } from '../../platform/postgres/client.js'
import type { WaitingInvoice } from '../../platform/postgres/generated/client.js'
import type { Customer } from '../identity/index.js'
import type { Services } from '../services.js'
import type { InvoiceData } from './invoice-data.queries.js'
import { isDetailOfBuyer, listMissingDetails } from './missing-details.js'

/** What an invoice is for: a paid order, or the next renewal of a subscription. */
type Cause = { readonly orderId: bigint } | { readonly subscriptionId: bigint }

/**
 * Notes for administrators that an invoice waits for details that it must state, or removes the note if all are known.
 * Call it under the customer's lock.
 * @returns whether the invoice waits
 */
export async function waitsForDetails(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config'>,
  cause: Cause,
  { userId, organisationId }: Customer,
  sale: Pick<InvoiceData, 'missing'>,
): Promise<boolean> {
  const missing = listMissingDetails(services, sale)
  if (missing.length === 0) {
    await tx.waitingInvoice.deleteMany({ where: cause })
    return false
  }
  const create = { ...cause, userId, organisationId, missing, since: services.clock.now() }
  const where = 'orderId' in cause ? { orderId: cause.orderId } : { subscriptionId: cause.subscriptionId }
  await tx.waitingInvoice.upsert({ where, create, update: { missing } })
  return true
}

/** Whether the next renewal of a subscription waits only for details that the customer can state. */
export async function waitsForCustomer(tx: Transaction, { id: subscriptionId }: { id: bigint }): Promise<boolean> {
  const waiting = await tx.waitingInvoice.findUnique({ where: { subscriptionId }, select: { missing: true } })
  return waiting?.missing.every(isDetailOfBuyer) ?? false
}

type WaitingOrder = WaitingInvoice & { readonly orderId: bigint }

/** Paid orders whose invoices wait, in batches by their ids. */
export async function listWaitingOrders(db: Database, last: WaitingOrder | undefined, size: number): Promise<WaitingOrder[]> {
  const found = await db.waitingInvoice.findMany({
    where: { orderId: { not: null }, id: { gt: last?.id ?? 0n } },
    orderBy: { id: 'asc' },
    take: size,
  })
  return found.flatMap(({ orderId, ...row }) => (orderId === null ? [] : [{ ...row, orderId }]))
}
