import { z } from 'zod'
import { addIntervals } from '../core/period.js'
import type { Transaction } from '../database/client.js'
import { findUserByEmail } from '../identity/holder.js'
import type { SubscriptionSnapshot } from '../providers/provider.js'
import type { Services } from '../services.js'
import { applySubscription } from './apply-subscription.js'
import type { Outcome } from './outcome.js'
import { parseEvent } from './parse-event.js'
import type { ReferenceEvent } from './webhook-shape.js'

/** Under this name stand subscriptions that only plain events have told of. */
const PLAIN = 'reference'

const created = z.looseObject({ subscription_id: z.string().min(1).max(100), plan: z.string(), customer_email: z.string() })
const updated = z.looseObject({ subscription_id: z.string().min(1).max(100), plan: z.string(), status: z.string() })
const cancelled = z.looseObject({ subscription_id: z.string().min(1).max(100), effective_date: z.iso.datetime({ offset: true }) })

const STATUSES: Record<string, SubscriptionSnapshot['status']> = {
  trialing: 'TRIALING',
  active: 'ACTIVE',
  past_due: 'PAST_DUE',
  paused: 'PAUSED',
  unpaid: 'UNPAID',
  canceled: 'CANCELLED',
  cancelled: 'CANCELLED',
  expired: 'EXPIRED',
}

/**
 * The plain events `{event, data}`. They have no clock: each is applied as it arrives, and never over a state that has one.
 * They carry no payment, so that no order and no document comes of them.
 */
export async function applyReferenceEvent(tx: Transaction, services: Services, { event, data }: ReferenceEvent): Promise<Outcome> {
  switch (event) {
    case 'subscription_created': {
      const { subscription_id, plan, customer_email } = parseEvent(created, data, ['data'])
      return apply(tx, services, subscription_id, { plan, email: customer_email, status: 'ACTIVE', endsAt: null })
    }
    case 'subscription_updated': {
      const { subscription_id, plan, status } = parseEvent(updated, data, ['data'])
      const known = STATUSES[status]
      if (!known) return { parked: `the status ${status.slice(0, 40)} is not known` }
      return apply(tx, services, subscription_id, { plan, status: known, endsAt: null })
    }
    case 'subscription_canceled': {
      const { subscription_id, effective_date } = parseEvent(cancelled, data, ['data'])
      return apply(tx, services, subscription_id, { status: 'CANCELLED', endsAt: new Date(effective_date).toISOString() })
    }
    case 'refund_processed':
      return { parked: 'it does not say of which subscription or order' }
    default:
      return 'PROCESSED'
  }
}

interface Told {
  plan?: string
  email?: string
  status: SubscriptionSnapshot['status']
  endsAt: string | null
}

async function apply(tx: Transaction, services: Services, id: string, { plan: slug, email, status, endsAt }: Told): Promise<Outcome> {
  const theirs = await tx.subscription.findFirst({ where: { providerSubscriptionId: id }, include: { plan: true }, orderBy: { id: 'asc' } })
  if (theirs && theirs.provider !== PLAIN) return 'PROCESSED'
  const plan = slug === undefined ? theirs?.plan : await tx.plan.findUnique({ where: { slug } })
  if (!plan) return { parked: slug === undefined ? 'its subscription is not known yet' : `there is no plan ${slug.slice(0, 60)}` }
  const user = email && (await findUserByEmail(tx, email))
  const holder = theirs ?? (user ? { userId: user.id, organisationId: null } : undefined)
  if (!holder) return { parked: email ? `no user for ${email}` : 'its subscription is not known yet' }
  const now = services.clock.now()
  const since = theirs?.createdAt ?? now
  await applySubscription(
    tx,
    services,
    PLAIN,
    {
      id,
      orderId: null,
      variantId: plan.slug,
      email: email ?? '',
      status,
      pauseKeepsAccess: false,
      trialEndsAt: null,
      renewsAt: (theirs?.currentPeriodEnd ?? addIntervals(since, plan.interval, 1)).toISOString(),
      endsAt,
      createdAt: since.toISOString(),
      // As it arrives: each is newer than the one before.
      updatedAt: await nextMoment(tx, theirs?.id, now),
    },
    { holder, plan },
  )
  return 'PROCESSED'
}

async function nextMoment(tx: Transaction, id: number | undefined, now: Date): Promise<string> {
  const rows = await tx.$queryRaw<{ moment: string }[]>`
    SELECT to_char(GREATEST(${now}::timestamptz, (SELECT provider_updated_at + interval '1 microsecond' FROM subscriptions WHERE id = ${id ?? 0}))
      AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS moment`
  return rows[0]?.moment ?? now.toISOString()
}
