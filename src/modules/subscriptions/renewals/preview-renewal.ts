import { z } from 'zod'
import { addDays } from '../../../core/duration.js'
import { acrossFields, optional, organisationId, parseInput, rowId } from '../../../core/input.js'
import type { Subscription } from '../../../platform/postgres/generated/client.js'
import { findLiveSubscription } from '../../entitlements/index.js'
import { type Customer, type RequestContext, resolveListScope, seesCustomer, type UserPrincipal } from '../../identity/index.js'
import { quoteLines } from '../../invoicing/index.js'
import { readSpendableBalance } from '../../ledger/index.js'
import { linesForPlan } from '../../orders/index.js'
import { findRenewal } from './cancel-renewal.js'
import { atStartOf, getRenewalPlan } from './issue-renewal.js'
import { nextPeriod, termsAfter } from './renewal.rules.js'

const upcomingSchema = z
  .object({ organisationId: optional(organisationId()), subscriptionId: optional(rowId('PlanSubscription')) })
  .refine(
    ({ organisationId, subscriptionId }) => organisationId === undefined || subscriptionId === undefined,
    acrossFields('subscriptionId', 'must be left out if organisationId is given'),
  )

interface UpcomingRequest {
  organisationId?: string | undefined
  subscriptionId?: string | undefined
}

/**
 * Previews the next renewal invoice of a subscription, calculated by the same code as the invoice. If the next period is
 * invoiced already, it is the invoice of the period after it.
 * @returns null if none will be issued: the subscription is not collected by invoice, is cancelled, or ends
 */
export async function previewRenewal(context: RequestContext, principal: UserPrincipal, request: UpcomingRequest) {
  const { services } = context
  const subscription = await findSubscription(context, principal, parseInput(upcomingSchema, '', request))
  if (subscription?.collection !== 'INVOICE' || subscription.endsAt !== null) return null
  if (subscription.status === 'CANCELLED' || subscription.status === 'EXPIRED') return null
  const renewal = await findRenewal(services.db, subscription)
  const basis = renewal ? { ...subscription, ...termsAfter(subscription, renewal) } : subscription
  const { planName: name, planInterval: interval, planPrice, planId } = await getRenewalPlan(services.db, basis)
  const { period } = nextPeriod(basis, interval)
  const lines = linesForPlan({ name, interval }, planPrice ?? 0n)
  const { amounts, total } = await quoteLines(services.db, atStartOf(period, services), subscription, lines)
  const { currency } = subscription
  const available = await readSpendableBalance(services.db, subscription, currency, services.clock.now())
  const fromBalance = available < total ? available : total
  const issueAt = addDays(period.start, -services.config.renewals.invoiceDays)
  return { amounts: { ...amounts, currency }, planId, period, issueAt, fromBalance, amountDue: total - fromBalance }
}

async function findSubscription(
  context: RequestContext,
  principal: UserPrincipal,
  { organisationId, subscriptionId }: z.output<typeof upcomingSchema>,
): Promise<Subscription | null> {
  const { db } = context.services
  if (subscriptionId === undefined) {
    await resolveListScope(db, principal, organisationId)
    const customer: Customer = { userId: principal.userId, organisationId: organisationId ?? null }
    return findLiveSubscription(db, customer)
  }
  const found = await db.subscription.findUnique({ where: { id: subscriptionId } })
  // The buyer may have left the organisation since.
  const customer = found && { userId: found.organisationId === null ? found.userId : '', organisationId: found.organisationId }
  return customer && (await seesCustomer(context, customer)) ? found : null
}
