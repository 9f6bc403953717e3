import { Arg, Field, FieldResolver, InputType, ObjectType, Resolver, Root } from 'type-graphql'
import { type DomainError, invalidInputError } from './errors.js'
import { formatDecimal, formatMoney, type MoneyAmount } from './money.js'
import { CurrencyCode, MinorUnits } from './scalars.js'

@ObjectType({ simpleResolvers: true, description: 'An amount in one currency. Calculate with `minorUnits` and display `formatted`.' })
export class Money {
  @Field(() => MinorUnits, { description: 'The amount in the smallest unit of the currency: 1500 is 15.00 USD.' })
  minorUnits: bigint

  @Field(() => CurrencyCode, { description: 'The ISO 4217 code of the currency.' })
  currency: string
}

@InputType({ description: 'An amount in one currency.' })
export class MoneyInput {
  @Field(() => MinorUnits, { description: 'The amount in the smallest unit of the currency: 1500 is 15.00 USD.' })
  minorUnits: bigint

  @Field(() => CurrencyCode, { description: 'The ISO 4217 code of the currency.' })
  currency: string
}

@Resolver(() => Money)
export class MoneyResolver {
  @FieldResolver(() => String, {
    description: 'The amount as a decimal with the number of digits of its currency: "15.00" USD, "1500" JPY, "1.500" KWD.',
  })
  decimal(@Root() money: MoneyAmount): string {
    return formatDecimal(money)
  }

  @FieldResolver(() => String, { description: 'The amount formatted for a locale: "$15.00", "15,00 $".' })
  formatted(
    @Root() money: MoneyAmount,
    @Arg('locale', () => String, { nullable: true, defaultValue: 'en-US', description: 'A BCP 47 language tag, for example "de-DE".' }) tag:
      | string
      | null,
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
  return invalidInputError('locale', 'must be a BCP 47 language tag, for example "en-US"')
}
