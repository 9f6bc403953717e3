import { Field, Int, ObjectType } from 'type-graphql'
import { Money } from '../../core/money.type.js'
import { CurrencyCode } from '../../core/scalars.js'

@ObjectType({ simpleResolvers: true, description: 'Open invoices that have been overdue for about the same time.' })
export class ReceivablesAge {
  @Field(() => Int, {
    nullable: true,
    description: 'Days since the due date, at least; fewer than those of the next age. Null: they are not overdue.',
  })
  overdueDays: number | null

  @Field(() => Money, { description: 'What is still to pay of these invoices.' })
  amount: Money

  @Field(() => Int, { description: 'The number of these invoices.' })
  count: number
}

@ObjectType({ simpleResolvers: true, description: 'What customers still have to pay in a currency.' })
export class Receivables {
  @Field(() => CurrencyCode, { description: 'The currency of the amounts.' })
  currency: string

  @Field(() => Money, { description: 'What is still to pay of all open invoices.' })
  open: Money

  @Field(() => Int, { description: 'The number of open invoices.' })
  openCount: number

  @Field(() => Money, { description: 'The part of `open` whose due date has passed.' })
  overdue: Money

  @Field(() => Int, { description: 'The number of open invoices whose due date has passed.' })
  overdueCount: number

  @Field(() => [ReceivablesAge], {
    description: 'The open invoices by how long they are overdue: not yet, and since 0, 30, 60 and 90 days. Always these five.',
  })
  ages: ReceivablesAge[]
}
