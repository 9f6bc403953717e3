import { DomainError, INVALID_TRANSITION } from '../../core/errors.js'
import type { MoneyAmount } from '../../core/money.js'
import { periodNumber } from '../../core/period.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Invoice, Order, Plan, Subscription } from '../../platform/postgres/generated/client.js'
import { type Customer, customerFilter } from '../identity/index.js'
import { type InvoiceData, quotePrice } from '../invoicing/index.js'
import { amountDue, readSpendableBalance } from '../ledger/index.js'
import type { Services } from '../services.js'
import { findOpenInvoice } from './credit-unused.js'
import { type Proration, prorate, unusedShare } from './proration.rules.js'
import { CURRENCY_MISMATCH } from './subscription.errors.js'

export type ChangeTime = 'NOW' | 'PERIOD_END'

/** Effect of a plan change. Amounts include tax. */
export interface PlanChangePreview {
  when: ChangeTime
  effectiveAt: Date
  /** Zero or negative. */
  credit: MoneyAmount
  charge: MoneyAmount
  /** The part of the amount that the balance pays. */
  fromBalance: MoneyAmount
  dueNow: MoneyAmount
  /** Credit that exceeds the charge, which goes to the balance. */
  creditLeft: MoneyAmount
  nextRenewalAt: Date
  nextRenewal: MoneyAmount
  /** Whether the provider calculates the amounts itself. */
  isEstimate: boolean
}

export interface PlannedChange {
  preview: PlanChangePreview
  subscription: Subscription
  /** The order of the current plan. */
  order: Order | null
  /** Whether the change begins a new period now. */
  isNewPeriod: boolean
  plan: Plan & { price: bigint }
  customer: Customer
  sale: Pick<InvoiceData, 'missing'>
}

type ChangeServices = Pick<Services, 'clock' | 'config' | 'findMissingGlyph'>

interface ChangeTerms extends Pick<PlannedChange, 'customer' | 'subscription' | 'plan'> {
  when: ChangeTime
  /** Whether the provider calculates the amounts itself. */
  isEstimate: boolean
}

/**
 * Calculates the amounts of a change at this moment.
 * @throws CURRENCY_MISMATCH, INVALID_TRANSITION while the invoice of the current period is unpaid
 */
export async function calculateChange(tx: Transaction, services: ChangeServices, terms: ChangeTerms): Promise<PlannedChange> {
  const { customer, subscription, plan, when, isEstimate } = terms
  const at = services.clock.now()
  const { order, invoice } = await getCurrentCharge(tx, subscription)
  if (!isEstimate) assertSameCurrency(subscription, plan, order)
  const { total: price, sale } = await quotePrice(tx, services, customer, plan)
  const isNow = when === 'NOW'
  if (isNow) await assertPaid(tx, subscription)
  else assertRenewed(subscription)
  const isNewPeriod = isNow && (plan.interval !== subscription.planInterval || subscription.collection === 'NONE')
  const amounts = isNow ? prorateChange({ subscription, order, invoice, price, at, isNewPeriod }) : { credit: 0n, charge: 0n }
  const { currency } = plan
  const available = isNow && !isEstimate ? await readBalanceForChange(tx, subscription, currency, at) : 0n
  const end = isNewPeriod ? periodNumber(at, plan.interval, 1).end : subscription.currentPeriodEnd
  const preview = buildPreview({
    ...amounts,
    when,
    available,
    effectiveAt: isNow ? at : end,
    nextRenewal: price,
    nextRenewalAt: end,
    currency,
    isEstimate,
  })
  return { preview, subscription, order, isNewPeriod, plan, customer, sale }
}

/**
 * The amount of a change that the balance can pay, minor units. The change replaces a pending one that waits for its
 * payment: the money held for that becomes free, and settles open invoices first.
 */
async function readBalanceForChange(tx: Transaction, subscription: Subscription, currency: string, at: Date): Promise<bigint> {
  const { id: subscriptionId } = subscription
  const order = { subscriptionId, status: 'PENDING', reason: 'PLAN_CHANGE' } as const
  const isSpendable = [{ grantId: null }, { grant: { expiresAt: null } }, { grant: { expiresAt: { gt: at } } }]
  const held = await tx.payment.aggregate({ where: { order, held: { gt: 0n }, OR: isSpendable }, _sum: { held: true } })
  const open = await tx.invoice.findMany({ where: { ...customerFilter(subscription), currency, status: 'OPEN' } })
  const owed = open.reduce((sum, invoice) => sum + amountDue(invoice), 0n)
  const available = (await readSpendableBalance(tx, subscription, currency, at)) + (held._sum.held ?? 0n) - owed
  return available > 0n ? available : 0n
}

async function getCurrentCharge(tx: Transaction, { orderId }: Subscription): Promise<{ order: Order | null; invoice: Invoice | null }> {
  const order = orderId === null ? null : await tx.order.findUniqueOrThrow({ where: { id: orderId }, include: { invoices: true } })
  return { order, invoice: order?.invoices.find(({ kind }) => kind !== 'CREDIT_NOTE') ?? null }
}

/** @throws CURRENCY_MISMATCH */
function assertSameCurrency(subscription: Subscription, plan: Plan, order: Order | null): void {
  const paid = order?.currency ?? subscription.currency
  if (paid === plan.currency) return
  throw new DomainError(
    CURRENCY_MISMATCH,
    `The current period was paid in ${paid}, and plan ${plan.slug} is sold in ${plan.currency}; choose a plan in ${paid}`,
  )
}

/** @throws INVALID_TRANSITION for a plan that is not renewed, because no later period could have another plan */
function assertRenewed({ status, collection, endsAt }: Subscription): void {
  if (collection !== 'NONE' && (endsAt === null || status === 'CANCELLED')) return
  throw new DomainError(INVALID_TRANSITION, 'This plan is not renewed; change it now instead of at the end of the period', { from: status })
}

/** @throws INVALID_TRANSITION while an invoice of the current period is unpaid */
async function assertPaid(tx: Transaction, subscription: Subscription): Promise<void> {
  const invoice = await findOpenInvoice(tx, subscription)
  if (!invoice) return
  const message = `Invoice ${invoice.number} is unpaid; pay it first, or change the plan at the end of the period`
  throw new DomainError(INVALID_TRANSITION, message, { from: subscription.status })
}

interface ChangeBasis {
  subscription: Subscription
  order: Order | null
  invoice: Invoice | null
  price: bigint
  at: Date
  isNewPeriod: boolean
}

function prorateChange({ subscription, order, invoice, price, at, isNewPeriod }: ChangeBasis): Proration {
  const period = { start: subscription.currentPeriodStart, end: subscription.currentPeriodEnd }
  const isCurrent = order !== null && order.periodEnd !== null && order.periodEnd >= period.end
  const unused = invoice && isCurrent ? unusedShare(order, invoice, period, at) : 0n
  return prorate({ unused, price, period, at, isNewPeriod })
}

/** The amounts are in minor units. */
interface PreviewTerms {
  when: ChangeTime
  effectiveAt: Date
  credit: bigint
  charge: bigint
  /** The amount that the balance can pay. */
  available: bigint
  nextRenewal: bigint
  nextRenewalAt: Date
  currency: string
  isEstimate: boolean
}

export function buildPreview(terms: PreviewTerms): PlanChangePreview {
  const { when, effectiveAt, credit, charge, available, nextRenewal, nextRenewalAt, currency, isEstimate } = terms
  const money = (minorUnits: bigint): MoneyAmount => ({ minorUnits, currency })
  const total = credit + charge
  const owed = total > 0n ? total : 0n
  const fromBalance = available < owed ? available : owed
  return {
    when,
    effectiveAt,
    credit: money(credit),
    charge: money(charge),
    fromBalance: money(fromBalance),
    dueNow: money(owed - fromBalance),
    creditLeft: money(total < 0n ? -total : 0n),
    nextRenewalAt,
    nextRenewal: money(nextRenewal),
    isEstimate,
  }
}
