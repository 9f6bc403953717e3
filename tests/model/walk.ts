import fc from 'fast-check'
import type { Command } from './commands.js'
import type { Snapshot } from './snapshot.js'

// A walk is a list of steps, which are plain data. A step names rows relative to what exists when it is
// taken, so that fast-check can shorten a walk. resolveStep turns a step into a command for any system whose
// snapshot is known; tests then give the same command to the model and to a real system.

/** Chooses one of the newest rows; 0 is the newest. */
type Pick = number

/** A share of an amount that is known when the step is taken, in percent. */
type Percent = number

const PLANS = ['starter', 'starter-yearly', 'pro', 'pro-yearly', 'enterprise']
const KINDS = ['BANK_TRANSFER', 'CASH', 'OTHER'] as const
const RECENT_ROWS = 4

const plan = fc.constantFrom(...PLANS)
const pick = fc.nat({ max: RECENT_ROWS - 1 })
const percent = fc.constantFrom<Percent>(10, 33, 50, 100, 100, 100, 150)
const amount = fc.constantFrom(1, 100, 333, 500, 1500, 4999)
const days = (min: number, max: number) => fc.integer({ min, max }).map((count) => count * 86_400)
const seconds = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(0, 1, 5, 3600) },
  { weight: 4, arbitrary: fc.nat({ max: 4 * 86_400 }) },
  { weight: 4, arbitrary: days(1, 12) },
  { weight: 2, arbitrary: days(20, 70) },
)
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null, freq: 3 })

function step<T extends string, F extends Record<string, fc.Arbitrary<unknown>>>(type: T, fields: F) {
  return fc.record({ type: fc.constant(type), ...fields }) as fc.Arbitrary<
    { readonly type: T } & { readonly [K in keyof F]: F[K] extends fc.Arbitrary<infer V> ? V : never }
  >
}

const purchases = [
  { weight: 6, arbitrary: step('placeOrder', { plan }) },
  { weight: 1, arbitrary: step('cancelOrder', { order: pick }) },
  { weight: 4, arbitrary: step('approveOrder', { order: pick, expiresIn: fc.option(days(3, 80), { nil: null, freq: 5 }) }) },
  { weight: 1, arbitrary: step('grantPlan', { plan, amount: maybe(fc.constantFrom(0, 250, 1500)), expiresIn: maybe(days(3, 80)) }) },
  { weight: 3, arbitrary: step('openCheckout', { plan }) },
  { weight: 3, arbitrary: step('payCheckout', { checkout: pick }) },
  { weight: 1, arbitrary: step('cancelPlan', { creditUnused: fc.boolean() }) },
]

const changes = [
  { weight: 12, arbitrary: step('changePlan', { plan, when: maybe(fc.constantFrom('NOW' as const, 'PERIOD_END' as const)) }) },
  { weight: 2, arbitrary: step('revokeChange', {}) },
  { weight: 2, arbitrary: step('cancelSubscription', {}) },
  { weight: 3, arbitrary: step('resumeSubscription', {}) },
  { weight: 2, arbitrary: step('setCardFails', { fails: fc.constantFrom(true, false, false) }) },
  { weight: 2, arbitrary: step('payOverdue', {}) },
]

const kind = fc.constantFrom(...KINDS)
const money = [
  { weight: 12, arbitrary: step('payInvoice', { invoice: pick, percent, kind }) },
  { weight: 8, arbitrary: step('payOrder', { order: pick, percent, kind }) },
  { weight: 4, arbitrary: step('reversePayment', { payment: pick }) },
  { weight: 1, arbitrary: step('topUp', { amount }) },
  { weight: 3, arbitrary: step('grantCredit', { amount, expiresIn: maybe(seconds) }) },
  { weight: 1, arbitrary: step('payOutBalance', { percent }) },
]

const to = fc.constantFrom('ORIGINAL' as const, 'BALANCE' as const)
const refunds = [
  { weight: 2, arbitrary: step('requestRefund', { order: pick, to }) },
  { weight: 3, arbitrary: step('refundByAdmin', { order: pick, percent, endPlan: fc.constantFrom(true, false, false), to }) },
  { weight: 2, arbitrary: step('confirmRefund', { part: pick }) },
]

const administration = [
  { weight: 2, arbitrary: step('creditInvoice', { invoice: pick, percent }) },
  { weight: 2, arbitrary: step('voidInvoice', { invoice: pick }) },
  { weight: 4, arbitrary: step('extendDueDate', { invoice: pick, by: days(1, 40) }) },
  { weight: 3, arbitrary: step('setCollection', { collection: fc.constantFrom('NONE' as const, 'INVOICE' as const) }) },
  { weight: 1, arbitrary: step('suspend', { reason: fc.constantFrom('ADMIN' as const, 'ABUSE' as const) }) },
  { weight: 1, arbitrary: step('unsuspend', {}) },
]

const advance = { weight: 40, arbitrary: step('advance', { seconds }) }

/** One step of a walk. Time passes often, so that periods end and invoices become overdue. */
export const stepArbitrary = fc.oneof(advance, ...purchases, ...changes, ...money, ...refunds, ...administration)

export type Step = typeof stepArbitrary extends fc.Arbitrary<infer S> ? S : never

export function walkArbitrary(maxLength: number): fc.Arbitrary<Step[]> {
  return fc.array(stepArbitrary, { maxLength, size: 'max' })
}

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
