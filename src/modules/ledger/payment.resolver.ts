import { Arg, Args, Authorized, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql'
import type { MoneyAmount } from '../../core/money.js'
import { Money } from '../../core/money.type.js'
import { PageArguments } from '../../core/page.type.js'
import { TIME_SORT_ARGUMENT, TimeSort } from '../../core/sort.type.js'
import type { Payment as PaymentRecord } from '../../platform/postgres/generated/client.js'
import { ADMINISTRATOR, CustomerUnion, isAdministrator, loadCustomer, type RequestContext } from '../identity/index.js'
import { listAllPayments } from './all-payments.queries.js'
import { Payment, PaymentConnection, PaymentFilter } from './payment.type.js'

@Resolver(() => Payment)
export class LedgerPaymentResolver {
  @Query(() => PaymentConnection, { description: 'The payments of all customers. Requires the administrator role.' })
  @Authorized(ADMINISTRATOR)
  async allPayments(
    @Ctx() { services }: RequestContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('filter', () => PaymentFilter, { nullable: true, description: 'Which payments to list; all if omitted.' }) filter?: PaymentFilter,
    @Arg('orderBy', () => TimeSort, TIME_SORT_ARGUMENT) orderBy?: TimeSort,
  ) {
    return listAllPayments(services, page, filter ?? {}, orderBy)
  }

  @FieldResolver(() => Money, {
    description: 'Amount of the payment. It may pay several invoices; the rest goes to the balance.',
  })
  amount(@Root() payment: PaymentRecord): MoneyAmount {
    return { minorUnits: payment.amount, currency: payment.currency }
  }

  @FieldResolver(() => CustomerUnion, { description: 'The user or the organisation that paid.' })
  customer(@Root() payment: PaymentRecord, @Ctx() context: RequestContext) {
    return loadCustomer(context, payment)
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      'Who recorded it: "user:1" for an administrator, "provider" for a payment provider, or "rule" for money taken from the balance. Null unless you are an administrator.',
  })
  recordedBy(@Root() payment: PaymentRecord, @Ctx() { user }: RequestContext): string | null {
    return user && isAdministrator(user) ? payment.recordedBy : null
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'Why it was reversed. Null if it was not, or unless you are an administrator.',
  })
  reversalReason(@Root() payment: PaymentRecord, @Ctx() { user }: RequestContext): string | null {
    return user && isAdministrator(user) ? payment.reversalReason : null
  }
}
