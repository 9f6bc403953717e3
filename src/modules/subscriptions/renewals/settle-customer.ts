import { clockAt } from '../../../core/clock.js'
import { HOUR_MS } from '../../../core/duration.js'
import type { Transaction } from '../../../platform/postgres/client.js'
import type { Order, Subscription } from '../../../platform/postgres/generated/client.js'
import { readTogether } from '../../../platform/postgres/run-statement.js'
import type { RowOf } from '../../../platform/postgres/statement.js'
import { writePending } from '../../../platform/postgres/write-at-end.js'
import { FIND_LIVE_SUBSCRIPTION } from '../../entitlements/index.js'
import { bindForCustomer, type Customer, lockCustomer } from '../../identity/index.js'
import { waitsForCustomer } from '../../invoicing/index.js'
import { settleOpenInvoices } from '../../ledger/index.js'
import type { Services } from '../../services.js'
import { LIST_OPEN_INVOICES, LIST_RENEWALS } from '../subscriptions.statements.js'
import { activateRenewals, beginPeriod } from './begin-period.js'
import { cancelRenewal } from './cancel-renewal.js'
import { endOfTerm } from './end-of-term.js'
import { issueRenewal } from './issue-renewal.js'
import { changeOverdueStatus, terminate } from './overdue.js'
import { type CollectionStep, isLifted, nextStep, nextStepWhileWaiting } from './renewal.rules.js'

export type CollectionServices = Pick<Services, 'clock' | 'config' | 'findMissingGlyph' | 'providers'>

/** More steps than ten years of monthly periods have. A bug must not keep the customer locked. */
const MAX_STEPS = 1000

/** How often a renewal that waits for details of the seller or the buyer is tried again. */
const DETAILS_RETRY_MS = HOUR_MS

/**
 * Does what follows from any change of a customer's money: free balance settles open invoices, the earliest due first,
 * and the subscription follows what is paid and what is overdue. Everything that time has made due meanwhile is done as well.
 * Call it late in a transaction, under the customer's lock.
 */
export async function settleCustomer(tx: Transaction, services: CollectionServices, customer: Customer, currency: string): Promise<void> {
  await settleOpenInvoices(tx, customer, currency, services.clock.now())
  await takeDueSteps(tx, services, customer)
}

/**
 * Locks a customer, and does what time has made due: the job of this minute may not have run yet. Every command that
 * depends on the current period or on what is unpaid begins with it.
 */
export async function lockUpToDate(tx: Transaction, services: CollectionServices, customer: Customer): Promise<void> {
  await lockCustomer(tx, customer)
  await takeDueSteps(tx, services, customer)
}

/** The statements that read what time can have made due for the customer's subscription. */
export function bindCollection(customer: Customer) {
  return {
    live: bindForCustomer(FIND_LIVE_SUBSCRIPTION, customer, {}),
    renewals: bindForCustomer(LIST_RENEWALS, customer, { subscriptionId: null }),
    openInvoices: bindForCustomer(LIST_OPEN_INVOICES, customer, {}),
  }
}

/** What the statements of `bindCollection` have read. */
interface CollectionRows extends InvoiceRows {
  readonly live: readonly Subscription[]
}

interface InvoiceRows {
  readonly renewals: readonly Order[]
  readonly openInvoices: readonly OpenInvoice[]
}

type OpenInvoice = RowOf<typeof LIST_OPEN_INVOICES.forUser>

/**
 * Does what time has made due for the customer's subscription, unless a provider collects its money.
 * @param found  what was read before, under the customer's lock
 * @returns the live subscription as it is now, the same object if nothing has changed; null if there is none
 */
export async function takeDueSteps(
  tx: Transaction,
  services: CollectionServices,
  customer: Customer,
  found?: CollectionRows,
): Promise<Subscription | null> {
  const { live, ...rows } = found ?? (await readTogether(tx, bindCollection(customer)))
  const [subscription = null] = live
  if (!subscription || subscription.collection === 'PROVIDER') return subscription
  const current = await collectSubscription(tx, services, subscription, rows)
  return current.status === 'EXPIRED' ? null : current
}

/** Credits a renewal that was issued and issues it again, because the plan or the price of the next period is another one. */
export async function reissueRenewal(tx: Transaction, services: CollectionServices, id: bigint): Promise<void> {
  const subscription = await tx.subscription.findUniqueOrThrow({ where: { id } })
  await cancelRenewal(tx, services, subscription)
  await settleCustomer(tx, services, subscription, subscription.currency)
}

/**
 * Brings a subscription whose money no provider collects up to date, step by step in the order of time, and stores when the
 * next step is due.
 * @returns the subscription as it is now
 */
async function collectSubscription(
  tx: Transaction,
  services: CollectionServices,
  found: Subscription,
  rows: InvoiceRows,
): Promise<Subscription> {
  const now = services.clock.now()
  let subscription = found
  let collection = await followRenewals(tx, services, subscription, rows)
  for (let count = 0; count < MAX_STEPS; count += 1) {
    subscription = await followInvoices(tx, services, subscription, collection)
    const due = nextStep({ ...subscription, ...collection }, services.config)
    if (!due || due.at > now) return storeNextStep(tx, subscription, due?.at ?? null)
    // Events of an earlier step describe the subscription as it is then.
    if (count > 0) await writePending(tx)
    const servicesThen = { ...services, clock: clockAt(services.clock, due.at) }
    if (due.step === 'ISSUE_RENEWAL') {
      const issued = await issueNextRenewal(tx, servicesThen, subscription)
      if (!issued) return waitForDetails(tx, services, subscription)
      collection = issued
    } else {
      const next = await takeStep(tx, servicesThen, subscription, due.step, collection.firstDueAt)
      if (!next) return waitForDetails(tx, services, subscription)
      subscription = next
      collection = await readCollection(tx, services, subscription)
    }
  }
  throw new Error(`subscription ${found.id} has more than ${MAX_STEPS} steps due`)
}

/**
 * Has a renewal tried again later. If the customer has not stated the details, its next period counts as unpaid from its
 * beginning; if the seller has not, nothing happens to the customer.
 */
async function waitForDetails(tx: Transaction, services: CollectionServices, found: Subscription): Promise<Subscription> {
  const now = services.clock.now()
  const retryAt = new Date(now.getTime() + DETAILS_RETRY_MS)
  let subscription = found
  while (subscription.status !== 'EXPIRED') {
    const collection = await readCollection(tx, services, subscription)
    const { step, at } = nextStepWhileWaiting({ ...subscription, ...collection }, services.config)
    if (!collection.waits || at > now) return storeNextStep(tx, subscription, collection.waits && at < retryAt ? at : retryAt)
    const servicesThen = { ...services, clock: clockAt(services.clock, at) }
    subscription = (await takeStep(tx, servicesThen, subscription, step, collection.firstDueAt)) ?? subscription
  }
  return storeNextStep(tx, subscription, null)
}

async function storeNextStep(tx: Transaction, subscription: Subscription, collectAt: Date | null): Promise<Subscription> {
  const { id } = subscription
  if (collectAt?.getTime() === subscription.collectAt?.getTime()) return subscription
  await tx.subscription.update({ where: { id }, data: { collectAt }, select: { id: true } })
  return { ...subscription, collectAt }
}

/**
 * Issues the next renewal. The number counters are locked until the commit, so nothing is read again: the invoice is the only
 * open one, because no renewal is issued while an invoice is unpaid.
 * @returns undefined if it waits for details
 */
async function issueNextRenewal(
  tx: Transaction,
  services: CollectionServices,
  subscription: Subscription,
): Promise<Collection | undefined> {
  const issued = await issueRenewal(tx, services, subscription)
  if (!issued) return undefined
  const { invoice } = issued
  return { firstDueAt: invoice?.status === 'OPEN' ? invoice.dueAt : null, hasRenewal: true, waits: false }
}

/** @returns the subscription as it is after the step; undefined if the step waits for details */
function takeStep(
  tx: Transaction,
  services: CollectionServices,
  subscription: Subscription,
  step: Exclude<CollectionStep, 'ISSUE_RENEWAL'>,
  pastDueSince: Date | null,
): Promise<Subscription | undefined> {
  switch (step) {
    case 'END':
      return endOfTerm(tx, services, subscription)
    case 'BEGIN_PERIOD':
      return beginPeriod(tx, services, subscription)
    case 'TERMINATE':
      return terminate(tx, services, subscription)
    case 'PAST_DUE':
    case 'UNPAID':
      return changeOverdueStatus(tx, services, subscription, { status: step, pastDueSince })
  }
}

interface Collection {
  /** The earliest due date of its open invoices; null if all are settled. */
  readonly firstDueAt: Date | null
  /** Whether the invoice of the next period was issued. */
  readonly hasRenewal: boolean
  /** Whether a period that should have begun waits for details of the customer. */
  readonly waits: boolean
}

/** Reads the open invoices and the renewals of a subscription, after what was paid has taken effect. */
async function readCollection(tx: Transaction, services: CollectionServices, subscription: Subscription): Promise<Collection> {
  const renewals = bindForCustomer(LIST_RENEWALS, subscription, { subscriptionId: subscription.id })
  const openInvoices = bindForCustomer(LIST_OPEN_INVOICES, subscription, {})
  return followRenewals(tx, services, subscription, await readTogether(tx, { renewals, openInvoices }))
}

/** Activates the renewals that are paid. */
async function followRenewals(
  tx: Transaction,
  { clock }: CollectionServices,
  subscription: Subscription,
  { renewals, openInvoices }: InvoiceRows,
): Promise<Collection> {
  const open = openInvoices.filter(({ subscriptionId }) => subscriptionId === subscription.id)
  const isSettled = ({ id: orderId }: Order) => !open.some((invoice) => invoice.orderId === orderId)
  await activateRenewals(tx, subscription, renewals.filter(isSettled), clock.now())
  const hasRenewal = renewals.some(({ renewsFrom }) => renewsFrom?.getTime() === subscription.currentPeriodEnd.getTime())
  const { currentPeriodEnd } = subscription
  const waits = currentPeriodEnd <= clock.now() && (await waitsForCustomer(tx, subscription))
  return { firstDueAt: open[0]?.dueAt ?? (waits ? currentPeriodEnd : null), hasRenewal, waits }
}

/** Changes the status of an overdue subscription after a payment or a later due date. @returns the current subscription */
async function followInvoices(
  tx: Transaction,
  services: CollectionServices,
  subscription: Subscription,
  { firstDueAt }: Collection,
): Promise<Subscription> {
  const { clock, config } = services
  const { status, pastDueSince } = subscription
  if (isLifted(status, firstDueAt, clock.now(), config.graceDays))
    return changeOverdueStatus(tx, services, subscription, { status: 'ACTIVE', pastDueSince: null })
  const isLater = status === 'PAST_DUE' && pastDueSince?.getTime() !== firstDueAt?.getTime()
  return isLater ? changeOverdueStatus(tx, services, subscription, { status: 'PAST_DUE', pastDueSince: firstDueAt }) : subscription
}
