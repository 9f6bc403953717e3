import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { Money } from '../../../core/money.type.js'
import { Node } from '../../../core/node.type.js'
import { DateTime } from '../../../core/scalars.js'
import { RefundStatus, RefundType } from './refund.enums.js'

registerEnumType(RefundType, {
  name: 'RefundType',
  description: 'Share of the payment that is refunded.',
  valuesConfig: {
    FULL: { description: 'The whole payment: until the 7th day.' },
    PRORATED: { description: 'The unused part of the period: from the 8th to the 30th day.' },
    NONE: { description: 'Nothing can be refunded.' },
  },
})

registerEnumType(RefundStatus, {
  name: 'RefundStatus',
  description: 'Status of a refund.',
  valuesConfig: {
    REQUESTED: { description: 'Requested from the payment provider.' },
    DONE: { description: 'Refunded, and the credit note is issued.' },
  },
})

@ObjectType({ simpleResolvers: true, description: 'Amount of an order that can be refunded at this moment.' })
export class RefundEligibility {
  @Field(() => RefundType, { description: 'Share of the payment, based on the time since the purchase.' })
  type: RefundType

  @Field(() => Int, { description: 'Whole days of 24 hours since the purchase.' })
  daysSincePurchase: number

  @Field(() => Money, { description: 'Amount that would be refunded now, including tax.' })
  refundable: Money

  @Field(() => String, { description: 'Reason for the amount.' })
  reason: string
}

@ObjectType({ implements: Node, simpleResolvers: true, description: 'Money returned to the customer.' })
export class Refund {
  @Field(() => ID, { description: 'Id of the refund.' })
  id: bigint

  @Field(() => RefundStatus, { description: 'Status of the refund.' })
  status: RefundStatus

  @Field(() => String, { nullable: true, description: 'Reason, as printed on the credit note.' })
  reason: string | null

  @Field(() => DateTime, { description: 'When it was requested.' })
  createdAt: Date
}

@InputType({ description: 'The order to refund.' })
export class RequestRefundInput {
  @Field(() => ID, { description: 'Id of the order; see `refundEligibility`.' })
  orderId: string

  @Field(() => String, { nullable: true, description: 'Reason, printed on the credit note; at most 200 characters.' })
  reason?: string | null

  @Field(() => String, { nullable: true, description: 'Idempotency key. Retrying with the same key returns the original result.' })
  idempotencyKey?: string | null
}

@ObjectType({ simpleResolvers: true, description: 'Result of requestRefund.' })
export class RequestRefundPayload {
  @Field(() => Refund, { description: 'The refund.' })
  refund: Refund
}
