import type { DocumentLine, DocumentSnapshot, VatIdCheck } from './document-snapshot.js'
import { type TaxDecision, taxShare, taxShares } from './tax/tax.rules.js'

interface CreditNoteInput {
  number: string
  invoice: DocumentSnapshot
  /** Sum of the earlier credit notes in minor units, tax included. */
  creditedBefore: bigint
  /** Amount of this credit note in minor units, tax included. */
  amount: bigint
  reason: string | null
  date: Date
}

/**
 * Builds a full or partial credit note with the rates, tax ids, notes and texts of the invoice. Amounts are
 * positive.
 */
export function buildCreditNote({ number, invoice, creditedBefore, amount, reason, date }: CreditNoteInput): DocumentSnapshot {
  const total = BigInt(invoice.total)
  const isFullCredit = amount === total
  const creditedAfter = creditedBefore + amount
  const listed = invoice.taxes.map((line) => BigInt(line.tax))
  const taxes = taxShares(total, listed, creditedBefore, creditedAfter)
  const tax = taxes.reduce((sum, part) => sum + part, 0n)
  const subtotal = (amount - tax).toString()
  return {
    ...creditTerms(invoice, { number, reason, date }),
    ...partOfAccountingTax(invoice, creditedBefore, creditedAfter),
    lines: isFullCredit ? invoice.lines : [wholeLine(describeItems(invoice), subtotal)],
    subtotal,
    taxes: invoice.taxes.map((line, index) => ({ ...line, net: subtotal, tax: String(taxes[index]) })),
    tax: tax.toString(),
    total: amount.toString(),
  }
}

/** The tax in the national currency within a part of an invoice, if the invoice states it. Parameters as those of `taxShare`. */
function partOfAccountingTax({ total, accountingTax }: DocumentSnapshot, before: bigint, after: bigint) {
  if (!accountingTax) return {}
  const tax = taxShare(BigInt(total), BigInt(accountingTax.tax), before, after).toString()
  return { accountingTax: { ...accountingTax, tax } }
}

/** What all credit notes of an invoice have in common. */
function creditTerms(invoice: DocumentSnapshot, { number, reason, date }: Pick<CreditNoteInput, 'number' | 'reason' | 'date'>) {
  const { prepaid, payments, accountingTax, ...unchanged } = invoice
  return {
    ...unchanged,
    kind: 'CREDIT_NOTE',
    number,
    paid: true,
    howToPay: null,
    date: date.toISOString(),
    dueDate: date.toISOString(),
    credited: { number: invoice.number ?? '', date: invoice.date, reason },
  } as const
}

function describeItems({ lines }: DocumentSnapshot): string {
  return lines.map(({ description }) => description).join(', ')
}

function wholeLine(description: string, amount: string): DocumentLine {
  return { description, quantity: 1, unitPrice: amount, amount }
}

/** Why a sale turns out to be subject to reverse charge after its invoice. */
export interface TaxCorrection extends TaxDecision {
  readonly check: VatIdCheck
}

/** What earlier credit notes have credited of an invoice, minor units. */
interface CreditedAmounts {
  /** Tax included. */
  readonly total: bigint
  readonly tax: bigint
}

/**
 * Builds the credit note for all tax that is left on an invoice. It credits the items with their tax and states them again
 * without: 1000 at 19% is a credit note over 190, with the lines 1000 at 19% and -1000 with reverse charge.
 */
export function buildTaxCorrection({
  number,
  invoice,
  credited,
  correction: { check, taxes },
  describeAgain,
  reason,
  date,
}: Pick<CreditNoteInput, 'number' | 'invoice' | 'reason' | 'date'> & {
  readonly credited: CreditedAmounts
  readonly correction: TaxCorrection
  /** Describes the items as those with reverse charge. */
  readonly describeAgain: (items: string) => string
}): DocumentSnapshot {
  const tax = (BigInt(invoice.tax) - credited.tax).toString()
  const net = (BigInt(invoice.total) - credited.total - BigInt(tax)).toString()
  const items = describeItems(invoice)
  return {
    ...creditTerms(invoice, { number, reason, date }),
    ...partOfAccountingTax(invoice, credited.total, BigInt(invoice.total)),
    buyer: { ...invoice.buyer, taxId: check.vatId },
    vatIdCheck: check,
    lines: [wholeLine(items, net), wholeLine(describeAgain(items), `-${net}`)],
    subtotal: '0',
    taxes: [...invoice.taxes.map((line) => ({ ...line, net, tax })), ...taxes.map((line) => ({ ...line, net: `-${net}`, tax: '0' }))],
    tax,
    total: tax,
  }
}

/** An invoice as its tax correction leaves it, so that further credit notes have no tax. */
export function withoutTax(invoice: DocumentSnapshot, correction: DocumentSnapshot): DocumentSnapshot {
  const { accountingTax, ...unchanged } = invoice
  const { buyer, vatIdCheck, taxes } = correction
  const total = invoice.subtotal
  return {
    ...unchanged,
    buyer,
    vatIdCheck,
    taxes: taxes.filter(({ net }) => net.startsWith('-')).map((line) => ({ ...line, net: total })),
    tax: '0',
    total,
  }
}
