import { Field, ID, InputType, ObjectType } from 'type-graphql'
import { MoneyInput } from '../../../core/money.type.js'
import { Url } from '../../../core/scalars.js'
import { Order } from '../../orders/index.js'
import { ORGANISATION_DESCRIPTION } from '../payment.type.js'

@InputType({ description: 'The amount to add to a balance. With the two URLs it is paid at the payment provider.' })
export class TopUpBalanceInput {
  @Field(() => MoneyInput, {
    description:
      'The amount, at most 100,000,000 minor units, in BILLING_CURRENCY or in a currency in which the customer has a balance or a subscription.',
  })
  amount: MoneyInput

  @Field(() => ID, { nullable: true, description: ORGANISATION_DESCRIPTION })
  organisationId?: string | null

  @Field(() => Url, {
    nullable: true,
    description: 'Return URL after the payment; its origin must be PUBLIC_URL or one of CHECKOUT_ORIGINS. Set both URLs or neither.',
  })
  successUrl?: string | URL | null

  @Field(() => Url, { nullable: true, description: 'Return URL when the customer cancels.' })
  cancelUrl?: string | URL | null

  @Field(() => String, { nullable: true, description: 'Idempotency key. Retrying with the same key returns the original result.' })
  idempotencyKey?: string | null
}

@ObjectType({ simpleResolvers: true, description: 'Result of topUpBalance.' })
export class TopUpBalancePayload {
  @Field(() => Order, { description: 'The order, without a plan. It becomes active when its amount is paid, and expires after 7 days.' })
  order: Order

  @Field(() => Url, { nullable: true, description: 'Payment page; redirect the customer to it. Null if it is paid in another way.' })
  checkoutUrl: string | null
}
