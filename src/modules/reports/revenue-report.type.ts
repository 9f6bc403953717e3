import { ArgsType, Field, Int, ObjectType } from 'type-graphql'
import { Money } from '../../core/money.type.js'
import { CurrencyCode } from '../../core/scalars.js'

@ArgsType()
export class RevenueReportArguments {
  @Field(() => String, {
    nullable: true,
    description: 'The first month in the time zone of the seller: "2026-01". Defaults to the eleventh month before `to`.',
  })
  from?: string | null

  @Field(() => String, {
    nullable: true,
    description:
      'The last month, which is included: "2026-12". Not after the current month, which is the default, and at most 36 months in total.',
  })
  to?: string | null

  @Field(() => CurrencyCode, { nullable: true, description: 'Only this currency. Defaults to all in which something was sold or posted.' })
  currency?: string | null
}

@ObjectType({
  simpleResolvers: true,
  description:
    "A currency's revenue in a calendar month. MRR is the net price per month of the live paid subscriptions. `mrrStart` + `newMrr` + `expansion` - `contraction` - `churn` = `mrrEnd`. The other amounts are sums of the ledger.",
})
export class RevenueMonth {
  @Field(() => String, { description: 'The month in the time zone of the seller: "2026-01".' })
  month: string

  @Field(() => CurrencyCode, { description: 'The currency of the amounts.' })
  currency: string

  @Field(() => Money, { description: 'The MRR at the start of the month.' })
  mrrStart: Money

  @Field(() => Money, { description: 'The MRR at the end of the month of customers without MRR at its start.' })
  newMrr: Money

  @Field(() => Money, { description: 'By how much the MRR has increased of customers with MRR at both ends of the month.' })
  expansion: Money

  @Field(() => Money, { description: 'By how much the MRR has decreased of customers with MRR at both ends of the month.' })
  contraction: Money

  @Field(() => Money, { description: 'The MRR at the start of the month of customers without MRR at its end.' })
  churn: Money

  @Field(() => Money, { description: 'The MRR at the end of the month, or now in the current month.' })
  mrrEnd: Money

  @Field(() => Int, { description: 'The number of customers with MRR at the end of the month.' })
  activeCustomers: number

  @Field(() => Money, { description: 'The total of the invoices and payment statements of the month, tax included.' })
  invoiced: Money

  @Field(() => Money, { description: 'The total of the credit notes of the month, tax included.' })
  credited: Money

  @Field(() => Money, { description: 'What was invoiced less what was credited, without tax, less granted credit.' })
  revenue: Money

  @Field(() => Money, { description: 'The tax of the invoices less that of the credit notes.' })
  tax: Money

  @Field(() => Money, { description: 'The tax that providers have collected as sellers, less what they have credited.' })
  providerTax: Money

  @Field(() => Money, { description: 'Money received, less payments that were reversed.' })
  received: Money

  @Field(() => Money, { description: 'Money returned to customers. Refunds to the balance are not included.' })
  refunded: Money

  @Field(() => Money, { description: 'Credit that administrators have granted, less what has expired of it.' })
  granted: Money

  @Field(() => Money, { description: 'The balances of all customers at the end of the month, which the seller owes.' })
  balance: Money

  @Field(() => Money, { description: 'What was still to pay of all invoices at the end of the month.' })
  receivable: Money
}
