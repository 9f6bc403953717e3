import { Arg, Authorized, Ctx, Mutation, Query, Resolver } from 'type-graphql'
import { ADMINISTRATOR, type RequestContext } from '../../identity/index.js'
import { RemoveTaxRateInput, RemoveTaxRatePayload, SetTaxRateInput, SetTaxRatePayload, TaxRate } from './tax.type.js'
import { listTaxRates, removeTaxRate, setTaxRate } from './tax-rates.js'

@Resolver()
export class TaxResolver {
  @Query(() => [TaxRate], {
    description:
      "The tax rates by country of the buyer. Countries without a rate use that of the seller's country. Requires the administrator role.",
  })
  @Authorized(ADMINISTRATOR)
  taxRates(@Ctx() { services }: RequestContext) {
    return listTaxRates(services)
  }

  @Mutation(() => SetTaxRatePayload, {
    description: 'Sets the tax rate of a country. Issued invoices and credit notes do not change. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  async setTaxRate(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('input', () => SetTaxRateInput, { description: 'The rate to set.' }) input: SetTaxRateInput,
  ): Promise<SetTaxRatePayload> {
    return { taxRate: await setTaxRate(services, principal, input) }
  }

  @Mutation(() => RemoveTaxRatePayload, {
    description: 'Removes the tax rate of a country. Issued invoices and credit notes do not change. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  async removeTaxRate(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('input', () => RemoveTaxRateInput, { description: 'The rate to remove.' }) input: RemoveTaxRateInput,
  ): Promise<RemoveTaxRatePayload> {
    return { removed: await removeTaxRate(services, principal, input) }
  }
}
