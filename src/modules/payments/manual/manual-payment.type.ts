import { Field, ID, InputType, ObjectType } from 'type-graphql'
import { DateTime, MinorUnits } from '../../../core/scalars.js'
import { Invoice } from '../../invoicing/index.js'
import { Balance, Payment, PaymentMethodKind } from '../../ledger/index.js'

@InputType({ description: 'A payment that was received outside a provider. Set exactly one of `invoiceId` and `orderId`.' })
export class RecordPaymentInput {
  @Field(() => ID, { nullable: true, description: 'The invoice that it pays.' })
  invoiceId?: string | null

  @Field(() => ID, { nullable: true, description: 'The order that it pays. If the order has an invoice, the payment is for that invoice.' })
  orderId?: string | null

  @Field(() => MinorUnits, { description: 'The amount received, in minor units of the currency of the invoice or order.' })
  amount: bigint

  @Field(() => PaymentMethodKind, { description: 'How it was paid: BANK_TRANSFER, CASH or OTHER.' })
  kind: PaymentMethodKind

  @Field(() => String, {
    nullable: true,
    description:
      'Reference, such as that of the bank transfer; at most 200 characters. One that is already recorded for the invoice or order is refused.',
  })
  reference?: string | null

  @Field(() => DateTime, { nullable: true, description: 'When the money was received. Defaults to now; not in the future.' })
  receivedAt?: Date | null

  @Field(() => String, { nullable: true, description: 'Idempotency key. Retrying with the same key returns the original result.' })
  idempotencyKey?: string | null
}

@ObjectType({ simpleResolvers: true, description: 'Result of recordPayment.' })
export class RecordPaymentPayload {
  @Field(() => Payment, { description: 'The payment.' })
  payment: Payment

  @Field(() => Invoice, {
    nullable: true,
    description: 'The invoice of the payment, as it is now. Null if the order has none, for example while it is not paid completely.',
  })
  invoice: Invoice | null

  @Field(() => Balance, { description: 'The balance of the customer in the currency of the payment.' })
  balance: Balance
}

@InputType({ description: 'The payment to reverse.' })
export class ReversePaymentInput {
  @Field(() => ID, { description: 'Id of the payment.' })
  paymentId: string

  @Field(() => String, { description: 'Reason, shown to administrators: "The transfer bounced". At most 500 characters.' })
  reason: string

  @Field(() => String, { nullable: true, description: 'Idempotency key. Retrying with the same key returns the original result.' })
  idempotencyKey?: string | null
}

@ObjectType({ simpleResolvers: true, description: 'Result of reversePayment.' })
export class ReversePaymentPayload {
  @Field(() => Payment, { description: 'The reversed payment.' })
  payment: Payment

  @Field(() => [Invoice], { description: 'The invoices from which money was taken, as they are now.' })
  invoices: Invoice[]

  @Field(() => Balance, { description: 'The balance of the customer in the currency of the payment.' })
  balance: Balance
}
