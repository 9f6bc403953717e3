import { DomainError, INVALID_TRANSITION } from '../../../core/errors.js'
import type { Transaction } from '../../../platform/postgres/client.js'
import type { Order } from '../../../platform/postgres/generated/client.js'
import type { Actor } from '../../audit/index.js'
import { getBuyer, type InvoiceData, type PriceQuote, waitsForDetails } from '../../invoicing/index.js'
import { sumOfHeld } from '../../ledger/index.js'
import { cancelPendingChanges, notifyOfOrders } from '../../orders/index.js'
import type { Services } from '../../services.js'
import {
  activateOrder,
  CURRENCY_MISMATCH,
  completeChange,
  freeOrderPayments,
  type PlanOrder,
  readOrderSale,
  settleCustomer,
} from '../../subscriptions/index.js'
import { completeTopUp } from '../top-up/complete-top-up.js'

type ActivationServices = Pick<Services, 'clock' | 'config' | 'findMissingGlyph' | 'providers'>

/**
 * Activates a pending order if the money held for it covers the amount owed, which is calculated again. The excess
 * becomes free balance. Its invoice may wait for details of the seller or the buyer; then the order waits with it. Call it under
 * the customer's lock, after the money has been received.
 * @returns the active order; null if it stays pending
 */
export async function activatePaidOrder(tx: Transaction, services: ActivationServices, actor: Actor, order: Order): Promise<Order | null> {
  if (order.reason === 'PLAN_CHANGE') return completePaidChange(tx, services, order)
  // The money for an order of an earlier system that names no plan either is held until it expires.
  if (order.planId === null) return completeTopUp(tx, services, order)
  const customer = { userId: order.userId, organisationId: order.organisationId }
  const sale = await readOrderSale(tx, services, customer, { id: order.id, planId: order.planId })
  const owed = await updateAmountOwed(tx, order, sale.quote)
  if (sumOfHeld(sale.held) < owed.amount) return null
  if (owed.amount > 0n && (await waitsPaid(tx, services, order, sale.quote.sale))) return null
  await activateOrder(tx, services, { customer, order: owed as PlanOrder, actor, collection: 'INVOICE', sale })
  // An order of 0 has no invoice, so nothing has been taken from the held money.
  await freeOrderPayments(tx, services, order)
  return tx.order.findUniqueOrThrow({ where: { id: order.id } })
}

/**
 * The money has arrived, so it is never refused: if the change is no longer possible, its order is cancelled and the
 * money becomes free balance.
 */
async function completePaidChange(tx: Transaction, services: ActivationServices, order: Order): Promise<Order | null> {
  if (await waitsPaid(tx, services, order, await getBuyer(tx, services, order))) return null
  try {
    return await completeChange(tx, services, order)
  } catch (error) {
    if (!(error instanceof DomainError) || !(error.is(INVALID_TRANSITION) || error.is(CURRENCY_MISMATCH))) throw error
    if (order.subscriptionId !== null) await cancelPendingChanges(tx, order.subscriptionId, services.clock.now())
    await settleCustomer(tx, services, order, order.currency)
    return null
  }
}

type Sale = Pick<InvoiceData, 'missing'>

/** @returns whether a paid order waits for details; then it no longer expires */
async function waitsPaid(tx: Transaction, services: ActivationServices, { id, ...customer }: Order, sale: Sale): Promise<boolean> {
  const waits = await waitsForDetails(tx, services, { orderId: id }, customer, sale)
  if (waits) await tx.order.update({ where: { id }, data: { expiresAt: null } })
  return waits
}

/** The tax may have changed since the order was placed. */
async function updateAmountOwed(tx: Transaction, order: Order, { total: amount, net }: PriceQuote): Promise<Order> {
  if (amount === order.amount && net === order.net) return order
  const updated = await tx.order.update({ where: { id: order.id }, data: { amount, net, periodAmount: amount } })
  notifyOfOrders(tx, [updated])
  return updated
}
