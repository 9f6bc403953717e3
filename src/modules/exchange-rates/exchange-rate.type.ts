import { Field, InputType, Int, ObjectType } from 'type-graphql'
import { connectionOf } from '../../core/page.type.js'
import { CurrencyCode, DateTime, Day, Decimal } from '../../core/scalars.js'

@ObjectType({
  simpleResolvers: true,
  description:
    'What one euro is in another currency on a day. The tax of an invoice is stated in the national currency of the seller at such rates.',
})
export class ExchangeRate {
  @Field(() => Day, { description: 'The day for which the source has published the rate: "2026-11-26".' })
  day: string

  @Field(() => CurrencyCode, { description: 'The other currency.' })
  currency: string

  @Field(() => Decimal, { description: 'Units of the currency for one euro, with the digits of the source: `"4.3048"`.' })
  perEuro: string

  @Field(() => String, { description: '"ECB" for the European Central Bank, or the source that an administrator has entered.' })
  source: string

  @Field(() => DateTime, { description: 'When the rate was stored or changed.' })
  updatedAt: Date
}

@ObjectType({ simpleResolvers: true, description: 'A page of exchange rates.' })
export class ExchangeRateConnection extends connectionOf(ExchangeRate, 'ExchangeRate', 'exchange rates') {}

@InputType({ description: 'What one euro is in another currency.' })
export class ExchangeRateInput {
  @Field(() => CurrencyCode, { description: 'The currency; not EUR, whose rate is always 1.' })
  currency: string

  @Field(() => Decimal, {
    description: 'Units of the currency for one euro, above 0, with at most 12 digits before and 10 after the point: `"4.3048"`.',
  })
  perEuro: string
}

@InputType({ description: 'Exchange rates of a day.' })
export class SetExchangeRatesInput {
  @Field(() => Day, {
    description: 'The day for which the rates are published: "2026-11-26". From 1999-01-01 to 31 days after today.',
  })
  day: string

  @Field(() => String, {
    description: 'Who has published the rates, as documents print it: "Narodowy Bank Polski". At most 100 characters.',
  })
  source: string

  @Field(() => [ExchangeRateInput], { description: 'From 1 to 100 rates, each of another currency.' })
  rates: ExchangeRateInput[]
}

@ObjectType({ simpleResolvers: true, description: 'Result of setExchangeRates.' })
export class SetExchangeRatesPayload {
  @Field(() => [ExchangeRate], { description: 'The stored rates, in the order of their currencies.' })
  exchangeRates: ExchangeRate[]
}

@InputType({ description: 'A file of exchange rates.' })
export class ImportExchangeRatesInput {
  @Field(() => String, {
    description:
      'The text of `eurofxref-daily.xml` or `eurofxref-hist-90d.xml`, as the European Central Bank publishes it; at most 500,000 characters. For the whole history, use `quittance import-exchange-rates`.',
  })
  file: string
}

@ObjectType({ simpleResolvers: true, description: 'Result of importExchangeRates.' })
export class ImportExchangeRatesPayload {
  @Field(() => Day, { description: 'The first day in the file: "2026-11-26".' })
  firstDay: string

  @Field(() => Day, { description: 'The last day in the file.' })
  lastDay: string

  @Field(() => Int, { description: 'The number of rates in the file, without those of `skippedCurrencies`.' })
  count: number

  @Field(() => Int, { description: 'How many of them are new, or differ from what was stored.' })
  changed: number

  @Field(() => [String], { description: 'Currencies in the file that no longer exist, such as CYP. Their rates are not stored.' })
  skippedCurrencies: string[]
}
