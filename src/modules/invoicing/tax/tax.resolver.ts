import { Arg, Authorized, Ctx, Mutation, Query, Resolver } from 'type-graphql'
import { toDay } from '../../../core/local-date.js'
import { formatPercentage } from '../../../core/percentage.js'
import type { TaxRate as TaxRateRecord } from '../../../platform/postgres/generated/client.js'
import { ADMINISTRATOR, type RequestContext } from '../../identity/index.js'
import { STANDARD_RATES } from './standard-rates.rules.js'
import { RemoveTaxRateInput, RemoveTaxRatePayload, SetTaxRateInput, SetTaxRatePayload, StandardTaxRate, TaxRate } from './tax.type.js'
import { listTaxRates, removeTaxRate, setTaxRate } from './tax-rates.js'

@Resolver()
export class TaxResolver {
  @Query(() => [TaxRate], {
    description:
      'The tax rates that administrators have set, at most 1,000, with former and future ones. They replace the standard rates of their countries. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  async taxRates(@Ctx() { services }: RequestContext): Promise<TaxRate[]> {
    return (await listTaxRates(services)).map(toTaxRate)
  }

  @Query(() => [StandardTaxRate], {
    description:
      'The included standard rates, which apply in countries for which no rate is set: those of the European Union, the United Kingdom and Switzerland. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  standardTaxRates(): StandardTaxRate[] {
    return Object.entries(STANDARD_RATES).map(([country, rate]) => ({ country, ...rate }))
  }

  @Mutation(() => SetTaxRatePayload, {
    description:
      'Sets a tax rate of a country or region from a day on. Issued invoices and credit notes do not change. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  async setTaxRate(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('input', () => SetTaxRateInput, { description: 'The rate to set.' }) input: SetTaxRateInput,
  ): Promise<SetTaxRatePayload> {
    return { taxRate: toTaxRate(await setTaxRate(services, principal, input)) }
  }

  @Mutation(() => RemoveTaxRatePayload, {
    description: 'Removes the rates of a tax. Issued invoices and credit notes do not change. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  async removeTaxRate(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('input', () => RemoveTaxRateInput, { description: 'The rate to remove.' }) input: RemoveTaxRateInput,
  ): Promise<RemoveTaxRatePayload> {
    return { removed: await removeTaxRate(services, principal, input) }
  }
}

function toTaxRate({ region, name, validFrom, millionths, ...rate }: TaxRateRecord): TaxRate {
  const basisPoints = Math.round(millionths / 100)
  return {
    ...rate,
    region: region || null,
    name: name || null,
    validFrom: toDay(validFrom),
    percentage: formatPercentage(millionths),
    basisPoints,
  }
}
