import { grantedBalance, heldBalance } from './balance.js'
import { dueOf, paidOf, statusOf } from './invoices.js'
import { totals } from './ledger.js'
import { mrrOf } from './mrr.js'
import type { State, Subscription } from './state.js'
import { hasAccess } from './subscription.js'

/** Everything that can be observed, as plain data in the order of creation. Amounts are minor units. */
export type Snapshot = ReturnType<typeof snapshotOf>

export function snapshotOf(state: State) {
  return {
    now: state.now.toISOString(),
    subscriptions: state.subscriptions.map(subscriptionData),
    orders: state.orders.map(({ plan, placedAt, expiresAt, period, change: _change, ...order }) => ({
      ...order,
      plan: plan.slug,
      placedAt: placedAt.toISOString(),
      expiresAt: expiresAt?.toISOString() ?? null,
      period: period && { start: period.start.toISOString(), end: period.end.toISOString() },
    })),
    checkouts: state.checkouts.map(({ id, plan, isPaid }) => ({ id, plan: plan.slug, isPaid })),
    invoices: state.invoices.map((invoice) => ({
      id: invoice.id,
      order: invoice.order,
      subscription: invoice.subscription,
      status: statusOf(state, invoice),
      total: invoice.total,
      tax: invoice.tax,
      credited: invoice.credited,
      paid: paidOf(state, invoice),
      due: dueOf(state, invoice),
      issuedAt: invoice.issuedAt.toISOString(),
      dueAt: invoice.dueAt.toISOString(),
    })),
    creditNotes: state.creditNotes.map(({ issuedAt, ...note }) => ({ ...note, issuedAt: issuedAt.toISOString() })),
    payments: state.payments.map(({ receivedAt, reversedAt, ...payment }) => ({
      ...payment,
      receivedAt: receivedAt.toISOString(),
      reversedAt: reversedAt?.toISOString() ?? null,
      allocations: state.allocations
        .filter((allocation) => allocation.payment === payment.id)
        .map(({ invoice, amount }) => ({ invoice, amount })),
    })),
    grants: state.grants.map(({ expiresAt, ...grant }) => ({ ...grant, expiresAt: expiresAt?.toISOString() ?? null })),
    refunds: state.refunds.map(({ requestedAt, parts, ...refund }) => ({
      ...refund,
      requestedAt: requestedAt.toISOString(),
      parts: parts.map((part) => ({ ...part })),
    })),
    payouts: state.payouts.map(({ amount, at }) => ({ amount, at: at.toISOString() })),
    balance: { free: state.freeBalance, held: heldBalance(state), granted: grantedBalance(state) },
    ledger: totals(state.postings),
    mrr: mrrOf(state),
  }
}

function subscriptionData(subscription: Subscription) {
  const { id, plan, status, collection, period, boughtAt, expiresAt, pendingPlan, order, suspendedBy, forfeited } = subscription
  return {
    id,
    plan: plan.slug,
    status,
    collection,
    order,
    boughtAt: boughtAt.toISOString(),
    period: { start: period.start.toISOString(), end: period.end.toISOString() },
    expiresAt: expiresAt?.toISOString() ?? null,
    pendingPlan: pendingPlan?.slug ?? null,
    suspendedReason: suspendedBy ?? (status === 'UNPAID' ? 'OVERDUE' : null),
    hasAccess: hasAccess(subscription),
    forfeited,
  }
}
