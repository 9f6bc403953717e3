import type { Period } from '../../core/period.js'
import { enqueue } from '../../platform/jobs/queue.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Invoice, Order } from '../../platform/postgres/generated/client.js'
import { postToLedger } from '../ledger/index.js'
import { listDocumentNotes } from '../legal-notes/index.js'
import { listPaymentMethods } from '../payment-methods/index.js'
import type { Services } from '../services.js'
import { publishEvent } from '../webhooks/index.js'
import { type DocumentPayment, partFromBalance } from './document-payment.rules.js'
import type { DocumentSnapshot, MerchantOfRecord } from './document-snapshot.js'
import { RENDER_INVOICE } from './invoice.jobs.js'
import { buildSnapshot, invoiceNumber, sellersYear } from './invoice.rules.js'
import { getInvoiceData, type InvoiceData } from './invoice-data.queries.js'
import { assertNoMissingDetails } from './missing-details.js'
import { assignNumber } from './number-counter.js'
import { printableReference } from './printable-reference.js'
import { prepareAccountingTax } from './tax/accounting-tax.js'
import { NOT_TAXED } from './tax/tax.rules.js'

interface SaleTerms {
  merchantOfRecord: MerchantOfRecord | null
  /** Amounts collected by a payment provider include tax, even if the catalog prices do not. */
  amountsIncludeTax: boolean
  /** A sale without a real payment; the invoice gets a number of the test series. */
  isTest: boolean
  /** Tax that the merchant of record has collected, minor units. */
  providerTax: bigint
  /** When an invoice that is not paid at its issue is due. Default: at its issue, and printed as paid. */
  dueAt?: Date
  /** The balance that pays an invoice with a due date next, minor units. One that it covers is printed as paid. Default: 0. */
  balance?: bigint
  /** How a sale without a due date is paid; what exceeds the amount of the order is left out. Default: not stated. */
  payments?: readonly DocumentPayment[]
  /** The data of the sale, if this transaction has already quoted the order. Default: read from the database. */
  quoted?: InvoiceData
}

export const OUR_SALE: SaleTerms = { merchantOfRecord: null, amountsIncludeTax: false, isTest: false, providerTax: 0n }

/**
 * Issues the document of an order: an invoice, a payment statement if a merchant of record is the seller, or a test
 * invoice. It is open until its payments are allocated, and due at once by default. With `dueAt`, its amount due is what the
 * balance does not cover, so call `payFromBalance` next. Call it late in a transaction, because the number counters stay
 * locked until the commit.
 * @throws SELLER_DETAILS_MISSING, BUYER_DETAILS_MISSING unless the sale is a test or that of a merchant of record
 */
export async function issueInvoice(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config' | 'findMissingGlyph'>,
  order: Order,
  period: Period | null,
  { merchantOfRecord, amountsIncludeTax, isTest, providerTax, dueAt, balance = 0n, payments = [], quoted }: SaleTerms = OUR_SALE,
): Promise<Invoice> {
  const { issuer, timeZone, series } = services.config.invoices
  const pricesIncludeTax = amountsIncludeTax || services.config.invoices.pricesIncludeTax
  const kind = merchantOfRecord ? 'STATEMENT' : 'INVOICE'
  const sale = quoted ?? (await getInvoiceData(tx, services, order, { withCredit: false }))
  if (!merchantOfRecord && !isTest) assertNoMissingDetails(services, sale)
  const tax = merchantOfRecord ? NOT_TAXED : sale.tax
  const isPaid = dueAt === undefined || balance >= order.amount
  const paymentMethods = isPaid ? [] : await listPaymentMethods(tx)
  const stated =
    dueAt === undefined ? await withPrintableReferences(services, payments) : [partFromBalance(order.amount, services.clock.now())]
  const stateAccountingTax = await (merchantOfRecord
    ? (document: DocumentSnapshot) => document
    : prepareAccountingTax(tx, services, order.currency))
  const notes = merchantOfRecord ? [] : await listDocumentNotes(tx, { seller: issuer, buyer: sale.buyer, locale: sale.locale })
  const invoice = await issueDocument(tx, services, {
    kind,
    series: isTest ? series.test : merchantOfRecord ? series.statement : series.invoice,
    order,
    providerTax,
    creditedInvoiceId: null,
    refundId: null,
    dueAt,
    buildSnapshot: (number, at) =>
      stateAccountingTax(
        buildSnapshot({
          ...sale,
          tax,
          kind,
          number,
          order,
          period,
          issuer,
          timeZone,
          pricesIncludeTax,
          merchantOfRecord,
          isTest,
          isPaid,
          prepaid: isPaid ? 0n : balance,
          date: at,
          dueDate: dueAt ?? at,
          paymentMethods,
          notes,
          payments: stated,
        }),
      ),
  })
  const { id, currency, total, tax: ourTax, subtotal, issuedAt } = invoice
  if (total > 0n) {
    const amounts = { receivable: total, revenue: providerTax - subtotal, tax: -ourTax, providerTax: -providerTax }
    await postToLedger(tx, { customer: order, currency, kind: 'INVOICE', at: issuedAt, invoiceId: id, ...amounts })
  }
  return invoice
}

function withPrintableReferences(
  services: Pick<Services, 'findMissingGlyph'>,
  payments: readonly DocumentPayment[],
): Promise<DocumentPayment[]> {
  return Promise.all(payments.map(async (payment) => ({ ...payment, reference: await printableReference(services, payment.reference) })))
}

interface IssueRequest {
  kind: PrismaJson.InvoiceKind
  series: string
  order: Pick<Order, 'id' | 'userId' | 'organisationId' | 'currency'>
  providerTax: bigint
  creditedInvoiceId: bigint | null
  refundId: bigint | null
  /** Whether a credit note corrects the tax. Default: no. */
  correctsTax?: boolean
  /** Default: at once. */
  dueAt?: Date | undefined
  buildSnapshot(number: string, at: Date): DocumentSnapshot
}

/**
 * Assigns the next number of the series, without gaps, duplicates or decreasing dates, and stores the
 * document.
 */
export async function issueDocument(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config'>,
  { kind, series, order, providerTax, creditedInvoiceId, refundId, correctsTax = false, dueAt, buildSnapshot: build }: IssueRequest,
): Promise<Invoice> {
  const now = services.clock.now()
  const year = sellersYear(now, services.config.invoices.timeZone)
  const { sequence, at } = await assignNumber(tx, services.config.invoices.series, { series, year, now })
  const number = invoiceNumber(series, year, sequence)
  const snapshot = build(number, at)
  const invoice = await tx.invoice.create({
    data: {
      kind,
      series,
      year,
      sequence,
      number,
      orderId: order.id,
      userId: order.userId,
      organisationId: order.organisationId,
      creditedInvoiceId,
      currency: order.currency,
      subtotal: BigInt(snapshot.subtotal),
      tax: BigInt(snapshot.tax),
      total: BigInt(snapshot.total),
      providerTax,
      refundId,
      correctsTax,
      // A trigger derives it from the amounts.
      status: 'OPEN',
      issuedAt: at,
      dueAt: dueAt ?? at,
      snapshot,
    },
  })
  const payload = { invoiceId: invoice.id, kind, number, orderId: order.id, total: snapshot.total, currency: order.currency }
  await publishEvent(tx, { type: 'invoice.issued', customer: order, payload, at })
  await enqueue(tx, RENDER_INVOICE, { invoiceId: invoice.id }, `drawDocument:${invoice.id}`, { isLowPriority: true })
  return invoice
}
