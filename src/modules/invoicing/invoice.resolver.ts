import { Arg, Args, Authorized, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql'
import { parseId, parseOptionalOrganisationId } from '../../core/ids.js'
import { type MoneyAmount } from '../../core/money.js'
import { Money } from '../../core/money.type.js'
import { PageArguments } from '../../core/page.type.js'
import { DateTime, Url } from '../../core/scalars.js'
import type { Order as OrderRecord } from '../../platform/postgres/generated/client.js'
import { ADMINISTRATOR, CustomerUnion, loadCustomer, type RequestContext, resolveListScope } from '../identity/index.js'
import { Order, orderLoader } from '../orders/index.js'
import type { DocumentSnapshot } from './document-snapshot.js'
import { creditNotesLoader, invoiceLoader, orderInvoiceLoader, snapshotLoader } from './invoice.loader.js'
import { findInvoice, type InvoiceRecord, listInvoices } from './invoice.queries.js'
import {
  CreditNote,
  Invoice,
  InvoiceConnection,
  InvoiceLine,
  InvoicePreview,
  InvoiceTax,
  IssueInvoiceInput,
  IssueInvoicePayload,
} from './invoice.type.js'
import { toInvoiceLines, toInvoicePreview, toInvoiceTaxes } from './invoice-amounts.js'
import { signInvoiceLink } from './invoice-link.js'
import { issueOneOffInvoice } from './issue-one-off-invoice.js'
import { previewInvoice } from './preview-invoice.js'

export const LINK_DESCRIPTION = 'The link is signed, expires, and works in a browser without a header.'
export const TTL_ARGUMENT = {
  nullable: true,
  description: 'Lifetime of the link in seconds, at most 30 days. Defaults to INVOICE_LINK_TTL_SECONDS.',
}

@Resolver(() => Invoice)
export class InvoiceResolver {
  @Query(() => InvoiceConnection, {
    description: 'Your invoices, and those of organisations where you are an owner or admin, newest first. Requires a signed-in user.',
  })
  @Authorized()
  async invoices(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('organisationId', () => ID, { nullable: true, description: 'Only invoices of this organisation.' }) organisationId?: string,
  ) {
    const scope = await resolveListScope(services.db, principal, parseOptionalOrganisationId('organisationId', organisationId))
    return listInvoices(services, scope, page)
  }

  @Query(() => Invoice, {
    nullable: true,
    description: 'An invoice by its id. Null if it does not exist or you may not view it. Requires a signed-in user.',
  })
  @Authorized()
  invoice(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('id', () => ID, { description: 'Id of the invoice.' }) id: string,
  ) {
    return findInvoice(services.db, principal, parseId('id', id, 'Invoice'))
  }

  @Query(() => InvoicePreview, {
    nullable: true,
    description: 'Preview of the invoice for a plan if you ordered it now. Requires a signed-in user.',
  })
  @Authorized()
  async invoicePreview(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('planId', () => ID, { description: 'Id of a plan from `plans` that has a fixed price.' }) planId: string,
    @Arg('organisationId', () => ID, {
      nullable: true,
      description: 'An organisation where you are an owner or admin. Defaults to yourself.',
    })
    organisationId?: string,
  ): Promise<InvoicePreview> {
    return toInvoicePreview(await previewInvoice(services, principal, { planId, organisationId }))
  }

  @Mutation(() => IssueInvoicePayload, {
    description:
      'Issues an invoice that belongs to no plan, with tax by the same rules as all others. The balance pays it first. Requires the administrator role.',
  })
  @Authorized(ADMINISTRATOR)
  async issueInvoice(
    @Ctx() { services, requiredUser: principal }: RequestContext,
    @Arg('input', () => IssueInvoiceInput, { description: 'The customer and the lines.' }) input: IssueInvoiceInput,
  ) {
    return { invoice: await issueOneOffInvoice(services, principal, input) }
  }

  @FieldResolver(() => Money, { description: 'Total amount, tax included.' })
  amount(@Root() invoice: InvoiceRecord): MoneyAmount {
    return { minorUnits: invoice.total, currency: invoice.currency }
  }

  @FieldResolver(() => Money, { description: 'Sum of the lines, before tax.' })
  subtotal(@Root() invoice: InvoiceRecord): MoneyAmount {
    return { minorUnits: invoice.subtotal, currency: invoice.currency }
  }

  @FieldResolver(() => Money, { description: 'Sum of the taxes.' })
  tax(@Root() invoice: InvoiceRecord): MoneyAmount {
    return { minorUnits: invoice.tax, currency: invoice.currency }
  }

  @FieldResolver(() => [InvoiceLine], { description: 'Line items, before tax.' })
  async lines(@Root() invoice: InvoiceRecord, @Ctx() context: RequestContext): Promise<InvoiceLine[]> {
    const { lines } = await loadSnapshot(context, invoice)
    return toInvoiceLines(lines, invoice.currency)
  }

  @FieldResolver(() => [InvoiceTax], { description: 'Tax totals by rate.' })
  async taxes(@Root() invoice: InvoiceRecord, @Ctx() context: RequestContext): Promise<InvoiceTax[]> {
    const { taxes } = await loadSnapshot(context, invoice)
    return toInvoiceTaxes(taxes, invoice.currency)
  }

  @FieldResolver(() => DateTime, { description: 'When the document was issued.' })
  createdAt(@Root() invoice: InvoiceRecord): Date {
    return invoice.issuedAt
  }

  @FieldResolver(() => DateTime, {
    description: 'When the amount is due. Later than printed on the document if a payment was reversed.',
  })
  dueAt(@Root() invoice: InvoiceRecord): Date {
    return invoice.dueAt
  }

  @FieldResolver(() => Boolean, { description: 'Whether it is open after `dueAt`.' })
  isOverdue(@Root() { status, dueAt }: InvoiceRecord, @Ctx() { services }: RequestContext): boolean {
    return status === 'OPEN' && dueAt <= services.clock.now()
  }

  @FieldResolver(() => Order, { description: 'The order of the invoice.' })
  order(@Root() invoice: InvoiceRecord, @Ctx() context: RequestContext) {
    return context.loader(orderLoader).load(invoice.orderId)
  }

  @FieldResolver(() => CustomerUnion, { description: 'The user or the organisation that is billed.' })
  customer(@Root() invoice: InvoiceRecord, @Ctx() context: RequestContext) {
    return loadCustomer(context, invoice)
  }

  @FieldResolver(() => [CreditNote], {
    description: 'Credit notes issued against this invoice, oldest first. Administrators can issue at most 100.',
  })
  creditNotes(@Root() invoice: InvoiceRecord, @Ctx() context: RequestContext) {
    return context.loader(creditNotesLoader).load(invoice.id)
  }

  @FieldResolver(() => Url, { description: `Link to the PDF. ${LINK_DESCRIPTION}` })
  pdfUrl(
    @Root() invoice: InvoiceRecord,
    @Ctx() { services }: RequestContext,
    @Arg('ttlSeconds', () => Int, TTL_ARGUMENT) ttlSeconds?: number,
  ): string {
    return signInvoiceLink(services.config, { purpose: 'invoice', id: invoice.id }, services.clock.now(), ttlSeconds)
  }
}

@Resolver(() => CreditNote)
export class CreditNoteResolver {
  @FieldResolver(() => Money, { description: 'Credited amount, tax included.' })
  amount(@Root() creditNote: InvoiceRecord): MoneyAmount {
    return { minorUnits: creditNote.total, currency: creditNote.currency }
  }

  @FieldResolver(() => Money, { description: 'Tax included in the credited amount.' })
  tax(@Root() creditNote: InvoiceRecord): MoneyAmount {
    return { minorUnits: creditNote.tax, currency: creditNote.currency }
  }

  @FieldResolver(() => String, { nullable: true, description: 'Reason as printed on the credit note. Null if none was given.' })
  async reason(@Root() creditNote: InvoiceRecord, @Ctx() context: RequestContext): Promise<string | null> {
    const { credited } = await loadSnapshot(context, creditNote)
    return credited?.reason ?? null
  }

  @FieldResolver(() => Invoice, { description: 'The invoice that is credited.' })
  invoice(@Root() creditNote: InvoiceRecord, @Ctx() context: RequestContext) {
    return context.loader(invoiceLoader).load(creditNote.creditedInvoiceId ?? 0n)
  }

  @FieldResolver(() => CustomerUnion, { description: 'The user or the organisation that was billed.' })
  customer(@Root() creditNote: InvoiceRecord, @Ctx() context: RequestContext) {
    return loadCustomer(context, creditNote)
  }

  @FieldResolver(() => DateTime, { description: 'When the document was issued.' })
  createdAt(@Root() creditNote: InvoiceRecord): Date {
    return creditNote.issuedAt
  }

  @FieldResolver(() => Url, { description: `Link to the PDF. ${LINK_DESCRIPTION}` })
  pdfUrl(
    @Root() creditNote: InvoiceRecord,
    @Ctx() { services }: RequestContext,
    @Arg('ttlSeconds', () => Int, TTL_ARGUMENT) ttlSeconds?: number,
  ): string {
    return signInvoiceLink(services.config, { purpose: 'invoice', id: creditNote.id }, services.clock.now(), ttlSeconds)
  }
}

@Resolver(() => Order)
export class OrderInvoiceResolver {
  @FieldResolver(() => Invoice, {
    nullable: true,
    description: 'The invoice of the order, issued when the order becomes active. Null until then.',
  })
  invoice(@Root() order: OrderRecord, @Ctx() context: RequestContext) {
    return context.loader(orderInvoiceLoader).load(order.id)
  }

  @FieldResolver(() => Url, {
    description: `Link to the PDF of the invoice, or to a pro forma while none exists. For a top-up, of the payment request, or of the receipt when it is paid. ${LINK_DESCRIPTION}`,
  })
  invoicePdfUrl(
    @Root() order: OrderRecord,
    @Ctx() { services }: RequestContext,
    @Arg('ttlSeconds', () => Int, TTL_ARGUMENT) ttlSeconds?: number,
  ): string {
    return signInvoiceLink(services.config, { purpose: 'order-invoice', id: order.id }, services.clock.now(), ttlSeconds)
  }
}

export async function loadSnapshot(context: RequestContext, { id }: InvoiceRecord): Promise<DocumentSnapshot> {
  const found = await context.loader(snapshotLoader).load(id)
  if (!found) throw new Error(`invoice ${id} does not exist, although it was just read`)
  return found.snapshot
}
