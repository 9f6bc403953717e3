import { Arg, Authorized, Ctx, Mutation, Resolver } from 'type-graphql'
import { ADMINISTRATOR, type RequestContext } from '../../identity/index.js'
import { invoiceLoader } from '../../invoicing/index.js'
import { readCurrentBalance } from '../../ledger/index.js'
import { RecordPaymentInput, RecordPaymentPayload, ReversePaymentInput, ReversePaymentPayload } from './manual-payment.type.js'
import { recordManualPayment } from './record-manual-payment.js'
import { reversePayment } from './reverse-payment.js'

@Resolver()
export class ManualPaymentResolver {
  @Mutation(() => RecordPaymentPayload, {
    description:
      'Records a payment that was received outside a provider. An order that is paid completely becomes active, and what exceeds the amount due goes to the balance. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  async recordPayment(
    @Ctx() context: RequestContext,
    @Arg('input', () => RecordPaymentInput, { description: 'The payment and its purpose.' }) input: RecordPaymentInput,
  ) {
    const { services, requiredUser: principal } = context
    const { payment, invoiceId } = await recordManualPayment(services, principal, input)
    const invoice = invoiceId === null ? null : await context.loader(invoiceLoader).clear(invoiceId).load(invoiceId)
    return { payment, invoice, balance: await readCurrentBalance(services, payment, payment.currency) }
  }

  @Mutation(() => ReversePaymentPayload, {
    description:
      'Reverses a payment whose money has not remained with the seller, such as a bounced transfer. Takes it from the balance, and from the invoices that it pays, which become open again. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  async reversePayment(
    @Ctx() context: RequestContext,
    @Arg('input', () => ReversePaymentInput, { description: 'The payment and the reason.' }) input: ReversePaymentInput,
  ) {
    const { services, requiredUser: principal } = context
    const { payment, invoiceIds } = await reversePayment(services, principal, input)
    const invoices = await Promise.all(invoiceIds.map((id) => context.loader(invoiceLoader).clear(id).load(id)))
    return { payment, invoices, balance: await readCurrentBalance(services, payment, payment.currency) }
  }
}
