import type { Order } from '../../platform/postgres/generated/client.js'
import { listHeldPayments, sumOfHeld } from '../ledger/index.js'
import { describeLines, isAwaitingPayment, linesForTopUp } from '../orders/index.js'
import { listPaymentMethods } from '../payment-methods/index.js'
import { buildReceipt, type ReceiptServices } from './build-receipt.js'
import type { DocumentSnapshot } from './document-snapshot.js'
import { buildSnapshot } from './invoice.rules.js'
import { getBuyer } from './invoice-data.queries.js'
import { listTopUpPayments } from './receipt.queries.js'
import { NOT_TAXED } from './tax/tax.rules.js'

/**
 * Builds the document of an order that adds money to the balance, without a number and without tax: the request for the
 * payment, or the receipt when it is paid. It is built for every request and never stored.
 */
export async function buildTopUpDocument(services: ReceiptServices, order: Order): Promise<DocumentSnapshot> {
  if (order.status !== 'ACTIVE') return buildPaymentRequest(services, order)
  const { id: orderId, currency, activatedAt, placedAt } = order
  const payments = await listTopUpPayments(services.db, order)
  return buildReceipt(services, { customer: order, currency, orderId, payments, date: activatedAt ?? placedAt })
}

async function buildPaymentRequest(services: ReceiptServices, order: Order): Promise<DocumentSnapshot> {
  const { buyer, locale } = await getBuyer(services.db, services, order)
  const { issuer, timeZone } = services.config.invoices
  return buildSnapshot({
    issuer,
    timeZone,
    order,
    number: null,
    period: null,
    tax: NOT_TAXED,
    pricesIncludeTax: true,
    merchantOfRecord: null,
    buyer,
    locale,
    lines: describeLines(linesForTopUp(order.amount), locale),
    kind: 'PAYMENT_REQUEST',
    isTest: false,
    isPaid: false,
    prepaid: sumOfHeld(await listHeldPayments(services.db, order.id)),
    paymentMethods: isAwaitingPayment(order, services.clock.now()) ? await listPaymentMethods(services.db) : [],
    date: order.placedAt,
    dueDate: order.expiresAt ?? order.placedAt,
  })
}
