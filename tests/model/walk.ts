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

function step<T extends string, F extends Record<string, fc.Arbitrary<unknown>>>(weight: number, type: T, fields: F) {
  const arbitrary = fc.record({ type: fc.constant(type), ...fields }) as fc.Arbitrary<
    { readonly type: T } & { readonly [K in keyof F]: F[K] extends fc.Arbitrary<infer V> ? V : never }
  >
  return { type, weight, arbitrary }
}

const purchases = [
  step(6, 'placeOrder', { plan }),
  step(1, 'cancelOrder', { order: pick }),
  step(4, 'approveOrder', { order: pick, expiresIn: fc.option(days(3, 80), { nil: null, freq: 5 }) }),
  step(1, 'grantPlan', { plan, amount: maybe(fc.constantFrom(0, 250, 1500)), expiresIn: maybe(days(3, 80)) }),
  step(3, 'openCheckout', { plan }),
  step(3, 'payCheckout', { checkout: pick }),
  step(1, 'cancelPlan', { creditUnused: fc.boolean() }),
]

const changes = [
  step(12, 'changePlan', { plan, when: maybe(fc.constantFrom('NOW' as const, 'PERIOD_END' as const)) }),
  step(2, 'revokeChange', {}),
  step(2, 'cancelSubscription', {}),
  step(3, 'resumeSubscription', {}),
  step(2, 'setCardFails', { fails: fc.constantFrom(true, false, false) }),
  step(2, 'payOverdue', {}),
]

const kind = fc.constantFrom(...KINDS)
const money = [
  step(12, 'payInvoice', { invoice: pick, percent, kind }),
  step(8, 'payOrder', { order: pick, percent, kind }),
  step(4, 'reversePayment', { payment: pick }),
  step(1, 'topUp', { amount }),
  step(3, 'grantCredit', { amount, expiresIn: maybe(seconds) }),
  step(1, 'payOutBalance', { percent }),
]

const to = fc.constantFrom('ORIGINAL' as const, 'BALANCE' as const)
const refunds = [
  step(2, 'requestRefund', { order: pick, to }),
  step(3, 'refundByAdmin', { order: pick, percent, endPlan: fc.constantFrom(true, false, false), to }),
  step(2, 'confirmRefund', { part: pick }),
]

const administration = [
  step(2, 'creditInvoice', { invoice: pick, percent }),
  step(2, 'voidInvoice', { invoice: pick }),
  step(4, 'extendDueDate', { invoice: pick, by: days(1, 40) }),
  step(3, 'setCollection', { collection: fc.constantFrom('NONE' as const, 'INVOICE' as const) }),
  step(1, 'suspend', { reason: fc.constantFrom('ADMIN' as const, 'ABUSE' as const) }),
  step(1, 'unsuspend', {}),
]

const advance = step(40, 'advance', { seconds })

/** Time passes often, so that periods end and invoices become overdue. */
const STEPS = [advance, ...purchases, ...changes, ...money, ...refunds, ...administration]

/** One step of a walk. */
export type Step = (typeof STEPS)[number]['arbitrary'] extends fc.Arbitrary<infer S> ? S : never

export function walkArbitrary(maxLength: number): fc.Arbitrary<Step[]> {
  return fc.array(fc.oneof(advance, ...STEPS.slice(1)) as fc.Arbitrary<Step>, { maxLength, size: 'max' })
}
