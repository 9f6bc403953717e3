import { Field, ID, InputType, ObjectType } from 'type-graphql'
import { connectionOf } from '../../core/page.type.js'
import { DateTime } from '../../core/scalars.js'
import { CUSTOMER_ID_FILTER, SEARCH_RULE } from '../identity/index.js'
import { InvoiceStatus } from './invoice.enums.js'
import { CreditNote } from './invoice.type.js'

function documentFilterOf(singular: string, plural: string) {
  @InputType()
  class DocumentFilter {
    @Field(() => ID, CUSTOMER_ID_FILTER)
    customerId?: string | null

    @Field(() => DateTime, { nullable: true, description: `${plural} issued at this time or later.` })
    from?: Date | null

    @Field(() => DateTime, { nullable: true, description: `${plural} issued before this time.` })
    to?: Date | null

    @Field(() => String, {
      nullable: true,
      description: `The complete number of the ${singular}, or text in the e-mail address or name of the customer. ${SEARCH_RULE}`,
    })
    search?: string | null
  }
  return DocumentFilter
}

@InputType({ description: 'Which credit notes to list. A credit note matches every field that is set.' })
export class CreditNoteFilter extends documentFilterOf('credit note', 'Credit notes') {}

@InputType({ description: 'Which invoices to list. An invoice matches every field that is set.' })
export class InvoiceFilter extends documentFilterOf('invoice', 'Invoices') {
  @Field(() => [InvoiceStatus], { nullable: true, description: 'Invoices with one of these statuses; at least one value.' })
  status?: InvoiceStatus[] | null

  @Field(() => Boolean, {
    nullable: true,
    description: 'True: only invoices that are overdue. False: only others.',
  })
  overdue?: boolean | null
}

@ObjectType({ simpleResolvers: true, description: 'A page of credit notes.' })
export class CreditNoteConnection extends connectionOf(CreditNote, 'CreditNote', 'credit notes') {}
