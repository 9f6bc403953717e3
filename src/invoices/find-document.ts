import type { Database } from '../database/client.js'
import type { Order } from '../database/generated/client.js'
import type { Services } from '../database/services.js'
import { orderLines, readBuyer } from './document-parts.js'
import { type DocumentSnapshot, snapshotOf } from './invoice.rules.js'

/** What the PDF of an order shows: its invoice as issued, or a pro forma as long as there is none. */
export async function findDocument(services: Services, order: Order): Promise<DocumentSnapshot> {
  const invoice = await services.db.invoice.findFirst({ where: { orderId: order.id, kind: 'INVOICE' }, select: { snapshot: true } })
  return invoice ? (invoice.snapshot as unknown as DocumentSnapshot) : proForma(services, services.db, order)
}

async function proForma({ config }: Services, db: Database, order: Order): Promise<DocumentSnapshot> {
  const { issuer, timeZone } = config.invoices
  const [lines, buyer] = await Promise.all([orderLines(db, order.id), readBuyer(db, order)])
  return snapshotOf({
    kind: 'PRO_FORMA',
    number: null,
    order,
    lines,
    period: null,
    issuer,
    buyer,
    timeZone,
    date: order.placedAt,
    dueDate: order.expiresAt ?? order.placedAt,
  })
}
