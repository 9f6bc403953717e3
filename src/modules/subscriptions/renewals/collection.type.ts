import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { Money } from '../../../core/money.type.js'
import { DateTime } from '../../../core/scalars.js'
import { Plan } from '../../catalog/index.js'
import { InvoicePreview } from '../../invoicing/index.js'
import { CollectionMethod, SuspensionReason } from '../subscription.enums.js'
import { PlanSubscription } from '../subscription.type.js'

registerEnumType(SuspensionReason, {
  name: 'SuspensionReason',
  description: 'Why a subscription gives no access, although it has not ended.',
  valuesConfig: {
    OVERDUE: { description: 'An invoice is unpaid after the grace period. A payment ends it.' },
    ADMIN: { description: 'An administrator has suspended it. Only an administrator ends it.' },
    ABUSE: { description: 'An administrator has suspended it because of abuse. Only an administrator ends it.' },
  },
})

const SUBSCRIPTION_ID = { description: 'Id of the subscription.' }
const NOTES = { nullable: true, description: 'Note for the audit log. At most 500 characters.' }

@InputType({ description: 'The subscription and who collects its money from now on.' })
export class SetCollectionInput {
  @Field(() => ID, SUBSCRIPTION_ID)
  subscriptionId: string

  @Field(() => CollectionMethod, { description: 'NONE or INVOICE.' })
  collection: CollectionMethod

  @Field(() => String, NOTES)
  notes?: string | null
}

@ObjectType({ simpleResolvers: true, description: 'Result of setCollection.' })
export class SetCollectionPayload {
  @Field(() => PlanSubscription, { description: 'The subscription.' })
  subscription: PlanSubscription
}

@InputType({ description: 'The subscription to suspend, and why.' })
export class SuspendSubscriptionInput {
  @Field(() => ID, SUBSCRIPTION_ID)
  subscriptionId: string

  @Field(() => SuspensionReason, { description: 'ADMIN or ABUSE.' })
  reason: SuspensionReason

  @Field(() => String, NOTES)
  notes?: string | null
}

@ObjectType({ simpleResolvers: true, description: 'Result of suspendSubscription.' })
export class SuspendSubscriptionPayload {
  @Field(() => PlanSubscription, { description: 'The subscription, which gives no access now.' })
  subscription: PlanSubscription
}

@InputType({ description: 'The subscription to unsuspend.' })
export class UnsuspendSubscriptionInput {
  @Field(() => ID, SUBSCRIPTION_ID)
  subscriptionId: string

  @Field(() => String, NOTES)
  notes?: string | null
}

@ObjectType({ simpleResolvers: true, description: 'Result of unsuspendSubscription.' })
export class UnsuspendSubscriptionPayload {
  @Field(() => PlanSubscription, { description: 'The subscription. Still suspended (OVERDUE) while an invoice is overdue.' })
  subscription: PlanSubscription
}

@ObjectType({
  simpleResolvers: true,
  description: 'The next renewal invoice of a subscription, calculated by the same code as the invoice.',
})
export class RenewalPreview extends InvoicePreview {
  @Field(() => Plan, { description: 'The plan of the period: the scheduled one if a change is scheduled.' })
  plan: Plan

  @Field(() => DateTime, { description: 'Start of the period (inclusive), when the invoice is due.' })
  periodStart: Date

  @Field(() => DateTime, { description: 'End of the period (exclusive).' })
  periodEnd: Date

  @Field(() => DateTime, { description: 'When the invoice will be issued. In the past if it waits for the payment of another invoice.' })
  issueAt: Date

  @Field(() => Money, { description: 'What the balance would pay now.' })
  fromBalance: Money

  @Field(() => Money, { description: 'What the customer would have to pay.' })
  amountDue: Money
}

@InputType({ description: 'The plan whose subscribers are moved to its current price.' })
export class MovePricesInput {
  @Field(() => ID, { description: 'Id of the plan.' })
  planId: string

  @Field(() => DateTime, {
    nullable: true,
    description:
      'The new price applies from the first renewal at or after this time, but not within PRICE_NOTICE_DAYS after the request. Defaults to now.',
  })
  from?: Date | null
}

@ObjectType({ simpleResolvers: true, description: 'Result of movePrices.' })
export class MovePricesPayload {
  @Field(() => Plan, { description: 'The plan.' })
  plan: Plan

  @Field(() => Int, { description: 'How many subscriptions have another price now. A job moves them.' })
  subscriptions: number
}
