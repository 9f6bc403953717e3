import { addDays } from '../../core/duration.js'
import { encodeId } from '../../core/ids.js'
import type { Database } from '../../platform/postgres/client.js'
import type { Invoice, Mail, Order, OrderItem, Refund, RefundPart, Subscription } from '../../platform/postgres/generated/client.js'
import { jsonObject } from '../../platform/postgres/json.js'
import type { Services } from '../services.js'
import type { MailKind } from './mail.enums.js'
import { aboutSchema } from './mail-about.js'
import type { MailContent, MailDocument } from './mail-content.js'

type About = ReturnType<typeof aboutSchema.parse>

/** The rows that a mail is about. */
interface Subjects {
  readonly order: (Order & { readonly items: OrderItem[] }) | null
  readonly subscription: Subscription | null
  readonly refund: (Refund & { readonly parts: RefundPart[] }) | null
  readonly documents: readonly Invoice[]
}

/** Reads what a mail states. @param name  of its recipient */
export async function readContent(
  { db, config }: Pick<Services, 'config' | 'db'>,
  mail: Pick<Mail, 'kind' | 'about'>,
  name: string | null,
): Promise<MailContent> {
  const about = aboutSchema.parse(mail.about)
  const subjects = await readSubjects(db, about)
  const { order, subscription, refund, documents } = subjects
  const items = order?.items ?? []
  return {
    name,
    order: order && String(order.id),
    isTopUp: order !== null && order.planId === null && items.some(({ kind }) => kind === 'TOP_UP'),
    items: items.map(({ kind, parameters, description, quantity }) => ({
      kind,
      parameters: jsonObject.parse(parameters),
      description,
      quantity,
    })),
    plan: planOf(mail.kind, subjects),
    planBefore: about.planBefore ?? null,
    amount: amountOf(mail.kind, about, subjects),
    newAmount: about.newAmount ?? null,
    at: timeOf(mail.kind, about, subjects, config.graceDays)?.toISOString() ?? null,
    isToBalance: refund !== null && refund.parts.length > 0 && refund.parts.every(({ destination }) => destination === 'BALANCE'),
    isOverdue: mail.kind === 'SUSPENDED' && about.reason === 'OVERDUE' && subscription !== null,
    documents: documents.map(describeDocument),
    contract: mail.kind === 'CANCELLED' && subscription ? encodeId('PlanSubscription', subscription.id) : null,
    ...declarationOf(about, subjects),
  }
}

async function readSubjects(db: Database, { orderId, subscriptionId, refundId, invoiceIds }: About): Promise<Subjects> {
  const find = <R>(id: bigint | undefined, read: (id: bigint) => Promise<R | null>) => (id === undefined ? null : read(id))
  const refund = await find(refundId, (id) => db.refund.findUnique({ where: { id }, include: { parts: true } }))
  const [order, subscription, documents] = await Promise.all([
    find(orderId ?? refund?.orderId ?? undefined, (id) =>
      db.order.findUnique({ where: { id }, include: { items: { orderBy: { position: 'asc' } } } }),
    ),
    find(subscriptionId, (id) => db.subscription.findUnique({ where: { id } })),
    invoiceIds.length === 0 ? [] : db.invoice.findMany({ where: { id: { in: invoiceIds } }, orderBy: { id: 'asc' } }),
  ])
  return { order, subscription, refund, documents }
}

/** A renewal names the plan that it is for, which may be a scheduled one. */
function planOf(kind: MailKind, { order, subscription }: Subjects): string | null {
  const sold = kind === 'RENEWAL_UPCOMING' ? order?.planName : undefined
  return sold ?? subscription?.planName ?? order?.planName ?? null
}

/** What the customer has declared, and when. Source for withdrawals: Article 11a (4) of Directive 2011/83/EU. */
function declarationOf(about: About, { refund }: Subjects): Pick<MailContent, 'declaration' | 'receivedAt' | 'request'> {
  const { kind, reason } = about.declaration ?? { kind: 'CANCELLATION', reason: null }
  if (!refund?.isRequestedByCustomer) return { declaration: kind, receivedAt: about.receivedAt ?? null, request: reason }
  return { declaration: kind, receivedAt: refund.createdAt.toISOString(), request: refund.reason }
}

function amountOf(kind: MailKind, { amount }: About, { order, subscription, refund, documents }: Subjects): MailContent['amount'] {
  if (amount) return amount
  const [document] = documents
  if (kind === 'INVOICE' && document) return money(document.total, document.currency)
  if (kind === 'REFUND_REQUESTED' && refund) return money(refund.amount, refund.currency)
  if (kind === 'ORDER_PLACED' && order) return money(order.amount, order.currency)
  if (kind === 'TRIAL_ENDING' && subscription && subscription.price !== null) return money(subscription.price, subscription.currency)
  return null
}

function timeOf(kind: MailKind, { at }: About, { order, subscription, documents }: Subjects, graceDays: number): Date | null {
  if (at !== undefined) return new Date(at)
  if (kind === 'INVOICE') return documents[0]?.dueAt ?? null
  if (kind === 'ORDER_PLACED') return order?.expiresAt ?? null
  if (kind === 'PAYMENT_FAILED' && subscription) return addDays(subscription.pastDueSince ?? subscription.updatedAt, graceDays)
  return null
}

function describeDocument({ id, kind, number, currency, total, creditedTotal, paidTotal, dueAt, snapshot }: Invoice): MailDocument {
  const { merchantOfRecord } = snapshot as { merchantOfRecord?: object | null }
  const due = kind === 'INVOICE' ? total - creditedTotal - paidTotal : 0n
  return {
    id: Number(id),
    kind,
    isByMerchant: merchantOfRecord != null,
    number,
    total: money(total, currency),
    due: money(due > 0n ? due : 0n, currency),
    dueAt: dueAt.toISOString(),
  }
}

function money(minorUnits: bigint, currency: string): { minorUnits: string; currency: string } {
  return { minorUnits: minorUnits.toString(), currency }
}
