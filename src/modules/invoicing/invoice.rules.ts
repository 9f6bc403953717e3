import type { Seller } from '../../config/config.js'
import { addDays } from '../../core/duration.js'
import { toDay, toLocalDate } from '../../core/local-date.js'
import { scale } from '../../core/money.js'
import type { Period } from '../../core/period.js'
import type { DescribedLine, OrderStatus } from '../orders/index.js'
import type { PaymentMethod } from '../payment-methods/index.js'
import { type DocumentPayment, statePayments } from './document-payment.rules.js'
import type {
  BuyerDetails,
  DocumentLine,
  DocumentNote,
  DocumentSnapshot,
  InvoiceFormat,
  MerchantOfRecord,
  TaxLine,
} from './document-snapshot.js'
import type { Messages } from './i18n/messages.js'
import { calculateTaxes, netLines, sumOfRates, type TaxDecision } from './tax/tax.rules.js'

/** Whether the document states a tax with a rate, which may be 0. */
export function isTaxed({ category }: TaxLine): boolean {
  return category !== 'NOT_TAXED' && category !== 'OUT_OF_SCOPE'
}

/** Why no tax is charged, in words that the law requires. */
export function reasonsWithoutTax(
  { category, customerOwesTax }: TaxLine,
  { outOfScope, reverseCharge }: Pick<Messages, 'outOfScope' | 'reverseCharge'>,
): string[] {
  return [
    ...(category === 'OUT_OF_SCOPE' ? [outOfScope] : []),
    ...(category === 'REVERSE_CHARGE' || customerOwesTax ? [reverseCharge] : []),
  ]
}

/** Discounts are lines with negative amounts. */
export function isDiscount({ amount }: Pick<DocumentLine, 'amount'>): boolean {
  return amount.startsWith('-')
}

/** The taxes of a line: all of the document, except in a tax correction, whose discount is the part without tax. */
export function taxesOf(line: DocumentLine, { taxes }: Pick<DocumentSnapshot, 'taxes'>): readonly TaxLine[] {
  const isWithout = ({ net }: TaxLine) => net.startsWith('-')
  return taxes.some(isWithout) ? taxes.filter((tax) => isWithout(tax) === isDiscount(line)) : taxes
}

/** What a customer states when paying a document: the number of the invoice, or the id of the order of a pro forma. */
export function paymentReference({ number, orderId }: Pick<DocumentSnapshot, 'number' | 'orderId'>): string {
  return number ?? String(orderId)
}

/** The amount due of a document: its total less what is already paid. @returns minor units, as text */
export function amountToPay({ total, paid, prepaid = '0' }: Pick<DocumentSnapshot, 'total' | 'paid' | 'prepaid'>): string {
  return paid ? '0' : (BigInt(total) - BigInt(prepaid)).toString()
}

/**
 * The last day that documents print for a period: the day before its end, so that it is never the first day of the next
 * period. A period that ends on the day of its start, or before the next day is over, has that day only. An end in the
 * last millisecond of a day is the end of this day, as administrators set it.
 * @param timeZone  of the seller
 * @returns for example "2026-06-03"
 */
export function lastDay({ start, end }: { start: string; end: string }, timeZone: string): string {
  const firstDay = toLocalDate(new Date(start), timeZone)
  const day = toDay(addDays(new Date(toLocalDate(new Date(Date.parse(end) + 1), timeZone)), -1))
  return day < firstDay ? firstDay : day
}

/** @returns for example "INV-2026-000001" */
export function invoiceNumber(series: string, year: number, sequence: number): string {
  return `${series}-${year}-${String(sequence).padStart(6, '0')}`
}

/** The year in the seller's time zone: 2026-12-31T23:30Z is 2027 in Europe/Berlin. */
export function sellersYear(at: Date, timeZone: string): number {
  return Number(toLocalDate(at, timeZone).slice(0, 4))
}

/** Total, and the lines and taxes that it consists of. Amounts are decimal strings of minor units. */
export type InvoiceTotals = Pick<DocumentSnapshot, 'lines' | 'subtotal' | 'taxes' | 'tax' | 'total'>

/**
 * Calculates the totals of lines that all have the same taxes. The total is net plus tax, whether or not the prices
 * include tax.
 */
export function calculateTotals(lines: readonly DescribedLine[], tax: TaxDecision, pricesIncludeTax: boolean): InvoiceTotals {
  const rates = tax.taxes.map(({ millionths }) => millionths)
  const rate = sumOfRates(rates)
  const isInclusive = pricesIncludeTax && rate > 0
  const listed = lines.map((line) => line.amount)
  const amounts = calculateTaxes(sumOf(listed), rates, isInclusive)
  const net = isInclusive ? netLines(listed, amounts.net, rate) : listed
  const taxTotal = sumOf(amounts.taxes)
  return {
    lines: lines.map((line, index) => documentLine(line, net[index] ?? 0n)),
    subtotal: amounts.net.toString(),
    taxes: tax.taxes.map((applied, index) => ({ ...applied, net: amounts.net.toString(), tax: String(amounts.taxes[index]) })),
    tax: taxTotal.toString(),
    total: (amounts.net + taxTotal).toString(),
  }
}

function sumOf(amounts: readonly bigint[]): bigint {
  return amounts.reduce((sum, amount) => sum + amount, 0n)
}

interface SnapshotInput {
  kind: DocumentSnapshot['kind']
  number: string | null
  /** Its purchase order replaces that of the buyer. */
  order: { id: bigint; currency: string; status: OrderStatus; amount?: bigint; purchaseOrder?: string | null }
  lines: readonly DescribedLine[]
  tax: TaxDecision
  pricesIncludeTax: boolean
  period: Period | null
  issuer: Seller
  buyer: BuyerDetails
  timeZone: string
  locale: string
  date: Date
  dueDate: Date
  /** The document shows them if something is to pay. */
  paymentMethods: readonly PaymentMethod[]
  merchantOfRecord: MerchantOfRecord | null
  isTest: boolean
  /** Whether nothing is to pay when the document is issued. */
  isPaid: boolean
  /** What is paid before the issue or right after it, minor units. Ignored if `isPaid`. Default: 0. */
  prepaid?: bigint
  /** How a paid document was paid, in this order; the part that exceeds `order.amount` is left out. Default: unknown. */
  payments?: readonly DocumentPayment[]
  /** The profile of the electronic invoice. Ignored for other documents than invoices. */
  format?: InvoiceFormat
  /** Default: none. */
  notes?: readonly DocumentNote[]
}

/** Builds the snapshot of a sale. */
export function buildSnapshot(sale: SnapshotInput): DocumentSnapshot {
  const {
    kind,
    number,
    order,
    lines,
    tax,
    pricesIncludeTax,
    period,
    isPaid,
    prepaid = 0n,
    date,
    dueDate,
    paymentMethods,
    buyer,
    format,
    notes = [],
    payments = [],
    ...unchanged
  } = sale
  const totals = calculateTotals(lines, tax, pricesIncludeTax)
  const total = BigInt(totals.total)
  const paidBefore = isPaid ? 0n : prepaid < total ? prepaid : total
  const isToPay = !isPaid && kind !== 'STATEMENT' && total > paidBefore && paymentMethods.length > 0
  const methods = paymentMethods.map(({ name, instructions, iban, bic }) => ({ name, instructions, iban, bic }))
  return {
    ...unchanged,
    ...totals,
    ...(paidBefore > 0n && { prepaid: paidBefore.toString() }),
    ...(kind === 'INVOICE' && format !== undefined && format !== 'FACTUR_X' && { format }),
    ...(notes.length > 0 && { notes: [...notes] }),
    ...(isPaid && payments.length > 0 && { payments: statePayments(payments, order.amount ?? total) }),
    buyer: { ...buyer, purchaseOrder: order.purchaseOrder ?? buyer.purchaseOrder },
    kind,
    number,
    orderId: Number(order.id),
    orderStatus: order.status,
    paid: isPaid,
    date: date.toISOString(),
    supplyDate: (period?.start ?? date).toISOString(),
    dueDate: dueDate.toISOString(),
    period: period && { start: period.start.toISOString(), end: period.end.toISOString() },
    currency: order.currency,
    vatIdCheck: tax.check,
    credited: null,
    howToPay: isToPay ? { methods } : null,
  }
}

/** @param net  net amount of the whole line; an indivisible unit price has up to four more digits */
function documentLine({ description, quantity }: DescribedLine, net: bigint): DocumentLine {
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
