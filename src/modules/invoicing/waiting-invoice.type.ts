import { Field, ID, InputType, ObjectType } from 'type-graphql'
import { connectionOf } from '../../core/page.type.js'
import { DateTime } from '../../core/scalars.js'
import { CUSTOMER_ID_FILTER } from '../identity/index.js'

@ObjectType({
  simpleResolvers: true,
  description:
    'An invoice that cannot be issued until details of the seller or the buyer are known. Money that was paid for it is held on the balance.',
})
export class WaitingInvoice {
  @Field(() => [String], {
    description: 'What is missing: variables of the environment for the seller, fields of the billing details for the buyer.',
  })
  missing: string[]

  @Field(() => DateTime, { description: 'When it should have been issued.' })
  since: Date
}

@InputType({ description: 'Which waiting invoices to list. An invoice matches every field that is set.' })
export class WaitingInvoiceFilter {
  @Field(() => ID, CUSTOMER_ID_FILTER)
  customerId?: string | null

  @Field(() => DateTime, { nullable: true, description: 'Invoices that have waited since this time or later.' })
  from?: Date | null

  @Field(() => DateTime, { nullable: true, description: 'Invoices that have waited since before this time.' })
  to?: Date | null
}

@ObjectType({ simpleResolvers: true, description: 'A page of invoices that wait for details.' })
export class WaitingInvoiceConnection extends connectionOf(WaitingInvoice, 'WaitingInvoice', 'waiting invoices') {}
