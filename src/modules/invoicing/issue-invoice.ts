import type { Period } from '../../core/period.js'
import { enqueue } from '../../platform/jobs/queue.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Invoice, Order } from '../../platform/postgres/generated/client.js'
import { type RowsOf, runTogether } from '../../platform/postgres/run-statement.js'
import { type BoundStatement, bind, type RowOf } from '../../platform/postgres/statement.js'
import { runAtEnd, runWithLateWrites } from '../../platform/postgres/write-at-end.js'
import { bindExchangeRate, toConversionRate } from '../exchange-rates/index.js'
import { bindPaymentAtIssue, bindPostings, type PaymentAtIssue, type Posting, type ReceivedPayment } from '../ledger/index.js'
import { bindDocumentNotes, toDocumentNotes } from '../legal-notes/index.js'
import { listPaymentMethods } from '../payment-methods/index.js'
import type { Services } from '../services.js'
import { publishEvent } from '../webhooks/index.js'
import { type DocumentPayment, partFromBalance } from './document-payment.rules.js'
import type { DocumentSnapshot, MerchantOfRecord } from './document-snapshot.js'
import { RENDER_INVOICE } from './invoice.jobs.js'
import { buildSnapshot, invoiceNumber, sellersYear } from './invoice.rules.js'
import { getInvoiceData, type InvoiceData } from './invoice-data.queries.js'
import { INSERT_INVOICE } from './invoicing.statements.js'
import { assertNoMissingDetails } from './missing-details.js'
import { assignNumber } from './number-counter.js'
import { printableReference } from './printable-reference.js'
import { accountingCurrency, stateAccountingTax } from './tax/accounting-tax.js'
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
  services: IssueServices,
  order: Order,
  period: Period | null,
  terms: SaleTerms = OUR_SALE,
): Promise<Invoice> {
  const request = await prepareInvoice(tx, services, order, period, terms)
  const { invoice } = await numberDocument(tx, services, request)
  return insertDocument(tx, invoice, invoice.total > 0n ? [bindPostings([postingOf(invoice)])] : [])
}

/**
 * Issues the invoice of an order that is paid at once. As the last step, this happens at the end of the transaction: the number
 * counters are locked for two round trips, that of their own statement and that of the one which writes everything, with the
 * commit. Nothing else in the transaction may then refer to the invoice.
 * @param payment.held  parts of payments that were held for the order
 * @param payment.rest  what pays the rest of the amount; its own amount does not count
 * @throws SELLER_DETAILS_MISSING, BUYER_DETAILS_MISSING unless the sale is a test
 */
export async function issuePaidInvoice(
  tx: Transaction,
  services: IssueServices,
  order: Order,
  period: Period | null,
  terms: Omit<SaleTerms, 'dueAt' | 'balance' | 'merchantOfRecord'>,
  { held, rest, isLastStep }: { readonly held: PaymentAtIssue['held']; readonly rest: ReceivedPayment; readonly isLastStep: boolean },
): Promise<void> {
  const request = await prepareInvoice(tx, services, order, period, { ...terms, merchantOfRecord: null })
  const heldAmount = held.reduce((sum, { amount }) => sum + amount, 0n)
  const needsPayment = order.amount > heldAmount
  const issue = async (write: (tx: Transaction, statements: readonly BoundStatement[]) => Promise<unknown>) => {
    const { invoice: open, paymentId } = await numberDocument(tx, services, { ...request, needsPayment })
    const { total: paidTotal } = open
    const invoice = { ...open, paidTotal, paidAt: rest.at }
    const received = paymentId === null ? null : { id: paymentId, payment: { ...rest, amount: paidTotal - heldAmount } }
    await write(tx, [bind(INSERT_INVOICE, invoice), ...bindPaymentAtIssue(invoice, postingOf(invoice), { held, received })])
  }
  if (isLastStep) await runAtEnd(tx, () => issue(runWithLateWrites))
  else await issue(runTogether)
}

type IssueServices = Pick<Services, 'clock' | 'config' | 'findMissingGlyph'>

/** Prepares what the document states, before its number is assigned. */
async function prepareInvoice(
  tx: Transaction,
  services: IssueServices,
  order: Order,
  period: Period | null,
  { merchantOfRecord, amountsIncludeTax, isTest, providerTax, dueAt, balance = 0n, payments = [], quoted }: SaleTerms,
): Promise<IssueRequest> {
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
  const document = { seller: issuer, buyer: sale.buyer, locale: sale.locale }
  const national = merchantOfRecord ? null : accountingCurrency(services, order.currency)
  return {
    kind,
    series: isTest ? series.test : merchantOfRecord ? series.statement : series.invoice,
    order,
    providerTax,
    creditedInvoiceId: null,
    refundId: null,
    dueAt,
    reads: {
      ...(!merchantOfRecord && { notes: bindDocumentNotes(document) }),
      ...(national && { rates: bindExchangeRate(national) }),
    },
    buildSnapshot(number, at, { notes, rates = [] }) {
      const snapshot = buildSnapshot({
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
        notes: notes ? toDocumentNotes(notes, document) : [],
        payments: stated,
      })
      const rate = toConversionRate(rates[0])
      return national && rate ? stateAccountingTax(snapshot, national, rate) : snapshot
    },
  }
}

function postingOf({ id: invoiceId, userId, organisationId, currency, total, tax, subtotal, providerTax, issuedAt: at }: Invoice): Posting {
  const amounts = { receivable: total, revenue: providerTax - subtotal, tax: -tax, providerTax: -providerTax }
  return { customer: { userId, organisationId }, currency, kind: 'INVOICE', at, invoiceId, ...amounts }
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
  /** Whether the id of a payment is reserved, which is stored together with the document. */
  needsPayment?: boolean
  /** What is read together with the number. Default: nothing. */
  reads?: AdditionalReads
  buildSnapshot(number: string, at: Date, read: Partial<RowsOf<Required<AdditionalReads>>>): DocumentSnapshot
}

/** The legal notes of a document, and the exchange rate for its tax. */
type AdditionalReads = {
  readonly notes?: ReturnType<typeof bindDocumentNotes>
  readonly rates?: ReturnType<typeof bindExchangeRate>
}

/**
 * Assigns the next number of the series, without gaps, duplicates or decreasing dates, and stores the
 * document.
 * @param bindOthers  what is written together with the document
 */
export async function issueDocument(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config'>,
  request: IssueRequest,
  bindOthers: (document: Invoice) => BoundStatement[],
): Promise<Invoice> {
  const { invoice } = await numberDocument(tx, services, request)
  return insertDocument(tx, invoice, bindOthers(invoice))
}

/** Inserts a document together with what `statements` write. Nothing is read back except what a trigger derives. */
async function insertDocument(tx: Transaction, invoice: Invoice, statements: readonly BoundStatement[]): Promise<Invoice> {
  const [rows = []] = await runTogether(tx, [bind(INSERT_INVOICE, invoice), ...statements])
  return { ...invoice, ...(rows[0] as RowOf<typeof INSERT_INVOICE>) }
}

/** Assigns the number of a document, which must then be inserted, and adds its event and the job that draws it. */
async function numberDocument(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config'>,
  {
    kind,
    series,
    order,
    providerTax,
    creditedInvoiceId,
    refundId,
    correctsTax = false,
    dueAt,
    needsPayment,
    reads = {},
    buildSnapshot: build,
  }: IssueRequest,
): Promise<{ invoice: Invoice; paymentId: bigint | null }> {
  const now = services.clock.now()
  const year = sellersYear(now, services.config.invoices.timeZone)
  const { assigned, read } = await assignNumber(tx, services.config.invoices.series, { series, year, now, needsPayment }, reads)
  const { sequence, at, invoiceId: id, paymentId } = assigned
  const number = invoiceNumber(series, year, sequence)
  const snapshot = build(number, at, read)
  const { id: orderId, userId, organisationId, currency } = order
  await publishEvent(tx, {
    type: 'invoice.issued',
    customer: order,
    payload: { invoiceId: id, kind, number, orderId, total: snapshot.total, currency },
    at,
    refundId: refundId ?? undefined,
  })
  await enqueue(tx, RENDER_INVOICE, { invoiceId: id }, `drawDocument:${id}`, { isLowPriority: true })
  const invoice = {
    id,
    kind,
    series,
    year,
    sequence,
    number,
    orderId,
    userId,
    organisationId,
    creditedInvoiceId,
    currency,
    subtotal: BigInt(snapshot.subtotal),
    tax: BigInt(snapshot.tax),
    total: BigInt(snapshot.total),
    creditedTotal: 0n,
    creditedTax: 0n,
    paidTotal: 0n,
    firstPaidAt: null,
    paidAt: null,
    providerTax,
    refundId,
    correctsTax,
    // A trigger derives it from the amounts.
    status: 'OPEN' as const,
    issuedAt: at,
    dueAt: dueAt ?? at,
    snapshot,
  }
  return { invoice, paymentId }
}
