import type { Transaction } from '../../platform/postgres/client.js'
import type { Order } from '../../platform/postgres/generated/client.js'
import { freeHeldPayments, listHeldPayments } from '../ledger/index.js'
import { type CollectionServices, settleCustomer } from './renewals/settle-customer.js'

/** Frees the money that is still held for an order that no longer needs it. Call it under the customer's lock. */
export async function freeOrderPayments(
  tx: Transaction,
  services: CollectionServices,
  { id, userId, organisationId, currency }: Order,
): Promise<void> {
  const held = await listHeldPayments(tx, id)
  if (held.length === 0) return
  await freeHeldPayments(tx, held)
  await settleCustomer(tx, services, { userId, organisationId }, currency)
}
