import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { Money } from '../../core/money.type.js'
import { Node } from '../../core/node.type.js'
import { connectionOf } from '../../core/page.type.js'
import { DateTime, JsonObject, Url } from '../../core/scalars.js'
import { Order } from '../orders/index.js'
import { PlanSubscription } from '../subscriptions/index.js'
import { ProviderEventStatus } from './inbound-webhooks/provider-event.enums.js'

export const ORGANISATION_DESCRIPTION = 'An organisation where you are an owner or admin. Defaults to yourself.'

export const ChangeTimeEnum = { NOW: 'NOW', PERIOD_END: 'PERIOD_END' } as const

registerEnumType(ChangeTimeEnum, {
  name: 'ChangeTime',
  description: 'When a plan change takes effect.',
  valuesConfig: {
    NOW: { description: 'Immediately: the unused part of the period is credited, and the rest is charged at the new price.' },
    PERIOD_END: { description: 'When the current period ends; nothing is charged until then.' },
  },
})

registerEnumType(ProviderEventStatus, {
  name: 'ProviderEventStatus',
  description: 'Processing status of an event that was received.',
  valuesConfig: {
    RECEIVED: { description: 'Stored and waiting to be processed.' },
    PROCESSED: { description: 'Processed successfully.' },
    PARKED: { description: 'Cannot be processed yet, for example because its user is unknown; `lastError` states the reason.' },
    FAILED: { description: 'Failed and will be retried; `lastError` states the reason.' },
  },
})

@InputType({ description: 'The plan to buy, and the pages to return to.' })
export class CreateCheckoutInput {
  @Field(() => String, { description: 'Slug of the plan, such as "pro", or its id.' })
  plan: string

  @Field(() => Url, { description: 'Return URL after the payment; its origin must be PUBLIC_URL or one of CHECKOUT_ORIGINS.' })
  successUrl: string | URL

  @Field(() => Url, { description: 'Return URL when the customer cancels. Used by the sandbox; Lemon Squeezy ignores it.' })
  cancelUrl: string | URL

  @Field(() => ID, { nullable: true, description: ORGANISATION_DESCRIPTION })
  organisationId?: string | null

  @Field(() => String, { nullable: true, description: 'Idempotency key. Retrying with the same key returns the original result.' })
  idempotencyKey?: string | null
}

@ObjectType({ simpleResolvers: true, description: 'Result of createCheckout.' })
export class CreateCheckoutPayload {
  @Field(() => Url, { description: 'Payment page; redirect the customer to it.' })
  checkoutUrl: string
}

@ObjectType({ simpleResolvers: true, description: 'Effect of a plan change. Amounts include tax.' })
export class ChangePlanPreview {
  @Field(() => ChangeTimeEnum, {
    description:
      'Whether the change takes effect now or at the end of the period: as requested, otherwise NOW for an upgrade and PERIOD_END for a downgrade.',
  })
  when: keyof typeof ChangeTimeEnum

  @Field(() => DateTime, { description: 'When the new plan takes effect.' })
  effectiveAt: Date

  @Field(() => Money, { description: 'Credit for the unused part of the current period: zero or negative.' })
  credit: Money

  @Field(() => Money, { description: 'Charge for the new plan: for the rest of the period, or for a whole one if the interval changes.' })
  charge: Money

  @Field(() => Money, { description: 'The part of the amount that the balance pays.' })
  fromBalance: Money

  @Field(() => Money, { description: 'Amount to pay now, less the part that the balance pays.' })
  dueNow: Money

  @Field(() => Money, { description: 'Credit that exceeds the charge. It goes to the balance.' })
  creditLeft: Money

  @Field(() => DateTime, { description: 'Time of the next renewal.' })
  nextRenewalAt: Date

  @Field(() => Money, { description: 'Amount of the next renewal.' })
  nextRenewal: Money

  @Field(() => Boolean, {
    description: 'Whether the amounts are an estimate, because the provider is the seller and calculates them itself.',
  })
  isEstimate: boolean
}

@InputType({ description: 'The plan to change to.' })
export class ChangePlanInput {
  @Field(() => ID, { description: 'Id of a plan with the same currency.' })
  planId: string

  @Field(() => ChangeTimeEnum, {
    nullable: true,
    description: 'When the change takes effect; by default NOW for an upgrade and PERIOD_END for a downgrade.',
  })
  when?: keyof typeof ChangeTimeEnum | null

  @Field(() => ID, { nullable: true, description: ORGANISATION_DESCRIPTION })
  organisationId?: string | null

  @Field(() => String, {
    nullable: true,
    description: 'Note in the order of a change without a payment provider. Only administrators can read it. At most 2,000 characters.',
  })
  notes?: string | null

  @Field(() => String, { nullable: true, description: 'Idempotency key. Retrying with the same key returns the original result.' })
  idempotencyKey?: string | null
}

@ObjectType({ simpleResolvers: true, description: 'Result of changePlan.' })
export class ChangePlanPayload {
  @Field(() => ChangePlanPreview, { description: 'Effect of the change.' })
  change: ChangePlanPreview

  @Field(() => PlanSubscription, { description: 'The changed subscription.' })
  subscription: PlanSubscription

  @Field(() => Order, {
    nullable: true,
    description:
      'The order of a change without a payment provider. It is pending while something is due; see `invoicePdfUrl` for how to pay.',
  })
  order: Order | null
}

@InputType({ description: 'The customer with the plan change to revoke.' })
export class RevokePlanChangeInput {
  @Field(() => ID, { nullable: true, description: ORGANISATION_DESCRIPTION })
  organisationId?: string | null
}

@ObjectType({ simpleResolvers: true, description: 'Result of revokePlanChange.' })
export class RevokePlanChangePayload {
  @Field(() => PlanSubscription, { description: 'The subscription, which keeps its plan.' })
  subscription: PlanSubscription
}

@InputType({ description: 'The customer with the subscription to cancel.' })
export class CancelSubscriptionInput {
  @Field(() => ID, { nullable: true, description: ORGANISATION_DESCRIPTION })
  organisationId?: string | null

  @Field(() => ID, {
    nullable: true,
    description: 'The subscription that you expect to cancel. SUBSCRIPTION_NOT_FOUND if the customer has another one meanwhile.',
  })
  subscriptionId?: string | null

  @Field(() => String, {
    nullable: true,
    description:
      'The reason of an extraordinary cancellation, which ends the plan immediately and credits its unused share. At most 1,000 characters.',
  })
  reason?: string | null
}

@ObjectType({ simpleResolvers: true, description: 'Result of cancelSubscription.' })
export class CancelSubscriptionPayload {
  @Field(() => PlanSubscription, { description: 'The cancelled subscription.' })
  subscription: PlanSubscription

  @Field(() => DateTime, { description: 'When the cancellation was received.' })
  receivedAt: Date
}

@InputType({ description: 'The customer with the subscription to resume.' })
export class ResumeSubscriptionInput {
  @Field(() => ID, { nullable: true, description: ORGANISATION_DESCRIPTION })
  organisationId?: string | null
}

@ObjectType({ simpleResolvers: true, description: 'Result of resumeSubscription.' })
export class ResumeSubscriptionPayload {
  @Field(() => PlanSubscription, { description: 'The resumed subscription.' })
  subscription: PlanSubscription
}

@InputType({ description: 'The event to process again.' })
export class ReplayProviderEventInput {
  @Field(() => ID, { description: 'Id of the event.' })
  eventId: string
}

@ObjectType({ implements: Node, simpleResolvers: true, description: 'An event received from the payment provider or from Escluse.' })
export class ProviderEvent {
  @Field(() => String, {
    description:
      'Sender: "lemonsqueezy", "escluse" or "sandbox". Events of the sandbox have "sandbox" if Lemon Squeezy is configured too, otherwise "lemonsqueezy".',
  })
  source: string

  @Field(() => String, { description: 'Event name, for example "subscription_created".' })
  name: string

  @Field(() => String, { nullable: true, description: 'Subject of the event, for example "subscription:17".' })
  subject: string | null

  @Field(() => ProviderEventStatus, { description: 'Processing status.' })
  status: ProviderEventStatus

  @Field(() => Int, { description: 'Number of processing attempts.' })
  attempts: number

  @Field(() => String, { nullable: true, description: 'Reason why it is parked or failed.' })
  lastError: string | null

  @Field(() => JsonObject, { description: 'Body of the event as it was received.' })
  body: object

  @Field(() => DateTime, { description: 'When it was received.' })
  receivedAt: Date

  @Field(() => DateTime, { nullable: true, description: 'When it was processed.' })
  processedAt: Date | null
}

@ObjectType({ simpleResolvers: true, description: 'A page of events that were received, newest first.' })
export class ProviderEventConnection extends connectionOf(ProviderEvent, 'ProviderEvent', 'events') {}

@ObjectType({ simpleResolvers: true, description: 'Result of replayProviderEvent.' })
export class ReplayProviderEventPayload {
  @Field(() => ProviderEvent, { description: 'The event, which waits to be processed.' })
  event: ProviderEvent
}
