import { toLocalDate } from '../../../core/local-date.js'
import { formatDecimal } from '../../../core/money.js'
import { formatPercentage } from '../../../core/percentage.js'
import type { DocumentLine, DocumentSnapshot, InvoiceFormat, TaxLine } from '../document-snapshot.js'
import { messagesFor } from '../i18n/languages.js'
import { amountToPay, isDiscount, isTaxed, lastDay, reasonsWithoutTax, taxesOf } from '../invoice.rules.js'
import { type StatedParty, stateBuyer, stateSeller } from './stated-party.rules.js'
import { type PaymentMeans, statePaymentMeans, stateReference } from './stated-payment.rules.js'
import { statedText } from './stated-text.rules.js'

/** Guideline (BT-24) and business process (BT-23) of each profile. Those of the French reform depend on the payment. */
const PROFILES: Readonly<Record<InvoiceFormat, { guideline: string; process?: string }>> = {
  FACTUR_X: { guideline: 'urn:cen.eu:en16931:2017' },
  FRANCE: { guideline: 'urn:cen.eu:en16931:2017' },
  XRECHNUNG: {
    guideline: 'urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0',
    process: 'urn:fdc:peppol.eu:2017:poacc:billing:01:1.0',
  },
  PEPPOL: {
    guideline: 'urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0',
    process: 'urn:fdc:peppol.eu:2017:poacc:billing:01:1.0',
  },
}

/** Services, still to be paid or already paid. Source: BR-FR-08 and BR-FR-CO-09 of XP Z12-012. */
const FRENCH_PROCESSES = { open: 'S1', paid: 'S2' }

/**
 * Tax categories (UNTDID 5305), with reason and VATEX code if no tax is charged. Source: EN 16931-1, BG-23.
 */
const CATEGORIES: Readonly<Record<TaxLine['category'], { code: string; reasonCode?: string }>> = {
  STANDARD: { code: 'S' },
  ZERO: { code: 'Z' },
  EXEMPT: { code: 'E' },
  REVERSE_CHARGE: { code: 'AE', reasonCode: 'VATEX-EU-AE' },
  OUT_OF_SCOPE: { code: 'O', reasonCode: 'VATEX-EU-O' },
  NOT_TAXED: { code: 'O', reasonCode: 'VATEX-EU-O' },
}

/** A group of the breakdown (BG-23), and category and rate of its lines. */
export interface StatedTax {
  readonly category: string
  /** Percent. Undefined for a document that is not subject to VAT, which has no rate, not even 0: rule BR-O-05. */
  readonly rate: string | undefined
  /** The rate of the breakdown (BT-119). */
  readonly totalRate: string | undefined
  readonly reason: string | undefined
  readonly reasonCode: string | undefined
  readonly net: string
  readonly tax: string
}

/** Amounts of BG-22. */
interface StatedTotals {
  readonly lines: string
  readonly allowances: string
  readonly charges: string
  readonly net: string
  readonly tax: string
  readonly total: string
  readonly prepaid: string
  readonly due: string
}

/**
 * What an electronic invoice states, in the terms of EN 16931-1 and without a syntax. Amounts are decimals in the currency of the
 * document, and days have the form "2026-05-01".
 */
export interface StatedInvoice {
  readonly guideline: string
  readonly process: string | undefined
  readonly kind: 'INVOICE' | 'CREDIT_NOTE'
  readonly number: string
  readonly day: string
  readonly dueDay: string
  readonly deliveryDay: string
  readonly period: { readonly start: string; readonly end: string } | undefined
  /** BG-1. */
  readonly notes: readonly { readonly subject: string | undefined; readonly text: string }[]
  readonly currency: string
  /** BT-6 and BT-111. */
  readonly accountingTax: { readonly currency: string; readonly tax: string } | undefined
  /** BT-10. */
  readonly buyerReference: string | undefined
  /** BT-13. */
  readonly purchaseOrder: string | undefined
  /** BT-14. */
  readonly salesOrder: string
  /** BG-3. */
  readonly credited: { readonly number: string; readonly day: string } | undefined
  readonly seller: StatedParty
  readonly buyer: StatedParty
  /** BT-83. */
  readonly paymentReference: string | undefined
  readonly paymentMeans: readonly PaymentMeans[]
  /** One, except for a tax correction. */
  readonly taxes: readonly StatedTax[]
  /** Discounts, because the standard does not allow negative prices (BR-27). */
  readonly allowances: readonly { readonly reason: string | undefined; readonly amount: string; readonly tax: StatedTax }[]
  readonly lines: readonly {
    readonly description: string | undefined
    readonly quantity: number
    readonly amount: string
    readonly tax: StatedTax
  }[]
  readonly totals: StatedTotals
}

/** A document that the standard covers, as `missingFor` checks. */
export type ExpressibleDocument = DocumentSnapshot & {
  kind: StatedInvoice['kind']
  number: string
  taxes: readonly [TaxLine, ...TaxLine[]]
}

/** Builds what an invoice or credit note states in a format. Details that are missing are undefined or empty. */
export function stateInvoice(document: ExpressibleDocument, format: InvoiceFormat): StatedInvoice {
  const { currency, lines, credited, period, timeZone, buyer } = document
  const [firstTax] = document.taxes
  const { guideline, process } = PROFILES[format]
  const terms = { format, isTaxed: isTaxed(firstTax) }
  const day = (iso: string) => toLocalDate(new Date(iso), timeZone)
  const amount = (minorUnits: string) => formatDecimal({ minorUnits: BigInt(minorUnits), currency })
  const taxes = new Map(document.taxes.map((line) => [line, stateTax(line, document, format)]))
  const taxOf = (line: DocumentLine) => taxes.get(taxesOf(line, document)[0] ?? firstTax) ?? stateTax(firstTax, document, format)
  const references = needsReference(format) ? [buyer.reference, buyer.purchaseOrder, String(document.orderId)] : [buyer.reference]
  return {
    guideline,
    process: format === 'FRANCE' ? FRENCH_PROCESSES[isPaid(document) ? 'paid' : 'open'] : process,
    kind: document.kind,
    number: document.number,
    day: day(document.date),
    dueDay: day(dueMoment(document, format)),
    deliveryDay: day(document.supplyDate),
    period: period ? { start: day(period.start), end: lastDay(period, timeZone) } : undefined,
    notes: stateNotes(document),
    currency,
    accountingTax: stateAccountingTax(document, format),
    buyerReference: references.map(statedText).find((reference) => reference !== undefined),
    purchaseOrder: statedText(buyer.purchaseOrder),
    salesOrder: String(document.orderId),
    credited: credited ? { number: credited.number, day: day(credited.date) } : undefined,
    seller: stateSeller(document.issuer, terms),
    buyer: stateBuyer(buyer, terms),
    paymentReference: stateReference(document),
    paymentMeans: statePaymentMeans(document, format),
    taxes: [...taxes.values()],
    allowances: lines
      .filter(isDiscount)
      .map((line) => ({ reason: statedText(line.description), amount: amount(line.amount.slice(1)), tax: taxOf(line) })),
    lines: lines
      .filter((line) => !isDiscount(line))
      .map((line) => ({
        description: statedText(line.description),
        quantity: line.quantity,
        amount: amount(line.amount),
        tax: taxOf(line),
      })),
    totals: stateTotals(document, amount),
  }
}

/**
 * XRechnung and Peppol require a reference of the buyer (BR-DE-15, PEPPOL-EN16931-R003). Without one, it is the purchase order, or
 * else the id of our order.
 */
function needsReference(format: InvoiceFormat): boolean {
  return format === 'XRECHNUNG' || format === 'PEPPOL'
}

function stateNotes({ notes = [] }: DocumentSnapshot): StatedInvoice['notes'] {
  return notes.flatMap((note) => {
    const text = statedText(note.text)
    return text === undefined ? [] : [{ subject: statedText(note.subject), text }]
  })
}

/**
 * When the amount is due. For the French reform, that of a paid invoice is the day of the payment (BR-FR-CO-09), and that of an open
 * one is not before its issue (BR-FR-CO-07).
 */
function dueMoment(document: DocumentSnapshot, format: InvoiceFormat): string {
  const { date, dueDate, payments = [] } = document
  if (format !== 'FRANCE') return dueDate
  if (isPaid(document)) return payments.at(-1)?.at ?? dueDate
  return new Date(dueDate) < new Date(date) ? date : dueDate
}

function isPaid(document: DocumentSnapshot): boolean {
  return amountToPay(document) === '0'
}

/** France requires the tax in euros (BR-FR-CO-12). No tax is 0 at any rate. */
function stateAccountingTax({ accountingTax, currency, tax }: DocumentSnapshot, format: InvoiceFormat): StatedInvoice['accountingTax'] {
  if (accountingTax && accountingTax.currency !== currency) {
    return {
      currency: accountingTax.currency,
      tax: formatDecimal({ minorUnits: BigInt(accountingTax.tax), currency: accountingTax.currency }),
    }
  }
  const isZeroInEuros = format === 'FRANCE' && currency !== 'EUR' && tax === '0'
  return isZeroInEuros ? { currency: 'EUR', tax: formatDecimal({ minorUnits: 0n, currency: 'EUR' }) } : undefined
}

/**
 * German rules require a rate of the breakdown even where the standard does not (BR-DE-14, DE-R-014). The standard allows it there,
 * but not in the lines.
 */
function stateTax(line: TaxLine, { issuer, buyer, currency, locale }: DocumentSnapshot, format: InvoiceFormat): StatedTax {
  const { code, reasonCode } = CATEGORIES[line.category]
  // The same words as on the printed document. A document that is not taxed at all has only the code.
  const reasons = reasonsWithoutTax(line, messagesFor(locale).messages)
  const rate = isTaxed(line) ? formatPercentage(line.millionths) : undefined
  const isGerman = format === 'XRECHNUNG' || (format === 'PEPPOL' && issuer.country === 'DE' && buyer.country === 'DE')
  return {
    category: code,
    rate,
    totalRate: rate ?? (isGerman ? '0' : undefined),
    reason: statedText(line.exemption) ?? (reasons.length > 0 ? reasons.join(' ') : undefined),
    reasonCode,
    net: formatDecimal({ minorUnits: BigInt(line.net), currency }),
    tax: formatDecimal({ minorUnits: BigInt(line.tax), currency }),
  }
}

function stateTotals(document: DocumentSnapshot, amount: (minorUnits: string) => string): StatedTotals {
  const { lines, subtotal, tax, total } = document
  const due = amountToPay(document)
  const allowances = -sumOf(lines.filter(isDiscount))
  return {
    lines: amount((BigInt(subtotal) + allowances).toString()),
    allowances: amount(allowances.toString()),
    charges: amount('0'),
    net: amount(subtotal),
    tax: amount(tax),
    total: amount(total),
    prepaid: amount((BigInt(total) - BigInt(due)).toString()),
    due: amount(due),
  }
}

function sumOf(lines: readonly { readonly amount: string }[]): bigint {
  return lines.reduce((sum, { amount }) => sum + BigInt(amount), 0n)
}
