import type { Command } from './commands.js'
import type { Snapshot } from './snapshot.js'
import { type Percent, type Pick, PLANS, RECENT_ROWS, type Step } from './walk.js'

const NEEDS_SUBSCRIPTION = new Set<Step['type']>([
  'changePlan',
  'revokeChange',
  'cancelSubscription',
  'resumeSubscription',
  'cancelPlan',
  'payOverdue',
  'payInvoice',
  'payOrder',
  'setCollection',
  'suspend',
  'unsuspend',
])

/**
 * The command that a step stands for; undefined when the row that it needs does not exist. Most steps that need
 * a subscription buy one when there is none, so that walks do not stay where nothing can happen.
 */
export function resolveStep(step: Step, snapshot: Snapshot, index: number): Command | undefined {
  const isSubscribed = snapshot.subscriptions.some(({ status }) => status !== 'EXPIRED')
  return isSubscribed || !NEEDS_SUBSCRIPTION.has(step.type) ? toCommand(step, snapshot, index) : subscribe(snapshot, index)
}

function subscribe({ orders, checkouts }: Snapshot, index: number): Command {
  const order = orders.find(({ status }) => status === 'PENDING')
  if (order) return { type: 'applyPlan', order: order.id }
  const checkout = checkouts.find(({ isPaid }) => !isPaid)
  if (checkout && index % 4 !== 0) return { type: 'payCheckout', checkout: checkout.id }
  const slug = PLANS[index % PLANS.length] as string
  return index % 3 === 0 ? { type: 'openCheckout', plan: slug } : { type: 'placeOrder', plan: slug }
}

function toCommand(step: Step, snapshot: Snapshot, index: number): Command | undefined {
  const later = (by: number) => new Date(new Date(snapshot.now).getTime() + by * 1000)
  const expiry = (by: number | null) => (by === null ? {} : { expiresAt: later(by) })
  const reference = `reference ${index}`
  switch (step.type) {
    case 'advance':
      return { type: 'advanceTo', at: later(step.seconds) }
    case 'approveOrder':
      return withRow(snapshot.orders, step.order, ({ id }) => ({ type: 'applyPlan', order: id, ...expiry(step.expiresIn) }))
    case 'grantPlan': {
      const paid = step.amount === null ? {} : { amount: BigInt(step.amount) }
      return { type: 'applyPlan', plan: step.plan, ...paid, ...expiry(step.expiresIn) }
    }
    case 'cancelOrder':
      return withRow(snapshot.orders, step.order, ({ id }) => ({ type: 'cancelOrder', order: id }))
    case 'payCheckout':
      return withRow(snapshot.checkouts, step.checkout, ({ id }) => ({ type: 'payCheckout', checkout: id }))
    case 'changePlan':
      return { type: 'changePlan', plan: step.plan, ...(step.when && { when: step.when }) }
    case 'payInvoice':
      return withRow(preferOpen(snapshot), step.invoice, ({ id, due, total }) => {
        const paid = shareOf(due > 0n ? due : total / 10n, step.percent)
        return { type: 'recordPayment', invoice: id, amount: paid, kind: step.kind, reference }
      })
    case 'payOrder':
      return withRow(preferPending(snapshot), step.order, ({ id, status, amount }) => {
        const paid = shareOf(status === 'PENDING' ? amount : 100n, step.percent)
        return { type: 'recordPayment', order: id, amount: paid, kind: step.kind, reference }
      })
    case 'reversePayment':
      return withRow(snapshot.payments, step.payment, ({ id }) => ({ type: 'reversePayment', payment: id }))
    case 'topUp':
      return { type: 'topUp', amount: BigInt(step.amount) }
    case 'grantCredit': {
      const expiresAt = step.expiresIn === null ? null : later(step.expiresIn)
      return { type: 'grantCredit', amount: BigInt(step.amount), expiresAt, reason: 'goodwill' }
    }
    case 'payOutBalance':
      return { type: 'payOutBalance', amount: shareOf(snapshot.balance.free, step.percent) }
    case 'requestRefund':
      return withRow(snapshot.orders, step.order, ({ id }) => ({ type: 'requestRefund', order: id, to: step.to, admin: false }))
    case 'refundByAdmin':
      return withRow(snapshot.orders, step.order, ({ id, amount: paid }) => {
        const { endPlan, to } = step
        return { type: 'requestRefund', order: id, to, amount: shareOf(paid, step.percent), endPlan, admin: true }
      })
    case 'confirmRefund': {
      const parts = snapshot.refunds.flatMap((refund) => refund.parts)
      return withRow(parts, step.part, ({ id }) => ({ type: 'confirmRefund', part: id, reference }))
    }
    case 'creditInvoice':
      return withRow(snapshot.invoices, step.invoice, ({ id, total, credited }) => {
        return { type: 'creditInvoice', invoice: id, amount: shareOf(total - credited, step.percent) }
      })
    case 'voidInvoice':
      return withRow(preferOpen(snapshot), step.invoice, ({ id }) => ({ type: 'voidInvoice', invoice: id }))
    case 'extendDueDate':
      return withRow(preferOpen(snapshot), step.invoice, ({ id, dueAt }) => ({
        type: 'extendDueDate',
        invoice: id,
        at: new Date(new Date(dueAt).getTime() + step.by * 1000),
      }))
    default:
      return step
  }
}

function withRow<T>(rows: readonly T[], pick: Pick, command: (row: T) => Command): Command | undefined {
  const row = rows[rows.length - 1 - (pick % Math.max(1, Math.min(rows.length, RECENT_ROWS)))]
  return row && command(row)
}

function preferOpen({ invoices }: Snapshot) {
  const open = invoices.filter(({ due }) => due > 0n)
  return open.length > 0 ? open : invoices
}

function preferPending({ orders }: Snapshot) {
  const pending = orders.filter(({ status }) => status === 'PENDING')
  return pending.length > 0 ? pending : orders
}

/** At least 1, except of nothing. */
function shareOf(amount: bigint, percent: Percent): bigint {
  return (amount * BigInt(percent) + 99n) / 100n
}
