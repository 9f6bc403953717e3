import { encodeId, ID_TYPES, type IdType } from '../../../../src/core/ids.js'
import type { TestServer } from '../../../support/server.js'

/** Enough for an object of every customer, and few enough for one request. */
const MAX_IDS = 40

/** The newest ids of every type, one list per type. */
export async function listNodeIds({ services: { db } }: TestServer): Promise<string[][]> {
  const newest = { select: { id: true }, orderBy: { id: 'desc' }, take: MAX_IDS } as const
  const rows: Record<IdType, Promise<{ id: bigint | string }[]>> = {
    ApiKey: db.apiKey.findMany(newest),
    AuditEntry: db.auditEntry.findMany(newest),
    BalanceEntry: db.ledgerPosting.findMany({ ...newest, where: { balance: { not: 0n } } }),
    CreditGrant: db.creditGrant.findMany(newest),
    CreditNote: db.invoice.findMany({ ...newest, where: { kind: 'CREDIT_NOTE' } }),
    Invoice: db.invoice.findMany({ ...newest, where: { kind: { not: 'CREDIT_NOTE' } } }),
    LimitOverride: db.limitOverride.findMany(newest),
    Mail: db.mail.findMany(newest),
    Order: db.order.findMany(newest),
    Organisation: db.organisation.findMany(newest),
    Payment: db.payment.findMany(newest),
    Plan: db.plan.findMany(newest),
    PlanReapplication: db.planReapplication.findMany(newest),
    PlanSubscription: db.subscription.findMany(newest),
    ProviderEvent: db.providerEvent.findMany(newest),
    Refund: db.refund.findMany(newest),
    RefundPart: db.refundPart.findMany(newest),
    ReportedPayment: db.reportedPayment.findMany(newest),
    User: db.user.findMany(newest),
    WebhookDelivery: db.webhookDelivery.findMany(newest),
    WebhookEndpoint: db.webhookEndpoint.findMany(newest),
  }
  const lists = await Promise.all(ID_TYPES.map(async (type) => (await rows[type]).map(({ id }) => encodeId(type, id))))
  return lists.filter((ids) => ids.length > 0)
}
