import { z } from 'zod'
import { BAD_REQUEST, DomainError } from '../../../core/errors.js'
import { periodNumber, periodNumberAt } from '../../../core/period.js'
import type { Transaction } from '../../../platform/postgres/client.js'
import type { Plan, ProviderEvent, Subscription } from '../../../platform/postgres/generated/client.js'
import { LIVE_SUBSCRIPTION } from '../../entitlements/index.js'
import { type Customer, customerFilter, customerName, findUserByEmail } from '../../identity/index.js'
import type { Services } from '../../services.js'
import { type CollectionServices, cancelActiveOrders, ESCLUSE, lockUpToDate } from '../../subscriptions/index.js'
import { applySubscription } from '../apply-subscription.js'
import { parseEvent } from '../inbound-webhooks/parse-event.js'
import type { ProcessingResult } from '../inbound-webhooks/processing-result.js'
import type { SubscriptionSnapshot } from '../payment-provider.port.js'
import { applyEscluseRefund } from './escluse-refund.js'
import { type EscluseEvent, escluseEventSchema } from './escluse-webhook.js'

const createdSchema = z.looseObject({ subscription_id: z.string().min(1).max(100), plan: z.string(), customer_email: z.string() })
const updatedSchema = z.looseObject({ subscription_id: z.string().min(1).max(100), plan: z.string(), status: z.string() })
const cancelledSchema = z.looseObject({
  subscription_id: z.string().min(1).max(100),
  // A time zone can move the last day of 9999 to a year that cannot be stored and read back.
  effective_date: z.iso
    .datetime({ offset: true })
    .transform((text) => new Date(text))
    .refine((date) => date.getUTCFullYear() >= 2000 && date.getUTCFullYear() <= 9999, 'must be in the years 2000 to 9999'),
})

const ESCLUSE_STATUSES = new Map<string, SubscriptionSnapshot['status']>(
  Object.entries({
    trialing: 'TRIALING',
    active: 'ACTIVE',
    past_due: 'PAST_DUE',
    paused: 'PAUSED',
    unpaid: 'UNPAID',
    canceled: 'CANCELLED',
    cancelled: 'CANCELLED',
    expired: 'EXPIRED',
  }),
)

/**
 * Applies an event of Escluse, `{event, data}`. These events have no timestamps: each is applied when it
 * arrives, and none overwrites a subscription of a payment provider. Subscription events report no payment,
 * so that they create neither an order nor an invoice.
 */
export async function applyEscluseEvent(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config' | 'findMissingGlyph' | 'providers'>,
  event: ProviderEvent,
): Promise<ProcessingResult> {
  try {
    return (await isSuperseded(tx, event)) ? 'PROCESSED' : await dispatch(tx, services, parseEvent(escluseEventSchema, event.body))
  } catch (error) {
    // Retrying cannot fix an invalid event. Park it with the name of the field, so that an administrator sees
    // the reason.
    if (error instanceof DomainError && error.is(BAD_REQUEST)) return { parked: error.message }
    throw error
  }
}

/**
 * Whether a later change of the same subscription was applied while this event was parked or its job was retried.
 * `subscription_created` does not count: a change that was received before it waits for it.
 */
async function isSuperseded(tx: Transaction, { id, source, subject }: ProviderEvent): Promise<boolean> {
  if (!subject?.startsWith('subscription:')) return false
  const later = await tx.providerEvent.findFirst({
    where: { subject, source, id: { gt: id }, status: 'PROCESSED', name: { in: ['subscription_updated', 'subscription_canceled'] } },
    select: { id: true },
  })
  return later !== null
}

async function dispatch(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config' | 'findMissingGlyph' | 'providers'>,
  { event, data }: EscluseEvent,
): Promise<ProcessingResult> {
  switch (event) {
    case 'subscription_created': {
      const { subscription_id, plan, customer_email } = parseEvent(createdSchema, data, ['data'])
      return applyEscluseSubscription(tx, services, subscription_id, { plan, email: customer_email, status: 'ACTIVE', endsAt: null })
    }
    case 'subscription_updated': {
      const { subscription_id, plan, status } = parseEvent(updatedSchema, data, ['data'])
      const mapped = ESCLUSE_STATUSES.get(status)
      if (!mapped) return { parked: `data.status: ${status.slice(0, 40)} is not a known status` }
      return applyEscluseSubscription(tx, services, subscription_id, { plan, status: mapped, endsAt: null })
    }
    case 'subscription_canceled': {
      const { subscription_id, effective_date } = parseEvent(cancelledSchema, data, ['data'])
      return applyEscluseSubscription(tx, services, subscription_id, {
        status: 'CANCELLED',
        endsAt: effective_date.toISOString(),
      })
    }
    case 'refund_processed':
      return applyEscluseRefund(tx, services, data)
    default:
      return 'PROCESSED'
  }
}

interface EscluseChange {
  plan?: string
  email?: string
  status: SubscriptionSnapshot['status']
  endsAt: string | null
}

type StoredSubscription = Subscription & { plan: Plan }

async function applyEscluseSubscription(
  tx: Transaction,
  services: CollectionServices,
  id: string,
  change: EscluseChange,
): Promise<ProcessingResult> {
  const { plan: slug, email } = change
  const existing = await findStoredSubscription(tx, id)
  if (existing && existing.provider !== ESCLUSE) return 'PROCESSED'
  const plan = slug === undefined ? existing?.plan : await tx.plan.findUnique({ where: { slug } })
  if (!plan)
    return {
      parked: slug === undefined ? 'data.subscription_id: unknown subscription' : `data.plan: unknown plan ${slug.slice(0, 60)}`,
    }
  const user = email && (await findUserByEmail(tx, email))
  const customer = existing ?? (user ? { userId: user.id, organisationId: null } : undefined)
  if (!customer) return { parked: email ? `data.customer_email: unknown user ${email}` : 'data.subscription_id: unknown subscription' }
  if (!existing) {
    await lockUpToDate(tx, services, customer)
    const other = await findProviderSubscription(tx, customer)
    if (other) return { parked: `${customerName(customer)} has a subscription of ${other}: cancel it, then replay the event` }
    await cancelActiveOrders(tx, customer, services.clock.now())
  }
  const now = services.clock.now()
  const snapshot = toSnapshot({ id, change, existing, plan, now, updatedAt: await nextSnapshotTimestamp(tx, existing?.id, now) })
  await applySubscription(tx, services, ESCLUSE, snapshot, { customer, plan })
  return 'PROCESSED'
}

/** @returns the payment provider that bills the customer now, if there is one */
async function findProviderSubscription(tx: Transaction, customer: Customer): Promise<string | null> {
  const billed = { ...customerFilter(customer), ...LIVE_SUBSCRIPTION, NOT: [{ provider: null }, { provider: ESCLUSE }] }
  const subscription = await tx.subscription.findFirst({ where: billed, select: { provider: true } })
  return subscription?.provider ?? null
}

async function findStoredSubscription(tx: Transaction, id: string): Promise<StoredSubscription | null> {
  const key = { provider: ESCLUSE, providerSubscriptionId: id }
  const existing = await tx.subscription.findUnique({ where: { provider_providerSubscriptionId: key }, include: { plan: true } })
  return existing ?? tx.subscription.findFirst({ where: { providerSubscriptionId: id }, include: { plan: true }, orderBy: { id: 'asc' } })
}

interface SubscriptionFields {
  id: string
  change: EscluseChange
  existing: StoredSubscription | null
  plan: Plan
  now: Date
  updatedAt: string
}

/** Converts the event to a provider's snapshot, in the current period counted from the first event. */
function toSnapshot({ id, change: { email, status, endsAt }, existing, plan, now, updatedAt }: SubscriptionFields): SubscriptionSnapshot {
  const since = existing?.createdAt ?? now
  const { end } = periodNumber(since, plan.interval, Math.max(1, periodNumberAt(since, plan.interval, now)))
  const existingEnd = status === 'CANCELLED' && existing?.status === 'CANCELLED' ? (existing.endsAt?.toISOString() ?? null) : null
  return {
    id,
    orderId: null,
    variantId: plan.slug,
    email: email ?? '',
    status,
    pauseKeepsAccess: false,
    trialEndsAt: null,
    renewsAt: end.toISOString(),
    endsAt: endsAt ?? existingEnd,
    createdAt: since.toISOString(),
    updatedAt,
  }
}

/** Returns a timestamp later than that of the previous event. */
async function nextSnapshotTimestamp(tx: Transaction, id: bigint | undefined, now: Date): Promise<string> {
  const rows = await tx.$queryRaw<{ timestamp: string }[]>`
    SELECT to_char(GREATEST(${now}::timestamptz, (SELECT provider_updated_at + interval '1 microsecond' FROM subscriptions WHERE id = ${id ?? 0}))
      AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS timestamp`
  return rows[0]?.timestamp ?? now.toISOString()
}
