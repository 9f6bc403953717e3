import { Arg, Args, Authorized, Ctx, Mutation, Query, Resolver } from 'type-graphql'
import { invalidInputError } from '../../core/errors.js'
import { PageArguments } from '../../core/page.type.js'
import { CurrencyCode } from '../../core/scalars.js'
import { ADMINISTRATOR, type RequestContext } from '../identity/index.js'
import { listExchangeRates } from './exchange-rate.queries.js'
import {
  ExchangeRateConnection,
  ImportExchangeRatesInput,
  ImportExchangeRatesPayload,
  SetExchangeRatesInput,
  SetExchangeRatesPayload,
} from './exchange-rate.type.js'
import { importExchangeRates } from './import-exchange-rates.js'
import { setExchangeRates } from './set-exchange-rates.js'

/** Twelve times `eurofxref-hist-90d.xml`, and less than the limit of a request. */
const MAX_FILE_LENGTH = 500_000

@Resolver()
export class ExchangeRateResolver {
  @Query(() => ExchangeRateConnection, {
    description: 'The exchange rates, the newest day first, those of a day by currency. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  exchangeRates(
    @Ctx() { services }: RequestContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('currency', () => CurrencyCode, { nullable: true, description: 'Only the rates of this currency.' }) currency?: string | null,
  ) {
    return listExchangeRates(services, currency, page)
  }

  @Mutation(() => SetExchangeRatesPayload, {
    description:
      'Stores exchange rates of a day and replaces those of the same currencies. Issued documents do not change. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  async setExchangeRates(
    @Ctx() { services, requiredUser }: RequestContext,
    @Arg('input', () => SetExchangeRatesInput, { description: 'The rates.' }) input: SetExchangeRatesInput,
  ): Promise<SetExchangeRatesPayload> {
    return { exchangeRates: await setExchangeRates(services, requiredUser, input) }
  }

  @Mutation(() => ImportExchangeRatesPayload, {
    description:
      'Stores the exchange rates of a file of the European Central Bank and replaces those of the same days and currencies. Nothing is stored if the file has an error. Issued documents do not change. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  async importExchangeRates(
    @Ctx() { services, requiredUser }: RequestContext,
    @Arg('input', () => ImportExchangeRatesInput, { description: 'The file.' }) { file }: ImportExchangeRatesInput,
  ): Promise<ImportExchangeRatesPayload> {
    const problem = (message: string) => invalidInputError('input.file', message)
    if (file.length > MAX_FILE_LENGTH)
      throw problem(`must be at most ${MAX_FILE_LENGTH} characters long; import it with npx quittance import-exchange-rates`)
    const { skipped, ...imported } = await importExchangeRates(services, requiredUser, file, problem)
    return { ...imported, skippedCurrencies: [...skipped] }
  }
}
