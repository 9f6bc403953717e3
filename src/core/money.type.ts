import { Arg, Field, FieldResolver, InputType, ObjectType, Resolver, Root } from 'type-graphql'
import { localeArgument, parseLocaleArgument } from './locale-argument.js'
import { formatDecimal, formatMoney, type MoneyAmount } from './money.js'
import { CurrencyCode, MinorUnits } from './scalars.js'

const DEFAULT_LOCALE = 'en-US'

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
  formatted(@Root() money: MoneyAmount, @Arg('locale', () => String, localeArgument(DEFAULT_LOCALE)) locale: string | null): string {
    return formatMoney(money, parseLocaleArgument(locale, DEFAULT_LOCALE))
  }
}
