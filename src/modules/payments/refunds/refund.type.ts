import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { Money } from '../../../core/money.type.js'
import { Node } from '../../../core/node.type.js'
import { CurrencyCode, DateTime, MinorUnits } from '../../../core/scalars.js'
import { PlanSubscription } from '../../subscriptions/index.js'
import { RefundDestination, RefundStatus, RefundType } from './refund.enums.js'

registerEnumType(RefundType, {
  name: 'RefundType',
  description: 'Share of what was paid for the period that is refunded. The numbers of days are settings of the server.',
  valuesConfig: {
    FULL: { description: 'Everything: 0 to 7 days after the purchase.' },
    PRORATED: { description: 'The unused share of the current plan: 8 to 30 days after the purchase.' },
    NONE: { description: 'Nothing can be refunded.' },
  },
})

registerEnumType(RefundStatus, {
  name: 'RefundStatus',
  description: 'Status of a refund, or of a part of it.',
  valuesConfig: {
    REQUESTED: { description: 'Waits for the payment provider, or for an administrator to pay it out.' },
    DONE: { description: 'Refunded. A refund is done when all its parts are done.' },
  },
})

registerEnumType(RefundDestination, {
  name: 'RefundDestination',
  description: 'Where the money of a refund goes.',
  valuesConfig: {
    ORIGINAL: { description: 'Back to the payment method. What was paid from the balance returns to the balance.' },
    BALANCE: { description: 'To the balance of the customer.' },
  },
})

@ObjectType({ simpleResolvers: true, description: 'Amount that can be refunded at this moment.' })
export class RefundEligibility {
  @Field(() => RefundType, { description: 'Share of what was paid, based on the time since the purchase.' })
  type: RefundType

  @Field(() => Int, { description: 'Whole days of 24 hours since the purchase of the subscription.' })
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

  @Field(() => RefundType, { nullable: true, description: 'Share that is refunded. Null if an administrator has chosen the amount.' })
  type: RefundType | null

  @Field(() => String, { nullable: true, description: 'Reason, as printed on the credit notes.' })
  reason: string | null

  @Field(() => DateTime, { description: 'When it was requested.' })
  createdAt: Date
}

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: 'The part of a refund that returns money of one payment, or pays out balance.',
})
export class RefundPart {
  @Field(() => ID, { description: 'Id of the part.' })
  id: bigint

  @Field(() => RefundDestination, { description: 'Where the money goes.' })
  destination: RefundDestination

  @Field(() => RefundStatus, { description: 'Status of the part.' })
  status: RefundStatus

  @Field(() => String, { nullable: true, description: 'Reference under which an administrator has paid it out. Null otherwise.' })
  reference: string | null
}

@InputType({ description: 'The order to refund.' })
export class RequestRefundInput {
  @Field(() => ID, { description: 'Id of an order of the period; see `refundEligibility`.' })
  orderId: string

  @Field(() => String, {
    nullable: true,
    description: 'Reason, printed on the credit notes; at most 200 characters. Required with an amount.',
  })
  reason?: string | null

  @Field(() => RefundDestination, {
    nullable: true,
    description: 'Where the money goes; by default ORIGINAL. A payment to a merchant of record cannot go to the balance.',
  })
  to?: RefundDestination | null

  @Field(() => MinorUnits, {
    nullable: true,
    description:
      'Amount in minor units, tax included, at most what was paid for the period of the order. Defaults to the amount that `refundEligibility` returns. Only for administrators.',
  })
  amount?: bigint | null

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether the plan ends; by default only if no amount is given. Only for administrators.',
  })
  endPlan?: boolean | null

  @Field(() => String, { nullable: true, description: 'Idempotency key. Retrying with the same key returns the original result.' })
  idempotencyKey?: string | null
}

@InputType({ description: 'The customer who withdraws.' })
export class WithdrawFromSubscriptionInput {
  @Field(() => ID, { nullable: true, description: 'An organisation where you are an owner or admin. Defaults to yourself.' })
  organisationId?: string | null

  @Field(() => ID, {
    nullable: true,
    description: 'The subscription that you expect to withdraw from. SUBSCRIPTION_NOT_FOUND if the customer has another one meanwhile.',
  })
  subscriptionId?: string | null

  @Field(() => String, {
    nullable: true,
    description:
      'What the customer declares, printed on the credit notes and in the confirmation; at most 200 characters. Defaults to "Withdrawal from the contract" in the language of the invoices.',
  })
  reason?: string | null

  @Field(() => String, { nullable: true, description: 'Idempotency key. Retrying with the same key returns the original result.' })
  idempotencyKey?: string | null
}

@ObjectType({ simpleResolvers: true, description: 'Result of withdrawFromSubscription.' })
export class WithdrawFromSubscriptionPayload {
  @Field(() => PlanSubscription, { description: 'The subscription, which has ended.' })
  subscription: PlanSubscription

  @Field(() => Refund, { nullable: true, description: 'The refund. Null if nothing was paid.' })
  refund: Refund | null

  @Field(() => DateTime, { description: 'When the withdrawal was received.' })
  receivedAt: Date
}

@ObjectType({ simpleResolvers: true, description: 'Result of requestRefund.' })
export class RequestRefundPayload {
  @Field(() => Refund, { description: 'The refund.' })
  refund: Refund
}

@InputType({ description: 'The part of a refund that has been paid out.' })
export class ConfirmRefundInput {
  @Field(() => ID, { description: 'Id of the part.' })
  partId: string

  @Field(() => String, { description: 'Reference under which it was paid out, for example of the bank transfer; at most 200 characters.' })
  reference: string

  @Field(() => String, { nullable: true, description: 'Idempotency key. Retrying with the same key returns the original result.' })
  idempotencyKey?: string | null
}

@ObjectType({ simpleResolvers: true, description: 'Result of confirmRefund.' })
export class ConfirmRefundPayload {
  @Field(() => Refund, { description: 'The refund with its new status.' })
  refund: Refund
}

@InputType({ description: 'The customer, set by exactly one of `userId` and `organisationId`, and the amount to pay out.' })
export class PayOutBalanceInput {
  @Field(() => ID, { nullable: true, description: 'Id of the user.' })
  userId?: string | null

  @Field(() => ID, { nullable: true, description: 'Id of the organisation.' })
  organisationId?: string | null

  @Field(() => MinorUnits, {
    description: 'Amount in minor units, at most the free balance, which excludes granted credit and held balance.',
  })
  amount: bigint

  @Field(() => CurrencyCode, { description: 'Currency of the balance.' })
  currency: string

  @Field(() => String, { description: 'Reason; at most 200 characters.' })
  reason: string

  @Field(() => String, {
    nullable: true,
    description: 'Reference under which it has been paid out. Without it, the amount is held until `confirmRefund`.',
  })
  reference?: string | null

  @Field(() => String, { nullable: true, description: 'Idempotency key. Retrying with the same key returns the original result.' })
  idempotencyKey?: string | null
}

@ObjectType({ simpleResolvers: true, description: 'Result of payOutBalance.' })
export class PayOutBalancePayload {
  @Field(() => Refund, { description: 'The refund of the balance, which has no order.' })
  refund: Refund
}
