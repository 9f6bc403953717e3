import type { Customer } from '../identity/index.js'
import type { NewEvent } from '../webhooks/index.js'
import type { MailKind } from './mail.enums.js'
import type { StoredAbout } from './mail-about.js'

/** A mail to be queued. */
export interface NewMail {
  readonly kind: MailKind
  /** One mail of a kind is queued for a cause. */
  readonly cause: string
  readonly customer: Customer
  readonly about: StoredAbout
  readonly at: Date
}

/** These mails contain the documents of the same change, which then need no mails of their own. */
const CARRIERS: readonly MailKind[] = ['RENEWAL_UPCOMING', 'PLAN_CHANGED', 'REFUND_REQUESTED', 'REFUND', 'CANCELLED', 'TERMINATED']

/**
 * The mails about the events of one transaction. A customer receives one mail about a change, not one for each event of it: a
 * document that is issued with a renewal, a change of plan, a refund or an end is attached to that mail, and the mail with an
 * invoice also reports the order and the payment of the same transaction.
 */
export function mailsOfEvents(events: readonly NewEvent[]): NewMail[] {
  const documents = events.filter((event) => event.type === 'invoice.issued')
  const ordersWithDocument = new Set(documents.map(({ payload }) => payload.orderId))
  const paidOut = new Set(events.flatMap((event) => (event.type === 'refund.issued' ? [event.payload.refundId] : [])))
  const requested = new Set<bigint>()
  const mails = events.flatMap((event) => {
    // A document of the same order says it as well.
    const isReported = (event.type === 'payment.received' || event.type === 'order.placed') && ordersWithDocument.has(event.payload.orderId)
    if (isReported) return []
    // Of several credit notes of a refund, one mail.
    const { refundId } = event
    if (refundId === undefined || paidOut.has(refundId)) return mailsOfEvent(event)
    if (requested.has(refundId)) return []
    requested.add(refundId)
    return [requestOf(event, refundId)]
  })
  const attached = new Set<bigint>()
  const carriers = mails.map((mail) => {
    if (!CARRIERS.includes(mail.kind)) return mail
    const own = documents.filter(({ customer, payload }) => !attached.has(payload.invoiceId) && isSameCustomer(customer, mail.customer))
    for (const { payload } of own) attached.add(payload.invoiceId)
    return { ...mail, about: { ...mail.about, invoiceIds: own.map(({ payload }) => Number(payload.invoiceId)) } }
  })
  return carriers.filter(({ kind, about }) => kind !== 'INVOICE' || !about.invoiceIds?.some((id) => attached.has(BigInt(id))))
}

/** The mail with the credit notes of a refund that is paid out later. */
function requestOf({ customer, at }: NewEvent, refundId: bigint): NewMail {
  return { kind: 'REFUND_REQUESTED', cause: `refund:${refundId}`, customer, about: { refundId: Number(refundId) }, at }
}

function mailsOfEvent(event: NewEvent): NewMail[] {
  return [mailOfEvent(event), cancellationOf(event)].filter((mail) => mail !== undefined)
}

/** The confirmation of a cancellation. Source: § 312k (4) BGB. */
function cancellationOf({ type, customer, payload, at, cancellation }: NewEvent): NewMail | undefined {
  const isOfSubscription = type === 'subscription.updated' || type === 'plan.expired' || type === 'plan.cancelled'
  if (!cancellation || !isOfSubscription || payload.subscriptionId === null) return undefined
  const { subscriptionId } = payload
  const { receivedAt, endsAt, declaration } = cancellation
  const about = {
    ...subscriptionOf({ subscriptionId }),
    at: endsAt.toISOString(),
    receivedAt: receivedAt.toISOString(),
    ...(declaration && { declaration }),
  }
  return { kind: 'CANCELLED', cause: `subscription:${subscriptionId} ${at.toISOString()}`, customer, about, at }
}

function isSameCustomer(one: Customer, other: Customer): boolean {
  return one.organisationId === other.organisationId && (one.organisationId !== null || one.userId === other.userId)
}

/** @returns undefined if customers receive no mail about such an event */
function mailOfEvent(event: NewEvent): NewMail | undefined {
  const { customer, at } = event
  const mail = (kind: MailKind, cause: string, about: StoredAbout): NewMail => ({ kind, cause, customer, about, at })
  const time = at.toISOString()
  switch (event.type) {
    case 'order.placed': {
      const { orderId, reason } = event.payload
      // The mail about a renewal states its invoice, and a grant is not for the customer to pay.
      return reason === 'RENEWAL' || reason === 'GRANT' ? undefined : mail('ORDER_PLACED', `order:${orderId}`, { orderId: Number(orderId) })
    }
    case 'invoice.issued': {
      const { invoiceId, orderId } = event.payload
      return mail('INVOICE', `invoice:${invoiceId}`, { orderId: Number(orderId), invoiceIds: [Number(invoiceId)] })
    }
    case 'payment.received': {
      const { orderId, amount, currency } = event.payload
      return mail('PAYMENT_RECEIVED', `order:${orderId} ${time} ${amount}`, {
        orderId: Number(orderId),
        amount: { minorUnits: amount, currency },
      })
    }
    case 'payment.failed':
      return mail('PAYMENT_FAILED', `subscription:${event.payload.subscriptionId} ${time}`, subscriptionOf(event.payload))
    case 'renewal.upcoming': {
      const { orderId, renewsAt, amount, currency } = event.payload
      return mail('RENEWAL_UPCOMING', `order:${orderId}`, {
        ...subscriptionOf(event.payload),
        orderId: Number(orderId),
        amount: { minorUnits: amount, currency },
        at: renewsAt,
      })
    }
    case 'price.changing': {
      const { subscriptionId, price, newPrice, currency, from } = event.payload
      return mail('PRICE_CHANGING', `subscription:${subscriptionId} ${from} ${newPrice}`, {
        ...subscriptionOf(event.payload),
        amount: { minorUnits: price, currency },
        newAmount: { minorUnits: newPrice, currency },
        at: from,
      })
    }
    case 'invoice.due':
    case 'invoice.overdue': {
      const { invoiceId, orderId, amountDue, currency, dueAt, days } = event.payload
      return mail(event.type === 'invoice.due' ? 'INVOICE_DUE' : 'INVOICE_OVERDUE', `invoice:${invoiceId} ${dueAt} ${days}`, {
        orderId: Number(orderId),
        invoiceIds: [Number(invoiceId)],
        amount: { minorUnits: amountDue, currency },
        at: dueAt,
      })
    }
    case 'subscription.suspended': {
      const { subscriptionId, reason } = event.payload
      return mail('SUSPENDED', `subscription:${subscriptionId} ${time}`, { ...subscriptionOf(event.payload), reason })
    }
    case 'subscription.resumed':
      return mail('RESUMED', `subscription:${event.payload.subscriptionId} ${time}`, subscriptionOf(event.payload))
    case 'subscription.terminated':
      return mail('TERMINATED', `subscription:${event.payload.subscriptionId}`, subscriptionOf(event.payload))
    case 'subscription.updated': {
      const { planBefore } = event
      if (planBefore === undefined) return undefined
      const { subscriptionId, planId } = event.payload
      return mail('PLAN_CHANGED', `subscription:${subscriptionId} plan:${planId} ${time}`, { ...subscriptionOf(event.payload), planBefore })
    }
    case 'refund.issued': {
      const { refundId, orderId, amount, currency } = event.payload
      return mail('REFUND', `refund:${refundId}`, {
        refundId: Number(refundId),
        ...(orderId !== null && { orderId: Number(orderId) }),
        amount: { minorUnits: amount, currency },
      })
    }
    default:
      return undefined
  }
}

function subscriptionOf({ subscriptionId }: { readonly subscriptionId: bigint }): StoredAbout {
  return { subscriptionId: Number(subscriptionId) }
}
