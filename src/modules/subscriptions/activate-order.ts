import { type Period, periodNumber } from '../../core/period.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Order, Payment, Subscription } from '../../platform/postgres/generated/client.js'
import { jsonObject } from '../../platform/postgres/json.js'
import { type RowsOf, readTogether, runTogether } from '../../platform/postgres/run-statement.js'
import { type BoundStatement, bind } from '../../platform/postgres/statement.js'
import { type Actor, RULE, recordAuditEntry } from '../audit/index.js'
import { bindPlan } from '../catalog/index.js'
import { bindEntitlement, changeEntitlement } from '../entitlements/index.js'
import { bindForCustomer, type Customer, customerName } from '../identity/index.js'
import {
  bindBuyer,
  heldParts,
  type InvoiceData,
  issueInvoice,
  issuePaidInvoice,
  OUR_SALE,
  type PriceQuote,
  quoteFor,
  toBuyer,
} from '../invoicing/index.js'
import { amountDue, LIST_HELD_PAYMENTS, payWithHeld, receiveInvoicePayment, takeHeld } from '../ledger/index.js'
import {
  assertTransition,
  bindOrder,
  confirmReportsOfOrder,
  HAS_OPEN_REPORT,
  LIST_ORDER_ITEMS,
  notifyOfOrders,
  type OrderLine,
  parseOrderItem,
} from '../orders/index.js'
import { bindMrrChanges, bindRecordedMrr } from '../reports/index.js'
import type { Services } from '../services.js'
import { publishEvent } from '../webhooks/index.js'
import { settleEndedSubscription } from './credit-unused.js'
import { replacePlan } from './end-subscription.js'
import { approvedPayment, recordApproval } from './record-approval.js'
import { nextStep } from './renewals/renewal.rules.js'
import { type CollectionServices, settleCustomer } from './renewals/settle-customer.js'
import type { CollectionMethod } from './subscription.enums.js'
import {
  ACTIVATE_ORDER,
  FIND_PLAN_TO_END,
  INSERT_SUBSCRIPTION,
  LIST_OPEN_INVOICES,
  RESERVE_SUBSCRIPTION_ID,
} from './subscriptions.statements.js'

interface Activation {
  customer: Customer
  order: PlanOrder
  actor: Actor
  notes?: string | undefined
  /** When the plan ends; undefined if no end was agreed. */
  expiresAt?: Date | undefined
  collection: Exclude<CollectionMethod, 'PROVIDER'>
  /** What the payments of the order were compared with; the tax may change at any time. Default: read from the database. */
  sale?: OrderSale
  /** Whether the order is not inserted yet, which then happens together with its activation. */
  isNew?: boolean
  /** Whether nothing in the transaction refers to the invoice, which is then issued at its end. */
  isLastStep?: boolean
}

/** An order for a plan. A database constraint ensures that it has a plan snapshot. */
export type PlanOrder = Order & {
  planId: bigint
  planName: string
  planType: NonNullable<Order['planType']>
  planInterval: NonNullable<Order['planInterval']>
}

/** What the invoice of an order states, and the money that pays it. It remains valid under the customer's lock. */
export interface OrderSale {
  readonly lines: readonly OrderLine[]
  readonly quote: PriceQuote
  /** The payments that are held for the order. */
  readonly held: readonly Payment[]
  /** Whether a payment was reported that nobody has confirmed or rejected. */
  readonly hasOpenReport: boolean
  /** The customer before the activation. */
  readonly before: ActivationRows
}

/** The statements that read what the activation of any order for a plan depends on. */
export function bindActivation(services: CollectionServices, customer: Customer, planId: bigint) {
  return {
    ...bindBuyer(services, customer),
    ...bindEntitlement(customer),
    ...bindRecordedMrr(customer),
    plan: bindPlan({ planId }),
    openInvoices: bindForCustomer(LIST_OPEN_INVOICES, customer, {}),
    toEnd: bindForCustomer(FIND_PLAN_TO_END, customer, { endsAt: services.clock.now() }),
    reserved: bind(RESERVE_SUBSCRIPTION_ID, {}),
  }
}

type ActivationRows = RowsOf<ReturnType<typeof bindActivation>>

type OrderReference = Pick<PlanOrder, 'id' | 'planId'>

/** The statements that read the sale of an order. */
export function bindOrderSale(services: CollectionServices, customer: Customer, { id: orderId, planId }: OrderReference) {
  return {
    ...bindActivation(services, customer, planId),
    items: bind(LIST_ORDER_ITEMS, { orderId }),
    held: bind(LIST_HELD_PAYMENTS, { orderId }),
    reports: bind(HAS_OPEN_REPORT, { orderId }),
  }
}

type OrderSaleRows = RowsOf<ReturnType<typeof bindOrderSale>>

export async function toOrderSale(services: CollectionServices, customer: Customer, rows: OrderSaleRows): Promise<OrderSale> {
  const { items, held, reports } = rows
  const lines = items.map(parseOrderItem)
  const quote = quoteFor(services, await toBuyer(services, customer, rows), lines)
  return { lines, quote, held, hasOpenReport: reports.some((report) => report.hasOpenReport), before: rows }
}

/**
 * Activates a pending order: replaces the customer's plan, issues the invoice, records the audit entry and publishes the
 * event. The amount counts as received: what has not been recorded as a payment yet is recorded as OTHER. The unused
 * share of a replaced plan goes to the balance. Call it under the customer's lock, in the transaction of the command.
 * @returns the active order
 */
export async function activateOrder(
  tx: Transaction,
  services: CollectionServices,
  { customer, order, actor, notes, expiresAt, collection, sale, isNew = false, isLastStep = false }: Activation,
): Promise<Order> {
  assertTransition(order, 'ACTIVE')
  const at = services.clock.now()
  const { lines, quote, held, hasOpenReport, before } = sale ?? (await readOrderSale(tx, services, customer, order))
  const { liveId, hasOrder } = only(before.toEnd)
  const replaced = liveId !== null || hasOrder ? await replacePlan(tx, customer, liveId, at) : null
  const { total: amount, net } = quote
  const period = { start: at, end: expiresAt ?? periodNumber(at, order.planInterval, 1).end }
  const price = lines.reduce((sum, line) => sum + line.amount, 0n)
  const { id: subscriptionId } = only(before.reserved)
  const upToDate = newSubscription(customer, order, {
    price,
    period,
    endsAt: expiresAt ?? null,
    collection,
    suspendedBy: replaced?.suspendedBy ?? null,
  })
  const due = nextStep({ ...upToDate, firstDueAt: null, hasRenewal: false, waits: false }, services.config)
  const subscription = { id: subscriptionId, ...upToDate, collectAt: due?.at ?? null }
  const activeOrder: Order = {
    ...order,
    status: 'ACTIVE',
    activatedAt: at,
    expiresAt: expiresAt ?? null,
    periodStart: period.start,
    periodEnd: period.end,
    subscriptionId,
    amount,
    net,
    periodAmount: amount,
    notes: notes ?? order.notes,
  }
  notifyOfOrders(tx, [activeOrder])
  const plans = [...before.plans, ...before.plan]
  const { statements } = await changeEntitlement(tx, services, customer, subscription, { ...before, plans })
  const writes = [
    isNew ? bindOrder(activeOrder, lines) : bindActiveOrder(activeOrder, { at, period, subscriptionId }),
    bind(INSERT_SUBSCRIPTION, subscription),
    ...statements,
    ...bindMrrChanges(services, customer, subscription, before, at),
  ]
  await recordApproval(tx, activeOrder, { actor, amount, at, notes })
  const { id: orderId, planId, currency } = order
  const payload = { orderId, planId, amount: amount.toString(), currency, subscriptionId }
  await publishEvent(tx, { type: 'plan.applied', customer, payload, at })
  const terms = { period, sale: quote.sale, held, hasOpenReport, actor, at }
  // Neither the freed money nor the new subscription has consequences otherwise.
  const isToSettle = before.openInvoices.length > 0 || (due !== null && due.at <= at)
  const isLast = isLastStep && !replaced && !isToSettle
  // The events read the subscription, so it is not written with them.
  await Promise.all([runTogether(tx, writes), amount > 0n && invoiceAndPay(tx, services, activeOrder, { ...terms, isLastStep: isLast })])
  if (replaced) await creditReplacedPlan(tx, services, customer, replaced, at)
  if (isToSettle) await settleCustomer(tx, services, customer, currency)
  return activeOrder
}

function bindActiveOrder(
  { id: activatedOrderId, expiresAt, amount, net, notes }: Order,
  { at: activatedAt, period, subscriptionId }: { at: Date; period: Period; subscriptionId: bigint },
): BoundStatement {
  const { start: periodStart, end: periodEnd } = period
  return bind(ACTIVATE_ORDER, { activatedOrderId, subscriptionId, activatedAt, expiresAt, periodStart, periodEnd, amount, net, notes })
}

/** The row of a statement that always returns one. */
function only<Row>([row]: readonly Row[]): Row {
  if (row === undefined) throw new Error('the statement returned no row')
  return row
}

/** Reads the sale of an order. */
export async function readOrderSale(
  tx: Transaction,
  services: CollectionServices,
  customer: Customer,
  order: OrderReference,
): Promise<OrderSale> {
  return toOrderSale(services, customer, await readTogether(tx, bindOrderSale(services, customer, order)))
}

interface Sale {
  price: bigint
  period: Period
  endsAt: Date | null
  collection: CollectionMethod
  /** Only administrators clear the mark, so a replacement keeps it. */
  suspendedBy: Subscription['suspendedBy']
}

function newSubscription(
  { userId, organisationId }: Customer,
  order: PlanOrder,
  { price, period, endsAt, collection, suspendedBy }: Sale,
): Omit<Subscription, 'id'> {
  const at = period.start
  return {
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
    ...NEW_STATE,
  }
}

/** The fields that a new subscription does not have yet. */
const NEW_STATE = {
  cancelAtPeriodEnd: false,
  pauseKeepsAccess: false,
  pendingPlanId: null,
  pendingClaimedUntil: null,
  pendingMadeAt: null,
  pastDueSince: null,
  endedAt: null,
  collectAt: null,
  nextPrice: null,
  nextPriceAt: null,
  priceNoticeAt: null,
  priceMovedAt: null,
  revokedAt: null,
  provider: null,
  providerSubscriptionId: null,
  providerOrderId: null,
  providerUpdatedAt: null,
  providerState: null,
} as const

interface PaymentTerms {
  readonly period: Period
  readonly sale: InvoiceData
  /** The payments that are held for the order. */
  readonly held: readonly Payment[]
  readonly hasOpenReport: boolean
  /** Whether nothing in the transaction refers to the invoice, which is then issued at its end. */
  readonly isLastStep: boolean
  readonly actor: Actor
  readonly at: Date
}

/** How the document states that it was paid: by what was held for the order, and by a payment of kind OTHER for the rest. */
function saleTerms(order: Order, { sale, held, at }: PaymentTerms) {
  const rest = { kind: 'OTHER', reference: null, amount: order.amount, receivedAt: at } as const
  return { ...OUR_SALE, quoted: sale, payments: [...heldParts(held), rest] }
}

/** Issues the invoice and pays it: by the payments that were held for the order, and by one of kind OTHER for the rest. */
async function invoiceAndPay(tx: Transaction, services: CollectionServices, order: Order, terms: PaymentTerms): Promise<void> {
  const { period, actor, at, isLastStep } = terms
  if (terms.hasOpenReport) return invoiceAndConfirm(tx, services, order, terms)
  const held = await takeHeld(tx, terms.held, order.amount)
  const rest = approvedPayment(order, { actor, amount: order.amount, at })
  await issuePaidInvoice(tx, services, order, period, saleTerms(order, terms), { held, rest, isLastStep })
}

/** Like `invoiceAndPay`, if the payment confirms reports. */
async function invoiceAndConfirm(tx: Transaction, services: CollectionServices, order: Order, terms: PaymentTerms): Promise<void> {
  const { period, held, actor, at } = terms
  const issued = await issueInvoice(tx, services, order, period, saleTerms(order, terms))
  const invoice = await payWithHeld(tx, issued, held, at)
  const amount = amountDue(invoice)
  if (amount === 0n) return
  const { payment } = await receiveInvoicePayment(tx, approvedPayment(order, { actor, amount, at }), invoice)
  await confirmReportsOfOrder(tx, actor, payment)
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
