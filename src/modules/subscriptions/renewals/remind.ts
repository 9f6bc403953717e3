import type { Config } from '../../../config/config.js'
import { addDays } from '../../../core/duration.js'
import type { Database, Transaction } from '../../../platform/postgres/client.js'
import { Prisma } from '../../../platform/postgres/generated/client.js'
import { readBatches, runForEachRow } from '../../../platform/postgres/read-batches.js'
import { runTransaction } from '../../../platform/postgres/transaction.js'
import { type Customer, lockCustomer } from '../../identity/index.js'
import type { Services } from '../../services.js'
import { publishEvent } from '../../webhooks/index.js'

const REMINDER_BATCH_SIZE = 500

interface DueInvoice extends Customer {
  readonly id: bigint
  readonly dueAt: Date
}

interface Reminder extends Customer {
  readonly number: string
  readonly orderId: bigint
  readonly currency: string
  readonly due: bigint
  readonly dueAt: Date
  readonly days: number
}

/**
 * Publishes the reminders of open invoices: `invoice.due` until the due date, `invoice.overdue` after it; once for each of
 * the days of REMINDER_DAYS. If several are late, only the last one is published. Each has a transaction of its own,
 * because events are published under the lock of their customer, which keeps them in order.
 * @throws AggregateError of the failures
 */
export async function remindOfInvoices({ db, clock, config }: Pick<Services, 'clock' | 'config' | 'db'>): Promise<void> {
  const until = clock.now()
  const read = (last: DueInvoice | undefined) => listDue(db, config.renewals, until, last)
  const remind = ({ id, userId, organisationId }: DueInvoice) =>
    runTransaction(db, async (tx) => {
      await lockCustomer(tx, { userId, organisationId })
      await publishReminder(tx, config.renewals, id, clock.now())
    })
  await runForEachRow(readBatches(REMINDER_BATCH_SIZE, read), remind, 'reminders could not be published')
}

/** The last of the days of REMINDER_DAYS that is due now of an invoice, unless its reminder was sent. */
function lastDay({ reminderDays }: Config['renewals'], at: Date): Prisma.Sql {
  return Prisma.sql`
    SELECT max(day) AS days FROM unnest(${[...reminderDays]}::int[]) AS day
    WHERE invoice.due_at + day * interval '1 day' <= ${at.toISOString()}::timestamptz
    HAVING NOT EXISTS (
      SELECT FROM invoice_reminders AS sent
      WHERE sent.invoice_id = invoice.id AND sent.due_at = invoice.due_at AND sent.days >= max(day))`
}

function listDue(db: Database, renewals: Config['renewals'], at: Date, last: DueInvoice | undefined): Promise<DueInvoice[]> {
  const latest = addDays(at, -Math.min(...renewals.reminderDays))
  return db.$queryRaw<DueInvoice[]>`
    SELECT invoice.id, invoice.due_at AS "dueAt", invoice.user_id AS "userId", invoice.organisation_id AS "organisationId"
    FROM invoices AS invoice, LATERAL (${lastDay(renewals, at)}) AS last
    WHERE invoice.status = 'OPEN' AND invoice.due_at <= ${latest.toISOString()}::timestamptz AND last.days IS NOT NULL
      AND (invoice.due_at, invoice.id) > (${last?.dueAt.toISOString() ?? '-infinity'}::timestamptz, ${last?.id ?? 0n}::bigint)
    ORDER BY invoice.due_at, invoice.id LIMIT ${REMINDER_BATCH_SIZE}`
}

/** Stores the reminder of an invoice that is due now, and publishes it. Call it under the customer's lock. */
async function publishReminder(tx: Transaction, renewals: Config['renewals'], invoiceId: bigint, at: Date): Promise<void> {
  const [reminder] = await tx.$queryRaw<Reminder[]>`
    WITH stored AS (
      INSERT INTO invoice_reminders (invoice_id, due_at, days, sent_at)
      SELECT invoice.id, invoice.due_at, last.days, ${at.toISOString()}::timestamptz
      FROM invoices AS invoice, LATERAL (${lastDay(renewals, at)}) AS last
      WHERE invoice.id = ${invoiceId} AND invoice.status = 'OPEN' AND last.days IS NOT NULL
      ON CONFLICT DO NOTHING
      RETURNING invoice_id, days)
    SELECT invoice.number, invoice.order_id AS "orderId", invoice.user_id AS "userId", invoice.organisation_id AS "organisationId",
      invoice.currency, invoice.total - invoice.credited_total - invoice.paid_total AS due, invoice.due_at AS "dueAt", stored.days
    FROM stored JOIN invoices AS invoice ON invoice.id = stored.invoice_id`
  if (!reminder) return
  const { days, due, dueAt, number, orderId, currency, userId, organisationId } = reminder
  await publishEvent(tx, {
    type: days > 0 ? 'invoice.overdue' : 'invoice.due',
    customer: { userId, organisationId },
    payload: { invoiceId, number, orderId, amountDue: due.toString(), currency, dueAt: dueAt.toISOString(), days },
    at,
  })
}
