import { Arg, Field, FieldResolver, ObjectType, Resolver, Root } from 'type-graphql'
import { type DomainError, invalidInputError } from './errors.js'
import { type Money as Amount, formatDecimal, formatMoney } from './money.js'
import { CurrencyCode, MinorUnits } from './scalars.js'

@ObjectType({ simpleResolvers: true, description: 'An amount in one currency. Reckon with `minorUnits`, show `formatted`.' })
export class Money {
  @Field(() => MinorUnits, { description: 'Whole count of the smallest unit: 1500 is 15.00 USD.' })
  minorUnits: bigint

  @Field(() => CurrencyCode, { description: 'ISO 4217 code of the currency.' })
  currency: string
}

@Resolver(() => Money)
export class MoneyResolver {
  @FieldResolver(() => String, {
    description: 'Plain decimal with the currency\'s own number of digits: "15.00", JPY "1500", KWD "1.500".',
  })
  decimal(@Root() money: Amount): string {
    return formatDecimal(money)
  }

  @FieldResolver(() => String, { description: 'As people of a locale write it, by Intl.NumberFormat: "$15.00", "15,00 $".' })
  formatted(
    @Root() money: Amount,
    @Arg('locale', () => String, { nullable: true, defaultValue: 'en-US', description: 'BCP 47 tag such as "de-DE".' }) tag: string | null,
  ): string {
    const locale = tag ?? 'en-US'
    if (locale.length > 35) throw invalidLocaleError()
    try {
      return formatMoney(money, locale)
    } catch (error) {
      throw error instanceof RangeError ? invalidLocaleError() : error
    }
  }
}

function invalidLocaleError(): DomainError {
  return invalidInputError('locale', 'must be a BCP 47 tag such as "en-US"')
}
