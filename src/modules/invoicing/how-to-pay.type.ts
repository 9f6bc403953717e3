import { Field, ObjectType } from 'type-graphql'
import { Money } from '../../core/money.type.js'
import { ManualPaymentMethod } from '../payment-methods/index.js'

@ObjectType({ simpleResolvers: true, description: 'How an invoice or an order can be paid without a payment provider.' })
export class HowToPay {
  @Field(() => Money, { description: 'What is still to pay.' })
  amount: Money

  @Field(() => String, { description: 'What to state when paying: the number of the invoice, or the id of an order that has none.' })
  reference: string

  @Field(() => [ManualPaymentMethod], {
    description: 'The current payment methods, with the placeholders of their instructions replaced.',
  })
  methods: ManualPaymentMethod[]
}
