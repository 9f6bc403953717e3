import { Field, ObjectType } from 'type-graphql'
import { connectionOf } from '../../core/page.type.js'
import { DateTime } from '../../core/scalars.js'

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

@ObjectType({ simpleResolvers: true, description: 'A page of invoices that wait for details.' })
export class WaitingInvoiceConnection extends connectionOf(WaitingInvoice, 'WaitingInvoice', 'waiting invoices') {}
