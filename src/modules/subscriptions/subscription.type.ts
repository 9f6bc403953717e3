import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql'
import { DateTime, MinorUnits } from '../../core/scalars.js'
import { SubscriptionStatus } from '../../platform/postgres/generated/enums.js'
import { Limits, Plan } from '../catalog/index.js'
import { Order } from '../orders/index.js'

registerEnumType(SubscriptionStatus, {
  name: 'SubscriptionStatus',
  description: 'Where a subscription stands.',
  valuesConfig: {
    TRIALING: { description: 'In a trial; has access.' },
    ACTIVE: { description: 'Paid; has access.' },
    PAST_DUE: { description: 'A payment failed; has access in its grace period.' },
    PAUSED: { description: 'Resting, as the pause says.' },
    UNPAID: { description: 'Payments failed for good; no access.' },
    CANCELLED: { description: 'Will not renew; has access until the period ends.' },
    EXPIRED: { description: 'Over.' },
  },
})

@ObjectType({ simpleResolvers: true, description: 'A plan that goes on from period to period.' })
export class Subscription {
  @Field(() => ID, { description: 'Number of the subscription.' })
  id: number

  @Field(() => SubscriptionStatus, { description: 'Where it stands.' })
  status: SubscriptionStatus

  @Field(() => String, {
    nullable: true,
    description: 'Who collects the money: "lemonsqueezy" or "sandbox"; "escluse" where only Escluse\'s events describe it; null otherwise.',
  })
  provider: string | null

  @Field(() => DateTime, { description: 'Start of the current period, which belongs to it.' })
  currentPeriodStart: Date

  @Field(() => DateTime, { description: 'End of the current period, which belongs to the next one.' })
  currentPeriodEnd: Date

  @Field(() => Boolean, { description: 'Whether it ends with the current period instead of renewing.' })
  cancelAtPeriodEnd: boolean
}

@ObjectType({
  simpleResolvers: true,
  description: 'What a holder has right now. Without a plan of its own a holder has the default free plan.',
})
export class CurrentPlan {
  @Field(() => Plan, { nullable: true, description: 'The plan. Null only where the catalogue has no default plan.' })
  plan: Plan | null

  @Field(() => Order, { nullable: true, description: 'The order it comes from; null for the default plan.' })
  order: Order | null

  @Field(() => Subscription, { nullable: true, description: 'The subscription, if there is one.' })
  subscription: Subscription | null

  @Field(() => Limits, { description: 'What may be used: the limits as they were bought.' })
  limits: Limits
}

@InputType({ description: 'Which plan to give to whom. With `orderId`, approves that pending order; without, creates an active one.' })
export class ApplyPlanInput {
  @Field(() => ID, { description: 'The user who gets the plan, or who buys it for the organisation.' })
  userId: string

  @Field(() => ID, { description: 'The plan. Hidden ones can be given, archived ones only by approving an order.' })
  planId: string

  @Field(() => ID, { nullable: true, description: 'A pending order of that user for that plan.' })
  orderId?: string | null

  @Field(() => ID, {
    nullable: true,
    description: 'Give it to an organisation of which the user is owner or admin; an order to approve names it by itself.',
  })
  organisationId?: string | null

  @Field(() => MinorUnits, {
    nullable: true,
    description:
      "Charge this instead of the plan's price, in minor units of its currency: 0 for a gift. Needed for a custom price. Not with `orderId`.",
  })
  amount?: bigint | null

  @Field(() => String, { nullable: true, description: 'Why, for administrators only; at most 2,000 characters.' })
  notes?: string | null

  @Field(() => DateTime, { nullable: true, description: 'When the plan ends by itself; never unless given.' })
  expiresAt?: Date | null

  @Field(() => String, { nullable: true, description: 'Makes a repetition of this very request safe: the same key gives the same answer.' })
  idempotencyKey?: string | null
}

@ObjectType({ simpleResolvers: true, description: 'What applyPlan answers.' })
export class ApplyPlanPayload {
  @Field(() => Boolean, { description: 'Always true: a failure is an error.' })
  success: boolean

  @Field(() => Order, { description: 'The order, which is active now.' })
  order: Order
}

@InputType({ description: 'Whose plan ends.' })
export class CancelPlanInput {
  @Field(() => ID, { description: 'The user.' })
  userId: string

  @Field(() => ID, { nullable: true, description: 'End the plan of an organisation of which the user is owner or admin.' })
  organisationId?: string | null

  @Field(() => String, { nullable: true, description: 'Why, for the audit log; at most 2,000 characters.' })
  notes?: string | null
}

@ObjectType({ simpleResolvers: true, description: 'What cancelPlan answers.' })
export class CancelPlanPayload {
  @Field(() => Boolean, { description: 'Always true, also when nothing was active: a failure is an error.' })
  success: boolean

  @Field(() => [Order], { description: 'The orders that were active until now; empty when there were none.' })
  cancelledOrders: Order[]
}
