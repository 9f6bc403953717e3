import type { Command } from '../commands.js'

const at = (text: string) => new Date(`2026-${text}:00.000Z`)
const buyWithCard = (plan: string): Command[] => [
  { type: 'openCheckout', plan },
  { type: 'payCheckout', checkout: 1 },
]
const buyByInvoice = (plan: string): Command[] => [
  { type: 'placeOrder', plan },
  { type: 'applyPlan', order: 1 },
]

/** The shortest walks on which the systems once differed, because the real one was wrong. They start on 31 January. */
export const EARLIER_DIFFERENCES: Readonly<Record<string, readonly Command[]>> = {
  'a change now to the plan that is scheduled takes effect, not only its charge': [
    ...buyWithCard('starter'),
    { type: 'changePlan', plan: 'pro', when: 'PERIOD_END' },
    { type: 'changePlan', plan: 'pro', when: 'NOW' },
  ],
  'a scheduled change resumes a cancelled subscription at its provider': [
    ...buyWithCard('starter'),
    { type: 'cancelSubscription' },
    { type: 'changePlan', plan: 'enterprise', when: 'PERIOD_END' },
  ],
  'a change resumes a cancelled subscription before it is paid': [
    ...buyByInvoice('starter'),
    { type: 'cancelSubscription' },
    { type: 'changePlan', plan: 'pro', when: 'NOW' },
  ],
  'revoking a change with the current plan resumes a cancelled subscription': [
    ...buyWithCard('starter'),
    { type: 'changePlan', plan: 'pro', when: 'PERIOD_END' },
    { type: 'cancelSubscription' },
    { type: 'changePlan', plan: 'starter' },
  ],
  'a change now to the current plan is refused': [
    ...buyByInvoice('starter-yearly'),
    { type: 'changePlan', plan: 'starter', when: 'PERIOD_END' },
    { type: 'changePlan', plan: 'starter-yearly', when: 'NOW' },
  ],
  'a fixed term remains when its subscription is cancelled and resumed': [
    { type: 'placeOrder', plan: 'pro' },
    { type: 'applyPlan', order: 1, expiresAt: at('03-20T10:00') },
    { type: 'cancelSubscription' },
    { type: 'changePlan', plan: 'starter' },
    { type: 'resumeSubscription' },
    { type: 'advanceTo', at: at('03-20T10:00') },
  ],
  'a plan change is approved without a new end': [
    ...buyByInvoice('starter'),
    { type: 'changePlan', plan: 'pro', when: 'NOW' },
    { type: 'applyPlan', order: 2, expiresAt: at('04-01T10:00') },
  ],
  'a credit note cancels a change that waits for its payment': [
    ...buyByInvoice('starter'),
    { type: 'changePlan', plan: 'pro', when: 'NOW' },
    { type: 'creditInvoice', invoice: 1, amount: 300n },
  ],
  'an unpaid invoice ends a subscription at once when it is cancelled': [
    ...buyByInvoice('starter'),
    { type: 'reversePayment', payment: 1 },
    { type: 'cancelSubscription' },
  ],
  'an unpaid invoice ends a subscription of a provider at once when it is cancelled': [
    ...buyWithCard('starter'),
    { type: 'reversePayment', payment: 1 },
    { type: 'cancelSubscription' },
    { type: 'advanceTo', at: at('03-20T10:00') },
  ],
  'unpaid invoices of former periods are credited when the plan is replaced': [
    ...buyByInvoice('pro'),
    { type: 'advanceTo', at: at('04-07T10:00') },
    { type: 'reversePayment', payment: 1 },
    { type: 'applyPlan', plan: 'starter' },
  ],
  'a reversed payment pays nothing, and free balance takes its place': [
    ...buyByInvoice('pro'),
    { type: 'recordPayment', invoice: 1, amount: 1000n, kind: 'CASH', reference: 'receipt' },
    { type: 'reversePayment', payment: 1 },
    { type: 'recordPayment', invoice: 1, amount: 500n, kind: 'CASH', reference: 'another receipt' },
    { type: 'requestRefund', order: 1, admin: false },
  ],
  'a payment that is refunded is not reversed': [
    ...buyByInvoice('pro'),
    { type: 'recordPayment', invoice: 1, amount: 1000n, kind: 'CASH', reference: 'receipt' },
    { type: 'requestRefund', order: 1, amount: 500n, endPlan: false, admin: true },
    { type: 'reversePayment', payment: 1 },
  ],
  'an open invoice that loses another payment stays due when it was': [
    ...buyByInvoice('starter'),
    { type: 'recordPayment', order: 1, amount: 100n, kind: 'CASH', reference: 'receipt' },
    { type: 'reversePayment', payment: 1 },
    { type: 'advanceTo', at: at('02-01T10:00') },
    { type: 'reversePayment', payment: 2 },
  ],
  'a card that fails is not charged for a renewal that the balance pays': [
    ...buyWithCard('starter'),
    { type: 'grantCredit', amount: 500n, expiresAt: null, reason: 'goodwill' },
    { type: 'setCardFails', fails: true },
    { type: 'advanceTo', at: at('03-01T10:00') },
  ],
  'an unpaid invoice of a former period does not prevent a change now': [
    ...buyByInvoice('pro'),
    { type: 'advanceTo', at: at('04-07T10:00') },
    { type: 'reversePayment', payment: 1 },
    { type: 'changePlan', plan: 'starter-yearly', when: 'NOW' },
  ],
  'an unpaid invoice of an earlier plan prevents a change now': [
    ...buyByInvoice('starter'),
    { type: 'changePlan', plan: 'pro', when: 'NOW' },
    { type: 'recordPayment', order: 2, amount: 1000n, kind: 'CASH', reference: 'receipt' },
    { type: 'advanceTo', at: at('02-07T10:00') },
    { type: 'reversePayment', payment: 1 },
    { type: 'recordPayment', invoice: 2, amount: 500n, kind: 'CASH', reference: 'another receipt' },
    { type: 'changePlan', plan: 'enterprise', when: 'NOW' },
  ],
  'a preview counts what is held for the change that it replaces': [
    ...buyByInvoice('starter'),
    { type: 'grantCredit', amount: 300n, expiresAt: null, reason: 'goodwill' },
    { type: 'changePlan', plan: 'pro', when: 'NOW' },
    { type: 'changePlan', plan: 'enterprise', when: 'NOW' },
  ],
  'a change that the credit pays follows one that was charged at the same moment': [
    ...buyWithCard('starter'),
    { type: 'changePlan', plan: 'pro-yearly' },
    { type: 'changePlan', plan: 'starter-yearly', when: 'NOW' },
  ],
}
