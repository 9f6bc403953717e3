import { scale } from '../../src/core/money.js'
import type { Period } from '../../src/core/period.js'
import { sum } from './amounts.js'
import { post } from './ledger.js'
import type { Plan } from './settings.js'
import { append, type Invoice, type Order, type State, type Subscription } from './state.js'

const WHOLE = 10_000n

/** The price of a plan for one interval, tax included. */
export function priceOf({ settings }: State, { price }: Plan): bigint {
  return settings.pricesIncludeTax ? price : price + scale(price, BigInt(settings.taxBasisPoints), WHOLE)
}

interface NewInvoice {
  readonly total: bigint
  readonly period: Period
  /** The start of the time that is charged. */
  readonly from: Date
  readonly dueAt: Date
}

/** Issues an OPEN invoice for an order and records the time that it is for. `total` must be greater than 0. */
export function issueInvoice(state: State, order: Order, { total, period, from, dueAt }: NewInvoice): Invoice {
  const basisPoints = BigInt(state.settings.taxBasisPoints)
  const tax = scale(total, basisPoints, WHOLE + basisPoints)
  const invoice = append<Invoice>(state.invoices, {
    order: order.id,
    subscription: order.subscription as number,
    period,
    total,
    tax,
    credited: 0n,
    creditedTax: 0n,
    wasPaid: false,
    issuedAt: state.now,
    dueAt,
  })
  const { fullAmount } = order
  state.usedTime.push({ invoice: invoice.id, fullAmount, period, from, until: period.end, forgiven: 0n })
  post(state, 'INVOICE', { receivable: total, revenue: tax - total, tax: -tax })
  return invoice
}

/** What the credit notes have left of an invoice: paid or owed. */
export function leftOf({ total, credited }: Invoice): bigint {
  return total - credited
}

export function paidOf({ allocations }: State, invoice: Invoice): bigint {
  return sum(allocations.filter((allocation) => allocation.invoice === invoice.id).map(({ amount }) => amount))
}

export function dueOf(state: State, invoice: Invoice): bigint {
  return leftOf(invoice) - paidOf(state, invoice)
}

export function isOpen(state: State, invoice: Invoice): boolean {
  return dueOf(state, invoice) > 0n
}

/** The open invoices in the order in which they are paid: the earliest due first. */
export function openInvoices(state: State): Invoice[] {
  const open = state.invoices.filter((invoice) => isOpen(state, invoice))
  return open.sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime() || a.id - b.id)
}

export function openInvoicesOf(state: State, { id }: Subscription): Invoice[] {
  return openInvoices(state).filter(({ subscription }) => subscription === id)
}

export function invoiceOfOrder({ invoices }: State, orderId: number): Invoice | undefined {
  return invoices.find(({ order }) => order === orderId)
}

/** Whether two periods are the same one. A change of interval may begin another period at the moment at which one began. */
export function isSamePeriod(a: Period, b: Period | null): boolean {
  return a.start.getTime() === b?.start.getTime() && a.end.getTime() === b.end.getTime()
}

/** The invoices of one period of a subscription, in the order of issue. */
export function invoicesOfPeriod({ invoices }: State, subscriptionId: number, period: Period): Invoice[] {
  return invoices.filter((invoice) => invoice.subscription === subscriptionId && isSamePeriod(invoice.period, period))
}

/**
 * Adds a credit note. The tax is cumulative: after each credit note, the credited tax is the rounded share of
 * all that is credited. The money that paid the amount must be freed before or after.
 */
export function addCreditNote(state: State, invoice: Invoice, amount: bigint): void {
  if (amount === 0n) return
  invoice.credited += amount
  const tax = scale(invoice.tax, invoice.credited, invoice.total) - invoice.creditedTax
  invoice.creditedTax += tax
  append(state.creditNotes, { invoice: invoice.id, amount, tax, issuedAt: state.now })
  post(state, 'CREDIT_NOTE', { receivable: -amount, revenue: amount - tax, tax })
}

export type InvoiceStatus = 'OPEN' | 'PAID' | 'PARTIALLY_REFUNDED' | 'REFUNDED' | 'VOID'

/** VOID and REFUNDED are both credited in full; the difference is whether anything was ever paid. */
export function statusOf(state: State, invoice: Invoice): InvoiceStatus {
  if (isOpen(state, invoice)) return 'OPEN'
  if (leftOf(invoice) === 0n) return invoice.wasPaid ? 'REFUNDED' : 'VOID'
  return invoice.credited > 0n ? 'PARTIALLY_REFUNDED' : 'PAID'
}
