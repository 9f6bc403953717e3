import { Arg, Args, Authorized, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql'
import type { MoneyAmount } from '../../../core/money.js'
import { Money } from '../../../core/money.type.js'
import { PageArguments } from '../../../core/page.type.js'
import { TIME_SORT_ARGUMENT, TimeSort } from '../../../core/sort.type.js'
import type { Order as OrderRecord, ReportedPayment as ReportRecord } from '../../../platform/postgres/generated/client.js'
import { ADMINISTRATOR, CustomerUnion, isAdministrator, loadCustomer, type RequestContext, seesCustomer } from '../../identity/index.js'
import { Invoice, invoiceLoader, orderInvoiceLoader } from '../../invoicing/index.js'
import { Payment, paymentLoader, readCurrentBalance } from '../../ledger/index.js'
import { Order, orderLoader } from '../../orders/index.js'
import { confirmReportedPayment } from './confirm-reported-payment.js'
import { rejectReportedPayment } from './reject-reported-payment.js'
import { reportPayment } from './report-payment.js'
import { customerOfReport, orderReportedPaymentsLoader } from './reported-payment.loader.js'
import { listAllReportedPayments } from './reported-payment.queries.js'
import {
  ConfirmReportedPaymentInput,
  ConfirmReportedPaymentPayload,
  RejectReportedPaymentInput,
  RejectReportedPaymentPayload,
  ReportedPayment,
  ReportedPaymentConnection,
  ReportedPaymentFilter,
  ReportPaymentInput,
  ReportPaymentPayload,
} from './reported-payment.type.js'

@Resolver(() => ReportedPayment)
export class ReportedPaymentResolver {
  @Query(() => ReportedPaymentConnection, {
    description:
      'The reported payments of all customers. With `filter: {status: REPORTED}`, those that await a decision. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  async allReportedPayments(
    @Ctx() { services }: RequestContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('filter', () => ReportedPaymentFilter, { nullable: true, description: 'Which reported payments to list; all if omitted.' })
    filter?: ReportedPaymentFilter,
    @Arg('orderBy', () => TimeSort, TIME_SORT_ARGUMENT) orderBy?: TimeSort,
  ) {
    return listAllReportedPayments(services, page, filter ?? {}, orderBy)
  }

  @Mutation(() => ReportPaymentPayload, {
    description:
      'Reports that you have paid a pending order or an open invoice by hand. An administrator confirms or rejects it. Requires a signed-in user.',
  })
  @Authorized()
  async reportPayment(
    @Ctx() { services, requiredUser }: RequestContext,
    @Arg('input', () => ReportPaymentInput, { description: 'The payment, and what it is for.' }) input: ReportPaymentInput,
  ) {
    return { reportedPayment: await reportPayment(services, requiredUser, input) }
  }

  @Mutation(() => ConfirmReportedPaymentPayload, {
    description:
      'Confirms that a reported payment has arrived, and records it as `recordPayment` does. INVALID_TRANSITION if its order was paid in another way and nothing is due. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  async confirmReportedPayment(
    @Ctx() context: RequestContext,
    @Arg('input', () => ConfirmReportedPaymentInput, { description: 'The reported payment, and what differs from the report.' })
    input: ConfirmReportedPaymentInput,
  ) {
    const { services, requiredUser } = context
    const { report, invoiceId } = await confirmReportedPayment(services, requiredUser, input)
    return {
      reportedPayment: report,
      payment: await context.loader(paymentLoader).load(report.paymentId ?? 0n),
      invoice: invoiceId === null ? null : await context.loader(invoiceLoader).clear(invoiceId).load(invoiceId),
      balance: await readCurrentBalance(services, report, report.currency),
    }
  }

  @Mutation(() => RejectReportedPaymentPayload, {
    description: 'Rejects a reported payment that has not arrived. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  async rejectReportedPayment(
    @Ctx() { services, requiredUser }: RequestContext,
    @Arg('input', () => RejectReportedPaymentInput, { description: 'The reported payment and the reason.' })
    input: RejectReportedPaymentInput,
  ) {
    return { reportedPayment: await rejectReportedPayment(services, requiredUser, input) }
  }

  @FieldResolver(() => Money, { description: 'The amount that the customer states to have paid.' })
  amount(@Root() { amount, currency }: ReportRecord): MoneyAmount {
    return { minorUnits: amount, currency }
  }

  @FieldResolver(() => Order, { description: 'The order that it is for.' })
  order(@Root() { orderId }: ReportRecord, @Ctx() context: RequestContext) {
    return context.loader(orderLoader).load(orderId)
  }

  @FieldResolver(() => Invoice, { nullable: true, description: 'The invoice of the order. Null until it is issued.' })
  invoice(@Root() { orderId }: ReportRecord, @Ctx() context: RequestContext) {
    return context.loader(orderInvoiceLoader).load(orderId)
  }

  @FieldResolver(() => Payment, { nullable: true, description: 'The payment as which it was recorded. Null unless it was confirmed.' })
  payment(@Root() { paymentId }: ReportRecord, @Ctx() context: RequestContext) {
    return paymentId === null ? null : context.loader(paymentLoader).load(paymentId)
  }

  @FieldResolver(() => CustomerUnion, { description: 'The user or the organisation that has paid.' })
  customer(@Root() report: ReportRecord, @Ctx() context: RequestContext) {
    return loadCustomer(context, report)
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'Who reported it, such as "user:55". Null unless you are an administrator.',
  })
  reportedBy(@Root() { reportedBy }: ReportRecord, @Ctx() { user }: RequestContext): string | null {
    return isAdministrator(user) ? reportedBy : null
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'Who confirmed or rejected it, such as "user:1". Null until then, or unless you are an administrator.',
  })
  resolvedBy(@Root() { resolvedBy }: ReportRecord, @Ctx() { user }: RequestContext): string | null {
    return isAdministrator(user) ? resolvedBy : null
  }
}

const LIST_DESCRIPTION =
  'Payments that were reported for it, oldest first; at most 20. Empty for API keys, and for a buyer who has left the organisation.'

@Resolver(() => Order)
export class OrderReportedPaymentsResolver {
  @FieldResolver(() => [ReportedPayment], { description: LIST_DESCRIPTION })
  reportedPayments(@Root() { id }: OrderRecord, @Ctx() context: RequestContext): Promise<ReportRecord[]> {
    return visibleReports(context, id)
  }
}

@Resolver(() => Invoice)
export class InvoiceReportedPaymentsResolver {
  @FieldResolver(() => [ReportedPayment], { description: LIST_DESCRIPTION })
  reportedPayments(@Root() { orderId }: { orderId: bigint }, @Ctx() context: RequestContext): Promise<ReportRecord[]> {
    return visibleReports(context, orderId)
  }
}

/** The reports that node() would return as well. */
async function visibleReports(context: RequestContext, orderId: bigint): Promise<ReportRecord[]> {
  const reports = await context.loader(orderReportedPaymentsLoader).load(orderId)
  const [first] = reports
  return first && (await seesCustomer(context, customerOfReport(first))) ? reports : []
}
