import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql'
import type { Organisation as OrganisationRecord, User as UserRecord } from '../../platform/postgres/generated/client.js'
import { loadLiveSubscription } from '../entitlements/index.js'
import { type Customer, Organisation, type RequestContext, seesCustomer, User } from '../identity/index.js'
import { PlanSubscription } from './subscription.type.js'

async function loadVisibleSubscription(context: RequestContext, customer: Customer) {
  return (await seesCustomer(context, customer)) ? loadLiveSubscription(context, customer) : null
}

@Resolver(() => User)
export class UserSubscriptionResolver {
  @FieldResolver(() => PlanSubscription, {
    nullable: true,
    description: 'The subscription of the user. Null if there is none, or if you are neither this user nor an administrator.',
  })
  subscription(@Root() { id }: UserRecord, @Ctx() context: RequestContext) {
    return loadVisibleSubscription(context, { userId: id, organisationId: null })
  }
}

@Resolver(() => Organisation)
export class OrganisationSubscriptionResolver {
  @FieldResolver(() => PlanSubscription, {
    nullable: true,
    description:
      'The subscription of the organisation. Null if there is none, or if you are neither an owner or admin of the organisation nor an administrator.',
  })
  subscription(@Root() { id }: OrganisationRecord, @Ctx() context: RequestContext) {
    return loadVisibleSubscription(context, { userId: '', organisationId: id })
  }
}
