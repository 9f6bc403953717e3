import { Arg, Args, Authorized, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql'
import { parseOptionalId } from '../core/input.js'
import type { Money as Amount } from '../core/money.js'
import { Money } from '../core/money.type.js'
import { DateTime, Url } from '../core/scalars.js'
import type { Order as OrderRecord } from '../database/generated/client.js'
import type { Context } from '../identity/context.js'
import { listedFor } from '../identity/visibility.js'
import { orderLoader } from '../orders/order.loader.js'
import { Order, PageArguments } from '../orders/order.type.js'
import { type InvoiceRecord, listInvoices } from './find-invoices.js'
import { orderInvoiceLoader } from './invoice.loader.js'
import { Invoice, InvoiceConnection } from './invoice.type.js'
import { signInvoiceLink } from './invoice-link.js'

const LINK = 'Signed and expiring: works in a browser without a header.'
const LIFETIME = { nullable: true, description: 'Seconds for which the link opens, 30 days at most; INVOICE_LINK_TTL unless given.' }

@Resolver(() => Invoice)
export class InvoiceResolver {
  @Query(() => InvoiceConnection, {
    description: 'Own invoices, and those of organisations in which the viewer is owner or admin; newest first.',
  })
  @Authorized()
  async invoices(
    @Ctx() { services, signedIn }: Context,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('organisationId', () => ID, { nullable: true, description: 'Only those of one organisation.' }) organisationId?: string,
  ) {
    const whose = await listedFor(services.db, signedIn, parseOptionalId('organisationId', organisationId))
    return listInvoices(services.db, whose, page)
  }

  @FieldResolver(() => Money, { description: 'The total, tax included.' })
  amount(@Root() invoice: InvoiceRecord): Amount {
    return { minorUnits: invoice.total, currency: invoice.currency }
  }

  @FieldResolver(() => DateTime, { description: 'When it was issued.' })
  createdAt(@Root() invoice: InvoiceRecord): Date {
    return invoice.issuedAt
  }

  @FieldResolver(() => Order, { description: 'The order it is for.' })
  order(@Root() invoice: InvoiceRecord, @Ctx() context: Context) {
    return context.loader(orderLoader).load(invoice.orderId)
  }

  @FieldResolver(() => Url, { description: `The PDF. ${LINK}` })
  pdfUrl(
    @Root() invoice: InvoiceRecord,
    @Ctx() { services }: Context,
    @Arg('ttlSeconds', () => Int, LIFETIME) ttlSeconds?: number,
  ): string {
    return signInvoiceLink(services.config, invoice.orderId, services.clock.now(), ttlSeconds)
  }
}

@Resolver(() => Order)
export class OrderInvoiceResolver {
  @FieldResolver(() => Invoice, { nullable: true, description: 'Null until it is issued, which happens when the order becomes active.' })
  invoice(@Root() order: OrderRecord, @Ctx() context: Context) {
    return context.loader(orderInvoiceLoader).load(order.id)
  }

  @FieldResolver(() => Url, { description: `The PDF of the invoice, or a pro forma as long as there is none. ${LINK}` })
  invoicePdfUrl(
    @Root() order: OrderRecord,
    @Ctx() { services }: Context,
    @Arg('ttlSeconds', () => Int, LIFETIME) ttlSeconds?: number,
  ): string {
    return signInvoiceLink(services.config, order.id, services.clock.now(), ttlSeconds)
  }
}
