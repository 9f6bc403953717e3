import { LRUCache } from 'lru-cache'
import { DomainError } from '../../core/errors.js'
import type { Database } from '../../platform/postgres/client.js'
import type { Order } from '../../platform/postgres/generated/client.js'
import { maySee, type Viewer } from '../identity/index.js'
import type { Services } from '../services.js'
import { type DocumentSnapshot, snapshotOf } from './invoice.rules.js'
import { readSale } from './invoice-data.queries.js'

/** An issued document, as far as its file goes. */
export interface Issued {
  id: number
  number: string
  userId: number
  organisationId: number | null
}

const FIELDS = { id: true, number: true, userId: true, organisationId: true } as const

/** The order's invoice or statement, when there is one. */
export function findIssuedFor(db: Database, orderId: number): Promise<Issued | null> {
  return db.invoice.findFirst({ where: { orderId, kind: { not: 'CREDIT_NOTE' } }, select: FIELDS })
}

/** The database refuses to change any of it, so that it can be remembered. */
const remembered = new WeakMap<Database, LRUCache<number, Issued>>()
const MOST_REMEMBERED = 20_000

export async function findIssued(db: Database, id: number): Promise<Issued | null> {
  const known = remembered.get(db) ?? new LRUCache<number, Issued>({ max: MOST_REMEMBERED })
  remembered.set(db, known)
  const issued = known.get(id) ?? (await db.invoice.findUnique({ where: { id }, select: FIELDS }))
  if (issued) known.set(id, issued)
  return issued
}

/** For the demo, whose invoices can be replaced by others with the same ids. */
export function forgetIssued(db: Database): void {
  remembered.delete(db)
}

/** @throws INVOICE_NOT_FOUND also when the viewer may not see it */
export async function requireIssued(db: Database, viewer: Viewer, id: number): Promise<Issued> {
  const issued = await findIssued(db, id)
  if (!issued || !(await maySee(db, viewer, issued))) throw invoiceNotFound(id)
  return issued
}

export function invoiceNotFound(id: number): DomainError {
  return new DomainError('INVOICE_NOT_FOUND', `There is no invoice ${id} that you may see`)
}

/** What an order will cost, as long as it has no invoice: made anew each time, never kept. */
export async function proForma(services: Services, order: Order): Promise<DocumentSnapshot> {
  const { issuer, timeZone, pricesIncludeTax } = services.config.invoices
  return snapshotOf({
    ...(await readSale(services.db, services, order)),
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
