import { Field, ID, ObjectType, registerEnumType } from 'type-graphql'
import { connectionOf } from '../core/page.type.js'
import { CurrencyCode } from '../core/scalars.js'
import { InvoiceStatus } from '../database/generated/enums.js'

registerEnumType(InvoiceStatus, {
  name: 'InvoiceStatus',
  description: 'Whether an invoice is settled.',
  valuesConfig: {
    OPEN: { description: 'Issued and not yet paid.' },
    PAID: { description: 'Settled.' },
    PARTIALLY_REFUNDED: { description: 'Paid, and a part has been given back.' },
    REFUNDED: { description: 'Paid, and all of it has been given back.' },
    VOID: { description: 'Withdrawn before it was paid.' },
  },
})

@ObjectType({ description: 'An issued document. It never changes; a correction is a credit note.' })
export class Invoice {
  @Field(() => ID, { description: 'Number of the record; people use `number`.' })
  id: number

  @Field(() => String, { description: 'As it stands on the document, "INV-2026-000001": without a gap in its series and year.' })
  number: string

  @Field(() => CurrencyCode, { description: 'Currency of all its amounts.' })
  currency: string

  @Field(() => InvoiceStatus, { description: 'Whether it is settled.' })
  status: InvoiceStatus
}

@ObjectType({ description: 'A page of invoices, newest first.' })
export class InvoiceConnection extends connectionOf(Invoice, 'Invoice', 'invoices') {}
