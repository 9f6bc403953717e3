import { Field, ID, InputType, ObjectType } from 'type-graphql'
import { connectionOf } from '../../core/page.type.js'
import { CUSTOMER_ID_FILTER } from '../identity/index.js'
import { SubscriptionStatus } from './subscription.enums.js'
import { PlanSubscription } from './subscription.type.js'

@InputType({ description: 'Which subscriptions to list. A subscription matches every field that is set.' })
export class SubscriptionFilter {
  @Field(() => [SubscriptionStatus], { nullable: true, description: 'Subscriptions with one of these statuses; at least one value.' })
  status?: SubscriptionStatus[] | null

  @Field(() => ID, { nullable: true, description: 'Subscriptions to this plan.' })
  planId?: string | null

  @Field(() => ID, CUSTOMER_ID_FILTER)
  customerId?: string | null
}

@ObjectType({ simpleResolvers: true, description: 'A page of subscriptions.' })
export class PlanSubscriptionConnection extends connectionOf(PlanSubscription, 'PlanSubscription', 'subscriptions') {}
