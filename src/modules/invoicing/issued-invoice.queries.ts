import { LRUCache } from 'lru-cache'
import { DomainError } from '../../core/errors.js'
import type { Database } from '../../platform/postgres/client.js'
import type { Order } from '../../platform/postgres/generated/client.js'
import { canView, type UserPrincipal } from '../identity/index.js'
import type { Services } from '../services.js'
import { buildSnapshot, type DocumentSnapshot } from './invoice.rules.js'
import { getInvoiceData } from './invoice-data.queries.js'

/** An issued document, as far as its file goes. */
export interface IssuedInvoice {
  id: number
  number: string
  userId: number
  organisationId: number | null
}

const FIELDS = { id: true, number: true, userId: true, organisationId: true } as const

/** The order's invoice or statement, when there is one. */
export function findIssuedInvoiceForOrder(db: Database, orderId: number): Promise<IssuedInvoice | null> {
  return db.invoice.findFirst({ where: { orderId, kind: { not: 'CREDIT_NOTE' } }, select: FIELDS })
}

/** The database refuses to change any of it, so that it can be remembered. */
const issuedInvoiceCache = new WeakMap<Database, LRUCache<number, IssuedInvoice>>()
const MAX_CACHED_INVOICES = 20_000

export async function findIssuedInvoice(db: Database, id: number): Promise<IssuedInvoice | null> {
  const known = issuedInvoiceCache.get(db) ?? new LRUCache<number, IssuedInvoice>({ max: MAX_CACHED_INVOICES })
  issuedInvoiceCache.set(db, known)
  const issued = known.get(id) ?? (await db.invoice.findUnique({ where: { id }, select: FIELDS }))
  if (issued) known.set(id, issued)
  return issued
}

/** For the demo, whose invoices can be replaced by others with the same ids. */
export function forgetIssued(db: Database): void {
  issuedInvoiceCache.delete(db)
}

/** @throws INVOICE_NOT_FOUND also when the viewer may not see it */
export async function getVisibleInvoice(db: Database, viewer: UserPrincipal, id: number): Promise<IssuedInvoice> {
  const issued = await findIssuedInvoice(db, id)
  if (!issued || !(await canView(db, viewer, issued))) throw invoiceNotFoundError(id)
  return issued
}

export function invoiceNotFoundError(id: number): DomainError {
  return new DomainError('INVOICE_NOT_FOUND', `There is no invoice ${id} that you may see`)
}

/** What an order will cost, as long as it has no invoice: made anew each time, never kept. */
export async function buildProForma(services: Services, order: Order): Promise<DocumentSnapshot> {
  const { issuer, timeZone, pricesIncludeTax } = services.config.invoices
  return buildSnapshot({
    ...(await getInvoiceData(services.db, services, order)),
    kind: 'PRO_FORMA',
    number: null,
    order,
    period: null,
    issuer,
    timeZone,
    pricesIncludeTax,
    merchantOfRecord: null,
    isTest: false,
    date: order.placedAt,
    dueDate: order.expiresAt ?? order.placedAt,
  })
}
