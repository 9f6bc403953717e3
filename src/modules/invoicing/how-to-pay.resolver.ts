import { Arg, Ctx, FieldResolver, Resolver, Root } from 'type-graphql'
import { localeArgument, parseLocaleArgument } from '../../core/locale-argument.js'
import { formatMoney, type MoneyAmount } from '../../core/money.js'
import type { Order as OrderRecord } from '../../platform/postgres/generated/client.js'
import type { RequestContext } from '../identity/index.js'
import { amountDue, heldForOrderLoader } from '../ledger/index.js'
import { isAwaitingPayment, Order, orderLoader } from '../orders/index.js'
import { fillInstructions, paymentMethodsLoader } from '../payment-methods/index.js'
import { HowToPay } from './how-to-pay.type.js'
import { orderInvoiceLoader } from './invoice.loader.js'
import type { InvoiceRecord } from './invoice.queries.js'
import { Invoice } from './invoice.type.js'

const DEFAULT_LOCALE = 'en'

@Resolver(() => Invoice)
export class InvoiceHowToPayResolver {
  @FieldResolver(() => HowToPay, { nullable: true, description: 'How to pay it by hand. Null unless it is open.' })
  howToPay(
    @Root() invoice: InvoiceRecord,
    @Ctx() context: RequestContext,
    @Arg('locale', () => String, localeArgument(DEFAULT_LOCALE)) tag: string | null,
  ): Promise<HowToPay | null> {
    return invoiceHowToPay(context, invoice, parseLocaleArgument(tag, DEFAULT_LOCALE))
  }
}

@Resolver(() => Order)
export class OrderHowToPayResolver {
  @FieldResolver(() => HowToPay, {
    nullable: true,
    description: 'How to pay it by hand. Null unless it is pending or its invoice is open.',
  })
  async howToPay(
    @Root() { id }: OrderRecord,
    @Ctx() context: RequestContext,
    @Arg('locale', () => String, localeArgument(DEFAULT_LOCALE)) tag: string | null,
  ): Promise<HowToPay | null> {
    const locale = parseLocaleArgument(tag, DEFAULT_LOCALE)
    const invoice = await context.loader(orderInvoiceLoader).load(id)
    if (invoice) return invoiceHowToPay(context, invoice, locale)
    // Lists read only the columns of the selected fields.
    const order = await context.loader(orderLoader).load(id)
    if (!order || !isAwaitingPayment(order, context.services.clock.now())) return null
    const { amount, currency } = order
    const held = (await context.loader(heldForOrderLoader).load(id))?.held ?? 0n
    return howToPay(context, { minorUnits: amount > held ? amount - held : 0n, currency }, String(id), locale)
  }
}

async function invoiceHowToPay(context: RequestContext, invoice: InvoiceRecord, locale: string): Promise<HowToPay | null> {
  const { kind, status, number, currency } = invoice
  if (kind !== 'INVOICE' || status !== 'OPEN') return null
  return howToPay(context, { minorUnits: amountDue(invoice), currency }, number, locale)
}

async function howToPay(context: RequestContext, amount: MoneyAmount, reference: string, locale: string): Promise<HowToPay> {
  const placeholders = { invoice: reference, amount: formatMoney(amount, locale) }
  const methods = await context.loader(paymentMethodsLoader).load('all')
  return {
    amount,
    reference,
    methods: methods.map((method) => ({
      ...method,
      instructions: method.instructions === null ? null : fillInstructions(method.instructions, placeholders),
    })),
  }
}
