import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql'
import { Url } from '../../core/scalars.js'
import type { Payment as PaymentRecord } from '../../platform/postgres/generated/client.js'
import type { RequestContext } from '../identity/index.js'
import { Payment } from '../ledger/index.js'
import { invoiceLoader } from './invoice.loader.js'
import { LINK_DESCRIPTION, TTL_ARGUMENT } from './invoice.resolver.js'
import { signInvoiceLink } from './invoice-link.js'
import { isOfOtherSeller } from './receipt.queries.js'

@Resolver(() => Payment)
export class ReceiptResolver {
  @FieldResolver(() => Url, {
    nullable: true,
    description: `Link to the PDF of its receipt: when and how it was paid, and the invoices that it first paid. Refunds and a reversal are stated too. Null if the payment provider is the seller; the payment statement of the sale states the payment then. ${LINK_DESCRIPTION}`,
  })
  async receiptUrl(
    @Root() { id, provider, invoiceId }: PaymentRecord,
    @Ctx() context: RequestContext,
    @Arg('ttlSeconds', () => Int, TTL_ARGUMENT) ttlSeconds?: number,
  ): Promise<string | null> {
    const { services } = context
    const invoice = invoiceId === null ? null : await context.loader(invoiceLoader).load(invoiceId)
    if (isOfOtherSeller(services, { provider, invoice })) return null
    return signInvoiceLink(services.config, { purpose: 'receipt', id }, services.clock.now(), ttlSeconds)
  }
}
