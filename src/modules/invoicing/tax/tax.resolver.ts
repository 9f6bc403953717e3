import { Arg, Authorized, Ctx, Mutation, Query, Resolver } from 'type-graphql'
import { ADMINISTRATOR, type RequestContext } from '../../identity/index.js'
import { CustomerType } from './tax.enums.js'
import { SetTaxRateInput, SetTaxRatePayload, TaxRate } from './tax.type.js'
import { listTaxRates, removeTaxRate, setTaxRate } from './tax-rates.js'

@Resolver()
export class TaxResolver {
  @Query(() => [TaxRate], {
    description: "Administrators: the tax rates by country of the buyer. Countries without a rate use that of the seller's country.",
  })
  @Authorized(ADMINISTRATOR)
  taxRates(@Ctx() { services }: RequestContext) {
    return listTaxRates(services)
  }

  @Mutation(() => SetTaxRatePayload, { description: 'Administrators: sets the tax rate of a country. Issued documents do not change.' })
  @Authorized(ADMINISTRATOR)
  async setTaxRate(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('input', () => SetTaxRateInput, { description: 'The rate to set.' }) input: SetTaxRateInput,
  ): Promise<SetTaxRatePayload> {
    return { taxRate: await setTaxRate(services, principal, input) }
  }

  @Mutation(() => Boolean, { description: 'Administrators: removes the tax rate of a country. Returns whether it existed.' })
  @Authorized(ADMINISTRATOR)
  removeTaxRate(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('country', () => String, { description: 'ISO 3166 country code, for example "DE".' }) country: string,
    @Arg('holderType', () => CustomerType, { description: 'Whether the rate applies to users or to organisations.' })
    customerType: CustomerType,
  ): Promise<boolean> {
    return removeTaxRate(services, principal, { country, holderType: customerType })
  }
}
