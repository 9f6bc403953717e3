import { Arg, Args, Authorized, Ctx, Query, Resolver } from 'type-graphql'
import { PageArguments } from '../../core/page.type.js'
import { TIME_SORT_ARGUMENT, TimeSort } from '../../core/sort.type.js'
import { ADMINISTRATOR, type RequestContext } from '../identity/index.js'
import { listAllDocuments } from './all-invoices.queries.js'
import { CreditNoteConnection, CreditNoteFilter, InvoiceFilter } from './all-invoices.type.js'
import { InvoiceConnection } from './invoice.type.js'

@Resolver()
export class AllInvoicesResolver {
  @Query(() => InvoiceConnection, { description: 'The invoices of all customers. Requires the administrator role.' })
  @Authorized(ADMINISTRATOR)
  allInvoices(
    @Ctx() { services }: RequestContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('filter', () => InvoiceFilter, { nullable: true, description: 'Which invoices to list; all if omitted.' }) filter?: InvoiceFilter,
    @Arg('orderBy', () => TimeSort, TIME_SORT_ARGUMENT) orderBy?: TimeSort,
  ) {
    return listAllDocuments(services, 'invoices', page, filter ?? {}, orderBy)
  }

  @Query(() => CreditNoteConnection, { description: 'The credit notes of all customers. Requires the administrator role.' })
  @Authorized(ADMINISTRATOR)
  allCreditNotes(
    @Ctx() { services }: RequestContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('filter', () => CreditNoteFilter, { nullable: true, description: 'Which credit notes to list; all if omitted.' })
    filter?: CreditNoteFilter,
    @Arg('orderBy', () => TimeSort, TIME_SORT_ARGUMENT) orderBy?: TimeSort,
  ) {
    return listAllDocuments(services, 'credit notes', page, filter ?? {}, orderBy)
  }
}
