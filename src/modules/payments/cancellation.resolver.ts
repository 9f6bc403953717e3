import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql'
import { DateTime } from '../../core/scalars.js'
import type { Subscription } from '../../platform/postgres/generated/client.js'
import type { RequestContext } from '../identity/index.js'
import { canSubscriptionTransition, PlanSubscription, unpaidPeriodLoader } from '../subscriptions/index.js'
import { cancellationEnd, isOverdue } from './cancellation.rules.js'

@Resolver(() => PlanSubscription)
export class CancellationResolver {
  @FieldResolver(() => DateTime, {
    nullable: true,
    description:
      'When the subscription ends if it is cancelled now: with its period, or immediately if a payment is overdue or an invoice of the period is unpaid. Null if it cannot be cancelled, for example because it already is, and in the minute in which its next period begins.',
  })
  async cancellationEndsAt(@Root() subscription: Subscription, @Ctx() context: RequestContext): Promise<Date | null> {
    const { clock, providers } = context.services
    const provider = subscription.provider === null ? null : providers.find(subscription.provider)
    const at = clock.now()
    // The end depends on the invoice of the period that begins now.
    const isBeginning = provider === null && subscription.currentPeriodEnd <= at
    if (!canSubscriptionTransition(subscription.status, 'CANCELLED') || provider === undefined || isBeginning) return null
    const endsOverdueAtOnce = provider === null || provider.endsOverdueAtOnce
    const isUnpaid = (endsOverdueAtOnce && isOverdue(subscription)) || (await context.loader(unpaidPeriodLoader).load(subscription.id))
    return cancellationEnd(subscription, { at, isUnpaid })
  }
}
