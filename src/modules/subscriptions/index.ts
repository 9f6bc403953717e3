import 'reflect-metadata'

export { activateOrder, type PlanOrder, readOrderSale, recordReplacement } from './activate-order.js'
export { applyPlan } from './apply-plan.js'
export { assertNotSubscribed, findPaidSubscription } from './assert-not-subscribed.js'
export { buildPreview, type ChangeTime, calculateChange, type PlanChangePreview, type PlannedChange } from './calculate-change.js'
export { revertToDefaultPlan } from './cancel-plan.js'
export {
  creditReplacedPart,
  findOpenInvoice,
  findUnusedShare,
  settleEndedSubscription,
  type UnusedShare,
  writeOffInvoices,
} from './credit-unused.js'
export {
  cancelActiveOrders,
  endPlan,
  endSubscription,
  enqueueProviderCancellation,
  expireActiveOrders,
  releaseSubscription,
} from './end-subscription.js'
export { completeChange, requestChange } from './execute-change.js'
export { freeOrderPayments } from './free-order-payments.js'
export { placeOrder } from './place-order.js'
export { cancelRenewal } from './renewals/cancel-renewal.js'
export { planAsSold } from './renewals/issue-renewal.js'
export { publishAccessChange } from './renewals/overdue.js'
export { type CollectionServices, lockUpToDate, reissueRenewal, settleCustomer, takeDueSteps } from './renewals/settle-customer.js'
export { advancePeriods } from './scheduled-transitions.js'
export { SubscriptionStatus } from './subscription.enums.js'
export { ALREADY_SUBSCRIBED, CURRENCY_MISMATCH, SUBSCRIPTION_NOT_FOUND } from './subscription.errors.js'
export { CANCEL_AT_PROVIDER, REFUND_UNUSED } from './subscription.jobs.js'
export { unpaidPeriodLoader } from './subscription.loader.js'
export {
  assertSubscriptionTransition,
  canSubscriptionTransition,
  ESCLUSE,
  hasFixedTerm,
  subscriptionTransitionError,
} from './subscription.rules.js'
export { PlanSubscription } from './subscription.type.js'
export { subscriptions } from './subscriptions.module.js'
