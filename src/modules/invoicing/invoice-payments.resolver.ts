import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql'
import type { MoneyAmount } from '../../core/money.js'
import { Money } from '../../core/money.type.js'
import type { Payment as PaymentRecord } from '../../platform/postgres/generated/client.js'
import { type Customer, type RequestContext, seesCustomer } from '../identity/index.js'
import { amountDue, invoicePaymentsLoader, Payment, paidInvoicesLoader } from '../ledger/index.js'
import { invoiceLoader } from './invoice.loader.js'
import type { InvoiceRecord } from './invoice.queries.js'
import { Invoice } from './invoice.type.js'

@Resolver(() => Invoice)
export class InvoicePaymentsResolver {
  @FieldResolver(() => Money, { description: 'What is paid of it now. Money that a credit note has returned is not included.' })
  amountPaid(@Root() { paidTotal, currency }: InvoiceRecord): MoneyAmount {
    return { minorUnits: paidTotal, currency }
  }

  @FieldResolver(() => Money, { description: 'What is still to pay: the total, less credit notes and payments.' })
  amountDue(@Root() invoice: InvoiceRecord): MoneyAmount {
    return { minorUnits: amountDue(invoice), currency: invoice.currency }
  }

  @FieldResolver(() => [Payment], {
    description:
      'The payments that pay it now, oldest first. Without those of other users, unless you manage the organisation or are an administrator. Empty for API keys.',
  })
  async payments(@Root() { id }: InvoiceRecord, @Ctx() context: RequestContext): Promise<PaymentRecord[]> {
    // A plan change carries the payment of the former plan, which another user of the organisation may have made.
    return visibleRows(context, await context.loader(invoicePaymentsLoader).load(id))
  }
}

@Resolver(() => Payment)
export class PaymentInvoicesResolver {
  @FieldResolver(() => [Invoice], { description: 'The invoices that it pays now, oldest first.' })
  async invoices(@Root() { id }: PaymentRecord, @Ctx() context: RequestContext): Promise<InvoiceRecord[]> {
    const paid = await context.loader(paidInvoicesLoader).load(id)
    const invoices = await Promise.all(paid.map(({ invoiceId }) => context.loader(invoiceLoader).load(invoiceId)))
    // The credit of a plan change pays the invoice of the next plan, which another user may have bought for the organisation.
    return visibleRows(
      context,
      invoices.flatMap((invoice) => invoice ?? []),
    )
  }
}

/** The rows that node() would return as well. */
async function visibleRows<R extends Customer>(context: RequestContext, rows: readonly R[]): Promise<R[]> {
  const visible = await Promise.all(rows.map(async (row) => ((await seesCustomer(context, row)) ? [row] : [])))
  return visible.flat()
}
