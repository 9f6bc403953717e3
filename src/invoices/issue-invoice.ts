import type { Period } from '../core/period.js'
import type { Transaction } from '../database/client.js'
import type { Invoice, Order } from '../database/generated/client.js'
import type { Services } from '../database/services.js'
import { appendEvent } from '../events/append-event.js'
import { orderLines, readBuyer } from './document-parts.js'
import { INVOICE_SERIES, invoiceNumber, sellersYear, snapshotOf } from './invoice.rules.js'

interface Issued {
  sequence: number
  at: Date
}

/**
 * Issues the invoice of an order that has just been activated. Call it last in a transaction: the number comes from
 * a counter row that stays locked until the commit, so that numbers have no gap and dates never decrease.
 */
export async function issueInvoice(tx: Transaction, { clock, config }: Services, order: Order, period: Period): Promise<Invoice> {
  const { issuer, timeZone } = config.invoices
  const [lines, buyer] = [await orderLines(tx, order.id), await readBuyer(tx, order)]
  const year = sellersYear(clock.now(), timeZone)
  const { sequence, at } = await nextNumber(tx, INVOICE_SERIES, year, clock.now())
  const number = invoiceNumber(INVOICE_SERIES, year, sequence)
  const snapshot = snapshotOf({
    kind: 'INVOICE',
    number,
    order,
    lines,
    period,
    issuer,
    buyer,
    timeZone,
    date: at,
    dueDate: at,
  })
  const invoice = await tx.invoice.create({
    data: {
      kind: 'INVOICE',
      series: INVOICE_SERIES,
      year,
      sequence,
      number,
      orderId: order.id,
      userId: order.userId,
      organisationId: order.organisationId,
      currency: order.currency,
      subtotal: BigInt(snapshot.subtotal),
      tax: BigInt(snapshot.tax),
      total: BigInt(snapshot.total),
      status: 'PAID',
      issuedAt: at,
      dueAt: at,
      snapshot: snapshot as unknown as object,
    },
  })
  const payload = { invoiceId: invoice.id, number, orderId: order.id, total: snapshot.total, currency: order.currency }
  await appendEvent(tx, { type: 'invoice.issued', holder: order, payload, at })
  return invoice
}

async function nextNumber(tx: Transaction, series: string, year: number, now: Date): Promise<Issued> {
  const rows = await tx.$queryRaw<Issued[]>`
    INSERT INTO invoice_counters AS counter (series, year, last_sequence, last_issued_at) VALUES (${series}, ${year}, 1, ${now})
    ON CONFLICT (series, year) DO UPDATE
      SET last_sequence = counter.last_sequence + 1,
          last_issued_at = GREATEST(counter.last_issued_at, excluded.last_issued_at)
    RETURNING last_sequence AS sequence, last_issued_at AS at`
  const [issued] = rows
  if (!issued) throw new Error('the invoice counter returned no row')
  return issued
}
