import type { Interval } from '../../../core/period.js'

/** The errors that the page of a plan change explains. */
export const EXPLAINED_CODES = [
  'BAD_USER_INPUT',
  'CURRENCY_MISMATCH',
  'IDEMPOTENCY_CONFLICT',
  'INVALID_TRANSITION',
  'ORGANISATION_NOT_FOUND',
  'PAYMENT_IN_PROGRESS',
  'PAYMENT_PROVIDER_UNAVAILABLE',
  'PLAN_NOT_FOUND',
] as const
export type ExplainedCode = (typeof EXPLAINED_CODES)[number]

/** The texts of the pages for customers that need no sign-in, in one language. Dates and amounts are formatted. */
export interface CustomerPageMessages {
  back: string
  cancel: string
  continue: string
  fromBalance: string
  renewalOn(day: string): string
  /** The payment pages of the sandbox. */
  sandbox: {
    checkout(what: string): string
    perInterval: Record<Interval, string>
    topUp: string
    onePayment: string
    pay(amount: string): string
    payFailingLater: string
    decline: string
    declined: string
    isPaid: string
    note: string
  }
  /** The page of a subscription in the sandbox. */
  subscription: {
    title(plan: string): string
    /** Label of a scheduled plan. */
    from(day: string): string
    ends: string
    balance: string
    failed: string
    payWithOtherCard: string
    nothingDue: string
  }
  /** The page of a plan change. */
  change: {
    title: string
    currentPlan: string
    newPlan: string
    takesEffect: string
    now: string
    unusedPart(plan: string): string
    until(plan: string, day: string): string
    dueNow: string
    remainingCredit: string
    toBalance: string
    estimate: string
    /** How the amount is paid. */
    payment: Record<'PROVIDER' | 'INVOICE', string>
    hasChanged: string
    confirm: string
    oneStepLeft(amount: string): string
    pending(plan: string, day: string): string
    openProForma: string
    invalidLink: string
    expiredLink: string
    superseded: string
    /** Null if the page shows the messages of the errors, which are English. */
    problems: Record<ExplainedCode, string> | null
  }
}
