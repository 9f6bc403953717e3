import { Arg, Args, Authorized, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql'
import { PageArguments } from '../../core/page.type.js'
import { type CountedPage, parsePageRequest } from '../../core/pagination.js'
import { TimeSort } from '../../core/sort.type.js'
import { listByTime, readFilteredPage } from '../../platform/postgres/filtered-page.js'
import type { WaitingInvoice as WaitingInvoiceRecord } from '../../platform/postgres/generated/client.js'
import { timeRange } from '../../platform/postgres/list-filters.js'
import { ADMINISTRATOR, CustomerUnion, customerCondition, loadCustomer, type RequestContext } from '../identity/index.js'
import { Order, orderLoader } from '../orders/index.js'
import { WaitingInvoice, WaitingInvoiceConnection, WaitingInvoiceFilter } from './waiting-invoice.type.js'

@Resolver(() => WaitingInvoice)
export class WaitingInvoiceResolver {
  @Query(() => WaitingInvoiceConnection, {
    description:
      'Invoices that wait for details of the seller or the buyer. They are issued within the hour when the details are set. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  waitingInvoices(
    @Ctx() { services: { db, rawQuery } }: RequestContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('filter', () => WaitingInvoiceFilter, { nullable: true, description: 'Which invoices to list; all if omitted.' })
    filter?: WaitingInvoiceFilter,
    @Arg('orderBy', () => TimeSort, { nullable: true, description: 'The sort order; the oldest entry first by default.' })
    orderBy?: TimeSort,
  ): Promise<CountedPage<WaitingInvoiceRecord>> {
    const { customerId, ...range } = filter ?? {}
    return readFilteredPage<WaitingInvoiceRecord, bigint>(rawQuery, {
      list: listByTime('waiting_invoices', 'since', orderBy === 'NEWEST_FIRST'),
      filter: { conditions: [...customerCondition('filter.customerId', customerId), ...timeRange('since', range)] },
      request: parsePageRequest(page),
      load: (ids) => db.waitingInvoice.findMany({ where: { id: { in: ids } } }),
      timeOf: ({ since }) => since,
    })
  }

  @FieldResolver(() => CustomerUnion, { description: 'The buyer.' })
  customer(@Root() waiting: WaitingInvoiceRecord, @Ctx() context: RequestContext) {
    return loadCustomer(context, waiting)
  }

  @FieldResolver(() => Order, { nullable: true, description: 'The paid order. Null for the next renewal of the subscription.' })
  order(@Root() { orderId }: WaitingInvoiceRecord, @Ctx() context: RequestContext) {
    return orderId === null ? null : context.loader(orderLoader).load(orderId)
  }
}
