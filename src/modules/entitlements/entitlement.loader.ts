import { loadMany, loadOne } from '../../platform/postgres/batch-loader.js'
import type { LimitOverride, Plan, Subscription } from '../../platform/postgres/generated/client.js'
import { planLoader } from '../catalog/index.js'
import type { Context, Holder } from '../identity/index.js'
import type { Services } from '../services.js'
import { hasAccess } from './access.rules.js'
import { type Entitlement, entitlementOf } from './entitlement.queries.js'

const LIVE = { status: { not: 'EXPIRED' } } as const
const NOT_REMOVED = { removedAt: null } as const

const userSubscriptionLoader = ({ db }: Services) =>
  loadOne(
    (ids) => db.subscription.findMany({ where: { ...LIVE, userId: { in: ids }, organisationId: null } }),
    (subscription) => subscription.userId,
  )

const organisationSubscriptionLoader = ({ db }: Services) =>
  loadOne(
    (ids) => db.subscription.findMany({ where: { ...LIVE, organisationId: { in: ids } } }),
    (subscription) => subscription.organisationId ?? 0,
  )

const userOverrideLoader = ({ db }: Services) =>
  loadMany(
    (ids) => db.limitOverride.findMany({ where: { ...NOT_REMOVED, userId: { in: ids } }, orderBy: { id: 'asc' } }),
    (override) => override.userId ?? 0,
  )

const organisationOverrideLoader = ({ db }: Services) =>
  loadMany(
    (ids) => db.limitOverride.findMany({ where: { ...NOT_REMOVED, organisationId: { in: ids } }, orderBy: { id: 'asc' } }),
    (override) => override.organisationId ?? 0,
  )

export function liveSubscription(context: Context, { userId, organisationId }: Holder): Promise<Subscription | null> {
  return organisationId === null
    ? context.loader(userSubscriptionLoader).load(userId)
    : context.loader(organisationSubscriptionLoader).load(organisationId)
}

/** The subscription whose plan the holder may use now. */
export async function usableSubscription(context: Context, holder: Holder): Promise<Subscription | null> {
  const { clock, config } = context.services
  const subscription = await liveSubscription(context, holder)
  return subscription && hasAccess(subscription, clock.now(), config.graceDays) ? subscription : null
}

/** What the holder may use now, for any number of holders in a constant number of statements. */
export async function loadEntitlement(context: Context, holder: Holder): Promise<Entitlement> {
  const { clock, config } = context.services
  const [subscription, overrides, { all }] = await Promise.all([
    withPlan(context, holder),
    overridesOf(context, holder),
    context.services.catalogue.read(),
  ])
  return entitlementOf(
    { subscription, overrides, defaultPlan: all.find(({ isDefault }) => isDefault) ?? null },
    clock.now(),
    config.graceDays,
  )
}

async function withPlan(context: Context, holder: Holder): Promise<(Subscription & { plan: Plan }) | null> {
  const subscription = await liveSubscription(context, holder)
  const plan = subscription && (await context.loader(planLoader).load(subscription.planId))
  return subscription && plan ? { ...subscription, plan } : null
}

function overridesOf(context: Context, { userId, organisationId }: Holder): Promise<LimitOverride[]> {
  return organisationId === null
    ? context.loader(userOverrideLoader).load(userId)
    : context.loader(organisationOverrideLoader).load(organisationId)
}
