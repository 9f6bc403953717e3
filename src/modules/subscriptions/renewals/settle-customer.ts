import { clockAt } from '../../../core/clock.js'
import type { Transaction } from '../../../platform/postgres/client.js'
import type { Order, Subscription } from '../../../platform/postgres/generated/client.js'
import { LIVE_SUBSCRIPTION } from '../../entitlements/index.js'
import { type Customer, customerFilter } from '../../identity/index.js'
import { settleOpenInvoices } from '../../ledger/index.js'
import type { Services } from '../../services.js'
import { activateRenewals, beginPeriod } from './begin-period.js'
import { cancelRenewal } from './cancel-renewal.js'
import { issueRenewal } from './issue-renewal.js'
import { changeOverdueStatus, terminate } from './overdue.js'
import { type CollectionStep, isLifted, nextStep } from './renewal.rules.js'

export type CollectionServices = Pick<Services, 'clock' | 'config' | 'findMissingGlyph' | 'providers'>

/** More steps than ten years of monthly periods have. A bug must not keep the customer locked. */
const MAX_STEPS = 1000

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
 * Does what time has made due for the customer's subscription, unless a provider collects its money: the job may not have
 * run yet. Call it right after the customer's lock, before a command reads the current period.
 */
export async function takeDueSteps(tx: Transaction, services: CollectionServices, customer: Customer): Promise<void> {
  const where = { ...customerFilter(customer), ...LIVE_SUBSCRIPTION, collection: { not: 'PROVIDER' } } as const
  const subscription = await tx.subscription.findFirst({ where, select: { id: true } })
  if (subscription) await collectSubscription(tx, services, subscription.id)
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
 */
export async function collectSubscription(tx: Transaction, services: CollectionServices, id: bigint): Promise<void> {
  const now = services.clock.now()
  for (let count = 0; count < MAX_STEPS; count += 1) {
    const { subscription, firstDueAt, hasRenewal } = await readCollection(tx, services, id)
    const due = nextStep({ ...subscription, firstDueAt, hasRenewal }, services.config)
    if (!due || due.at > now) {
      const collectAt = due?.at ?? null
      if (collectAt?.getTime() !== subscription.collectAt?.getTime()) await tx.subscription.update({ where: { id }, data: { collectAt } })
      return
    }
    await takeStep(tx, { ...services, clock: clockAt(services.clock, due.at) }, subscription, due.step, firstDueAt)
  }
  throw new Error(`subscription ${id} has more than ${MAX_STEPS} steps due`)
}

function takeStep(
  tx: Transaction,
  services: CollectionServices,
  subscription: Subscription,
  step: CollectionStep,
  pastDueSince: Date | null,
): Promise<unknown> {
  switch (step) {
    case 'BEGIN_PERIOD':
      return beginPeriod(tx, services, subscription)
    case 'ISSUE_RENEWAL':
      return issueRenewal(tx, services, subscription)
    case 'TERMINATE':
      return terminate(tx, services, subscription)
    case 'PAST_DUE':
    case 'UNPAID':
      return changeOverdueStatus(tx, services, subscription, { status: step, pastDueSince })
  }
}

interface Collection {
  readonly subscription: Subscription
  readonly firstDueAt: Date | null
  readonly hasRenewal: boolean
}

/** Reads a subscription with its open invoices, after what was paid has taken effect. */
async function readCollection(tx: Transaction, services: CollectionServices, id: bigint): Promise<Collection> {
  const { clock, config } = services
  const at = clock.now()
  const subscription = await tx.subscription.findUniqueOrThrow({ where: { id } })
  const renewals = await listRenewals(tx, subscription)
  const open = await tx.invoice.findMany({
    where: { status: 'OPEN', order: { subscriptionId: id } },
    select: { orderId: true, dueAt: true },
    orderBy: { dueAt: 'asc' },
  })
  const isSettled = ({ id: orderId }: Order) => !open.some((invoice) => invoice.orderId === orderId)
  await activateRenewals(tx, subscription, renewals.filter(isSettled), at)
  const firstDueAt = open[0]?.dueAt ?? null
  const hasRenewal = renewals.some(({ renewsFrom }) => renewsFrom?.getTime() === subscription.currentPeriodEnd.getTime())
  const { status, pastDueSince } = subscription
  const lifted = isLifted(status, firstDueAt, at, config.graceDays) ? ('ACTIVE' as const) : null
  const isLater = status === 'PAST_DUE' && pastDueSince?.getTime() !== firstDueAt?.getTime()
  if (lifted) await changeOverdueStatus(tx, services, subscription, { status: lifted, pastDueSince: null })
  else if (isLater) await changeOverdueStatus(tx, services, subscription, { status: 'PAST_DUE', pastDueSince: firstDueAt })
  else return { subscription, firstDueAt, hasRenewal }
  return { subscription: await tx.subscription.findUniqueOrThrow({ where: { id } }), firstDueAt, hasRenewal }
}

function listRenewals(tx: Transaction, { id: subscriptionId }: Subscription): Promise<Order[]> {
  return tx.order.findMany({ where: { subscriptionId, reason: 'RENEWAL', status: 'PENDING' }, orderBy: { id: 'asc' } })
}
