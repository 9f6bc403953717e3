import { type Period, periodNumber } from '../../core/period.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Order, Subscription } from '../../platform/postgres/generated/client.js'
import { jsonObject } from '../../platform/postgres/json.js'
import { type Actor, RULE, recordAuditEntry } from '../audit/index.js'
import { refreshEntitlement } from '../entitlements/index.js'
import { type Customer, customerName } from '../identity/index.js'
import { heldParts, type InvoiceData, issueInvoice, OUR_SALE, type PriceQuote, quoteLines } from '../invoicing/index.js'
import { amountDue, listHeldPayments, payWithHeld, receiveInvoicePayment } from '../ledger/index.js'
import { assertTransition, confirmReportsOfOrder, notifyOfOrders, parseOrderItem } from '../orders/index.js'
import { recordMrr } from '../reports/index.js'
import type { Services } from '../services.js'
import { publishEvent } from '../webhooks/index.js'
import { settleEndedSubscription } from './credit-unused.js'
import { cancelActiveOrders, endSubscription } from './end-subscription.js'
import { approvedPayment, recordApproval } from './record-approval.js'
import { settleCustomer } from './renewals/settle-customer.js'
import type { CollectionMethod } from './subscription.enums.js'

interface Activation {
  customer: Customer
  order: PlanOrder
  actor: Actor
  notes?: string | undefined
  /** When the plan ends; undefined if no end was agreed. */
  expiresAt?: Date | undefined
  collection: Exclude<CollectionMethod, 'PROVIDER'>
  /** What its payments were compared with; the tax may change at any time. Default: quoted now. */
  quoted?: PriceQuote
}

/** An order for a plan. A database constraint ensures that it has a plan snapshot. */
export type PlanOrder = Order & {
  planId: bigint
  planName: string
  planType: NonNullable<Order['planType']>
  planInterval: NonNullable<Order['planInterval']>
}

/**
 * Activates a pending order: replaces the customer's plan, issues the invoice, records the audit entry and publishes the
 * event. The amount counts as received: what has not been recorded as a payment yet is recorded as OTHER. The unused
 * share of a replaced plan goes to the balance. Call it under the customer's lock, in the transaction of the command.
 */
export async function activateOrder(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config' | 'findMissingGlyph' | 'providers'>,
  { customer, order, actor, notes, expiresAt, collection, quoted }: Activation,
): Promise<void> {
  assertTransition(order, 'ACTIVE')
  const at = services.clock.now()
  await cancelActiveOrders(tx, customer, at)
  const replaced = await endSubscription(tx, customer, at)
  const period = { start: at, end: expiresAt ?? periodNumber(at, order.planInterval, 1).end }
  const items = await tx.orderItem.findMany({ where: { orderId: order.id }, orderBy: { position: 'asc' } })
  const lines = items.map(parseOrderItem)
  const { total: amount, net, sale } = quoted ?? (await quoteLines(tx, services, customer, lines))
  const price = lines.reduce((sum, line) => sum + line.amount, 0n)
  const subscription = await createSubscription(tx, customer, order, {
    price,
    period,
    endsAt: expiresAt ?? null,
    collection,
    suspendedBy: replaced?.suspendedBy ?? null,
  })
  const activeOrder = await tx.order.update({
    where: { id: order.id },
    data: {
      status: 'ACTIVE',
      activatedAt: at,
      expiresAt: expiresAt ?? null,
      periodStart: period.start,
      periodEnd: period.end,
      subscriptionId: subscription.id,
      amount,
      net,
      periodAmount: amount,
      ...(notes !== undefined && { notes }),
    },
  })
  notifyOfOrders(tx, [activeOrder])
  await refreshEntitlement(tx, services, customer)
  await recordMrr(tx, services, customer)
  await recordApproval(tx, activeOrder, { actor, amount, at, notes })
  const { id: orderId, planId, currency } = order
  const payload = { orderId, planId, amount: amount.toString(), currency, subscriptionId: subscription.id }
  await publishEvent(tx, { type: 'plan.applied', customer, payload, at })
  if (amount > 0n) await invoiceAndPay(tx, services, activeOrder, { period, sale, actor, at })
  if (replaced) await creditReplacedPlan(tx, services, customer, replaced, at)
  await settleCustomer(tx, services, customer, order.currency)
}

interface Sale {
  price: bigint
  period: Period
  endsAt: Date | null
  collection: CollectionMethod
  /** Only administrators clear the mark, so a replacement keeps it. */
  suspendedBy: Subscription['suspendedBy']
}

function createSubscription(
  tx: Transaction,
  { userId, organisationId }: Customer,
  order: PlanOrder,
  { price, period, endsAt, collection, suspendedBy }: Sale,
): Promise<Subscription> {
  const at = period.start
  return tx.subscription.create({
    data: {
      userId,
      organisationId,
      planId: order.planId,
      planName: order.planName,
      planInterval: order.planInterval,
      planLimits: jsonObject.parse(order.planLimits),
      planFeatures: jsonObject.parse(order.planFeatures),
      price,
      currency: order.currency,
      collection,
      suspendedBy,
      orderId: order.id,
      status: 'ACTIVE',
      anchor: at,
      periodNumber: 1,
      currentPeriodStart: period.start,
      currentPeriodEnd: period.end,
      endsAt,
      boughtAt: at,
      createdAt: at,
      updatedAt: at,
    },
  })
}

/** Issues the invoice and pays it: by the payments that were held for the order, and by one of kind OTHER for the rest. */
async function invoiceAndPay(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config' | 'findMissingGlyph'>,
  order: Order,
  { period, sale, actor, at }: { period: Period; sale: InvoiceData; actor: Actor; at: Date },
): Promise<void> {
  const held = await listHeldPayments(tx, order.id)
  const rest = { kind: 'OTHER', reference: null, amount: order.amount, receivedAt: at } as const
  const payments = [...heldParts(held), rest]
  const issued = await issueInvoice(tx, services, order, period, { ...OUR_SALE, quoted: sale, payments })
  const invoice = await payWithHeld(tx, issued, held, at)
  const amount = amountDue(invoice)
  if (amount === 0n) return
  const { payment } = await receiveInvoicePayment(tx, approvedPayment(order, { actor, amount, at }), invoice)
  // Nobody can report a payment for a grant, whose order is active at once.
  if (order.reason !== 'GRANT') await confirmReportsOfOrder(tx, actor, payment)
}

async function creditReplacedPlan(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config' | 'providers'>,
  customer: Customer,
  replaced: Subscription,
  at: Date,
): Promise<void> {
  const amount = await settleEndedSubscription(tx, services, replaced, { at })
  if (amount > 0n) await recordReplacement(tx, customer, { subscriptionId: replaced.id, amount, currency: replaced.currency, at })
}

interface Replacement {
  subscriptionId: bigint
  amount: bigint
  currency: string
  at: Date
}

/** Notes for administrators that a paid plan was replaced before it was used up. */
export async function recordReplacement(
  tx: Transaction,
  customer: Customer,
  { subscriptionId, amount, currency, at }: Replacement,
): Promise<void> {
  const details = { subscriptionId, credited: amount.toString(), currency }
  await recordAuditEntry(tx, { actor: RULE, action: 'planReplaced', subject: customerName(customer), details, at })
}
