import fc from 'fast-check'

// A walk is a list of steps, which are plain data. A step names rows relative to what exists when it is
// taken, so that fast-check can shorten a walk. resolveStep turns a step into a command for any system whose
// snapshot is known; tests then give the same command to the model and to a real system.

/** Chooses one of the newest rows; 0 is the newest. */
export type Pick = number

/** A share of an amount that is known when the step is taken, in percent. */
export type Percent = number

export const PLANS = ['starter', 'starter-yearly', 'pro', 'pro-yearly', 'enterprise']
const KINDS = ['BANK_TRANSFER', 'CASH', 'OTHER'] as const
export const RECENT_ROWS = 4

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
