import { Arg, Args, Authorized, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql'
import { parseId, parseOptionalId } from '../../core/input.js'
import { type MoneyAmount, unitPriceDecimal } from '../../core/money.js'
import { Money } from '../../core/money.type.js'
import { PageArguments } from '../../core/page.type.js'
import { DateTime, Url } from '../../core/scalars.js'
import type { Order as OrderRecord } from '../../platform/postgres/generated/client.js'
import { ADMINISTRATOR, type RequestContext, resolveListScope } from '../identity/index.js'
import { Order, orderLoader } from '../orders/index.js'
import { creditInvoice } from './credit-invoice.js'
import { creditNotesLoader, invoiceLoader, orderInvoiceLoader, snapshotLoader } from './invoice.loader.js'
import { findInvoice, type InvoiceRecord, listInvoices } from './invoice.queries.js'
import type { DocumentSnapshot, TaxLine } from './invoice.rules.js'
import {
  CreditInvoiceInput,
  CreditInvoicePayload,
  CreditNote,
  Invoice,
  InvoiceConnection,
  InvoiceLine,
  InvoicePreview,
  InvoiceTax,
} from './invoice.type.js'
import { signInvoiceLink } from './invoice-link.js'
import { previewInvoice } from './preview-invoice.js'

const LINK = 'Signed and expiring: works in a browser without a header.'
const LIFETIME = { nullable: true, description: 'Seconds for which the link opens, 30 days at most; INVOICE_LINK_TTL unless given.' }

@Resolver(() => Invoice)
export class InvoiceResolver {
  @Query(() => InvoiceConnection, {
    description: 'Own invoices, and those of organisations in which the viewer is owner or admin; newest first.',
  })
  @Authorized()
  async invoices(
    @Ctx() { services, requiredUser: signedIn }: RequestContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('organisationId', () => ID, { nullable: true, description: 'Only those of one organisation.' }) organisationId?: string,
  ) {
    const whose = await resolveListScope(services.db, signedIn, parseOptionalId('organisationId', organisationId))
    return listInvoices(services, whose, page)
  }

  @Query(() => Invoice, { nullable: true, description: 'Null when there is no such invoice or you may not see it.' })
  @Authorized()
  invoice(
    @Ctx() { services, requiredUser: signedIn }: RequestContext,
    @Arg('id', () => ID, { description: 'Number of the invoice.' }) id: string,
  ) {
    return findInvoice(services.db, signedIn, parseId('id', id))
  }

  @Query(() => InvoicePreview, { description: 'What you would pay for a plan now, tax included.' })
  @Authorized()
  async invoicePreview(
    @Ctx() { services, requiredUser: signedIn }: RequestContext,
    @Arg('planId', () => ID, { description: 'A plan from `plans` that has a price.' }) planId: string,
    @Arg('organisationId', () => ID, { nullable: true, description: 'For an organisation of which you are owner or admin.' })
    organisationId?: string,
  ): Promise<InvoicePreview> {
    const { currency, lines, subtotal, taxes, tax, total } = await previewInvoice(services, signedIn, { planId, organisationId })
    const money = moneyIn(currency)
    return {
      lines: linesOf(lines, currency),
      subtotal: money(subtotal),
      taxes: taxesOf(taxes, currency),
      tax: money(tax),
      total: money(total),
    }
  }

  @Mutation(() => CreditInvoicePayload, {
    description: 'Administrators: takes back an invoice or a part of it by a credit note. It moves no money.',
  })
  @Authorized(ADMINISTRATOR)
  async creditInvoice(
    @Ctx() { services, requiredUser: signedIn }: RequestContext,
    @Arg('input', () => CreditInvoiceInput, { description: 'Which invoice, and how much.' }) input: CreditInvoiceInput,
  ) {
    return creditInvoice(services, signedIn, input)
  }

  @FieldResolver(() => Money, { description: 'The total, tax included.' })
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

  @FieldResolver(() => [InvoiceLine], { description: 'What was sold, net.' })
  async lines(@Root() invoice: InvoiceRecord, @Ctx() context: RequestContext): Promise<InvoiceLine[]> {
    const { lines } = await snapshotOf(context, invoice)
    return linesOf(lines, invoice.currency)
  }

  @FieldResolver(() => [InvoiceTax], { description: 'Tax by rate.' })
  async taxes(@Root() invoice: InvoiceRecord, @Ctx() context: RequestContext): Promise<InvoiceTax[]> {
    const { taxes } = await snapshotOf(context, invoice)
    return taxesOf(taxes, invoice.currency)
  }

  @FieldResolver(() => DateTime, { description: 'When it was issued.' })
  createdAt(@Root() invoice: InvoiceRecord): Date {
    return invoice.issuedAt
  }

  @FieldResolver(() => Order, { description: 'The order it is for.' })
  order(@Root() invoice: InvoiceRecord, @Ctx() context: RequestContext) {
    return context.loader(orderLoader).load(invoice.orderId)
  }

  @FieldResolver(() => [CreditNote], { description: 'What took it back, oldest first: 100 at most by administrators.' })
  creditNotes(@Root() invoice: InvoiceRecord, @Ctx() context: RequestContext) {
    return context.loader(creditNotesLoader).load(invoice.id)
  }

  @FieldResolver(() => Url, { description: `The PDF. ${LINK}` })
  pdfUrl(
    @Root() invoice: InvoiceRecord,
    @Ctx() { services }: RequestContext,
    @Arg('ttlSeconds', () => Int, LIFETIME) ttlSeconds?: number,
  ): string {
    return signInvoiceLink(services.config, { purpose: 'invoice', id: invoice.id }, services.clock.now(), ttlSeconds)
  }
}

@Resolver(() => CreditNote)
export class CreditNoteResolver {
  @FieldResolver(() => Money, { description: 'How much is taken back, tax included.' })
  amount(@Root() creditNote: InvoiceRecord): MoneyAmount {
    return { minorUnits: creditNote.total, currency: creditNote.currency }
  }

  @FieldResolver(() => Money, { description: 'How much of it is tax.' })
  tax(@Root() creditNote: InvoiceRecord): MoneyAmount {
    return { minorUnits: creditNote.tax, currency: creditNote.currency }
  }

  @FieldResolver(() => String, { nullable: true, description: 'Why, as it stands on the document.' })
  async reason(@Root() creditNote: InvoiceRecord, @Ctx() context: RequestContext): Promise<string | null> {
    const { credited } = await snapshotOf(context, creditNote)
    return credited?.reason ?? null
  }

  @FieldResolver(() => Invoice, { description: 'The invoice that it takes back.' })
  invoice(@Root() creditNote: InvoiceRecord, @Ctx() context: RequestContext) {
    return context.loader(invoiceLoader).load(creditNote.creditedInvoiceId ?? 0)
  }

  @FieldResolver(() => DateTime, { description: 'When it was issued.' })
  createdAt(@Root() creditNote: InvoiceRecord): Date {
    return creditNote.issuedAt
  }

  @FieldResolver(() => Url, { description: `The PDF. ${LINK}` })
  pdfUrl(
    @Root() creditNote: InvoiceRecord,
    @Ctx() { services }: RequestContext,
    @Arg('ttlSeconds', () => Int, LIFETIME) ttlSeconds?: number,
  ): string {
    return signInvoiceLink(services.config, { purpose: 'invoice', id: creditNote.id }, services.clock.now(), ttlSeconds)
  }
}

@Resolver(() => Order)
export class OrderInvoiceResolver {
  @FieldResolver(() => Invoice, { nullable: true, description: 'Null until it is issued, which happens when the order becomes active.' })
  invoice(@Root() order: OrderRecord, @Ctx() context: RequestContext) {
    return context.loader(orderInvoiceLoader).load(order.id)
  }

  @FieldResolver(() => Url, { description: `The PDF of the invoice, or a pro forma as long as there is none. ${LINK}` })
  invoicePdfUrl(
    @Root() order: OrderRecord,
    @Ctx() { services }: RequestContext,
    @Arg('ttlSeconds', () => Int, LIFETIME) ttlSeconds?: number,
  ): string {
    return signInvoiceLink(services.config, { purpose: 'order-invoice', id: order.id }, services.clock.now(), ttlSeconds)
  }
}

async function snapshotOf(context: RequestContext, { id }: InvoiceRecord): Promise<DocumentSnapshot> {
  const found = await context.loader(snapshotLoader).load(id)
  if (!found) throw new Error(`invoice ${id} is gone`)
  return found.snapshot
}

function moneyIn(currency: string): (minorUnits: string) => MoneyAmount {
  return (minorUnits) => ({ minorUnits: BigInt(minorUnits), currency })
}

function linesOf(lines: DocumentSnapshot['lines'], currency: string): InvoiceLine[] {
  const money = moneyIn(currency)
  return lines.map(({ description, quantity, unitPrice, amount }) => {
    return { description, quantity, unitPrice: unitPriceDecimal(unitPrice, currency), amount: money(amount) }
  })
}

function taxesOf(taxes: readonly TaxLine[], currency: string): InvoiceTax[] {
  const money = moneyIn(currency)
  return taxes.map((line) => ({ ...line, net: money(line.net), tax: money(line.tax) }))
}
