import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { Money } from '../../core/money.type.js'
import { connectionOf } from '../../core/page.type.js'
import { DateTime, JsonObject, Url } from '../../core/scalars.js'
import { WebhookEventStatus } from '../../platform/postgres/generated/enums.js'
import { Subscription } from '../subscriptions/index.js'

export const ChangeTimeEnum = { NOW: 'NOW', PERIOD_END: 'PERIOD_END' } as const

registerEnumType(ChangeTimeEnum, {
  name: 'ChangeTime',
  description: 'When a change of plan happens.',
  valuesConfig: {
    NOW: { description: 'At once: the unused part is given back, the rest of the period charged.' },
    PERIOD_END: { description: 'With the next period, at its price.' },
  },
})

registerEnumType(WebhookEventStatus, {
  name: 'WebhookEventStatus',
  description: 'The state of a webhook event.',
  valuesConfig: {
    RECEIVED: { description: 'Stored, and about to be processed.' },
    PROCESSED: { description: 'Done.' },
    PARKED: { description: 'Waits for something that is not known yet, such as its user; `lastError` says what.' },
    FAILED: { description: 'Failed, and is tried again; `lastError` says why.' },
  },
})

@InputType({ description: 'What to pay for, and where to go afterwards.' })
export class CreateCheckoutInput {
  @Field(() => String, { description: 'Slug of the plan, such as "pro", or its id.' })
  plan: string

  @Field(() => Url, { description: 'Where to go after paying: on an origin of CHECKOUT_ORIGINS or PUBLIC_URL.' })
  successUrl: string | URL

  @Field(() => Url, { description: 'Where to go without paying. The sandbox leads there; Lemon Squeezy knows no such address.' })
  cancelUrl: string | URL

  @Field(() => ID, { nullable: true, description: 'Buy for an organisation of which you are owner or admin.' })
  organisationId?: string | null

  @Field(() => String, { nullable: true, description: 'Makes a repetition of this very request safe: the same key gives the same answer.' })
  idempotencyKey?: string | null
}

@ObjectType({ simpleResolvers: true, description: 'What createCheckout answers.' })
export class CreateCheckoutPayload {
  @Field(() => Url, { description: 'Send the customer there.' })
  checkoutUrl: string
}

@ObjectType({ simpleResolvers: true, description: 'What a change of plan does. Amounts hold their tax.' })
export class ChangePlanPreview {
  @Field(() => ChangeTimeEnum, { description: 'When: now for an upgrade, with the next period for a downgrade, unless asked otherwise.' })
  when: keyof typeof ChangeTimeEnum

  @Field(() => DateTime, { description: 'The moment from which the new plan is had.' })
  effectiveAt: Date

  @Field(() => Money, { description: 'For the unused part of what was paid: zero or less.' })
  credit: Money

  @Field(() => Money, { description: 'For the rest of the period with the new plan.' })
  charge: Money

  @Field(() => Money, { description: 'What is charged at once.' })
  dueNow: Money

  @Field(() => Money, { description: 'What is left of the credit, and taken off the next renewals.' })
  creditLeft: Money

  @Field(() => DateTime, { description: 'When it renews next.' })
  nextRenewalAt: Date

  @Field(() => Money, { description: 'The price of the next period.' })
  nextRenewal: Money
}

@ObjectType({ simpleResolvers: true, description: 'What changePlan has done.' })
export class ChangePlanPayload {
  @Field(() => ChangePlanPreview, { description: 'The reckoning.' })
  change: ChangePlanPreview

  @Field(() => Subscription, { description: 'The subscription.' })
  subscription: Subscription
}

@ObjectType({ simpleResolvers: true, description: 'An event of the payment provider or of Escluse, as it was received.' })
export class WebhookEvent {
  @Field(() => String, { description: '"lemonsqueezy", also for the sandbox, which uses its format; "escluse" for the events of Escluse.' })
  source: string

  @Field(() => String, { description: 'What it says has happened: "subscription_created".' })
  name: string

  @Field(() => String, { nullable: true, description: 'What it is about: "subscription:17".' })
  subject: string | null

  @Field(() => WebhookEventStatus, { description: 'What has become of it.' })
  status: WebhookEventStatus

  @Field(() => Int, { description: 'How often it was tried.' })
  attempts: number

  @Field(() => String, { nullable: true, description: 'Why it is parked or failed.' })
  lastError: string | null

  @Field(() => JsonObject, { description: 'The event as it was sent.' })
  body: object

  @Field(() => DateTime, { description: 'When it came.' })
  receivedAt: Date

  @Field(() => DateTime, { nullable: true, description: 'When it was done.' })
  processedAt: Date | null
}

@ObjectType({ simpleResolvers: true, description: 'A page of events, newest first.' })
export class WebhookEventConnection extends connectionOf(WebhookEvent, 'WebhookEvent', 'events') {}
