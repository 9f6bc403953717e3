import type { Issuer } from '../config.js'
import type { Period } from '../core/period.js'
import type { BillingDetails } from '../database/generated/client.js'
import type { OrderStatus } from '../database/generated/enums.js'
import type { OrderLine } from '../orders/order.rules.js'

export const INVOICE_SERIES = 'INV'

export interface Buyer {
  name: string
  email: string | null
  address: string | null
  city: string | null
  state: string | null
  zip: string | null
  country: string | null
  taxId: string | null
}

/** Amounts are decimal strings of minor units: JSON has no integers beyond 2^53. */
export interface DocumentLine {
  description: string
  quantity: number
  unitPrice: string
  amount: string
}

export interface TaxLine {
  /** Basis points: 1900 is 19%. */
  rate: number
  net: string
  tax: string
}

/** All that a document shows, as it was when it was issued. Times are ISO 8601. */
export interface DocumentSnapshot {
  kind: 'INVOICE' | 'PRO_FORMA'
  /** Null for a pro forma: only issued documents are numbered. */
  number: string | null
  orderId: number
  orderStatus: OrderStatus
  paid: boolean
  date: string
  dueDate: string
  period: { start: string; end: string } | null
  timeZone: string
  locale: string
  currency: string
  issuer: Issuer
  buyer: Buyer
  lines: DocumentLine[]
  subtotal: string
  taxes: TaxLine[]
  tax: string
  total: string
}

/** INV-2026-000001 */
export function invoiceNumber(series: string, year: number, sequence: number): string {
  return `${series}-${year}-${String(sequence).padStart(6, '0')}`
}

/** The seller's year: 2026-12-31T23:30Z in Europe/Berlin is 2027. */
export function sellersYear(at: Date, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-u-ca-gregory', { timeZone, year: 'numeric' }).formatToParts(at)
  return Number(parts.find((part) => part.type === 'year')?.value)
}

export function buyerOf(details: BillingDetails | null, fallbackName: string, email: string | null): Buyer {
  const { name = fallbackName, address = null, city = null, state = null, zip = null, country = null, taxId = null } = details ?? {}
  return { name, email, address, city, state, zip, country, taxId }
}

interface Sale {
  kind: DocumentSnapshot['kind']
  number: string | null
  order: { id: number; currency: string; status: OrderStatus }
  lines: readonly OrderLine[]
  period: Period | null
  issuer: Issuer
  buyer: Buyer
  timeZone: string
  date: Date
  dueDate: Date
}

/** Adds up a sale. No tax is charged: the lines are one group at rate 0. */
export function snapshotOf({ kind, number, order, lines, period, issuer, buyer, timeZone, date, dueDate }: Sale): DocumentSnapshot {
  const subtotal = lines.reduce((sum, line) => sum + line.amount, 0n)
  return {
    kind,
    number,
    orderId: order.id,
    orderStatus: order.status,
    paid: kind === 'INVOICE',
    date: date.toISOString(),
    dueDate: dueDate.toISOString(),
    period: period && { start: period.start.toISOString(), end: period.end.toISOString() },
    timeZone,
    locale: 'en-US',
    currency: order.currency,
    issuer,
    buyer,
    lines: lines.map((line) => ({ ...line, unitPrice: line.unitPrice.toString(), amount: line.amount.toString() })),
    subtotal: subtotal.toString(),
    taxes: [{ rate: 0, net: subtotal.toString(), tax: '0' }],
    tax: '0',
    total: subtotal.toString(),
  }
}
