import { Arg, Authorized, Ctx, Mutation, Query, Resolver } from 'type-graphql'
import { HolderType } from '../../../platform/postgres/generated/enums.js'
import { ADMINISTRATOR, type RequestContext } from '../../identity/index.js'
import { SetTaxRateInput, SetTaxRatePayload, TaxRate } from './tax.type.js'
import { listTaxRates, removeTaxRate, setTaxRate } from './tax-rates.js'

@Resolver()
export class TaxResolver {
  @Query(() => [TaxRate], {
    description: 'Administrators: what buyers pay, by country. A country without a row pays what the country of the seller does.',
  })
  @Authorized(ADMINISTRATOR)
  taxRates(@Ctx() { services }: RequestContext) {
    return listTaxRates(services)
  }

  @Mutation(() => SetTaxRatePayload, { description: 'Administrators: sets the rate of a country. Issued documents stay as they are.' })
  @Authorized(ADMINISTRATOR)
  async setTaxRate(
    @Ctx() { services, requiredUser: signedIn }: RequestContext,
    @Arg('input', () => SetTaxRateInput, { description: 'The rate.' }) input: SetTaxRateInput,
  ): Promise<SetTaxRatePayload> {
    return { taxRate: await setTaxRate(services, signedIn, input) }
  }

  @Mutation(() => Boolean, { description: 'Administrators: removes the rate of a country. Answers whether there was one.' })
  @Authorized(ADMINISTRATOR)
  removeTaxRate(
    @Ctx() { services, requiredUser: signedIn }: RequestContext,
    @Arg('country', () => String, { description: 'ISO 3166 country code: "DE".' }) country: string,
    @Arg('holderType', () => HolderType, { description: 'Whether it is for persons or for organisations.' }) holderType: HolderType,
  ): Promise<boolean> {
    return removeTaxRate(services, signedIn, { country, holderType })
  }
}
