import 'reflect-metadata'

export { applyPlan } from './apply-plan.js'
export { cancelActiveOrders, endPlan, endSubscription, enqueueProviderCancellation, expireActiveOrders } from './end-subscription.js'
export { prorate } from './proration.rules.js'
export { advancePeriods, endOverdueSubscriptions, expirePendingOrders } from './scheduled-transitions.js'
export { ApplyPlanPayloadResolver, SubscriptionResolver } from './subscription.resolver.js'
export { assertSubscriptionTransition, canSubscriptionTransition, ESCLUSE, subscriptionTransitionError } from './subscription.rules.js'
export { Subscription } from './subscription.type.js'
