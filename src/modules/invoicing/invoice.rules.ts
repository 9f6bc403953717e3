import type { Seller } from '../../config/config.js'
import { toLocalDate } from '../../core/local-date.js'
import { allocate, scale } from '../../core/money.js'
import type { Period } from '../../core/period.js'
import type { OrderStatus } from '../../platform/postgres/generated/enums.js'
import type { OrderLine } from '../orders/index.js'
import type { Buyer } from './buyer.rules.js'
import { calculateTax, netLines, type TaxCategory, type TaxDecision, taxShare, type VatIdCheck } from './tax/tax.rules.js'

export type DocumentKind = 'INVOICE' | 'PRO_FORMA' | 'CREDIT_NOTE' | 'STATEMENT'

/** Net, before tax. Amounts are decimal strings of minor units: JSON has no integers beyond 2^53. */
export interface DocumentLine {
  description: string
  quantity: number
  unitPrice: string
  amount: string
}

/** Everything that has one rate. */
export interface TaxLine {
  category: TaxCategory
  /** 1900 is 19%. */
  basisPoints: number
  net: string
  tax: string
  /** Why nothing is charged, where the law wants a reason. */
  exemption: string | null
}

/** Whether a document speaks of tax at all. */
export function isTaxed({ category }: TaxLine): boolean {
  return category !== 'NOT_TAXED'
}

/** All that a document shows, as it was when it was issued. Times are ISO 8601. */
export interface DocumentSnapshot {
  kind: DocumentKind
  /** Null for a pro forma: only issued documents are numbered. */
  number: string | null
  orderId: number
  orderStatus: OrderStatus
  paid: boolean
  date: string
  /** When it was delivered, which for a period is its beginning. */
  supplyDate: string
  dueDate: string
  period: { start: string; end: string } | null
  timeZone: string
  locale: string
  currency: string
  issuer: Seller
  buyer: Buyer
  lines: DocumentLine[]
  subtotal: string
  taxes: TaxLine[]
  tax: string
  total: string
  vatIdCheck: VatIdCheck | null
  /** For a credit note: the invoice that it takes back, and why. */
  credited: { number: string; date: string; reason: string | null } | null
  /** For a statement: who sells, and where that seller's own document is. */
  merchantOfRecord: MerchantOfRecord | null
  /** A sale of the sandbox: no money was paid. Absent on documents that were issued before test sales had their series. */
  isTest?: boolean
}

export interface MerchantOfRecord {
  name: string
  documentUrl: string | null
}

/** People read a period with its last day included. */
export function lastIncludedMoment(end: string): string {
  return new Date(new Date(end).getTime() - 1).toISOString()
}

/** INV-2026-000001 */
export function invoiceNumber(series: string, year: number, sequence: number): string {
  return `${series}-${year}-${String(sequence).padStart(6, '0')}`
}

/** The seller's year: 2026-12-31T23:30Z in Europe/Berlin is 2027. */
export function sellersYear(at: Date, timeZone: string): number {
  return Number(toLocalDate(at, timeZone).slice(0, 4))
}

/** What is owed and how it comes about. Amounts are decimal strings of minor units. */
export type InvoiceTotals = Pick<DocumentSnapshot, 'lines' | 'subtotal' | 'taxes' | 'tax' | 'total'>

/** Adds up what is sold at one rate: the total is net and tax, whichever of them the prices were. */
export function calculateTotals(lines: readonly OrderLine[], tax: TaxDecision, pricesIncludeTax: boolean): InvoiceTotals {
  const inclusive = pricesIncludeTax && tax.basisPoints > 0
  const listed = lines.map((line) => line.amount)
  const sum = listed.reduce((total, amount) => total + amount, 0n)
  const amounts = calculateTax(sum, tax.basisPoints, inclusive)
  const net = inclusive ? netLines(listed, amounts.net, tax.basisPoints) : listed
  const rate = { category: tax.category, basisPoints: tax.basisPoints, exemption: tax.exemption }
  return {
    lines: lines.map((line, index) => documentLine(line, net[index] ?? 0n)),
    subtotal: amounts.net.toString(),
    taxes: [{ ...rate, net: amounts.net.toString(), tax: amounts.tax.toString() }],
    tax: amounts.tax.toString(),
    total: (amounts.net + amounts.tax).toString(),
  }
}

interface SnapshotInput {
  kind: DocumentKind
  number: string | null
  order: { id: number; currency: string; status: OrderStatus }
  lines: readonly OrderLine[]
  tax: TaxDecision
  pricesIncludeTax: boolean
  period: Period | null
  issuer: Seller
  buyer: Buyer
  timeZone: string
  locale: string
  date: Date
  dueDate: Date
  merchantOfRecord: MerchantOfRecord | null
  isTest: boolean
}

/** Everything that the document of a sale says. */
export function buildSnapshot(sale: SnapshotInput): DocumentSnapshot {
  const { kind, number, order, lines, tax, pricesIncludeTax, period, date, dueDate, ...parts } = sale
  return {
    ...parts,
    ...calculateTotals(lines, tax, pricesIncludeTax),
    kind,
    number,
    orderId: order.id,
    orderStatus: order.status,
    paid: kind !== 'PRO_FORMA',
    date: date.toISOString(),
    supplyDate: (period?.start ?? date).toISOString(),
    dueDate: dueDate.toISOString(),
    period: period && { start: period.start.toISOString(), end: period.end.toISOString() },
    currency: order.currency,
    vatIdCheck: tax.check,
    credited: null,
  }
}

/** @param net  of the whole line; the price of one has up to four more digits where it does not divide */
function documentLine({ description, quantity }: OrderLine, net: bigint): DocumentLine {
  return { description, quantity, unitPrice: divideUnitPrice(net, BigInt(quantity)), amount: net.toString() }
}

/** @returns decimal minor units, rounded to four digits: 1000 over 3 is "333.3333" */
function divideUnitPrice(amount: bigint, quantity: bigint): string {
  const tenThousandths = scale(amount, 10_000n, quantity)
  const sign = tenThousandths < 0n ? '-' : ''
  const digits = (tenThousandths < 0n ? -tenThousandths : tenThousandths).toString().padStart(5, '0')
  const fraction = digits.slice(-4).replace(/0+$/, '')
  return `${sign}${digits.slice(0, -4)}${fraction && `.${fraction}`}`
}

interface CreditNoteInput {
  number: string
  invoice: DocumentSnapshot
  /** What earlier credit notes took back, tax included, minor units. */
  creditedBefore: bigint
  /** What this one takes back, tax included, minor units. */
  amount: bigint
  reason: string | null
  date: Date
}

/** Takes back all or a part of an invoice, with its rates, tax ids and wording. Amounts are positive. */
export function buildCreditNote({ number, invoice, creditedBefore, amount, reason, date }: CreditNoteInput): DocumentSnapshot {
  const total = BigInt(invoice.total)
  const whole = amount === total
  const gross = invoice.taxes.map(({ net, tax }) => BigInt(net) + BigInt(tax))
  const before = total > 0n ? allocate(creditedBefore, gross) : gross
  const after = total > 0n ? allocate(creditedBefore + amount, gross) : gross
  const taxes = invoice.taxes.map((line, index): TaxLine => {
    const [from, to] = [before[index] ?? 0n, after[index] ?? 0n]
    const tax = taxShare(gross[index] ?? 0n, BigInt(line.tax), from, to)
    return { ...line, net: (to - from - tax).toString(), tax: tax.toString() }
  })
  const add = (values: readonly string[]) => values.reduce((sum, value) => sum + BigInt(value), 0n).toString()
  const subtotal = add(taxes.map(({ net }) => net))
  return {
    ...invoice,
    kind: 'CREDIT_NOTE',
    number,
    paid: true,
    date: date.toISOString(),
    dueDate: date.toISOString(),
    lines: whole
      ? invoice.lines
      : [{ description: invoice.lines.map((line) => line.description).join(', '), quantity: 1, unitPrice: subtotal, amount: subtotal }],
    subtotal,
    taxes,
    tax: add(taxes.map(({ tax }) => tax)),
    total: amount.toString(),
    credited: { number: invoice.number ?? '', date: invoice.date, reason },
  }
}
