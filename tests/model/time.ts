import { expireGrant, settleOpenInvoices } from './balance.js'
import { addDays, latest } from './dates.js'
import { closePendingOrder } from './pending-change.js'
import { beginPeriod, findRenewal, issueRenewal, renewalIssueTime, renewByProvider } from './renewal.js'
import { liveSubscription, type State, type Subscription } from './state.js'
import { activatePaidRenewals, endSubscription, firstDueDate, graceEnd, liftOverdue } from './subscription.js'

interface DueEvent {
  readonly at: Date
  readonly run: () => void
}

/** Does everything that is due until `until`, in order of time. */
export function advance(state: State, until: Date): void {
  refresh(state)
  for (let event = nextEvent(state, until); event; event = nextEvent(state, until)) {
    state.now = event.at
    event.run()
    refresh(state)
  }
  state.now = until
}

/** What follows at once from every event: balance settles invoices, and payments change statuses. */
function refresh(state: State): void {
  settleOpenInvoices(state)
  activatePaidRenewals(state)
  const subscription = liveSubscription(state)
  if (subscription) liftOverdue(state, subscription)
}

/**
 * The first event. At the same time: credit expires, then pending orders, then the period ends, then what is
 * unpaid is overdue, then renewals are issued.
 */
function nextEvent(state: State, until: Date): DueEvent | undefined {
  const events = [...grantExpiries(state), ...orderExpiries(state)]
  const subscription = liveSubscription(state)
  if (subscription) events.push(...subscriptionEvents(state, subscription))
  let first: DueEvent | undefined
  for (const event of events) {
    const at = latest(event.at, state.now)
    if (at <= until && (!first || at < first.at)) first = { at, run: event.run }
  }
  return first
}

function grantExpiries(state: State): DueEvent[] {
  return state.grants.flatMap((grant) =>
    grant.expiresAt && grant.remaining > 0n ? [{ at: grant.expiresAt, run: () => expireGrant(state, grant) }] : [],
  )
}

function orderExpiries(state: State): DueEvent[] {
  return state.orders.flatMap((order) =>
    order.expiresAt && order.status === 'PENDING' ? [{ at: order.expiresAt, run: () => closePendingOrder(state, order, 'EXPIRED') }] : [],
  )
}

function subscriptionEvents(state: State, subscription: Subscription): DueEvent[] {
  const events: DueEvent[] = []
  if (!subscription.failedRenewalAt) events.push({ at: subscription.period.end, run: () => endPeriod(state, subscription) })
  if (subscription.status !== 'CANCELLED') events.push(...overdueEvents(state, subscription))
  const issueAt = renewalIssueTime(state, subscription)
  if (issueAt) events.push({ at: issueAt, run: () => issueRenewal(state, subscription) })
  return events
}

/** Grace and termination count from the due date; of a failed charge of the provider, from the end of its period. */
function overdueEvents(state: State, subscription: Subscription): DueEvent[] {
  const since = firstDueDate(state, subscription)
  if (!since) return []
  const { status } = subscription
  const terminate = () => endSubscription(state, subscription, { orderStatus: 'EXPIRED' })
  const events: DueEvent[] = []
  // Only the provider ends what it cannot charge.
  if (subscription.collection !== 'PROVIDER') events.push({ at: addDays(since, state.settings.terminateAfterDays), run: terminate })
  if (status === 'ACTIVE') events.push({ at: since, run: () => setStatus(subscription, 'PAST_DUE') })
  if (status === 'PAST_DUE') events.push({ at: graceEnd(state, since), run: () => setStatus(subscription, 'UNPAID') })
  return events
}

function setStatus(subscription: Subscription, status: 'PAST_DUE' | 'UNPAID'): void {
  subscription.status = status
}

function endPeriod(state: State, subscription: Subscription): void {
  const { status, expiresAt, collection } = subscription
  if (status === 'CANCELLED' || status === 'UNPAID' || expiresAt) {
    // What was used without being overdue is owed.
    endSubscription(state, subscription, { orderStatus: 'EXPIRED', isOwed: status !== 'UNPAID' })
    return
  }
  if (collection === 'PROVIDER') {
    renewByProvider(state, subscription)
    return
  }
  const isBilled = collection === 'INVOICE' && state.settings.renewalsByInvoice
  beginPeriod(state, subscription, isBilled ? (findRenewal(state, subscription) ?? issueRenewal(state, subscription)) : null)
}
