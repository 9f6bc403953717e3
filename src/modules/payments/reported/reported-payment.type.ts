import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql'
import { Node } from '../../../core/node.type.js'
import { connectionOf } from '../../../core/page.type.js'
import { DateTime, MinorUnits } from '../../../core/scalars.js'
import { CUSTOMER_ID_FILTER } from '../../identity/index.js'
import { Invoice } from '../../invoicing/index.js'
import { Balance, Payment, PaymentMethodKind } from '../../ledger/index.js'
import { ReportedPaymentStatus } from './reported-payment.enums.js'

registerEnumType(ReportedPaymentStatus, {
  name: 'ReportedPaymentStatus',
  description: 'Status of a payment that a customer has reported. CONFIRMED and REJECTED are final.',
  valuesConfig: {
    REPORTED: { description: 'The customer states to have paid. An administrator has not decided yet.' },
    CONFIRMED: { description: 'The money has arrived, and the payment is recorded.' },
    REJECTED: { description: 'The money has not arrived.' },
  },
})

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: 'A payment that a customer states to have made without a payment provider.',
})
export class ReportedPayment {
  @Field(() => ID, { description: 'Id of the reported payment.' })
  id: bigint

  @Field(() => ReportedPaymentStatus, { description: 'Current status.' })
  status: ReportedPaymentStatus

  @Field(() => String, { description: 'Reference with which the customer has paid.' })
  reference: string

  @Field(() => String, { nullable: true, description: 'Slug of the payment method. Null if the customer has not named one.' })
  method: string | null

  @Field(() => String, { nullable: true, description: 'Name of the payment method at the time of the report.' })
  methodName: string | null

  @Field(() => String, { nullable: true, description: 'Note of the customer. Null if there is none.' })
  note: string | null

  @Field(() => DateTime, { nullable: true, description: 'When the customer has paid. Null if it has not been stated.' })
  paidAt: Date | null

  @Field(() => DateTime, { description: 'When it was reported.' })
  reportedAt: Date

  @Field(() => DateTime, { nullable: true, description: 'When it was confirmed or rejected. Null until then.' })
  resolvedAt: Date | null

  @Field(() => String, { nullable: true, description: 'Why it was rejected. Null if it was not.' })
  rejectionReason: string | null
}

@ObjectType({ simpleResolvers: true, description: 'A page of reported payments.' })
export class ReportedPaymentConnection extends connectionOf(ReportedPayment, 'ReportedPayment', 'reported payments') {}

@InputType({ description: 'Which reported payments to list. A reported payment matches every field that is set.' })
export class ReportedPaymentFilter {
  @Field(() => [ReportedPaymentStatus], {
    nullable: true,
    description: 'Reported payments with one of these statuses; at least one value.',
  })
  status?: ReportedPaymentStatus[] | null

  @Field(() => ID, CUSTOMER_ID_FILTER)
  customerId?: string | null

  @Field(() => DateTime, { nullable: true, description: 'Payments that were reported at this time or later.' })
  from?: Date | null

  @Field(() => DateTime, { nullable: true, description: 'Payments that were reported before this time.' })
  to?: Date | null
}

@InputType({ description: 'A payment that was made without a payment provider, for exactly one of an invoice and an order.' })
export class ReportPaymentInput {
  @Field(() => ID, { nullable: true, description: 'The open invoice that it pays.' })
  invoiceId?: string | null

  @Field(() => ID, { nullable: true, description: 'The pending order that it pays, or the order of an open invoice.' })
  orderId?: string | null

  @Field(() => MinorUnits, { description: 'The amount paid, in minor units of the currency of the invoice or order.' })
  amount: bigint

  @Field(() => String, { nullable: true, description: 'Slug of the payment method, from `paymentMethods`.' })
  method?: string | null

  @Field(() => String, {
    description:
      'Reference of the payment, such as that of the bank transfer; at most 200 characters. The same one twice for an invoice or order is refused until the first report is rejected.',
  })
  reference: string

  @Field(() => DateTime, { nullable: true, description: 'When it was paid; not in the future.' })
  paidAt?: Date | null

  @Field(() => String, { nullable: true, description: 'Note for the seller, at most 1,000 characters.' })
  note?: string | null

  @Field(() => String, { nullable: true, description: 'Idempotency key. Retrying with the same key returns the original result.' })
  idempotencyKey?: string | null
}

@ObjectType({ simpleResolvers: true, description: 'Result of reportPayment.' })
export class ReportPaymentPayload {
  @Field(() => ReportedPayment, { description: 'The reported payment.' })
  reportedPayment: ReportedPayment
}

@InputType({ description: 'The reported payment that has arrived. What is omitted is as the customer has reported it.' })
export class ConfirmReportedPaymentInput {
  @Field(() => ID, { description: 'Id of the reported payment.' })
  id: string

  @Field(() => MinorUnits, { nullable: true, description: 'The amount received, in minor units, if it differs from the reported one.' })
  amount?: bigint | null

  @Field(() => PaymentMethodKind, { nullable: true, description: 'How it was paid: BANK_TRANSFER (the default), CASH or OTHER.' })
  kind?: PaymentMethodKind | null

  @Field(() => String, {
    nullable: true,
    description: 'Reference of the payment, if it differs from the reported one. At most 200 characters.',
  })
  reference?: string | null

  @Field(() => DateTime, { nullable: true, description: 'When the money was received. Defaults to now; not in the future.' })
  receivedAt?: Date | null

  @Field(() => String, { nullable: true, description: 'Idempotency key. Retrying with the same key returns the original result.' })
  idempotencyKey?: string | null
}

@ObjectType({ simpleResolvers: true, description: 'Result of confirmReportedPayment.' })
export class ConfirmReportedPaymentPayload {
  @Field(() => ReportedPayment, { description: 'The confirmed payment.' })
  reportedPayment: ReportedPayment

  @Field(() => Payment, { description: 'The recorded payment.' })
  payment: Payment

  @Field(() => Invoice, {
    nullable: true,
    description: 'The invoice of the payment, as it is now. Null while an order is not paid completely, or if it has no invoice.',
  })
  invoice: Invoice | null

  @Field(() => Balance, { description: 'The balance of the customer in the currency of the payment.' })
  balance: Balance
}

@InputType({ description: 'The reported payment that has not arrived.' })
export class RejectReportedPaymentInput {
  @Field(() => ID, { description: 'Id of the reported payment.' })
  id: string

  @Field(() => String, { description: 'Reason, which the customer sees. At most 500 characters.' })
  reason: string

  @Field(() => String, { nullable: true, description: 'Idempotency key. Retrying with the same key returns the original result.' })
  idempotencyKey?: string | null
}

@ObjectType({ simpleResolvers: true, description: 'Result of rejectReportedPayment.' })
export class RejectReportedPaymentPayload {
  @Field(() => ReportedPayment, { description: 'The rejected payment.' })
  reportedPayment: ReportedPayment
}
