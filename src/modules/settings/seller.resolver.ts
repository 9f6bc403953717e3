import { Ctx, Query, Resolver } from 'type-graphql'
import type { RequestContext } from '../identity/index.js'
import { Seller } from './seller.type.js'

@Resolver()
export class SellerResolver {
  @Query(() => Seller, { nullable: true, description: 'The seller. Public.' })
  seller(@Ctx() { services }: RequestContext): Seller {
    const { config, providers } = services
    const { company, name, email = null } = config.invoices.issuer
    return { company, name, email, accentColor: config.invoices.accentColor, paymentProvider: providers.active?.name ?? null }
  }
}
