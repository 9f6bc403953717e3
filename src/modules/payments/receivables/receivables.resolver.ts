import { Arg, Authorized, Ctx, Mutation, Resolver } from 'type-graphql'
import { ADMINISTRATOR, type RequestContext } from '../../identity/index.js'
import { readCurrentBalance } from '../../ledger/index.js'
import { creditInvoice } from './credit-invoice.js'
import { creditTax } from './credit-tax.js'
import { extendDueDate } from './extend-due-date.js'
import { grantCredit } from './grant-credit.js'
import {
  CreditInvoiceInput,
  CreditInvoicePayload,
  CreditTaxInput,
  CreditTaxPayload,
  ExtendDueDateInput,
  ExtendDueDatePayload,
  GrantCreditInput,
  GrantCreditPayload,
  VoidInvoiceInput,
  VoidInvoicePayload,
} from './receivables.type.js'
import { voidInvoice } from './void-invoice.js'

/** What administrators change of what a customer owes. */
@Resolver()
export class ReceivablesResolver {
  @Mutation(() => CreditInvoicePayload, {
    description: 'Fully or partially credits an invoice. Issues a credit note and moves no money. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  async creditInvoice(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('input', () => CreditInvoiceInput, { description: 'The invoice and the amount to credit.' }) input: CreditInvoiceInput,
  ) {
    return creditInvoice(services, principal, input)
  }

  @Mutation(() => CreditTaxPayload, {
    description:
      'Credits all tax that is left on an invoice, because the VAT id of its buyer has been confirmed since and the customer owes the tax (reverse charge). Issues a credit note, and what was paid too much goes to the balance. Later credit notes of the invoice have no tax. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  async creditTax(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('input', () => CreditTaxInput, { description: 'The invoice and the reason.' }) input: CreditTaxInput,
  ) {
    return creditTax(services, principal, input)
  }

  @Mutation(() => VoidInvoicePayload, {
    description:
      'Writes an open invoice off by a credit note for the amount due. A subscription that waits for it continues. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  async voidInvoice(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('input', () => VoidInvoiceInput, { description: 'The invoice and the reason.' }) input: VoidInvoiceInput,
  ) {
    return voidInvoice(services, principal, input)
  }

  @Mutation(() => ExtendDueDatePayload, {
    description:
      'Gives a customer more time to pay an invoice. A suspended subscription is resumed, unless another invoice is overdue. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  async extendDueDate(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('input', () => ExtendDueDateInput, { description: 'The invoice and its new due date.' }) input: ExtendDueDateInput,
  ) {
    return { invoice: await extendDueDate(services, principal, input) }
  }

  @Mutation(() => GrantCreditPayload, {
    description: 'Grants credit to a customer. It settles open invoices at once. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  async grantCredit(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('input', () => GrantCreditInput, { description: 'The customer and the amount.' }) input: GrantCreditInput,
  ) {
    const { grant, customer } = await grantCredit(services, principal, input)
    return { grant, balance: await readCurrentBalance(services, customer, grant.currency) }
  }
}
