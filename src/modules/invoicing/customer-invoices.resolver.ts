import { Arg, Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql'
import { PageArguments } from '../../core/page.type.js'
import type { Organisation as OrganisationRecord, User as UserRecord } from '../../platform/postgres/generated/client.js'
import { Organisation, type RequestContext, User } from '../identity/index.js'
import { loadCustomerInvoices } from './customer-invoices.loader.js'
import { InvoiceStatus } from './invoice.enums.js'
import { InvoiceConnection } from './invoice.type.js'

const STATUS_ARGUMENT = { nullable: true, description: 'Only invoices with this status.' }

@Resolver(() => User)
export class UserInvoicesResolver {
  @FieldResolver(() => InvoiceConnection, {
    nullable: true,
    description:
      'The invoices to the user, newest first. `Organisation.invoices` has those to organisations. Null if you are neither this user nor an administrator.',
  })
  invoices(
    @Root() { id }: UserRecord,
    @Ctx() context: RequestContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('status', () => InvoiceStatus, STATUS_ARGUMENT) status?: InvoiceStatus,
  ) {
    return loadCustomerInvoices(context, { userId: id, organisationId: null }, page, status ?? null)
  }
}

@Resolver(() => Organisation)
export class OrganisationInvoicesResolver {
  @FieldResolver(() => InvoiceConnection, {
    nullable: true,
    description:
      'The invoices to the organisation, newest first. Null if you are neither an owner or admin of the organisation nor an administrator.',
  })
  invoices(
    @Root() { id }: OrganisationRecord,
    @Ctx() context: RequestContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('status', () => InvoiceStatus, STATUS_ARGUMENT) status?: InvoiceStatus,
  ) {
    return loadCustomerInvoices(context, { userId: '', organisationId: id }, page, status ?? null)
  }
}
