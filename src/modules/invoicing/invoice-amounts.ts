import { type MoneyAmount, unitPriceDecimal } from '../../core/money.js'
import { formatPercentage } from '../../core/percentage.js'
import type { DocumentSnapshot, TaxLine } from './document-snapshot.js'
import type { InvoiceTotals } from './invoice.rules.js'
import type { InvoiceLine, InvoicePreview, InvoiceTax } from './invoice.type.js'

/** The amounts of an invoice that is not issued yet, in the form of the API. */
export function toInvoicePreview({ currency, lines, subtotal, taxes, tax, total }: InvoiceTotals & { currency: string }): InvoicePreview {
  const money = moneyIn(currency)
  return {
    lines: toInvoiceLines(lines, currency),
    subtotal: money(subtotal),
    taxes: toInvoiceTaxes(taxes, currency),
    tax: money(tax),
    total: money(total),
  }
}

function moneyIn(currency: string): (minorUnits: string) => MoneyAmount {
  return (minorUnits) => ({ minorUnits: BigInt(minorUnits), currency })
}

export function toInvoiceLines(lines: DocumentSnapshot['lines'], currency: string): InvoiceLine[] {
  const money = moneyIn(currency)
  return lines.map(({ description, quantity, unitPrice, amount }) => {
    return { description, quantity, unitPrice: unitPriceDecimal(unitPrice, currency), amount: money(amount) }
  })
}

export function toInvoiceTaxes(taxes: readonly TaxLine[], currency: string): InvoiceTax[] {
  const money = moneyIn(currency)
  return taxes.map(({ category, name, millionths, net, tax, exemption }) => ({
    category,
    name,
    percentage: formatPercentage(millionths),
    basisPoints: Math.round(millionths / 100),
    net: money(net),
    tax: money(tax),
    exemption,
  }))
}
