import type { Transaction } from '../../../platform/postgres/client.js'
import type { Order } from '../../../platform/postgres/generated/client.js'
import { runTransaction } from '../../../platform/postgres/transaction.js'
import { actorName, recordAuditEntry, TERMINAL } from '../../audit/index.js'
import { customerName, lockCustomer } from '../../identity/index.js'
import { notifyOfOrders } from '../../orders/index.js'
import type { Services } from '../../services.js'
import { IMPORTED_REPORT, parseImportedReport } from './imported-report.rules.js'

/** Pending orders with an imported note about a reported payment, and without any stored report, not even a decided one. */
const UNREPORTED = {
  status: 'PENDING',
  // Orders that were placed here have no value, and their notes may be anything.
  invoicedElsewhere: false,
  amount: { gt: 0n },
  notes: { contains: IMPORTED_REPORT },
  reportedPayments: { none: {} },
} as const

/** Adds payments that customers reported before an import to the reported payments. Running it again adds nothing. */
export async function storeImportedReports({ db, clock }: Pick<Services, 'clock' | 'db'>): Promise<void> {
  const select = { id: true, userId: true, organisationId: true }
  const orders = await db.order.findMany({ where: UNREPORTED, orderBy: { id: 'asc' }, select })
  for (const { id, ...customer } of orders) {
    await runTransaction(db, async (tx) => {
      await lockCustomer(tx, customer)
      const order = await tx.order.findFirst({ where: { ...UNREPORTED, id } })
      if (order) await storeReport(tx, order, clock.now())
    })
  }
}

async function storeReport(tx: Transaction, order: Order, at: Date): Promise<void> {
  const { id: orderId, userId, organisationId, currency, amount, notes } = order
  const { method = null, reference = String(orderId) } = parseImportedReport(notes ?? '') ?? {}
  const report = await tx.reportedPayment.create({
    data: {
      userId,
      organisationId,
      orderId,
      status: 'REPORTED',
      currency,
      amount,
      reference,
      method,
      methodName: method,
      reportedBy: actorName(TERMINAL),
      reportedAt: at,
    },
  })
  const details = { reportedPaymentId: report.id, orderId, amount: amount.toString(), currency, reference }
  await recordAuditEntry(tx, { actor: TERMINAL, action: 'reportPayment', subject: customerName(order), details, at })
  notifyOfOrders(tx, [order])
}
