import type { Issuer } from '../config.js'
import type { Buyer, DocumentSnapshot } from './invoice.rules.js'

/** What the document is called, on the page and in the file's properties. */
export function title({ kind, number, orderId }: DocumentSnapshot): string {
  return kind === 'INVOICE' ? `Invoice ${number}` : `Pro forma for order ${orderId}`
}

/** The labelled facts at the top right. @param date  writes an ISO 8601 time as a day */
export function facts(document: DocumentSnapshot, date: (iso: string) => string): [string, string][] {
  const { kind, number, orderId, period } = document
  return [
    ...(number ? [['Number', number] satisfies [string, string]] : []),
    ['Order', String(orderId)],
    ['Date', date(document.date)],
    [kind === 'INVOICE' ? 'Due date' : 'Valid until', date(document.dueDate)],
    ...(period ? [['Service period', `${date(period.start)} – ${date(lastMoment(period.end))}`] satisfies [string, string]] : []),
    ['Status', status(document)],
  ]
}

/** People read a period with its last day included. */
function lastMoment(end: string): string {
  return new Date(new Date(end).getTime() - 1).toISOString()
}

function status({ kind, paid, orderStatus }: DocumentSnapshot): string {
  if (kind === 'INVOICE') return paid ? 'Paid' : 'Open'
  return orderStatus === 'PENDING' ? 'Awaiting approval' : `${orderStatus[0]}${orderStatus.slice(1).toLowerCase()}`
}

/** Seller or buyer, a line each; what is not known is left out. */
export function partyLines(party: Issuer | Buyer, email: string | null | undefined): string[] {
  const { name, address, zip, city, state, country, taxId } = party
  const place = [[zip, city].filter(Boolean).join(' '), state, country].filter(Boolean).join(', ')
  return [name, address, place, taxId && `Tax ID: ${taxId}`, email].filter((line): line is string => Boolean(line))
}
