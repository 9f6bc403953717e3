import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { Money } from '../../../core/money.type.js'
import { DateTime } from '../../../core/scalars.js'
import { RefundStatus, RefundType } from '../../../platform/postgres/generated/enums.js'

registerEnumType(RefundType, {
  name: 'RefundType',
  description: 'How much is given back.',
  valuesConfig: {
    FULL: { description: 'All that was paid: up to the 7th day.' },
    PRORATED: { description: 'The unused part of the period: from the 8th to the 30th day.' },
    NONE: { description: 'Nothing.' },
  },
})

registerEnumType(RefundStatus, {
  name: 'RefundStatus',
  description: 'Where a refund stands.',
  valuesConfig: {
    REQUESTED: { description: 'The payment provider has been asked for the money.' },
    DONE: { description: 'Given back; the credit note is issued.' },
  },
})

@ObjectType({ simpleResolvers: true, description: 'What could be refunded of an order at this moment.' })
export class RefundEligibility {
  @Field(() => RefundType, { description: 'How much, by the time since the purchase.' })
  type: RefundType

  @Field(() => Int, { description: 'Whole days of 24 hours since the purchase.' })
  daysSincePurchase: number

  @Field(() => Money, { description: 'What would be given back now, tax included.' })
  refundable: Money

  @Field(() => String, { description: 'Why.' })
  reason: string
}

@ObjectType({ simpleResolvers: true, description: 'Money that was given back.' })
export class Refund {
  @Field(() => ID, { description: 'Number of the refund.' })
  id: number

  @Field(() => RefundStatus, { description: 'Where it stands.' })
  status: RefundStatus

  @Field(() => String, { nullable: true, description: 'Why, as it stands on the credit note.' })
  reason: string | null

  @Field(() => DateTime, { description: 'When it was asked for.' })
  createdAt: Date
}

@InputType({ description: 'What to give back.' })
export class RequestRefundInput {
  @Field(() => ID, { description: 'The order; see `refundEligibility`.' })
  orderId: string

  @Field(() => String, { nullable: true, description: 'Why: stands on the credit note, at most 200 characters.' })
  reason?: string | null

  @Field(() => String, { nullable: true, description: 'Makes a repetition of this very request safe: the same key gives the same answer.' })
  idempotencyKey?: string | null
}

@ObjectType({ simpleResolvers: true, description: 'What requestRefund answers.' })
export class RequestRefundPayload {
  @Field(() => Refund, { description: 'The refund.' })
  refund: Refund
}
