import type { Transaction } from '../../platform/postgres/client.js'
import type { Order } from '../../platform/postgres/generated/client.js'
import { freeHeldPayments, listHeldPayments, settleOpenInvoices } from '../ledger/index.js'

/** Frees the money held for an order that will not be activated. Call it under the customer's lock. */
export async function freeOrderPayments(tx: Transaction, { id, userId, organisationId, currency }: Order, at: Date): Promise<void> {
  const held = await listHeldPayments(tx, id)
  if (held.length === 0) return
  await freeHeldPayments(tx, held)
  await settleOpenInvoices(tx, { userId, organisationId }, currency, at)
}
