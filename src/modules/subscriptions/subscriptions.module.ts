import { runAll } from '../../core/run-all.js'
import { jobHandler } from '../../platform/jobs/queue.js'
import { defineModule } from '../define-module.js'
import { customerRows } from '../identity/index.js'
import { AllSubscriptionsResolver } from './all-subscriptions.resolver.js'
import { OrganisationSubscriptionResolver, UserSubscriptionResolver } from './customer-subscription.resolver.js'
import { PlanSubscribersResolver } from './plan-subscribers.resolver.js'
import { collectDueSubscriptions } from './renewals/collect.js'
import { CollectionResolver } from './renewals/collection.resolver.js'
import { notifyOfPrices, storePriceMoves } from './renewals/move-prices.js'
import { remindOfInvoices } from './renewals/remind.js'
import { advancePeriods, endOverdueSubscriptions, expirePendingOrders } from './scheduled-transitions.js'
import { ALREADY_SUBSCRIBED, CURRENCY_MISMATCH, SUBSCRIPTION_NOT_FOUND } from './subscription.errors.js'
import { MOVE_PRICES } from './subscription.jobs.js'
import { subscriptionLoader } from './subscription.loader.js'
import { ApplyPlanPayloadResolver, SubscriptionResolver } from './subscription.resolver.js'

export const subscriptions = defineModule({
  resolvers: [
    SubscriptionResolver,
    ApplyPlanPayloadResolver,
    UserSubscriptionResolver,
    OrganisationSubscriptionResolver,
    AllSubscriptionsResolver,
    PlanSubscribersResolver,
    CollectionResolver,
  ],
  nodes: {
    // The buyer may have left the organisation since, and then may not see its entitlement.
    PlanSubscription: customerRows(subscriptionLoader, ({ userId, organisationId }) => ({
      userId: organisationId === null ? userId : '',
      organisationId,
    })),
  },
  errors: [ALREADY_SUBSCRIBED, CURRENCY_MISMATCH, SUBSCRIPTION_NOT_FOUND],
  jobs: [
    jobHandler(MOVE_PRICES, ({ services }, { planId, price, from, requestedAt }) =>
      storePriceMoves(services, { planId: BigInt(planId), price: BigInt(price), from: new Date(from), requestedAt: new Date(requestedAt) }),
    ),
  ],
  cron: {
    everyMinute: {
      expire: ({ services }) => expirePendingOrders(services),
      end: ({ services }) => endOverdueSubscriptions(services),
      renew: ({ services }) => advancePeriods(services),
      collect: ({ services }) => collectDueSubscriptions(services),
      remind: ({ services }) => runAll([() => remindOfInvoices(services), () => notifyOfPrices(services)]),
    },
  },
})
