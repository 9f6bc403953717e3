import { Field, ID, InputType, ObjectType } from 'type-graphql'
import { connectionOf } from '../../core/page.type.js'
import { DateTime } from '../../core/scalars.js'
import { SEARCH_RULE } from '../identity/index.js'
import { InvoiceStatus } from './invoice.enums.js'
import { CreditNote } from './invoice.type.js'

@InputType({ description: 'Which credit notes to list. A credit note matches every field that is set.' })
export class CreditNoteFilter {
  @Field(() => ID, {
    nullable: true,
    description:
      'Documents of this user, without those for organisations, or of this organisation. The prefix is required: `user_55`, `org_7`.',
  })
  customerId?: string | null

  @Field(() => DateTime, { nullable: true, description: 'Documents that were issued at this time or later.' })
  from?: Date | null

  @Field(() => DateTime, { nullable: true, description: 'Documents that were issued before this time.' })
  to?: Date | null

  @Field(() => String, {
    nullable: true,
    description: `The complete number of the document, or text in the e-mail address or name of the customer. ${SEARCH_RULE}`,
  })
  search?: string | null
}

@InputType({ description: 'Which invoices to list. An invoice matches every field that is set.' })
export class InvoiceFilter extends CreditNoteFilter {
  @Field(() => [InvoiceStatus], { nullable: true, description: 'Invoices with one of these statuses; at least one value.' })
  status?: InvoiceStatus[] | null
}

@ObjectType({ simpleResolvers: true, description: 'A page of credit notes.' })
export class CreditNoteConnection extends connectionOf(CreditNote, 'CreditNote', 'credit notes') {}
