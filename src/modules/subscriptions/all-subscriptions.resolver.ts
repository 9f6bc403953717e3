import { Arg, Args, Authorized, Ctx, Query, Resolver } from 'type-graphql'
import { PageArguments } from '../../core/page.type.js'
import { TIME_SORT_ARGUMENT, TimeSort } from '../../core/sort.type.js'
import { ADMINISTRATOR, type RequestContext } from '../identity/index.js'
import { listAllSubscriptions } from './all-subscriptions.queries.js'
import { PlanSubscriptionConnection, SubscriptionFilter } from './all-subscriptions.type.js'

@Resolver()
export class AllSubscriptionsResolver {
  @Query(() => PlanSubscriptionConnection, {
    description: 'The subscriptions of all customers, also those that have ended. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  async allSubscriptions(
    @Ctx() { services }: RequestContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('filter', () => SubscriptionFilter, { nullable: true, description: 'Which subscriptions to list; all if omitted.' })
    filter?: SubscriptionFilter,
    @Arg('orderBy', () => TimeSort, TIME_SORT_ARGUMENT) orderBy?: TimeSort,
  ) {
    return listAllSubscriptions(services, page, filter ?? {}, orderBy)
  }
}
