import type { Config } from '../../../config/config.js'
import { DAY_MS } from '../../../core/duration.js'
import type { Transaction } from '../../../platform/postgres/client.js'
import { runTransaction } from '../../../platform/postgres/transaction.js'
import type { Services } from '../../services.js'
import { publishEvents } from '../../webhooks/index.js'

const REMINDER_BATCH_SIZE = 500

interface DueReminder {
  readonly invoiceId: bigint
  readonly number: string
  readonly orderId: bigint
  readonly userId: string
  readonly organisationId: string | null
  readonly currency: string
  readonly due: bigint
  readonly dueAt: Date
  readonly days: number
}

/**
 * Publishes the reminders of open invoices: `invoice.due` until the due date, `invoice.overdue` after it; once for each of
 * the days of REMINDER_DAYS. If several are late, only the last one is published.
 */
export async function remindOfInvoices({ db, clock, config }: Pick<Services, 'clock' | 'config' | 'db'>): Promise<void> {
  for (;;) {
    const count = await runTransaction(db, async (tx) => {
      const at = clock.now()
      const reminders = await storeReminders(tx, config.renewals, at)
      await publishEvents(
        tx,
        reminders.map(({ days, due, dueAt, invoiceId, number, orderId, currency, userId, organisationId }) => ({
          type: days > 0 ? 'invoice.overdue' : 'invoice.due',
          customer: { userId, organisationId },
          payload: { invoiceId, number, orderId, amountDue: due.toString(), currency, dueAt: dueAt.toISOString(), days },
          at,
        })),
      )
      return reminders.length
    })
    if (count < REMINDER_BATCH_SIZE) return
  }
}

/** Stores the reminders that are due now, of a batch of invoices, and returns the last one of each invoice. */
function storeReminders(tx: Transaction, { reminderDays }: Config['renewals'], at: Date): Promise<DueReminder[]> {
  const latest = new Date(at.getTime() - Math.min(...reminderDays) * DAY_MS)
  return tx.$queryRaw<DueReminder[]>`
    WITH due AS (
      SELECT invoice.id, (SELECT max(day) FROM unnest(${[...reminderDays]}::int[]) AS day
        WHERE invoice.due_at + day * interval '1 day' <= ${at.toISOString()}::timestamptz) AS days
      FROM invoices AS invoice
      WHERE invoice.status = 'OPEN' AND invoice.due_at <= ${latest.toISOString()}::timestamptz),
    stored AS (
      INSERT INTO invoice_reminders (invoice_id, due_at, days, sent_at)
      SELECT invoice.id, invoice.due_at, due.days, ${at.toISOString()}::timestamptz
      FROM due JOIN invoices AS invoice ON invoice.id = due.id
      WHERE due.days IS NOT NULL AND NOT EXISTS (
        SELECT FROM invoice_reminders AS sent
        WHERE sent.invoice_id = invoice.id AND sent.due_at = invoice.due_at AND sent.days >= due.days)
      ORDER BY invoice.id LIMIT ${REMINDER_BATCH_SIZE}
      ON CONFLICT DO NOTHING
      RETURNING invoice_id, days)
    SELECT invoice.id AS "invoiceId", invoice.number, invoice.order_id AS "orderId", invoice.user_id AS "userId",
      invoice.organisation_id AS "organisationId", invoice.currency,
      invoice.total - invoice.credited_total - invoice.paid_total AS due, invoice.due_at AS "dueAt", stored.days
    FROM stored JOIN invoices AS invoice ON invoice.id = stored.invoice_id ORDER BY invoice.id`
}
