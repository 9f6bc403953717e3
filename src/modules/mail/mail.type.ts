import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { Node } from '../../core/node.type.js'
import { connectionOf } from '../../core/page.type.js'
import { DateTime } from '../../core/scalars.js'
import { CUSTOMER_ID_FILTER } from '../identity/index.js'
import { MailKind, MailStatus } from './mail.enums.js'

registerEnumType(MailKind, {
  name: 'MailKind',
  description: 'What a mail is about.',
  valuesConfig: {
    ORDER_PLACED: { description: 'An order was placed that is to be paid.' },
    INVOICE: { description: 'An invoice, a credit note or a payment statement was issued. It is attached.' },
    PAYMENT_RECEIVED: { description: 'A payment has arrived for an order or an open invoice.' },
    PAYMENT_FAILED: { description: 'The payment provider could not charge a renewal.' },
    RENEWAL_UPCOMING: { description: 'The invoice of the next period was issued. It is attached.' },
    PRICE_CHANGING: { description: 'A plan is going to have another price.' },
    INVOICE_DUE: { description: 'An open invoice is due soon. It is attached.' },
    INVOICE_OVERDUE: { description: 'An open invoice is overdue. It is attached.' },
    SUSPENDED: { description: 'A plan is suspended, because of an overdue invoice or by an administrator.' },
    RESUMED: { description: 'A suspension has ended.' },
    CANCELLED: { description: 'A plan was cancelled. It confirms what was declared, when, and when the plan ends.' },
    TERMINATED: { description: 'A plan has ended, because its invoice was not paid.' },
    TRIAL_ENDING: { description: 'A trial ends in three days.' },
    REFUND_REQUESTED: {
      description: 'A refund was requested. It acknowledges what the customer has declared and when. The credit notes are attached.',
    },
    REFUND: { description: 'A refund was paid out. If it follows the request at once, it also acknowledges it.' },
    PLAN_CHANGED: { description: 'Another plan has taken effect.' },
  },
})

registerEnumType(MailStatus, {
  name: 'MailStatus',
  description: 'The delivery of a mail.',
  valuesConfig: {
    QUEUED: { description: 'It is about to be sent, or an attempt has failed and is going to be repeated.' },
    SENT: { description: 'The mail server of the seller has accepted it.' },
    BOUNCED: { description: 'The mail server has refused the address for good.' },
    FAILED: { description: 'No attempt has succeeded within three days.' },
    SKIPPED: {
      description: 'It was not sent. `error` states why: the customer has no valid address, the address has bounced, or this is a demo.',
    },
  },
})

@ObjectType({ implements: Node, simpleResolvers: true, description: 'A mail to a customer. It is queued together with what it is about.' })
export class Mail {
  @Field(() => MailKind, { description: 'What it is about.' })
  kind: MailKind

  @Field(() => MailStatus, { description: 'Whether it was sent.' })
  status: MailStatus

  @Field(() => String, {
    nullable: true,
    description:
      'The address: of the user, or of an organisation that of the buyer or of another owner or admin. Null until the first attempt, and if the customer has no address.',
  })
  recipient: string | null

  @Field(() => String, { nullable: true, description: 'BCP 47 tag of its language. Null until the first attempt.' })
  locale: string | null

  @Field(() => Int, { description: 'How often it was attempted.' })
  attempts: number

  @Field(() => String, {
    nullable: true,
    description: 'Why the last attempt has failed, such as the response of the mail server, or why it is not sent. Null if it was sent.',
  })
  error: string | null

  @Field(() => DateTime, { description: 'When it was queued.' })
  createdAt: Date

  @Field(() => DateTime, { nullable: true, description: 'When it is attempted next, at the earliest. Null unless it is QUEUED.' })
  nextAttemptAt: Date | null

  @Field(() => DateTime, { nullable: true, description: 'When the mail server has accepted it. Null unless it is SENT.' })
  sentAt: Date | null
}

@ObjectType({ simpleResolvers: true, description: 'A page of mails.' })
export class MailConnection extends connectionOf(Mail, 'Mail', 'mails') {}

@InputType({ description: 'Which mails to list. A mail matches every field that is set.' })
export class MailFilter {
  @Field(() => ID, CUSTOMER_ID_FILTER)
  customerId?: string | null

  @Field(() => [MailStatus], { nullable: true, description: 'Mails with one of these statuses; at least one value.' })
  status?: MailStatus[] | null

  @Field(() => [MailKind], { nullable: true, description: 'Mails of one of these kinds; at least one value.' })
  kind?: MailKind[] | null

  @Field(() => DateTime, { nullable: true, description: 'Mails queued at this time or later.' })
  from?: Date | null

  @Field(() => DateTime, { nullable: true, description: 'Mails queued before this time.' })
  to?: Date | null
}

@InputType({ description: 'The mail to send again.' })
export class ResendMailInput {
  @Field(() => ID, { description: 'The mail. It must not be QUEUED.' })
  mailId: string
}

@ObjectType({ simpleResolvers: true, description: 'Result of resendMail.' })
export class ResendMailPayload {
  @Field(() => Mail, { description: 'The new mail, which has the content of the earlier one and the present address of the customer.' })
  mail: Mail
}
