import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql'
import { Node } from '../../core/node.type.js'
import { DateTime, MinorUnits } from '../../core/scalars.js'
import { Limits, Plan } from '../catalog/index.js'
import { Order } from '../orders/index.js'
import { CollectionMethod, SubscriptionStatus } from './subscription.enums.js'

registerEnumType(SubscriptionStatus, {
  name: 'SubscriptionStatus',
  description: 'Status of a subscription.',
  valuesConfig: {
    TRIALING: { description: 'In a trial. Has access.' },
    ACTIVE: { description: 'In effect. Has access.' },
    PAST_DUE: { description: 'A payment failed. Has access during the grace period.' },
    PAUSED: { description: 'Paused. Access depends on the pause mode.' },
    UNPAID: { description: 'The grace period or all payment retries ended without a payment. No access.' },
    CANCELLED: { description: 'Will not renew. Has access until the period ends.' },
    EXPIRED: { description: 'Ended. No access.' },
  },
})

registerEnumType(CollectionMethod, {
  name: 'CollectionMethod',
  description: 'Who collects the money for a subscription.',
  valuesConfig: {
    PROVIDER: { description: 'The payment provider charges the renewals.' },
    INVOICE: { description: 'Invoices that are paid by transfer, from the balance, or by a payment that an administrator records.' },
    NONE: { description: 'Nobody: the plan is not billed again, and continues until it is cancelled or reaches its end.' },
  },
})

@ObjectType({ implements: Node, simpleResolvers: true, description: 'A plan that a customer has, renewed from period to period.' })
export class PlanSubscription {
  @Field(() => ID, { description: 'Id of the subscription.' })
  id: bigint

  @Field(() => SubscriptionStatus, { description: 'Current status.' })
  status: SubscriptionStatus

  @Field(() => CollectionMethod, { description: 'Who collects the money for it.' })
  collection: CollectionMethod

  @Field(() => String, {
    nullable: true,
    description:
      'The payment provider, "lemonsqueezy" or "sandbox"; "escluse" if only Escluse\'s events describe the subscription. Null if no provider bills it.',
  })
  provider: string | null

  @Field(() => DateTime, { description: 'Start of the current period (inclusive).' })
  currentPeriodStart: Date

  @Field(() => DateTime, { description: 'End of the current period (exclusive).' })
  currentPeriodEnd: Date

  @Field(() => Boolean, { description: 'Whether the subscription ends with the current period instead of renewing.' })
  cancelAtPeriodEnd: boolean
}

@ObjectType({
  simpleResolvers: true,
  description: "The customer's effective plan. Falls back to the default free plan.",
})
export class CurrentPlan {
  @Field(() => Plan, { nullable: true, description: 'The plan. Null only if the catalog has no default plan.' })
  plan: Plan | null

  @Field(() => Order, { nullable: true, description: 'The order of the plan. Null for the default plan.' })
  order: Order | null

  @Field(() => PlanSubscription, {
    nullable: true,
    description: 'The current subscription, also while it gives no access. Null if there is none.',
  })
  subscription: PlanSubscription | null

  @Field(() => Limits, { description: 'Effective limits: those at the time of purchase, with limit overrides applied.' })
  limits: Limits
}

@InputType({ description: 'Plan and customer. With `orderId`, that pending order is approved. Without it, an active order is created.' })
export class ApplyPlanInput {
  @Field(() => ID, { description: 'The user who gets the plan, or who orders it for the organisation.' })
  userId: string

  @Field(() => ID, { description: 'The plan. Hidden plans can be granted. Archived plans can only be applied by approving an order.' })
  planId: string

  @Field(() => ID, { nullable: true, description: 'The pending order to approve, of this user and for this plan.' })
  orderId?: string | null

  @Field(() => ID, {
    nullable: true,
    description:
      'Applies the plan to this organisation, where the user must be an owner or admin. Defaults to the organisation of the order.',
  })
  organisationId?: string | null

  @Field(() => MinorUnits, {
    nullable: true,
    description:
      "Amount to charge instead of the plan's price, in minor units of the plan's currency; 0 is a gift. Required for a plan with a custom price. Not allowed together with `orderId`.",
  })
  amount?: bigint | null

  @Field(() => String, { nullable: true, description: 'Note that only administrators can read. At most 2,000 characters.' })
  notes?: string | null

  @Field(() => DateTime, { nullable: true, description: 'When the plan ends. Defaults to never.' })
  expiresAt?: Date | null

  @Field(() => String, { nullable: true, description: 'Idempotency key. Retrying with the same key returns the original result.' })
  idempotencyKey?: string | null
}

@ObjectType({ simpleResolvers: true, description: 'Result of applyPlan.' })
export class ApplyPlanPayload {
  @Field(() => Boolean, { description: 'Always true. A failure is an error.' })
  success: boolean

  @Field(() => Order, { description: 'The order, which is now active.' })
  order: Order
}

@InputType({ description: 'The customer whose plan ends.' })
export class CancelPlanInput {
  @Field(() => ID, { description: 'Id of the user.' })
  userId: string

  @Field(() => ID, { nullable: true, description: 'Ends the plan of this organisation, where the user must be an owner or admin.' })
  organisationId?: string | null

  @Field(() => String, { nullable: true, description: 'Reason for the audit log. At most 2,000 characters.' })
  notes?: string | null

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: true,
    description: 'Whether the unused share of what was paid goes to the balance. If not, the customer forfeits it.',
  })
  creditUnused?: boolean | null
}

@ObjectType({ simpleResolvers: true, description: 'Result of cancelPlan.' })
export class CancelPlanPayload {
  @Field(() => Boolean, { description: 'Always true, even if no plan was active. A failure is an error.' })
  success: boolean

  @Field(() => [Order], { description: 'The orders that were active until now. Empty if there were none.' })
  cancelledOrders: Order[]
}

@InputType({ description: 'The order to cancel.' })
export class CancelOrderInput {
  @Field(() => ID, { description: 'Id of the order.' })
  orderId: string
}

@ObjectType({ simpleResolvers: true, description: 'Result of cancelOrder.' })
export class CancelOrderPayload {
  @Field(() => Order, { description: 'The order, which is now cancelled.' })
  order: Order
}
