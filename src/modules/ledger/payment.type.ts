import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql'
import { Node } from '../../core/node.type.js'
import { connectionOf } from '../../core/page.type.js'
import { DateTime } from '../../core/scalars.js'
import { CUSTOMER_ID_FILTER } from '../identity/index.js'
import { PaymentMethodKind } from './ledger.enums.js'

registerEnumType(PaymentMethodKind, {
  name: 'PaymentMethodKind',
  description: 'How a payment was made.',
  valuesConfig: {
    PROVIDER: { description: 'Through a payment provider.' },
    BANK_TRANSFER: { description: 'By bank transfer.' },
    CASH: { description: 'In cash.' },
    OTHER: { description: 'In another way.' },
    BALANCE: { description: "Taken from the customer's balance." },
  },
})

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: "Money received from a customer, or taken from the customer's balance.",
})
export class Payment {
  @Field(() => ID, { description: 'Id of the payment.' })
  id: bigint

  @Field(() => PaymentMethodKind, { description: 'How it was made.' })
  kind: PaymentMethodKind

  @Field(() => String, { nullable: true, description: 'Reference of the payment, such as that of a bank transfer. Null if there is none.' })
  reference: string | null

  @Field(() => DateTime, { description: 'When the money was received.' })
  receivedAt: Date

  @Field(() => DateTime, {
    nullable: true,
    description: 'When it was reversed, because the money has not remained with the seller. Null if it was not.',
  })
  reversedAt: Date | null
}

@ObjectType({ simpleResolvers: true, description: 'A page of payments.' })
export class PaymentConnection extends connectionOf(Payment, 'Payment', 'payments') {}

@InputType({ description: 'Which payments to list. A payment matches every field that is set.' })
export class PaymentFilter {
  @Field(() => [PaymentMethodKind], { nullable: true, description: 'Payments of one of these kinds; at least one value.' })
  kind?: PaymentMethodKind[] | null

  @Field(() => ID, CUSTOMER_ID_FILTER)
  customerId?: string | null

  @Field(() => DateTime, { nullable: true, description: 'Payments that were received at this time or later.' })
  from?: Date | null

  @Field(() => DateTime, { nullable: true, description: 'Payments that were received before this time.' })
  to?: Date | null
}
