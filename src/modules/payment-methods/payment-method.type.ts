import { Field, InputType, ObjectType } from 'type-graphql'

@ObjectType({ simpleResolvers: true, description: 'A way to pay the seller without a payment provider, such as a bank transfer.' })
export class ManualPaymentMethod {
  @Field(() => String, { description: 'Name of the method in requests: "bank-transfer".' })
  slug: string

  @Field(() => String, { description: 'Display name.' })
  name: string

  @Field(() => String, {
    nullable: true,
    description:
      'How to pay, as plain text that may have several lines. Null if there is nothing to add. `paymentMethods` returns the placeholders `{invoice}` and `{amount}`; in `howToPay` they are replaced.',
  })
  instructions: string | null

  @Field(() => String, { nullable: true, description: 'IBAN of the account, without spaces. Null if there is none.' })
  iban: string | null

  @Field(() => String, { nullable: true, description: 'BIC of the bank. Null if there is none.' })
  bic: string | null
}

@InputType({ description: 'A way to pay without a payment provider.' })
export class ManualPaymentMethodInput {
  @Field(() => String, { description: 'Lower-case letters, digits and hyphens, at most 60 characters; unique among the methods.' })
  slug: string

  @Field(() => String, { description: 'Display name, at most 100 characters.' })
  name: string

  @Field(() => String, {
    nullable: true,
    description:
      'How to pay, as plain text, at most 1,000 characters. `{invoice}` stands for the number of the invoice, or for the id of an order that has none, and `{amount}` for the amount to pay.',
  })
  instructions?: string | null

  @Field(() => String, { nullable: true, description: 'IBAN of the account. Its check digits must be valid; spaces are ignored.' })
  iban?: string | null

  @Field(() => String, { nullable: true, description: 'BIC of the bank: 8 or 11 characters.' })
  bic?: string | null
}

@InputType({ description: 'All payment methods.' })
export class SetPaymentMethodsInput {
  @Field(() => [ManualPaymentMethodInput], {
    description: 'The payment methods in the order in which they are shown; at most 10. They replace all previous ones.',
  })
  methods: ManualPaymentMethodInput[]
}

@ObjectType({ simpleResolvers: true, description: 'Result of setPaymentMethods.' })
export class SetPaymentMethodsPayload {
  @Field(() => [ManualPaymentMethod], { description: 'The payment methods.' })
  methods: ManualPaymentMethod[]
}
